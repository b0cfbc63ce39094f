//! What pipelines rely on: exit codes, where things are written, and bytes that stay the same.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::Value;

use super::{Desk, SPEC};

fn code(desk: &Desk, arguments: &[&str]) -> i32 {
    let ran = desk.run(arguments);
    assert!(ran.code == 0 || !ran.stderr.is_empty(), "a failure says why: {ran:?}");
    ran.code
}

#[test]
fn wrong_usage_is_64() {
    let desk = Desk::new(SPEC);
    for arguments in [
        vec![],
        vec!["nonsense"],
        vec!["plan", "--nonsense"],
        vec!["plan", "--parallelism", "0"],
        vec!["plan", "--format", "sarif"],
        vec!["plan", "--scan", "every"],
        vec!["plan", "--allow", "weaker"],
        vec!["drift", "--format", "github"],
        vec!["plan", "--sandbox", "--target", "guardrail/*/nothing"],
    ] {
        assert_eq!(code(&desk, &arguments), 64, "{arguments:?}");
    }
    assert_eq!(desk.run(&["--version"]).code, 0);
}

#[test]
fn a_spec_at_fault_is_1_and_asks_nobody() {
    let desk = Desk::new("format: 1\nstack: acme\nregions: [us-east-1]\nguardrails: {x: {nmae: y}}\n");
    for command in ["validate", "plan", "apply", "drift", "show"] {
        // Nothing listens there: a call would be another error.
        let ran = desk.run(&[command, "--endpoint-url", "http://127.0.0.1:9"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains("nmae"), "{ran:?}");
    }
    assert_eq!(code(&desk, &["plan", "-f", "missing.yaml"]), 1);
    let json = desk.run(&["validate", "--format", "json"]);
    assert!(serde_json::from_str::<Value>(&json.stdout).is_ok() && json.stderr.is_empty(), "{json:?}");
}

#[test]
fn apply_asks_and_without_a_terminal_refuses() {
    let desk = Desk::new(SPEC);
    let ran = desk.run(&["apply", "--sandbox"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stdout.starts_with("Plan: ") && ran.stderr.contains("--yes"), "{ran:?}");
    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode"]).code, 2, "nothing was changed");
}

#[test]
fn a_saved_plan_is_carried_out_unless_something_moved() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["plan", "--sandbox", "--out", "plan.json"]).code, 0);
    let saved: Value = serde_json::from_str(&desk.read("plan.json")).expect("JSON");
    assert_eq!(saved["format_version"], "1");
    assert!(!desk.read("plan.json").contains("internal-codename"), "guarded text is not saved");

    desk.write("bedrail.yaml", &SPEC.replace("HATE: HIGH", "HATE: LOW"));
    let stale = desk.run(&["apply", "--sandbox", "plan.json"]);
    assert_eq!(stale.code, 4, "{stale:?}");
    assert!(stale.stderr.contains("guardrail/111122223333/us-east-1/baseline is wanted otherwise"), "{stale:?}");

    desk.write("bedrail.yaml", SPEC);
    let applied = desk.run(&["apply", "--sandbox", "plan.json"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert_eq!(code(&desk, &["apply", "--sandbox", "bedrail.yaml"]), 1, "not a plan");
}

#[test]
fn too_many_deletes_need_a_number() {
    let many: String = (0..3).fold(SPEC.to_owned(), |spec, number| {
        let guardrail = format!(
            "  extra-{number}:\n    blocked_input_messaging: no\n    blocked_outputs_messaging: no\n    \
             word_policy: {{words: [w]}}\n"
        );
        spec.replace("versions:\n", &format!("{guardrail}versions:\n"))
    });
    let desk = Desk::new(&many);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    desk.write("bedrail.yaml", SPEC);
    let allowed = ["apply", "--sandbox", "--yes", "-q", "--allow", "deletes:guardrail/*/extra-*"];
    let refused = desk.run(&[&allowed[..], &["--max-deletes", "2"]].concat());
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("--max-deletes 3"), "{refused:?}");
    assert_eq!(desk.run(&["plan", "--sandbox", "--fail-on", "deletes"]).code, 3);
    assert_eq!(desk.run(&allowed).code, 0);
}

#[test]
fn json_lines_tell_every_event_with_its_requests() {
    let desk = Desk::new(SPEC);
    let ran = desk.run(&["apply", "--sandbox", "--yes", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).collect::<Vec<_>>();
    assert_eq!((of("started").len(), of("done").len()), (3, 3), "{}", ran.stdout);
    for done in of("done") {
        assert!(done["calls"].as_array().is_some_and(|calls| !calls.is_empty()), "{done}");
        assert!(done["calls"][0]["request_id"].is_string() && done["calls"][0]["service"].is_string(), "{done}");
    }
    assert_eq!(lines.last().map(|last| (&last["event"], &last["done"])), Some((&"summary".into(), &3.into())));
}

#[test]
fn equal_input_gives_equal_bytes() {
    let desk = Desk::new(SPEC);
    let (guardrails, rest) = SPEC.split_once("versions:").expect("two halves");
    let (head, guardrails) = guardrails.split_once("guardrails:").expect("two halves");
    desk.write("shuffled.yaml", &format!("versions:{rest}{head}guardrails:{guardrails}"));
    for form in ["text", "json", "markdown"] {
        let plan = |spec: &str| desk.run(&["plan", "--sandbox", "-f", spec, "--format", form]).stdout;
        assert_eq!(plan("bedrail.yaml"), plan("shuffled.yaml"));
    }
}

#[test]
fn results_go_to_the_file_and_a_closed_pipe_is_no_failure() {
    let desk = Desk::new(SPEC);
    let ran = desk.run(&["plan", "--sandbox", "--output", "plan.md", "--format", "markdown"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(desk.read("plan.md").starts_with("<!-- bedrail:plan stack=acme digest=sha256:"));

    let mut child = desk.command(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert_eq!((child.wait().expect("it ends").code(), said.as_str()), (Some(0), ""));
}

#[test]
fn colour_is_as_the_flags_say() {
    let desk = Desk::new(SPEC);
    assert!(!desk.run(&["plan", "--sandbox"]).stdout.contains('\u{1b}'));
    assert!(desk.run(&["plan", "--sandbox", "--color", "always"]).stdout.contains('\u{1b}'));
    assert!(!desk.run(&["plan", "--sandbox", "--color", "never"]).stdout.contains('\u{1b}'));
}

#[test]
fn schemas_describe_what_is_printed() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    desk.write("bedrail.yaml", &SPEC.replace("HATE: HIGH", "HATE: LOW"));
    for (schema, command) in [("plan", "plan"), ("drift", "drift")] {
        let schema: Value = serde_json::from_str(&desk.run(&["schema", schema]).stdout).expect("JSON");
        let printed = desk.run(&[command, "--sandbox", "--format", "json"]).stdout;
        let printed: Value = serde_json::from_str(&printed).expect("JSON");
        jsonschema::validate(&schema, &printed).unwrap_or_else(|error| panic!("{command}: {error}"));
        assert_eq!(printed["findings"].is_array(), command == "drift");
    }
    let spec: Value = serde_json::from_str(&desk.run(&["schema"]).stdout).expect("JSON");
    assert!(spec["properties"]["guardrails"].is_object());
}

#[test]
fn completions_and_man_pages_are_made() {
    let desk = Desk::new(SPEC);
    assert!(desk.run(&["completions", "bash"]).stdout.contains("_bedrail()"));
    assert_eq!(desk.run(&["man", "pages/man1"]).code, 0);
    assert!(desk.read("pages/man1/bedrail-plan.1").contains(".SH NAME"));
}

#[test]
fn the_local_aws_is_not_reached_through_the_environment() {
    let desk = Desk::new(SPEC);
    let nowhere = "http://127.0.0.1:9";
    let mut command = desk.command(&["plan", "--sandbox"]);
    for name in ["HTTP_PROXY", "http_proxy", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK"] {
        command.env(name, nowhere);
    }
    command.env("AWS_PROFILE", "nobody").env("AWS_BEARER_TOKEN_BEDROCK", "x").env("AWS_REGION", "eu-north-1");
    let ran = command.output().expect("the binary runs");
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
}
