//! Who sends a request.
//!
//! The signature (version 4) is read for what it says, not verified: whoever reaches the port is trusted. The access key
//! `AKIA<12 digits>` is the root of that account, with any secret.

use crate::config::Partition;
use crate::wire::{Refused, Request};

/// The identity behind a request, and the Region that it was signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: String,
    /// `arn:<partition>:iam::<account>:root` for an account's root.
    pub(crate) arn: String,
    /// What `sts:GetCallerIdentity` calls `UserId`: the account id for a root.
    pub(crate) user_id: String,
    pub(crate) region: String,
    pub(crate) identity: Identity,
}

/// As whom somebody acts in an account.
#[allow(dead_code, reason = "AssumeRole follows")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    Root,
    /// A session of a role.
    Session {
        /// The role's name.
        role: String,
        /// The session's name.
        name: String,
        /// The documents of the session's policies. Without any, the session may do what its role may.
        policies: Vec<String>,
    },
}

/// What a signature says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

impl Signature {
    /// Reads `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …`.
    pub(crate) fn of(request: &Request) -> Result<Self, Refused> {
        let authorization = request.header("authorization").ok_or(Refused::Unsigned)?;
        if authorization.starts_with("Bearer ") {
            return Err(Refused::BadBearerToken);
        }
        let parameters = authorization.strip_prefix("AWS4-HMAC-SHA256").ok_or(Refused::BadSignature)?;
        let credential = parameters
            .split(',')
            .find_map(|parameter| parameter.trim().strip_prefix("Credential="))
            .ok_or(Refused::BadSignature)?;
        match *credential.split('/').collect::<Vec<_>>() {
            [access_key, _date, region, service, "aws4_request"] => {
                Ok(Self { access_key: access_key.to_owned(), region: region.to_owned(), service: service.to_owned() })
            }
            _ => Err(Refused::BadSignature),
        }
    }

    /// The identity that the access key belongs to, if any.
    pub(crate) fn caller(&self, partition: Partition) -> Option<Caller> {
        let account = self.access_key.strip_prefix("AKIA")?;
        is_account(account).then(|| Caller {
            account: account.to_owned(),
            arn: format!("arn:{}:iam::{account}:root", partition.id()),
            user_id: account.to_owned(),
            region: self.region.clone(),
            identity: Identity::Root,
        })
    }
}

/// Whether the text is an account id.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::wire::request;

    #[test]
    fn a_signature_tells_account_region_and_service() {
        let signed = "AWS4-HMAC-SHA256 Credential=AKIA111122223333/20260101/eu-west-1/bedrock/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=00";
        let signature = Signature::of(&request(Method::GET, "/", &[("authorization", signed)], "")).expect("signed");
        assert_eq!(signature.service, "bedrock");
        let caller = signature.caller(Partition::UsGov).expect("a root");
        assert_eq!(
            (caller.arn.as_str(), caller.region.as_str()),
            ("arn:aws-us-gov:iam::111122223333:root", "eu-west-1")
        );
    }

    #[test]
    fn other_keys_and_headers_are_nobody() {
        let key = |access_key: &str| Signature {
            access_key: access_key.to_owned(),
            region: String::new(),
            service: String::new(),
        };
        for other in ["AKIA11112222333", "AKIAIOSFODNN7EXAMPLE", "ASIA111122223333", ""] {
            assert_eq!(key(other).caller(Partition::Aws), None, "{other}");
        }
        let refused = |header| Signature::of(&request(Method::GET, "/", &[("authorization", header)], "")).err();
        assert_eq!(refused("Bearer x"), Some(Refused::BadBearerToken));
        assert_eq!(refused("AWS4-HMAC-SHA256 Credential=AKIA111122223333/x"), Some(Refused::BadSignature));
    }
}
