//! Account-level enforcement: one configuration per account and Region.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::rules::invalid;
use super::state::Status;
use super::target::{Target, member, not_found, optional};
use crate::caller::Caller;
use crate::clock::{Millis, iso8601};
use crate::error::ApiError;
use crate::inferred;
use crate::world::{Scope, World};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Enforced {
    config_id: String,
    pub(super) guardrail_arn: String,
    pub(super) guardrail_version: String,
    /// As sent: a mode that was left out stays out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) selective_content_guarding: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) model_enforcement: Option<Value>,
    created_at: Millis,
    created_by: String,
    updated_at: Millis,
    updated_by: String,
}

impl Enforced {
    /// The guardrail's ARN and version.
    pub(super) fn guardrail(&self) -> (&str, &str) {
        (&self.guardrail_arn, &self.guardrail_version)
    }

    /// Whether it enforces the guardrail: that version, or any.
    pub(super) fn names(&self, arn: &str, version: Option<&str>) -> bool {
        self.guardrail_arn == arn && version.is_none_or(|version| self.guardrail_version == version)
    }
}

pub(super) fn put(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let no_config = Map::new();
    let config = input.get("guardrailInferenceConfig").and_then(Value::as_object).unwrap_or(&no_config);
    let scope = own(caller);
    let held = (*world.bedrock(&scope).enforced).clone();
    // Inferred: the operation is marked idempotent, so a second put without an id changes the one configuration.
    if optional(input, "configId").is_some_and(|id| held.as_ref().is_none_or(|held| held.config_id != id)) {
        return Err(no_configuration());
    }
    let target = Target::of(world, caller, member(config, "guardrailIdentifier"))?;
    target.admits(world, caller, inferred::ENFORCING_ASKS)?;
    let version = member(config, "guardrailVersion");
    let now = world.now();
    match target.find(world, now)?.revision(version, now).and_then(|revision| revision.status(now)) {
        Some(Status::Ready) => {}
        Some(Status::Failed) => return Err(inferred::guardrail_failed()),
        Some(_) => return Err(inferred::guardrail_busy()),
        None => return Err(not_found()),
    }
    let (config_id, created_at, created_by) = match held {
        Some(Enforced { config_id, created_at, created_by, .. }) => (config_id, created_at, created_by),
        None => (world.new_id(&format!("enforced/{}/{}", scope.account, scope.region), 12), now, caller.arn.clone()),
    };
    let answer = json!({ "configId": config_id, "updatedAt": iso8601(now), "updatedBy": caller.arn });
    let enforced = Enforced {
        config_id,
        guardrail_arn: target.arn(world.partition),
        guardrail_version: version.to_owned(),
        selective_content_guarding: config.get("selectiveContentGuarding").cloned(),
        model_enforcement: config.get("modelEnforcement").cloned(),
        created_at,
        created_by,
        updated_at: now,
        updated_by: caller.arn.clone(),
    };
    *world.bedrock_mut(&scope).enforced = Some(enforced);
    Ok(answer)
}

pub(super) fn list(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    if input.contains_key("nextToken") {
        return Err(invalid(inferred::BAD_PAGE_TOKEN));
    }
    let rows: Vec<Value> = world.bedrock(&own(caller)).enforced.iter().map(row).collect();
    Ok(json!({ "guardrailsConfig": rows }))
}

fn row(enforced: &Enforced) -> Value {
    let Enforced {
        config_id,
        guardrail_arn,
        guardrail_version,
        selective_content_guarding,
        model_enforcement,
        created_at,
        created_by,
        updated_at,
        updated_by,
    } = enforced;
    let mut row = json!({
        "configId": config_id,
        "guardrailArn": guardrail_arn,
        "guardrailId": guardrail_arn.rsplit('/').next(),
        "guardrailVersion": guardrail_version,
        "createdAt": iso8601(*created_at),
        "createdBy": created_by,
        "updatedAt": iso8601(*updated_at),
        "updatedBy": updated_by,
        "owner": "ACCOUNT",
        "inputTags": inferred::input_tags(is_selective(selective_content_guarding.as_ref())),
    });
    if let Some(guarding) = selective_content_guarding {
        row["selectiveContentGuarding"] = guarding.clone();
    }
    if let Some(models) = model_enforcement {
        row["modelEnforcement"] = models.clone();
    }
    row
}

/// Whether a mode is SELECTIVE; one that was left out is COMPREHENSIVE.
fn is_selective(guarding: Option<&Value>) -> bool {
    guarding.and_then(Value::as_object).into_iter().flatten().any(|(_, mode)| mode == "SELECTIVE")
}

pub(super) fn delete(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let scope = own(caller);
    let asked = member(input, "configId");
    if world.bedrock(&scope).enforced.as_ref().is_none_or(|held| held.config_id != asked) {
        return Err(no_configuration());
    }
    *world.bedrock_mut(&scope).enforced = None;
    Ok(Value::Null)
}

fn own(caller: &Caller) -> Scope {
    Scope { account: caller.account.clone(), region: caller.region.clone() }
}

fn no_configuration() -> ApiError {
    ApiError::new("ResourceNotFoundException", 404, inferred::NO_CONFIGURATION)
}
