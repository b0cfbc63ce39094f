//! Secrets and guarded text reach nothing that a run leaves behind, however much it says.

use super::Desk;

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
            let ran: super::Ran = command.env("MARKER", "env-marker").output().expect("the binary runs").into();
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
        let ran: super::Ran = command.env("MARKER", "env-marker").output().expect("the binary runs").into();
        shown += &ran.stdout;
    }
    let is_shown = |guarded: &&str| shown.contains(*guarded);
    assert_eq!(GUARDED.iter().filter(|guarded| !is_shown(guarded)).collect::<Vec<_>>(), [&"env-marker"]);
}
