//! Two versions put to one suite: in which cases they differ.

use std::collections::BTreeSet;

use super::said::{Did, Fault};
use super::tally::{CaseTally, Trial};
use crate::model::Scope;

/// How a case stands in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Every answer is as expected.
    Passed,
    /// Some answer is not, in the gravest way in which one is not.
    Faulty(Fault),
    /// There is no answer.
    Unanswered,
}

impl Standing {
    /// How this case stands.
    pub fn of(tally: &CaseTally) -> Self {
        match Fault::ALL.into_iter().find(|fault| tally.count(*fault) > 0) {
            Some(fault) => Self::Faulty(fault),
            None if tally.answers == 0 => Self::Unanswered,
            None => Self::Passed,
        }
    }

    /// The word for machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Faulty(fault) => fault.word(),
            Self::Unanswered => "unanswered",
        }
    }
}

/// A case of which two versions make something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The number of the case in the suite.
    pub case: usize,
    /// Where.
    pub scope: Scope,
    /// How it stands under the version that is compared with.
    pub against: Standing,
    /// How it stands under the version of the suite.
    pub tested: Standing,
    /// What the one did.
    pub did_against: BTreeSet<Did>,
    /// What the other did.
    pub did_tested: BTreeSet<Did>,
}

/// The cases of one suite in which `tested` differs from `against`, in the order of the suite. Where one of them has no answer
/// nothing is known, and nothing is said.
pub fn changes(tested: &Trial, against: &Trial) -> Vec<Change> {
    let mut changes = Vec::new();
    for now in &tested.places {
        let Some(then) = against.places.iter().find(|place| place.scope == now.scope) else { continue };
        for (number, (now_case, then_case)) in now.cases.iter().zip(&then.cases).enumerate() {
            if now_case.answers == 0 || then_case.answers == 0 {
                continue;
            }
            let change = Change {
                case: number,
                scope: now.scope.clone(),
                against: Standing::of(then_case),
                tested: Standing::of(now_case),
                did_against: then_case.did.keys().cloned().collect(),
                did_tested: now_case.did.keys().cloned().collect(),
            };
            if change.against != change.tested || change.did_against != change.did_tested {
                changes.push(change);
            }
        }
    }
    changes.sort_by(|one, other| (one.case, &one.scope).cmp(&(other.case, &other.scope)));
    changes
}
