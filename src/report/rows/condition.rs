//! Conditions of policies, read aloud.
//!
//! What each operator asks is in the IAM user guide, "IAM JSON policy elements: Condition operators" and "Multivalued context
//! keys".

use serde_json::Value;

use super::policy::several;
use crate::report::clean;

/// One phrase for each key that is tested; all of them have to hold.
pub(super) fn in_words(conditions: &Value) -> Vec<String> {
    let operators = conditions.as_object().into_iter().flatten();
    let keys = operators.filter_map(|(operator, keys)| Some((operator, keys.as_object()?)));
    keys.flat_map(|(operator, keys)| keys.iter().map(move |(key, value)| phrase(operator, key, value))).collect()
}

fn phrase(operator: &str, key: &str, value: &Value) -> String {
    let key = clean::line(key);
    let (set, name) = match operator.split_once(':') {
        Some((set, name)) => (Some(set), name),
        None => (None, operator),
    };
    let (name, optional) = match name.strip_suffix("IfExists") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let asked = asked(name, value);
    // A test of every value holds where there is none.
    match (set, optional) {
        (Some("ForAllValues"), _) => format!("where every value of {key}, if any, {asked}"),
        (Some("ForAnyValue"), false) => format!("where some value of {key} {asked}"),
        (Some("ForAnyValue"), true) => format!("where {key} is absent or some value of it {asked}"),
        (Some(set), _) => format!("where {}: {key} {asked}", clean::line(set)),
        (None, true) => format!("where {key} is absent or {asked}"),
        (None, false) => format!("where {key} {asked}"),
    }
}

/// What an operator asks of one value.
fn asked(name: &str, value: &Value) -> String {
    if name == "Null" {
        return null(value);
    }
    let (verb, not) = match name {
        "StringEquals"
        | "StringEqualsIgnoreCase"
        | "ArnEquals"
        | "ArnLike"
        | "NumericEquals"
        | "DateEquals"
        | "BinaryEquals"
        | "Bool" => ("", false),
        "StringNotEquals"
        | "StringNotEqualsIgnoreCase"
        | "ArnNotEquals"
        | "ArnNotLike"
        | "NumericNotEquals"
        | "DateNotEquals" => ("", true),
        "StringLike" => ("like ", false),
        "StringNotLike" => ("like ", true),
        "NumericLessThan" => ("less than ", false),
        "NumericLessThanEquals" => ("at most ", false),
        "NumericGreaterThan" => ("greater than ", false),
        "NumericGreaterThanEquals" => ("at least ", false),
        "DateLessThan" => ("before ", false),
        "DateLessThanEquals" => ("at or before ", false),
        "DateGreaterThan" => ("after ", false),
        "DateGreaterThanEquals" => ("at or after ", false),
        "IpAddress" => ("in ", false),
        "NotIpAddress" => ("in ", true),
        other => return format!("{} {}", clean::line(other), several(value)),
    };
    let is = if not { "is not" } else { "is" };
    let case = if name.ends_with("IgnoreCase") { " in any letter case" } else { "" };
    let asked = match value {
        Value::Array(items) => match items.as_slice() {
            [] if not => "is anything".to_owned(),
            [] => "is nothing that there is".to_owned(),
            [one] => format!("{is} {}", told(verb, one)),
            _ => {
                let (is, of) = match (not, verb.is_empty()) {
                    (false, _) => ("is", "one of"),
                    (true, true) => ("is", "none of"),
                    (true, false) => ("is not", "any of"),
                };
                let items = items.iter().map(|item| Value::from(told("", item))).collect::<Vec<_>>();
                format!("{is} {verb}{of} {}", several(&Value::from(items)))
            }
        },
        one => format!("{is} {}", told(verb, one)),
    };
    asked + case
}

fn told(verb: &str, value: &Value) -> String {
    if value == "" { "empty".to_owned() } else { format!("{verb}{}", several(value)) }
}

/// Of several values one has to fit.
fn null(value: &Value) -> String {
    let is = |word: &str| match value {
        Value::Array(items) => items.iter().any(|item| is_word(item, word)),
        one => is_word(one, word),
    };
    let told = match (is("true"), is("false")) {
        (true, true) => "is there or absent",
        (true, false) => "is absent",
        (false, true) => "is there",
        (false, false) => return format!("Null {}", several(value)),
    };
    told.to_owned()
}

fn is_word(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.eq_ignore_ascii_case(word),
        Value::Bool(known) => known.to_string() == word,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_operator_is_read_aloud() {
        for (operator, value, said) in [
            ("Null", json!("true"), "where k is absent"),
            ("Null", json!(["true"]), "where k is absent"),
            ("Null", json!(true), "where k is absent"),
            ("Null", json!(["false"]), "where k is there"),
            ("Null", json!(["true", "false"]), "where k is there or absent"),
            ("StringEquals", json!(""), "where k is empty"),
            ("StringEquals", json!([""]), "where k is empty"),
            ("StringEquals", json!(["", "a"]), "where k is one of empty, a"),
            ("StringNotEquals", json!(""), "where k is not empty"),
            ("StringNotEquals", json!(["a"]), "where k is not a"),
            ("StringNotEquals", json!(["a", "b"]), "where k is none of a, b"),
            ("StringEqualsIfExists", json!("a"), "where k is absent or is a"),
            ("StringNotLikeIfExists", json!("a*"), "where k is absent or is not like a*"),
            ("StringNotLike", json!(["a*", "b*"]), "where k is not like any of a*, b*"),
            ("StringLike", json!(["a*", "b*"]), "where k is like one of a*, b*"),
            ("StringEqualsIgnoreCase", json!("a"), "where k is a in any letter case"),
            ("ArnNotLike", json!(["arn:a:*", "arn:b:*"]), "where k is none of arn:a:*, arn:b:*"),
            ("ArnLike", json!("${guardrail/1/r/b}:*"), "where k is guardrail/1/r/b:*"),
            ("ForAllValues:StringEquals", json!(["a", "b"]), "where every value of k, if any, is one of a, b"),
            ("ForAllValues:StringNotEquals", json!(["a"]), "where every value of k, if any, is not a"),
            ("ForAnyValue:StringEquals", json!(["a", "b"]), "where some value of k is one of a, b"),
            ("ForAnyValue:StringLikeIfExists", json!("a*"), "where k is absent or some value of it is like a*"),
            ("Bool", json!("true"), "where k is true"),
            ("Bool", json!(["false"]), "where k is false"),
            ("BoolIfExists", json!("false"), "where k is absent or is false"),
            ("NumericLessThanEquals", json!("7"), "where k is at most 7"),
            ("DateGreaterThan", json!("2026-01-01T00:00:00Z"), "where k is after 2026-01-01T00:00:00Z"),
            ("NotIpAddress", json!(["10.0.0.0/8"]), "where k is not in 10.0.0.0/8"),
            ("Strange", json!("a"), "where k Strange a"),
        ] {
            assert_eq!(in_words(&json!({operator: {"k": value}})), [said], "{operator}");
        }
    }
}
