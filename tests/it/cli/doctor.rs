//! `doctor` at the command line: its forms, its words and its exit codes.

use serde_json::Value;

use super::served::Serving;
use super::{Desk, SPEC};

#[test]
fn it_tells_the_same_in_every_form() {
    let desk = Desk::new(SPEC);
    let text = desk.run(&["doctor", "--sandbox"]);
    assert_eq!(text.code, 0, "{text:?}");
    assert!(text.stdout.lines().all(|line| line.chars().count() <= 80), "{}", text.stdout);
    for part in [
        "Caller\n  ok       arn:aws:iam::111122223333:root\n",
        "Roles\n",
        "Regions\n",
        "\nAll that is needed is there.",
    ] {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    let json = desk.run(&["doctor", "--sandbox", "--format", "json"]);
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!((&report["ok"], json.code), (&Value::Bool(true), 0));
    let checks = report["checks"].as_array().expect("checks");
    assert_eq!((&checks[0]["subject"], &checks[0]["values"]["account"]), (&"caller".into(), &"111122223333".into()));
    let markdown = desk.run(&["doctor", "--sandbox", "--format", "markdown"]);
    assert!(markdown.stdout.starts_with("## bedrail doctor\n\n**All that is needed is there."), "{markdown:?}");
    assert_eq!(desk.run(&["doctor", "--sandbox", "--format", "html"]).code, 64);
}

#[test]
fn a_spec_at_fault_comes_first_and_none_is_needed() {
    let desk = Desk::new("format: 1\nstack: [\n");
    assert_eq!(desk.run(&["doctor", "--sandbox"]).code, 1);
    std::fs::remove_file(desk.path("bedrail.yaml")).expect("it was there");
    let without = desk.run(&["doctor", "--sandbox"]);
    assert_eq!(without.code, 0, "{without:?}");
    assert!(without.stdout.contains("o-bedrailsand") && without.stdout.contains("Bedrock answers in "), "{without:?}");
    assert_eq!(desk.run(&["doctor", "--sandbox", "-f", "elsewhere.yaml"]).code, 1, "one that is named must be there");
}

#[test]
fn who_cannot_be_reached_is_a_failed_check() {
    let desk = Desk::new(SPEC);
    let ran = desk
        .command(&["doctor", "--endpoint-url", "http://127.0.0.1:9", "--format", "json"])
        .env("AWS_ACCESS_KEY_ID", "AKIA111122223333")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("AWS_MAX_ATTEMPTS", "1")
        .output()
        .expect("it runs");
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    let report: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    assert_eq!(report["checks"][0]["state"], "failed");
}

#[test]
fn a_closed_way_into_the_management_account_leaves_the_caller_known() {
    let desk = Desk::new(&SPEC.replace(
        "regions: [us-east-1]\n",
        "regions: [us-east-1]\norganization: {management_account: \"111122223333\", management_role: nobody-made-it}\n",
    ));
    let serving = Serving::start(&desk);
    let ran = desk
        .command(&["doctor", "--endpoint-url", &serving.endpoint, "--format", "json"])
        .env("AWS_ACCESS_KEY_ID", "AKIA222233334444")
        .env("AWS_SECRET_ACCESS_KEY", "sandbox")
        .output()
        .expect("it runs");
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    let report: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    let callers: Vec<(&str, &str)> = report["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .map(|check| (check["state"].as_str().expect("a word"), check["message"].as_str().expect("a text")))
        .collect();
    assert_eq!(callers[0], ("ok", "arn:aws:iam::222233334444:root"));
    assert_eq!((callers[1].0, callers.len()), ("failed", 2), "{callers:?}");
    assert!(callers[1].1.contains("arn:aws:iam::111122223333:role/nobody-made-it"), "{callers:?}");
    assert_eq!(serving.stop(), Some(0));
}
