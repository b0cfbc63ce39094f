//! What is tested before a plan is carried out: the content that guardrails will have then, in a guardrail of its own where
//! AWS does not hold it yet.

use std::collections::BTreeSet;

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
    /// By none.
    None(Absent),
}

impl Bearer {
    /// Whether it is in one of these Regions; none stands for all.
    pub fn is_in(&self, regions: &[Region]) -> bool {
        let scope = match self {
            Self::Draft(address, _) => &address.scope,
            Self::Candidate(candidate) => &candidate.of.scope,
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
    /// By what the content of this guardrail is tested, in each account and Region that it is declared in.
    pub fn bearers(&self, guardrail: &str) -> Vec<Bearer> {
        let all = self.desired.resources.iter();
        let here = all.filter(|(address, _)| address.kind == Kind::Guardrail && address.name == guardrail);
        here.filter_map(|(address, wanted)| match &wanted.model {
            Model::Guardrail(want) => self.bearer(address, want),
            _ => None,
        })
        .collect()
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

    /// The guardrails whose content the plan changes and that are not among `tested`.
    pub fn untested(&self, tested: &BTreeSet<Address>) -> BTreeSet<Address> {
        let guardrails = self.plan.actions.iter().filter(|action| action.address.kind == Kind::Guardrail);
        let changes = guardrails.filter(|action| match &action.change {
            Change::Create { .. } => true,
            Change::Update { have: Model::Guardrail(have), want: Model::Guardrail(want), .. } => {
                have.content != want.content
            }
            _ => false,
        });
        changes.map(|action| action.address.clone()).filter(|address| !tested.contains(address)).collect()
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
