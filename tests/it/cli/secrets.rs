//! Secrets and guarded text reach nothing that a run leaves behind, however much it says.

use serde_json::json;

use super::served::Serving;
use super::{Desk, Ran};

/// Each of these words stands where no report may show it; `env-marker` comes from the environment.
const GUARDED: [&str; 6] =
    ["message-marker", "output-marker", "word-marker", "pattern-marker", "example-marker", "env-marker"];

const SPEC: &str = r#"
format: 1
stack: acme
regions: [us-east-1]
scan: {regions: declared}
guardrails:
  baseline:
    description: "Of ${env.MARKER}"
    tags: {team: "${env.MARKER}"}
    blocked_input_messaging: "Sorry, message-marker."
    blocked_outputs_messaging: "Sorry, output-marker."
    word_policy: {words: [word-marker]}
    topic_policy: {topics: [{name: Law, definition: Advice on the law, examples: ["Is it example-marker?"]}]}
    sensitive_information_policy: {regexes: [{name: ids, pattern: "pattern-marker-[0-9]+", action: BLOCK}]}
versions:
  first: {guardrail: baseline, description: "For ${env.MARKER}"}
account_enforcement:
  home: {guardrail: baseline, version: first}
"#;

#[test]
fn no_verbosity_shows_them() {
    let desk = Desk::new(SPEC);
    let mut left = String::new();
    let mut run = |arguments: &[&str], code: i32| {
        for (format, verbose) in [("json", "-vvv"), ("text", "-vvv")] {
            let mut command = desk.command(&[arguments, &["--log-format", format, verbose]].concat());
            let ran: Ran = command.env("MARKER", "env-marker").output().expect("the binary runs").into();
            assert_eq!(ran.code, code, "{ran:?}");
            assert!(ran.stderr.contains("bedrock:") || code == 64, "the calls are logged: {}", ran.stderr);
            left.push_str(&ran.stdout);
            left.push_str(&ran.stderr);
        }
    };
    run(&["plan", "--sandbox", "--out", "plan.json", "--format", "json"], 0);
    run(&["apply", "--sandbox", "--yes", "--audit-log", "audit.jsonl", "--format", "json"], 0);
    desk.write(
        "bedrail.yaml",
        &SPEC.replace("Sorry, ", "No, ").replace("[word-marker]", "[word-marker, word-marker-2]"),
    );
    run(&["drift", "--sandbox"], 2);
    run(&["plan", "--sandbox", "--format", "markdown"], 0);
    run(&["apply", "--sandbox", "--yes", "--audit-log", "audit.jsonl"], 0);
    run(&["destroy", "--sandbox", "--yes", "--allow", "deletes", "--audit-log", "audit.jsonl"], 0);
    left += &desk.read("plan.json");
    left += &desk.read("audit.jsonl");
    for guarded in GUARDED {
        let line = left.lines().find(|line| line.contains(guarded));
        assert_eq!(line, None, "{guarded}");
    }
    // Guarded text is shown to who asks for it, secrets to nobody.
    let mut shown = String::new();
    for format in ["text", "json"] {
        let mut command = desk.command(&["plan", "--sandbox", "--show-content", "--format", format]);
        let ran: Ran = command.env("MARKER", "env-marker").output().expect("the binary runs").into();
        shown += &ran.stdout;
    }
    let is_shown = |guarded: &&str| shown.contains(*guarded);
    assert_eq!(GUARDED.iter().filter(|guarded| !is_shown(guarded)).collect::<Vec<_>>(), [&"env-marker"]);
}

/// Values that are wrong where they stand: too large, of no form, two of which one begins with the other, and one that only
/// AWS shows to be wrong.
const WRONG: [(&str, &str, &str); 5] = [
    ("GROUNDING", "918273", "contextual_grounding_policy: {GROUNDING: \"${env.GROUNDING}\"}"),
    ("STRENGTH", "hunter2", "content_policy: {filters: {HATE: \"${env.STRENGTH}\"}}"),
    ("LONGER", "hunter2-and-more", "content_policy: {filters: {HATE: \"${env.STRENGTH}\", SEXUAL: \"${env.LONGER}\"}}"),
    (
        "PATTERN",
        "hunter2(?=x[",
        "sensitive_information_policy: {regexes: [{name: r, action: \"${env.STRENGTH}\", pattern: \"${env.PATTERN}\"}]}",
    ),
    ("ORGANIZATION", "o-hunter2hunter2", "word_policy: {words: [w]}"),
];

#[test]
fn no_fault_of_a_spec_and_no_error_repeats_a_secret() {
    for (name, value, policy) in WRONG {
        let is_seen_by_aws = name == "ORGANIZATION";
        let organization = if is_seen_by_aws { ", id: \"${env.ORGANIZATION}\"" } else { "" };
        let desk = Desk::new(&format!(
            "format: 1\nstack: acme\norganization: {{management_account: \"111122223333\"{organization}}}\n\
             regions: [us-east-1]\nguardrails:\n  baseline:\n    blocked_input_messaging: no\n    \
             blocked_outputs_messaging: no\n    {policy}\n"
        ));
        for arguments in [
            &["validate"][..],
            &["validate", "--format", "json"],
            &["validate", "--format", "github"],
            &["validate", "--format", "sarif"],
            &["plan", "--sandbox"],
            &["plan", "--sandbox", "--format", "markdown"],
            &["apply", "--sandbox", "--yes", "--format", "json", "--audit-log", "audit.jsonl"],
        ] {
            let mut command = desk.command(&[arguments, &["-vvv"]].concat());
            for (name, value, _) in WRONG {
                command.env(name, value);
            }
            let ran: Ran = command.output().expect("it runs").into();
            let sound = is_seen_by_aws && arguments[0] == "validate";
            assert_eq!(ran.code, i32::from(!sound), "{name}: {ran:?}");
            for said in [&ran.stdout, &ran.stderr] {
                let piece = ["hunter2", "918273", "and-more"].into_iter().find(|piece| said.contains(piece));
                assert_eq!(piece, None, "{name} is {value}: {arguments:?}: {ran:?}");
            }
        }
        let log = std::fs::read_to_string(desk.path("audit.jsonl")).unwrap_or_default();
        assert!(!log.contains("hunter2"), "{log}");
    }
}

#[test]
fn no_log_of_an_apply_holds_guarded_text_not_even_of_one_that_fails() {
    let desk = Desk::new(&SPEC.replace("Advice on the law", "A definition-marker"));
    let serving = Serving::start(&desk);
    let fault = |kind: &str, operation: &str| {
        let fault = json!({"kind": kind, "operation": operation, "nth": 1});
        serving.ask("POST", "/_bedrail/faults", &fault);
    };
    fault("throttle", "CreateGuardrail");
    fault("lost-reply", "CreateGuardrailVersion");
    fault("error", "UpdateGuardrail");
    serving.set(&json!({"refuse": [{"operation": "PutEnforcedGuardrailConfiguration"}]}));
    let run = |format: &str| {
        let arguments = ["apply", "--sandbox", "--yes", "--audit-log", "audit.jsonl", "-vvv", "--log-format", format];
        let mut command = desk.command(&arguments);
        let ran: Ran = command.env("MARKER", "env-marker").output().expect("it runs").into();
        assert_eq!(ran.code, 5, "{ran:?}");
        ran.stderr
    };
    let mut logs = run("json");
    let changed = desk.read("bedrail.yaml").replace("Sorry, ", "No, ").replace("[word-marker]", "[word-marker, more]");
    desk.write("bedrail.yaml", &changed);
    logs += &run("text");
    assert!(logs.contains("CreateGuardrail") && logs.contains("UpdateGuardrail"), "the calls are logged: {logs}");
    logs += &desk.read("audit.jsonl");
    for guarded in GUARDED.into_iter().chain(["definition-marker"]) {
        assert_eq!(logs.lines().find(|line| line.contains(guarded)), None, "{guarded}");
    }
    assert_eq!(serving.stop(), Some(0));
}
