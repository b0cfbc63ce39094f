//! The bodies of models: how each takes its prompt and gives its answer.
//!
//! | models | prompt | answer |
//! |---|---|---|
//! | Anthropic | Messages API | the same |
//! | Amazon Nova | `messages`, `system` | `output.message` |
//! | Amazon Titan text | `inputText` | `results[].outputText` |
//! | Amazon Titan embeddings | `inputText` | `embedding` |
//! | Meta Llama | `prompt` | `generation` |
//! | others | the first of `messages`, `prompt`, `inputText`, `query`, `texts` | `outputText`, a form of the emulator's own |

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::assess::Verdict;
use super::inference::Outcome;
use super::model::invalid;
use super::prompt::{Part, Place, Prompt};
use crate::bedrock::models::Model;
use crate::error::ApiError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Anthropic,
    Nova,
    TitanText,
    TitanEmbedding,
    Llama,
    Other,
}

impl Format {
    pub(super) fn of(model: &Model) -> Self {
        let formats = [
            ("anthropic.", Self::Anthropic),
            ("amazon.nova", Self::Nova),
            ("amazon.titan-embed", Self::TitanEmbedding),
            ("amazon.titan-t", Self::TitanText),
            ("meta.llama", Self::Llama),
        ];
        let found = formats
            .iter()
            .find(|(prefix, _)| model.id.starts_with(prefix) && (model.talks() || prefix.contains("embed")));
        found.map_or(Self::Other, |(_, format)| *format)
    }

    /// The members that may hold the prompt, of which one has to be there.
    fn prompts(self) -> &'static [&'static str] {
        match self {
            Self::Anthropic | Self::Nova => &["messages"],
            Self::TitanText | Self::TitanEmbedding => &["inputText"],
            Self::Llama => &["prompt"],
            Self::Other => &["messages", "prompt", "inputText", "query", "texts"],
        }
    }

    /// The prompt of a body; `suffix` is that of its input tags, if it tells one.
    pub(super) fn read(self, body: &Value, suffix: Option<&str>) -> Result<Prompt, ApiError> {
        let names = self.prompts();
        let held = names.iter().map(|name| &body[name]).find(|value| !value.is_null()).ok_or_else(|| {
            invalid(format!(
                "Malformed input request: #: required key [{}] not found, please reformat your input and try again.",
                names[0]
            ))
        })?;
        let mut prompt = Prompt::default();
        add(&mut prompt, &body["system"], Place::System, false, suffix);
        match held {
            Value::Array(messages) if messages.iter().any(Value::is_object) => {
                let last = messages.iter().rposition(|message| message["role"] == "user");
                for (number, message) in messages.iter().enumerate() {
                    let place = if message["role"] == "system" { Place::System } else { Place::Message };
                    add(&mut prompt, &message["content"], place, Some(number) == last, suffix);
                }
            }
            held => add(&mut prompt, held, Place::Message, true, suffix),
        }
        Ok(prompt)
    }

    /// The answer in one.
    pub(super) fn whole(self, model: &str, outcome: &Outcome) -> Map<String, Value> {
        let Outcome { text, input_tokens, output_tokens, .. } = outcome;
        let body = match self {
            Self::Anthropic => json!({
                "id": message_id(text), "type": "message", "role": "assistant", "model": model,
                "content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "stop_sequence": null,
                "usage": {"input_tokens": input_tokens, "output_tokens": output_tokens},
            }),
            Self::Nova => json!({
                "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
                "stopReason": if outcome.verdict == Verdict::Pass { "end_turn" } else { "guardrail_intervened" },
                "usage": {"inputTokens": input_tokens, "outputTokens": output_tokens, "totalTokens": input_tokens + output_tokens},
            }),
            Self::TitanText => json!({
                "inputTextTokenCount": input_tokens,
                "results": [{"tokenCount": output_tokens, "outputText": text, "completionReason": "FINISH"}],
            }),
            Self::TitanEmbedding => json!({ "embedding": embedding(text), "inputTextTokenCount": input_tokens }),
            Self::Llama => json!({
                "generation": text, "prompt_token_count": input_tokens, "generation_token_count": output_tokens,
                "stop_reason": "stop",
            }),
            Self::Other => json!({ "outputText": text }),
        };
        object(body)
    }

    /// The answer in chunks: the events of Anthropic's stream; for other models one chunk, the whole.
    pub(super) fn chunks(self, model: &str, outcome: &Outcome) -> Vec<Map<String, Value>> {
        if self != Self::Anthropic {
            return vec![self.whole(model, outcome)];
        }
        let Outcome { text, input_tokens, output_tokens, .. } = outcome;
        let message = json!({
            "id": message_id(text), "type": "message", "role": "assistant", "model": model, "content": [],
            "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": input_tokens, "output_tokens": 0},
        });
        let events = [
            json!({"type": "message_start", "message": message}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null},
                "usage": {"output_tokens": output_tokens}}),
            json!({"type": "message_stop"}),
        ];
        events.into_iter().map(object).collect()
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn message_id(text: &str) -> String {
    format!("msg_bdrk_{}", crate::ids::uuid(text).replace('-', ""))
}

/// Numbers between -1 and 1 that are the same for the same text, and that is all they mean.
fn embedding(text: &str) -> Vec<f64> {
    Sha256::digest(text).iter().map(|byte| f64::from(*byte) / 127.5 - 1.0).collect()
}

/// Adds the texts of a text, of a list of texts, or of a list of blocks.
fn add(prompt: &mut Prompt, content: &Value, place: Place, echoed: bool, suffix: Option<&str>) {
    match content {
        Value::String(text) => {
            prompt.parts.extend(tagged(text, suffix).into_iter().map(|part| Part { place, echoed, ..part }));
        }
        Value::Array(blocks) => blocks.iter().for_each(|block| add(prompt, block, place, echoed, suffix)),
        Value::Object(block) => {
            prompt.images += usize::from(block.contains_key("image") || block.get("type") == Some(&json!("image")));
            if let Some(text) = block.get("text") {
                add(prompt, text, place, echoed, suffix);
            }
        }
        _ => {}
    }
}

const TAG: &str = "<amazon-bedrock-guardrails-";

/// A text cut at its input tags, which are not part of it. Without a suffix any will do (inferred).
fn tagged(text: &str, suffix: Option<&str>) -> Vec<Part> {
    let part = |kind: &str, text: &str| Part {
        place: Place::Message,
        text: text.to_owned(),
        tagged: kind == "guardContent",
        is_source: kind == "groundingSource",
        is_query: kind == "query",
        echoed: false,
    };
    let mut parts = Vec::new();
    let (mut from, mut search) = (0, 0);
    while let Some(start) = text[search..].find(TAG).map(|at| search + at) {
        match element(&text[start..], suffix) {
            Some(Element { kind, content, length }) => {
                parts.push(part("", &text[from..start]));
                parts.push(part(kind, content));
                from = start + length;
                search = from;
            }
            None => search = start + TAG.len(),
        }
    }
    parts.push(part("", &text[from..]));
    parts.retain(|part| !part.text.is_empty());
    parts
}

struct Element<'a> {
    kind: &'a str,
    content: &'a str,
    length: usize,
}

/// The element that the text begins with, if it is one of the known kinds and is closed.
fn element<'a>(text: &'a str, suffix: Option<&str>) -> Option<Element<'a>> {
    let (name, _) = text.strip_prefix(TAG)?.split_once('>')?;
    let (kind, given) = name.split_once('_')?;
    let known =
        ["guardContent", "groundingSource", "query"].contains(&kind) && suffix.is_none_or(|suffix| suffix == given);
    let close = format!("</{}{name}>", &TAG[1..]);
    let opened = TAG.len() + name.len() + 1;
    let length = text[opened..].find(&close).filter(|_| known)?;
    Some(Element { kind, content: &text[opened..opened + length], length: opened + length + close.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(prompt: &Prompt) -> Vec<(&str, bool, bool)> {
        prompt.parts.iter().map(|part| (part.text.as_str(), part.place == Place::System, part.echoed)).collect()
    }

    #[test]
    fn prompts_are_read_from_each_form() {
        let conversation = json!({"system": "s", "messages": [
            {"role": "user", "content": "a"}, {"role": "assistant", "content": [{"type": "text", "text": "b"}]},
            {"role": "user", "content": [{"type": "text", "text": "c"}, {"type": "image", "source": {}}]},
        ]});
        let want = [("s", true, false), ("a", false, false), ("b", false, false), ("c", false, true)];
        for format in [Format::Anthropic, Format::Nova, Format::Other] {
            let prompt = format.read(&conversation, None).expect("readable");
            assert_eq!((texts(&prompt).as_slice(), prompt.images), (&want[..], 1), "{format:?}");
        }
        for (format, body) in [
            (Format::TitanText, json!({"inputText": "a"})),
            (Format::Llama, json!({"prompt": "a"})),
            (Format::Other, json!({"texts": ["a"]})),
        ] {
            assert_eq!(texts(&format.read(&body, None).expect("readable")), [("a", false, true)], "{format:?}");
            let error = format.read(&json!({}), None).expect_err("no prompt");
            assert!(error.message.contains("required key"), "{}", error.message);
        }
    }

    #[test]
    fn input_tags_cut_a_text() {
        let tag = |kind: &str, suffix: &str, text: &str| {
            format!("{TAG}{kind}_{suffix}>{text}</{}{kind}_{suffix}>", &TAG[1..])
        };
        let text = format!("a {} b {} {TAG}c", tag("guardContent", "x1", "mark"), tag("query", "x1", "why"));
        let cut = |suffix: Option<&str>| -> Vec<(String, bool, bool)> {
            tagged(&text, suffix).into_iter().map(|part| (part.text, part.tagged, part.is_query)).collect()
        };
        let want = [
            ("a ".to_owned(), false, false),
            ("mark".to_owned(), true, false),
            (" b ".to_owned(), false, false),
            ("why".to_owned(), false, true),
            (format!(" {TAG}c"), false, false),
        ];
        assert_eq!(cut(None), want);
        assert_eq!(cut(Some("x1")), want);
        assert_eq!(cut(Some("x2")), [(text.clone(), false, false)], "another suffix");
    }
}
