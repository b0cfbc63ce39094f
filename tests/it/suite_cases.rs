//! Suites and what is said of them: `tests/cases/suite/good` is read, `bad/<rule>.yaml` has `<rule>.diagnostics`. The JSON
//! Schema agrees on each as far as a schema can. Those in `against` are held against `against.spec.yaml` as well. `BEDRAIL_BLESS=1 cargo test --test it suite_cases` writes them anew.

use std::collections::BTreeSet;
use std::fs;

use bedrail::model::diagnostic::Diagnostics;
use bedrail::spec::lower::check;
use bedrail::spec::sources::Sources;
use bedrail::suite::{Outline, Suite, codes, read, schema};

use crate::{source, spec_cases};

fn parse(file: &str, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Suite> {
    let id = sources.add("case.test.yaml", source::text(file));
    read(id, sources.text(id), diagnostics)
}

/// Whether no schema of JSON can tell: what YAML itself forbids, what compares two places, and what a path means.
fn is_beyond_a_schema(code: &str) -> bool {
    code.starts_with("E01") || matches!(code, "E0004" | "E0213") || codes::CODES.iter().any(|known| known.id() == code)
}

#[test]
fn sound_suites_are_read_and_pass_the_schema() {
    let validator = jsonschema::draft7::new(&schema::schema()).expect("a schema");
    let mut count = 0;
    for file in source::files("tests/cases/suite/good", ".yaml") {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let suite = parse(&file, &mut sources, &mut diagnostics);
        assert!(suite.is_some() && diagnostics.is_empty(), "{file}:\n{}", spec_cases::render(diagnostics, &sources));
        let instance: serde_json::Value = serde_saphyr::from_str(&source::text(&file)).expect("YAML");
        let faults: Vec<String> =
            validator.iter_errors(&instance).map(|e| format!("{} {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{file} against the schema: {faults:#?}");
        count += 1;
    }
    assert!(count >= 2);
}

#[test]
fn each_fault_is_found_where_it_stands_and_by_the_schema_if_it_can() {
    let validator = jsonschema::draft7::new(&schema::schema()).expect("a schema");
    let mut failures = Vec::new();
    let mut seen = codes_against(&mut failures);
    for file in source::files("tests/cases/suite/bad", ".yaml") {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let suite = parse(&file, &mut sources, &mut diagnostics);
        assert!(suite.is_none() && diagnostics.has_errors(), "{file} has no fault");
        let found: Vec<&str> = diagnostics.iter().map(|fault| fault.code.id()).collect();
        seen.extend(found.iter().copied());
        let beyond = found.iter().all(|code| is_beyond_a_schema(code));
        if let Ok(instance) = serde_saphyr::from_str::<serde_json::Value>(&source::text(&file))
            && !instance.is_null()
            && validator.is_valid(&instance) != beyond
        {
            failures
                .push(format!("{file}: the schema says {}, and the reader {found:?}", validator.is_valid(&instance)));
        }
        let case = source::root().join(&file);
        spec_cases::compare(&case, "diagnostics", &spec_cases::render(diagnostics, &sources), &mut failures);
    }
    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
    // Those of images are told where the files are opened.
    let opened = [codes::IMAGE_FORMAT, codes::IMAGE_SIZE];
    for code in codes::CODES.iter().filter(|code| !opened.contains(code)) {
        assert!(seen.contains(code.id()), "{code} has no case");
    }
}

/// What is said of a suite beside a spec whose text is this.
fn against(suite: &str, spec: &str, sources: &mut Sources) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let spec = spec_cases::parse(spec, sources, &mut diagnostics);
    check(&spec, &mut diagnostics);
    let id = sources.add("case.test.yaml", suite);
    read(id, sources.text(id), &mut diagnostics);
    Outline::of(id, sources.text(id)).check_against(&spec, &mut diagnostics);
    diagnostics
}

const SPEC: &str = "tests/cases/suite/against.spec.yaml";

/// Compares what is said of each suite beside the spec. Returns the codes.
fn codes_against(failures: &mut Vec<String>) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    for file in source::files("tests/cases/suite/against", ".yaml") {
        let mut sources = Sources::new();
        let found = against(&source::text(&file), &source::text(SPEC), &mut sources);
        seen.extend(found.iter().map(|fault| fault.code.id()));
        let said = spec_cases::render(found, &sources);
        assert!(!said.contains("hunter2"), "{file} tells what came from the environment: {said}");
        spec_cases::compare(&source::root().join(&file), "diagnostics", &said, failures);
    }
    seen
}

/// Faults of the spec and of the suite are told in one run, whichever came first.
#[test]
fn faults_of_the_one_hide_none_of_the_other() {
    let suite = source::text("tests/cases/suite/against/unknown_names.yaml");
    let sound = source::text(SPEC);
    let faults_of = |spec: &str| {
        let mut sources = Sources::new();
        let found = against(&suite, spec, &mut sources);
        let (own, of_spec): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|fault| fault.code == codes::UNCONFIGURED || fault.code == codes::ALWAYS);
        (own.len(), of_spec.iter().map(|fault| fault.code.id()).collect::<Vec<_>>())
    };
    assert_eq!(faults_of(&sound), (5, vec![]));
    for (from, to) in [
        ("stack: acme\n", "stack: Acme!\n"),
        ("stack: acme\n", ""),
        ("format: 1", "format: 2"),
        ("stack: acme\n", "stack: acme\nnonsense: 1\n"),
        ("mode: DETECT", "mode: detect"),
        ("first: {guardrail: baseline}", "first: {guardrail: basline}"),
    ] {
        let (own, of_spec) = faults_of(&sound.replacen(from, to, 1));
        assert_eq!(own, 5, "{to}: {of_spec:?}");
        assert!(!of_spec.is_empty(), "{to} is a fault of the spec");
    }
}

#[test]
fn every_expectation_that_is_listed_is_in_the_schema_with_its_words() {
    let schema = fs::read_to_string(source::root().join("docs/test-suites.md")).expect("the page of suites");
    let properties = schema::schema();
    for key in properties["definitions"]["ExpectEntry"]["properties"].as_object().expect("properties").keys() {
        assert!(schema.contains(&format!("| `{key}` |")), "docs/test-suites.md does not explain `{key}`");
    }
}
