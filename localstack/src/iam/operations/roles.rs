//! Roles, to be read.

use serde_json::json;

use super::{Answer, Input, page, role, text};
use crate::caller::Caller;
use crate::iam::rows;
use crate::world::World;

pub(super) fn get(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let name = text(input, "RoleName");
    let role = role(world, caller, name)?;
    let mut row = rows::role(&role.arn(world.partition.id(), &caller.account, name), name, role);
    // When it was last used is not kept.
    row["RoleLastUsed"] = json!({});
    if !role.tags.is_empty() {
        row["Tags"] = rows::tags(&role.tags);
    }
    if let Some(boundary) = &role.permissions_boundary {
        // The model's enum has `PermissionsBoundaryPolicy`; what AWS sends is this.
        row["PermissionsBoundary"] = json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary });
    }
    Ok(json!({ "Role": row }))
}

/// Without tags, boundaries and last use, as AWS has it.
pub(super) fn list(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let prefix = text(input, "PathPrefix");
    let roles = world.iam(&caller.account).roles.iter().filter(|(_, role)| role.path.starts_with(prefix));
    let rows = roles.map(|(name, role)| rows::role(&role.arn(world.partition.id(), &caller.account, name), name, role));
    page(input, &format!("ListRoles/{prefix}"), "Roles", rows.collect())
}
