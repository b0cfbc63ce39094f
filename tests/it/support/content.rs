//! What a guardrail says, for tests that give it policies.

use bedrail::kinds::guardrail::Content;

/// One without policies.
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
