//! The versions that a plan puts in force and that exist already. Their content is what it is, whatever the spec says of the
//! guardrail now, so a test of that says nothing of them.

use std::collections::{BTreeMap, BTreeSet};

use super::guardrails::guardrail_of;
use super::preconditions::enforced;
use super::{Change, Plan};
use crate::kinds::{Kind, Model, guardrail};
use crate::model::{Address, Desired, Digest, Live, Ref, RemoteId};

/// A version that a pointer begins to name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    /// The version: as the spec calls it, or by its number.
    pub address: Address,
    /// `ARN:number`
    pub id: RemoteId,
    /// Its guardrail.
    pub guardrail: Address,
}

/// The versions that enforced configurations and policies of the organization name after this plan and did not before, or
/// begin to name to further accounts, sorted. What the plan publishes is not among them.
pub(super) fn reached(plan: &Plan, live: &Live) -> Vec<Reached> {
    let published: BTreeSet<&Address> = plan
        .actions
        .iter()
        .filter(|action| matches!(action.change, Change::Create { .. }))
        .flat_map(|action| [&action.address].into_iter().chain(&action.serves))
        .collect();
    let mut found = BTreeMap::new();
    for action in &plan.actions {
        let (before, after) = match &action.change {
            Change::Create { want: Model::OrgPolicyAttachment(want) } => {
                (Vec::new(), want.policy.address().map(|policy| named_by(policy, plan, live)).unwrap_or_default())
            }
            Change::Create { want } => (Vec::new(), named(want)),
            Change::Update { have, want, .. } => (named(have), named(want)),
            Change::Delete { .. } => continue,
        };
        let before: BTreeSet<RemoteId> = before.iter().filter_map(|version| id(version, live)).collect();
        let is_new = |version: &&Ref| version.address().is_none_or(|address| !published.contains(address));
        for version in after.iter().filter(is_new) {
            let Some(id) = id(version, live).filter(|id| !before.contains(id)) else { continue };
            let Some(guardrail) = guardrail_of(&id).and_then(|arn| live.names.address(&arn).cloned()) else { continue };
            let number = || id.as_str().rsplit(':').next().unwrap_or_default().to_owned();
            let known = version.address().or_else(|| live.names.address(&id)).cloned();
            let address = known.unwrap_or_else(|| {
                let name = format!("{}@{}", guardrail.name, number());
                Address::new(Kind::GuardrailVersion, guardrail.scope.clone(), name)
            });
            found.entry(id.clone()).or_insert(Reached { address, id, guardrail });
        }
    }
    found.into_values().collect()
}

impl Reached {
    /// Whether the version is known to hold what the spec says of its guardrail.
    pub(super) fn is_current(&self, desired: &Desired, live: &Live) -> bool {
        let want = desired.resources.get(&self.guardrail).map(|wanted| &wanted.model);
        let Some(Model::Guardrail(guardrail::Model { content: want, .. })) = want else { return false };
        self.content(live).is_some_and(|content| content == want.digest())
    }

    fn content(&self, live: &Live) -> Option<Digest> {
        let seen = live.versions.get(&self.guardrail).into_iter().flatten().find(|version| version.id == self.id);
        let read = || live.contents.get(&self.id)?.as_ref().ok().map(guardrail::Content::digest);
        seen.and_then(|version| version.content.clone()).or_else(read)
    }
}

/// The versions that this puts in force.
fn named(model: &Model) -> Vec<Ref> {
    match model {
        Model::AccountEnforcement(model) => vec![model.version.clone()],
        Model::OrgPolicy(model) => enforced(&model.document).into_iter().map(|(_, version)| version).collect(),
        _ => Vec::new(),
    }
}

/// The versions that a policy names once the plan is done.
fn named_by(policy: &Address, plan: &Plan, live: &Live) -> Vec<Ref> {
    let written =
        plan.actions.iter().rev().filter(|action| action.address == *policy).find_map(|action| match &action.change {
            Change::Create { want } | Change::Update { want, .. } => Some(want),
            Change::Delete { .. } => None,
        });
    written.or_else(|| live.found.get(policy).map(|found| &found.model)).map(named).unwrap_or_default()
}

/// The version that serves a pointer, if one exists.
fn id(version: &Ref, live: &Live) -> Option<RemoteId> {
    match version {
        Ref::To(address) => live.names.ids(address).next_back().cloned(),
        Ref::Foreign(id) => Some(id.clone()),
    }
}
