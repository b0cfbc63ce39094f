//! What a report may show of a value.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::kinds::Kind;
use crate::model::{Digest, FieldDiff, Guard, SECRET, hide};

/// What may be shown of values: guarded text as it is or as counts and digests, secrets never.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disclosure {
    /// Whether guarded text is shown as it is (`--show-content`).
    pub content: bool,
    /// Values that came from `${env.…}`.
    pub secrets: BTreeSet<String>,
}

impl Disclosure {
    /// `value` with every secret taken out.
    pub(crate) fn scrub(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.scrub_text(text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.scrub(item)).collect()),
            Value::Object(map) => {
                Value::Object(map.iter().map(|(key, value)| (self.scrub_text(key), self.scrub(value))).collect())
            }
            other => other.clone(),
        }
    }

    /// `text` with every secret taken out.
    pub(crate) fn scrub_text(&self, text: &str) -> String {
        hide(text, &self.secrets)
    }

    /// One side of a field: the value where it may be shown, else what stands in its place.
    pub(crate) fn side(&self, field: &FieldDiff, value: &Value) -> Value {
        match field.guard {
            Guard::Secret => Value::from(SECRET),
            Guard::Guarded if !self.content => Value::from(in_place_of(value)),
            Guard::Open | Guard::Guarded => self.scrub(value),
        }
    }

    /// The fields of a whole resource as they may be shown.
    pub(crate) fn fields(&self, kind: Kind, fields: &Value) -> Value {
        let mut shown = self.scrub(fields);
        if !self.content {
            for pattern in kind.guarded() {
                let segments: Vec<&str> = pattern.split('.').collect();
                cover(&mut shown, &segments);
            }
        }
        shown
    }
}

/// Replaces what `pattern` names by what stands in its place.
fn cover(value: &mut Value, pattern: &[&str]) {
    match (pattern, &mut *value) {
        ([], Value::Null) => {}
        (["*"], Value::Object(map)) if map.is_empty() => {}
        // Under a last `*` the keys themselves are what is guarded.
        ([] | ["*"], value) => *value = Value::from(in_place_of(value)),
        (["*", rest @ ..], Value::Object(map)) => map.values_mut().for_each(|value| cover(value, rest)),
        (["*", rest @ ..], Value::Array(items)) => items.iter_mut().for_each(|value| cover(value, rest)),
        ([key, rest @ ..], Value::Object(map)) => {
            if let Some(value) = map.get_mut(*key) {
                cover(value, rest);
            }
        }
        _ => {}
    }
}

/// What a reader sees of a guarded value: how much there is, and by what to tell it from another.
pub(crate) fn in_place_of(value: &Value) -> String {
    let digest = Digest::of(value);
    let count = match value {
        Value::String(text) => counted(text.chars().count(), "character"),
        Value::Array(items) => counted(items.len(), "text"),
        Value::Object(map) => counted(map.len(), "word"),
        other => return other.to_string(),
    };
    format!("({count} #{})", digest.short())
}

/// How many accounts a report names before the rest is counted. The JSON has them all.
pub(crate) const NAMED: usize = 10;

/// `1 word`, `2 words`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// The first `most` of them, and how many more there are.
pub(crate) fn some<T: fmt::Display>(all: impl IntoIterator<Item = T>, most: usize) -> String {
    let mut all = all.into_iter();
    let mut shown: Vec<String> = all.by_ref().take(most).map(|one| one.to_string()).collect();
    match all.count() {
        0 => {}
        more => shown.push(format!("and {more} more")),
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn guarded_text_is_counted_and_secrets_are_gone() {
        let disclosure = Disclosure { content: false, secrets: BTreeSet::from(["hunter2".to_owned()]) };
        let fields = json!({
            "blocked_input_messaging": "Sorry.",
            "description": "say hunter2",
            "word_policy": {"words": {"projectx": {"input_enabled": true}}, "managed_word_lists": {"PROFANITY": {}}},
            "topic_policy": {"topics": [{"name": "Legal", "examples": ["Should I sue?"]}]},
        });
        let shown = disclosure.fields(Kind::Guardrail, &fields).to_string();
        assert!(!shown.contains("projectx") && !shown.contains("hunter2") && !shown.contains("sue"), "{shown}");
        assert!(
            shown.contains("6 characters #") && shown.contains("1 word #") && shown.contains("1 text #"),
            "{shown}"
        );
        assert!(shown.contains("PROFANITY") && shown.contains("say (secret)"), "{shown}");
    }

    #[test]
    fn content_is_shown_when_asked_for_and_secrets_are_not() {
        let disclosure = Disclosure { content: true, secrets: BTreeSet::from(["hunter2".to_owned()]) };
        let fields = json!({"blocked_input_messaging": "Sorry, hunter2."});
        assert_eq!(disclosure.fields(Kind::Guardrail, &fields), json!({"blocked_input_messaging": "Sorry, (secret)."}));
    }
}
