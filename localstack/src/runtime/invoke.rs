//! `InvokeModel` and `InvokeModelWithResponseStream`: bodies in the forms of the models.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::assess::Verdict;
use super::formats::Format;
use super::guards::{Guard, Guarding, Mode, Requested, guards};
use super::inference::{Inference, Outcome};
use super::model::{Named, invalid};
use super::{permission, report};
use crate::bedrock::{member, optional};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::inferred;
use crate::world::World;

const JSON: &str = "application/json";
/// Where a body says how its input tags end.
const CONFIG: &str = "amazon-bedrock-guardrailConfig";
/// Inferred: without tags the complete prompt is examined, its system part too.
const UNTAGGED_ALL: Guarding = Guarding { system: Mode::TaggedOrAll, messages: Mode::TaggedOrAll };

pub(super) fn whole(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let Answer { format, named, outcome, guardrail } = invoke(world, caller, input, "bedrock:InvokeModel", |_| true)?;
    let mut body = format.whole(&named.model.id, &outcome);
    body.extend(guardrail);
    Ok(json!({ "body": body, "contentType": JSON }))
}

pub(super) fn streamed(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let action = "bedrock:InvokeModelWithResponseStream";
    let answer = invoke(world, caller, input, action, |named| named.model.streaming)?;
    let Answer { format, named, outcome, guardrail } = answer;
    let mut chunks = format.chunks(&named.model.id, &outcome);
    // What guardrails did is known at the end.
    chunks.last_mut().into_iter().for_each(|last| last.extend(guardrail.clone()));
    let events = chunks.into_iter().map(|chunk| {
        let bytes = STANDARD.encode(Value::Object(chunk).to_string());
        json!({ "chunk": { "bytes": bytes } })
    });
    Ok(json!({ "events": events.collect::<Vec<_>>(), "contentType": JSON }))
}

struct Answer {
    format: Format,
    named: Named,
    outcome: Outcome,
    /// What the guardrails add to the body.
    guardrail: Map<String, Value>,
}

fn invoke(
    world: &World,
    caller: &Caller,
    input: &Map<String, Value>,
    action: &str,
    suits: impl Fn(&Named) -> bool,
) -> Result<Answer, ApiError> {
    let requested =
        Requested::read(optional(input, "guardrailIdentifier"), optional(input, "guardrailVersion"), UNTAGGED_ALL)?;
    let media_type = optional(input, "contentType").unwrap_or(JSON);
    let is_json = media_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(JSON));
    if requested.is_some() && !is_json {
        return Err(invalid(inferred::NOT_JSON_FOR_A_GUARDRAIL));
    }
    let named = Named::read(world.partition, caller, member(input, "modelId"))?;
    permission::may_invoke(world, caller, action, &named, requested)?;
    permission::has_access(world, caller, &named)?;
    if !suits(&named) {
        return Err(invalid(inferred::NO_STREAM));
    }
    let body = body(input)?;
    let guards = guards(world, caller, &named, requested)?;
    let config = &body[CONFIG];
    // Inferred: an enforced guardrail reads tags too, though the request names none.
    if !config.is_null() && guards.is_empty() {
        return Err(invalid(inferred::TAGS_WITHOUT_A_GUARDRAIL));
    }
    let suffix = config["tagSuffix"].as_str();
    if suffix.is_some_and(|suffix| !is_suffix(suffix)) {
        return Err(invalid("The tagSuffix must be 1 to 20 alphanumeric characters."));
    }
    let format = Format::of(named.model);
    let prompt = format.read(&body, suffix)?;
    let tracing = optional(input, "trace").unwrap_or("DISABLED");
    let inference = Inference {
        prompt: &prompt,
        guards: &guards,
        full: tracing == "ENABLED_FULL",
        prompt_attacks: prompt.is_tagged(),
    };
    let outcome = inference.run();
    let guardrail = guardrail(world, caller, &guards, &outcome, tracing != "DISABLED");
    Ok(Answer { format, named, outcome, guardrail })
}

fn body(input: &Map<String, Value>) -> Result<Value, ApiError> {
    let bytes = STANDARD.decode(member(input, "body")).unwrap_or_default();
    let body: Option<Value> = serde_json::from_slice(&bytes).ok();
    body.filter(Value::is_object).ok_or_else(|| {
        invalid("Malformed input request, please reformat your input and try again: the body is not a JSON object.")
    })
}

fn is_suffix(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn guardrail(
    world: &World,
    caller: &Caller,
    guards: &[Guard],
    outcome: &Outcome,
    is_traced: bool,
) -> Map<String, Value> {
    let mut members = Map::new();
    if guards.is_empty() {
        return members;
    }
    let action = if outcome.verdict == Verdict::Pass { "NONE" } else { "INTERVENED" };
    members.insert("amazon-bedrock-guardrailAction".to_owned(), json!(action));
    if is_traced {
        let report::Assessments { input, output } = report::assessments(world.partition, caller, guards, outcome);
        let mut trace = json!({ "input": input, "actionReason": report::reason(outcome.verdict) });
        if !output.is_empty() {
            trace["outputs"] = json!([output]);
        }
        members.insert("amazon-bedrock-trace".to_owned(), json!({ "guardrail": trace }));
    }
    members
}
