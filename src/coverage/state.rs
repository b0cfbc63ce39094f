//! How calls of a cell stand.

use super::barred::Bar;
use crate::explain::{Chain, Explanation, FindingKind, Guard, Hides};
use crate::model::{Region, words};

words! {
    /// How the calls of an account in a Region stand.
    State {
        /// Each call meets a guardrail that the organization or the account enforces, and those that it meets let it through.
        Protected = "protected",
        /// Calls are denied: by a service control policy, or since a guardrail that is enforced is not shared with the account.
        Denied = "denied",
        /// What is enforced cannot be: the version does not exist or is not READY, it may not be enforced, or the policies come
        /// to no valid effective policy.
        Invalid = "invalid",
        /// Calls meet no guardrail that somebody enforces.
        Unprotected = "unprotected",
        /// There is no Bedrock to call.
        Unavailable = "unavailable",
        /// What decides could not be read.
        Unseen = "unseen",
    }
}

impl State {
    /// Whether somebody may call a model here and nobody can tell that a guardrail holds: what `--fail-uncovered` looks for.
    pub const fn is_uncovered(self) -> bool {
        matches!(self, Self::Unprotected | Self::Invalid)
    }

    /// The state of a cell. `calls` tells whether every call of a model is denied to everybody.
    pub(super) fn of(explanation: &Explanation<'_>, chain: &Chain<'_>, region: &Region, calls: &Bar<'_>) -> Self {
        let met = || enforced(explanation);
        let fails = |denies: bool| {
            met()
                .flat_map(|guard| &guard.troubles)
                .any(|trouble| trouble.is_certain && trouble.cause.denies() == denies)
        };
        if explanation.unavailable.is_some() {
            Self::Unavailable
        } else if matches!(calls, Bar::Whole(_)) {
            Self::Denied
        } else if fails(false) || is_broken(explanation, chain, region) {
            Self::Invalid
        } else if fails(true) {
            Self::Denied
        } else if explanation.hides(Hides::Soundness) || !explanation.is_protected() && explanation.hides(Hides::More) {
            Self::Unseen
        } else if explanation.is_protected() {
            Self::Protected
        } else {
            Self::Unprotected
        }
    }
}

/// The guardrails that calls meet of models that no list names.
pub(super) fn enforced<'e, 'g>(explanation: &'e Explanation<'g>) -> impl Iterator<Item = &'e Guard<'g>> {
    let first = explanation.models.first().map(|models| models.guards.as_slice()).unwrap_or_default();
    first.iter().filter_map(|place| explanation.guards.get(*place))
}

/// Whether the effective policy is invalid where it speaks of the Region; where only AWS says so, for every Region.
fn is_broken(explanation: &Explanation<'_>, chain: &Chain<'_>, region: &Region) -> bool {
    let defects = chain.inherited.defects();
    let found = explanation.findings.iter().any(|finding| finding.kind == FindingKind::EffectiveInvalid);
    found && (defects.is_empty() || defects.iter().any(|defect| defect.region() == region))
}
