//! Guardrails: create, update, get, list, delete. Versions are in [`super::versions`].

use serde_json::{Map, Value, json};

use super::content::Content;
use super::state::{Change, DRAFT, Guardrail, Revision, Status};
use super::target::{Target, member, not_found, optional};
use super::{keys, profiles, rules, tags};
use crate::caller::Caller;
use crate::clock::{Millis, iso8601};
use crate::error::ApiError;
use crate::faults::Course;
use crate::paging::Page;
use crate::tracked::{Entities, Single};
use crate::world::{Scope, World};
use crate::{inferred, paging};

/// Guardrails of an account in a Region; fixed (general reference, `bedrock.html`).
const GUARDRAILS: usize = 100;

pub(super) fn create(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let scope = Scope { account: caller.account.clone(), region: caller.region.clone() };
    let token = optional(input, "clientRequestToken").map(|token| format!("CreateGuardrail/{token}"));
    if let Some(answer) = remembered(world, &scope, token.as_deref()) {
        return Ok(answer);
    }
    let content = content(world, &scope, input)?;
    let now = world.now();
    if world.bedrock(&scope).guardrails(now).count() >= GUARDRAILS {
        return Err(quota(format!("The account has reached its limit of {GUARDRAILS} guardrails in this Region.")));
    }
    let Scope { account, region } = &scope;
    let id = world.new_id(&format!("guardrail/{account}/{region}/{}", content.name), 12);
    let change = Some(begin(world, Status::Creating, now));
    let answer = json!({
        "guardrailId": id,
        "guardrailArn": Target { scope: scope.clone(), id: id.clone() }.arn(world.partition),
        "version": DRAFT,
        "createdAt": iso8601(now),
    });
    let bedrock = world.bedrock_mut(&scope);
    bedrock.settle(now);
    let draft = Revision { content, created_at: now, updated_at: now, change };
    let tags = tags::read(input);
    let guardrail =
        Guardrail { draft: draft.into(), versions: Entities::new(), published: Single::default(), tags: tags.into() };
    bedrock.guardrails.insert(id, guardrail);
    bedrock.tokens.extend(token.map(|token| (token, answer.clone())));
    Ok(answer)
}

pub(super) fn update(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let target = Target::own(world, caller, input, "bedrock:UpdateGuardrail")?;
    let now = world.now();
    target.find(world, now)?;
    let content = content(world, &target.scope, input)?;
    let change = Some(begin(world, Status::Updating, now));
    let draft = &mut changeable(world, &target, now)?.draft;
    **draft = Revision { content, created_at: draft.created_at, updated_at: now, change };
    Ok(json!({
        "guardrailId": target.id,
        "guardrailArn": target.arn(world.partition),
        "version": DRAFT,
        "updatedAt": iso8601(now),
    }))
}

pub(super) fn get(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let target = Target::of(world, caller, member(input, "guardrailIdentifier"))?;
    target.admits(world, caller, "bedrock:GetGuardrail")?;
    let version = optional(input, "guardrailVersion").unwrap_or(DRAFT);
    let now = world.now();
    let revision = target.find(world, now)?.revision(version, now).ok_or_else(not_found)?;
    let mut answer = serde_json::to_value(&revision.content)
        .map_err(|error| ApiError::new("InternalServerException", 500, error.to_string()))?;
    answer["guardrailId"] = json!(target.id);
    answer["guardrailArn"] = json!(target.arn(world.partition));
    answer["version"] = json!(version);
    answer["status"] = json!(revision.status(now));
    answer["createdAt"] = json!(iso8601(revision.created_at));
    answer["updatedAt"] = json!(iso8601(revision.updated_at));
    if revision.status(now) == Some(Status::Failed) {
        let (reason, recommendation) = inferred::FAILED;
        answer["statusReasons"] = json!([reason]);
        answer["failureRecommendations"] = json!([recommendation]);
    }
    Ok(answer)
}

pub(super) fn list(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let now = world.now();
    let rows: Vec<Value> = if input.contains_key("guardrailIdentifier") {
        let target = Target::own(world, caller, input, "bedrock:ListGuardrails")?;
        let guardrail = target.find(world, now)?;
        guardrail.revisions(now).map(|(version, revision)| row(world, &target, &version, revision, now)).collect()
    } else {
        let scope = Scope { account: caller.account.clone(), region: caller.region.clone() };
        let drafts = world.bedrock(&scope).guardrails(now).map(|(id, guardrail)| {
            let target = Target { scope: scope.clone(), id: id.clone() };
            row(world, &target, DRAFT, &guardrail.draft, now)
        });
        drafts.collect()
    };
    let size = input.get("maxResults").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    let token = optional(input, "nextToken").map(|token| paging::skip("ListGuardrails", token));
    let skip = token.unwrap_or(Some(0)).ok_or_else(|| rules::invalid(inferred::BAD_PAGE_TOKEN))?;
    let size = match token {
        None if world.options.empty_pages => 0,
        _ => size.unwrap_or(inferred::PAGE),
    };
    let Page { items, next } = paging::page("ListGuardrails", rows, skip, size);
    let mut answer = json!({ "guardrails": items });
    if let Some(next) = next {
        answer["nextToken"] = json!(next);
    }
    Ok(answer)
}

fn row(world: &World, target: &Target, version: &str, revision: &Revision, now: Millis) -> Value {
    let mut row = json!({
        "id": target.id,
        "arn": target.arn(world.partition),
        "status": revision.status(now),
        "name": revision.content.name,
        "version": version,
        "createdAt": iso8601(revision.created_at),
        "updatedAt": iso8601(revision.updated_at),
    });
    if let Some(description) = &revision.content.description {
        row["description"] = json!(description);
    }
    if let Some(details) = &revision.content.cross_region_details {
        row["crossRegionDetails"] = json!(details);
    }
    row
}

/// Without a version, the guardrail and all its versions go; with one, only that version.
pub(super) fn delete(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let target = Target::own(world, caller, input, "bedrock:DeleteGuardrail")?;
    let version = optional(input, "guardrailVersion");
    let now = world.now();
    target.find(world, now)?.revision(version.unwrap_or(DRAFT), now).ok_or_else(not_found)?;
    let arn = target.arn(world.partition);
    if is_enforced(world, &target, version) {
        return Err(ApiError::new("ResourceInUseException", 400, inferred::GUARDRAIL_IN_USE));
    }
    let change = Some(begin(world, Status::Deleting, now));
    let guardrail = changeable(world, &target, now)?;
    let number = version.and_then(|version| version.parse::<u32>().ok());
    let gone: Vec<u32> =
        guardrail.versions.keys().copied().filter(|key| number.is_none_or(|number| number == *key)).collect();
    for number in gone {
        if let Some(revision) = guardrail.versions.get_mut(&number) {
            revision.change = change;
        }
    }
    if number.is_none() {
        guardrail.draft.change = change;
        world.bedrock_mut(&target.scope).resource_policies.remove(&arn);
    }
    Ok(Value::Null)
}

/// Whether an account of the Region or a policy of the organization enforces the guardrail: that version, or any.
fn is_enforced(world: &World, target: &Target, version: Option<&str>) -> bool {
    let arn = target.arn(world.partition);
    let by_account = world
        .bedrock_in(&target.scope.region)
        .filter_map(|bedrock| bedrock.enforced.as_ref())
        .any(|enforced| enforced.names(&arn, version));
    by_account || world.organization.enforces(world.now(), &arn, version)
}

/// The guardrail, to change it. Inferred: a `ConflictException` while another change of it is under way.
pub(super) fn changeable<'a>(
    world: &'a mut World,
    target: &Target,
    now: Millis,
) -> Result<&'a mut Guardrail, ApiError> {
    if target.find(world, now)?.is_busy(now) {
        return Err(inferred::guardrail_busy());
    }
    let bedrock = world.bedrock_mut(&target.scope);
    bedrock.settle(now);
    bedrock.guardrails.get_mut(&target.id).ok_or_else(not_found)
}

/// A change that begins now, and takes the course that the present request is given.
pub(super) fn begin(world: &World, status: Status, now: Millis) -> Change {
    let until = now.saturating_add(world.options.transition_ms.into());
    let (until, fails) = match world.course {
        Course::Normal => (until, false),
        Course::Stuck(Some(ms)) => (until.saturating_add(ms.into()), false),
        Course::Stuck(None) => (Millis::MAX, false),
        Course::Fails => (until, true),
    };
    Change { status, until, fails }
}

/// The content of a request, complete and within the rules.
fn content(world: &World, scope: &Scope, input: &Map<String, Value>) -> Result<Content, ApiError> {
    let mut content = Content::read(input)?;
    let profile = input.get("crossRegionConfig").and_then(|config| config["guardrailProfileIdentifier"].as_str());
    content.cross_region_details =
        profile.map(|identifier| profiles::details(world.partition, scope, identifier)).transpose()?;
    content.kms_key_arn = optional(input, "kmsKeyId").map(|key| keys::arn(world.partition, scope, key));
    rules::check(&content, &scope.region).map(|()| content)
}

/// What was answered to an earlier request of the same token: the repeat does nothing. Inferred: whatever its body, for good.
pub(super) fn remembered(world: &World, scope: &Scope, token: Option<&str>) -> Option<Value> {
    world.bedrock(scope).tokens.get(token?).cloned()
}

pub(super) fn quota(message: String) -> ApiError {
    ApiError::new("ServiceQuotaExceededException", 400, message)
}
