//! Policies that ask a call for a guardrail, on the way from one spec to another: whoever can call a model before and after
//! can call it at every moment between.
//!
//! The timeline follows what is enforced; what a policy asks of a request, only a request shows. So the way is cut short at
//! each write, and the roles of the accounts call a model there, with every guardrail that they could name.

use std::collections::BTreeSet;
use std::sync::Arc;

use bedrail::plan::Purpose;
use futures::stream::{StreamExt as _, iter};
use serde_json::json;

use super::deed::{Deed, ONCE};
use super::matrix::{Blow, Cell, Step, cells, is_write, sample, step, struck};
use super::tally::Findings;
use crate::scenarios::agreement::{BOTH, ONE, ROOT, SANDBOX, TWO, WORKLOADS, asking, identity};
use crate::support::{MANAGEMENT, Sandbox};

const MODEL: &str = "amazon.nova-lite-v1:0";
/// Below the root only, and in `ou:Sandbox`.
const ACCOUNTS: [&str; 3] = ["222233334444", "555566667777", "666677778888"];
const AT_ONCE: usize = 8;

/// The accounts whose role can call the model, with some guardrail or none.
async fn callers(sandbox: &Sandbox) -> BTreeSet<&'static str> {
    let owner = sandbox.root(MANAGEMENT);
    let listed = owner.bedrock("GET", "/guardrails", &json!({})).await;
    let listed = match listed.status {
        200 => listed.json(),
        _ => panic!("{listed:?}"),
    };
    let mut named: Vec<Option<(String, String)>> = vec![None];
    for guardrail in listed["guardrails"].as_array().expect("a list") {
        let arn = guardrail["arn"].as_str().expect("an ARN");
        let id = guardrail["id"].as_str().expect("an id");
        let versions = owner.bedrock("GET", &format!("/guardrails?guardrailIdentifier={id}"), &json!({})).await.json();
        for version in versions["guardrails"].as_array().expect("a list") {
            named.push(Some((arn.to_owned(), version["version"].as_str().expect("a version").to_owned())));
        }
    }
    let mut able = BTreeSet::new();
    for account in ACCOUNTS {
        let role = sandbox.session(account, "app-role").await;
        for guardrail in &named {
            let guardrail = guardrail.as_ref().map(|(arn, version)| (arn.as_str(), version.as_str()));
            if role.converse(MODEL, guardrail).await == 200 {
                able.insert(account);
                break;
            }
        }
    }
    able
}

/// Cuts the way short at one write, and says whom that left without a model.
async fn cut(cell: Cell, able: &BTreeSet<&'static str>) -> Findings {
    let Cell { step, operation, nth, blow } = cell;
    let mut findings = Findings::default();
    let sandbox = Sandbox::holding(step.before.clone()).await;
    sandbox.fault(blow.fault(&operation, nth)).await;
    let attempt = step.deed.attempt(&sandbox, ONCE);
    if blow.kills() {
        tokio::select! {
            _ = attempt => (),
            () = struck(&sandbox) => (),
        }
    } else {
        let _ = attempt.await;
    }
    findings.runs += 1;
    findings.faults += usize::from(sandbox.fired().await > 0);
    sandbox.no_faults().await;
    sandbox.set(json!({"authorize": true})).await;
    for when in ["at once", "in the end"] {
        let lost: Vec<&str> = able.difference(&callers(&sandbox).await).copied().collect();
        if !lost.is_empty() {
            findings.gaps.push(format!(
                "{}, {blow:?} at {operation} {nth}: {when}, no call from {}",
                step.deed.name,
                lost.join(", ")
            ));
        }
        sandbox.settle().await;
    }
    findings
}

/// The way from one spec to the other, cut short at each write.
async fn way(name: &str, from: &str, to: &str) -> Findings {
    let mut findings = Findings::default();
    let deed =
        |which: &str, text: &str| Deed::new(format!("{name}, {which}"), vec![text.to_owned()], Purpose::Reconcile);
    let sandbox = Sandbox::start().await;
    let first = deed("before", from);
    let attempt = first.attempt(&sandbox, ONCE).await;
    assert!(attempt.is_complete(), "{}: {}", first.name, attempt.told());
    sandbox.settle().await;
    let state = sandbox.state().await;
    sandbox.set(json!({"authorize": true})).await;
    let before = callers(&sandbox).await;
    let (step, _, after) = Box::pin(step(deed("after", to), state, &mut findings)).await;
    let sandbox = Sandbox::holding(after).await;
    sandbox.set(json!({"authorize": true})).await;
    let able: BTreeSet<_> = before.intersection(&callers(&sandbox).await).copied().collect();
    assert!(!able.is_empty(), "{name}: nobody can call before and after");
    let step: Arc<Step> = Arc::new(step);
    let blows = [Blow::Reset, Blow::LostReply, Blow::Kill];
    let all = cells(&[step], is_write, &blows);
    assert!(!all.is_empty(), "{name}: nothing is written");
    let runs = sample(all, 2).map(|cell| cut(cell, &able));
    let runs: Vec<_> = iter(runs).buffer_unordered(AT_ONCE).collect().await;
    for one in runs {
        findings.add(one);
    }
    findings
}

/// Else nothing that follows could fail.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_apply_what_is_asked_for_is_seen_to_be_cut_off() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&asking(&[(ONE, SANDBOX, "")], "")).await;
    sandbox.settle().await;
    sandbox.set(json!({"authorize": true})).await;
    assert_eq!(callers(&sandbox).await, BTreeSet::from(ACCOUNTS));
    let owner = sandbox.root(MANAGEMENT);
    let listed = owner.bedrock("GET", "/guardrails", &json!({})).await.json();
    for guardrail in listed["guardrails"].as_array().expect("a list") {
        let arn = guardrail["arn"].as_str().expect("an ARN").replace(':', "%3A").replace('/', "%2F");
        let gone = owner.bedrock("DELETE", &format!("/resource-policy/{arn}"), &json!({})).await;
        assert!(gone.status < 300, "{gone:?}");
    }
    assert_eq!(callers(&sandbox).await, BTreeSet::from([ACCOUNTS[0]]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_can_name_what_is_asked_for_goes_on_being_able_to() {
    let of_everyone = asking(&[(ONE, ROOT, "")], "");
    let of_some = asking(&[(ONE, SANDBOX, "")], "");
    let shared_with_some = of_some.replace(
        "one: {guardrail: one, share_with: organization}",
        "one: {guardrail: one, share_with: {organizational_units: [\"ou:Sandbox\"]}}",
    );
    let nothing = asking(&[], "");
    let unshared = nothing.replace("  one: {guardrail: one, share_with: organization}\n", "");
    let ways = [
        ("from nothing", unshared.clone(), of_everyone.clone()),
        ("to nothing", of_everyone.clone(), unshared),
        ("to another guardrail", of_everyone.clone(), asking(&[(TWO, ROOT, "")], "")),
        (
            "to another guardrail, by both policies",
            asking(&[(ONE, ROOT, "")], &identity("one")),
            asking(&[(TWO, ROOT, "")], ""),
        ),
        ("to either guardrail", of_everyone.clone(), asking(&[(BOTH, ROOT, ""), (TWO, SANDBOX, "")], "")),
        ("from either guardrail", asking(&[(BOTH, ROOT, ""), (TWO, SANDBOX, "")], ""), of_everyone.clone()),
        ("to fewer accounts", of_everyone, shared_with_some),
        ("to other accounts", of_some, asking(&[(ONE, WORKLOADS, "")], "")),
        ("IAM to another guardrail", asking(&[], &identity("one")), asking(&[], &identity("two"))),
        ("IAM away", asking(&[], &identity("one")), nothing),
    ];
    let mut findings = Findings::default();
    for (name, from, to) in ways {
        findings.add(Box::pin(way(name, &from, &to)).await);
    }
    findings.settle("policies that ask for a guardrail");
}
