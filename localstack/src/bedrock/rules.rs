//! The rules of the service that its model does not declare, with its messages.
//!
//! Measured on the live service by others: badmintoncryer/cdk-preflight, rules/bedrock (us-east-1, 2026-09-06), and
//! timwukp/agentcore-guardrails-design-validation (us-east-1, 2026-08). What nobody has seen refused is accepted: look-around
//! in a regex, IMAGE on any filter, an empty sensitive-information block.

use std::collections::BTreeSet;

use super::content::{
    Content, ContentPolicy, GroundingPolicy, SensitiveInformationPolicy, Strength, TierName, TopicPolicy, WordPolicy,
};
use super::profiles;
use crate::error::ApiError;
use crate::inferred;

/// The longest topic definition of the CLASSIC tier, in characters.
const CLASSIC_DEFINITION: usize = 200;

/// Refuses a content that breaks a rule, with the message of the first.
pub(super) fn check(content: &Content, region: &str) -> Result<(), ApiError> {
    broken(content, region).map_or(Ok(()), |message| Err(invalid(message)))
}

/// A `ValidationException`.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", 400, message)
}

fn broken(content: &Content, region: &str) -> Option<&'static str> {
    let Content {
        topic_policy: topics,
        content_policy: filters,
        word_policy: words,
        sensitive_information_policy: sensitive,
        contextual_grounding_policy: grounding,
        automated_reasoning_policy: reasoning,
        cross_region_details: profile,
        name: _,
        description: _,
        blocked_input_messaging: _,
        blocked_outputs_messaging: _,
        kms_key_arn: _,
    } = content;
    let policies = [
        topics.is_some(),
        filters.is_some(),
        words.is_some(),
        sensitive.is_some(),
        grounding.is_some(),
        reasoning.is_some(),
    ];
    let tiers = [
        topics.as_ref().map(|policy| policy.tier),
        filters.as_ref().map(|policy| policy.tier),
        grounding.as_ref().map(|policy| policy.tier),
    ];
    let standard = tiers.iter().flatten().any(|tier| tier.tier_name == TierName::Standard);
    if !policies.contains(&true) {
        return Some("Guardrail must have at least one policy");
    }
    if standard && profile.is_none() {
        return Some(
            "Can't configure guardrail policy tier. Enable cross-Region inference for your guardrail to use Standard tier.",
        );
    }
    if standard && !profiles::has_standard_tier(region) {
        return Some(inferred::NO_STANDARD_TIER);
    }
    if reasoning.is_some() && profile.is_none() {
        return Some("To use Automated Reasoning checks, your guardrail must have a cross-Region inference profile");
    }
    topics
        .as_ref()
        .and_then(broken_topics)
        .or_else(|| filters.as_ref().and_then(broken_filters))
        .or_else(|| words.as_ref().and_then(broken_words))
        .or_else(|| sensitive.as_ref().and_then(broken_sensitive))
        .or_else(|| grounding.as_ref().and_then(broken_grounding))
}

fn broken_topics(TopicPolicy { topics, tier }: &TopicPolicy) -> Option<&'static str> {
    let long = |definition: &str| definition.chars().count() > CLASSIC_DEFINITION;
    if tier.tier_name == TierName::Classic && topics.iter().any(|topic| long(&topic.definition)) {
        return Some("One or more of your guardrail topic definitions exceeds the maximum allowed length");
    }
    repeats(topics.iter().map(|topic| &topic.name)).then_some("Topic policy topic names are not unique")
}

fn broken_filters(ContentPolicy { filters, tier: _ }: &ContentPolicy) -> Option<&'static str> {
    if filters.iter().any(|filter| filter.r#type == "PROMPT_ATTACK" && filter.output_strength != Strength::None) {
        return Some("PROMPT ATTACK content filter strength for response must be NONE");
    }
    if filters.iter().all(|filter| [filter.input_strength, filter.output_strength] == [Strength::None; 2]) {
        return Some("At least one content filter strength must be set to not NONE.");
    }
    repeats(filters.iter().map(|filter| &filter.r#type)).then_some(DUPLICATE_FILTER)
}

fn broken_words(WordPolicy { words, managed_word_lists }: &WordPolicy) -> Option<&'static str> {
    if repeats(words.iter().map(|word| word.text.to_lowercase())) {
        return Some("Custom words cannot have case-insensitive duplicates");
    }
    repeats(managed_word_lists.iter().map(|list| &list.r#type)).then_some("Managed words cannot have duplicates")
}

fn broken_sensitive(policy: &SensitiveInformationPolicy) -> Option<&'static str> {
    let SensitiveInformationPolicy { pii_entities, regexes } = policy;
    if repeats(pii_entities.iter().map(|entity| &entity.r#type)) {
        return Some("The PII entity configs cannot have duplicates");
    }
    if repeats(regexes.iter().map(|regex| &regex.name)) {
        return Some(DUPLICATE_REGEX_NAME);
    }
    repeats(regexes.iter().map(|regex| &regex.pattern)).then_some("All regex patterns must be unique")
}

fn broken_grounding(GroundingPolicy { filters, tier: _ }: &GroundingPolicy) -> Option<&'static str> {
    if filters.iter().any(|filter| filter.threshold >= 1.0) {
        return Some("grounding threshold cannot be greater than or equal to 1");
    }
    repeats(filters.iter().map(|filter| &filter.r#type)).then_some(DUPLICATE_GROUNDING)
}

// That these three are refused is measured; their wording is inferred from that of their siblings.
const DUPLICATE_FILTER: &str = "Content filter types cannot have duplicates";
const DUPLICATE_REGEX_NAME: &str = "All regex names must be unique";
const DUPLICATE_GROUNDING: &str = "Contextual grounding filter types cannot have duplicates";

fn repeats<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    let mut items = items;
    items.any(|item| !seen.insert(item))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::content::CrossRegionDetails;
    use super::*;

    fn verdict(policies: &Value, with_profile: bool) -> Option<&'static str> {
        let mut input = json!({"name": "n", "blockedInputMessaging": "i", "blockedOutputsMessaging": "o"});
        input.as_object_mut().expect("object").extend(policies.as_object().expect("object").clone());
        let mut content = Content::read(input.as_object().expect("object")).expect("readable");
        content.cross_region_details = with_profile
            .then(|| CrossRegionDetails { guardrail_profile_id: String::new(), guardrail_profile_arn: String::new() });
        broken(&content, "us-east-1")
    }

    fn topic(length: usize, tier: &str) -> Value {
        let topic = json!({"name": "t", "definition": "é".repeat(length), "type": "DENY"});
        json!({"topicPolicyConfig": {"topicsConfig": [topic], "tierConfig": {"tierName": tier}}})
    }

    #[test]
    fn definitions_are_as_long_as_their_tier_allows() {
        assert_eq!(verdict(&topic(200, "CLASSIC"), false), None);
        assert!(verdict(&topic(201, "CLASSIC"), false).is_some());
        assert_eq!(verdict(&topic(1000, "STANDARD"), true), None);
        assert!(verdict(&topic(10, "STANDARD"), false).is_some_and(|message| message.contains("Standard tier")));
    }

    #[test]
    fn one_filter_may_be_off_but_not_all() {
        let policy = |strengths: &[&str]| {
            let filters: Vec<_> = ["HATE", "PROMPT_ATTACK"]
                .iter()
                .zip(strengths)
                .map(|(kind, strength)| json!({"type": kind, "inputStrength": strength, "outputStrength": "NONE"}))
                .collect();
            json!({"contentPolicyConfig": {"filtersConfig": filters}})
        };
        assert_eq!(verdict(&policy(&["LOW", "NONE"]), false), None);
        assert!(verdict(&policy(&["NONE", "NONE"]), false).is_some());
    }

    #[test]
    fn words_differ_by_more_than_case() {
        let words = |second| json!({"wordPolicyConfig": {"wordsConfig": [{"text": "Straße"}, {"text": second}]}});
        assert_eq!(verdict(&words("Strasse"), false), None);
        assert!(verdict(&words("STRAßE"), false).is_some());
    }

    #[test]
    fn what_nobody_saw_refused_is_accepted() {
        assert_eq!(verdict(&json!({"sensitiveInformationPolicyConfig": {}}), false), None);
        let regex = json!({"name": "r", "pattern": "(?<=(", "action": "BLOCK"});
        assert_eq!(verdict(&json!({"sensitiveInformationPolicyConfig": {"regexesConfig": [regex]}}), false), None);
    }
}
