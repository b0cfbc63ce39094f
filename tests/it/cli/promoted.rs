//! `apply --require-tests` where a version comes into force that exists already, and where a candidate cannot be removed.

use serde_json::{Value, json};

use super::served::Serving;
use super::{Desk, Ran, SPEC};

const SUITE: &str =
    "guardrail: baseline\ncases:\n  - {name: second, text: What of second?, expect: {words: {second: BLOCKED}}}\n";

/// The spec with one word more and a version of that, of which `enforced` is enforced.
fn two_versions(enforced: &str) -> String {
    SPEC.replace("words: [internal-codename]", "words: [internal-codename, second]")
        .replace("  first: {guardrail: baseline}", "  first: {guardrail: baseline}\n  second: {guardrail: baseline}")
        .replace("version: first", &format!("version: {enforced}"))
}

fn apply(desk: &Desk, more: &[&str]) -> Ran {
    desk.run(&[&["apply", "--sandbox", "--yes", "-q", "--require-tests", "baseline.test.yaml"], more].concat())
}

#[test]
fn a_version_that_comes_into_force_is_tested_itself() {
    let desk = Desk::new(SPEC);
    desk.write("baseline.test.yaml", SUITE);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    desk.write("bedrail.yaml", &two_versions("second"));
    let forth = apply(&desk, &[]);
    assert!(forth.code == 0 && !forth.stdout.contains("itself"), "what is published holds what was tested: {forth:?}");

    // The draft passes, and what would be enforced does not.
    desk.write("bedrail.yaml", &two_versions("first"));
    let back = apply(&desk, &["--allow", "weakens"]);
    assert_eq!(back.code, 6, "{back:?}");
    assert!(back.stdout.contains("/first: version 1 itself, which the plan puts in force"), "{back:?}");
    assert!(back.stderr.contains("`second` in us-east-1, version 1: missed"), "{back:?}");
    let json = apply(&desk, &["--allow", "weakens", "--format", "json"]);
    let lines: Vec<Value> = json.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines[0]["versions"], json!({"guardrail-version/111122223333/us-east-1/first": "1"}));
    assert_eq!(lines[0]["report"]["suites"][0]["cases"][0]["places"][1]["version"], "1");
    assert_eq!((lines.len(), &lines[1]["event"]), (2, &json!("summary")), "the last line, whatever comes of it");

    // A target that names the pointer alone asks that version, and no suite is needed for what is not put to it.
    let target = apply(&desk, &["--allow", "weakens", "--target", "account-enforcement/*"]);
    assert!(target.code == 6 && target.stderr.contains("version 1"), "{target:?}");
    let other = "  other:\n    blocked_input_messaging: a\n    blocked_outputs_messaging: b\n    word_policy: {words: [x]}\nversions:";
    desk.write("bedrail.yaml", &two_versions("first").replace("versions:", other));
    desk.write(
        "baseline.test.yaml",
        "guardrail: other\ncases:\n  - {name: x, text: an x, expect: {words: {x: BLOCKED}}}\n",
    );
    let untested = apply(&desk, &["--allow", "weakens"]);
    assert!(
        untested.code == 0 && untested.stdout.contains("/first is put in force, and none of these"),
        "{untested:?}"
    );
}

#[test]
fn a_candidate_that_is_left_is_told_in_every_form() {
    let desk = Desk::new(SPEC);
    desk.write("baseline.test.yaml", SUITE);
    let serving = Serving::start(&desk);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    desk.write("bedrail.yaml", &two_versions("second"));
    serving.set(&json!({"refuse": [{"operation": "DeleteGuardrail"}]}));
    desk.write("baseline.test.yaml", &SUITE.replace("BLOCKED", "NONE"));
    let failed = apply(&desk, &[]);
    assert_eq!(failed.code, 6, "{failed:?}");
    assert!(failed.stderr.contains("nothing was changed but for a candidate that is left"), "{failed:?}");
    assert!(failed.stderr.contains("/bedrail-candidate-"), "{failed:?}");

    desk.write("baseline.test.yaml", SUITE);
    let done = apply(&desk, &[]);
    assert!(done.code == 5 && done.stdout.contains("Left: the candidate guardrail/"), "{done:?}");
    let idle = apply(&desk, &["--format", "json"]);
    assert_eq!(idle.code, 5, "{idle:?}");
    let summary: Value = serde_json::from_str(idle.stdout.lines().last().expect("a line")).expect("JSON");
    assert_eq!(summary["left"].as_array().map(Vec::len), Some(2), "{summary}");
    assert!(summary["left"][0]["why"].as_str().is_some_and(|why| why.contains("AccessDenied")), "{summary}");

    serving.set(&json!({"refuse": []}));
    let swept = apply(&desk, &[]);
    assert!(swept.code == 0 && !swept.stdout.contains("Left"), "{swept:?}");
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn no_name_of_a_case_is_a_command_to_a_ci_log() {
    let desk = Desk::new(SPEC);
    let name = "##vso[task.complete result=Succeeded;]";
    desk.write(
        "baseline.test.yaml",
        &SUITE
            .replace("name: second", &format!("name: '{name}'"))
            .replace("{words: {second: BLOCKED}}", "{action: GUARDRAIL_INTERVENED}"),
    );
    for form in ["text", "json"] {
        let ran = apply(&desk, &["--format", form]);
        assert_eq!(ran.code, 6, "{ran:?}");
        assert!(!ran.stdout.contains("##") && !ran.stderr.contains("##"), "{ran:?}");
    }
}

#[test]
fn junit_tells_that_the_draft_is_not_what_the_spec_says() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    desk.write("baseline.test.yaml", SUITE);
    desk.write("bedrail.yaml", &two_versions("second"));
    let ran = desk.run(&["test", "--sandbox", "-q", "--format", "junit", "baseline.test.yaml"]);
    assert!(ran.stdout.contains("the draft that AWS has is not what the spec says"), "{ran:?}");
}
