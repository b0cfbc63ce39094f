//! A policy document as the `document` of an entry.

use super::{Entry, Spell, Value};
use crate::model::Document;

/// The elements of policies in the order in which people write them; others follow by name.
const ORDER: [&str; 11] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Principal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The document as YAML. `spelled` gives the expression that stands for a text, where one does; the others are `other`.
pub fn document(document: &Document, spelled: &dyn Fn(&str) -> Option<String>, other: Spell) -> Value {
    let below = |inner: &Document| self::document(inner, spelled, other);
    match document {
        Document::Null => Value::Plain("null".to_owned()),
        Document::Bool(value) => Value::bool(*value),
        Document::Number(number) => Value::Plain(number.to_string()),
        Document::Text(_) => {
            let text = document.as_text().unwrap_or_default();
            spelled(text).map_or_else(|| other(text.to_owned()), Value::Spelled)
        }
        Document::List(items) => Value::list(items.iter().map(below)),
        Document::Map(entries) => {
            let mut entries: Vec<Entry> =
                entries.iter().map(|(key, value)| Entry::new(key.as_str(), below(value))).collect();
            let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
            entries.sort_by_cached_key(|entry| (rank(&entry.key), entry.key.clone()));
            Value::Map(entries)
        }
    }
}
