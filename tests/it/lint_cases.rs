//! Documents, right and wrong, and what `lint` finds in each.
//!
//! `tests/cases/lint/expected.txt` names each document, those of the corpus among them, with the codes that it must have,
//! written by hand. `findings.txt` holds what is said of them, `specs/` the specs; `BEDRAIL_BLESS=1` writes the words anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use bedrail::lint::{self, Findings, Looked, explain};
use bedrail::model::diagnostic::{Diagnostics, Severity};
use bedrail::spec::lower::check;
use bedrail::spec::sources::Sources;
use bedrail::spec::{Input, read};

use crate::source;

const FOLDER: &str = "tests/cases/lint";

/// Each document with its codes, sorted.
fn expected() -> BTreeMap<String, Vec<String>> {
    let text = source::text(&format!("{FOLDER}/expected.txt"));
    let line = |line: &str| {
        let (file, codes) = line.split_once(": ").expect("a document and its codes");
        let codes = codes.split(' ').filter(|code| *code != "clean").map(str::to_owned).collect();
        (file.to_owned(), codes)
    };
    text.lines().map(line).collect()
}

fn found(file: &str, sources: &mut Sources) -> Looked {
    let id = sources.add(file, source::text(file));
    lint::document(id, sources.text(id), None)
}

fn codes(diagnostics: &Diagnostics) -> Vec<String> {
    let mut codes: Vec<String> = diagnostics.iter().map(|one| one.code.id().to_owned()).collect();
    codes.sort();
    codes
}

fn describe(findings: &Findings, sources: &Sources, out: &mut String) {
    for finding in &findings.diagnostics {
        let span = finding.span.expect("a finding has a place");
        let (place, path) = (sources.position(span), &findings.paths[&span]);
        assert!(!path.is_empty(), "{} has no path", finding.message);
        assert!(matches!(finding.severity, Severity::Warning | Severity::Note));
        let help = finding.help.as_deref().unwrap_or_default();
        writeln!(out, "  {} {}:{} {path}: {}", finding.code, place.line, place.column, finding.message)
            .expect("a string");
        writeln!(out, "    {help}").expect("a string");
        assert!(!help.is_empty(), "{} says not what to do", finding.message);
    }
}

/// Compares with a file, or writes it.
fn compare(file: &str, have: &str) {
    let path = source::root().join(file);
    if source::bless() {
        std::fs::write(path, have).expect("the expectation is written");
        return;
    }
    let want = std::fs::read_to_string(path).unwrap_or_default();
    assert!(want == have, "{file}: run with BEDRAIL_BLESS=1 and read the diff\n{have}");
}

#[test]
fn each_document_has_the_findings_that_it_should() {
    let (mut said, mut failures) = (String::new(), Vec::new());
    for (file, want) in expected() {
        let mut sources = Sources::new();
        let Looked { kinds: _, findings, faults } = found(&file, &mut sources);
        let have = codes(&findings.diagnostics.iter().chain(&faults).cloned().collect());
        if have != want {
            failures.push(format!("{file}: wanted {want:?}, found {have:?}"));
        }
        if !findings.is_empty() {
            writeln!(said, "{file}").expect("a string");
            describe(&findings, &sources, &mut said);
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    compare(&format!("{FOLDER}/findings.txt"), &said);
}

#[test]
fn every_document_is_expected_and_every_code_has_a_case() {
    let expected = expected();
    for file in source::files(FOLDER, ".json") {
        assert!(expected.contains_key(&file), "{file} is not in expected.txt");
    }
    for file in source::files(&format!("{FOLDER}/template"), ".yaml") {
        assert!(expected.contains_key(&file), "{file} is not in expected.txt");
    }
    for folder in ["policies", "guardrails", "invalid"] {
        for file in source::files(&format!("localstack/conformance/corpus/{folder}"), ".json") {
            if file.ends_with("EXPECT.json") {
                continue;
            }
            let mut sources = Sources::new();
            assert!(found(&file, &mut sources).faults.is_empty(), "{file} cannot be looked at");
            assert!(folder != "policies" || expected.contains_key(&file), "{file} is not in expected.txt");
        }
    }
    let mut cased: BTreeSet<String> = expected.into_values().flatten().collect();
    for file in source::files(&format!("{FOLDER}/specs"), ".txt") {
        cased.extend(source::text(&file).split_whitespace().map(str::to_owned));
    }
    for (code, _) in explain::EXPLANATIONS {
        assert!(cased.contains(code.id()), "{code} has no case");
    }
}

#[test]
fn specs_hand_over_their_documents() {
    for file in source::files(&format!("{FOLDER}/specs"), ".yaml") {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add(file.as_str(), source::text(&file));
        let environment = BTreeMap::from([("SECRET".to_owned(), "hunter2".to_owned())]);
        let input = Input { sources: &sources, files: &[id], given: Vec::new(), environment: &environment, env: None };
        let spec = read(input, &mut diagnostics);
        check(&spec, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{file}: {diagnostics:?}");
        let mut said = String::new();
        describe(&lint::spec(&spec), &sources, &mut said);
        assert!(!said.contains("hunter2"), "a secret is shown: {said}");
        compare(&file.replace(".yaml", ".txt"), &said);
    }
}

#[test]
fn the_examples_hold_nothing_but_what_is_told_of_them() {
    // A linter whose own examples are full of findings is not believed.
    for spec in source::files("examples", "bedrail.yaml") {
        let folder = spec.trim_end_matches("bedrail.yaml");
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let files = source::files(folder, ".yaml").into_iter().filter(|file| !file[folder.len()..].contains('/'));
        let ids: Vec<_> = files.map(|file| sources.add(file.as_str(), source::text(&file))).collect();
        let input =
            Input { sources: &sources, files: &ids, given: Vec::new(), environment: &BTreeMap::new(), env: None };
        let spec = read(input, &mut diagnostics);
        let found: BTreeSet<String> =
            lint::spec(&spec).diagnostics.iter().map(|one| one.code.id().to_owned()).collect();
        // A stage of an example is told of in the README of the whole.
        let example = folder.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        let readme = source::text(&format!("{example}/README.md"));
        let words = readme.split(|c: char| !c.is_ascii_alphanumeric());
        let told: BTreeSet<String> = words
            .filter(|word| {
                word.len() == 5 && word.starts_with('L') && word[1..].bytes().all(|byte| byte.is_ascii_digit())
            })
            .map(str::to_owned)
            .collect();
        assert_eq!(found, told, "{folder}");
    }
}
