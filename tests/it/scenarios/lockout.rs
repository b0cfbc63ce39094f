//! The hazard `lockout`: who may no longer apply a guardrail to which they stay subject.

use bedrail::plan::{Hazard, Plan};

use super::{guardrail, spec};
use crate::support::Sandbox;

const SANDBOX: [&str; 2] = ["555566667777", "666677778888"];

/// A guardrail of ours and its release; and who may use it.
fn shared(more: &str, policy: &str) -> String {
    format!("guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n{policy}", guardrail("baseline", "one", more))
}

const EVERYBODY: &str = "resource_policies: {baseline: {guardrail: baseline, share_with: organization}}\n";

/// What the plan says of each resource policy that locks somebody out: its name and the accounts.
fn locked_out(plan: &Plan) -> Vec<(&str, Vec<&str>)> {
    let locks = plan.actions.iter().filter(|action| action.hazards.contains(&Hazard::Lockout));
    locks
        .map(|action| {
            let accounts = action.locked_out.iter().map(bedrail::model::AccountId::as_str).collect();
            (action.address.name.as_str(), accounts)
        })
        .collect()
}

/// Ours is there and shared with everybody, and another stack enforces it on the OU Sandbox.
async fn enforced(more: &str) -> Sandbox {
    let sandbox = Sandbox::applied(&shared(more, EVERYBODY)).await;
    let theirs = "external_guardrails: {shared: {from_stack: acme, name: baseline}}\n\
        org_policies: {org: {enforce: [{guardrail: shared}], attach: [\"ou:Sandbox\"]}}\n";
    sandbox.apply(&spec(theirs).replace("stack: acme\n", "stack: other\n")).await;
    sandbox
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_goes_locks_out_whom_others_hold_to_the_guardrail() {
    let sandbox = enforced("").await;
    let plan = sandbox.plan(&spec(&shared("", ""))).await;
    assert_eq!(locked_out(&plan), [("baseline", SANDBOX.to_vec())]);
    let free = Sandbox::applied(&shared("", EVERYBODY)).await;
    assert_eq!(locked_out(&free.plan(&spec(&shared("", ""))).await), [], "nobody is subject to it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policies_of_a_profile_are_not_narrowed_while_it_is_in_use() {
    let auto = ", cross_region_profile: auto";
    let sandbox = enforced(auto).await;
    let fewer = EVERYBODY.replace("organization", "{organizational_units: [\"ou:Workloads\"]}");
    let plan = sandbox.plan(&spec(&shared(auto, &fewer))).await;
    assert_eq!(locked_out(&plan), [("baseline", SANDBOX.to_vec())], "the profile's only ever take in more");
    let profiles = plan.actions.iter().filter(|action| action.address.name == "us.guardrail.v1:0");
    assert!(profiles.count() > 1, "which they do in each of its Regions");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enforcement_of_the_account_that_owns_it_needs_no_policy() {
    let own = "account_enforcement: {here: {guardrail: baseline, version: v-1}}\n";
    let sandbox = Sandbox::applied(&shared("", &format!("{EVERYBODY}{own}"))).await;
    assert_eq!(locked_out(&sandbox.plan(&spec(&shared("", own))).await), []);
}
