//! Managed policies on roles.

use serde_json::{Value, json};

use super::{Answer, Input, page, policy, role, role_mut, text};
use crate::caller::Caller;
use crate::iam::arn::PolicyArn;
use crate::iam::refused::Refused;
use crate::world::World;

/// Managed policies that a role may have (user guide, quotas).
const PER_ROLE: usize = 20;

/// Inferred: attaching it again does nothing.
pub(super) fn attach(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (name, arn) = (text(input, "RoleName"), text(input, "PolicyArn"));
    role(world, caller, name)?;
    policy(world, caller, "AttachRolePolicy", arn, Refused::NotAttachable)?;
    let role = role_mut(world, caller, name)?;
    if role.attached.iter().any(|attached| attached == arn) {
        return Ok(Value::Null);
    }
    if role.attached.len() >= PER_ROLE {
        return Err(Refused::PoliciesPerRole.into());
    }
    role.attached.push(arn.to_owned());
    Ok(Value::Null)
}

pub(super) fn detach(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (name, arn) = (text(input, "RoleName"), text(input, "PolicyArn"));
    PolicyArn::parse(world.partition.id(), arn).ok_or(Refused::BadArn(arn))?;
    let role = role_mut(world, caller, name)?;
    let at = role.attached.iter().position(|attached| attached == arn).ok_or(Refused::NoPolicy(arn))?;
    role.attached.remove(at);
    Ok(Value::Null)
}

pub(super) fn list(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (name, prefix) = (text(input, "RoleName"), text(input, "PathPrefix"));
    let attached = &role(world, caller, name)?.attached;
    let partition = world.partition.id();
    let read = attached.iter().filter_map(|arn| Some((arn, PolicyArn::parse(partition, arn)?)));
    let rows = read
        .filter(|(_, read)| read.path.starts_with(prefix))
        .map(|(arn, read)| json!({ "PolicyName": read.name, "PolicyArn": arn }));
    page(input, &format!("ListAttachedRolePolicies/{name}/{prefix}"), "AttachedPolicies", rows.collect())
}

/// The roles that have the policy; users and groups there are none.
pub(super) fn entities(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (arn, prefix) = (text(input, "PolicyArn"), text(input, "PathPrefix"));
    let (kind, usage) = (text(input, "EntityFilter"), text(input, "PolicyUsageFilter"));
    policy(world, caller, "ListEntitiesForPolicy", arn, Refused::NoPolicy)?;
    let roles = world.iam(&caller.account).roles.iter().filter(|(_, role)| {
        let attached = usage != "PermissionsBoundary" && role.attached.iter().any(|attached| attached == arn);
        let bound = usage != "PermissionsPolicy" && role.permissions_boundary.as_deref() == Some(arn);
        ["", "Role"].contains(&kind) && role.path.starts_with(prefix) && (attached || bound)
    });
    let rows = roles.map(|(name, role)| json!({ "RoleName": name, "RoleId": role.id }));
    let list = format!("ListEntitiesForPolicy/{arn}/{kind}/{prefix}/{usage}");
    let mut answer = page(input, &list, "PolicyRoles", rows.collect())?;
    answer["PolicyGroups"] = json!([]);
    answer["PolicyUsers"] = json!([]);
    Ok(answer)
}
