//! How it stands with the calls of a cell, in one word.

use super::demand::{Asks, Reach};
use super::part::Part;
use super::{Explanation, GapKind, Hides, Level, gaps};
use crate::kinds::guardrail::PiiAction;
use crate::model::words;

words! {
    /// How it stands with calls of models that no list names.
    Verdict {
        /// Each meets a guardrail that the organization or the account enforces, and that blocks or masks something.
        Protected = "protected",
        /// Each meets one that is enforced, and nothing is blocked or masked, whatever is found.
        ObservedOnly = "observed-only",
        /// Nothing is enforced, and IAM denies each that does not name a guardrail.
        Demanded = "demanded",
        /// Each is examined only if it names a guardrail itself.
        NotProtected = "not-protected",
        /// Each fails.
        CallsFail = "calls-fail",
        /// There is no Bedrock to call.
        Unavailable = "unavailable",
        /// No guardrail was seen, or none of which it is seen that it holds, and not everything could be read.
        Unknown = "unknown",
    }
}

impl Explanation<'_> {
    /// How it stands.
    pub fn verdict(&self) -> Verdict {
        let met = self.met();
        match () {
            () if self.unavailable.is_some() => Verdict::Unavailable,
            () if self.fails() => Verdict::CallsFail,
            () if self.hides(Hides::Soundness) || self.is_unstated() || met.is_empty() && self.hides(Hides::More) => {
                Verdict::Unknown
            }
            () if met.is_empty() => Verdict::NotProtected,
            () if gaps::is_by_request(&self.guards, met) => Verdict::Demanded,
            () if self.only_observes() => Verdict::ObservedOnly,
            () => Verdict::Protected,
        }
    }

    /// Whether calls of models that no list names meet a guardrail that somebody enforces, what they meet stops something, and
    /// all was read that tells whether it holds.
    pub fn is_protected(&self) -> bool {
        let met = self.met();
        let enforced = !met.is_empty() && !gaps::is_by_request(&self.guards, met);
        enforced && !self.only_observes() && !self.hides(Hides::Soundness) && !self.is_unstated()
    }

    /// Whether AWS states of none of the guardrails that it is for the model.
    fn is_unstated(&self) -> bool {
        let doubtful =
            |place: &usize| self.gaps.iter().any(|gap| gap.kind == GapKind::Variants && gap.guards.contains(place));
        let mut enforced = self.met().iter().filter(|place| self.guards[**place].level != Level::Request).peekable();
        enforced.peek().is_some() && enforced.all(doubtful)
    }

    /// Whether something could not be read that may change this of the answer.
    pub fn hides(&self, what: Hides) -> bool {
        self.unseen.iter().any(|unseen| unseen.hides == what)
    }

    /// Whether each call of models that no list names fails.
    pub fn fails(&self) -> bool {
        let nobody = self.demanded.iter().any(|one| matches!(one.asks, Asks::NoneHere(_)) && one.reach == Reach::Every);
        nobody || self.met().iter().any(|place| self.guards[*place].fails())
    }

    /// The guardrails that models meet which no list names.
    fn met(&self) -> &[usize] {
        self.models.first().map(|models| models.guards.as_slice()).unwrap_or_default()
    }

    /// Whether nothing that these models meet blocks or masks anything. What could not be read may.
    fn only_observes(&self) -> bool {
        let Some(first) = self.models.first() else { return false };
        let stops = |part: Part| {
            let union = self.union(first, part);
            union.controls().any(|(_, found)| found.settings.iter().any(|one| one.action != PiiAction::None))
        };
        let is_known = first.guards.iter().all(|place| self.guards[*place].seen.is_ok());
        is_known && !first.guards.is_empty() && !stops(Part::TaggedMessage) && !stops(Part::Answer)
    }
}
