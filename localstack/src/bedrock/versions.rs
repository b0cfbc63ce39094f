//! Published versions: immutable snapshots of the draft.

use serde_json::{Map, Value, json};

use super::guardrails::{changeable, due, quota, remembered};
use super::state::{Change, Revision, Status};
use super::target::{Target, optional};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::world::World;

/// Versions of a guardrail; fixed (general reference, `bedrock.html`).
const VERSIONS: usize = 20;

pub(super) fn create(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let target = Target::own(world, caller, input, "bedrock:CreateGuardrailVersion")?;
    let token =
        optional(input, "clientRequestToken").map(|token| format!("CreateGuardrailVersion/{}/{token}", target.id));
    if let Some(answer) = remembered(world, &target.scope, token.as_deref()) {
        return Ok(answer);
    }
    let now = world.now();
    let change = Some(Change { status: Status::Versioning, until: due(world, now) });
    let guardrail = changeable(world, &target, now)?;
    if guardrail.versions.len() >= VERSIONS {
        return Err(quota(format!("The guardrail has reached its limit of {VERSIONS} versions.")));
    }
    let number = guardrail.versions.keys().copied().chain([*guardrail.published]).max().unwrap_or_default() + 1;
    *guardrail.published = number;
    let mut content = guardrail.draft.content.clone();
    // Inferred: the draft's description is not the version's.
    content.description = optional(input, "description").map(str::to_owned);
    guardrail.draft.change = change;
    guardrail.versions.insert(number, Revision { content, created_at: now, updated_at: now, change });
    let answer = json!({ "guardrailId": target.id, "version": number.to_string() });
    world.bedrock_mut(&target.scope).tokens.extend(token.map(|token| (token, answer.clone())));
    Ok(answer)
}
