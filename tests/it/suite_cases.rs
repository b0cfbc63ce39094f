//! Suites and what is said of them: `tests/cases/suite/good` is read, `bad/<rule>.yaml` has `<rule>.diagnostics`. The JSON
//! Schema agrees on each as far as a schema can. `BEDRAIL_BLESS=1 cargo test --test it suite_cases` writes them anew.

use std::fs;

use bedrail::model::diagnostic::Diagnostics;
use bedrail::spec::sources::Sources;
use bedrail::suite::{Suite, codes, read, schema};

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
    let mut seen = std::collections::BTreeSet::new();
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

#[test]
fn every_expectation_that_is_listed_is_in_the_schema_with_its_words() {
    let schema = fs::read_to_string(source::root().join("docs/test-suites.md")).expect("the page of suites");
    let properties = schema::schema();
    for key in properties["definitions"]["ExpectEntry"]["properties"].as_object().expect("properties").keys() {
        assert!(schema.contains(&format!("| `{key}` |")), "docs/test-suites.md does not explain `{key}`");
    }
}
