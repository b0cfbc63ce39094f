//! What the user allows, and what of a plan is refused without it.

use std::str::FromStr;

use super::error::Error;
use crate::kinds::Verb;
use crate::plan::{Action, Hazard, Plan};
use crate::report::Refusal;

/// Hazards of the contract that this release does not judge.
const LATER: [&str; 3] = ["weakens", "lockout", "displaces"];

/// One word of `--allow`: a hazard, everywhere or at addresses that match a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    hazard: Hazard,
    pattern: Option<String>,
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, pattern) = match text.split_once(':') {
            Some((word, pattern)) => (word, Some(pattern.to_owned())),
            None => (text, None),
        };
        Ok(Self { hazard: hazard(word)?, pattern })
    }
}

impl Allowed {
    fn covers(&self, hazard: Hazard, action: &Action) -> bool {
        self.hazard == hazard && self.pattern.as_ref().is_none_or(|pattern| action.address.matches(pattern))
    }
}

/// The hazard of this word.
pub(crate) fn hazard(word: &str) -> Result<Hazard, String> {
    let words = || Hazard::ALL.iter().map(|hazard| hazard.word()).collect::<Vec<_>>().join(", ");
    Hazard::ALL.iter().copied().find(|hazard| hazard.word() == word).ok_or_else(|| {
        if LATER.contains(&word) {
            format!("the hazard `{word}` comes with a later release of bedrail")
        } else {
            format!("no hazard is called `{word}`: known here: {}", words())
        }
    })
}

/// What the user allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Consent {
    /// Hazards.
    pub(crate) allowed: Vec<Allowed>,
    /// How many resources may be deleted at once, prunes not counted; `None` for any number.
    pub(crate) max_deletes: Option<usize>,
}

impl Consent {
    /// What of `plan` is not allowed.
    pub(crate) fn refusals(&self, plan: &Plan) -> Vec<Refusal> {
        let refused = |action: &Action, hazard: Hazard| !self.allowed.iter().any(|one| one.covers(hazard, action));
        let hazards = plan.actions.iter().flat_map(|action| action.hazards.iter().map(move |hazard| (action, *hazard)));
        let mut refusals: Vec<Refusal> = hazards
            .filter(|(action, hazard)| refused(action, *hazard))
            .map(|(action, hazard)| Refusal::Hazard { hazard, address: action.address.clone() })
            .collect();
        let deletes = plan.actions.iter().filter(|action| action.verb == Verb::Delete && !action.prune).count();
        if let Some(allowed) = self.max_deletes.filter(|allowed| deletes > *allowed) {
            refusals.push(Refusal::TooManyDeletes { deletes, allowed });
        }
        refusals
    }
}

/// Whether the plan carries a hazard that `--fail-on` names.
pub(crate) fn fail_on(plan: &Plan, hazards: &[Hazard]) -> Result<(), Error> {
    let carries = |hazard: &&Hazard| plan.actions.iter().any(|action| action.hazards.contains(hazard));
    let found: Vec<&str> = hazards.iter().filter(carries).map(|hazard| hazard.word()).collect();
    if found.is_empty() { Ok(()) } else { Err(Error::FailOn(found.join(", "))) }
}
