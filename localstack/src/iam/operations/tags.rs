//! Tags of managed policies. Keys that differ in case only are two keys, as recorded from AWS; a role's would be one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Input, page, policy, policy_mut, text};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::iam::refused::Refused;
use crate::world::World;

/// Tags that a policy may have (user guide, quotas).
const MOST: usize = 50;

/// The tags of a request.
pub(super) fn read(input: &Input) -> Result<BTreeMap<String, String>, ApiError> {
    let mut tags = BTreeMap::new();
    for tag in input.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
        if tags.insert(part("Key"), part("Value")).is_some() {
            return Err(Refused::DuplicateTags.into());
        }
    }
    Ok(tags)
}

pub(super) fn add(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let given = read(input)?;
    let policy = policy_mut(world, caller, "TagPolicy", text(input, "PolicyArn"), Refused::NoPolicy)?;
    let mut tags = policy.tags.clone();
    tags.extend(given);
    if tags.len() > MOST {
        return Err(Refused::Tags.into());
    }
    policy.tags = tags;
    Ok(Value::Null)
}

pub(super) fn remove(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let policy = policy_mut(world, caller, "UntagPolicy", text(input, "PolicyArn"), Refused::NoPolicy)?;
    let keys = input.get("TagKeys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    keys.for_each(|key| drop(policy.tags.remove(key)));
    Ok(Value::Null)
}

pub(super) fn list(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let arn = text(input, "PolicyArn");
    let (_, policy) = policy(world, caller, "ListPolicyTags", arn, Refused::NoPolicy)?;
    let rows = policy.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
    page(input, &format!("ListPolicyTags/{arn}"), "Tags", rows.collect())
}
