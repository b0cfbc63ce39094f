//! The JSON Schema of a spec, draft 7, put together from what the entries say of themselves.

mod editor;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value as Json, json};

use super::top::{EntryKey, Top};
use crate::kinds::{
    account_enforcement, guardrail, guardrail_version, iam_policy, invocation_logging, org_policy, resource_policy,
};
use crate::spec::decode::{Decode, Exact, Key, KeyNames, relax};
use crate::spec::environment;
use crate::spec::node::Node;

/// What a section adds to the schema.
#[derive(Clone, Copy, Debug)]
pub struct SectionSchema {
    /// Its top-level key.
    pub key: &'static str,
    /// What it is for, in a sentence.
    pub docs: &'static str,
    /// The schema of one entry.
    pub entry: fn(&mut SchemaGenerator) -> Schema,
    /// Writes out the short forms of one entry.
    pub expand: fn(Node) -> Node,
}

impl SectionSchema {
    /// A section with entries of type `T`.
    pub const fn of<T: JsonSchema + Decode>(key: &'static str, docs: &'static str) -> Self {
        Self { key, docs, entry: |generator| generator.subschema_for::<T>(), expand: T::expand }
    }
}

/// The sections, in the order of the documentation.
const SECTIONS: &[SectionSchema] = &[
    guardrail::section::SCHEMA,
    guardrail::external::SCHEMA,
    guardrail_version::section::SCHEMA,
    resource_policy::section::SCHEMA,
    org_policy::section::SCHEMA,
    account_enforcement::section::SCHEMA,
    iam_policy::section::SCHEMA,
    invocation_logging::section::SCHEMA,
];

/// The section of this key.
pub(super) fn section(key: &str) -> Option<&'static SectionSchema> {
    SECTIONS.iter().find(|section| section.key == key)
}

/// The schema of a spec.
pub fn schema() -> Json {
    of_spec(SECTIONS)
}

/// The schema of a spec with these sections.
pub fn of_spec(sections: &[SectionSchema]) -> Json {
    let mut generator = SchemaSettings::draft07().into_generator();
    let mut root = Top::json_schema(&mut generator);
    let mut more: Vec<(String, Json)> = vec![("vars".to_owned(), vars())];
    let mut titles: Vec<(String, String)> = Vec::new();
    for SectionSchema { key, docs, entry, .. } in sections {
        let entry = entry(&mut generator);
        let definition = entry.get("$ref").and_then(Json::as_str).and_then(|target| target.rsplit('/').next());
        titles.extend(definition.map(|name| (name.to_owned(), format!("entry of {key}"))));
        more.push(((*key).to_owned(), of_section(docs, &entry)));
    }
    if let Some(properties) = root.get_mut("properties").and_then(Json::as_object_mut) {
        properties.extend(more);
    }
    let extensions = json!({ "^x-": { "description": "For anchors; ignored." } });
    root.insert("patternProperties".to_owned(), extensions);
    root.insert("not".to_owned(), json!({ "required": ["account_id", "organization"] }));
    root.insert("title".to_owned(), "bedrail spec, format 1".into());
    for transform in generator.transforms_mut() {
        transform.transform(&mut root);
    }
    root.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    root.insert("definitions".to_owned(), Json::Object(generator.take_definitions(true)));
    let mut root = root.to_value();
    for (definition, title) in titles {
        root["definitions"][definition]["title"] = title.into();
    }
    editor::prepare(&mut root);
    for part in ["properties", "definitions"] {
        for (key, schema) in root[part].as_object_mut().into_iter().flatten() {
            // Variables are put in place everywhere but among themselves.
            if key != "vars" {
                take_variables(schema);
            }
        }
    }
    add_environments(&mut root);
    root
}

/// What differs in an environment: the same as the spec, where every part may be left out, and removed by null.
fn add_environments(root: &mut Json) {
    let mut changed = root.clone();
    rename(&mut changed);
    relax(&mut changed);
    let definitions = changed["definitions"].take();
    for (name, definition) in definitions.as_object().into_iter().flatten() {
        root["definitions"][format!("{name}{CHANGED}")] = definition.clone();
    }
    root["properties"][environment::KEY] = json!({
        "type": "object",
        "description": "What differs in each environment: with `--env NAME` merged over the spec; null removes.",
        "additionalProperties": {
            "type": "object",
            "properties": changed["properties"],
            "additionalProperties": false,
        },
    });
}

/// What the names of definitions end with that are about changes.
const CHANGED: &str = "InEnvironment";

fn rename(schema: &mut Json) {
    match schema {
        Json::Object(parts) => {
            for (keyword, part) in parts.iter_mut() {
                match part {
                    Json::String(target) if keyword == "$ref" => target.push_str(CHANGED),
                    part => rename(part),
                }
            }
        }
        Json::Array(parts) => parts.iter_mut().for_each(rename),
        _ => {}
    }
}

/// Lets a variable stand for a list, a map, true or false. `pattern` says nothing of values that are no text, so the
/// schema keeps one shape, which editors explain better than a choice of two.
fn take_variables(schema: &mut Json) {
    if let Some(kind) = schema.get("type").filter(|kind| ["array", "object", "boolean"].iter().any(|one| *kind == one))
    {
        schema["type"] = json!([kind, "string"]);
        schema["pattern"] = json!(r"^\$\{var\.[^}]+\}$");
    }
    match schema {
        Json::Object(parts) => parts.values_mut().for_each(take_variables),
        Json::Array(parts) => parts.iter_mut().for_each(take_variables),
        _ => {}
    }
}

/// The schema of a file of its own, in which a `${…}` is text as any other. `more` are patterns of keys besides its own.
pub(crate) fn literal<T: JsonSchema>(title: &str, more: Option<Json>) -> Json {
    let mut generator = SchemaSettings::draft07().into_generator();
    let mut root = T::json_schema(&mut generator);
    if let Some(more) = more {
        root.insert("patternProperties".to_owned(), more);
    }
    root.insert("title".to_owned(), title.into());
    for transform in generator.transforms_mut() {
        transform.transform(&mut root);
    }
    root.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    root.insert("definitions".to_owned(), Json::Object(generator.take_definitions(true)));
    let mut root = root.to_value();
    take_no_variables(&mut root);
    root
}

/// The entries of a spec let a `${…}` stand for many a value; elsewhere it is not said.
fn take_no_variables(schema: &mut Json) {
    match schema {
        Json::Object(parts) => parts.values_mut().for_each(take_no_variables),
        Json::Array(parts) => parts.iter_mut().for_each(take_no_variables),
        _ => {}
    }
    let Some(parts) = schema.as_object_mut() else { return };
    if let Some(pattern) = parts.get_mut("pattern")
        && let Some(form) = pattern.as_str().and_then(|form| form.strip_suffix(r"|.*\$\{.*)$"))
    {
        *pattern = format!("{form})$").into();
    }
    let Some(Json::Array(forms)) = parts.get_mut("anyOf") else { return };
    forms.retain(|form| !form["pattern"].as_str().is_some_and(|form| form.contains(r"\$\{")));
    if let [Json::Object(only)] = &mut forms[..] {
        let only = std::mem::take(only);
        parts.remove("anyOf");
        parts.extend(only);
    }
}

fn vars() -> Json {
    json!({
        "type": "object",
        "description": "Variables, for `${var.<name>}`. A scalar that is nothing but one takes its whole value.",
        "patternProperties": { r"^[\p{L}\p{N}_-]+$": {} },
        "additionalProperties": false,
    })
}

fn of_section(docs: &str, entry: &Schema) -> Json {
    let KeyNames::Pattern(keys) = Exact::<EntryKey>::names() else { return json!({}) };
    json!({
        "type": "object",
        "description": docs,
        "patternProperties": { keys: entry },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_takes_a_spec_and_refuses_faults() {
        let schema = of_spec(&[SectionSchema::of::<bool>("guardrails", "Guardrails.")]);
        let validator = jsonschema::draft7::new(&schema).unwrap();
        let spec = json!({
            "format": 1, "stack": "acme", "regions": ["us-east-1"], "x-a": [1], "vars": {"team": "a"},
            "organization": {"management_account": "111122223333"}, "tags": {"owner": "${var.team}"},
            "scan": {"regions": "all", "accounts": "declared"}, "guardrails": {"baseline": true},
        });
        assert!(validator.is_valid(&spec), "{:?}", validator.iter_errors(&spec).next());
        let mut variables = spec.clone();
        for key in ["regions", "guardrails", "scan"] {
            variables[key] = json!("${var.whole}");
        }
        assert!(validator.is_valid(&variables), "{:?}", validator.iter_errors(&variables).next());
        for (pointer, value) in [
            ("format", json!(2)),
            ("stack", json!("-a")),
            ("regions", json!([])),
            ("organization", json!({"management_account": 111_122_223_333_u64})),
            ("organisation", json!({})),
            ("guardrails", json!({"Base": true})),
            ("guardrails", json!({"base": 1})),
            ("regions", json!("us-east-1")),
            ("guardrails", json!("${region}")),
            ("invocation_logging", json!({})),
            ("account_id", json!("111122223333")),
        ] {
            let mut broken = spec.clone();
            broken[pointer] = value;
            assert!(!validator.is_valid(&broken), "{pointer}: {}", broken[pointer]);
        }
    }
}
