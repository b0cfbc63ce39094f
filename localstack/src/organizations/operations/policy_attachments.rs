//! Attaching policies to roots, OUs and accounts. Inferred: an account's state does not matter, closed ones take policies too.

use super::{Answer, Request, due, nothing};
use crate::error::ApiError;
use crate::organizations::errors::{Refused, constraint, invalid};
use crate::organizations::input::Input;
use crate::organizations::policy_type::{PolicyType, Status};
use crate::world::World;

pub(super) fn attach(world: &mut World, input: Input<'_>) -> Answer {
    let (policy, policy_type, target) = named(world, input)?;
    // Inferred: a type that is still being enabled is not enabled yet.
    if world.organization.status(policy_type, world.now()) != Some(Status::Enabled) {
        return Err(Refused::PolicyTypeNotEnabled.into());
    }
    let attached = world.organization.attached(target, policy_type);
    if attached.iter().any(|id| id == policy) {
        return Err(Refused::DuplicatePolicyAttachment.into());
    }
    let most = policy_type.attachments_per_target();
    if attached.len() >= most {
        let message = format!("A target can have {most} policies of this type attached.");
        return Err(constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message));
    }
    let (now, due) = (world.now(), due(world));
    let organization = world.organization_mut();
    organization.attach(target, policy_type, policy);
    organization.propagate(policy_type, now, due);
    Ok(nothing())
}

pub(super) fn detach(world: &mut World, input: Input<'_>) -> Answer {
    let (policy, policy_type, target) = named(world, input)?;
    let attached = world.organization.attached(target, policy_type);
    if !attached.iter().any(|id| id == policy) {
        return Err(Refused::PolicyNotAttached.into());
    }
    if policy_type == PolicyType::ResourceControlPolicy && policy_type.managed_policy() == Some(policy) {
        return Err(invalid("NON_DETACHABLE_POLICY", "You can't detach this AWS managed policy."));
    }
    if policy_type == PolicyType::ServiceControlPolicy && attached.len() == 1 {
        let message = "A target must have at least one service control policy attached.";
        return Err(constraint("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message));
    }
    let (now, due) = (world.now(), due(world));
    let organization = world.organization_mut();
    organization.detach(target, policy_type, policy);
    organization.propagate(policy_type, now, due);
    Ok(nothing())
}

pub(super) fn targets(request: Request<'_>) -> Answer {
    let id = request.input.policy("PolicyId")?;
    let page = request.page()?;
    let organization = request.organization();
    let policy_type = organization.policy(id).ok_or(Refused::PolicyNotFound)?.kind;
    let rows = request.rows();
    Ok(page.answer("Targets", &organization.targets(policy_type, id), |target| rows.target(target)))
}

/// Directly attached ones only. Inferred: a type that is not enabled has none, and is not refused.
pub(super) fn policies(request: Request<'_>) -> Answer {
    let target = request.input.target("TargetId")?;
    let policy_type = request.input.policy_type("Filter")?;
    let page = request.page()?;
    let organization = request.organization();
    organization.node(target).ok_or(Refused::TargetNotFound)?;
    let rows = request.rows();
    let row = |id: &String| organization.policy(id).map_or_else(nothing, |policy| rows.policy_summary(id, &policy));
    Ok(page.answer("Policies", organization.attached(target, policy_type), row))
}

fn named<'a>(world: &World, input: Input<'a>) -> Result<(&'a str, PolicyType, &'a str), ApiError> {
    let policy = input.policy("PolicyId")?;
    let target = input.target("TargetId")?;
    let policy_type = world.organization.policy(policy).ok_or(Refused::PolicyNotFound)?.kind;
    world.organization.node(target).ok_or(Refused::TargetNotFound)?;
    Ok((policy, policy_type, target))
}
