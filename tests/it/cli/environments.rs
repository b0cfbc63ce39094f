//! `--env`: what differs in an environment, from the command line.

use super::Desk;

const SPEC: &str = r#"
format: 1
stack: acme
account_id: "111122223333"
regions: [us-east-1]
guardrails:
  baseline:
    blocked_input_messaging: "No."
    blocked_outputs_messaging: "No."
    content_policy: {filters: {HATE: HIGH}}
environments:
  test: {guardrails: {baseline: {content_policy: {filters: {HATE: {input: LOW}}}}}}
  prod: {guardrails: {baseline: {name: "no spaces"}}}
"#;

#[test]
fn an_environment_is_planned_by_name_and_every_one_is_validated() {
    let desk = Desk::new(SPEC);
    let plan = desk.run(&["plan", "--sandbox", "--env", "test"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    assert!(plan.stdout.contains("HATE LOW in and HIGH out"), "{}", plan.stdout);
    let without = desk.run(&["plan", "--sandbox"]);
    assert!(without.stdout.contains("HATE HIGH\n"), "{}", without.stdout);

    let all = desk.run(&["validate"]);
    assert_eq!(all.code, 1, "{all:?}");
    assert!(all.stderr.contains("bedrail.yaml:13:40") && all.stderr.contains("1 error"), "{}", all.stderr);
    let one = desk.run(&["validate", "--env", "test"]);
    assert_eq!((one.code, one.stdout.as_str()), (0, "The spec is sound.\n"), "{one:?}");
}

/// As a `--target` that matches nothing.
#[test]
fn an_environment_that_is_not_there_is_wrong_usage() {
    let desk = Desk::new(SPEC);
    for command in ["validate", "plan", "apply", "drift", "lint", "show", "graph", "destroy", "doctor"] {
        let ran = desk.run(&[command, "--sandbox", "--env", "tst"]);
        let said =
            ran.stderr.contains("E0504") && ran.stderr.contains("did you mean `test`? known here: `test`, `prod`");
        assert!(ran.code == 64 && said, "{command}: {ran:?}");
    }
    desk.write("bedrail.yaml", "format: 1\nstack: acme\nregions: [us-east-1]\n");
    let ran = desk.run(&["validate", "--env", "prod"]);
    assert!(ran.code == 64 && ran.stderr.contains("declare it under `environments`"), "{ran:?}");
    // What could not be read may have it.
    desk.write("bedrail.yaml", "environments: {prod: {}");
    let ran = desk.run(&["validate", "--env", "prod"]);
    assert!(ran.code == 1 && !ran.stderr.contains("E0504"), "{ran:?}");
}

#[test]
fn a_plan_of_one_environment_is_stale_in_another() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["plan", "--sandbox", "--env", "test", "--out", "plan.json"]).code, 0);
    let other = desk.run(&["apply", "--sandbox", "plan.json"]);
    assert_eq!(other.code, 4, "{other:?}");
    let same = desk.run(&["apply", "--sandbox", "--env", "test", "plan.json"]);
    assert_eq!(same.code, 0, "{same:?}");
}
