//! A change of what a policy enforces goes from stage to stage, and where it stands is read from AWS.

use std::collections::BTreeMap;
use std::time::Duration;

use bedrail::aws::Access;
use bedrail::checks::End;
use bedrail::plan::{Options, State};
use bedrail::verify;
use serde_json::{Value, json};

use super::{guardrail, spec};
use crate::safety::gaps;
use crate::support::{Sandbox, assert_in_sync, steps};

const SANDBOX_1: &str = "555566667777";
const DEV: &str = "444455556666";
const PROD: &str = "333344445555";
const WARNED: &str = "W0908";

fn sections(word: &str) -> String {
    spec(&format!(
        "guardrails:\n{}resource_policies: {{strong: {{guardrail: strong, share_with: organization}}}}\n\
         org_policies:\n  top:\n    enforce: [{{guardrail: strong}}]\n    attach: [root]\n\
         \x20   stages: [[\"ou:Sandbox\"], [\"ou:Workloads/Dev\"], [root]]\n",
        guardrail("strong", word, "")
    ))
}

fn advancing() -> Options {
    Options { advance: true, ..Options::default() }
}

async fn timeline(sandbox: &Sandbox) -> Value {
    sandbox.control("GET", "/_bedrail/timeline", &Value::Null).await
}

/// What is enforced in us-east-1 on each of three accounts.
async fn enforced(sandbox: &Sandbox) -> [String; 3] {
    // What nobody waits for may still be under way.
    sandbox.control("POST", "/_bedrail/clock", &json!({"advance_ms": 3_600_000})).await;
    let timeline = timeline(sandbox).await;
    let last = timeline.as_array().and_then(|entries| entries.last()).cloned().unwrap_or_default();
    let scopes = last["scopes"].as_array().cloned().unwrap_or_default();
    let here = scopes.iter().filter(|scope| scope["region"] == "us-east-1");
    let all: BTreeMap<&str, String> =
        here.filter_map(|scope| Some((scope["account"].as_str()?, scope["enforced"].to_string()))).collect();
    [SANDBOX_1, DEV, PROD].map(|account| all.get(account).cloned().unwrap_or_default())
}

/// How many of the three have what the first one has.
async fn like_the_first(sandbox: &Sandbox) -> usize {
    let all = enforced(sandbox).await;
    all.iter().filter(|one| **one == all[0]).count()
}

async fn advance(sandbox: &Sandbox, text: &str) -> Vec<String> {
    let (plan, outcome) = sandbox.apply_with(text, &advancing()).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failed);
    steps(&plan)
}

/// Whether the plan says that a change is on its way, and wants nothing.
async fn rests(sandbox: &Sandbox, text: &str) -> bool {
    let plan = sandbox.plan(text).await;
    assert_in_sync(&plan, text);
    let failed: Vec<_> = plan.preconditions.iter().filter(|one| one.state == State::Failed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    plan.warnings.iter().any(|warning| warning.code == WARNED)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_begins_with_the_first_stage_and_is_everywhere_after_the_last() {
    let sandbox = Sandbox::start().await;
    let (first, second) = (sections("zeus"), sections("hera"));
    sandbox.apply(&first).await;
    assert!(!rests(&sandbox, &first).await, "what is new altogether goes everywhere at once");
    assert_eq!(like_the_first(&sandbox).await, 3);
    let before = enforced(&sandbox).await;

    let plan = sandbox.apply(&second).await;
    assert!(!steps(&plan).contains(&"update org-policy top".to_owned()), "{:#?}", steps(&plan));
    assert!(rests(&sandbox, &second).await);
    let now = enforced(&sandbox).await;
    assert_ne!(now[0], before[0], "the first stage");
    assert_eq!(now[1..], before[1..], "the others");

    assert_eq!(advance(&sandbox, &second).await, ["create org-policy-attachment top-next:ou-sand-wldev000"]);
    assert!(rests(&sandbox, &second).await);
    assert_eq!(like_the_first(&sandbox).await, 2);

    let last = advance(&sandbox, &second).await;
    assert_eq!(last[0], "update org-policy top");
    assert!(last.contains(&"delete org-policy top-next".to_owned()), "{last:#?}");
    assert!(!rests(&sandbox, &second).await);
    assert_eq!(like_the_first(&sandbox).await, 3);
    assert_eq!(enforced(&sandbox).await[2], now[0], "what the first stage had");
    assert_eq!(advance(&sandbox, &second).await, [""; 0], "there is nowhere to go on to");
    let gaps = gaps(&timeline(&sandbox).await);
    assert!(gaps.is_empty(), "{gaps:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_goes_back_and_what_changes_again_begins_again() {
    let sandbox = Sandbox::start().await;
    let [zeus, hera, leto] = ["zeus", "hera", "leto"].map(sections);
    sandbox.apply(&zeus).await;
    let before = enforced(&sandbox).await;
    sandbox.apply(&hera).await;
    advance(&sandbox, &hera).await;
    let halfway = enforced(&sandbox).await;

    sandbox.apply(&leto).await;
    assert!(rests(&sandbox, &leto).await);
    let again = enforced(&sandbox).await;
    assert!(again[0] != halfway[0] && again[0] != before[0], "the newest in the first stage");
    assert_eq!(again[1..], before[1..], "what was everywhere else");

    sandbox.apply(&zeus).await;
    assert!(!rests(&sandbox, &zeus).await);
    assert_eq!(enforced(&sandbox).await, before);
    let gaps = gaps(&timeline(&sandbox).await);
    assert!(gaps.is_empty(), "{gaps:#?}");
}

/// How `verify` ends for this spec.
async fn verified(sandbox: &Sandbox, text: &str) -> End {
    let clients = sandbox.clients(Access::ReadOnly).await;
    let sides = Box::pin(sandbox.sides(text)).await.expect("both sides");
    let options = verify::Options { timeout: Duration::from_millis(500), ..verify::Options::default() };
    Box::pin(verify::verify(&clients, &sides, &options)).await.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_force_is_held_against_the_stages_that_are_reached() {
    let sandbox = Sandbox::start().await;
    let [zeus, hera, leto] = ["zeus", "hera", "leto"].map(sections);
    sandbox.apply(&zeus).await;
    sandbox.apply(&hera).await;
    for _ in 0..3 {
        enforced(&sandbox).await;
        assert_eq!(verified(&sandbox, &hera).await, End::Passed, "the new where it is, and the old elsewhere");
        assert_eq!(verified(&sandbox, &leto).await, End::Failed, "what is not applied is not in force");
        advance(&sandbox, &hera).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_be_read_takes_nothing_from_its_stages() {
    let sandbox = Sandbox::start().await;
    let (first, second) = (sections("zeus"), sections("hera"));
    sandbox.apply(&first).await;
    sandbox.apply(&second).await;
    sandbox.refuse(&["DescribePolicy"]).await;
    let plan = sandbox.plan_with(&second, &advancing()).await;
    assert_eq!(steps(&plan), [""; 0], "{:#?}", plan.held);
    assert!(!plan.blind.is_empty());
}

/// As [`sections`], with two nodes in the second stage.
fn broad(word: &str) -> String {
    sections(word).replace("[\"ou:Workloads/Dev\"]", "[\"ou:Workloads/Dev\", \"ou:Workloads/Prod\"]")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_was_reached_in_part_stays_and_is_gone_on_with() {
    let sandbox = Sandbox::start().await;
    let (first, second) = (broad("zeus"), broad("hera"));
    sandbox.apply(&first).await;
    sandbox.apply(&second).await;
    // As where a run ends early: one node of two is attached.
    let targets = vec!["org-policy-attachment/*/top-next:ou-sand-wldev000".to_owned()];
    let (_, outcome) = sandbox.apply_with(&second, &Options { targets, ..advancing() }).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failed);

    assert!(rests(&sandbox, &second).await, "what is there stays");
    assert_eq!(like_the_first(&sandbox).await, 2);
    assert_eq!(verified(&sandbox, &second).await, End::Passed, "and is expected there");
    assert_eq!(advance(&sandbox, &second).await.len(), 1, "the rest of the second stage");
    assert_eq!(like_the_first(&sandbox).await, 3);
    assert!(advance(&sandbox, &second).await.contains(&"update org-policy top".to_owned()), "the last stage");
    assert_eq!(like_the_first(&sandbox).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_on_its_way_reaches_no_later_stage_before_the_first() {
    let sandbox = Sandbox::start().await;
    let [zeus, hera, leto] = ["zeus", "hera", "leto"].map(broad);
    sandbox.apply(&zeus).await;
    let before = enforced(&sandbox).await;
    sandbox.apply(&hera).await;
    advance(&sandbox, &hera).await;
    let halfway = enforced(&sandbox).await;
    assert_eq!(like_the_first(&sandbox).await, 3);

    // What cannot be taken back keeps the new text from being written at all, whoever advances.
    for options in [Options::default(), advancing()] {
        sandbox.refuse(&["DetachPolicy"]).await;
        let (_, outcome) = sandbox.apply_with(&leto, &options).await;
        assert_eq!(outcome.failed.len(), 2, "{:#?}", outcome.failed);
        assert_eq!(enforced(&sandbox).await, halfway);
    }
    sandbox.set(json!({"refuse": []})).await;
    let plan = sandbox.apply(&leto).await;
    let all = steps(&plan);
    let at = |step: &str| all.iter().position(|other| other == step).unwrap_or_else(|| panic!("{step}: {all:#?}"));
    let text = &plan.actions[at("update org-policy top-next")];
    for node in ["ou-sand-wldev000", "ou-sand-wlprod00"] {
        let back = &plan.actions[at(&format!("delete org-policy-attachment top-next:{node}"))];
        assert!(text.after.contains(&back.id), "{all:#?}");
    }
    assert_eq!(text.reach, Some(2), "it is attached to the first stage alone by then");
    assert!(rests(&sandbox, &leto).await);
    let now = enforced(&sandbox).await;
    assert!(now[0] != halfway[0] && now[0] != before[0], "the newest in the first stage");
    assert_eq!(now[1..], before[1..], "what was everywhere else");

    let timeline = timeline(&sandbox).await;
    let entries = timeline.as_array().expect("entries");
    let scopes = entries.iter().flat_map(|entry| entry["scopes"].as_array().into_iter().flatten());
    let later = |scope: &&Value| [DEV, PROD].iter().any(|account| scope["account"] == **account);
    let newest: Value = serde_json::from_str(&now[0]).expect("JSON");
    let too_early = scopes.filter(later).filter(|scope| scope["enforced"] == newest);
    assert_eq!(too_early.count(), 0, "at no time was it anywhere else");
    let gaps = gaps(&timeline);
    assert!(gaps.is_empty(), "{gaps:#?}");
    for _ in 0..2 {
        advance(&sandbox, &leto).await;
    }
    assert_eq!(like_the_first(&sandbox).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_attached_unseen_nothing_of_its_stages_changes() {
    let sandbox = Sandbox::start().await;
    let [zeus, hera, leto] = ["zeus", "hera", "leto"].map(sections);
    sandbox.apply(&zeus).await;
    sandbox.apply(&hera).await;
    advance(&sandbox, &hera).await;
    sandbox.refuse(&["ListTargetsForPolicy"]).await;
    for text in [&hera, &leto] {
        for options in [Options::default(), advancing()] {
            let plan = sandbox.plan_with(text, &options).await;
            let of_stages = |step: &String| step.contains("top");
            assert!(!steps(&plan).iter().any(of_stages), "{:#?}", steps(&plan));
            let told = plan.warnings.iter().find(|warning| warning.code == WARNED).map(|warning| &warning.message);
            assert!(told.is_some_and(|told| told.contains("how far its stages have come is not known")), "{told:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_policy_still_names_is_known() {
    let sandbox = Sandbox::start().await;
    let [zeus, hera, leto] = ["zeus", "hera", "leto"].map(sections);
    sandbox.apply(&zeus).await;
    sandbox.apply(&hera).await;
    for text in [&hera, &leto] {
        let plan = sandbox.plan(text).await;
        let doubts = plan.preconditions.iter().filter(|one| one.code.id() == "P0112" && one.state != State::Ok);
        assert_eq!(doubts.count(), 0, "no version that something points at holds automated reasoning");
    }
}
