//! The reference pages that a JSON Schema is enough for: every field, what it takes, and what it is for.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

/// A schema, draft 7, as the fields of a Markdown page, nested as they are.
///
/// An object that holds itself is told once.
#[derive(Debug)]
pub struct Reference<'s> {
    root: &'s Json,
}

/// Fields that repeat the shape of what they stand in, which is told once.
const AGAIN: [&str; 2] = ["region_overrides", "environments"];

/// What a field takes.
#[derive(Debug, Default)]
struct Kind<'s> {
    /// In words, such as "list of text".
    words: String,
    /// The object that is within, if one is.
    object: Option<&'s Json>,
    /// What the words are about.
    docs: Option<&'s str>,
}

impl<'s> Reference<'s> {
    /// Of this schema.
    pub const fn new(root: &'s Json) -> Self {
        Self { root }
    }

    /// The fields at the top, a heading of this level for each that holds entries, and the rest as a list before them.
    pub fn sections(&self, level: usize) -> String {
        let (mut page, mut sections) = (String::new(), String::new());
        for (name, schema) in members(self.root) {
            let entries = schema.get("patternProperties").and_then(Json::as_object).and_then(|by| by.values().next());
            let entry = entries.map(|entry| self.kind(entry)).filter(|kind| kind.object.is_some());
            let Some(entry) = entry else {
                self.field(&mut page, self.root, (name, schema), &[]);
                continue;
            };
            let _ = write!(sections, "\n{} `{name}`\n\n", "#".repeat(level));
            paragraphs(&mut sections, [docs(schema), entry.docs]);
            entry.object.into_iter().for_each(|object| self.fields(&mut sections, object, &[]));
        }
        page + &sections
    }

    /// Every field of the schema as one list.
    pub fn list(&self) -> String {
        let mut page = String::new();
        self.fields(&mut page, self.root, &[]);
        page
    }

    /// The fields of an object that is within these others.
    fn fields(&self, page: &mut String, object: &'s Json, outer: &[&'s Json]) {
        if outer.iter().any(|outer| std::ptr::eq(*outer, object)) {
            return;
        }
        let within = [outer, &[object]].concat();
        let all = members(object);
        // Keys that are all of one shape, such as the categories of content, are told together.
        let alike = all.windows(2).all(|pair| pair[0].1 == pair[1].1);
        if let ([(_, first), _, ..], true) = (all.as_slice(), alike) {
            let names: Vec<String> = all.iter().map(|(name, _)| format!("**`{name}`**")).collect();
            self.told(page, &names.join(", "), "", first, &within);
            return;
        }
        let (first, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(name, _)| is_required(object, name));
        for (name, schema) in first.into_iter().chain(rest) {
            self.field(page, object, (name, schema), &within);
        }
    }

    fn field(&self, page: &mut String, object: &'s Json, (name, schema): (&str, &'s Json), within: &[&'s Json]) {
        if schema.get("not").is_some() {
            return;
        }
        let need = if is_required(object, name) { ", required" } else { "" };
        if AGAIN.contains(&name) {
            let _ = writeln!(page, "{}- **`{name}`**: {}", indent(within), docs(schema).unwrap_or_default());
            return;
        }
        self.told(page, &format!("**`{name}`**"), need, schema, within);
    }

    fn told(&self, page: &mut String, name: &str, need: &str, schema: &'s Json, within: &[&'s Json]) {
        let kind = self.kind(schema);
        let words = if kind.words.is_empty() { "anything".to_owned() } else { kind.words };
        let docs = docs(schema).or(kind.docs).map(|docs| format!(": {docs}")).unwrap_or_default();
        let _ = writeln!(page, "{}- {name} ({words}{need}){docs}", indent(within));
        kind.object.into_iter().for_each(|object| self.fields(page, object, within));
    }

    fn kind(&self, schema: &'s Json) -> Kind<'s> {
        let schema = self.resolved(schema);
        if let Some(all) = choices(schema, "allOf") {
            let found = all.first().map(|one| self.kind(one)).unwrap_or_default();
            return Kind { docs: docs(schema).or(found.docs), ..found };
        }
        for choice in ["anyOf", "oneOf"] {
            let Some(all) = choices(schema, choice) else { continue };
            let kinds: Vec<Kind<'s>> = all.iter().filter(|one| !is_variable(one)).map(|one| self.kind(one)).collect();
            let distinct: BTreeSet<&str> = kinds.iter().map(|kind| kind.words.as_str()).collect();
            let mut words: Vec<&str> = kinds.iter().map(|kind| kind.words.as_str()).collect();
            if distinct.len() < words.len() {
                words.dedup();
            }
            let words = or(&words);
            let inner = kinds.iter().filter(|_| kinds.len() == 1).find_map(|kind| kind.docs);
            return Kind { words, object: kinds.iter().find_map(|kind| kind.object), docs: docs(schema).or(inner) };
        }
        let words = self.words(schema);
        let item = schema.get("items").map(|items| self.kind(items)).and_then(|kind| kind.object);
        let valued = values(schema).and_then(|value| self.kind(value).object);
        let own = Some(schema).filter(|schema| schema.get("properties").is_some());
        Kind { words, object: own.or(item).or(valued), docs: docs(schema) }
    }

    fn words(&self, schema: &'s Json) -> String {
        if let Some(value) = schema.get("const") {
            return value.as_str().map_or_else(|| format!("`{value}`"), |text| format!("`{text}`"));
        }
        if let Some(all) = schema.get("enum").and_then(Json::as_array) {
            let all: Vec<String> = all.iter().map(|one| format!("`{}`", one.as_str().unwrap_or("null"))).collect();
            return or(&all.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let types = types(schema);
        let has = |name: &str| types.contains(&name);
        let mut words = if has("array") {
            let of = schema.get("items").map(|items| self.kind(items).words).unwrap_or_default();
            format!("list of {of}{}", range(schema, "minItems", "maxItems", ""))
        } else if has("object") {
            match values(schema).map(|value| self.kind(value)) {
                Some(value) if schema.get("properties").is_none() && !value.words.is_empty() => {
                    format!("map to {}", value.words)
                }
                _ => "map".to_owned(),
            }
        } else if has("integer") || has("number") && !has("string") {
            let word = if has("integer") { "whole number" } else { "number" };
            format!("{word}{}", range(schema, "minimum", "maximum", ""))
        } else if has("boolean") && !has("number") {
            "true or false".to_owned()
        } else if has("string") {
            format!("text{}", range(schema, "minLength", "maxLength", " characters"))
        } else {
            String::new()
        };
        if has("null") {
            words = if words.is_empty() { "null".to_owned() } else { format!("{words}, or null") };
        }
        words
    }

    fn resolved(&self, schema: &'s Json) -> &'s Json {
        let target = schema.get("$ref").and_then(Json::as_str).and_then(|target| target.strip_prefix('#'));
        target.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(schema)
    }
}

fn members(object: &Json) -> Vec<(&str, &Json)> {
    let properties = object.get("properties").and_then(Json::as_object);
    properties.into_iter().flat_map(Map::iter).map(|(name, schema)| (name.as_str(), schema)).collect()
}

/// What every value of a map is, where its keys are free.
fn values(schema: &Json) -> Option<&Json> {
    let by_pattern = schema.get("patternProperties").and_then(Json::as_object).and_then(|by| by.values().next());
    by_pattern.or_else(|| schema.get("additionalProperties").filter(|value| value.is_object()))
}

fn choices<'s>(schema: &'s Json, keyword: &str) -> Option<&'s Vec<Json>> {
    schema.get(keyword).and_then(Json::as_array)
}

fn types(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether a choice only says that a variable may stand here, which is so everywhere.
fn is_variable(schema: &Json) -> bool {
    let pattern = schema.get("pattern").and_then(Json::as_str).unwrap_or_default();
    types(schema) == ["string"] && (pattern.starts_with(r"^\$\{") || pattern.starts_with(r"\$\{"))
}

fn is_required(object: &Json, name: &str) -> bool {
    // Of a whole spec it is asked once the file is one: a part of a folder lacks nothing.
    let required = object.get("required").or_else(|| object.get("then")?.get("required"));
    required.and_then(Json::as_array).is_some_and(|all| all.iter().any(|one| one == name))
}

fn docs(schema: &Json) -> Option<&str> {
    schema.get("description").and_then(Json::as_str)
}

fn range(schema: &Json, least: &str, most: &str, unit: &str) -> String {
    let limit = |key: &str| schema.get(key).and_then(Json::as_f64);
    match (limit(least), limit(most)) {
        (Some(least), Some(most)) if (least - most).abs() < f64::EPSILON => format!(", {least}{unit}"),
        (Some(least), Some(most)) => format!(", {least} to {most}{unit}"),
        (None, Some(most)) => format!(", at most {most}{unit}"),
        (Some(least), None) if least > 0.0 => format!(", at least {least}{unit}"),
        _ => String::new(),
    }
}

fn or(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn paragraphs<'t>(page: &mut String, all: impl IntoIterator<Item = Option<&'t str>>) {
    for one in all.into_iter().flatten() {
        let _ = write!(page, "{one}\n\n");
    }
}

/// Fields of the outermost object stand at the margin.
fn indent(within: &[&Json]) -> String {
    "  ".repeat(within.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_say_what_they_take_and_are_nested() {
        let schema = json!({
            "properties": {
                "things": {"type": "object", "description": "Things.", "patternProperties": {".*": {"$ref": "#/definitions/Thing"}}},
                "regions": {"description": "Where.", "type": ["array", "string"], "items": {"type": "string"}, "minItems": 1},
            },
            "required": ["regions"],
            "definitions": {
                "Thing": {
                    "description": "A thing.", "type": "object", "required": ["size"],
                    "properties": {
                        "kind": {"oneOf": [{"const": "A"}, {"const": "B"}]},
                        "size": {"type": "integer", "minimum": 0, "maximum": 20, "description": "How much."},
                        "text": {"anyOf": [{"type": ["string", "number"], "minLength": 1, "maxLength": 9}, {"type": "string", "pattern": r"\$\{"}]},
                        "sides": {"properties": {"IN": {"type": "boolean"}, "OUT": {"type": "boolean"}}, "type": "object"},
                        "region_overrides": {"description": "The same again.", "properties": {"kind": {}}},
                        "later": {"not": {}},
                    },
                },
            },
        });
        let want = "- **`regions`** (list of text, at least 1, required): Where.\n\n## `things`\n\nThings.\n\nA thing.\n\n\
            - **`size`** (whole number, 0 to 20, required): How much.\n- **`kind`** (`A` or `B`)\n\
            - **`region_overrides`**: The same again.\n- **`sides`** (map)\n  - **`IN`**, **`OUT`** (true or false)\n\
            - **`text`** (text, 1 to 9 characters)\n";
        assert_eq!(Reference::new(&schema).sections(2), want);
    }
}
