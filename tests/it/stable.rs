//! The JSON that pipelines read keeps its promise: what a release once printed, later ones print too.
//!
//! `tests/cases/json` holds, for each kind of output and format version, the schema at its first release and what was printed
//! then. A change may add members and words, and nothing else, or it takes a new `format_version` and new files.
//! `BEDRAIL_BLESS=1` writes files that are not there yet, and none that are.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::cli::Desk;
use crate::source;

const FOLDER: &str = "tests/cases/json";

/// What a reader of the first schema relies on, and the second does not keep.
fn broken(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, seen: BTreeSet::new(), faults: Vec::new() };
    comparison.compare("$", old, new);
    comparison.faults
}

struct Comparison<'s> {
    old: &'s Value,
    new: &'s Value,
    /// Objects hold themselves, so each pair is compared once.
    seen: BTreeSet<(String, String)>,
    faults: Vec<String>,
}

impl<'s> Comparison<'s> {
    fn compare(&mut self, path: &str, old: &'s Value, new: &'s Value) {
        let (old, new) = (resolved(self.old, old), resolved(self.new, new));
        if !self.seen.insert((old.to_string(), new.to_string())) {
            return;
        }
        let (was, is) = (alternatives(self.old, old), alternatives(self.new, new));
        if was.len() > 1 || is.len() > 1 {
            for one in was.iter().filter(|one| one.get("const").is_none()) {
                let kept = is.iter().any(|other| self.fits(one, other));
                if !kept {
                    self.faults.push(format!("{path} was {one} and is {new}"));
                }
            }
            for word in was.iter().filter_map(|one| one.get("const")) {
                if !is.iter().any(|other| other.get("const") == Some(word)) {
                    self.faults.push(format!("{path} never is {word} any more"));
                }
            }
            if was.iter().all(|one| one["type"] != "null") && is.iter().any(|one| one["type"] == "null") {
                self.faults.push(format!("{path} may be null"));
            }
            return;
        }
        let (was, is) = (types(old), types(new));
        if !is.is_subset(&was) && !was.is_empty() {
            self.faults.push(format!("{path} was {was:?} and is {is:?}"));
        }
        let required = |schema: &Value, name: &str| {
            schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name))
        };
        for (name, schema) in old["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{name}");
            match new["properties"].get(name) {
                None => self.faults.push(format!("{path} is gone")),
                Some(_) if required(old, name) && !required(new, name) => {
                    self.faults.push(format!("{path} may be absent"));
                }
                Some(other) => self.compare(&path, schema, other),
            }
        }
        if let (Some(items), Some(others)) = (old.get("items"), new.get("items")) {
            self.compare(&format!("{path}[]"), items, others);
        }
    }

    /// Whether one alternative keeps what the other promised.
    fn fits(&self, old: &'s Value, new: &'s Value) -> bool {
        let mut apart = Comparison { old: self.old, new: self.new, seen: BTreeSet::new(), faults: Vec::new() };
        apart.compare("", old, new);
        apart.faults.is_empty()
    }
}

fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let inner = schema["allOf"].as_array().and_then(|all| all.first()).unwrap_or(schema);
    let target = inner["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(inner)
}

fn alternatives<'s>(root: &'s Value, schema: &'s Value) -> Vec<&'s Value> {
    let choice = ["anyOf", "oneOf"].into_iter().find_map(|keyword| schema[keyword].as_array());
    choice.map_or_else(|| vec![schema], |all| all.iter().map(|one| resolved(root, one)).collect())
}

fn types(schema: &Value) -> BTreeSet<&str> {
    match &schema["type"] {
        Value::String(one) => BTreeSet::from([one.as_str()]),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn what_json_has_promised_it_keeps() {
    let desk = Desk::new(&source::text("examples/quickstart/bedrail.yaml"));
    for what in ["plan", "drift", "explain", "coverage"] {
        let schema: Value = serde_json::from_str(&desk.run(&["schema", what]).stdout).expect("JSON");
        let more: &[&str] = if what == "explain" { &["--account", "management", "--region", "us-east-1"] } else { &[] };
        let printed: Value =
            serde_json::from_str(&desk.run(&[&[what, "--sandbox", "--format", "json"], more].concat()).stdout)
                .expect("JSON");
        let version = printed["format_version"].as_str().expect("every output says its format");
        let (promise, example) =
            (format!("{FOLDER}/{what}-{version}.schema.json"), format!("{FOLDER}/{what}-{version}.json"));
        for (file, value) in [(&promise, &schema), (&example, &printed)] {
            if source::bless() && !source::root().join(file).exists() {
                let text = serde_json::to_string_pretty(value).expect("JSON") + "\n";
                fs::write(source::root().join(file), text).expect("the file is written");
            }
        }
        let promised: Value = serde_json::from_str(&source::text(&promise)).expect("JSON");
        let broken = broken(&promised, &schema);
        assert!(broken.is_empty(), "{what}: {broken:#?}\nIf that is meant, it is another format version");
        let once: Value = serde_json::from_str(&source::text(&example)).expect("JSON");
        jsonschema::validate(&schema, &once).unwrap_or_else(|error| panic!("{example} is refused now: {error}"));
    }
}

#[test]
fn a_broken_promise_is_seen() {
    use serde_json::json;
    let old = json!({
        "type": "object", "required": ["id", "why"],
        "properties": {
            "id": {"type": "integer"}, "why": {"$ref": "#/definitions/Why"}, "note": {"type": ["string", "null"]},
            "all": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
        },
        "definitions": {"Why": {"oneOf": [{"const": "x", "type": "string"}, {"const": "y", "type": "string"}]}},
    });
    assert_eq!(broken(&old, &old), [""; 0]);
    for (pointer, value, said) in [
        ("/properties/id/type", json!("string"), "$.id was"),
        ("/properties/id/type", json!(["integer", "null"]), "$.id was"),
        ("/required", json!(["id"]), "$.why may be absent"),
        ("/properties/all/items/properties", json!({}), "$.all[].a is gone"),
        ("/definitions/Why/oneOf", json!([{"const": "x", "type": "string"}]), "$.why"),
    ] {
        let mut new = old.clone();
        *new.pointer_mut(pointer).expect("it is there") = value;
        let broken = broken(&old, &new);
        assert!(broken.len() == 1 && broken[0].starts_with(said), "{pointer}: {broken:?}");
    }
    // More is no harm.
    let mut new = old.clone();
    new["properties"]["more"] = json!({"type": "string"});
    let words = new["definitions"]["Why"]["oneOf"].as_array_mut().expect("a list");
    words.push(json!({"const": "z", "type": "string"}));
    new["properties"]["note"] = json!({"type": "string"});
    assert_eq!(broken(&old, &new), [""; 0]);
}
