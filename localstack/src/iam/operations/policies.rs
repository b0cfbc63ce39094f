//! Managed policies.

use serde_json::{Value, json};

use super::{Answer, Input, flag, page, policy, policy_mut, text};
use crate::caller::Caller;
use crate::iam::documents;
use crate::iam::managed::{self, AWS};
use crate::iam::refused::Refused;
use crate::iam::rows;
use crate::iam::state::{Iam, Policy, PolicyVersion};
use crate::iam::text::Text;
use crate::world::World;

/// Customer managed policies that an account may have (user guide, quotas).
const PER_ACCOUNT: usize = 1500;

pub(super) fn create(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (name, document) = (text(input, "PolicyName"), text(input, "PolicyDocument"));
    documents::managed(document)?;
    let tags = super::tags::read(input)?;
    let held = &world.iam(&caller.account).policies;
    if held.keys().any(|other| other.eq_ignore_ascii_case(name)) {
        return Err(Refused::PolicyExists(name).into());
    }
    if held.len() >= PER_ACCOUNT {
        return Err(Refused::PoliciesPerAccount.into());
    }
    let now = world.now();
    let path = input.get("Path").and_then(Value::as_str).unwrap_or("/");
    let id = world.new_upper_id(&format!("iam/policy/{}/{name}", caller.account), 17);
    let made = Policy {
        id: format!("ANPA{id}"),
        path: path.to_owned(),
        description: text(input, "Description").to_owned(),
        tags,
        versions: [(1, PolicyVersion { document: Text::new(document), created: now })].into(),
        default_version: 1,
        last_version: 1,
        created: now,
        updated: now,
    };
    let arn = made.arn(world.partition.id(), &caller.account, name);
    let mut row = rows::policy(&arn, name, &made, rows::Usage::default());
    if !made.tags.is_empty() {
        row["Tags"] = rows::tags(&made.tags);
    }
    world.iam_mut(&caller.account).policies.insert(name.to_owned(), made);
    Ok(json!({ "Policy": row }))
}

pub(super) fn get(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let arn = text(input, "PolicyArn");
    let (read, found) = policy(world, caller, "GetPolicy", arn, Refused::NoPolicy)?;
    let mut row = rows::policy(arn, read.name, found, rows::Usage::of(world.iam(&caller.account), arn));
    row["Tags"] = rows::tags(&found.tags);
    if !found.description.is_empty() {
        row["Description"] = found.description.as_str().into();
    }
    Ok(json!({ "Policy": row }))
}

pub(super) fn delete(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let arn = text(input, "PolicyArn");
    let usage = rows::Usage::of(world.iam(&caller.account), arn);
    let found = policy_mut(world, caller, "DeletePolicy", arn, Refused::NoPolicy)?;
    if usage != rows::Usage::default() {
        return Err(Refused::Attached.into());
    }
    if found.versions.len() > 1 {
        return Err(Refused::HasVersions.into());
    }
    let (read, _) = policy(world, caller, "DeletePolicy", arn, Refused::NoPolicy)?;
    world.iam_mut(&caller.account).policies.remove(read.name);
    Ok(Value::Null)
}

/// Inferred: the filters ask for what a policy is in use for; its order is by name, the account's own first.
pub(super) fn list(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (scope, prefix) = (text(input, "Scope"), text(input, "PathPrefix"));
    let (usage, only_attached) = (text(input, "PolicyUsageFilter"), flag(input, "OnlyAttached"));
    let iam = world.iam(&caller.account);
    let all = own(iam, &caller.account).filter(|_| scope != "AWS").chain(aws().filter(|_| scope != "Local"));
    let rows = all.filter(|(_, _, policy)| policy.path.starts_with(prefix)).filter_map(|(account, name, policy)| {
        let arn = policy.arn(world.partition.id(), account, name);
        let used = rows::Usage::of(iam, &arn);
        let wanted = match usage {
            "PermissionsPolicy" => used.attachments > 0,
            "PermissionsBoundary" => used.boundaries > 0,
            _ => true,
        };
        (wanted && (!only_attached || used.attachments > 0)).then(|| rows::policy(&arn, name, policy, used))
    });
    page(input, &format!("ListPolicies/{scope}/{prefix}"), "Policies", rows.collect())
}

fn own<'a>(iam: &'a Iam, account: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Policy)> {
    iam.policies.iter().map(move |(name, policy)| (account, name.as_str(), policy))
}

fn aws<'a>() -> impl Iterator<Item = (&'a str, &'a str, &'a Policy)> {
    managed::all().map(|(name, policy)| (AWS, name, policy))
}
