//! Who sends a request.
//!
//! The signature (version 4) is read for what it says, not verified: whoever reaches the port is trusted. The access key
//! `AKIA<12 digits>` is the root of that account, with any secret; `sts:AssumeRole` hands out `ASIA…` keys.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Partition;
use crate::sts::session;
use crate::wire::{Refused, Request};
use crate::world::World;

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
    pub(crate) carried: Carried,
}

/// As whom somebody acts in an account.
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

/// What a session was given for conditions to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) tags: BTreeMap<String, String>,
    /// The keys of the tags that go on to the next session.
    pub(crate) transitive: BTreeSet<String>,
    pub(crate) source_identity: Option<String>,
}

/// What a signature says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// What a session is known by: `X-Amz-Security-Token`.
    pub(crate) token: Option<String>,
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
            [access_key, _date, region, service, "aws4_request"] => Ok(Self {
                access_key: access_key.to_owned(),
                region: region.to_owned(),
                service: service.to_owned(),
                token: request.header("x-amz-security-token").map(str::to_owned),
            }),
            _ => Err(Refused::BadSignature),
        }
    }

    /// Who the access key belongs to: an account's root, or a session with its token.
    pub(crate) fn caller(&self, world: &World) -> Result<Caller, Refused> {
        if self.access_key.starts_with(session::KEY_PREFIX) {
            return session::caller(world, &self.access_key, self.token.as_deref(), &self.region);
        }
        let account = self.access_key.strip_prefix("AKIA").filter(|account| is_account(account));
        account.map(|account| Caller::root(account, world.partition, &self.region)).ok_or(Refused::UnknownToken)
    }
}

impl Caller {
    /// The root of an account.
    pub(crate) fn root(account: &str, partition: Partition, region: &str) -> Self {
        Self {
            account: account.to_owned(),
            arn: format!("arn:{}:iam::{account}:root", partition.id()),
            user_id: account.to_owned(),
            region: region.to_owned(),
            identity: Identity::Root,
            carried: Carried::default(),
        }
    }
}

/// Whether the text is an account id.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;
    use crate::config::Options;
    use crate::seed;
    use crate::wire::request;

    fn world(partition: Partition) -> World {
        World::new(seed::complete(json!({}), partition).expect("a seed"), Options::default())
    }

    #[test]
    fn a_signature_tells_account_region_service_and_session() {
        let signed = "AWS4-HMAC-SHA256 Credential=AKIA111122223333/20260101/eu-west-1/bedrock/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=00";
        let headers = [("authorization", signed), ("x-amz-security-token", "token")];
        let signature = Signature::of(&request(Method::GET, "/", &headers, "")).expect("signed");
        assert_eq!((signature.service.as_str(), signature.token.as_deref()), ("bedrock", Some("token")));
        let caller = signature.caller(&world(Partition::UsGov)).expect("a root");
        assert_eq!(caller.identity, Identity::Root);
        assert_eq!(
            (caller.arn.as_str(), caller.region.as_str()),
            ("arn:aws-us-gov:iam::111122223333:root", "eu-west-1")
        );
    }

    #[test]
    fn other_keys_and_headers_are_nobody() {
        let world = world(Partition::Aws);
        let key = |access_key: &str| Signature {
            access_key: access_key.to_owned(),
            region: String::new(),
            service: String::new(),
            token: None,
        };
        for other in ["AKIA11112222333", "AKIAIOSFODNN7EXAMPLE", "ASIA111122223333", ""] {
            assert_eq!(key(other).caller(&world), Err(Refused::UnknownToken), "{other}");
        }
        let refused = |header| Signature::of(&request(Method::GET, "/", &[("authorization", header)], "")).err();
        assert_eq!(refused("Bearer x"), Some(Refused::BadBearerToken));
        assert_eq!(refused("AWS4-HMAC-SHA256 Credential=AKIA111122223333/x"), Some(Refused::BadSignature));
    }
}
