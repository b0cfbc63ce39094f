//! What can go wrong with AWS, told by AWS's code and never by an HTTP status: Bedrock answers a conflict with 400
//! (botocore model `bedrock` 2023-04-20), and Organizations publishes no statuses at all.

use std::error::Error;
use std::fmt::Write as _;

use aws_sdk_bedrock::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::request_id::RequestId;

use crate::checks::Outcome;
use crate::model::{AccountId, Address, Digest};

/// What kind of failure, as far as a caller must act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The object does not exist.
    NotFound,
    /// The caller may not do this.
    AccessDenied,
    /// Another change of the object is under way; it passes.
    Conflict,
    /// Another change of the organization is under way; it passes.
    Busy,
    /// Something still uses the object.
    InUse,
    /// AWS has no room; waiting does not help.
    Quota,
    /// Too many calls, and the SDK's own attempts are used up.
    Throttled,
    /// The Region does not know these credentials, which is how a Region answers that the account has not enabled.
    NotEnabled,
    /// There is no such endpoint: the Region has no such service.
    NoEndpoint,
    /// The policy type is not enabled, so there is no policy of it.
    PolicyTypeNotEnabled,
    /// There are no usable credentials.
    NoCredentials,
    /// No answer came; whether the call had an effect is unknown.
    NoReply,
    /// The answer lacks what AWS promises, or holds what this release does not know.
    Unreadable,
    /// It was not sent: the clients may only read.
    ReadOnly,
    /// It was not sent: what is sent must be noted in the audit log, and could not be.
    Unrecorded,
    /// Anything else that AWS refuses.
    Refused,
}

/// A call that failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation} on {object}: {}", self.reason())]
pub struct AwsError {
    /// What was attempted, as `service:Operation`.
    pub operation: &'static str,
    /// On which object.
    pub object: String,
    /// What kind of failure it is.
    pub class: Class,
    /// AWS's code.
    pub code: Option<String>,
    /// AWS's message, or ours where AWS did not answer.
    pub message: String,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// How an account is entered.
pub(super) const ASSUME_ROLE: &str = "sts:AssumeRole";

impl AwsError {
    /// From what the SDK reports.
    pub(super) fn new<E>(operation: &'static str, object: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (class, message) = match error {
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                (by_code(meta.code()), meta.message().unwrap_or("AWS gave no message").to_owned())
            }
            other => by_chain(&chain(other)),
        };
        let code = error.as_service_error().and_then(|service| service.meta().code()).map(str::to_owned);
        let request_id = error.request_id().map(str::to_owned);
        Self { operation, object: object.to_owned(), class, code, message, request_id }
    }

    /// An answer without a member that AWS promises, or with a value that this release does not know.
    pub(crate) fn unreadable(operation: &'static str, object: &str, what: impl Into<String>) -> Self {
        Self {
            operation,
            object: object.to_owned(),
            class: Class::Unreadable,
            code: None,
            message: what.into(),
            request_id: None,
        }
    }

    /// An account that these clients do not enter.
    pub(super) fn elsewhere(account: &AccountId) -> Self {
        Self {
            operation: ASSUME_ROLE,
            object: account.to_string(),
            class: Class::AccessDenied,
            code: None,
            message: "no role leads into this account".to_owned(),
            request_id: None,
        }
    }

    /// Whether AWS gave this code; a suffix `Exception` does not count.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref().is_some_and(|found| bare(found) == bare(code))
    }

    /// Whether the same request may succeed a moment later: AWS is busy, failed by itself, or did not answer.
    pub fn may_pass(&self) -> bool {
        let by_itself = ["InternalServer", "InternalFailure", "ServiceUnavailable"].iter().any(|code| self.is(code));
        by_itself || matches!(self.class, Class::Throttled | Class::NoReply)
    }

    /// Whether the account has no access to the model, whatever its policies say: Bedrock answers that with the code of a denial by
    /// policies, and tells it in the message only (Bedrock user guide, "model-access" and "troubleshooting-api-error-codes").
    pub fn is_about_model_access(&self) -> bool {
        let message = self.message.to_lowercase();
        // What IAM denies is told as "not authorized to perform".
        let words = ["access to the model", "access to this model", "model access is denied", "model use case details"];
        !message.contains("not authorized to perform: bedrock:") && words.iter().any(|words| message.contains(words))
    }

    /// Whether what failed is the way into the account, and so everything in it.
    pub fn is_about_entering(&self) -> bool {
        self.operation == ASSUME_ROLE
    }

    /// Code and message: the same for every attempt, so that what tells a fact of a Region is the same in every plan.
    pub fn cause(&self) -> String {
        match &self.code {
            Some(code) => format!("{}: {}", bare(code), self.message),
            None => self.message.clone(),
        }
    }

    /// Code, message and request id: what a blind spot says.
    pub fn reason(&self) -> String {
        let mut reason = self.cause();
        if let Some(id) = &self.request_id {
            write!(reason, " (request {id})").expect("writing to a String never fails");
        }
        reason
    }

    /// How a check ends that this kept from being made.
    pub(crate) fn unseen(&self) -> Outcome {
        Outcome::unseen(format!("{} failed: {}", self.operation, self.reason())).maybe_fix(self.hint())
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self.class {
            Class::AccessDenied if self.is_about_entering() && self.code.is_none() => {
                "call from the management account, or name a role there: `organization.management_role`".to_owned()
            }
            Class::AccessDenied => format!("allow {} for this caller on {}", self.operation, self.object),
            Class::InUse if self.operation == "bedrock:DeleteGuardrail" => {
                "an enforcement or policy still names it: `--scan all` looks into every account, and `--wait` waits longer"
                    .to_owned()
            }
            Class::Conflict | Class::Busy | Class::InUse => {
                "something else still changes or uses it: run again, or wait longer with --wait".to_owned()
            }
            Class::Quota => "AWS has no room for another one: remove one, or ask AWS to raise the quota".to_owned(),
            Class::Throttled => "AWS limits the rate of calls: lower --parallelism, or run again later".to_owned(),
            Class::NotEnabled => "enable the Region for this account, or take it out of `regions`".to_owned(),
            Class::NoEndpoint => "take the Region out of `regions`, or check the network and its DNS".to_owned(),
            Class::NoCredentials => "log in, or name a profile with --profile or AWS_PROFILE".to_owned(),
            Class::NoReply => "check the network and run again: what was done is read back first".to_owned(),
            Class::Unreadable => "AWS may know something that this release does not: update bedrail".to_owned(),
            Class::Unrecorded => "see to it that the audit log can be written, and run again".to_owned(),
            Class::PolicyTypeNotEnabled => "declare an organization policy, which enables the type".to_owned(),
            Class::NotFound | Class::ReadOnly | Class::Refused => return None,
        };
        Some(hint)
    }
}

fn bare(code: &str) -> &str {
    code.strip_suffix("Exception").unwrap_or(code)
}

fn by_code(code: Option<&str>) -> Class {
    match bare(code.unwrap_or_default()) {
        "ResourceNotFound" | "PolicyNotFound" | "TargetNotFound" | "NoSuchEntity" => Class::NotFound,
        "AccessDenied" | "UnauthorizedOperation" => Class::AccessDenied,
        "Conflict" | "DeleteConflict" | "EntityTemporarilyUnmodifiable" => Class::Conflict,
        "ConcurrentModification" | "PolicyChangesInProgress" | "FinalizingOrganization" => Class::Busy,
        "ResourceInUse" | "PolicyInUse" => Class::InUse,
        "ServiceQuotaExceeded" | "TooManyTags" | "LimitExceeded" => Class::Quota,
        "Throttling" | "Throttled" | "TooManyRequests" | "RequestLimitExceeded" | "SlowDown" => Class::Throttled,
        "UnrecognizedClient" | "InvalidClientTokenId" | "OptInRequired" | "RegionDisabled" => Class::NotEnabled,
        "PolicyTypeNotEnabled" | "PolicyTypeNotAvailableForOrganization" => Class::PolicyTypeNotEnabled,
        "ExpiredToken" | "RequestExpired" => Class::NoCredentials,
        _ => Class::Refused,
    }
}

/// The SDK has no type for a failure without an answer, only a chain of causes.
fn by_chain(causes: &str) -> (Class, String) {
    let has = |words: &[&str]| words.iter().any(|word| causes.contains(word));
    if let Some((_, why)) = causes.split_once(super::audit::UNRECORDED) {
        return (Class::Unrecorded, format!("{}{why}", super::audit::UNRECORDED));
    }
    let class = if has(&[super::access::REFUSAL]) {
        Class::ReadOnly
    } else if has(&["credentials", "identity"]) {
        // First, since the place that issues credentials may be what has no address.
        Class::NoCredentials
    } else if has(&["dns error", "failed to lookup address", "Name or service not known"]) {
        Class::NoEndpoint
    } else {
        Class::NoReply
    };
    (class, causes.to_owned())
}

/// An error with its causes as one sentence, each cause said once.
pub fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_words = cause.to_string();
        if !words.contains(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        next = cause.source();
    }
    words
}

/// Why an action could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// Something it refers to has no id: its own action was not done.
    #[error("{0} has no id yet")]
    Unresolved(Address),
    /// The guardrail ended as `FAILED`.
    #[error("{object} is FAILED: {}", reasons.join("; "))]
    Failed {
        /// The guardrail.
        object: String,
        /// AWS's `statusReasons`.
        reasons: Vec<String>,
        /// AWS's `failureRecommendations`.
        recommendations: Vec<String>,
    },
    /// It did not come about in time.
    #[error("{object} is not {awaited} after {seconds} s, but {last}")]
    Late {
        /// What was waited for.
        object: String,
        /// The state that was awaited.
        awaited: &'static str,
        /// How long.
        seconds: u64,
        /// What was seen last.
        last: String,
    },
    /// AWS has something else than the plan says.
    #[error("{object} is not as planned: {found}")]
    Moved {
        /// The resource.
        object: String,
        /// What was found.
        found: String,
    },
    /// A version was published from other content than the plan says, since somebody changed the draft in between.
    #[error("{version} holds content {found}, and not {wanted}")]
    OtherContent {
        /// The version's id.
        version: String,
        /// What it holds.
        found: Digest,
        /// What was to be published.
        wanted: Digest,
    },
    /// A document is longer than AWS takes.
    #[error("the document of {object} has {length} characters, and AWS takes {limit}")]
    TooLong {
        /// The resource.
        object: String,
        /// Its length as it would be sent.
        length: usize,
        /// The bound.
        limit: usize,
    },
    /// A policy does not do what it is for.
    #[error("{object} does not do what it is for: {simulated} is {found} by simulation, and must be {wanted}")]
    Unproven {
        /// The policy or the role.
        object: String,
        /// What was simulated.
        simulated: String,
        /// What IAM says of it.
        found: String,
        /// What it is to be.
        wanted: &'static str,
    },
    /// The plan asks for what this kind does not do; a fault of bedrail.
    #[error("{0} cannot be done this way")]
    Impossible(Address),
}

impl ApplyError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(),
            Self::Failed { recommendations, .. } if !recommendations.is_empty() => Some(recommendations.join("; ")),
            Self::Late { .. } => Some("run again, or wait longer with --wait".to_owned()),
            Self::Moved { .. } | Self::OtherContent { .. } => Some("plan again: something else changes it".to_owned()),
            Self::TooLong { .. } => Some("split it, or shorten its lists".to_owned()),
            Self::Unproven { .. } => Some(
                "look for what else speaks there: other policies of the role, its permissions boundary, service control policies; then run again, which tries again"
                    .to_owned(),
            ),
            Self::Unresolved(_) | Self::Failed { .. } | Self::Impossible(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_by_its_code() {
        for (code, class) in [
            ("ResourceNotFoundException", Class::NotFound),
            ("AccessDenied", Class::AccessDenied),
            ("ConflictException", Class::Conflict),
            ("ConcurrentModificationException", Class::Busy),
            ("ResourceInUseException", Class::InUse),
            ("ServiceQuotaExceededException", Class::Quota),
            ("TooManyRequestsException", Class::Throttled),
            ("UnrecognizedClientException", Class::NotEnabled),
            ("PolicyTypeNotEnabledException", Class::PolicyTypeNotEnabled),
            ("ValidationException", Class::Refused),
        ] {
            assert_eq!(by_code(Some(code)), class, "{code}");
        }
        assert_eq!(by_code(None), Class::Refused);
    }

    #[test]
    fn a_model_without_access_is_told_by_the_message() {
        let of = |message: &str| {
            let error = AwsError::unreadable("bedrock:Converse", "m", message);
            AwsError { class: Class::AccessDenied, ..error }.is_about_model_access()
        };
        assert!(of("You don't have access to the model with the specified model ID."));
        assert!(of(
            "Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace \
                    actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model."
        ));
        assert!(!of(
            "User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: bedrock:InvokeModel on resource: \
                     arn:aws:bedrock:us-east-1::foundation-model/m with an explicit deny in a service control policy"
        ));
    }

    #[test]
    fn what_never_reached_aws_is_told_by_its_causes() {
        for (causes, class) in [
            ("dispatch failure: io error: dns error: failed to lookup address information", Class::NoEndpoint),
            (
                "dispatch failure: io error: an error occurred while loading credentials: dns error",
                Class::NoCredentials,
            ),
            ("dispatch failure: no providers in chain provided credentials", Class::NoCredentials),
            ("request has timed out", Class::NoReply),
        ] {
            assert_eq!(by_chain(causes).0, class, "{causes}");
        }
    }
}
