//! A whole resource in a few words: what is default goes without saying.

use serde_json::{Map, Value};

use super::{Row, policy, written};
use crate::kinds::Kind;
use crate::model::{NAME_TAG, PROTECTED_TAG, STACK_TAG};
use crate::report::clean;
use crate::report::disclosure::counted;

/// How many items of a list are named before the rest is counted.
const NAMED: usize = 8;

/// The rows of a resource that is made, its name and description first.
pub(crate) fn resource(kind: Kind, fields: &Value) -> Vec<Row> {
    let Some(fields) = fields.as_object() else { return Vec::new() };
    let mut keys: Vec<&String> = fields.keys().filter(|key| !said_by_address(kind).contains(&key.as_str())).collect();
    keys.sort_by_key(|key| (!matches!(key.as_str(), "name"), key.as_str() != "description", *key));
    let mut rows = Vec::new();
    for key in keys {
        let value = &fields[key];
        if key == "document" {
            rows.extend(policy::in_words(value).into_iter().map(|(label, value)| Row::value(label, value)));
        } else if let Some(value) = telling(key, value) {
            rows.push(Row::value(clean::line(key), value));
        }
    }
    rows
}

/// Fields that the address tells already.
const fn said_by_address(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::GuardrailVersion => &["guardrail", "release"],
        Kind::ResourcePolicy => &["resource"],
        Kind::OrgPolicyAttachment => &["policy", "target"],
        Kind::IamPolicy => &["name", "path"],
        Kind::IamPolicyAttachment => &["policy", "role"],
        _ => &[],
    }
}

/// A top-level field in words; `None` where it is unset or default.
fn telling(key: &str, value: &Value) -> Option<String> {
    if is_default(key, value) {
        return None;
    }
    match value {
        Value::Object(tags) if key == "tags" => {
            let ours = [NAME_TAG, STACK_TAG, PROTECTED_TAG];
            let pairs = tags.iter().filter(|(key, _)| !ours.contains(&key.as_str()));
            listed(pairs.map(|(key, value)| format!("{}={}", clean::line(key), written(value))).collect())
        }
        Value::Object(map) => sections(map),
        Value::String(digest) if key == "content" => Some(format!("#{}", digest.get(..12).unwrap_or(digest))),
        other => Some(written(other)),
    }
}

/// A policy of a guardrail, or any other object: collections by their items, the rest by key.
fn sections(map: &Map<String, Value>) -> Option<String> {
    let mut parts = Vec::new();
    for (key, value) in map {
        match value {
            _ if is_default(key, value) => {}
            Value::Object(items) if items.values().all(Value::is_object) => {
                let named = |(name, rule): (&String, &Value)| match rule.as_object().and_then(self::rule) {
                    Some(rule) => format!("{} {rule}", clean::line(name)),
                    None => clean::line(name),
                };
                parts.extend(listed(items.iter().map(named).collect()));
            }
            Value::Array(items) if items.iter().all(|item| item.get("name").is_some()) => {
                let names = items.iter().filter_map(|item| Some(written(item.get("name")?))).collect();
                parts.extend(listed(names).map(|names| format!("{}: {names}", counted(items.len(), singular(key)))));
            }
            Value::String(text) if key == "words" => parts.push(written(&Value::from(text.as_str()))),
            other => parts.push(format!("{} {}", clean::line(key), written(other))),
        }
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// One rule, such as a content filter or a PII entity, in words.
pub(crate) fn rule(map: &Map<String, Value>) -> Option<String> {
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    let mut words = Vec::new();
    let mut said = vec!["name"];
    match (text("input"), text("output")) {
        (Some(input), Some(output)) if input == output => words.push(clean::line(input)),
        (Some(input), Some("NONE")) => words.push(format!("{} in", clean::line(input))),
        (Some("NONE"), Some(output)) => words.push(format!("{} out", clean::line(output))),
        (Some(input), Some(output)) => words.push(format!("{} in and {} out", clean::line(input), clean::line(output))),
        (Some(side), None) => words.push(format!("input {}", clean::line(side))),
        (None, Some(side)) => words.push(format!("output {}", clean::line(side))),
        (None, None) => {}
    }
    said.extend(["input", "output"]);
    if let Some(action) = text("action") {
        said.push("action");
        let sides: Vec<&str> =
            ["input_action", "output_action"].into_iter().filter(|side| text(side) == Some(action)).collect();
        if action != "BLOCK" || map.contains_key("input_action") {
            words.push(clean::line(action));
        }
        said.extend(sides);
    }
    for (key, value) in map {
        if !said.contains(&key.as_str()) && !is_default(key, value) {
            let value = quoted(value);
            words.push(if key == "threshold" { value } else { format!("{} {value}", clean::line(key)) });
        }
    }
    (!words.is_empty()).then(|| words.join(", "))
}

/// What the spec need not say, since absent means the same.
fn is_default(key: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(word) => match key {
            "tier" => word == "CLASSIC",
            "input_action" | "output_action" => word == "BLOCK",
            "system" | "messages" => word == "COMPREHENSIVE",
            "description" => word.is_empty(),
            _ => false,
        },
        Value::Bool(enabled) => *enabled && key.ends_with("enabled"),
        Value::Array(items) => match items.as_slice() {
            // No kind of data at all is a choice, and the default is all of them.
            [] => key != "data",
            [only] => (key.ends_with("_modalities") && only == "TEXT") || (key == "included_models" && only == "ALL"),
            _ => false,
        },
        // A collection says something by the keys that it has, whatever stands behind them.
        Value::Object(map) => map.iter().all(|(key, value)| match value {
            Value::Object(items) => items.is_empty(),
            value => is_default(key, value),
        }),
        Value::Number(_) => false,
    }
}

/// A value amid others: prose in quotation marks, what stands in place of hidden text in its parentheses.
fn quoted(value: &Value) -> String {
    let text = written(value);
    if value.is_string() && text.contains(' ') && !text.starts_with('(') { format!("\"{text}\"") } else { text }
}

fn singular(key: &str) -> &str {
    key.strip_suffix('s').unwrap_or(key)
}

/// The first few items and how many more there are; `None` where there is none.
pub(crate) fn listed(mut items: Vec<String>) -> Option<String> {
    let rest = items.len().saturating_sub(NAMED);
    items.truncate(NAMED);
    if rest > 0 {
        items.push(format!("and {rest} more"));
    }
    (!items.is_empty()).then(|| items.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(value: &Value) -> String {
        value.as_object().and_then(sections).unwrap_or_default()
    }

    #[test]
    fn what_is_default_goes_without_saying() {
        let filter = |input: &str, output: &str| {
            json!({"input": input, "output": output, "input_action": "BLOCK", "output_action": "BLOCK", "input_enabled": true,
                "output_enabled": true, "input_modalities": ["TEXT"], "output_modalities": ["TEXT"]})
        };
        let mut violence = filter("HIGH", "MEDIUM");
        violence["input_modalities"] = json!(["IMAGE", "TEXT"]);
        let content = json!({"tier": "STANDARD", "filters": {"HATE": filter("HIGH", "HIGH"),
            "PROMPT_ATTACK": filter("HIGH", "NONE"), "VIOLENCE": violence}});
        assert_eq!(
            said(&content),
            "HATE HIGH, PROMPT_ATTACK HIGH in, VIOLENCE HIGH in and MEDIUM out, input_modalities IMAGE, TEXT; tier STANDARD"
        );
    }

    #[test]
    fn actions_speak_where_their_sides_differ() {
        let rule = |action: &str, output: &str| json!({"action": action, "input_action": action, "output_action": output, "input_enabled": true, "output_enabled": false});
        let policy = json!({"pii_entities": {"EMAIL": rule("ANONYMIZE", "ANONYMIZE"), "NAME": rule("BLOCK", "ANONYMIZE")}, "regexes": {}});
        assert_eq!(
            said(&policy),
            "EMAIL ANONYMIZE, output_enabled false, NAME BLOCK, output_action ANONYMIZE, output_enabled false"
        );
        assert_eq!(
            said(&json!({"filters": {"GROUNDING": {"threshold": 0.75, "action": "BLOCK", "enabled": true}}})),
            "GROUNDING 0.75"
        );
    }
}
