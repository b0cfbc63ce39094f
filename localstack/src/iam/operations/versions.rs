//! Versions of managed policies.

use serde_json::{Value, json};

use super::{Answer, Input, flag, page, policy, policy_mut, text};
use crate::caller::Caller;
use crate::iam::documents;
use crate::iam::refused::Refused;
use crate::iam::rows;
use crate::iam::state::PolicyVersion;
use crate::iam::text::Text;
use crate::world::World;

/// Versions that a policy may have (user guide, quotas).
const MOST: usize = 5;

pub(super) fn create(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (arn, document) = (text(input, "PolicyArn"), text(input, "PolicyDocument"));
    let now = world.now();
    let policy = policy_mut(world, caller, "CreatePolicyVersion", arn, Refused::NoPolicy)?;
    documents::managed(document)?;
    if policy.versions.len() >= MOST {
        return Err(Refused::Versions.into());
    }
    let version = PolicyVersion { document: Text::new(document), created: now };
    policy.last_version += 1;
    policy.updated = now;
    if flag(input, "SetAsDefault") {
        policy.default_version = policy.last_version;
    }
    let row = rows::version(policy, policy.last_version, &version);
    policy.versions.insert(policy.last_version, version);
    Ok(json!({ "PolicyVersion": row }))
}

pub(super) fn get(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (arn, version) = (text(input, "PolicyArn"), text(input, "VersionId"));
    let missing = || Refused::NoVersion { arn, version };
    let (_, policy) = policy(world, caller, "GetPolicyVersion", arn, |_| missing())?;
    let number = number(version).unwrap_or_default();
    let found = policy.versions.get(&number).ok_or_else(missing)?;
    let mut row = rows::version(policy, number, found);
    row["Document"] = rows::encoded(&found.document).into();
    Ok(json!({ "PolicyVersion": row }))
}

pub(super) fn set_default(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (arn, version) = (text(input, "PolicyArn"), text(input, "VersionId"));
    let missing = || Refused::NoVersion { arn, version };
    let policy = policy_mut(world, caller, "SetDefaultPolicyVersion", arn, |_| missing())?;
    let number = number(version).filter(|number| policy.versions.contains_key(number)).ok_or_else(missing)?;
    policy.default_version = number;
    Ok(Value::Null)
}

pub(super) fn delete(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (arn, version) = (text(input, "PolicyArn"), text(input, "VersionId"));
    let missing = || Refused::NoVersion { arn, version };
    let policy = policy_mut(world, caller, "DeletePolicyVersion", arn, |_| missing())?;
    let number = number(version).filter(|number| policy.versions.contains_key(number)).ok_or_else(missing)?;
    if number == policy.default_version {
        return Err(Refused::DefaultVersion.into());
    }
    policy.versions.remove(&number);
    Ok(Value::Null)
}

/// Newest first, as recorded from AWS.
pub(super) fn list(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let arn = text(input, "PolicyArn");
    let (_, policy) = policy(world, caller, "ListPolicyVersions", arn, Refused::NoPolicy)?;
    let rows = policy.versions.iter().rev().map(|(number, version)| rows::version(policy, *number, version));
    page(input, &format!("ListPolicyVersions/{arn}"), "Versions", rows.collect())
}

/// The number in `v<number>`.
fn number(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.parse().ok()
}
