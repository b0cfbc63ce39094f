//! Whether a caller may infer: invoke the model, and apply each guardrail of the call. This is asked whether or not the option
//! `authorize` is on, for who may infer is what guardrails are about.

use super::guards::Requested;
use super::model::Named;
use crate::authorize::{self, Ask};
use crate::bedrock::content::Content;
use crate::bedrock::guard::APPLY;
use crate::bedrock::{Target, destinations};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::inferred;
use crate::policy::Context;
use crate::world::{Scope, World};

const DRAFT: &str = "DRAFT";

/// Whether the caller may invoke the model with the guardrail that the request names. Guardrails that are enforced are not in
/// `bedrock:GuardrailIdentifier`, which is absent without one of the request's own.
pub(super) fn may_invoke(
    world: &World,
    caller: &Caller,
    action: &str,
    named: &Named,
    requested: Option<Requested<'_>>,
) -> Result<(), ApiError> {
    let mut context = Context::default();
    if let Some(Requested { identifier, version, .. }) = requested {
        let arn = Target::of(world, caller, identifier)?.arn(world.partition);
        let value = if version == DRAFT { arn } else { format!("{arn}:{version}") };
        context = context.with("bedrock:GuardrailIdentifier", value);
    }
    named.arns.iter().try_for_each(|arn| may(world, caller, &Ask { context: context.clone(), ..Ask::new(action, arn) }))
}

/// Whether the caller's account has access to the model that the call comes to. Inferred: this is asked when the caller's policies
/// allow the call, and before any guardrail.
pub(super) fn has_access(world: &World, caller: &Caller, named: &Named) -> Result<(), ApiError> {
    let id = named.arns.last().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    let is = |pattern: &str, text: &str| pattern == "*" || pattern == text;
    let lacks = world
        .options
        .no_access
        .iter()
        .any(|one| is(&one.model, id) && is(&one.account, &caller.account) && is(&one.region, &caller.region));
    if lacks { Err(inferred::no_model_access()) } else { Ok(()) }
}

/// Whether the caller may apply the guardrail.
pub(super) fn may_apply(world: &World, caller: &Caller, target: &Target) -> Result<(), ApiError> {
    let resource_policy = target.resource_policy(world);
    may(world, caller, &Ask { resource_policy, ..Ask::new(APPLY, &target.arn(world.partition)) })
}

/// Whether the caller may apply the guardrail where its profile leads to: the profile's object is its owner's in each of these
/// Regions.
pub(super) fn may_apply_abroad(
    world: &World,
    caller: &Caller,
    target: &Target,
    content: &Content,
) -> Result<(), ApiError> {
    let Some(details) = &content.cross_region_details else { return Ok(()) };
    let (id, Scope { account, region }) = (&details.guardrail_profile_id, &target.scope);
    destinations(id, region).iter().try_for_each(|destination| {
        let owner = Scope { account: account.clone(), region: destination.clone() };
        let arn = format!("arn:{}:bedrock:{destination}:{account}:guardrail-profile/{id}", world.partition.id());
        let resource_policy = world.bedrock(&owner).resource_policy(&arn);
        may(world, caller, &Ask { resource_policy, ..Ask::new(APPLY, &arn) })
    })
}

fn may(world: &World, caller: &Caller, ask: &Ask<'_>) -> Result<(), ApiError> {
    let verdict = authorize::decide(world, caller.into(), ask);
    match verdict.message(&caller.arn, ask.action, ask.resource) {
        Some(message) => Err(ApiError::new("AccessDeniedException", 403, message)),
        None => Ok(()),
    }
}
