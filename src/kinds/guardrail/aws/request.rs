//! A guardrail as AWS takes it. Defaults are left out, so that AWS's stored form is as short as what a person would send,
//! and an empty policy is never sent: AWS would refuse it.

use std::collections::BTreeSet;

use aws_sdk_bedrock::types::{
    GuardrailAutomatedReasoningPolicyConfig, GuardrailContentFilterAction, GuardrailContentFilterConfig,
    GuardrailContentFilterType, GuardrailContentFiltersTierConfig, GuardrailContentFiltersTierName,
    GuardrailContentPolicyConfig, GuardrailContextualGroundingAction, GuardrailContextualGroundingFilterConfig,
    GuardrailContextualGroundingFilterType, GuardrailContextualGroundingPolicyConfig,
    GuardrailContextualGroundingTierConfig, GuardrailContextualGroundingTierName, GuardrailCrossRegionConfig,
    GuardrailFilterStrength, GuardrailManagedWordsConfig, GuardrailManagedWordsType, GuardrailModality,
    GuardrailPiiEntityConfig, GuardrailPiiEntityType, GuardrailRegexConfig, GuardrailSensitiveInformationAction,
    GuardrailSensitiveInformationPolicyConfig, GuardrailTopicAction, GuardrailTopicConfig, GuardrailTopicPolicyConfig,
    GuardrailTopicType, GuardrailTopicsTierConfig, GuardrailTopicsTierName, GuardrailWordAction, GuardrailWordConfig,
    GuardrailWordPolicyConfig,
};

use crate::kinds::guardrail::{
    AutomatedReasoningPolicy, BlockAction, ContentPolicy, GroundingPolicy, Modality, PiiAction,
    SensitiveInformationPolicy, Tier, Topic, TopicPolicy, WordPolicy,
};

/// `build` fails only without a required member, and all of them are set.
const COMPLETE: &str = "every required member is set";

fn tier<T: for<'a> From<&'a str>>(tier: Tier) -> Option<T> {
    (tier != Tier::Classic).then(|| T::from(tier.word()))
}

fn block<T: for<'a> From<&'a str>>(action: BlockAction) -> Option<T> {
    (action != BlockAction::Block).then(|| T::from(action.word()))
}

fn pii(action: PiiAction) -> GuardrailSensitiveInformationAction {
    GuardrailSensitiveInformationAction::from(action.word())
}

/// A side's own action, where it differs from that of both sides.
fn side(action: PiiAction, both: PiiAction) -> Option<GuardrailSensitiveInformationAction> {
    (action != both).then(|| pii(action))
}

fn enabled(enabled: bool) -> Option<bool> {
    (!enabled).then_some(false)
}

fn modalities(modalities: &BTreeSet<Modality>) -> Option<Vec<GuardrailModality>> {
    let default = modalities.iter().eq(&[Modality::Text]);
    (!default).then(|| modalities.iter().map(|modality| GuardrailModality::from(modality.word())).collect())
}

/// Sets what happens on each side, of which every entry of a policy has the same four switches; the builders of the SDK
/// share no trait that says so. `$action` gives what is sent for one side's action.
macro_rules! with_sides {
    ($builder:expr, $rule:expr, $action:expr) => {
        $builder
            .set_input_action($action($rule.input_action))
            .set_output_action($action($rule.output_action))
            .set_input_enabled(enabled($rule.input_enabled))
            .set_output_enabled(enabled($rule.output_enabled))
    };
}

pub(super) fn content_policy(policy: &ContentPolicy) -> GuardrailContentPolicyConfig {
    let ContentPolicy { tier: name, filters } = policy;
    let filters = filters.iter().map(|(kind, filter)| {
        let builder = GuardrailContentFilterConfig::builder()
            .r#type(GuardrailContentFilterType::from(kind.word()))
            .input_strength(GuardrailFilterStrength::from(filter.input.word()))
            .output_strength(GuardrailFilterStrength::from(filter.output.word()))
            .set_input_modalities(modalities(&filter.input_modalities))
            .set_output_modalities(modalities(&filter.output_modalities));
        with_sides!(builder, filter, block::<GuardrailContentFilterAction>).build().expect(COMPLETE)
    });
    let tier = tier::<GuardrailContentFiltersTierName>(*name)
        .map(|name| GuardrailContentFiltersTierConfig::builder().tier_name(name).build().expect(COMPLETE));
    GuardrailContentPolicyConfig::builder()
        .set_filters_config(Some(filters.collect()))
        .set_tier_config(tier)
        .build()
        .expect(COMPLETE)
}

pub(super) fn topic_policy(policy: &TopicPolicy) -> GuardrailTopicPolicyConfig {
    let TopicPolicy { tier: name, topics } = policy;
    let tier = tier::<GuardrailTopicsTierName>(*name)
        .map(|name| GuardrailTopicsTierConfig::builder().tier_name(name).build().expect(COMPLETE));
    GuardrailTopicPolicyConfig::builder()
        .set_topics_config(Some(topics.iter().map(topic).collect()))
        .set_tier_config(tier)
        .build()
        .expect(COMPLETE)
}

fn topic(topic: &Topic) -> GuardrailTopicConfig {
    let builder = GuardrailTopicConfig::builder()
        .name(&topic.name)
        .definition(&topic.definition)
        .set_examples((!topic.examples.is_empty()).then(|| topic.examples.clone()))
        .r#type(GuardrailTopicType::Deny);
    with_sides!(builder, topic, block::<GuardrailTopicAction>).build().expect(COMPLETE)
}

pub(super) fn word_policy(policy: &WordPolicy) -> GuardrailWordPolicyConfig {
    let WordPolicy { words, managed_word_lists } = policy;
    let words: Vec<_> = words
        .iter()
        .map(|(text, rule)| {
            let builder = GuardrailWordConfig::builder().text(text);
            with_sides!(builder, rule, block::<GuardrailWordAction>).build().expect(COMPLETE)
        })
        .collect();
    let lists: Vec<_> = managed_word_lists
        .iter()
        .map(|(kind, rule)| {
            let builder = GuardrailManagedWordsConfig::builder().r#type(GuardrailManagedWordsType::from(kind.word()));
            with_sides!(builder, rule, block::<GuardrailWordAction>).build().expect(COMPLETE)
        })
        .collect();
    GuardrailWordPolicyConfig::builder()
        .set_words_config((!words.is_empty()).then_some(words))
        .set_managed_word_lists_config((!lists.is_empty()).then_some(lists))
        .build()
}

pub(super) fn sensitive_information_policy(
    policy: &SensitiveInformationPolicy,
) -> GuardrailSensitiveInformationPolicyConfig {
    let SensitiveInformationPolicy { pii_entities, regexes } = policy;
    let entities: Vec<_> = pii_entities
        .iter()
        .map(|(kind, rule)| {
            let builder = GuardrailPiiEntityConfig::builder()
                .r#type(GuardrailPiiEntityType::from(kind.word()))
                .action(pii(rule.action));
            with_sides!(builder, rule, |action| side(action, rule.action)).build().expect(COMPLETE)
        })
        .collect();
    let regexes: Vec<_> = regexes
        .iter()
        .map(|(name, rule)| {
            let builder = GuardrailRegexConfig::builder()
                .name(name)
                .pattern(&rule.pattern)
                .set_description(rule.description.clone())
                .action(pii(rule.action));
            with_sides!(builder, rule, |action| side(action, rule.action)).build().expect(COMPLETE)
        })
        .collect();
    GuardrailSensitiveInformationPolicyConfig::builder()
        .set_pii_entities_config((!entities.is_empty()).then_some(entities))
        .set_regexes_config((!regexes.is_empty()).then_some(regexes))
        .build()
}

pub(super) fn grounding_policy(policy: &GroundingPolicy) -> GuardrailContextualGroundingPolicyConfig {
    let GroundingPolicy { tier: name, filters } = policy;
    let filters = filters.iter().map(|(kind, filter)| {
        GuardrailContextualGroundingFilterConfig::builder()
            .r#type(GuardrailContextualGroundingFilterType::from(kind.word()))
            .threshold(filter.threshold)
            .set_action(block::<GuardrailContextualGroundingAction>(filter.action))
            .set_enabled(enabled(filter.enabled))
            .build()
            .expect(COMPLETE)
    });
    let tier = tier::<GuardrailContextualGroundingTierName>(*name)
        .map(|name| GuardrailContextualGroundingTierConfig::builder().tier_name(name).build().expect(COMPLETE));
    GuardrailContextualGroundingPolicyConfig::builder()
        .set_filters_config(Some(filters.collect()))
        .set_tier_config(tier)
        .build()
        .expect(COMPLETE)
}

pub(super) fn automated_reasoning_policy(policy: &AutomatedReasoningPolicy) -> GuardrailAutomatedReasoningPolicyConfig {
    let AutomatedReasoningPolicy { policies, confidence_threshold } = policy;
    GuardrailAutomatedReasoningPolicyConfig::builder()
        .set_policies(Some(policies.iter().cloned().collect()))
        .set_confidence_threshold(*confidence_threshold)
        .build()
        .expect(COMPLETE)
}

pub(super) fn cross_region(profile: &str) -> GuardrailCrossRegionConfig {
    GuardrailCrossRegionConfig::builder().guardrail_profile_identifier(profile).build().expect(COMPLETE)
}
