//! What an assessment is charged for, and how much of the content it covered.

use serde::Serialize;

use super::{Side, Subject, grounding};
use crate::bedrock::content::Content;

/// Text units of each policy that was applied: one for each 1,000 characters begun.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Usage {
    topic_policy_units: usize,
    content_policy_units: usize,
    word_policy_units: usize,
    sensitive_information_policy_units: usize,
    sensitive_information_policy_free_units: usize,
    contextual_grounding_policy_units: usize,
    content_policy_image_units: usize,
    automated_reasoning_policy_units: usize,
    automated_reasoning_policies: usize,
}

/// What was examined, of what there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Coverage {
    text_characters: Share,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<Share>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Share {
    guarded: usize,
    total: usize,
}

pub(super) fn usage(content: &Content, subject: &Subject<'_>) -> Usage {
    let units = |characters: usize| characters.div_ceil(1000);
    let text = units(subject.guarded().map(|text| text.chars().count()).sum());
    let when = |applied: bool, units: usize| if applied { units } else { 0 };
    let sensitive = content.sensitive_information_policy.as_ref();
    let reasoning = content.automated_reasoning_policy.as_ref().filter(|_| subject.side == Side::Output);
    let grounded = content.contextual_grounding_policy.is_some() && grounding::applies(subject);
    let all = units(subject.passages.iter().map(|passage| passage.text.chars().count()).sum());
    Usage {
        topic_policy_units: when(content.topic_policy.is_some(), text),
        content_policy_units: when(content.content_policy.is_some(), text),
        word_policy_units: when(content.word_policy.is_some(), text),
        sensitive_information_policy_units: when(sensitive.is_some_and(|policy| !policy.pii_entities.is_empty()), text),
        sensitive_information_policy_free_units: when(sensitive.is_some_and(|policy| !policy.regexes.is_empty()), text),
        contextual_grounding_policy_units: when(grounded, all),
        content_policy_image_units: guarded_images(content, subject),
        automated_reasoning_policy_units: when(reasoning.is_some(), text),
        automated_reasoning_policies: reasoning.map_or(0, |policy| policy.policies.len()),
    }
}

pub(super) fn coverage(content: &Content, subject: &Subject<'_>) -> Coverage {
    let characters = |guarded: bool| {
        let passages = subject.passages.iter().filter(|passage| passage.guarded || !guarded);
        passages.map(|passage| passage.text.chars().count()).sum()
    };
    let images = Share { guarded: guarded_images(content, subject), total: subject.images };
    Coverage {
        text_characters: Share { guarded: characters(true), total: characters(false) },
        images: (subject.images > 0).then_some(images),
    }
}

/// Images count where a filter is for them.
fn guarded_images(content: &Content, subject: &Subject<'_>) -> usize {
    let filters = content.content_policy.iter().flat_map(|policy| &policy.filters);
    let mut modalities = filters.filter_map(|filter| match subject.side {
        Side::Input => filter.input_modalities.as_ref(),
        Side::Output => filter.output_modalities.as_ref(),
    });
    if modalities.any(|modalities| modalities.iter().any(|one| one == "IMAGE")) { subject.images } else { 0 }
}
