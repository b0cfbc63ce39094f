//! Shapes of requests, as the service models declare them, and the check against them.
//!
//! A table of `const` shapes says what may be sent; [`check`] finds every violation and words them as AWS does. Members that
//! no shape declares are dropped, as AWS drops them. Inferred: a length counts Unicode characters.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::error::ApiError;

/// A named part of a structure.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) place: Place,
    pub(crate) shape: Shape,
}

/// Where in an HTTP request a member of the input travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Body,
    Label,
    Query,
    /// In the header of that name.
    Header(&'static str),
    /// The body as it is, whatever it is: in base64, like every value of bytes.
    Payload,
}

/// What a value may be. Bounds are inclusive; a `sensitive` value is never repeated in an error.
#[derive(Debug)]
pub(crate) enum Shape {
    Text {
        min: usize,
        max: usize,
        pattern: Option<&'static str>,
        sensitive: bool,
    },
    Enum {
        values: &'static [&'static str],
        sensitive: bool,
    },
    Flag,
    Number {
        min: f64,
        max: f64,
    },
    Integer {
        min: i64,
        max: i64,
    },
    List {
        min: usize,
        max: usize,
        item: &'static Shape,
    },
    Structure(&'static [Member]),
    /// An object of any names.
    Map {
        min: usize,
        max: usize,
        key: &'static Shape,
        value: &'static Shape,
    },
    /// A structure with one member of several.
    Union(&'static [Member]),
    /// Any JSON.
    Document,
}

pub(crate) const UNBOUNDED: usize = usize::MAX;

pub(crate) const fn required(name: &'static str, shape: Shape) -> Member {
    Member { name, required: true, place: Place::Body, shape }
}

pub(crate) const fn optional(name: &'static str, shape: Shape) -> Member {
    Member { name, required: false, place: Place::Body, shape }
}

/// A member in the path; always required.
pub(crate) const fn label(name: &'static str, shape: Shape) -> Member {
    Member { name, required: true, place: Place::Label, shape }
}

/// A member in the query string; always optional.
pub(crate) const fn query(name: &'static str, shape: Shape) -> Member {
    Member { name, required: false, place: Place::Query, shape }
}

/// A member in a header; always optional.
pub(crate) const fn header(name: &'static str, header: &'static str, shape: Shape) -> Member {
    Member { name, required: false, place: Place::Header(header), shape }
}

/// The member that is the body as it is.
pub(crate) const fn payload(name: &'static str) -> Member {
    Member { name, required: false, place: Place::Payload, shape: Shape::Document }
}

pub(crate) const fn text(min: usize, max: usize) -> Shape {
    Shape::Text { min, max, pattern: None, sensitive: false }
}

/// A text that matches the pattern from its first to its last character.
pub(crate) const fn pattern(min: usize, max: usize, pattern: &'static str) -> Shape {
    Shape::Text { min, max, pattern: Some(pattern), sensitive: false }
}

pub(crate) const fn one_of(values: &'static [&'static str]) -> Shape {
    Shape::Enum { values, sensitive: false }
}

pub(crate) const fn list(min: usize, max: usize, item: &'static Shape) -> Shape {
    Shape::List { min, max, item }
}

impl Shape {
    /// The same shape, its value kept out of errors.
    pub(crate) const fn sensitive(self) -> Self {
        match self {
            Self::Text { min, max, pattern, .. } => Self::Text { min, max, pattern, sensitive: true },
            Self::Enum { values, .. } => Self::Enum { values, sensitive: true },
            other => other,
        }
    }
}

/// Why an input does not fit.
#[derive(Debug)]
pub(crate) enum Misfit {
    /// The first value of the wrong type.
    Mistyped { path: String, wanted: &'static str },
    /// Every violated constraint.
    Violated(Vec<Violation>),
}

/// A constraint that a value violates.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) path: String,
    /// The value as errors show it, with a space before it; empty for a sensitive one.
    pub(crate) shown: String,
    pub(crate) constraint: String,
}

/// The input of a JSON protocol, reduced to the declared members.
///
/// Fails with a `ValidationException` that lists every violated constraint, or, when a value has the wrong JSON type, names the
/// first such value.
pub(crate) fn check(members: &'static [Member], input: &Value) -> Result<Map<String, Value>, ApiError> {
    inspect(members, input).map_err(|misfit| {
        let message = match misfit {
            Misfit::Mistyped { path, wanted } => crate::inferred::mistyped(&path, wanted),
            Misfit::Violated(violations) => detected(violations.iter().map(|Violation { path, shown, constraint }| {
                format!("Value{shown} at '{path}' failed to satisfy constraint: {constraint}")
            })),
        };
        ApiError::new("ValidationException", 400, message)
    })
}

/// The input, reduced to the declared members.
pub(crate) fn inspect(members: &'static [Member], input: &Value) -> Result<Map<String, Value>, Misfit> {
    let mut violations = Vec::new();
    let checked = structure(members, input, "", &mut violations)
        .map_err(|Mistyped { path, wanted }| Misfit::Mistyped { path, wanted })?;
    if violations.is_empty() { Ok(checked) } else { Err(Misfit::Violated(violations)) }
}

/// The message for violations, which are worded alike in all protocols.
pub(crate) fn detected(violations: impl Iterator<Item = String>) -> String {
    let violations: Vec<String> = violations.collect();
    let count = violations.len();
    let plural = if count == 1 { "error" } else { "errors" };
    format!("{count} validation {plural} detected: {}", violations.join("; "))
}

struct Mistyped {
    path: String,
    wanted: &'static str,
}

fn structure(
    members: &'static [Member],
    value: &Value,
    path: &str,
    violations: &mut Vec<Violation>,
) -> Result<Map<String, Value>, Mistyped> {
    let object = value.as_object().ok_or_else(|| Mistyped { path: path.to_owned(), wanted: "object" })?;
    let mut kept = Map::new();
    for Member { name, required, shape, .. } in members {
        let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
        match object.get(*name) {
            None | Some(Value::Null) if *required => {
                let constraint = "Member must not be null".to_owned();
                violations.push(Violation { path, shown: " null".to_owned(), constraint });
            }
            None | Some(Value::Null) => {}
            Some(value) => {
                kept.insert((*name).to_owned(), visit(shape, value, &path, violations)?);
            }
        }
    }
    Ok(kept)
}

fn visit(shape: &'static Shape, value: &Value, path: &str, violations: &mut Vec<Violation>) -> Result<Value, Mistyped> {
    let mistyped = |wanted| Mistyped { path: path.to_owned(), wanted };
    let mut violate = |sensitive, constraint: String| violations.push(violation(value, sensitive, path, constraint));
    match shape {
        Shape::Text { min, max, pattern, sensitive } => {
            let text = value.as_str().ok_or_else(|| mistyped("string"))?;
            for constraint in length(text.chars().count(), *min, *max) {
                violate(*sensitive, constraint);
            }
            if let Some(pattern) = pattern
                && !matches(pattern, text)
            {
                violate(*sensitive, format!("Member must satisfy regular expression pattern: {pattern}"));
            }
        }
        Shape::Enum { values, sensitive } => {
            let text = value.as_str().ok_or_else(|| mistyped("string"))?;
            if !values.contains(&text) {
                violate(*sensitive, format!("Member must satisfy enum value set: [{}]", values.join(", ")));
            }
        }
        Shape::Flag => {
            value.as_bool().ok_or_else(|| mistyped("boolean"))?;
        }
        Shape::Number { min, max } => {
            let number = value.as_f64().ok_or_else(|| mistyped("number"))?;
            if number < *min {
                violate(false, format!("Member must have value greater than or equal to {min}"));
            }
            if number > *max {
                violate(false, format!("Member must have value less than or equal to {max}"));
            }
        }
        Shape::Integer { min, max } => {
            let number = value.as_i64().ok_or_else(|| mistyped("integer"))?;
            if number < *min {
                violate(false, format!("Member must have value greater than or equal to {min}"));
            }
            if number > *max {
                violate(false, format!("Member must have value less than or equal to {max}"));
            }
        }
        Shape::List { min, max, item } => {
            let items = value.as_array().ok_or_else(|| mistyped("array"))?;
            for constraint in length(items.len(), *min, *max) {
                // Items may hold sensitive members.
                violate(!items.is_empty(), constraint);
            }
            let numbered = items.iter().zip(1_usize..);
            let kept: Result<Vec<_>, _> = numbered
                .map(|(value, number)| visit(item, value, &format!("{path}.{number}.member"), violations))
                .collect();
            return kept.map(Value::Array);
        }
        Shape::Structure(members) => return structure(members, value, path, violations).map(Value::Object),
        Shape::Union(members) => {
            let kept = structure(members, value, path, violations)?;
            if kept.len() != 1 {
                violations.push(violation(value, true, path, crate::inferred::NOT_ONE_MEMBER.to_owned()));
            }
            return Ok(Value::Object(kept));
        }
        Shape::Map { min, max, key, value: shape } => {
            let entries = value.as_object().ok_or_else(|| mistyped("object"))?;
            for constraint in length(entries.len(), *min, *max) {
                violations.push(violation(value, true, path, constraint));
            }
            for (name, entry) in entries {
                visit(key, &Value::from(name.as_str()), &format!("{path}.key"), violations)?;
                visit(shape, entry, &format!("{path}.value"), violations)?;
            }
        }
        Shape::Document => {}
    }
    Ok(value.clone())
}

fn length(length: usize, min: usize, max: usize) -> impl Iterator<Item = String> {
    let short = (length < min).then(|| format!("Member must have length greater than or equal to {min}"));
    let long = (length > max).then(|| format!("Member must have length less than or equal to {max}"));
    short.into_iter().chain(long)
}

fn violation(value: &Value, sensitive: bool, path: &str, constraint: String) -> Violation {
    let shown = match value {
        _ if sensitive => String::new(),
        Value::String(text) => format!(" '{text}'"),
        other => format!(" '{other}'"),
    };
    Violation { path: path.to_owned(), shown, constraint }
}

/// Whether the whole text matches. Compiled patterns are kept: a request may carry hundreds of tags.
fn matches(pattern: &'static str, text: &str) -> bool {
    static COMPILED: Mutex<BTreeMap<&'static str, Regex>> = Mutex::new(BTreeMap::new());
    if let Some(repeated) = pattern.strip_prefix(TAG_CHARACTERS) {
        return (repeated == "*" || !text.is_empty()) && text.chars().all(is_tag_character);
    }
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = compiled.entry(pattern).or_insert_with(|| {
        Regex::new(&format!("^(?:{})$", escaped(pattern)))
            .expect("every pattern of the tables compiles, which a test proves")
    });
    regex.is_match(text)
}

/// AWS's class of what tags are made of, beyond the engine used here, which knows no classes of Unicode.
const TAG_CHARACTERS: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]";

fn is_tag_character(character: char) -> bool {
    character.is_alphanumeric()
        || character.is_whitespace() && !character.is_control()
        || "_.:/=+-@".contains(character)
}

/// The pattern with `\uXXXX`, as the models write it, in the engine's form.
fn escaped(pattern: &str) -> String {
    let mut parts = pattern.split(r"\u");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |done, part| {
        let (code, rest) = part.split_at_checked(4).unwrap_or((part, ""));
        format!(r"{done}\x{{{code}}}{rest}")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ITEM: Shape = Shape::Structure(&[
        required("name", pattern(1, 3, "[a-z]+")),
        optional("kind", one_of(&["A", "B"])),
        optional("share", Shape::Number { min: 0.0, max: 1.0 }),
    ]);
    const EITHER: Shape = Shape::Union(&[optional("text", text(0, 9)), optional("any", Shape::Document)]);
    const MAP: Shape = Shape::Map { min: 1, max: 2, key: &pattern(0, 9, "[a-z]+"), value: &text(1, 3) };
    const INPUT: &[Member] = &[
        required("items", list(1, 2, &ITEM)),
        optional("secret", text(1, 3).sensitive()),
        optional("on", Shape::Flag),
        optional("either", EITHER),
        optional("map", MAP),
    ];

    fn message(input: &Value) -> String {
        check(INPUT, input).expect_err("refused").message
    }

    #[test]
    fn declared_members_stay_and_others_go() {
        let kept = check(INPUT, &json!({"items": [{"name": "ab", "x": 1}], "on": null, "y": 2})).expect("valid");
        assert_eq!(Value::Object(kept), json!({"items": [{"name": "ab"}]}));
    }

    #[test]
    fn every_violation_is_told_with_its_path() {
        assert_eq!(
            message(&json!({"items": [{"name": "ab"}, {"name": "ABCD", "kind": "C", "share": 2}], "secret": ""})),
            "5 validation errors detected: Value 'ABCD' at 'items.2.member.name' failed to satisfy constraint: Member must have \
             length less than or equal to 3; Value 'ABCD' at 'items.2.member.name' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [a-z]+; Value 'C' at 'items.2.member.kind' failed to satisfy constraint: Member \
             must satisfy enum value set: [A, B]; Value '2' at 'items.2.member.share' failed to satisfy constraint: Member must \
             have value less than or equal to 1; Value at 'secret' failed to satisfy constraint: Member must have length greater \
             than or equal to 1"
        );
        assert_eq!(
            message(&json!({})),
            "1 validation error detected: Value null at 'items' failed to satisfy constraint: Member must not be null"
        );
    }

    #[test]
    fn a_union_has_one_member() {
        let input = |either: &Value| json!({"items": [{"name": "ab"}], "either": either});
        for one in [json!({"text": "a"}), json!({"any": [1, {"b": null}]})] {
            let kept = check(INPUT, &input(&one)).expect("valid");
            assert_eq!(kept["either"], one);
        }
        for other in [json!({}), json!({"text": "a", "any": 1}), json!({"unknown": 1})] {
            assert!(message(&input(&other)).contains("'either'"), "{other}");
        }
    }

    #[test]
    fn a_map_has_bounds_for_its_size_its_names_and_its_values() {
        let input = |map: &Value| json!({"items": [{"name": "ab"}], "map": map});
        assert!(check(INPUT, &input(&json!({"a": "b", "c": "d"}))).is_ok());
        for (map, part) in [
            (json!({}), "'map' failed to satisfy constraint: Member must have length greater"),
            (json!({"a": "b", "c": "d", "e": "f"}), "'map' failed to satisfy constraint: Member must have length less"),
            (json!({"A": "b"}), "'map.key'"),
            (json!({"a": ""}), "'map.value'"),
            (json!([]), "map"),
        ] {
            let message = message(&input(&map));
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn a_wrong_type_is_told_alone() {
        assert!(message(&json!({"items": {"name": "ab"}, "secret": ""})).contains("items"));
    }

    #[test]
    fn patterns_of_the_models_are_read_as_they_are() {
        const DOCUMENT: &str = r"[\u0009\u000A\u000D\u0020-\u00FF]+";
        const TAG_VALUE: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";
        for (pattern, text, fits) in [
            (DOCUMENT, "{\t\"a\": \"\u{ff}\"}\n", true),
            (DOCUMENT, "\u{100}", false),
            (DOCUMENT, "\u{0}", false),
            (TAG_VALUE, "", true),
            (TAG_VALUE, "Größe 5_.:/=+-@", true),
            (TAG_VALUE, "a;b", false),
            (TAG_VALUE, "a\tb", false),
            (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", "", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text:?}");
        }
    }
}
