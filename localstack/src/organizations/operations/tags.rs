//! Tags of roots, OUs, accounts, policies and the resource policy.

use serde_json::json;

use super::{Answer, Request, nothing};
use crate::error::ApiError;
use crate::organizations::errors::{Refused, constraint};
use crate::organizations::input::Input;
use crate::organizations::organization::Organization;
use crate::world::World;

/// Tags that one resource may have (user guide, quotas).
const TAGS_PER_RESOURCE: usize = 50;

pub(super) fn tag(world: &mut World, input: Input<'_>) -> Answer {
    let id = input.taggable("ResourceId")?;
    let want = input.required_tags("Tags")?;
    known(&world.organization, id)?;
    let mut tags = world.organization.tags.get(id).cloned().unwrap_or_default();
    tags.extend(want);
    within_limit(tags.len())?;
    if !tags.is_empty() {
        world.organization_mut().tags.insert(id.to_owned(), tags);
    }
    Ok(nothing())
}

/// Keys that are not there are passed over.
pub(super) fn untag(world: &mut World, input: Input<'_>) -> Answer {
    let id = input.taggable("ResourceId")?;
    let keys = input.tag_keys("TagKeys")?;
    known(&world.organization, id)?;
    let mut tags = world.organization.tags.get(id).cloned().unwrap_or_default();
    tags.retain(|key, _| !keys.contains(&key.as_str()));
    let organization = world.organization_mut();
    if tags.is_empty() {
        organization.tags.remove(id);
    } else {
        organization.tags.insert(id.to_owned(), tags);
    }
    Ok(nothing())
}

pub(super) fn list(request: Request<'_>) -> Answer {
    let id = request.input.taggable("ResourceId")?;
    // Inferred: the operation has a token but no MaxResults, so all that a resource can have is one page.
    let page = request.page()?.holding(TAGS_PER_RESOURCE);
    known(request.organization(), id)?;
    let tags: Vec<(&String, &String)> = request.organization().tags.get(id).into_iter().flatten().collect();
    Ok(page.answer("Tags", &tags, |(key, value)| json!({"Key": key, "Value": value})))
}

pub(super) fn within_limit(count: usize) -> Result<(), ApiError> {
    if count <= TAGS_PER_RESOURCE {
        return Ok(());
    }
    Err(constraint("MAX_TAG_LIMIT_EXCEEDED", format!("A resource can have {TAGS_PER_RESOURCE} tags.")))
}

fn known(organization: &Organization, id: &str) -> Result<(), ApiError> {
    let resource_policy = organization.resource_policy.as_ref().is_some_and(|policy| policy.id == id);
    if resource_policy || organization.node(id).is_some() || organization.policies.contains_key(id) {
        return Ok(());
    }
    Err(Refused::TargetNotFound.into())
}
