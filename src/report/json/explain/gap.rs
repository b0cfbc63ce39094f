//! What remains uncovered, in sentences.

use std::collections::BTreeSet;

use super::Uncovered;
use crate::explain::{Gap, GapKind};

/// A gap, where calls meet this many guardrails.
pub(super) fn uncovered(gap: &Gap, met: usize) -> Uncovered {
    let names = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join(", ");
    let places = |places: &[usize]| {
        let all: Vec<String> = places.iter().map(|place| format!("[{}]", place + 1)).collect();
        if met == 1 { "the guardrail".to_owned() } else { all.join(" and ") }
    };
    let (models, guards, controls) = (names(&gap.models), places(&gap.guards), names(&gap.controls));
    let weaker = if gap.controls.is_empty() {
        "another guardrail examines them as strictly".to_owned()
    } else {
        format!("looked for less there, or not at all: {controls}")
    };
    let message = match gap.kind {
        GapKind::NoGuardrail => {
            "no guardrail is enforced: a call is examined only if it names a guardrail itself".to_owned()
        }
        GapKind::Models => format!("calls of {models} do not meet {guards}"),
        GapKind::Variants => format!(
            "{models} is a profile or a variant of a model that {guards} is not for, and AWS states nowhere whether such calls meet it"
        ),
        GapKind::SystemPrompts => {
            format!("system prompts, or parts of them, that the caller has not tagged are not examined by {guards}; {weaker}")
        }
        GapKind::Messages => {
            format!("in messages with tags, what stands beside them is not examined by {guards}; {weaker}")
        }
        GapKind::Side => format!("looked for on one side only: {controls}"),
        GapKind::Images => format!("looked for in text and not in images: {controls}"),
        GapKind::OnlyReported => format!("reported, and neither blocked nor masked: {controls}"),
        GapKind::PromptAttacks => {
            "PROMPT_ATTACK is not looked for in InvokeModel calls whose prompt has no input tags".to_owned()
        }
        GapKind::Unknown => format!("what {guards} looks for could not be read, and is not in the union"),
        GapKind::OtherCalls => "not known to be examined: InvokeModelWithBidirectionalStream, StartAsyncInvoke and batch inference, which take no guardrail; and the bedrock-mantle endpoint, where none is reported to apply".to_owned(),
    };
    Uncovered {
        kind: gap.kind.word().to_owned(),
        message,
        models: gap.models.iter().cloned().collect(),
        guardrails: gap.guards.clone(),
        controls: gap.controls.iter().cloned().collect(),
    }
}
