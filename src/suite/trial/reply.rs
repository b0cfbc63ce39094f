//! What a guardrail answered, in the words of suites.

use std::collections::{BTreeMap, BTreeSet};

use super::said::{About, Deed, Did};
use super::usage::Usage;
use crate::kinds::guardrail::{ContentFilterType, GroundingFilterType, ManagedWordList, PiiType};
use crate::suite::{Action, Blocked, Confidence, Finding, Masked, Origin, Ownership};

/// An answer of `ApplyGuardrail`. Of the texts that matched it holds the guardrail's own words only.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// What was done on the whole.
    pub action: Action,
    /// What is given out instead of what was sent; nothing where nothing was done.
    pub outputs: Vec<String>,
    /// What was found, in all assessments together.
    pub found: Found,
    /// What was counted for it.
    pub usage: Usage,
}

/// What a guardrail says of what it looked for; of what it did not find it may say nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Denied topics by name.
    pub topics: BTreeMap<String, Seen<Blocked>>,
    /// Content filters by category.
    pub filters: BTreeMap<ContentFilterType, Filter>,
    /// The guardrail's own words, in lower case: AWS matches them in any.
    pub words: BTreeMap<String, Seen<Blocked>>,
    /// AWS's word lists.
    pub managed_word_lists: BTreeMap<ManagedWordList, Seen<Blocked>>,
    /// Personal data by type.
    pub pii: BTreeMap<PiiType, Seen<Masked>>,
    /// Regexes by name.
    pub regexes: BTreeMap<String, Seen<Masked>>,
    /// Grounding checks.
    pub grounding: BTreeMap<GroundingFilterType, Score>,
    /// What automated reasoning found.
    pub automated_reasoning: BTreeSet<Finding>,
    /// Why guardrails were applied.
    pub origins: BTreeSet<Origin>,
    /// Whose they are.
    pub ownership: BTreeSet<Ownership>,
}

/// What became of one thing that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<A> {
    /// What was done about it.
    pub action: A,
    /// Whether it was found.
    pub detected: bool,
}

/// What a content filter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What became of it.
    pub seen: Seen<Blocked>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// What a grounding check says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// What became of it.
    pub seen: Seen<Blocked>,
    /// From 0 to 1.
    pub score: f64,
}

impl<A: Copy + Ord> Seen<A> {
    /// Of two that are said of one thing: the stricter, found if either is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { action: self.action.max(other.action), detected: self.detected || other.detected }
    }

    /// Adds what is said of `key` to what was said of it before.
    pub fn note<K: Ord>(self, key: K, all: &mut BTreeMap<K, Self>) {
        all.entry(key).and_modify(|seen| *seen = seen.and(self)).or_insert(self);
    }
}

impl Filter {
    /// Adds what is said of `category` to what was said of it before.
    pub fn note(self, category: ContentFilterType, all: &mut BTreeMap<ContentFilterType, Self>) {
        let joined = |other: &mut Self| {
            *other = Self { seen: other.seen.and(self.seen), confidence: other.confidence.max(self.confidence) };
        };
        all.entry(category).and_modify(joined).or_insert(self);
    }
}

impl Score {
    /// Adds what is said of `check` to what was said of it before; the lower score counts.
    pub fn note(self, check: GroundingFilterType, all: &mut BTreeMap<GroundingFilterType, Self>) {
        let joined = |other: &mut Self| {
            *other = Self { seen: other.seen.and(self.seen), score: other.score.min(self.score) };
        };
        all.entry(check).and_modify(joined).or_insert(self);
    }
}

impl Reply {
    /// What was done, without confidences and scores, which differ from one answer to the next.
    pub fn did(&self) -> Did {
        let Found {
            topics,
            filters,
            words,
            managed_word_lists,
            pii,
            regexes,
            grounding,
            // Told by no word of what was done.
            automated_reasoning: _,
            origins: _,
            ownership: _,
        } = &self.found;
        let blocked = topics.iter().map(|(name, seen)| (About::named("topics", name), seen));
        let blocked = blocked.chain(filters.iter().map(|(of, filter)| (About::named("filters", of), &filter.seen)));
        let blocked = blocked.chain(words.iter().map(|(word, seen)| (About::guarded("words", word), seen)));
        let lists = managed_word_lists.iter().map(|(of, seen)| (About::named("managed_word_lists", of), seen));
        let scores = grounding.iter().map(|(of, score)| (About::named("grounding", of), &score.seen));
        let masked = pii.iter().map(|(of, seen)| (About::named("pii", of), seen));
        let masked = masked.chain(regexes.iter().map(|(name, seen)| (About::named("regexes", name), seen)));
        let blocked = blocked.chain(lists).chain(scores);
        let blocked = blocked.filter(|(_, seen)| seen.detected || seen.action.acts());
        let masked = masked.filter(|(_, seen)| seen.detected || seen.action.acts());
        let blocked = blocked.map(|(about, seen)| Deed { about, action: seen.action.word() });
        let masked = masked.map(|(about, seen)| Deed { about, action: seen.action.word() });
        let deeds = blocked.chain(masked).collect();
        Did { action: self.action, deeds }
    }
}
