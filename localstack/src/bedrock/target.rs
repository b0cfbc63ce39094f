//! Which guardrail a request means, and whether the caller may.

use serde_json::{Map, Value};

use super::rules::invalid;
use super::state::Guardrail;
use crate::authorize::{self, Ask};
use crate::caller::Caller;
use crate::clock::Millis;
use crate::config::Partition;
use crate::error::ApiError;
use crate::inferred;
use crate::policy::Document;
use crate::world::{Scope, World};

/// A guardrail that a request names; it need not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) scope: Scope,
    pub(crate) id: String,
}

impl Target {
    /// Reads an id or an ARN. An ARN has to be of this partition and of the Region that the request is for.
    pub(crate) fn of(world: &World, caller: &Caller, identifier: &str) -> Result<Self, ApiError> {
        let own = Scope { account: caller.account.clone(), region: caller.region.clone() };
        if !identifier.starts_with("arn:") {
            return Ok(Self { scope: own, id: identifier.to_owned() });
        }
        match *identifier.split(':').collect::<Vec<_>>() {
            ["arn", partition, "bedrock", region, account, resource]
                if partition == world.partition.id() && region == caller.region =>
            {
                let id = resource.strip_prefix("guardrail/").ok_or_else(|| invalid(inferred::FOREIGN_ARN))?;
                Ok(Self { scope: Scope { account: account.to_owned(), ..own }, id: id.to_owned() })
            }
            _ => Err(invalid(inferred::FOREIGN_ARN)),
        }
    }

    /// The guardrail of the member `guardrailIdentifier`, which must be the caller's own to be changed.
    pub(super) fn own(
        world: &World,
        caller: &Caller,
        input: &Map<String, Value>,
        action: &str,
    ) -> Result<Self, ApiError> {
        let target = Self::of(world, caller, member(input, "guardrailIdentifier"))?;
        if target.scope.account == caller.account {
            return Ok(target);
        }
        Err(denied(caller, action, &target.arn(world.partition)))
    }

    pub(crate) fn arn(&self, partition: Partition) -> String {
        let Scope { account, region } = &self.scope;
        format!("arn:{}:bedrock:{region}:{account}:guardrail/{}", partition.id(), self.id)
    }

    /// The document on the guardrail.
    pub(crate) fn resource_policy<'a>(&self, world: &'a World) -> Option<&'a str> {
        world.bedrock(&self.scope).resource_policies.get(&self.arn(world.partition)).map(String::as_str)
    }

    /// The guardrail itself.
    pub(super) fn find<'a>(&self, world: &'a World, now: Millis) -> Result<&'a Guardrail, ApiError> {
        world.bedrock(&self.scope).guardrail(&self.id, now).ok_or_else(not_found)
    }

    /// Whether the caller may do that with the guardrail: its own, or one whose resource policy admits the caller.
    pub(super) fn admits(&self, world: &World, caller: &Caller, action: &str) -> Result<(), ApiError> {
        let arn = self.arn(world.partition);
        let admitted = || {
            let document = Document::parse(self.resource_policy(world)?).ok()?;
            authorize::admits(world, &document, caller.into(), &Ask::new(action, &arn)).then_some(())
        };
        if self.scope.account == caller.account || admitted().is_some() {
            return Ok(());
        }
        Err(denied(caller, action, &arn))
    }
}

/// A member that the shape declares as a required text.
pub(crate) fn member<'a>(input: &'a Map<String, Value>, name: &str) -> &'a str {
    optional(input, name).unwrap_or_default()
}

/// A member that the shape declares as a text.
pub(crate) fn optional<'a>(input: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

pub(super) fn not_found() -> ApiError {
    ApiError::new("ResourceNotFoundException", 404, inferred::NO_GUARDRAIL)
}

pub(super) fn denied(caller: &Caller, action: &str, resource: &str) -> ApiError {
    let message = format!(
        "User: {} is not authorized to perform: {action} on resource: {resource} because no resource-based policy allows the \
         {action} action",
        caller.arn
    );
    ApiError::new("AccessDeniedException", 403, message)
}
