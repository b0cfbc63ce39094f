//! Parts of guardrails, for tests of whatever reads them.

use std::collections::BTreeSet;

use super::{BlockAction, Content, ContentFilter, Modality, Strength, WordRule};

/// One without policies: it does nothing.
pub(crate) fn silent() -> Content {
    Content {
        blocked_input_messaging: "No.".to_owned(),
        blocked_outputs_messaging: "No.".to_owned(),
        content_policy: None,
        topic_policy: None,
        word_policy: None,
        sensitive_information_policy: None,
        contextual_grounding_policy: None,
        automated_reasoning_policy: None,
        cross_region_profile: None,
    }
}

/// A filter of texts that blocks.
pub(crate) fn filter(input: Strength, output: Strength) -> ContentFilter {
    ContentFilter {
        input,
        output,
        input_modalities: BTreeSet::from([Modality::Text]),
        output_modalities: BTreeSet::from([Modality::Text]),
        input_action: BlockAction::Block,
        output_action: BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    }
}

/// A word that is blocked.
pub(crate) fn word() -> WordRule {
    WordRule {
        input_action: BlockAction::Block,
        output_action: BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    }
}
