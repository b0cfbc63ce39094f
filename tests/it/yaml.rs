//! Every example and every YAML block of the documents means the same to us, to `PyYAML` (YAML 1.1) and to the parser of the
//! YAML language server (YAML 1.2), so that nobody's editor or linter reads another spec than bedrail does.

use std::io::Write as _;
use std::process::{Command, Stdio};

use bedrail::model::diagnostic::Diagnostics;
use bedrail::spec::node::{Core, Node, Value as Yaml, Written};
use bedrail::spec::sources::Sources;
use serde_json::{Map, Value};

use crate::{documents, source};

/// The value of a text as we read it, expressions left as they are written.
pub(crate) fn ours(name: &str, text: &str) -> Value {
    let (sources, id) = Sources::one(name, text);
    let mut diagnostics = Diagnostics::default();
    let node = bedrail::spec::yaml::parse(id, sources.text(id), &mut diagnostics);
    json(&node.unwrap_or_else(|| panic!("{name}: {diagnostics:#?}")))
}

fn json(node: &Node) -> Value {
    match &node.value {
        Yaml::Null => Value::Null,
        Yaml::Seq(items) => items.iter().map(json).collect(),
        Yaml::Map(entries) => {
            let entries = entries.iter().map(|entry| (entry.key.value.clone(), json(&entry.value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Yaml::Scalar(scalar) => {
            let text = scalar.text.shown();
            match Core::of(&text) {
                _ if scalar.written == Written::Quoted => Value::String(text),
                Core::Null => Value::Null,
                Core::Bool(value) => Value::Bool(value),
                Core::Int => Value::from(text.parse::<i64>().expect("a whole number in decimal")),
                Core::Float => Value::from(text.parse::<f64>().expect("a number")),
                Core::Text => Value::String(text),
            }
        }
    }
}

/// Every YAML text of the project with a name for it.
fn texts() -> Vec<(String, String)> {
    let examples = source::examples().into_iter().map(|file| {
        let text = source::text(&file);
        (file, text)
    });
    let blocks = documents::all().into_iter().flat_map(|file| {
        let blocks = documents::blocks(&source::text(&file), "yaml");
        blocks.into_iter().map(move |block| (format!("{file}:{}", block.line), block.text))
    });
    examples.chain(blocks).collect()
}

/// What `program` makes of the texts; `None` where it is not installed.
fn theirs(program: &str, script: &str, texts: &[(String, String)]) -> Option<Vec<Value>> {
    let script = source::root().join("tests/yaml").join(script);
    let mut command = Command::new(program);
    command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let texts: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
    let run = command.spawn().and_then(|mut child| {
        child.stdin.take().expect("a pipe").write_all(Value::from(texts).to_string().as_bytes())?;
        child.wait_with_output()
    });
    let why = match run {
        Ok(output) if output.status.success() => {
            return Some(serde_json::from_slice(&output.stdout).expect("a JSON list"));
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(fault) => fault.to_string(),
    };
    let absent = ["No module named 'yaml'", "ERR_MODULE_NOT_FOUND", "No such file or directory", "os error"];
    assert!(absent.iter().any(|sign| why.contains(sign)), "{program} refuses a YAML text of the project:\n{why}");
    assert!(std::env::var_os("CI").is_none(), "{program} is not ready for this test; run tests/yaml/install:\n{why}");
    // Not through `eprintln!`, which the test harness would keep to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {program} is not ready to read YAML; run tests/yaml/install");
    None
}

/// The escape of a literal `${` is of the spec, not of YAML.
fn unescaped(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("$${", "${")),
        Value::Array(items) => items.into_iter().map(unescaped).collect(),
        Value::Object(entries) => {
            Value::Object(entries.into_iter().map(|(key, value)| (key, unescaped(value))).collect())
        }
        other => other,
    }
}

fn agrees_with(program: &str, script: &str) {
    let texts = texts();
    let Some(theirs) = theirs(program, script, &texts) else { return };
    assert_eq!(theirs.len(), texts.len());
    for ((name, text), theirs) in texts.iter().zip(theirs) {
        assert_eq!(ours(name, text), unescaped(theirs), "{name}: left is ours, right is what {program} reads");
    }
}

#[test]
fn pyyaml_reads_what_we_read() {
    agrees_with("python3", "parse.py");
}

#[test]
fn the_yaml_language_server_reads_what_we_read() {
    agrees_with("node", "parse.mjs");
}
