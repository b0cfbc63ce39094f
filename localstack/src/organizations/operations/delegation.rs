//! Delegated administrators, trusted access, and the resource policy that delegates the management of policies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Answer, Request, nothing, rows};
use crate::clock::epoch_seconds;
use crate::error::ApiError;
use crate::organizations::delegation;
use crate::organizations::errors::{Refused, constraint, invalid};
use crate::organizations::input::Input;
use crate::organizations::organization::{AccountState, FeatureSet, Organization, ResourcePolicy};
use crate::world::World;

/// How many accounts can administer a service, where it says so (`CloudFormation` user guide, "Register a delegated administrator").
/// Inferred for the others, Bedrock among them: any number.
const ADMINISTRATORS: [(&str, usize); 1] = [("member.org.stacksets.cloudformation.amazonaws.com", 5)];

pub(super) fn register(world: &mut World, input: Input<'_>) -> Answer {
    let (account, service) = named(input)?;
    all_features(&world.organization)?;
    if account == world.organization.management_account {
        let message = "The management account can't be a delegated administrator.";
        return Err(constraint("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", message));
    }
    if world.organization.accounts.get(account).ok_or(Refused::AccountNotFound)?.state != AccountState::Active {
        let message = "An account that is not active can't be a delegated administrator.";
        return Err(constraint("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR", message));
    }
    if administers(&world.organization, account, service) {
        return Err(Refused::AccountAlreadyRegistered.into());
    }
    if !world.organization.service_access.contains_key(service) {
        return Err(constraint("SERVICE_ACCESS_NOT_ENABLED", "Enable trusted access for the service first."));
    }
    let most = ADMINISTRATORS.iter().find(|(name, _)| *name == service).map(|(_, most)| *most);
    let have = world.organization.delegated_administrators.values().filter(|services| services.contains_key(service));
    if most.is_some_and(|most| have.count() >= most) {
        let message = "The service has as many delegated administrators as it can have.";
        return Err(constraint("MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED", message));
    }
    let now = world.now();
    let administrators = &mut world.organization_mut().delegated_administrators;
    administrators.get_or_insert_with(account.to_owned(), BTreeMap::new).insert(service.to_owned(), now);
    Ok(nothing())
}

pub(super) fn deregister(world: &mut World, input: Input<'_>) -> Answer {
    let (account, service) = named(input)?;
    world.organization.accounts.get(account).ok_or(Refused::AccountNotFound)?;
    if !administers(&world.organization, account, service) {
        return Err(Refused::AccountNotRegistered.into());
    }
    let administrators = &mut world.organization_mut().delegated_administrators;
    if let Some(services) = administrators.get_mut(account) {
        services.remove(service);
    }
    administrators.retain(|_, services| !services.is_empty());
    Ok(nothing())
}

/// An account that administers several services is listed once, with the earliest date (inferred).
pub(super) fn administrators(request: Request<'_>) -> Answer {
    let service = request.input.service_principal("ServicePrincipal")?;
    let page = request.page()?;
    let listed = request.organization().delegated_administrators.iter().filter_map(|(account, services)| {
        let dates = services.iter().filter(|(name, _)| service.is_none_or(|service| service == *name));
        Some((account, *dates.map(|(_, since)| since).min()?))
    });
    let rows = request.rows();
    let listed: Vec<_> = listed.collect();
    Ok(page
        .answer("DelegatedAdministrators", &listed, |(account, since)| rows.delegated_administrator(account, *since)))
}

pub(super) fn services(request: Request<'_>) -> Answer {
    let account = request.input.account("AccountId")?;
    let page = request.page()?;
    let organization = request.organization();
    organization.accounts.get(account).ok_or(Refused::AccountNotFound)?;
    let services = organization.delegated_administrators.get(account).ok_or(Refused::AccountNotRegistered)?;
    let services: Vec<_> = services.iter().collect();
    Ok(page.answer(
        "DelegatedServices",
        &services,
        |(service, since)| json!({"ServicePrincipal": service, "DelegationEnabledDate": epoch_seconds(**since)}),
    ))
}

/// Enabling it again changes nothing.
pub(super) fn enable_service_access(world: &mut World, input: Input<'_>) -> Answer {
    let service = principal(input)?;
    all_features(&world.organization)?;
    let now = world.now();
    world.organization_mut().service_access.get_or_insert_with(service.to_owned(), || now);
    Ok(nothing())
}

/// Replaces the whole document; the id stays. Tags are for the first time only.
pub(super) fn put_resource_policy(world: &mut World, input: Input<'_>) -> Answer {
    let content = input.required_bounded("Content", 1, 40_000)?;
    let tags = input.tags("Tags")?;
    all_features(&world.organization)?;
    delegation::check(content)?;
    let known = world.organization.resource_policy.as_ref().map(|policy| policy.id.clone());
    if known.is_some() && !tags.is_empty() {
        // Inferred: the reason with which AWS refuses tags on a policy that is there.
        return Err(invalid("INVALID_LIST_MEMBER", "Tags can be given only when the resource policy is created."));
    }
    let id = known.unwrap_or_else(|| format!("rp-{}", world.new_id("organizations/resource-policy", 8)));
    let organization = world.organization_mut();
    if !tags.is_empty() {
        organization.tags.insert(id.clone(), tags);
    }
    *organization.resource_policy = Some(ResourcePolicy { id, content: content.to_owned() });
    resource_policy(world)
}

pub(super) fn describe_resource_policy(request: Request<'_>) -> Answer {
    resource_policy(request.world)
}

pub(super) fn delete_resource_policy(world: &mut World, _input: Input<'_>) -> Answer {
    let id = world.organization.resource_policy.as_ref().ok_or(Refused::ResourcePolicyNotFound)?.id.clone();
    let organization = world.organization_mut();
    *organization.resource_policy = None;
    organization.tags.remove(&id);
    Ok(nothing())
}

fn resource_policy(world: &World) -> Answer {
    let ResourcePolicy { id, content } =
        world.organization.resource_policy.as_ref().ok_or(Refused::ResourcePolicyNotFound)?;
    let summary: Value = json!({"Id": id, "Arn": rows(world).resource_policy_arn(id)});
    Ok(json!({"ResourcePolicy": {"ResourcePolicySummary": summary, "Content": content}}))
}

fn named(input: Input<'_>) -> Result<(&str, &str), ApiError> {
    Ok((input.account("AccountId")?, principal(input)?))
}

/// Inferred: any name of the form that service principals have is a service.
fn principal(input: Input<'_>) -> Result<&str, ApiError> {
    let service = input.required_service_principal("ServicePrincipal")?;
    let labels: BTreeSet<&str> = service.split('.').collect();
    if labels.contains("amazonaws") && !labels.contains("") {
        return Ok(service);
    }
    Err(invalid("UNRECOGNIZED_SERVICE_PRINCIPAL", "You specified a service principal that isn't recognized."))
}

fn administers(organization: &Organization, account: &str, service: &str) -> bool {
    organization.delegated_administrators.get(account).is_some_and(|services| services.contains_key(service))
}

fn all_features(organization: &Organization) -> Result<(), ApiError> {
    match organization.feature_set {
        FeatureSet::All => Ok(()),
        FeatureSet::ConsolidatedBilling => {
            Err(constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE", "The organization must have all features enabled."))
        }
    }
}
