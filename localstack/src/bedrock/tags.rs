//! Tags of guardrails. Versions have none.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::state::Guardrail;
use super::target::{Target, denied, member, not_found};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::inferred;
use crate::world::World;

/// The tags of a request.
pub(super) fn read(input: &Map<String, Value>) -> BTreeMap<String, String> {
    let tags = input.get("tags").and_then(Value::as_array).into_iter().flatten();
    let text = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    tags.map(|tag| (text(tag, "key"), text(tag, "value"))).collect()
}

pub(super) fn add(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let target = tagged(world, caller, input, "bedrock:TagResource")?;
    let mut tags = (*target.find(world, world.now())?.tags).clone();
    tags.extend(read(input));
    if tags.len() > inferred::TAGS {
        let message = format!("A resource can have at most {} tags.", inferred::TAGS);
        return Err(
            ApiError::new("TooManyTagsException", 400, message).with("resourceName", member(input, "resourceARN"))
        );
    }
    change(world, &target, |guardrail| *guardrail.tags = tags)
}

pub(super) fn remove(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let target = tagged(world, caller, input, "bedrock:UntagResource")?;
    let keys = input.get("tagKeys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    change(world, &target, |guardrail| keys.for_each(|key| drop(guardrail.tags.remove(key))))
}

pub(super) fn list(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let target = tagged(world, caller, input, "bedrock:ListTagsForResource")?;
    let tags = &*target.find(world, world.now())?.tags;
    let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    Ok(json!({ "tags": tags }))
}

fn tagged(world: &World, caller: &Caller, input: &Map<String, Value>, action: &str) -> Result<Target, ApiError> {
    let arn = member(input, "resourceARN");
    if !arn.contains(":guardrail/") {
        return Err(not_found());
    }
    let target = Target::of(world, caller, arn)?;
    if target.scope.account == caller.account { Ok(target) } else { Err(denied(caller, action, arn)) }
}

fn change(world: &mut World, target: &Target, change: impl FnOnce(&mut Guardrail)) -> Result<Value, ApiError> {
    target.find(world, world.now())?;
    let bedrock = world.bedrock_mut(&target.scope);
    bedrock.guardrails.get_mut(&target.id).map(change).ok_or_else(not_found)?;
    Ok(Value::Null)
}
