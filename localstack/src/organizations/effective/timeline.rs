//! One node's effective policy through time.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Millis;

/// What one merge came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::organizations) enum Outcome {
    /// No policy sets anything.
    Nothing,
    Valid(Value),
    Invalid(Vec<Defect>),
}

/// Why a merged document is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::organizations) struct Defect {
    /// Such as `KEY_REQUIRED`.
    pub(in crate::organizations) code: String,
    /// Keys from the top of the effective document.
    pub(in crate::organizations) path: Vec<String>,
    pub(in crate::organizations) message: String,
    /// The policies that have a say there.
    pub(in crate::organizations) policies: Vec<String>,
}

/// An effective policy at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::organizations) struct Effective {
    /// The last valid document.
    pub(in crate::organizations) document: Option<Value>,
    /// When the document came into effect.
    pub(in crate::organizations) updated: Millis,
    /// When the defects, or their absence, were found.
    pub(in crate::organizations) evaluated: Millis,
    /// What keeps a newer merge from coming into effect; empty when nothing does.
    pub(in crate::organizations) defects: Vec<Defect>,
}

impl Effective {
    /// An invalid merge leaves the last valid document in place.
    fn take(&mut self, Change { due, outcome }: Change) {
        self.evaluated = due;
        match outcome {
            Outcome::Invalid(defects) => self.defects = defects,
            Outcome::Nothing => self.replace(None, due),
            Outcome::Valid(document) => self.replace(Some(document), due),
        }
    }

    fn replace(&mut self, document: Option<Value>, due: Millis) {
        self.defects.clear();
        if self.document != document {
            self.document = document;
            self.updated = due;
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Change {
    due: Millis,
    outcome: Outcome,
}

/// What is in effect, and what will be. Nothing happens when a change falls due: whoever reads gives the moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::organizations) struct Timeline {
    settled: Effective,
    /// By due time.
    pending: Vec<Change>,
}

impl Timeline {
    /// What is in effect at a moment, which must not lie before the last change.
    pub(in crate::organizations) fn at(&self, now: Millis) -> Effective {
        let mut effective = self.settled.clone();
        self.pending.iter().take_while(|change| change.due <= now).for_each(|change| effective.take(change.clone()));
        effective
    }

    /// The document in effect at a moment, for whoever asks of nothing else.
    pub(in crate::organizations) fn document(&self, now: Millis) -> Option<&Value> {
        let fallen_due = self.pending.iter().take_while(|change| change.due <= now);
        let last = fallen_due.filter(|change| !matches!(change.outcome, Outcome::Invalid(_))).last();
        match last.map(|change| &change.outcome) {
            Some(Outcome::Valid(document)) => Some(document),
            Some(Outcome::Nothing | Outcome::Invalid(_)) => None,
            None => self.settled.document.as_ref(),
        }
    }

    /// What keeps a newer merge from coming into effect at that moment.
    pub(in crate::organizations) fn defects(&self, now: Millis) -> &[Defect] {
        match self.pending.iter().take_while(|change| change.due <= now).last().map(|change| &change.outcome) {
            Some(Outcome::Invalid(defects)) => defects,
            Some(Outcome::Valid(_) | Outcome::Nothing) => &[],
            None => &self.settled.defects,
        }
    }

    /// When something is to change, or has since the last change was noted.
    pub(in crate::organizations) fn dues(&self) -> impl Iterator<Item = Millis> {
        self.pending.iter().map(|change| change.due)
    }

    /// Notes that a merge came to `outcome`, visible from `due` on, and after what is already on its way: what is there between two
    /// changes is there for a moment at least, however fast they follow each other.
    pub(in crate::organizations) fn change(&mut self, now: Millis, due: Millis, outcome: Outcome) {
        let fallen_due = self.pending.partition_point(|change| change.due <= now);
        self.pending.drain(..fallen_due).for_each(|change| self.settled.take(change));
        if outcome == self.latest() {
            return;
        }
        let due = self.pending.last().map_or(due, |last| due.max(last.due.saturating_add(1)));
        self.pending.push(Change { due, outcome });
    }

    /// What the newest merge came to, be it visible or not.
    pub(in crate::organizations) fn latest(&self) -> Outcome {
        match (self.pending.last(), &self.settled) {
            (Some(change), _) => change.outcome.clone(),
            (None, Effective { defects, .. }) if !defects.is_empty() => Outcome::Invalid(defects.clone()),
            (None, Effective { document, .. }) => document.clone().map_or(Outcome::Nothing, Outcome::Valid),
        }
    }

    /// A timeline on which `outcome` is in effect from the beginning, on top of what `before` had settled.
    pub(in crate::organizations) fn settled_on(before: &Self, outcome: Outcome) -> Self {
        let mut settled = before.at(Millis::MAX);
        let due = settled.evaluated;
        settled.take(Change { due, outcome });
        Self { settled, pending: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(id: &str) -> Value {
        json!({"identifier": id})
    }

    fn valid(id: &str) -> Outcome {
        Outcome::Valid(document(id))
    }

    fn invalid() -> Outcome {
        let path = vec!["identifier".to_owned()];
        Outcome::Invalid(vec![Defect {
            code: "KEY_REQUIRED".to_owned(),
            path,
            message: String::new(),
            policies: vec![],
        }])
    }

    #[test]
    fn changes_are_seen_when_due_and_invalid_ones_keep_the_last_valid() {
        let mut line = Timeline::default();
        line.change(0, 10, valid("a"));
        line.change(5, 15, valid("b"));
        assert_eq!(line.at(9).document, None);
        assert_eq!(line.at(10).document, Some(document("a")));
        line.change(16, 26, invalid());
        assert_eq!(
            line.at(25),
            Effective { document: Some(document("b")), updated: 15, evaluated: 15, defects: vec![] }
        );
        let broken = line.at(26);
        assert_eq!((&broken.document, broken.updated, broken.evaluated), (&Some(document("b")), 15, 26));
        assert!(!broken.defects.is_empty());
        line.change(30, 40, valid("c"));
        assert_eq!(line.at(39), broken);
        assert_eq!(
            line.at(40),
            Effective { document: Some(document("c")), updated: 40, evaluated: 40, defects: vec![] }
        );
    }

    #[test]
    fn a_shorter_delay_does_not_overtake() {
        let mut line = Timeline::default();
        line.change(0, 100, valid("a"));
        line.change(1, 2, Outcome::Nothing);
        assert_eq!(line.at(99).document, None);
        assert_eq!(line.at(100).document, Some(document("a")));
        assert_eq!(line.at(101), Effective { updated: 101, evaluated: 101, ..Effective::default() });
    }

    #[test]
    fn what_changes_nothing_is_not_a_change() {
        let mut line = Timeline::default();
        line.change(0, 10, Outcome::Nothing);
        line.change(0, 10, valid("a"));
        line.change(1, 11, valid("a"));
        line.change(50, 60, valid("a"));
        assert_eq!((line.pending.len(), line.at(60).updated), (0, 10));
    }
}
