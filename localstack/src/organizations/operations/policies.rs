//! Policies and their documents.

use serde_json::json;

use super::{Answer, Request, due, nothing, rows};
use crate::error::ApiError;
use crate::organizations::documents;
use crate::organizations::errors::{Refused, constraint, invalid};
use crate::organizations::input::Input;
use crate::organizations::managed::is_managed;
use crate::organizations::organization::{FeatureSet, Organization, Policy};
use crate::organizations::policy_type::PolicyType;
use crate::regions;
use crate::world::World;

pub(super) fn create(world: &mut World, input: Input<'_>) -> Answer {
    let policy = Policy {
        content: input.required_bounded("Content", 1, usize::MAX)?.to_owned(),
        description: input.required_bounded("Description", 0, 512)?.to_owned(),
        name: input.required_bounded("Name", 1, 128)?.to_owned(),
        kind: input.policy_type("Type")?,
    };
    let tags = input.tags("Tags")?;
    super::tags::within_limit(tags.len())?;
    available(&world.organization)?;
    played(world, policy.kind)?;
    documents::check(policy.kind, &policy.content)?;
    unique(&world.organization, policy.kind, &policy.name, None)?;
    if world.organization.policies.values().filter(|one| one.kind == policy.kind).count() >= policy.kind.policies() {
        return Err(constraint(
            "POLICY_NUMBER_LIMIT_EXCEEDED",
            "You have reached the number of policies of this type.",
        ));
    }
    let id = new_id(world, &policy.name);
    let organization = world.organization_mut();
    organization.policies.insert(id.clone(), policy);
    if !tags.is_empty() {
        organization.tags.insert(id.clone(), tags);
    }
    answer(world, &id)
}

/// Changes what is given and leaves the rest.
pub(super) fn update(world: &mut World, input: Input<'_>) -> Answer {
    let id = input.policy("PolicyId")?;
    let name = input.bounded("Name", 1, 128)?;
    let description = input.bounded("Description", 0, 512)?;
    let content = input.bounded("Content", 1, usize::MAX)?;
    let policy_type = own(&world.organization, id)?.kind;
    if let Some(content) = content {
        documents::check(policy_type, content)?;
    }
    if let Some(name) = name {
        unique(&world.organization, policy_type, name, Some(id))?;
    }
    let (now, due) = (world.now(), due(world));
    let organization = world.organization_mut();
    if let Some(policy) = organization.policies.get_mut(id) {
        let Policy { name: have_name, description: have_description, kind: _, content: have_content } = policy;
        for (have, want) in [(have_name, name), (have_description, description), (have_content, content)] {
            if let Some(want) = want {
                want.clone_into(have);
            }
        }
    }
    organization.propagate(policy_type, now, due);
    answer(world, id)
}

pub(super) fn delete(world: &mut World, input: Input<'_>) -> Answer {
    let id = input.policy("PolicyId")?;
    let policy_type = own(&world.organization, id)?.kind;
    if !world.organization.targets(policy_type, id).is_empty() {
        return Err(Refused::PolicyInUse.into());
    }
    let organization = world.organization_mut();
    organization.policies.remove(id);
    organization.tags.remove(id);
    Ok(nothing())
}

pub(super) fn describe(request: Request<'_>) -> Answer {
    let id = request.input.policy("PolicyId")?;
    let policy = request.organization().policy(id).ok_or(Refused::PolicyNotFound)?;
    Ok(json!({"Policy": request.rows().policy(id, &policy)}))
}

/// A type that was never enabled is refused, with an exception that the model does not list for this operation (seen in the
/// field: awslabs/sra-verify issues 6 and 10). Inferred: documents made before are listed all the same.
pub(super) fn list(request: Request<'_>) -> Answer {
    let policy_type = request.input.policy_type("Filter")?;
    let page = request.page()?;
    let organization = request.organization();
    available(organization)?;
    played(request.world, policy_type)?;
    let managed = organization.managed_policies().map(|(id, policy)| (id, policy.kind));
    let own = organization.policies.iter().map(|(id, policy)| (id.as_str(), policy.kind));
    let ids: Vec<&str> = own.chain(managed).filter(|(_, of_type)| *of_type == policy_type).map(|(id, _)| id).collect();
    if ids.is_empty() && !organization.policy_types.contains_key(&policy_type) {
        return Err(Refused::PolicyTypeNotEnabled.into());
    }
    let rows = request.rows();
    Ok(page.answer("Policies", &ids, |id| match organization.policy(id) {
        Some(policy) => rows.policy_summary(id, &policy),
        None => nothing(),
    }))
}

/// A state written by hand may hold a policy with the id that would be next.
fn new_id(world: &mut World, name: &str) -> String {
    loop {
        let id = format!("p-{}", world.new_id(&format!("organizations/policy/{name}"), 10));
        if !world.organization.policies.contains_key(&id) {
            return id;
        }
    }
}

fn answer(world: &World, id: &str) -> Answer {
    let policy = world.organization.policy(id).ok_or(Refused::PolicyNotFound)?;
    Ok(json!({"Policy": rows(world).policy(id, &policy)}))
}

/// A policy that can be changed.
fn own<'a>(organization: &'a Organization, id: &str) -> Result<&'a Policy, ApiError> {
    if is_managed(id) {
        return Err(invalid(
            "IMMUTABLE_POLICY",
            "You specified a policy that is managed by AWS and can't be modified.",
        ));
    }
    organization.policies.get(id).ok_or_else(|| Refused::PolicyNotFound.into())
}

/// Inferred: names are unique within a type.
fn unique(organization: &Organization, policy_type: PolicyType, name: &str, but: Option<&str>) -> Result<(), ApiError> {
    let is = |policy: &Policy| policy.kind == policy_type && policy.name == name;
    let taken = organization.policies.iter().any(|(id, policy)| is(policy) && Some(id.as_str()) != but)
        || organization.managed_policies().any(|(_, policy)| is(&policy));
    if taken { Err(Refused::DuplicatePolicy.into()) } else { Ok(()) }
}

/// Inferred: a partition without Bedrock has no Bedrock policies either.
pub(super) fn played(world: &World, policy_type: PolicyType) -> Result<(), ApiError> {
    if policy_type == PolicyType::BedrockPolicy && !regions::any_bedrock(world.partition) {
        return Err(Refused::PolicyTypeNotAvailableForOrganization.into());
    }
    Ok(())
}

/// Policies of any type need all features.
fn available(organization: &Organization) -> Result<(), ApiError> {
    match organization.feature_set {
        FeatureSet::All => Ok(()),
        FeatureSet::ConsolidatedBilling => Err(Refused::PolicyTypeNotAvailableForOrganization.into()),
    }
}
