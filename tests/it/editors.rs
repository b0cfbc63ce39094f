//! The schema as editors use it: yaml-language-server, run as an editor runs it, completes, explains and judges.

use std::io::Write as _;
use std::process::{Command, Stdio};

use bedrail::spec::schema;
use serde_json::{Value, json};

use crate::source;

/// Where the cursor stands.
const CURSOR: char = '‸';

/// What the language server says of texts, in their order; none, said loudly, where it is not installed. [`CURSOR`] in a text is
/// where the cursor stands, and no part of it.
fn asked(texts: &[(String, String)]) -> Option<Vec<Value>> {
    if !source::root().join("tests/editors/node_modules/yaml-language-server").exists() {
        assert!(std::env::var_os("CI").is_none(), "yaml-language-server is missing: tests/editors/install");
        let _ = writeln!(std::io::stderr(), "SKIPPED: no editor was asked: run tests/editors/install");
        return None;
    }
    let questions = texts.iter().map(|(file, text)| {
        let Some((before, _)) = text.split_once(CURSOR) else { return json!({"file": file, "text": text}) };
        let line = before.matches('\n').count();
        let place = json!({"line": line, "character": before.len() - before.rfind('\n').map_or(0, |at| at + 1)});
        json!({"file": file, "text": text.replacen(CURSOR, "", 1), "complete": place, "hover": place})
    });
    let questions = Value::Array(questions.collect()).to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bedrail.schema.json");
    std::fs::write(&file, schema::schema().to_string()).expect("a file");
    let mut child = Command::new("node")
        .arg(source::root().join("tests/editors/session.mjs"))
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    child.stdin.take().expect("a pipe").write_all(questions.as_bytes()).expect("node reads");
    let output = child.wait_with_output().expect("node ends");
    Some(serde_json::from_slice(&output.stdout).expect("answers"))
}

fn one(text: &str) -> Option<Value> {
    let text = format!("format: 1\nstack: acme\nregions: [us-east-1]\n{text}");
    asked(&[("bedrail.yaml".to_owned(), text)]).map(|mut answers| answers.remove(0))
}

/// The faults that are told, with their lines; hints are none.
fn faults(answer: &Value) -> Vec<(u64, String)> {
    let told = answer["diagnostics"].as_array().expect("diagnostics").iter().filter(|one| one["severity"] == 1);
    told.map(|one| (one["line"].as_u64().expect("a line"), one["message"].as_str().expect("words").to_owned()))
        .collect()
}

fn completion<'a>(answer: &'a Value, label: &str) -> &'a Value {
    let all = answer["completions"].as_array().expect("completions");
    all.iter().find(|one| one["label"] == label).unwrap_or_else(|| panic!("no `{label}` among {all:#?}"))
}

#[test]
fn every_file_of_the_examples_is_without_fault() {
    let files = source::examples().into_iter().filter(|file| !file.ends_with(".test.yaml"));
    let texts: Vec<(String, String)> = files
        .map(|file| {
            let text = source::text(&file);
            (file.replace('/', "-"), text)
        })
        .collect();
    assert!(texts.iter().any(|(file, _)| file == "examples-full-surface-guardrails.yaml"), "a part of a folder");
    let Some(answers) = asked(&texts) else { return };
    let found: Vec<String> = texts
        .iter()
        .zip(&answers)
        .flat_map(|((file, _), answer)| {
            faults(answer).into_iter().map(move |(line, words)| format!("{file}:{line} {words}"))
        })
        .collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_fault_in_the_full_surface_is_told_where_it_stands() {
    let text = source::text("examples/full-surface/guardrails.yaml");
    let filter = text.find("HIGH").expect("a strength");
    let broken = format!("{}HIHG{}", &text[..filter], &text[filter + 4..]);
    let line = text[..filter].matches('\n').count() as u64;
    let Some(answers) = asked(&[("guardrails.yaml".to_owned(), broken)]) else { return };
    let told = faults(&answers[0]);
    assert!(told.iter().any(|(at, words)| *at == line && words.contains("\"HIGH\"")), "{told:?}");
}

#[test]
fn keys_are_completed_with_what_they_are_for() {
    let Some(answer) = one("guardrails:\n  baseline:\n    ‸\n") else { return };
    let policy = completion(&answer, "content_policy");
    assert_eq!(policy["documentation"], "Harmful content by category.");
    assert!(policy["insert"].as_str().is_some_and(|text| text.starts_with("content_policy:")), "{policy}");
    let mode = completion(&answer, "mode");
    assert!(mode["insert"].as_str().is_some_and(|text| text.starts_with("mode:")), "{mode}");
    let Some(answer) = one("‸") else { return };
    completion(&answer, "account_enforcement");
    completion(&answer, "environments");
}

#[test]
fn values_are_completed_and_explained() {
    let start = "guardrails:\n  baseline:\n    content_policy:\n      ";
    let Some(answer) = one(&format!("{start}filters:\n        HATE: ‸\n")) else { return };
    for strength in ["NONE", "LOW", "MEDIUM", "HIGH"] {
        completion(&answer, strength);
    }
    let Some(answer) = one(&format!("{start}ti‸er: STANDARD\n")) else { return };
    assert!(answer["hover"].as_str().is_some_and(|words| words.contains("CLASSIC (default), or STANDARD")), "{answer}");
    let Some(answer) = one("guardrails:\n  baseline:\n    naem: x\n    conten‸t_policy: 3\n") else { return };
    let told = faults(&answer);
    assert!(told.iter().any(|(line, words)| *line == 5 && words.contains("naem")), "{told:?}");
    assert!(told.iter().any(|(line, _)| *line == 6), "{told:?}");
}

#[test]
fn a_part_of_a_folder_lacks_nothing_and_a_spec_lacks_its_regions() {
    let texts =
        ["guardrails: {}\n", "format: 1\nstack: acme\n"].map(|text| ("bedrail.yaml".to_owned(), text.to_owned()));
    let Some(answers) = asked(&texts) else { return };
    assert_eq!(faults(&answers[0]), []);
    let told = faults(&answers[1]);
    assert!(told.iter().any(|(_, words)| words.contains("regions")), "{told:?}");
}

#[test]
fn every_default_is_a_value_that_may_be_written() {
    let root = schema::schema();
    let mut found = Vec::new();
    defaults(&root, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for (mut schema, default) in found {
        schema["definitions"] = root["definitions"].clone();
        let validator = jsonschema::draft7::new(&schema).expect("a schema");
        let faults: Vec<String> = validator.iter_errors(&default).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{default} by default: {}, {faults:?}", schema["description"]);
    }
}

/// Each part of a schema that has a default, with it.
fn defaults(schema: &Value, found: &mut Vec<(Value, Value)>) {
    match schema {
        Value::Object(keywords) => {
            if let (Some(default), Some(Value::String(_))) = (keywords.get("default"), keywords.get("description")) {
                found.push((schema.clone(), default.clone()));
            }
            keywords.values().for_each(|value| defaults(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| defaults(item, found)),
        _ => {}
    }
}
