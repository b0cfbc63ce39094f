//! `ApplyGuardrail`: one guardrail on texts, no model.
//!
//! Inferred: what the account or the organization enforces is not applied here, for no model is called.

use serde_json::{Map, Value, json};

use super::assess::{Passage, Side, Subject, Verdict, assess, masked};
use super::guards::{Guarding, Requested, guard};
use super::report;
use crate::bedrock::{member, optional};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::inferred;
use crate::world::World;

pub(super) fn apply(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let requested = Requested {
        identifier: member(input, "guardrailIdentifier"),
        version: member(input, "guardrailVersion"),
        guarding: Guarding::SELECTIVE,
    };
    // Where a guardrail is what the request is about, one that is not there is not found.
    let guard = guard(world, caller, requested).map_err(|error| {
        let missing = error.message == inferred::NO_GUARDRAIL;
        if missing { ApiError::new("ResourceNotFoundException", 404, error.message) } else { error }
    })?;
    let blocks: Vec<&Value> = input.get("content").and_then(Value::as_array).into_iter().flatten().collect();
    let passages: Vec<Passage> = blocks.iter().filter_map(|block| passage(&block["text"])).collect();
    let side = if member(input, "source") == "INPUT" { Side::Input } else { Side::Output };
    let subject = Subject {
        side,
        passages: &passages,
        images: blocks.iter().filter(|block| !block["image"].is_null()).count(),
        full: optional(input, "outputScope") == Some("FULL"),
        prompt_attacks: true,
    };
    let assessment = assess(&guard.content, &subject);
    let outputs: Vec<Value> = match assessment.verdict {
        Verdict::Pass => Vec::new(),
        Verdict::Masked => {
            let guarded = passages.iter().zip(&assessment.masks).filter(|(passage, _)| passage.guarded);
            guarded.map(|(passage, spans)| json!({ "text": masked(&passage.text, spans) })).collect()
        }
        Verdict::Blocked if side == Side::Input => vec![json!({ "text": guard.content.blocked_input_messaging })],
        Verdict::Blocked => vec![json!({ "text": guard.content.blocked_outputs_messaging })],
    };
    Ok(json!({
        "usage": assessment.usage,
        "action": if assessment.verdict == Verdict::Pass { "NONE" } else { "GUARDRAIL_INTERVENED" },
        "actionReason": report::reason(assessment.verdict),
        "outputs": outputs,
        "assessments": [report::assessment(world.partition, caller, &guard, &assessment)],
        "guardrailCoverage": assessment.coverage,
    }))
}

/// A text is for every policy unless it is only what an answer is held against.
fn passage(text: &Value) -> Option<Passage> {
    let is = |qualifier: &str| {
        text["qualifiers"].as_array().is_some_and(|qualifiers| qualifiers.iter().any(|one| one == qualifier))
    };
    let (is_source, is_query) = (is("grounding_source"), is("query"));
    let guarded = is("guard_content") || !(is_source || is_query);
    text["text"].as_str().map(|text| Passage { text: text.to_owned(), guarded, is_source, is_query })
}
