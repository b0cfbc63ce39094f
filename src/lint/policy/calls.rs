//! What the statements of a policy make of a model call: by its action, and by how it names its guardrail.

use super::arn::is_everything;
use super::pattern::Listed;
use super::statement::{Effect, Policy, Statement};
use super::streaming::{INVOKE, STREAM};

/// The actions as which models are called.
pub(super) const CALLS: [&str; 2] = [INVOKE, STREAM];

/// How a call names its guardrail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// Not at all: the key is absent.
    Nothing,
    /// By the empty text, which the requests of the runtime take (botocore `bedrock-runtime` 2023-09-30,
    /// `GuardrailIdentifier`): the key is there.
    Empty,
    /// By a guardrail that no policy means.
    Another,
}

impl Naming {
    /// What the key holds.
    pub(super) const fn identifier(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Empty => Some(""),
            Self::Another => Some("arn:aws:bedrock:us-east-1:000000000000:guardrail/zzzzzzzzzzzz:1"),
        }
    }
}

impl Statement<'_> {
    /// Whether it speaks of calls of models.
    pub(super) fn calls_models(&self) -> bool {
        CALLS.iter().any(|action| self.actions.has(action))
    }

    /// Whether it counts for such a call, of some model. Tests on other keys may hold, and are taken to.
    pub(super) fn meets(&self, action: &str, naming: Naming) -> bool {
        self.actions.has(action) && self.takes(naming.identifier())
    }

    /// Whether it counts whatever is called, whoever calls and from where.
    fn is_unconditional(&self) -> bool {
        self.tests.is_empty()
            && matches!(&self.resources, Listed::Only(all) if all.iter().any(|word| is_everything(word)))
    }
}

impl<'n> Policy<'n> {
    /// The denials of such a call: those that ask for the guardrail, and those that ask for nothing. A Deny of some models or
    /// under some other condition is there for another reason.
    pub(super) fn denials(&self, action: &str, naming: Naming) -> impl Iterator<Item = &Statement<'n>> {
        self.statements.iter().filter(move |one| {
            one.effect == Effect::Deny && one.meets(action, naming) && (one.asks() || one.is_unconditional())
        })
    }

    /// Whether such a call is denied, of the models at least that a Deny names.
    pub(super) fn denies_call(&self, action: &str, naming: Naming) -> bool {
        self.denials(action, naming).next().is_some()
    }

    /// Whether such a call is allowed as far as denials let it. What allows nothing, or everything, stands beside what other
    /// policies allow.
    pub(super) fn allows_call(&self, action: &str, naming: Naming) -> bool {
        self.allows().next().is_none() || self.allows().any(|one| one.is_full_access() || one.meets(action, naming))
    }
}
