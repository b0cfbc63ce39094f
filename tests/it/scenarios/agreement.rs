//! What several policies ask of one call: it must be possible to meet them all.

use std::fmt::Write;

use bedrail::model::AccountId;
use bedrail::plan::State;

use super::{guardrail, held, spec};
use crate::support::{Sandbox, assert_in_sync};

/// The terms of a service control policy, its node, and more terms.
type Control = (&'static str, &'static str, &'static str);

/// Two guardrails that everybody may apply, and policies that ask for them.
fn asking(controls: &[Control], identity: &str) -> String {
    let guardrails = format!("guardrails:\n{}{}", guardrail("one", "red", ""), guardrail("two", "blue", ""));
    let shared = "versions: {a: {guardrail: one}, b: {guardrail: two}}\nresource_policies:\n  one: {guardrail: one, share_with: organization}\n  two: {guardrail: two, share_with: organization}\n";
    let mut policies = String::new();
    for (at, (terms, node, more)) in controls.iter().enumerate() {
        let _ = writeln!(policies, "  deny-{at}: {{type: SERVICE_CONTROL_POLICY, {terms}, attach: [{node}]{more}}}");
    }
    spec(&format!("{guardrails}{shared}org_policies:\n{policies}{identity}"))
}

fn identity(guardrail: &str) -> String {
    format!(
        "iam_policies:\n  app: {{accounts: [\"ou:Sandbox\"], template: require_guardrail, guardrails: [{guardrail}], attach_to_roles: [app-role]}}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_no_call_can_meet_are_held() {
    const ONE: &str = "template: require_guardrail, guardrails: [one]";
    const TWO: &str = "template: require_guardrail, guardrails: [two]";
    const BOTH: &str = "template: require_guardrail, guardrails: [one, two]";
    const ANY: &str = "template: require_guardrail, guardrails: any";
    let break_glass = ", exempt_principals: [\"arn:aws:iam::*:role/app-*\"]";
    // Policies on nodes, the IAM policy of roles, and the accounts in which no call would be left.
    let cases: [(&[Control], String, &[&str]); 9] = [
        (&[(ONE, "root", ""), (TWO, "\"ou:Sandbox\"", "")], String::new(), &["555566667777", "666677778888"]),
        (&[(ONE, "\"ou:Workloads\"", ""), (TWO, "\"ou:Sandbox\"", "")], String::new(), &[]),
        (&[(ONE, "root", ""), (BOTH, "\"ou:Sandbox\"", "")], String::new(), &[]),
        (&[(ONE, "root", ""), (ANY, "\"ou:Sandbox\"", "")], String::new(), &[]),
        (&[(ONE, "root", "")], identity("two"), &["555566667777", "666677778888"]),
        (&[(ONE, "root", "")], identity("one"), &[]),
        (&[(ONE, "root", "")], identity("one, two"), &[]),
        (&[(ONE, "\"ou:Workloads\"", "")], identity("two"), &[]),
        (&[(ONE, "root", break_glass)], identity("two"), &[]),
    ];
    for (controls, identity, hurt) in cases {
        let sandbox = Sandbox::start().await;
        let text = asking(controls, &identity);
        let plan = sandbox.plan(&text).await;
        let failed: Vec<_> =
            plan.preconditions.iter().filter(|one| one.code.id() == "P0125" && one.state == State::Failed).collect();
        let accounts: Vec<&str> = failed.iter().flat_map(|one| &one.accounts).map(AccountId::as_str).collect();
        assert_eq!(accounts, hurt, "{text}\n{failed:#?}");
        if hurt.is_empty() {
            assert_eq!(held(&plan), [""; 0], "{text}");
            continue;
        }
        assert!(held(&plan).iter().any(|held| held.contains("create org-policy")), "{:?}", held(&plan));
        // What is there already is let be, and the other is not added to it.
        sandbox.apply(&asking(&controls[..1], "")).await;
        let plan = sandbox.plan(&text).await;
        let attaches = plan.actions.iter().filter(|action| action.address.kind.word().ends_with("-attachment")).count();
        assert_eq!(attaches, 0, "{text}");
        assert!(!held(&plan).is_empty(), "{text}");
        assert_in_sync(&sandbox.plan(&asking(&controls[..1], "")).await, &text);
    }
}
