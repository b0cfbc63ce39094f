//! `ApplyGuardrail`: a guardrail on a text, without any model.

use aws_sdk_bedrockruntime::operation::apply_guardrail::ApplyGuardrailOutput;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    GuardrailAssessment, GuardrailAutomatedReasoningFinding as SdkFinding, GuardrailAutomatedReasoningPolicyAssessment,
    GuardrailContentBlock, GuardrailContentPolicyAssessment, GuardrailContentQualifier, GuardrailContentSource,
    GuardrailContextualGroundingPolicyAssessment, GuardrailImageBlock, GuardrailImageFormat, GuardrailImageSource,
    GuardrailOutputScope, GuardrailSensitiveInformationPolicyAssessment, GuardrailTextBlock,
    GuardrailTopicPolicyAssessment, GuardrailUsage, GuardrailWordPolicyAssessment,
};

use super::call::ReadCx;
use super::error::AwsError;
use crate::kinds::guardrail::{ContentFilterType, GroundingFilterType, ManagedWordList, PiiType};
use crate::suite::trial::{Block, Filter, Found, Qualifier, Reply, Request, Score, Seen, Target, Unit, Usage};
use crate::suite::{Action, Blocked, Confidence, Finding, ImageFormat, Masked, Origin, Ownership, Source};

const APPLY: &str = "bedrock:ApplyGuardrail";

/// Asks what the guardrail makes of `request`. It changes nothing; AWS charges for it.
///
/// # Errors
/// What AWS or the way to it reports; nothing is tried again here.
pub async fn assess(cx: &ReadCx<'_>, target: &Target, request: &Request<'_>) -> Result<Reply, AwsError> {
    let object = format!("{}:{}", target.guardrail, target.version);
    let unsendable = |error: &dyn std::fmt::Display| AwsError::unreadable(APPLY, &object, error.to_string());
    let content: Result<Vec<_>, _> = request.content.iter().map(block).collect();
    let source = match request.source {
        Source::Input => GuardrailContentSource::Input,
        Source::Output => GuardrailContentSource::Output,
    };
    let call = cx.clients.bedrock_runtime(&target.scope).apply_guardrail();
    let call = call.guardrail_identifier(target.guardrail.as_str()).guardrail_version(&target.version).source(source);
    let content = content.map_err(|error| unsendable(&error))?;
    // Without the full scope nothing is told of what was not found, and so no score that is high enough.
    let call = call.set_content(Some(content)).output_scope(GuardrailOutputScope::Full);
    let answer = cx.call(APPLY, &object, call.send()).await?;
    reply(&answer).map_err(|what| AwsError::unreadable(APPLY, &object, what))
}

fn block(block: &Block<'_>) -> Result<GuardrailContentBlock, aws_sdk_bedrockruntime::error::BuildError> {
    Ok(match block {
        Block::Text(text, qualifier) => {
            let qualifier = qualifier.map(|qualifier| match qualifier {
                Qualifier::GroundingSource => GuardrailContentQualifier::GroundingSource,
                Qualifier::Query => GuardrailContentQualifier::Query,
                Qualifier::GuardContent => GuardrailContentQualifier::GuardContent,
            });
            let qualifiers = qualifier.map(|qualifier| vec![qualifier]);
            GuardrailContentBlock::Text(GuardrailTextBlock::builder().text(*text).set_qualifiers(qualifiers).build()?)
        }
        Block::Image(image) => {
            let format = match image.format() {
                ImageFormat::Png => GuardrailImageFormat::Png,
                ImageFormat::Jpeg => GuardrailImageFormat::Jpeg,
            };
            let source = GuardrailImageSource::Bytes(Blob::new(image.bytes()));
            GuardrailContentBlock::Image(GuardrailImageBlock::builder().format(format).source(source).build()?)
        }
    })
}

/// What is said in words that no suite knows is left out, but for what was done on the whole.
fn reply(answer: &ApplyGuardrailOutput) -> Result<Reply, String> {
    let action = answer.action().as_str();
    let action = Action::from_word(action).ok_or_else(|| format!("the action `{action}` is not known here"))?;
    let mut found = Found::default();
    for assessment in answer.assessments() {
        read(assessment, &mut found);
    }
    Ok(Reply {
        action,
        outputs: answer.outputs().iter().filter_map(|output| output.text().map(str::to_owned)).collect(),
        found,
        usage: answer.usage().map(usage).unwrap_or_default(),
    })
}

fn read(assessment: &GuardrailAssessment, found: &mut Found) {
    for topic in assessment.topic_policy().map(GuardrailTopicPolicyAssessment::topics).unwrap_or_default() {
        let seen = blocked(topic.action().as_str(), topic.detected(), false);
        seen.note(topic.name().to_owned(), &mut found.topics);
    }
    for filter in assessment.content_policy().map(GuardrailContentPolicyAssessment::filters).unwrap_or_default() {
        let Some(category) = ContentFilterType::from_word(filter.r#type().as_str()) else { continue };
        let confidence = Confidence::from_word(filter.confidence().as_str()).unwrap_or(Confidence::None);
        let seen = blocked(filter.action().as_str(), filter.detected(), confidence > Confidence::None);
        Filter { seen, confidence }.note(category, &mut found.filters);
    }
    assessment.word_policy().into_iter().for_each(|policy| words(policy, found));
    assessment.sensitive_information_policy().into_iter().for_each(|policy| sensitive(policy, found));
    for check in assessment
        .contextual_grounding_policy()
        .map(GuardrailContextualGroundingPolicyAssessment::filters)
        .unwrap_or_default()
    {
        let Some(of) = GroundingFilterType::from_word(check.r#type().as_str()) else { continue };
        let low = check.score() < check.threshold();
        let seen = blocked(check.action().as_str(), check.detected(), low);
        Score { seen, score: check.score() }.note(of, &mut found.grounding);
    }
    let reasoning = assessment
        .automated_reasoning_policy()
        .map(GuardrailAutomatedReasoningPolicyAssessment::findings)
        .unwrap_or_default();
    found.automated_reasoning.extend(reasoning.iter().filter_map(finding));
    if let Some(applied) = assessment.applied_guardrail_details() {
        let origins = applied.guardrail_origin().iter().filter_map(|origin| Origin::from_word(origin.as_str()));
        found.origins.extend(origins);
        let ownership = applied.guardrail_ownership().and_then(|whose| Ownership::from_word(whose.as_str()));
        found.ownership.extend(ownership);
    }
}

/// Of words AWS tells only those that it finds, in the full scope, too.
fn words(policy: &GuardrailWordPolicyAssessment, found: &mut Found) {
    for word in policy.custom_words() {
        let seen = blocked(word.action().as_str(), word.detected(), true);
        seen.note(word.r#match().to_lowercase(), &mut found.words);
    }
    for word in policy.managed_word_lists() {
        let Some(list) = ManagedWordList::from_word(word.r#type().as_str()) else { continue };
        blocked(word.action().as_str(), word.detected(), true).note(list, &mut found.managed_word_lists);
    }
}

fn sensitive(policy: &GuardrailSensitiveInformationPolicyAssessment, found: &mut Found) {
    for entity in policy.pii_entities() {
        let Some(of) = PiiType::from_word(entity.r#type().as_str()) else { continue };
        // In the full scope one that is not found matches nothing.
        masked(entity.action().as_str(), entity.detected(), !entity.r#match().is_empty()).note(of, &mut found.pii);
    }
    for regex in policy.regexes() {
        let Some(name) = regex.name() else { continue };
        masked(regex.action().as_str(), regex.detected(), true).note(name.to_owned(), &mut found.regexes);
    }
}

/// `otherwise` says whether it was found where AWS does not and nothing was done about it.
fn blocked(action: &str, detected: Option<bool>, otherwise: bool) -> Seen<Blocked> {
    let action = Blocked::from_word(action).unwrap_or(Blocked::None);
    Seen { action, detected: detected.unwrap_or(otherwise || action.acts()) }
}

fn masked(action: &str, detected: Option<bool>, otherwise: bool) -> Seen<Masked> {
    let action = Masked::from_word(action).unwrap_or(Masked::None);
    Seen { action, detected: detected.unwrap_or(otherwise || action.acts()) }
}

fn finding(finding: &SdkFinding) -> Option<Finding> {
    Some(match finding {
        SdkFinding::Valid(_) => Finding::Valid,
        SdkFinding::Invalid(_) => Finding::Invalid,
        SdkFinding::Satisfiable(_) => Finding::Satisfiable,
        SdkFinding::Impossible(_) => Finding::Impossible,
        SdkFinding::TranslationAmbiguous(_) => Finding::TranslationAmbiguous,
        SdkFinding::TooComplex(_) => Finding::TooComplex,
        SdkFinding::NoTranslations(_) => Finding::NoTranslations,
        _ => return None,
    })
}

fn usage(counted: &GuardrailUsage) -> Usage {
    let mut usage = Usage::default();
    for (unit, count) in [
        (Unit::Topic, Some(counted.topic_policy_units())),
        (Unit::Content, Some(counted.content_policy_units())),
        (Unit::ContentImage, counted.content_policy_image_units()),
        (Unit::Word, Some(counted.word_policy_units())),
        (Unit::Sensitive, Some(counted.sensitive_information_policy_units())),
        (Unit::SensitiveFree, Some(counted.sensitive_information_policy_free_units())),
        (Unit::Grounding, Some(counted.contextual_grounding_policy_units())),
        (Unit::Reasoning, counted.automated_reasoning_policy_units()),
    ] {
        // None is never negative.
        usage.add(unit, count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default());
    }
    usage
}
