//! What a case expects of a guardrail.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{Action, Blocked, Confidence, Finding, Masked, Origin, Ownership};
use crate::kinds::guardrail::{ContentFilterType, GroundingFilterType, ManagedWordList, PiiType};

/// What `ApplyGuardrail` is to answer. What is not named may be anything; something is named, and all that is named can
/// be true at once. Made by [`read`](super::read()) only.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Expectation {
    /// What is done on the whole.
    pub action: Option<Action>,
    /// Denied topics by name.
    pub topics: BTreeMap<String, Judged<Blocked>>,
    /// Content filters by category.
    pub filters: BTreeMap<ContentFilterType, Filtered>,
    /// The guardrail's own words by text.
    pub words: BTreeMap<String, Judged<Blocked>>,
    /// AWS's word lists.
    pub managed_word_lists: BTreeMap<ManagedWordList, Judged<Blocked>>,
    /// Personal data by type.
    pub pii: BTreeMap<PiiType, Judged<Masked>>,
    /// Regexes by name.
    pub regexes: BTreeMap<String, Judged<Masked>>,
    /// Contextual grounding by check.
    pub grounding: BTreeMap<GroundingFilterType, Scored>,
    /// Each of these is among what automated reasoning finds.
    pub automated_reasoning: BTreeSet<Finding>,
    /// Which guardrail was applied.
    pub applied: Applied,
    /// What is given out instead.
    pub output: Output,
}

/// What is said of one match. At least one of the two is there, as in [`Filtered`] and [`Scored`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judged<A> {
    /// What is done about it. `NONE` is true too where nothing is said of it.
    pub action: Option<A>,
    /// Whether it is found.
    pub detected: Option<bool>,
}

/// What is said of a category of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filtered {
    /// What is done about it, and whether it is found.
    pub judged: Judged<Blocked>,
    /// The least confidence; not greater than `max_confidence`. What nothing is said of has `NONE`.
    pub min_confidence: Option<Confidence>,
    /// The greatest confidence.
    pub max_confidence: Option<Confidence>,
}

/// What is said of a grounding check.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scored {
    /// What is done about it, and whether it is found.
    pub judged: Judged<Blocked>,
    /// The least score, 0 to 1, not greater than `max_score`.
    pub min_score: Option<f64>,
    /// The greatest score, 0 to 1.
    pub max_score: Option<f64>,
}

/// Which guardrail was applied, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// Each of these is among the reasons.
    pub origins: BTreeSet<Origin>,
    /// Whose it is.
    pub ownership: Option<Ownership>,
}

/// What is given out instead of what was sent: the texts of all outputs, a line break between two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Output {
    /// The whole of it.
    pub is: Option<String>,
    /// What stands in it.
    pub contains: Vec<String>,
    /// What does not.
    pub lacks: Vec<String>,
}
