//! What is tested before a plan is carried out: the content that guardrails will have then, in a guardrail of its own where
//! AWS does not hold it yet.

use std::collections::BTreeSet;

use super::guardrails::guardrail_of;
use super::reached::{Reached, reached};
use super::{Action, Change, Plan};
use crate::kinds::{Kind, Model, Verb, guardrail};
use crate::model::{
    Address, CANDIDATE_PREFIX, CANDIDATE_TAG, Desired, Digest, Live, NAME_TAG, PROTECTED_TAG, Region, RemoteId,
};
use crate::plan::MOST_GUARDRAILS;
use crate::suite::trial::Absent;

/// A guardrail that is there to be tested only. It has no version, so that nothing can enforce it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its own address, which no spec has.
    pub address: Address,
    /// The guardrail whose content it holds.
    pub of: Address,
    /// As what it is made.
    pub model: guardrail::Model,
}

impl Candidate {
    /// The candidate with what `want` is to be, made by the run of this name. Two runs never make the same, and so never
    /// take one that another has made for theirs.
    fn new(of: &Address, want: &guardrail::Model, run: &str) -> Self {
        let name = format!("{CANDIDATE_PREFIX}{}", Digest::of(&(of, run)).short());
        let mut tags = want.tags.clone();
        tags.retain(|key, _| key != NAME_TAG && key != PROTECTED_TAG);
        tags.insert(CANDIDATE_TAG.to_owned(), of.name.clone());
        let description = "Temporary: made by bedrail apply --require-tests to be tested, and removed by it".to_owned();
        Self {
            address: Address::new(Kind::Guardrail, of.scope.clone(), name.as_str()),
            of: of.clone(),
            model: guardrail::Model { name, description: Some(description), tags, failed: false, ..want.clone() },
        }
    }

    /// Makes it.
    pub fn create(&self) -> Action {
        Action::alone(self.address.clone(), Verb::Create, Change::Create { want: self.model.clone().into() })
    }

    /// Removes it.
    pub fn delete(&self, id: RemoteId) -> Action {
        Action::alone(self.address.clone(), Verb::Delete, Change::Delete { id, have: self.model.clone().into() })
    }
}

/// By what the content that the spec says is tested in one place.
#[expect(clippy::large_enum_variant, reason = "a run has few of them")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// By the draft of the guardrail, which holds it already; its ARN.
    Draft(Address, RemoteId),
    /// By a guardrail that is made for it.
    Candidate(Candidate),
    /// By a version that exists and that the plan puts in force, whatever the draft holds; with the ARN of its guardrail.
    Version(Reached, RemoteId),
    /// By none.
    None(Absent),
}

impl Bearer {
    /// Whether it is in one of these Regions; none stands for all.
    pub fn is_in(&self, regions: &[Region]) -> bool {
        let scope = match self {
            Self::Draft(address, _) => &address.scope,
            Self::Candidate(candidate) => &candidate.of.scope,
            Self::Version(reached, _) => &reached.guardrail.scope,
            Self::None(absent) => &absent.scope,
        };
        regions.is_empty() || scope.region.as_ref().is_some_and(|region| regions.contains(region))
    }
}

/// Both sides of a plan, and what narrows it.
#[derive(Clone, Copy, Debug)]
pub struct Promoted<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What it was made from.
    pub desired: &'a Desired,
    /// What AWS has.
    pub live: &'a Live,
    /// The patterns of `--target`: what none of them names, and the plan leaves alone, is not tested.
    pub targets: &'a [String],
    /// What sets the candidates of this run apart from those of others.
    pub run: &'a str,
}

impl Promoted<'_> {
    /// By what this guardrail is tested, in each account and Region that it is declared in: its content, and each version with
    /// another one that the plan puts in force.
    pub fn bearers(&self, guardrail: &str) -> Vec<Bearer> {
        let all = self.desired.resources.iter();
        let here = all.filter(|(address, _)| address.kind == Kind::Guardrail && address.name == guardrail);
        let reached = reached(self.plan, self.live);
        let mut bearers = Vec::new();
        for (address, wanted) in here {
            let Model::Guardrail(want) = &wanted.model else { continue };
            let own = self.bearer(address, want);
            let covered = |version: &Reached| own.is_some() && version.is_current(self.desired, self.live);
            let others = reached.iter().filter(|version| version.guardrail == *address && !covered(version));
            let others: Vec<_> = others
                .filter_map(|version| Some(Bearer::Version(version.clone(), guardrail_of(&version.id)?)))
                .collect();
            bearers.extend(own.into_iter().chain(others));
        }
        bearers
    }

    fn bearer(&self, address: &Address, want: &guardrail::Model) -> Option<Bearer> {
        let targeted = self.targets.is_empty() || self.targets.iter().any(|pattern| address.matches(pattern));
        let absent = |why: String| Some(Bearer::None(Absent { scope: address.scope.clone(), why, hint: None }));
        if let Some(held) = self.plan.held.iter().find(|held| held.address == *address) {
            return absent(format!("what the spec says of it is held: {}", held.hint));
        }
        let found = self.live.found.get(address);
        match changed(self.plan, address) {
            None if !targeted => None,
            None => match found {
                Some(found) => Some(Bearer::Draft(address.clone(), found.id.clone())),
                None => absent("the guardrail does not exist there, and the plan does not make it".to_owned()),
            },
            Some((Some(have), id)) if have.content == want.content && !have.failed => {
                Some(Bearer::Draft(address.clone(), id?.clone()))
            }
            Some(_) => Some(Bearer::Candidate(Candidate::new(address, want, self.run))),
        }
    }

    /// The guardrails whose content the plan changes, and the versions that it puts in force, that are not among `tested`.
    pub fn untested(&self, tested: &BTreeSet<Address>) -> BTreeSet<Address> {
        let guardrails = self.plan.actions.iter().filter(|action| action.address.kind == Kind::Guardrail);
        let changes = guardrails.filter(|action| match &action.change {
            Change::Create { .. } => true,
            Change::Update { have: Model::Guardrail(have), want: Model::Guardrail(want), .. } => {
                have.content != want.content
            }
            _ => false,
        });
        let changes = changes.map(|action| action.address.clone()).filter(|address| !tested.contains(address));
        let covered =
            |version: &Reached| tested.contains(&version.guardrail) && version.is_current(self.desired, self.live);
        let reached = reached(self.plan, self.live).into_iter().filter(|version| !covered(version));
        changes.chain(reached.map(|version| version.address).filter(|address| !tested.contains(address))).collect()
    }
}

/// What the plan makes of this guardrail: from what, and its id; `None` where it leaves it alone.
fn changed<'p>(plan: &'p Plan, address: &Address) -> Option<(Option<&'p guardrail::Model>, Option<&'p RemoteId>)> {
    let action = plan.actions.iter().find(|action| action.address == *address)?;
    match &action.change {
        Change::Update { id, have: Model::Guardrail(have), .. } => Some((Some(have), Some(id))),
        _ => Some((None, None)),
    }
}

/// Why there is no room for the candidate, if there is none: `removed` guardrails have gone from there since AWS was read.
pub fn no_room(candidate: &Candidate, live: &Live, removed: usize) -> Option<Absent> {
    let scope = &candidate.of.scope;
    let there = live.guardrails.get(scope).copied().unwrap_or_default().saturating_sub(removed);
    (there >= MOST_GUARDRAILS).then(|| Absent {
        scope: scope.clone(),
        why: format!(
            "{} has {there} of {MOST_GUARDRAILS} guardrails, so there is no room for a candidate",
            scope.region_name()
        ),
        hint: Some("delete one first".to_owned()),
    })
}

#[cfg(test)]
mod tests;
