//! What `explain` says on the command line, and how it ends.

use serde_json::Value;

use super::{Desk, SPEC};

const CELL: [&str; 6] = ["explain", "--sandbox", "--account", "management", "--region", "us-east-1"];

fn explain(desk: &Desk, more: &[&str]) -> super::Ran {
    desk.run(&[&CELL, more].concat())
}

#[test]
fn it_tells_now_then_and_both() {
    let desk = Desk::new(SPEC);
    let now = explain(&desk, &[]);
    assert_eq!((now.code, now.stderr.as_str()), (0, ""), "{now:?}");
    assert!(now.stdout.contains("Not protected"), "{}", now.stdout);
    let then = explain(&desk, &["--from", "spec"]);
    assert_eq!(then.code, 0, "{then:?}");
    for said in ["Protected: every call meets 1 guardrail.", "account       first", "HATE", "1 word"] {
        assert!(then.stdout.contains(said), "{said}: {}", then.stdout);
    }
    assert!(!then.stdout.contains("internal-codename"), "words are counted");
    assert!(explain(&desk, &["--from", "spec", "--show-content"]).stdout.contains("internal-codename"));
    assert_eq!(desk.run(&["plan", "--sandbox", "--out", "p.json"]).code, 0);
    let both = explain(&desk, &["--from", "p.json"]);
    assert_eq!(both.code, 0, "{both:?}");
    for said in ["Now\nNot protected", "When the plan is done\nProtected", "prompts now", "answers then"] {
        assert!(both.stdout.contains(said), "{said}: {}", both.stdout);
    }
    let markdown = explain(&desk, &["--from", "p.json", "--format", "markdown"]).stdout;
    assert!(markdown.contains("| policy | control | prompts now | prompts then |"), "{markdown}");
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    let done = explain(&desk, &["--format", "json"]);
    let json: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!((done.code, json["from"].as_str(), json["want"].is_null()), (0, Some("live"), true));
    assert_eq!(json["have"]["guardrails"][0]["name"], "first");
    assert_eq!(json["have"]["guardrails"][0]["status"], "READY");
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "explain"]).stdout).expect("JSON");
    jsonschema::validate(&schema, &json).expect("what is printed is of the schema");
}

#[test]
fn without_a_spec_it_tells_what_is_in_aws() {
    let desk = Desk::new(SPEC);
    std::fs::remove_file(desk.path("bedrail.yaml")).expect("it is there");
    let ran = desk.run(&[
        "explain",
        "--sandbox",
        "--account",
        "account:payments-prod",
        "--region",
        "eu-west-1",
        "--principal",
        "app-role",
    ]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stdout.starts_with("role app-role of payments-prod (333344445555) in eu-west-1\n"), "{}", ran.stdout);
}

#[test]
fn a_region_that_is_not_enabled_is_told_as_that() {
    let desk = Desk::new(SPEC);
    let ran = desk.run(&["explain", "--sandbox", "--account", "management", "--region", "ap-south-2"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let said = "No model can be called here: the Region is not enabled for this account.\n";
    assert!(ran.stdout.contains(said), "{}", ran.stdout);
    let json =
        desk.run(&["explain", "--sandbox", "--account", "management", "--region", "ap-south-2", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(json["have"]["verdict"], "unavailable");
}

#[test]
fn what_is_asked_wrongly_is_told() {
    let desk = Desk::new(SPEC);
    for (more, code, said) in [
        (vec!["--account", "all", "--region", "us-east-1"], 64, "selects no single account"),
        (vec!["--account", "account:nobody", "--region", "us-east-1"], 1, "account:nobody"),
        (vec!["--account", "root", "--region", "us-east-1"], 64, "selects no single account"),
        (vec!["--account", "ou:Sandbox", "--region", "us-east-1"], 64, "selects no single account"),
        (vec!["--account", "management", "--region", "nowhere"], 64, "no Region of this name is known"),
        (vec!["--account", "management", "--region", "us-eest-1"], 64, "`us-east-1`"),
        (vec!["--account", "management", "--region", "us-east-1", "--target", "*"], 64, "`--target` is not for"),
        (vec!["--account", "management", "--region", "us-east-1", "--principal", "a b"], 64, "not the name of a role"),
        (
            vec!["--account", "management", "--region", "us-east-1", "--model", "a model!"],
            64,
            "neither the id nor the ARN",
        ),
        (vec!["--account", "management", "--region", "us-east-1", "--from", "none.json"], 1, "none.json"),
    ] {
        let ran = desk.run(&[&["explain", "--sandbox"], more.as_slice()].concat());
        assert_eq!(ran.code, code, "{more:?} {ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}
