//! Published versions: immutable snapshots of the draft.

use serde_json::{Map, Value, json};

use super::guardrails::{begin, changeable, quota, remembered};
use super::state::{Change, Revision, Status};
use super::target::{Target, optional};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::inferred;
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
    let change = begin(world, Status::Versioning, now);
    if target.find(world, now)?.draft.status(now) == Some(Status::Failed) {
        return Err(inferred::guardrail_failed());
    }
    let guardrail = changeable(world, &target, now)?;
    if guardrail.versions.len() >= VERSIONS {
        return Err(quota(format!("The guardrail has reached its limit of {VERSIONS} versions.")));
    }
    let number = guardrail.versions.keys().copied().chain([*guardrail.published]).max().unwrap_or_default() + 1;
    *guardrail.published = number;
    let mut content = guardrail.draft.content.clone();
    // Inferred: the draft's description is not the version's.
    content.description = optional(input, "description").map(str::to_owned);
    // Inferred: the draft is busy meanwhile, and as good as before if the version fails.
    guardrail.draft.change = Some(Change { fails: false, ..change });
    let version = Revision { content, created_at: now, updated_at: now, change: Some(change) };
    guardrail.versions.insert(number, version);
    let answer = json!({ "guardrailId": target.id, "version": number.to_string() });
    world.bedrock_mut(&target.scope).tokens.extend(token.map(|token| (token, answer.clone())));
    Ok(answer)
}
