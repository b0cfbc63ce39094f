//! `verify` and `readiness` at the command line: their forms, their words and their exit codes.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::served::Serving;
use super::{Desk, Ran, SPEC};

const NOVA: &str = "amazon.nova-lite-v1:0";

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn what_is_proven_is_told_in_every_form() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    let text = desk.run(&["verify", "--sandbox"]);
    assert_eq!(text.code, 0, "{text:?}");
    for part in [
        "Enforced configurations\n  passed    111122223333/us-east-1\n            it is as the spec declares it\n",
        "ApplyGuardrail\n  passed    111122223333/us-east-1: first\n",
        "--invoke MODEL",
        "\n3 checks: 3 passed.\n",
    ] {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    let invoked = desk.run(&["verify", "--sandbox", "--invoke", NOVA, "--format", "json"]);
    assert_eq!(invoked.code, 0, "{invoked:?}");
    let report = json(&invoked.stdout);
    assert_eq!((&report["format_version"], &report["outcome"]), (&"1".into(), &"passed".into()));
    assert_eq!((&report["command"], &report["stack"]), (&"verify".into(), &"acme".into()));
    assert_eq!(report["summary"], serde_json::json!({"passed": 7, "failed": 0, "unseen": 0, "skipped": 0}));
    let schema = json(&desk.run(&["schema", "verify"]).stdout);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&report), "{:?}", validator.iter_errors(&report).collect::<Vec<_>>());
    let junit = desk.run(&["verify", "--sandbox", "--format", "junit", "--output", "verify.xml"]);
    assert_eq!((junit.code, junit.stdout.as_str()), (0, ""));
    let written = desk.read("verify.xml");
    assert!(written.contains(r#"<testsuite name="acme" tests="3" failures="0" errors="0" skipped="0">"#), "{written}");
    let markdown = desk.run(&["verify", "--sandbox", "--format", "markdown"]);
    assert!(markdown.stdout.starts_with("## bedrail verify\n\n**3 checks: 3 passed.**"), "{markdown:?}");
    for usage in [
        &["verify", "--sandbox", "--format", "sarif"][..],
        &["verify", "--sandbox", "--invoke-role", "r"],
        &["verify", "--timeout", "0"],
        &["verify", "--invoke", "=x"],
        &["verify", "--invoke", NOVA, "--invoke", "us.amazon.nova-lite-v1:0"],
        &["verify", "--invoke", "us-east-1=a.b", "--invoke", "us-east-1=a.c", "--invoke", NOVA],
        &["verify", "--sandbox", "--target", "*"],
        &["readiness", "--sandbox", "--target", "nope/*"],
    ] {
        assert_eq!(desk.run(usage).code, 64, "{usage:?}");
    }
}

#[test]
fn a_failed_check_is_6_and_one_that_was_not_made_is_1() {
    let desk = Desk::new(SPEC);
    let early = desk.run(&["verify", "--sandbox", "--timeout", "0.001", "--format", "json"]);
    assert_eq!(early.code, 6, "nothing is applied: {early:?}");
    assert_eq!(json(&early.stdout)["outcome"], "failed");
    let serving = Serving::start(&desk);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    let refused = serde_json::json!({"operation": "Converse", "code": "InternalServerException"});
    serving.set(&serde_json::json!({"refuse": [refused]}));
    let dark = desk.run(&["verify", "--sandbox", "--invoke", NOVA, "--timeout", "0.001"]);
    assert_eq!(dark.code, 1, "{dark:?}");
    assert!(dark.stdout.contains("not seen") && dark.stdout.contains("1 not seen, 6 passed."), "{dark:?}");
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn who_would_be_cut_off_is_6_with_the_list() {
    let desk = Desk::new(SPEC);
    let sound = desk.run(&["readiness", "--sandbox"]);
    assert_eq!(sound.code, 0, "{sound:?}");
    assert!(sound.stdout.contains("Roles that may call models\n") && sound.stdout.contains("passed"), "{sound:?}");
    let seed = crate::source::root().join("localstack/seeds/legacy.json");
    let desk = Desk::new(SPEC);
    let serving = Serving::start_with(&desk, &["--seed", seed.to_str().expect("a path")]);
    let cut_off = desk.run(&["readiness", "--sandbox", "--format", "json"]);
    assert_eq!(serving.stop(), Some(0));
    assert_eq!(cut_off.code, 6, "{cut_off:?}");
    let report = json(&cut_off.stdout);
    let schema = json(&desk.run(&["schema", "readiness"]).stdout);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&report), "{:?}", validator.iter_errors(&report).collect::<Vec<_>>());
    let failed: Vec<&str> = report["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["state"] == "failed")
        .map(|check| check["about"].as_str().expect("a role"))
        .collect();
    assert_eq!(failed, ["app-role", "batch-role"]);
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_anything_is_done() {
    let desk = Desk::new(SPEC);
    for command in [&["verify", "--sandbox"][..], &["readiness", "--sandbox"], &["apply", "--sandbox", "--yes"]] {
        let ran = desk.run(&[command, &["--output", "missing/report"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
        assert!(ran.stderr.contains("missing/report"), "{ran:?}");
        assert!(!desk.path(".bedrail").exists(), "the sandbox was not even opened: {command:?}");
    }
    std::fs::create_dir(desk.path("folder")).expect("a folder");
    assert_eq!(desk.run(&["verify", "--sandbox", "--output", "folder"]).code, 1);
    let ran = desk.run(&["readiness", "--sandbox", "--output", "report"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let left: Vec<_> = std::fs::read_dir(desk.path("."))
        .expect("a folder")
        .filter_map(Result::ok)
        .map(|one| one.file_name())
        .collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".part")), "{left:?}");
}

#[test]
fn an_interrupted_verify_tells_what_it_found() {
    let desk = Desk::new(SPEC);
    let serving = Serving::start(&desk);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    serving.set(&serde_json::json!({"refuse": [{"operation": "ApplyGuardrail"}]}));
    let mut command = desk.command(&["verify", "--sandbox", "--timeout", "30"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    while !serving.ask("GET", "/_bedrail/requests", &Value::Null).to_string().contains("ApplyGuardrail") {
        std::thread::sleep(Duration::from_millis(50));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    let ran: Ran = child.wait_with_output().expect("it ends").into();
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(ran.stdout.contains("3 checks: 1 failed, 2 passed.") && ran.stdout.contains("interrupted"), "{ran:?}");
    assert_eq!(serving.stop(), Some(0));
}
