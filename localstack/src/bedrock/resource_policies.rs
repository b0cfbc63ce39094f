//! Resource policies of guardrails and of guardrail profiles.

use serde_json::{Map, Value, json};

use super::policy::Limits;
use super::rules::invalid;
use super::target::{denied, member};
use super::{profiles, target};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::inferred;
use crate::world::{Scope, World};

/// The resource of a policy: of the caller's account and Region, and there.
struct Resource {
    scope: Scope,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Guardrail,
    Profile,
}

impl Resource {
    fn find(world: &World, caller: &Caller, arn: &str, action: &str) -> Result<Self, ApiError> {
        let scope = Scope { account: caller.account.clone(), region: caller.region.clone() };
        // A profile's id has a colon in it.
        let (account, resource) = match *arn.splitn(6, ':').collect::<Vec<_>>() {
            ["arn", partition, "bedrock", region, account, resource]
                if partition == world.partition.id() && region == caller.region =>
            {
                (account, resource)
            }
            _ => return Err(invalid(inferred::FOREIGN_RESOURCE)),
        };
        if account != scope.account {
            return Err(denied(caller, action, arn));
        }
        let (kind, exists) = match resource.split_once('/') {
            Some(("guardrail", id)) => (Kind::Guardrail, world.bedrock(&scope).guardrail(id, world.now()).is_some()),
            Some(("guardrail-profile", id)) => (Kind::Profile, profiles::exists(id, &scope.region)),
            _ => return Err(invalid(inferred::FOREIGN_RESOURCE)),
        };
        if exists { Ok(Self { scope, kind }) } else { Err(target::not_found()) }
    }
}

pub(super) fn put(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let arn = member(input, "resourceArn");
    // This operation alone does not model ResourceNotFoundException.
    let resource = Resource::find(world, caller, arn, "bedrock:PutResourcePolicy")
        .map_err(|error| if error.status == 404 { invalid(error.message) } else { error })?;
    let text = member(input, "resourcePolicy");
    let actions: &[&str] = match resource.kind {
        Kind::Guardrail => &["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"],
        Kind::Profile => &["bedrock:ApplyGuardrail"],
    };
    let root = format!("arn:{}:iam::{}:root", world.partition.id(), caller.account);
    let organization = world.organization.path_of(&caller.account).map(|_| world.organization.id());
    let limits = Limits { resource: arn, actions, root: &root, organization };
    limits.check(text).map_err(invalid)?;
    let bedrock = world.bedrock_mut(&resource.scope);
    bedrock.resource_policies.insert(arn.to_owned(), text.to_owned());
    Ok(json!({ "resourceArn": arn }))
}

pub(super) fn get(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let arn = member(input, "resourceArn");
    let resource = Resource::find(world, caller, arn, "bedrock:GetResourcePolicy")?;
    let text = world.bedrock(&resource.scope).resource_policies.get(arn).ok_or_else(inferred::no_resource_policy)?;
    Ok(json!({ "resourcePolicy": text }))
}

pub(super) fn delete(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let arn = member(input, "resourceArn");
    let resource = Resource::find(world, caller, arn, "bedrock:DeleteResourcePolicy")?;
    if !world.bedrock(&resource.scope).resource_policies.contains_key(arn) {
        return Err(inferred::no_resource_policy());
    }
    world.bedrock_mut(&resource.scope).resource_policies.remove(arn);
    Ok(Value::Null)
}
