//! What several policies ask of one call: it must be possible to meet them all.

use std::fmt::Write;

use bedrail::kinds::Verb;
use bedrail::model::AccountId;
use bedrail::plan::{Action, Options, Phase, Plan, State};

use super::{guardrail, held, spec};
use crate::support::{Sandbox, assert_in_sync, steps};

/// The terms of a service control policy, its node, and more terms.
pub(crate) type Control = (&'static str, &'static str, &'static str);

/// Two guardrails that everybody may apply, and policies that ask for them.
pub(crate) fn asking(controls: &[Control], identity: &str) -> String {
    let guardrails = format!("guardrails:\n{}{}", guardrail("one", "red", ""), guardrail("two", "blue", ""));
    let shared = "versions: {a: {guardrail: one}, b: {guardrail: two}}\nresource_policies:\n  one: {guardrail: one, share_with: organization}\n  two: {guardrail: two, share_with: organization}\n";
    let mut policies = String::new();
    for (at, (terms, node, more)) in controls.iter().enumerate() {
        let _ = writeln!(policies, "  deny-{at}: {{type: SERVICE_CONTROL_POLICY, {terms}, attach: [{node}]{more}}}");
    }
    let policies = if policies.is_empty() { policies } else { format!("org_policies:\n{policies}") };
    // What is left in members is looked for, too.
    spec(&format!("{guardrails}{shared}{policies}{identity}"))
        .replace("scan: {regions: declared}", "scan: {regions: declared, accounts: all}")
}

pub(crate) fn identity(guardrail: &str) -> String {
    format!(
        "iam_policies:\n  app: {{accounts: [\"ou:Sandbox\"], template: require_guardrail, guardrails: [{guardrail}], attach_to_roles: [app-role]}}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_no_call_can_meet_are_held() {
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

pub(crate) const ONE: &str = "template: require_guardrail, guardrails: [one]";
pub(crate) const TWO: &str = "template: require_guardrail, guardrails: [two]";
pub(crate) const BOTH: &str = "template: require_guardrail, guardrails: [one, two]";
pub(crate) const ROOT: &str = "root";
pub(crate) const SANDBOX: &str = "\"ou:Sandbox\"";
pub(crate) const WORKLOADS: &str = "\"ou:Workloads\"";

/// The plan from one spec to another, once the first is applied.
async fn moving(from: &str, to: &str) -> (Sandbox, Plan) {
    let sandbox = Sandbox::start().await;
    sandbox.apply(from).await;
    let plan = sandbox.plan(to).await;
    (sandbox, plan)
}

/// Asserts that these steps come in this order, each because it waits for the one before it.
fn in_order(plan: &Plan, wanted: &[&str]) {
    let all = steps(plan);
    let at = |step: &str| {
        let found = all.iter().position(|other| other.starts_with(step));
        found.unwrap_or_else(|| panic!("no `{step}` in {all:#?}"))
    };
    for pair in wanted.windows(2) {
        let (before, after) = (at(pair[0]), at(pair[1]));
        let waits = plan.actions[after].after.contains(&plan.actions[before].id);
        assert!(before < after && waits, "{} before {}: {all:#?}", pair[0], pair[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_for_less_comes_before_what_asks_for_more() {
    let wide = asking(&[(BOTH, ROOT, ""), (TWO, SANDBOX, "")], "");
    let narrow = asking(&[(ONE, ROOT, "")], "");
    let (_, plan) = moving(&wide, &narrow).await;
    in_order(&plan, &["delete org-policy-attachment deny-1", "update org-policy deny-0"]);
    let (sandbox, plan) = moving(&narrow, &wide).await;
    in_order(&plan, &["update org-policy deny-0", "create org-policy-attachment deny-1"]);
    // What comes after something else is not done without it.
    let only = Options { targets: vec!["*deny-1*".to_owned()], ..Options::default() };
    let (plan, _) = sandbox.apply_with(&wide, &only).await;
    assert!(held(&plan).iter().any(|held| held.contains("create org-policy-attachment deny-1")), "{:?}", held(&plan));
    sandbox.apply(&wide).await;
    assert_in_sync(&sandbox.plan(&wide).await, &wide);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_guardrail_is_asked_for_in_two_steps() {
    let from = asking(&[(ONE, ROOT, "")], &identity("one"));
    let to = asking(&[(TWO, ROOT, "")], "");
    let (sandbox, plan) = moving(&from, &to).await;
    let of_policy: Vec<_> =
        plan.actions.iter().filter(|action| action.address.name == "deny-0").map(|action| action.phase).collect();
    assert_eq!(of_policy, [Some(Phase::Widen), Some(Phase::Narrow)], "{:#?}", steps(&plan));
    let at = |wanted: &dyn Fn(&Action) -> bool| plan.actions.iter().position(wanted).expect("a step");
    let gone = at(&|action| action.address.kind.word() == "iam-policy-attachment" && action.verb == Verb::Delete);
    let narrowed = at(&|action| action.phase == Some(Phase::Narrow));
    assert!(gone < narrowed && plan.actions[narrowed].after.contains(&plan.actions[gone].id), "{:#?}", steps(&plan));
    sandbox.apply(&to).await;
    assert_in_sync(&sandbox.plan(&to).await, &to);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_ordered_is_held_on_both_sides() {
    let one = asking(&[(ONE, ROOT, "")], "");
    // Under another key, elsewhere, and a policy in the place of one of another kind.
    let cases = [
        (one.clone(), asking(&[(TWO, ROOT, "")], "").replace("deny-0", "newer"), "attachment newer:r-"),
        (one, asking(&[(ONE, WORKLOADS, ""), (TWO, SANDBOX, "")], ""), "attachment deny-1:ou-"),
        (asking(&[], &identity("two")), asking(&[(ONE, ROOT, "")], ""), "attachment deny-0:r-"),
    ];
    for (from, to, comes) in cases {
        let (sandbox, plan) = moving(&from, &to).await;
        let held = held(&plan);
        assert!(
            held.iter().any(|held| held.starts_with("precondition create") && held.contains(comes)),
            "{held:?}\n{to}"
        );
        let goes =
            |action: &&Action| action.verb == Verb::Delete && action.address.kind.word().ends_with("-attachment");
        assert_eq!(plan.actions.iter().filter(goes).count(), 0, "{:#?}\n{to}", steps(&plan));
        // By way of both it can be done.
        if from.contains("deny-0") {
            let both = from.replace("guardrails: [one]", "guardrails: [one, two]");
            sandbox.apply(&both).await;
            sandbox.apply(&to).await;
            assert_in_sync(&sandbox.plan(&to).await, &to);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_must_name_a_guardrail_may_apply_it_until_then() {
    let from = asking(&[(ONE, ROOT, "")], "");
    let to = asking(&[(ONE, SANDBOX, "")], "").replace(
        "one: {guardrail: one, share_with: organization}",
        "one: {guardrail: one, share_with: {organizational_units: [\"ou:Sandbox\"]}}",
    );
    let (_, plan) = moving(&from, &to).await;
    in_order(
        &plan,
        &["create org-policy-attachment deny-0", "delete org-policy-attachment deny-0", "update resource-policy one"],
    );
}
