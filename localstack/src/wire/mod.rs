//! The three protocols: how a request becomes an operation with its input, and a result or an error becomes a response.

pub(crate) mod aws_json;
mod event_stream;
pub(crate) mod query;
pub(crate) mod rest_json;

use axum::body::Bytes;
use http::{HeaderMap, Method, Uri};

use crate::error::ApiError;
use crate::inferred;

/// A request, read whole.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// The header's value, if it is there and plain text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A response, before it is put on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    RestJson,
    AwsJson,
    Query,
}

/// What any service refuses before it looks at the operation. Each protocol has its own codes for it; which, is inferred from
/// what services of the protocol are known to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No `Authorization` header.
    Unsigned,
    /// An `Authorization` header that is none of Signature Version 4.
    BadSignature,
    /// A bearer token: Bedrock knows them, the emulator hands out none.
    BadBearerToken,
    /// An access key that belongs to nobody, or a Region that the caller's account cannot use.
    UnknownToken,
    /// A session that is over.
    Expired,
    /// STS in a Region that the caller's account has not enabled.
    RegionDisabled,
    /// Signed for another Region than the service's only one.
    WrongRegion,
    /// Signed for a service that is not here.
    WrongService,
    UnknownOperation,
    /// A body that cannot be parsed.
    Unreadable,
    /// Not permitted.
    Denied,
}

impl Protocol {
    /// The protocol of a request, from the service that it was signed for or, unsigned, from its form.
    pub(crate) fn of(request: &Request, service: Option<&str>) -> Self {
        match service {
            Some("organizations") => Self::AwsJson,
            Some("sts" | "iam") => Self::Query,
            None if request.header("x-amz-target").is_some() => Self::AwsJson,
            None if request.header("content-type").is_some_and(|kind| kind.starts_with(query::CONTENT_TYPE)) => {
                Self::Query
            }
            _ => Self::RestJson,
        }
    }

    pub(crate) fn refusal(self, refused: Refused) -> ApiError {
        let (code, message) = match refused {
            Refused::Unsigned => ("MissingAuthenticationTokenException", "Missing Authentication Token"),
            Refused::BadSignature => (
                "IncompleteSignatureException",
                "Authorization header requires 'Credential' parameter with a scope of date, Region, service and aws4_request.",
            ),
            Refused::BadBearerToken => {
                ("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.")
            }
            Refused::UnknownToken => {
                ("UnrecognizedClientException", "The security token included in the request is invalid.")
            }
            Refused::Expired => ("ExpiredTokenException", "The security token included in the request is expired"),
            Refused::RegionDisabled => (
                "RegionDisabledException",
                "STS is not activated in this region for the account. The account's administrator can activate it.",
            ),
            Refused::WrongRegion => ("InvalidSignatureException", "Credential should be scoped to a valid region."),
            Refused::WrongService => {
                ("InvalidSignatureException", "Credential should be scoped to a service of this endpoint.")
            }
            Refused::UnknownOperation => {
                ("UnknownOperationException", "The requested operation is not recognized by the service.")
            }
            Refused::Unreadable => ("SerializationException", "The request body cannot be parsed."),
            Refused::Denied => ("AccessDeniedException", "You are not authorized to perform this operation."),
        };
        let code = if self == Self::Query { query_code(refused) } else { code };
        ApiError::new(code, self.refusal_status(refused), message)
    }

    fn refusal_status(self, refused: Refused) -> u16 {
        match (self, refused) {
            (Self::RestJson, Refused::UnknownOperation) => 404,
            (_, Refused::UnknownOperation | Refused::Unreadable) | (Self::AwsJson, _) => 400,
            _ => 403,
        }
    }

    /// The status of an error that is known by its code only.
    pub(crate) fn status_of(self, code: &str) -> u16 {
        match (self, code) {
            (_, "InternalServerException" | "ServiceException" | "ServiceFailure" | "PolicyEvaluation") => 500,
            (_, "ServiceUnavailableException") => 503,
            (Self::AwsJson, _) => 400,
            (_, "AccessDeniedException" | "AccessDenied" | "RegionDisabledException") => 403,
            (_, "ResourceNotFoundException" | "NoSuchEntity") => 404,
            (Self::RestJson, "ModelTimeoutException") => 408,
            (
                Self::Query,
                "ConcurrentModification"
                | "DeleteConflict"
                | "EntityAlreadyExists"
                | "EntityTemporarilyUnmodifiable"
                | "LimitExceeded",
            ) => 409,
            (Self::RestJson, "ModelErrorException" | "ModelStreamErrorException") => 424,
            (Self::RestJson, "ThrottlingException" | "ModelNotReadyException") => 429,
            _ => 400,
        }
    }

    /// The refusal of a request that is one too many. Codes and statuses are those of the service models; for Query they are
    /// IAM's and STS's common ones.
    pub(crate) fn throttled(self) -> ApiError {
        match self {
            Self::RestJson => {
                ApiError::new("ThrottlingException", 429, "Too many requests, please wait before trying again.")
            }
            Self::AwsJson => inferred::too_many_requests(),
            Self::Query => ApiError::new("Throttling", 400, "Rate exceeded"),
        }
    }

    /// What a service says that has failed. STS models no such error, so it gives the common one.
    pub(crate) fn failed(self, service: &str) -> ApiError {
        let code = match (self, service) {
            (Self::RestJson, _) => "InternalServerException",
            (Self::AwsJson, _) => "ServiceException",
            (Self::Query, "iam") => "ServiceFailure",
            (Self::Query, _) => "InternalFailure",
        };
        ApiError::new(code, 500, "The service has encountered an internal error. Try again later.")
    }

    /// The response to a request that was refused or failed.
    pub(crate) fn error(self, error: &ApiError, request_id: &str) -> Reply {
        match self {
            Self::RestJson => rest_json::error(error, request_id),
            Self::AwsJson => aws_json::error(error, request_id),
            Self::Query => query::error(error, request_id),
        }
    }
}

fn query_code(refused: Refused) -> &'static str {
    match refused {
        Refused::Unsigned => "MissingAuthenticationToken",
        Refused::BadSignature => "IncompleteSignature",
        Refused::BadBearerToken | Refused::UnknownToken => "InvalidClientTokenId",
        Refused::Expired => "ExpiredToken",
        Refused::RegionDisabled => "RegionDisabledException",
        Refused::WrongRegion | Refused::WrongService => "SignatureDoesNotMatch",
        Refused::UnknownOperation => "InvalidAction",
        Refused::Unreadable => "MalformedInput",
        Refused::Denied => "AccessDenied",
    }
}

#[cfg(test)]
pub(crate) fn request(
    method: Method,
    uri: &'static str,
    headers: &[(&'static str, &'static str)],
    body: &'static str,
) -> Request {
    let headers = headers
        .iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)));
    Request {
        method,
        uri: Uri::from_static(uri),
        headers: headers.collect(),
        body: Bytes::from_static(body.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::Protocol;

    #[test]
    fn a_code_has_the_status_of_its_service_model() {
        for (protocol, code, status) in [
            (Protocol::RestJson, "ConflictException", 400),
            (Protocol::RestJson, "ThrottlingException", 429),
            (Protocol::RestJson, "ModelErrorException", 424),
            (Protocol::RestJson, "ServiceUnavailableException", 503),
            (Protocol::AwsJson, "AccessDeniedException", 400),
            (Protocol::AwsJson, "ServiceException", 500),
            (Protocol::Query, "LimitExceeded", 409),
            (Protocol::Query, "EntityAlreadyExists", 409),
            (Protocol::Query, "PolicyEvaluation", 500),
            (Protocol::Query, "RegionDisabledException", 403),
            (Protocol::Query, "MalformedPolicyDocument", 400),
        ] {
            assert_eq!(protocol.status_of(code), status, "{code}");
        }
    }
}
