//! Enabling and disabling policy types, which AWS does in the background.

use serde_json::json;

use super::{Answer, due, rows};
use crate::error::ApiError;
use crate::organizations::errors::{Refused, changes_in_progress};
use crate::organizations::input::Input;
use crate::organizations::organization::FeatureSet;
use crate::organizations::policy_type::{PolicyType, Status, Switch};
use crate::world::World;

pub(super) fn enable(world: &mut World, input: Input<'_>) -> Answer {
    let policy_type = named(world, input)?;
    if world.organization.feature_set != FeatureSet::All {
        return Err(Refused::PolicyTypeNotAvailableForOrganization.into());
    }
    super::policies::played(world, policy_type)?;
    match world.organization.status(policy_type, world.now()) {
        // Inferred: what is being enabled counts as enabled for this purpose.
        Some(Status::Enabled | Status::PendingEnable) => Err(Refused::PolicyTypeAlreadyEnabled.into()),
        Some(Status::PendingDisable) => Err(changes_in_progress()),
        None => {
            switch(world, policy_type, true);
            world.organization_mut().attach_managed(policy_type);
            Ok(json!({"Root": rows(world).root()}))
        }
    }
}

/// Takes every policy of the type off every node at once; the effective policies follow when the type is disabled.
pub(super) fn disable(world: &mut World, input: Input<'_>) -> Answer {
    let policy_type = named(world, input)?;
    match world.organization.status(policy_type, world.now()) {
        None | Some(Status::PendingDisable) => Err(Refused::PolicyTypeNotEnabled.into()),
        Some(Status::PendingEnable) => Err(changes_in_progress()),
        Some(Status::Enabled) => {
            switch(world, policy_type, false);
            let (now, due) = (world.now(), due(world));
            let organization = world.organization_mut();
            organization.detach_all(policy_type);
            organization.propagate(policy_type, now, due);
            Ok(json!({"Root": rows(world).root()}))
        }
    }
}

fn named(world: &World, input: Input<'_>) -> Result<PolicyType, ApiError> {
    let root = input.root("RootId")?;
    let policy_type = input.policy_type("PolicyType")?;
    if root == world.organization.root.id { Ok(policy_type) } else { Err(Refused::RootNotFound.into()) }
}

fn switch(world: &mut World, policy_type: PolicyType, enabled: bool) {
    let from = due(world);
    world.organization_mut().policy_types.insert(policy_type, Switch { enabled, from });
}
