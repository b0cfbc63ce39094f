//! A guardrail that is enforced on accounts, as far as it decides whether they can call a model at all.

use std::collections::BTreeMap;

use super::profiles;
use super::state::{Bedrock, Status};
use crate::clock::Millis;
use crate::world::{Scope, World};

/// The action that a caller needs on an enforced guardrail.
pub(crate) const APPLY: &str = "bedrock:ApplyGuardrail";

/// A version of a guardrail at some moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Guard {
    /// Why it cannot be applied by anyone.
    pub(crate) problem: Option<String>,
    /// What has to be permitted to whoever it is enforced on: the guardrail, and the objects of its profile.
    pub(crate) resources: Vec<Resource>,
    /// When its status will be another.
    pub(crate) next: Option<Millis>,
}

/// A resource, and what on it may decide who is permitted: its policy, and tags that conditions may ask for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resource {
    pub(crate) arn: String,
    pub(crate) policy: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Resource {
    fn of(world: &World, scope: &Scope, arn: String) -> Self {
        let policy = world.bedrock(scope).resource_policies.get(&arn).cloned();
        Self { arn, policy, tags: BTreeMap::new() }
    }
}

/// The account and Region of a guardrail's ARN, and its id.
fn place(world: &World, arn: &str) -> Option<(Scope, String)> {
    match *arn.split(':').collect::<Vec<_>>() {
        ["arn", partition, "bedrock", region, account, resource] if partition == world.partition.id() => {
            let id = resource.strip_prefix("guardrail/")?;
            Some((Scope { account: account.to_owned(), region: region.to_owned() }, id.to_owned()))
        }
        _ => None,
    }
}

/// The version of the guardrail, enforced in a Region.
pub(crate) fn guard(world: &World, arn: &str, version: &str, region: &str, now: Millis) -> Guard {
    let broken = |problem: String| Guard { problem: Some(problem), ..Guard::default() };
    let Some((scope, id)) = place(world, arn) else {
        return broken(format!("{arn} is not the ARN of a guardrail"));
    };
    if scope.region != region {
        return broken(format!("{arn} is not in {region}"));
    }
    let Some(guardrail) = world.bedrock(&scope).guardrail(&id, now) else {
        return broken(format!("{arn} does not exist"));
    };
    let numeric = version.parse::<u32>().is_ok();
    let Some(revision) = guardrail.revision(version, now).filter(|_| numeric) else {
        return broken(format!("{arn} has no version {version}"));
    };
    let next = revision.change.as_ref().map(|change| change.until).filter(|until| *until > now);
    let problem = match revision.status(now) {
        Some(Status::Ready) if revision.content.automated_reasoning_policy.is_none() => None,
        Some(Status::Ready) => Some(format!("{arn}:{version} holds an automated reasoning policy")),
        _ => Some(format!("{arn}:{version} is not READY")),
    };
    let abroad = revision.content.cross_region_details.as_ref().map(|details| {
        let (id, account) = (&details.guardrail_profile_id, &scope.account);
        profiles::destinations(id, &scope.region).iter().map(move |destination| {
            let arn = format!("arn:{}:bedrock:{destination}:{account}:guardrail-profile/{id}", world.partition.id());
            Resource::of(world, &Scope { account: account.clone(), region: destination.clone() }, arn)
        })
    });
    let own = Resource { tags: (*guardrail.tags).clone(), ..Resource::of(world, &scope, arn.to_owned()) };
    Guard { problem, resources: [own].into_iter().chain(abroad.into_iter().flatten()).collect(), next }
}

impl Bedrock {
    /// The guardrail that the account enforces on itself: ARN and version.
    pub(crate) fn enforces(&self) -> Option<(&str, &str)> {
        self.enforced.as_ref().map(super::enforced::Enforced::guardrail)
    }

    /// When changes of guardrails that are under way will be over.
    pub(crate) fn dues(&self, now: Millis) -> impl Iterator<Item = Millis> {
        let revisions = self.guardrails.values().flat_map(move |guardrail| guardrail.revisions(now));
        revisions.filter_map(|(_, revision)| Some(revision.change.as_ref()?.until)).filter(move |until| *until > now)
    }
}
