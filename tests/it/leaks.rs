//! No diagnostic repeats what came from the environment: each scalar of the examples is taken from it in turn, with values
//! that are wrong there in many ways, and nothing that is said of the spec may hold a piece of the value.

use std::collections::{BTreeMap, BTreeSet};

use bedrail::model::diagnostic::Diagnostics;
use bedrail::model::span::Span;
use bedrail::report::diagnostics::{Form, Paint, render};
use bedrail::spec::lower::{check, lower};
use bedrail::spec::node::{Node, Value};
use bedrail::spec::sources::Sources;
use bedrail::spec::{Input, read, yaml};

use crate::fuzz::targets::facts;
use crate::source;

/// What the environment holds: text that has no form, numbers, digits like those of an account, ids, and what a message may
/// be tempted to quote in part.
const VALUES: [&str; 8] = [
    "qzxjvk",
    "QZXJ-VKQZ/XJ",
    "918273645546",
    "91827364",
    "-91827.364",
    "o-qzxjvk qzxjvk",
    "ou:Qzxjvk//Qzxjvk",
    "arn:aws:qzxjvk:us-east-1:918273645546:guardrail/qzxjvk[(*",
];

/// Letters that stand in a row in no other text.
fn pieces(value: &str) -> BTreeSet<String> {
    let lower = value.to_lowercase();
    let known = ["qzxj", "zxjv", "xjvk", "9182", "1827", "8273", "2736", "7364", "6455", "5546"];
    known.into_iter().filter(|piece| lower.contains(piece)).map(str::to_owned).collect()
}

fn scalars(node: &Node, found: &mut Vec<Span>) {
    match &node.value {
        Value::Null => {}
        Value::Scalar(_) => found.push(node.span),
        Value::Seq(items) => items.iter().for_each(|item| scalars(item, found)),
        Value::Map(entries) => entries.iter().for_each(|entry| scalars(&entry.value, found)),
    }
}

/// Checks these texts in every form; how many faults there were.
fn checked(texts: &[(String, String)], value: &str, what: &str) -> usize {
    let (mut sources, mut found) = (Sources::new(), Diagnostics::new());
    let files: Vec<_> = texts.iter().map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
    let environment = BTreeMap::from([("MARKER".to_owned(), value.to_owned())]);
    let input = Input { sources: &sources, files: &files, given: Vec::new(), environment: &environment, env: None };
    let spec = read(input, &mut found);
    check(&spec, &mut found);
    let faults = found.errors();
    lower(&spec, &facts(), &mut found);
    let found = found.sorted();
    for form in [Form::Text(Paint::Plain), Form::Json, Form::Github, Form::Sarif] {
        let said = render(&found, &sources, form, 100).to_lowercase();
        for piece in pieces(value) {
            assert!(!said.contains(&piece), "{what}: `{value}` is said as {form:?}:\n{said}");
        }
    }
    faults
}

#[test]
fn no_diagnostic_repeats_what_came_from_the_environment() {
    let (mut runs, mut faults) = (0, 0);
    for example in ["examples/full-surface", "examples/organization"] {
        let files = source::files(example, ".yaml");
        let texts: Vec<(String, String)> = files.into_iter().map(|file| (file.clone(), source::text(&file))).collect();
        for (at, (file, text)) in texts.iter().enumerate() {
            let mut places = Vec::new();
            let id = Sources::one(file.as_str(), text.as_str()).1;
            let node = yaml::parse(id, text, &mut Diagnostics::new()).expect("sound YAML");
            scalars(&node, &mut places);
            for (turn, place) in places.into_iter().enumerate() {
                let (start, end) = (place.start as usize, place.end as usize);
                let changed = format!("{}\"${{env.MARKER}}\"{}", &text[..start], &text[end..]);
                let mut texts = texts.clone();
                texts[at].1 = changed;
                // Some of the values at each place, so that every value is met at every third.
                for value in VALUES.iter().skip(turn % 3).step_by(3) {
                    let what = format!("{file}, {}", &text[start..end]);
                    faults += usize::from(checked(&texts, value, &what) > 0);
                    runs += 1;
                }
            }
        }
    }
    println!("{runs} specs, {faults} of them at fault");
    assert!(runs > 500 && faults * 3 > runs, "{runs} specs, {faults} of them at fault");
}
