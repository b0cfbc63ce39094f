//! What AWS counts for an answer.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::model::words;

words! {
    /// What is counted, by the members of AWS's `GuardrailUsage`: text units of up to 1,000 characters, and images.
    Unit {
        Topic = "topic_policy_units",
        Content = "content_policy_units",
        ContentImage = "content_policy_image_units",
        Word = "word_policy_units",
        Sensitive = "sensitive_information_policy_units",
        SensitiveFree = "sensitive_information_policy_free_units",
        Grounding = "contextual_grounding_policy_units",
        Reasoning = "automated_reasoning_policy_units",
    }
}

/// How much of each was counted; what was not counted is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage(BTreeMap<Unit, u64>);

impl Usage {
    /// How much of `unit`.
    pub fn of(&self, unit: Unit) -> u64 {
        self.0.get(&unit).copied().unwrap_or_default()
    }

    /// Adds so much of `unit`.
    pub fn add(&mut self, unit: Unit, count: u64) {
        if count > 0 {
            *self.0.entry(unit).or_default() += count;
        }
    }

    /// What was counted, and how much, in the order of the units.
    pub fn counted(&self) -> impl Iterator<Item = (Unit, u64)> {
        self.0.iter().map(|(unit, count)| (*unit, *count))
    }
}

impl AddAssign<&Self> for Usage {
    fn add_assign(&mut self, other: &Self) {
        for (unit, count) in other.counted() {
            self.add(unit, count);
        }
    }
}
