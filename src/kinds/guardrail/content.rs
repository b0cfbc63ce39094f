//! What a guardrail says, in normal form: everything that a version snapshots, and that the content digest covers.
//!
//! Absent equals default on both sides, so each field holds its default where the spec or AWS is silent; lists whose
//! order AWS loses are maps and sets; topics and their examples keep their order, since it can change a verdict
//! (AWS user guide, guardrails-denied-topics).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::words::{
    BlockAction, ContentFilterType, GroundingFilterType, ManagedWordList, Modality, PiiAction, PiiType, Strength, Tier,
};
use crate::model::Digest;

/// Both messages, the six policies and the cross-Region profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Content {
    /// What a caller reads instead of a blocked prompt, 1–500 characters.
    pub blocked_input_messaging: String,
    /// What a caller reads instead of a blocked answer, 1–500 characters.
    pub blocked_outputs_messaging: String,
    /// Harmful content by category.
    pub content_policy: Option<ContentPolicy>,
    /// Denied topics.
    pub topic_policy: Option<TopicPolicy>,
    /// Denied words.
    pub word_policy: Option<WordPolicy>,
    /// Personal data and regular expressions.
    pub sensitive_information_policy: Option<SensitiveInformationPolicy>,
    /// Contextual grounding.
    pub contextual_grounding_policy: Option<GroundingPolicy>,
    /// Automated reasoning.
    pub automated_reasoning_policy: Option<AutomatedReasoningPolicy>,
    /// The id of the cross-Region profile, such as `us.guardrail.v1:0`.
    pub cross_region_profile: Option<String>,
}

impl Content {
    /// The scheme of [`Self::digest`]; it changes when the normal form does, so that digests of different schemes are
    /// never compared.
    pub const DIGEST_SCHEME: u32 = 1;

    /// Whether there is a policy at all; AWS takes no guardrail without one.
    pub fn has_policy(&self) -> bool {
        self.content_policy.is_some()
            || self.topic_policy.is_some()
            || self.word_policy.is_some()
            || self.sensitive_information_policy.is_some()
            || self.contextual_grounding_policy.is_some()
            || self.automated_reasoning_policy.is_some()
    }

    /// The identity of this content: SHA-256 over scheme and canonical JSON. Name, description, KMS key and tags have no
    /// part in it.
    pub fn digest(&self) -> Digest {
        Digest::of(&(Self::DIGEST_SCHEME, self))
    }
}

/// `Eq` is lawful: thresholds are finite by construction, a spec and AWS both refuse anything else.
impl Eq for Content {}

/// Harmful content by category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContentPolicy {
    /// The model that judges.
    pub tier: Tier,
    /// One filter per category, 1–6.
    pub filters: BTreeMap<ContentFilterType, ContentFilter>,
}

/// One category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContentFilter {
    /// Strength on prompts.
    pub input: Strength,
    /// Strength on answers; `NONE` for `PROMPT_ATTACK`.
    pub output: Strength,
    /// What is examined in prompts.
    pub input_modalities: BTreeSet<Modality>,
    /// What is examined in answers.
    pub output_modalities: BTreeSet<Modality>,
    /// What happens to a prompt.
    pub input_action: BlockAction,
    /// What happens to an answer.
    pub output_action: BlockAction,
    /// Whether prompts are examined at all.
    pub input_enabled: bool,
    /// Whether answers are examined at all.
    pub output_enabled: bool,
}

/// Denied topics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopicPolicy {
    /// The model that judges.
    pub tier: Tier,
    /// 1–30 topics, in order.
    pub topics: Vec<Topic>,
}

/// One denied topic. AWS knows the type `DENY` only, so it has no field here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Topic {
    /// Unique within the guardrail, 1–100 characters.
    pub name: String,
    /// What the topic is, up to 200 characters with tier CLASSIC and 1,000 with STANDARD.
    pub definition: String,
    /// Up to five phrases, in order.
    pub examples: Vec<String>,
    /// What happens to a prompt.
    pub input_action: BlockAction,
    /// What happens to an answer.
    pub output_action: BlockAction,
    /// Whether prompts are examined.
    pub input_enabled: bool,
    /// Whether answers are examined.
    pub output_enabled: bool,
}

/// Denied words; at least one of the two is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WordPolicy {
    /// By text, up to 10,000.
    pub words: BTreeMap<String, WordRule>,
    /// AWS's own lists.
    pub managed_word_lists: BTreeMap<ManagedWordList, WordRule>,
}

/// What happens where a word is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WordRule {
    /// What happens to a prompt.
    pub input_action: BlockAction,
    /// What happens to an answer.
    pub output_action: BlockAction,
    /// Whether prompts are examined.
    pub input_enabled: bool,
    /// Whether answers are examined.
    pub output_enabled: bool,
}

/// Personal data and regular expressions; at least one of the two is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SensitiveInformationPolicy {
    /// By type.
    pub pii_entities: BTreeMap<PiiType, PiiRule>,
    /// By name, up to 30.
    pub regexes: BTreeMap<String, RegexRule>,
}

/// What happens where personal data is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PiiRule {
    /// What happens where a side says nothing of its own.
    pub action: PiiAction,
    /// What happens to a prompt.
    pub input_action: PiiAction,
    /// What happens to an answer.
    pub output_action: PiiAction,
    /// Whether prompts are examined.
    pub input_enabled: bool,
    /// Whether answers are examined.
    pub output_enabled: bool,
}

/// One regular expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegexRule {
    /// The expression, 1–500 characters; look-around is not supported (AWS user guide, guardrails-sensitive-filters).
    pub pattern: String,
    /// What it is for, 1–1000 characters.
    pub description: Option<String>,
    /// What happens where a side says nothing of its own.
    pub action: PiiAction,
    /// What happens to a prompt.
    pub input_action: PiiAction,
    /// What happens to an answer.
    pub output_action: PiiAction,
    /// Whether prompts are examined.
    pub input_enabled: bool,
    /// Whether answers are examined.
    pub output_enabled: bool,
}

/// Contextual grounding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroundingPolicy {
    /// The model that judges.
    pub tier: Tier,
    /// By type.
    pub filters: BTreeMap<GroundingFilterType, GroundingFilter>,
}

/// One grounding check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroundingFilter {
    /// Answers that score below it are caught; 0 ≤ threshold < 1.
    pub threshold: f64,
    /// What happens to an answer.
    pub action: BlockAction,
    /// Whether answers are examined.
    pub enabled: bool,
}

/// Automated reasoning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AutomatedReasoningPolicy {
    /// One or two policy ARNs.
    pub policies: BTreeSet<String>,
    /// 0 to 1; `None` leaves it to the service.
    pub confidence_threshold: Option<f64>,
}
