//! What apply does not do without a word of consent.

use std::collections::BTreeSet;

use crate::model::Address;
use crate::plan::Hazard;

/// A reason for which apply refuses the whole plan, and the flag that lifts it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// An action carries a hazard that has not been allowed.
    Hazard {
        /// The hazard.
        hazard: Hazard,
        /// The resource.
        address: Address,
    },
    /// More is deleted than may be deleted at once.
    TooManyDeletes {
        /// How many resources the plan deletes; prunes are not counted.
        deletes: usize,
        /// How many may be.
        allowed: usize,
    },
}

impl Refusal {
    /// What to type so that apply goes on.
    pub fn flag(&self) -> String {
        match self {
            Self::Hazard { hazard, address } => format!("--allow {hazard}:{address}"),
            Self::TooManyDeletes { deletes, .. } => format!("--max-deletes {deletes}"),
        }
    }
}

/// The shortest flags that lift all of these refusals: a hazard that several actions carry is allowed as a whole.
pub fn flags(refusals: &[Refusal]) -> Vec<String> {
    let mut hazards: BTreeSet<Hazard> = BTreeSet::new();
    let mut flags = Vec::new();
    for refusal in refusals {
        match refusal {
            Refusal::Hazard { hazard, .. } => {
                let same = |other: &&Refusal| matches!(other, Refusal::Hazard { hazard: other, .. } if other == hazard);
                if refusals.iter().filter(same).count() == 1 {
                    flags.push(refusal.flag());
                } else if hazards.insert(*hazard) {
                    flags.push(format!("--allow {hazard}"));
                }
            }
            Refusal::TooManyDeletes { .. } => flags.push(refusal.flag()),
        }
    }
    flags
}
