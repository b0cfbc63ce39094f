//! Where Bedrock writes what models are asked: one configuration for each account and Region.
//!
//! Inferred: the configuration comes back as it was sent; whether its role may write to the log group is not looked at, but one
//! that has been made within the time of propagation may not (Terraform waits for it).

#![expect(clippy::unnecessary_wraps, reason = "every operation has this type")]

use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::error::ApiError;
use crate::world::{Scope, World};

/// Replaces the whole configuration.
pub(super) fn put(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    if let Some(refused) = unknown_role(world, caller, input) {
        return Err(refused);
    }
    *world.bedrock_mut(&Scope::of(caller)).logging = input.get("loggingConfig").cloned();
    Ok(json!({}))
}

/// A role that has just been made is not known everywhere, so that nothing can be written as it. The words are those that
/// Terraform's provider waits for.
fn unknown_role(world: &World, caller: &Caller, input: &Map<String, Value>) -> Option<ApiError> {
    let log = input.get("loggingConfig")?.get("cloudWatchConfig")?;
    let (group, arn) = (log.get("logGroupName")?.as_str()?, log.get("roleArn")?.as_str()?);
    let role = world.iam(&caller.account).roles.get(arn.rsplit('/').next()?)?;
    let known = role.created.saturating_add(world.options.propagation_ms.into());
    let message = format!(
        "Failed to validate permissions for log group: {group}, with role: {arn}. Verify the IAM role permissions are correct."
    );
    (world.now() < known).then(|| ApiError::new("ValidationException", 400, message))
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
