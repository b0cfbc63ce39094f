//! What reading costs, and what happens when it is refused.

use bedrail::plan::Why;
use serde_json::json;

use crate::support::{Sandbox, assert_in_sync};

const SPEC: &str = r#"
format: 1
stack: acme
organization: {management_account: "111122223333"}
regions: [us-east-1, eu-west-1]
scan: {regions: declared}
guardrails:
  baseline:
    blocked_input_messaging: Sorry, this request is not allowed.
    blocked_outputs_messaging: Sorry, this answer is not available.
    cross_region_profile: auto
    content_policy: {filters: {HATE: HIGH, PROMPT_ATTACK: HIGH}}
  payments:
    blocked_input_messaging: Sorry, this request is not allowed.
    blocked_outputs_messaging: Sorry, this answer is not available.
    word_policy: {words: [projectx]}
versions:
  payments-1: {guardrail: payments}
resource_policies:
  baseline: {guardrail: baseline, share_with: organization}
org_policies:
  baseline:
    enforce: [{guardrail: baseline}]
    attach: [root]
account_enforcement:
  management: {guardrail: payments, version: payments-1}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_reads_no_more_than_it_must() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(SPEC).await;
    let sides = sandbox.sides(SPEC).await.expect("both sides");
    let profiles = sides.desired.resources.keys().filter(|address| address.name.contains(".guardrail.v")).count();
    sandbox.forget_requests().await;
    sandbox.plan(SPEC).await;
    let requests = sandbox.requests().await;
    let to = |service: &str| requests.iter().filter(|request| request.service == service).count();
    // R Regions, G guardrails in each, V versions whose content is needed, D profile × destination.
    let (regions, guardrails, versions, destinations) = (2, 2, 2, profiles);
    let bedrock = 2 * regions + 4 * guardrails * regions + versions + destinations;
    // L pages of roots, accounts and policies, P policies.
    let (pages, policies) = (3, 1);
    let organizations = pages + 3 * policies;
    assert!(destinations > 0, "the spec uses a profile");
    assert!(to("bedrock") <= bedrock, "{} of {bedrock}: {:#?}", to("bedrock"), sandbox.counts().await);
    assert!(
        to("organizations") <= organizations,
        "{} of {organizations}: {:#?}",
        to("organizations"),
        sandbox.counts().await
    );
    assert_eq!(to("sts"), 1);
}

/// The reads without which a resource could be missed.
const READS: [&str; 8] = [
    "ListGuardrails",
    "GetGuardrail",
    "ListTagsForResource",
    "ListEnforcedGuardrailsConfiguration",
    "GetResourcePolicy",
    "ListPolicies",
    "DescribePolicy",
    "ListTargetsForPolicy",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_read_is_never_a_missing_resource() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(SPEC).await;
    for operation in READS {
        sandbox.set(json!({"refuse": [{"operation": operation}]})).await;
        let plan = sandbox.plan(SPEC).await;
        let done: Vec<_> =
            plan.actions.iter().map(|action| format!("{} {}", action.verb.word(), action.address)).collect();
        assert!(done.is_empty(), "{operation}: {done:#?}");
        assert!(!plan.blind.is_empty(), "{operation} leaves a blind spot");
        assert!(plan.blind.iter().all(|blind| blind.why.contains("AccessDenied")), "{operation}: {:#?}", plan.blind);
        assert!(
            plan.held.iter().all(|held| matches!(held.why, Why::NotVisible | Why::Needs)),
            "{operation}: {:#?}",
            plan.held
        );
    }
    sandbox.set(json!({"refuse": []})).await;
    assert_in_sync(&sandbox.plan(SPEC).await, "in sync");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_reads_are_refused_nothing_is_made_on_a_guess() {
    for operation in READS {
        let sandbox = Sandbox::start().await;
        sandbox.set(json!({"refuse": [{"operation": operation}]})).await;
        let before = sandbox.plan(SPEC).await;
        sandbox.set(json!({"refuse": []})).await;
        let all = sandbox.plan(SPEC).await;
        // What could not be seen is not made; what could be is, with the same words as ever.
        assert!(before.actions.len() <= all.actions.len(), "{operation}");
        let held = before.held.iter().filter(|held| held.why == Why::NotVisible).count();
        let lists = matches!(operation, "ListGuardrails" | "ListEnforcedGuardrailsConfiguration" | "ListPolicies");
        assert_eq!(held > 0, lists || operation == "GetResourcePolicy", "{operation}: {:#?}", before.held);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_organization_there_is_no_plan_at_all() {
    let sandbox = Sandbox::start().await;
    for operation in ["ListRoots", "ListAccounts"] {
        sandbox.set(json!({"refuse": [{"operation": operation}]})).await;
        let failure = sandbox.sides(SPEC).await.expect_err("no facts");
        let words = failure.to_string();
        assert!(words.contains(operation) && words.contains("AccessDenied"), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_pages_are_not_the_end() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(SPEC).await;
    sandbox.set(json!({"empty_pages": true})).await;
    assert_in_sync(&sandbox.plan(SPEC).await, "in sync");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_scan_looks_at_holds_nothing_that_is_declared() {
    let sandbox = Sandbox::start().await;
    let everywhere = SPEC.replace("scan: {regions: declared}", "scan: {regions: [us-west-2]}");
    let elsewhere = SPEC
        .replace("stack: acme", "stack: other")
        .replace("regions: [us-east-1, eu-west-1]", "regions: [us-west-2]")
        .split("versions:")
        .next()
        .map(str::to_owned)
        .expect("guardrails alone");
    sandbox.apply(&elsewhere).await;
    sandbox.apply(&everywhere).await;
    for operation in ["ListTagsForResource", "GetGuardrail", "ListGuardrails", "ListEnforcedGuardrailsConfiguration"] {
        sandbox.set(json!({"refuse": [{"operation": operation, "region": "us-west-2"}]})).await;
        let plan = sandbox.plan(&everywhere).await;
        assert_in_sync(&plan, operation);
    }
    sandbox.set(json!({"refuse": [{"operation": "ListTagsForResource", "region": "us-west-2"}]})).await;
    let refused: Vec<_> = sandbox.plan(&everywhere).await.scanned.not_scanned;
    assert_eq!(refused.len(), 1);
    assert!(refused[0].why.starts_with("AccessDenied") && !refused[0].why.contains("request "), "{refused:?}");
    // A profile's policy is wanted there, so that it could not be read is a blind spot.
    sandbox.set(json!({"refuse": [{"operation": "GetResourcePolicy", "region": "us-west-2"}]})).await;
    let plan = sandbox.plan(&everywhere).await;
    assert!(plan.actions.is_empty() && !plan.blind.is_empty(), "{:?}", plan.actions);
}
