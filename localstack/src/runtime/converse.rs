//! `Converse` and `ConverseStream`: one form of messages for every model.

use serde_json::{Map, Value, json};

use super::assess::Verdict;
use super::guards::{Guard, Guarding, Requested, guards};
use super::inference::{Inference, Outcome};
use super::model::{Named, invalid};
use super::prompt::{Part, Place, Prompt};
use super::{permission, report};
use crate::bedrock::member;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::inferred;
use crate::world::World;

/// Characters of an answer in one event of a stream.
const CHUNK: usize = 20;

pub(super) fn whole(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let answer = converse(world, caller, input, "bedrock:InvokeModel", |_| true)?;
    let mut whole = json!({
        "output": {"message": {"role": "assistant", "content": [{"text": answer.outcome.text}]}},
        "stopReason": answer.stop_reason(),
    });
    let members = whole.as_object_mut().into_iter();
    members.for_each(|members| members.extend(answer.metadata()));
    Ok(whole)
}

pub(super) fn streamed(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let action = "bedrock:InvokeModelWithResponseStream";
    let answer = converse(world, caller, input, action, |named| named.model.streaming)?;
    let letters: Vec<char> = answer.outcome.text.chars().collect();
    let delta = |letters: &[char]| {
        let text: String = letters.iter().collect();
        json!({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": text}}})
    };
    let mut events = vec![json!({"messageStart": {"role": "assistant"}})];
    events.extend(letters.chunks(CHUNK).map(delta));
    events.push(json!({"contentBlockStop": {"contentBlockIndex": 0}}));
    events.push(json!({"messageStop": {"stopReason": answer.stop_reason()}}));
    events.push(json!({ "metadata": answer.metadata() }));
    Ok(json!({ "events": events }))
}

struct Answer {
    outcome: Outcome,
    /// The guardrails' trace, if it was asked for and there are any.
    trace: Option<Value>,
}

fn converse(
    world: &World,
    caller: &Caller,
    input: &Map<String, Value>,
    action: &str,
    suits: impl Fn(&Named) -> bool,
) -> Result<Answer, ApiError> {
    let nothing = Value::Null;
    let config = input.get("guardrailConfig").unwrap_or(&nothing);
    let setting = |name: &str| config[name].as_str();
    let requested = Requested::read(setting("guardrailIdentifier"), setting("guardrailVersion"), Guarding::SELECTIVE)?;
    let named = Named::read(world.partition, caller, member(input, "modelId"))?;
    permission::may_invoke(world, caller, action, &named, requested)?;
    permission::has_access(world, caller, &named)?;
    if !named.model.talks() {
        return Err(invalid(inferred::NO_CONVERSATION));
    }
    if !suits(&named) {
        return Err(invalid(inferred::NO_STREAM));
    }
    let prompt = prompt(input)?;
    let guards = guards(world, caller, &named, requested)?;
    let tracing = setting("trace").unwrap_or("disabled");
    let full = tracing == "enabled_full";
    let outcome = Inference { prompt: &prompt, guards: &guards, full, prompt_attacks: true }.run();
    let traced = tracing != "disabled" && !guards.is_empty();
    let trace = traced.then(|| trace(world, caller, &guards, &outcome));
    Ok(Answer { outcome, trace })
}

impl Answer {
    fn stop_reason(&self) -> &'static str {
        // Inferred: masking is an intervention too.
        if self.outcome.verdict == Verdict::Pass { "end_turn" } else { "guardrail_intervened" }
    }

    fn metadata(&self) -> Map<String, Value> {
        let Outcome { input_tokens, output_tokens, .. } = self.outcome;
        let usage = json!({
            "inputTokens": input_tokens, "outputTokens": output_tokens, "totalTokens": input_tokens + output_tokens,
        });
        let mut metadata = Map::new();
        metadata.insert("usage".to_owned(), usage);
        metadata.insert("metrics".to_owned(), json!({ "latencyMs": inferred::LATENCY_MS }));
        if let Some(trace) = &self.trace {
            metadata.insert("trace".to_owned(), json!({ "guardrail": trace }));
        }
        metadata
    }
}

fn trace(world: &World, caller: &Caller, guards: &[Guard], outcome: &Outcome) -> Value {
    let report::Assessments { input, output } = report::assessments(world.partition, caller, guards, outcome);
    let mut trace = json!({ "inputAssessment": input, "actionReason": report::reason(outcome.verdict) });
    if !output.is_empty() {
        let lists = output.into_iter().map(|(guardrail, one)| (guardrail, json!([one])));
        trace["outputAssessments"] = Value::Object(lists.collect());
    }
    if let Some(said) = &outcome.model_output {
        trace["modelOutput"] = json!([said]);
    }
    trace
}

/// The texts and the number of images of a conversation. Texts in documents, tools' uses and results are not looked at.
fn prompt(input: &Map<String, Value>) -> Result<Prompt, ApiError> {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let messages = list(input.get("messages"));
    if messages.first().is_none_or(|first| first["role"] != "user") {
        return Err(invalid(inferred::USER_FIRST));
    }
    let newest = messages.iter().rposition(|message| message["role"] == "user");
    let mut prompt = Prompt::default();
    for block in list(input.get("system")) {
        add(&mut prompt, &block, Place::System, false);
    }
    for (number, message) in messages.iter().enumerate() {
        let place = if message["role"] == "system" { Place::System } else { Place::Message };
        for block in list(message.get("content")) {
            add(&mut prompt, &block, place, Some(number) == newest);
        }
    }
    Ok(prompt)
}

fn add(prompt: &mut Prompt, block: &Value, place: Place, echoed: bool) {
    let guarded = &block["guardContent"];
    prompt.images += usize::from(!block["image"].is_null() || !guarded["image"].is_null());
    let (text, tagged) = match (block["text"].as_str(), guarded["text"]["text"].as_str()) {
        (Some(text), _) => (text, false),
        (None, Some(text)) => (text, true),
        (None, None) => return,
    };
    let qualifiers = guarded["text"]["qualifiers"].as_array();
    let is = |qualifier: &str| qualifiers.is_some_and(|qualifiers| qualifiers.iter().any(|one| one == qualifier));
    let (is_source, is_query) = (is("grounding_source"), is("query"));
    let tagged = tagged && (is("guard_content") || !(is_source || is_query));
    prompt.parts.push(Part { place, text: text.to_owned(), tagged, is_source, is_query, echoed });
}
