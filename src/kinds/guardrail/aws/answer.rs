//! What AWS answers about a guardrail, in normal form. Every default that AWS leaves out is settled here, as lowering
//! settles it for a spec, so that equal content has one digest on both sides.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_bedrock::operation::get_guardrail::GetGuardrailOutput;
use aws_sdk_bedrock::types::{
    GuardrailAutomatedReasoningPolicy, GuardrailContentFilterAction, GuardrailContentPolicy,
    GuardrailContextualGroundingAction, GuardrailContextualGroundingPolicy, GuardrailCrossRegionDetails,
    GuardrailModality, GuardrailSensitiveInformationPolicy, GuardrailTopicAction, GuardrailTopicPolicy,
    GuardrailTopicType, GuardrailWordAction, GuardrailWordPolicy,
};

use crate::kinds::guardrail::{
    AutomatedReasoningPolicy, BlockAction, Content, ContentFilter, ContentFilterType, ContentPolicy, GroundingFilter,
    GroundingFilterType, GroundingPolicy, ManagedWordList, Modality, PiiAction, PiiRule, PiiType, RegexRule,
    SensitiveInformationPolicy, Strength, Tier, Topic, TopicPolicy, WordPolicy, WordRule,
};

/// Why an answer cannot be read: a member that AWS promises is missing, or a word is new.
type Strange = String;

/// The content of a draft or version.
pub(super) fn content(answer: &GetGuardrailOutput) -> Result<Content, Strange> {
    Ok(Content {
        blocked_input_messaging: present(answer.blocked_input_messaging(), "blockedInputMessaging")?,
        blocked_outputs_messaging: present(answer.blocked_outputs_messaging(), "blockedOutputsMessaging")?,
        content_policy: answer.content_policy().map(content_policy).transpose()?.flatten(),
        topic_policy: answer.topic_policy().map(topic_policy).transpose()?.flatten(),
        word_policy: answer.word_policy().map(word_policy).transpose()?.flatten(),
        sensitive_information_policy: answer
            .sensitive_information_policy()
            .map(sensitive_information_policy)
            .transpose()?
            .flatten(),
        contextual_grounding_policy: answer.contextual_grounding_policy().map(grounding_policy).transpose()?.flatten(),
        automated_reasoning_policy: answer.automated_reasoning_policy().and_then(automated_reasoning_policy),
        cross_region_profile: answer.cross_region_details().map(profile).transpose()?,
    })
}

/// The id of the cross-Region profile.
pub(super) fn profile(details: &GuardrailCrossRegionDetails) -> Result<String, Strange> {
    let from_arn = || details.guardrail_profile_arn()?.rsplit_once('/').map(|(_, id)| id);
    let id = details.guardrail_profile_id().filter(|id| !id.is_empty()).or_else(from_arn);
    present(id.unwrap_or_default(), "crossRegionDetails.guardrailProfileId")
}

/// The SDK makes the empty string of a required member that is missing.
pub(super) fn present(text: &str, member: &str) -> Result<String, Strange> {
    if text.is_empty() { Err(format!("the answer has no {member}")) } else { Ok(text.to_owned()) }
}

/// A text whose absence and emptiness mean the same.
pub(super) fn optional(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn known<T>(from_word: fn(&str) -> Option<T>, word: &str, member: &str) -> Result<T, Strange> {
    from_word(word).ok_or_else(|| format!("{member} `{word}` is not known to this release"))
}

fn tier(word: Option<&str>) -> Result<Tier, Strange> {
    word.map_or(Ok(Tier::Classic), |word| known(Tier::from_word, word, "tier"))
}

fn block(word: Option<&str>) -> Result<BlockAction, Strange> {
    word.map_or(Ok(BlockAction::Block), |word| known(BlockAction::from_word, word, "action"))
}

fn pii(word: &str) -> Result<PiiAction, Strange> {
    known(PiiAction::from_word, word, "action")
}

fn modalities(words: &[GuardrailModality]) -> Result<BTreeSet<Modality>, Strange> {
    if words.is_empty() {
        return Ok(BTreeSet::from([Modality::Text]));
    }
    words.iter().map(|word| known(Modality::from_word, word.as_str(), "modality")).collect()
}

/// `None` where nothing is left: AWS may answer with an empty policy for none.
fn content_policy(policy: &GuardrailContentPolicy) -> Result<Option<ContentPolicy>, Strange> {
    let mut filters = BTreeMap::new();
    for filter in policy.filters() {
        let kind = known(ContentFilterType::from_word, filter.r#type().as_str(), "content filter")?;
        let rule = ContentFilter {
            input: known(Strength::from_word, filter.input_strength().as_str(), "strength")?,
            output: known(Strength::from_word, filter.output_strength().as_str(), "strength")?,
            input_modalities: modalities(filter.input_modalities())?,
            output_modalities: modalities(filter.output_modalities())?,
            input_action: block(filter.input_action().map(GuardrailContentFilterAction::as_str))?,
            output_action: block(filter.output_action().map(GuardrailContentFilterAction::as_str))?,
            input_enabled: filter.input_enabled().unwrap_or(true),
            output_enabled: filter.output_enabled().unwrap_or(true),
        };
        filters.insert(kind, rule);
    }
    let tier = tier(policy.tier().map(|tier| tier.tier_name().as_str()))?;
    Ok((!filters.is_empty()).then_some(ContentPolicy { tier, filters }))
}

fn topic_policy(policy: &GuardrailTopicPolicy) -> Result<Option<TopicPolicy>, Strange> {
    let mut topics = Vec::new();
    for topic in policy.topics() {
        if let Some(other) = topic.r#type().map(GuardrailTopicType::as_str).filter(|kind| *kind != "DENY") {
            return Err(format!("topic type `{other}` is not known to this release"));
        }
        topics.push(Topic {
            name: present(topic.name(), "topic name")?,
            definition: present(topic.definition(), "topic definition")?,
            examples: topic.examples().to_vec(),
            input_action: block(topic.input_action().map(GuardrailTopicAction::as_str))?,
            output_action: block(topic.output_action().map(GuardrailTopicAction::as_str))?,
            input_enabled: topic.input_enabled().unwrap_or(true),
            output_enabled: topic.output_enabled().unwrap_or(true),
        });
    }
    let tier = tier(policy.tier().map(|tier| tier.tier_name().as_str()))?;
    Ok((!topics.is_empty()).then_some(TopicPolicy { tier, topics }))
}

fn word_policy(policy: &GuardrailWordPolicy) -> Result<Option<WordPolicy>, Strange> {
    let mut words = BTreeMap::new();
    for word in policy.words() {
        let rule = WordRule {
            input_action: block(word.input_action().map(GuardrailWordAction::as_str))?,
            output_action: block(word.output_action().map(GuardrailWordAction::as_str))?,
            input_enabled: word.input_enabled().unwrap_or(true),
            output_enabled: word.output_enabled().unwrap_or(true),
        };
        words.insert(present(word.text(), "word")?, rule);
    }
    let mut managed_word_lists = BTreeMap::new();
    for list in policy.managed_word_lists() {
        let rule = WordRule {
            input_action: block(list.input_action().map(GuardrailWordAction::as_str))?,
            output_action: block(list.output_action().map(GuardrailWordAction::as_str))?,
            input_enabled: list.input_enabled().unwrap_or(true),
            output_enabled: list.output_enabled().unwrap_or(true),
        };
        managed_word_lists.insert(known(ManagedWordList::from_word, list.r#type().as_str(), "word list")?, rule);
    }
    let nothing = words.is_empty() && managed_word_lists.is_empty();
    Ok((!nothing).then_some(WordPolicy { words, managed_word_lists }))
}

fn sensitive_information_policy(
    policy: &GuardrailSensitiveInformationPolicy,
) -> Result<Option<SensitiveInformationPolicy>, Strange> {
    let mut pii_entities = BTreeMap::new();
    for entity in policy.pii_entities() {
        let action = pii(entity.action().as_str())?;
        let rule = PiiRule {
            action,
            input_action: entity.input_action().map_or(Ok(action), |side| pii(side.as_str()))?,
            output_action: entity.output_action().map_or(Ok(action), |side| pii(side.as_str()))?,
            input_enabled: entity.input_enabled().unwrap_or(true),
            output_enabled: entity.output_enabled().unwrap_or(true),
        };
        pii_entities.insert(known(PiiType::from_word, entity.r#type().as_str(), "PII type")?, rule);
    }
    let mut regexes = BTreeMap::new();
    for regex in policy.regexes() {
        let action = pii(regex.action().as_str())?;
        let rule = RegexRule {
            pattern: present(regex.pattern(), "regex pattern")?,
            description: optional(regex.description()),
            action,
            input_action: regex.input_action().map_or(Ok(action), |side| pii(side.as_str()))?,
            output_action: regex.output_action().map_or(Ok(action), |side| pii(side.as_str()))?,
            input_enabled: regex.input_enabled().unwrap_or(true),
            output_enabled: regex.output_enabled().unwrap_or(true),
        };
        regexes.insert(present(regex.name(), "regex name")?, rule);
    }
    let nothing = pii_entities.is_empty() && regexes.is_empty();
    Ok((!nothing).then_some(SensitiveInformationPolicy { pii_entities, regexes }))
}

fn grounding_policy(policy: &GuardrailContextualGroundingPolicy) -> Result<Option<GroundingPolicy>, Strange> {
    let mut filters = BTreeMap::new();
    for filter in policy.filters() {
        if !filter.threshold().is_finite() {
            return Err("a grounding threshold is no number".to_owned());
        }
        let rule = GroundingFilter {
            threshold: filter.threshold(),
            action: block(filter.action().map(GuardrailContextualGroundingAction::as_str))?,
            enabled: filter.enabled().unwrap_or(true),
        };
        filters.insert(known(GroundingFilterType::from_word, filter.r#type().as_str(), "grounding filter")?, rule);
    }
    let tier = tier(policy.tier().map(|tier| tier.tier_name().as_str()))?;
    Ok((!filters.is_empty()).then_some(GroundingPolicy { tier, filters }))
}

fn automated_reasoning_policy(policy: &GuardrailAutomatedReasoningPolicy) -> Option<AutomatedReasoningPolicy> {
    let policies: BTreeSet<String> = policy.policies().iter().cloned().collect();
    let confidence_threshold = policy.confidence_threshold();
    (!policies.is_empty()).then_some(AutomatedReasoningPolicy { policies, confidence_threshold })
}

#[cfg(test)]
mod tests {
    use aws_sdk_bedrock::primitives::DateTime;
    use aws_sdk_bedrock::types::{
        GuardrailContentFilter, GuardrailContentFilterType, GuardrailFilterStrength, GuardrailStatus, GuardrailWord,
    };

    use super::*;

    fn answer() -> aws_sdk_bedrock::operation::get_guardrail::builders::GetGuardrailOutputBuilder {
        GetGuardrailOutput::builder()
            .name("baseline")
            .guardrail_id("abc")
            .guardrail_arn("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc")
            .version("DRAFT")
            .status(GuardrailStatus::Ready)
            .created_at(DateTime::from_secs(0))
            .updated_at(DateTime::from_secs(0))
            .blocked_input_messaging("Sorry.")
            .blocked_outputs_messaging("Sorry.")
    }

    fn read(
        answer: aws_sdk_bedrock::operation::get_guardrail::builders::GetGuardrailOutputBuilder,
    ) -> Result<Content, Strange> {
        content(&answer.build().expect("complete"))
    }

    #[test]
    fn what_aws_leaves_out_is_the_default() {
        let filter = GuardrailContentFilter::builder()
            .r#type(GuardrailContentFilterType::Hate)
            .input_strength(GuardrailFilterStrength::High)
            .output_strength(GuardrailFilterStrength::Low);
        let policy = GuardrailContentPolicy::builder().filters(filter.build().expect("complete")).build();
        let content = read(answer().content_policy(policy)).expect("readable");
        let policy = content.content_policy.expect("a policy");
        let filter = &policy.filters[&ContentFilterType::Hate];
        assert_eq!(policy.tier, Tier::Classic);
        assert_eq!(filter.input_modalities, BTreeSet::from([Modality::Text]));
        assert_eq!((filter.input_action, filter.output_enabled), (BlockAction::Block, true));
    }

    #[test]
    fn an_empty_policy_is_none() {
        let content = read(
            answer()
                .content_policy(GuardrailContentPolicy::builder().build())
                .word_policy(GuardrailWordPolicy::builder().set_words(Some(Vec::new())).build())
                .sensitive_information_policy(GuardrailSensitiveInformationPolicy::builder().build()),
        )
        .expect("readable");
        assert_eq!((content.content_policy, content.word_policy), (None, None));
        assert_eq!(content.sensitive_information_policy, None);
    }

    #[test]
    fn a_word_that_is_not_known_is_never_guessed() {
        let filter = GuardrailContentFilter::builder()
            .r#type(GuardrailContentFilterType::from("SARCASM"))
            .input_strength(GuardrailFilterStrength::High)
            .output_strength(GuardrailFilterStrength::Low);
        let policy = GuardrailContentPolicy::builder().filters(filter.build().expect("complete")).build();
        let what = read(answer().content_policy(policy)).expect_err("unknown");
        assert!(what.contains("SARCASM"), "{what}");
    }

    #[test]
    fn a_required_member_that_is_missing_is_a_failure() {
        assert!(read(answer().blocked_input_messaging("")).is_err());
        let word = GuardrailWord::builder().text("").build().expect("complete");
        let policy = GuardrailWordPolicy::builder().words(word).build();
        assert!(read(answer().word_policy(policy)).is_err());
        let details = GuardrailCrossRegionDetails::builder().build();
        assert!(read(answer().cross_region_details(details)).is_err());
    }
}
