//! A suite as its YAML writes it.

use super::image::MAX_IMAGES;
use super::words::{Action, Blocked, Confidence, Finding, Masked, Origin, Ownership, Source};
use crate::kinds::guardrail::{ContentFilterType, GroundingFilterType, ManagedWordList, PiiType};
use crate::model::Region;
use crate::spec::decode::{Decimal, Either, Exact, List, Map, Whole};
use crate::spec::top::EntryKey;

crate::text! { pub(crate) CaseName: "the name of a case", 1..=200 }
crate::text! { pub(crate) Prompt: "a text to send", 1..=usize::MAX }
crate::text! { pub(crate) Fragment: "a part of an output", 1..=usize::MAX }
crate::text! { pub(crate) WholeOutput: "an output", 0..=usize::MAX }
crate::text! { pub(crate) ImagePath: "the path of an image", 1..=1024 }
crate::text! { pub(crate) TopicName: "the name of a topic", 1..=100 }
crate::text! { pub(crate) RegexName: "the name of a regex", 1..=100 }
crate::text! { pub(crate) Word: "a word", 1..=100 }
crate::number! { pub(crate) Score: "a score", 0.0 to 1.0 }

/// One image, or a list of them.
pub(crate) type Images = Either<Exact<ImagePath>, List<Exact<ImagePath>, 1, MAX_IMAGES>>;

/// How many cases a suite may hold.
pub(crate) const MAX_CASES: usize = 1000;

crate::entry! {
    /// A test suite of bedrail: what to send to a guardrail, and what it is to say.
    pub(crate) struct SuiteEntry: "the suite" {
        /// The key of the guardrail in the spec.
        required guardrail: Exact<EntryKey>,
        /// `draft` (default), `current` (the version with the current content), or a key of `versions`.
        optional version: Exact<EntryKey>,
        /// Where to send. Default: the Regions of the guardrail.
        optional regions: List<Region, 1>,
        /// How many times each case is sent, 1 to 100: what a guardrail says of one text may differ. Default: 1.
        optional repeat: Whole<1, 100>,
        /// How many times in all a guardrail may let pass what it was to act on. Default: 0.
        optional max_misses: Whole<0, 10000>,
        /// How many times in all a guardrail may act on what it was to let pass. Default: 0.
        optional max_false_blocks: Whole<0, 10000>,
        /// What to send, 1 to 1000 cases.
        required cases: List<CaseEntry, 1, MAX_CASES>,
    }
}

crate::entry! {
    /// Something to send, and what the guardrail is to say of it.
    pub(crate) struct CaseEntry: "a case" {
        /// What reports call it; unique within the suite.
        required name: Exact<CaseName>,
        /// INPUT (default): a prompt; OUTPUT: an answer.
        optional source: Source,
        /// The text.
        optional text: Exact<Prompt>,
        /// A PNG or JPEG file below the folder of the suite, or a list of up to 20, each up to 4 MiB.
        optional image: Images,
        /// What an answer is to be grounded in. Together with `query`, and with OUTPUT only.
        optional grounding_source: Exact<Prompt>,
        /// The question that an answer is to be relevant to. Together with `grounding_source`.
        optional query: Exact<Prompt>,
        /// What the guardrail is to say. What is not named may be anything.
        required expect: ExpectEntry,
    }
}

crate::entry! {
    /// What a guardrail is to say: each key that is there is compared.
    pub(crate) struct ExpectEntry: "`expect`" {
        /// NONE, or `GUARDRAIL_INTERVENED`, which masking is too.
        optional action: Action,
        /// Denied topics by name.
        optional topics: Map<Exact<TopicName>, BlockedEntry, 1>,
        /// Content filters by category.
        optional filters: Map<ContentFilterType, FilterEntry, 1>,
        /// The guardrail's own words.
        optional words: Map<Exact<Word>, BlockedEntry, 1>,
        /// AWS's word lists.
        optional managed_word_lists: Map<ManagedWordList, BlockedEntry, 1>,
        /// Personal data by type.
        optional pii: Map<PiiType, MaskedEntry, 1>,
        /// Regexes by name.
        optional regexes: Map<Exact<RegexName>, MaskedEntry, 1>,
        /// Contextual grounding: of an answer with `grounding_source` and `query`.
        optional grounding: Map<GroundingFilterType, GroundingEntry, 1>,
        /// What automated reasoning is to find, among other things.
        optional automated_reasoning: List<Finding, 1>,
        /// Which guardrail was applied, and why.
        optional applied: AppliedEntry,
        /// The whole of what the guardrail gives out instead: a message, or the text with masks.
        optional output: Exact<WholeOutput>,
        /// Texts that stand in it.
        optional output_contains: List<Exact<Fragment>, 1>,
        /// Texts that do not stand in it.
        optional output_lacks: List<Exact<Fragment>, 1>,
    }
}

crate::entry! {
    /// What is said of a topic or a word. NONE is true too where nothing is said of it.
    pub(crate) struct BlockedEntry: "what is expected" {
        /// BLOCKED or NONE.
        optional action: Blocked,
        /// Whether it is found, whatever is done about it: in mode DETECT nothing is.
        optional detected: bool,
    }
    short Blocked => action
}

crate::entry! {
    /// What is said of personal data or a regex. NONE is true too where nothing is said of it.
    pub(crate) struct MaskedEntry: "what is expected" {
        /// BLOCKED, ANONYMIZED or NONE.
        optional action: Masked,
        /// Whether it is found, whatever is done about it: in mode DETECT nothing is.
        optional detected: bool,
    }
    short Masked => action
}

crate::entry! {
    /// What is said of a category. NONE is true too where nothing is said of it.
    pub(crate) struct FilterEntry: "what is expected" {
        /// BLOCKED or NONE.
        optional action: Blocked,
        /// Whether it is found, whatever is done about it: in mode DETECT nothing is.
        optional detected: bool,
        /// The least confidence: NONE, LOW, MEDIUM or HIGH.
        optional min_confidence: Confidence,
        /// The greatest confidence: NONE, LOW, MEDIUM or HIGH.
        optional max_confidence: Confidence,
    }
    short Blocked => action
}

crate::entry! {
    /// What is said of a grounding check. NONE is true too where nothing is said of it.
    pub(crate) struct GroundingEntry: "what is expected" {
        /// BLOCKED or NONE.
        optional action: Blocked,
        /// Whether the score is below the threshold, whatever is done about it.
        optional detected: bool,
        /// The least score, 0 to 1.
        optional min_score: Decimal<Score>,
        /// The greatest score, 0 to 1.
        optional max_score: Decimal<Score>,
    }
    short Blocked => action
}

crate::entry! {
    /// Which guardrail was applied, and why.
    pub(crate) struct AppliedEntry: "`applied`" {
        /// Why: each of them is among the reasons.
        optional origins: List<Origin, 1>,
        /// Whose it is: SELF or `CROSS_ACCOUNT`.
        optional ownership: Ownership,
    }
}
