//! What the user allows, and what of a plan is refused without it.

use std::fmt;
use std::str::FromStr;

use super::error::Error;
use crate::kinds::Verb;
use crate::model::{Desired, Direction};
use crate::plan::{Action, Hazard, Plan, Purpose};
use crate::report::Refusal;

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
            Some((word, "")) => {
                return Err(format!("which addresses? write `{word}:PATTERN`, or `{word}` for all of them"));
            }
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

impl fmt::Display for Allowed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hazard, pattern) = (self.hazard.word(), self.pattern.as_deref());
        write!(out, "{hazard}{}{}", if pattern.is_some() { ":" } else { "" }, pattern.unwrap_or_default())
    }
}

/// The hazard of this word.
fn hazard(word: &str) -> Result<Hazard, String> {
    let words = || Hazard::ALL.iter().map(|hazard| hazard.word()).collect::<Vec<_>>().join(", ");
    let found = Hazard::ALL.iter().copied().find(|hazard| hazard.word() == word);
    found.ok_or_else(|| format!("no hazard is called `{word}`: known here: {}", words()))
}

/// One word of `--fail-on`: a hazard, or what cannot be ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailOn {
    Hazard(Hazard),
    Unranked,
}

impl FailOn {
    fn word(self) -> &'static str {
        match self {
            Self::Hazard(hazard) => hazard.word(),
            Self::Unranked => Direction::Unranked.word(),
        }
    }

    fn is_of(self, action: &Action) -> bool {
        match self {
            Self::Hazard(hazard) => action.hazards.contains(&hazard),
            Self::Unranked => action.has_unranked(),
        }
    }
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "unranked" => Ok(Self::Unranked),
            word => hazard(word).map(Self::Hazard).map_err(|error| format!("{error}, unranked")),
        }
    }
}

/// What the user allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Consent {
    /// Hazards.
    pub(crate) allowed: Vec<Allowed>,
    /// How many resources may be deleted at once, prunes not counted; `None` for any number.
    pub(crate) max_deletes: Option<usize>,
    /// What the plan is for. Who destroys says with `deletes` that protection goes, too.
    pub(crate) purpose: Purpose,
}

impl Consent {
    /// What of `plan` is not allowed.
    pub(crate) fn refusals(&self, plan: &Plan) -> Vec<Refusal> {
        let said_by_deletes = |action: &Action, hazard: Hazard| {
            let destroys = self.purpose == Purpose::Destroy && action.hazards.contains(&Hazard::Deletes);
            destroys && hazard == Hazard::Weakens
        };
        let refused = |action: &Action, hazard: Hazard| {
            !said_by_deletes(action, hazard) && !self.allowed.iter().any(|one| one.covers(hazard, action))
        };
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

impl Consent {
    /// The patterns that allow nothing of `plan`: likely mistyped, where something is refused.
    pub(crate) fn idle<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = &'a Allowed> {
        let covers = |one: &Allowed, action: &Action| action.hazards.iter().any(|hazard| one.covers(*hazard, action));
        let narrowed = self.allowed.iter().filter(|one| one.pattern.is_some());
        narrowed.filter(move |one| !plan.actions.iter().any(|action| covers(one, action)))
    }
}

/// Whether the plan carries something that `--fail-on` names.
pub(crate) fn fail_on(plan: &Plan, words: &[FailOn]) -> Result<(), Error> {
    let carries = |word: &&FailOn| plan.actions.iter().any(|action| word.is_of(action));
    let found: Vec<&str> = words.iter().filter(carries).map(|word| word.word()).collect();
    if found.is_empty() { Ok(()) } else { Err(Error::FailOn(found.join(", "))) }
}

/// An empty spec is more likely a wrong file than the wish to remove everything, whatever is allowed.
///
/// # Errors
/// The plan removes something for a spec that declares nothing.
pub(crate) fn declares_something(plan: &Plan, desired: &Desired) -> Result<(), Error> {
    let deletes = plan.actions.iter().filter(|action| action.verb == Verb::Delete).count();
    if deletes == 0 || !desired.resources.is_empty() {
        return Ok(());
    }
    Err(Error::DeclaresNothing { deletes, stack: plan.stack.clone() })
}
