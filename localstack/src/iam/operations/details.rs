//! Everything that an account's roles may do, in one list.

use serde_json::{Value, json};

use super::{Answer, Input, page};
use crate::caller::Caller;
use crate::iam::arn::PolicyArn;
use crate::iam::managed;
use crate::iam::rows::{self, Usage};
use crate::iam::state::{Iam, Policy, Role};
use crate::world::World;

/// Roles first, then managed policies; users and groups there are none. Inferred: rows of all lists count for one page, and of the
/// policies that AWS manages those are told that a role has.
pub(super) fn get(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let iam = world.iam(&caller.account);
    let (partition, account) = (world.partition.id(), caller.account.as_str());
    let filter: Vec<&str> =
        input.get("Filter").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let wanted = |kind: &str| filter.is_empty() || filter.contains(&kind);
    let mut rows: Vec<(&str, Value)> = Vec::new();
    if wanted("Role") {
        let roles =
            iam.roles.iter().map(|(name, found)| role(partition, &found.arn(partition, account, name), name, found));
        rows.extend(roles.map(|row| ("RoleDetailList", row)));
    }
    if wanted("LocalManagedPolicy") {
        let policies =
            iam.policies.iter().map(|(name, found)| policy(&found.arn(partition, account, name), name, found, iam));
        rows.extend(policies.map(|row| ("Policies", row)));
    }
    if wanted("AWSManagedPolicy") {
        let policies = managed::all().map(|(name, found)| (found.arn(partition, managed::AWS, name), name, found));
        let used = policies.filter(|(arn, ..)| Usage::of(iam, arn) != Usage::default());
        rows.extend(used.map(|(arn, name, found)| ("Policies", policy(&arn, name, found, iam))));
    }
    let list = format!("GetAccountAuthorizationDetails/{}", filter.join("/"));
    let rows = rows.into_iter().map(|(list, row)| json!({ list: row })).collect();
    let mut answer = page(input, &list, "Rows", rows)?;
    let shown = answer["Rows"].take();
    for name in ["RoleDetailList", "Policies", "UserDetailList", "GroupDetailList"] {
        let of = shown.as_array().into_iter().flatten().filter_map(|row| row.get(name).cloned());
        answer[name] = of.collect();
    }
    if let Some(members) = answer.as_object_mut() {
        members.remove("Rows");
    }
    Ok(answer)
}

fn role(partition: &str, arn: &str, name: &str, role: &Role) -> Value {
    let mut row = rows::role(arn, name, role);
    let inline = role.inline.iter();
    let inline = inline.map(|(name, text)| json!({ "PolicyName": name, "PolicyDocument": rows::encoded(text) }));
    let attached = role.attached.iter().filter_map(|arn| Some((arn, PolicyArn::parse(partition, arn)?)));
    row["RolePolicyList"] = inline.collect();
    row["AttachedManagedPolicies"] =
        attached.map(|(arn, read)| json!({ "PolicyName": read.name, "PolicyArn": arn })).collect();
    row["InstanceProfileList"] = json!([]);
    row["RoleLastUsed"] = json!({});
    row["Tags"] = rows::tags(&role.tags);
    if let Some(boundary) = &role.permissions_boundary {
        row["PermissionsBoundary"] = json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary });
    }
    // Which a role has as in a list of roles, and not as in this one.
    if let Some(members) = row.as_object_mut() {
        members.retain(|member, _| !["Description", "MaxSessionDuration"].contains(&member.as_str()));
    }
    row
}

fn policy(arn: &str, name: &str, policy: &Policy, iam: &Iam) -> Value {
    let mut row = rows::policy(arn, name, policy, Usage::of(iam, arn));
    let versions = policy.versions.iter().rev().map(|(number, version)| {
        let mut row = rows::version(policy, *number, version);
        row["Document"] = rows::encoded(&version.document).into();
        row
    });
    row["PolicyVersionList"] = versions.collect();
    row
}
