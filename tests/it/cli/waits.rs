//! What takes minutes in AWS is said while it lasts.

use serde_json::json;

use super::Desk;
use super::served::Serving;

/// A guardrail, and what protects the organization by it.
const SPEC: &str = r#"
format: 1
stack: acme
organization: {management_account: "111122223333"}
regions: [us-east-1]
scan: {regions: declared}
guardrails:
  baseline:
    blocked_input_messaging: "No."
    blocked_outputs_messaging: "No."
    content_policy: {filters: {HATE: HIGH}}
"#;
const PROTECTION: &str = "
resource_policies: {baseline: {guardrail: baseline, share_with: organization}}
org_policies: {baseline: {enforce: [{guardrail: baseline}], attach: [root]}}
";

#[test]
fn an_apply_says_what_it_waits_for() {
    let desk = Desk::new(SPEC);
    let serving = Serving::start(&desk);
    let lag = |ms: u32| serving.set(&json!({ "propagation_ms": ms }));
    for form in ["text", "json"] {
        lag(0);
        desk.write("bedrail.yaml", &format!("{SPEC}{PROTECTION}"));
        assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
        lag(1500);
        desk.write("bedrail.yaml", SPEC);
        let ran = desk.run(&["apply", "--sandbox", "--yes", "--allow", "deletes,weakens", "--format", form]);
        assert_eq!(ran.code, 0, "{ran:?}");
        if form == "text" {
            let waits: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("waits")).collect();
            insta::assert_snapshot!(waits.join("\n"), @"waits   - delete resource-policy/111122223333/us-east-1/baseline: the effective policy of 111122223333 still names arn:aws:bedrock:us-east-1:111122223333:guardrail/97dntv0x1mpv:1 (up to 15 min)");
        } else {
            // Nothing has changed by a wait, so no line tells a machine of it.
            let events = ran.stdout.lines().all(|line| line.starts_with("{\"event\":\""));
            assert!(events && !ran.stdout.contains("wait"), "{ran:?}");
        }
    }
    assert_eq!(serving.stop(), Some(0));
}
