//! Where Bedrock writes what models are asked: one configuration for each account and Region.
//!
//! Inferred: the configuration comes back as it was sent, and whether its role may write to the log group is not looked at.

#![expect(clippy::unnecessary_wraps, reason = "every operation has this type")]

use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::error::ApiError;
use crate::world::{Scope, World};

/// Replaces the whole configuration.
pub(super) fn put(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    *world.bedrock_mut(&Scope::of(caller)).logging = input.get("loggingConfig").cloned();
    Ok(json!({}))
}

/// Without a configuration, an answer without one: no error is modelled for it.
pub(super) fn get(world: &mut World, caller: &Caller, _: &Map<String, Value>) -> Result<Value, ApiError> {
    let held = world.bedrock(&Scope::of(caller)).logging.as_ref();
    Ok(held.map_or_else(|| json!({}), |config| json!({ "loggingConfig": config })))
}

/// Deleting what is not there does nothing, since no error is modelled for it.
pub(super) fn delete(world: &mut World, caller: &Caller, _: &Map<String, Value>) -> Result<Value, ApiError> {
    let scope = Scope::of(caller);
    if world.bedrock(&scope).logging.is_some() {
        *world.bedrock_mut(&scope).logging = None;
    }
    Ok(json!({}))
}
