//! What `verify` says of roles whose calls are denied: for the guardrail, for what they lack to name it, or by others whatever they
//! name. Nobody is called proven who was not tried, and nobody locked out by what has nothing to do with guardrails.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bedrail::checks::{Check, End, Report, State, What};
use bedrail::verify::Options;
use serde_json::{Value, json};

use super::readiness::{bedrock, with_role};
use super::unproven::{required, simulated};
use super::verify::{NOVA, SANDBOX, amiss, ended, invoking, patient, verified};
use super::{guardrail, spec};
use crate::support::{MANAGEMENT, Sandbox};

fn lambda() -> Value {
    json!({"Service": "lambda.amazonaws.com"})
}

/// Any model, and any guardrail, but for what `more` denies.
fn all_but(more: &Value) -> Value {
    json!([{"Effect": "Allow", "Action": ["bedrock:InvokeModel*", "bedrock:ApplyGuardrail"], "Resource": "*"}, more])
}

/// A role of every account with these statements.
async fn with_statements(sandbox: &Sandbox, name: &str, statements: &Value) {
    with_role(sandbox, name, &lambda(), &Value::Null, &statements[0]).await;
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    sandbox.edit(|state| state["iam"]["*"]["roles"][name]["inline"]["models"] = policy).await;
}

fn two_regions(text: &str) -> String {
    text.replace("regions: [us-east-1]", "regions: [us-east-1, eu-west-1]")
}

/// How the simulations of a role ended, by Region, in the sandbox account.
fn by_region(report: &Report, role: &str) -> BTreeMap<String, State> {
    let of_role = simulated(report, role).into_iter().filter(|check| check.scope.account.as_str() == SANDBOX);
    of_role.map(|check| (check.scope.region_name().to_owned(), check.outcome.state)).collect()
}

fn states(of: &[(&str, State)]) -> BTreeMap<String, State> {
    of.iter().map(|(region, state)| ((*region).to_owned(), *state)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_proven_only_if_it_may_apply_what_it_must_name() {
    let (text, sandbox) = (required(""), Sandbox::start().await);
    let models = json!({"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": "*"});
    with_role(&sandbox, "legacy", &lambda(), &Value::Null, &models).await;
    with_role(&sandbox, "agent", &bedrock(), &Value::Null, &models).await;
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(report.end(), End::Failed);
    let of = |role: &str| -> Vec<&Check> { simulated(&report, role) };
    for (role, word) in [("legacy", "may not apply the guardrail baseline"), ("agent", "names no guardrail")] {
        assert!(
            of(role).len() == 2 && of(role).iter().all(|check| check.outcome.message.contains(word)),
            "{report:#?}"
        );
        assert!(of(role).iter().all(|check| check.outcome.state == State::Failed), "{report:#?}");
    }
    assert!(of("app-role").iter().all(|check| check.outcome.state == State::Passed), "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_approved_models_locks_nobody_out() {
    let approved = "  approved: {type: SERVICE_CONTROL_POLICY, document: {Version: \"2012-10-17\", Statement: [{Effect: Deny, \
        Action: \"bedrock:InvokeModel*\", NotResource: [\"arn:aws:bedrock:*::foundation-model/amazon.nova-*\"]}]}, attach: [root]}\n";
    let (text, sandbox) = (format!("{}{approved}", required("")), Sandbox::start().await);
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(5)).await;
    assert_eq!(report.end(), End::Passed, "{:#?}", amiss(&report));
    assert!(simulated(&report, "app-role").iter().all(|check| check.outcome.state == State::Passed), "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_others_deny_every_call_nobody_is_locked_out_by_the_guardrail() {
    let (text, sandbox) = (two_regions(&required("")), Sandbox::start().await);
    let own = json!({"Effect": "Deny", "Action": "bedrock:*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}});
    with_statements(&sandbox, "here-only", &all_but(&own)).await;
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    let here = states(&[("eu-west-1", State::Skipped), ("us-east-1", State::Passed)]);
    assert_eq!(by_region(&report, "here-only"), here, "{report:#?}");
    assert_eq!(report.end(), End::Passed, "{report:#?}");

    // The same by a service control policy of others, for every role.
    let theirs = "org_policies:\n  theirs: {type: SERVICE_CONTROL_POLICY, document: {Version: \"2012-10-17\", Statement: [{Effect: Deny, \
        NotAction: [\"iam:*\", \"sts:*\", \"organizations:*\"], Resource: \"*\", Condition: {StringNotEquals: {\"aws:RequestedRegion\": \
        [us-east-1]}}}]}, attach: [\"ou:Sandbox\"]}\n";
    sandbox.apply(&spec(theirs).replace("stack: acme", "stack: other")).await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!((by_region(&report, "app-role"), report.end()), (here, End::Passed), "{report:#?}");
    let skipped = simulated(&report, "app-role").into_iter().find(|check| check.outcome.state == State::Skipped);
    let message = &skipped.expect("one").outcome.message;
    assert!(message.contains("a service control policy denies") && message.contains("whatever they name"), "{message}");
}

/// A role that must name the guardrail, in both Regions.
fn on_app(org_policies: &str) -> String {
    two_regions(&spec(&format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n{org_policies}\
         iam_policies:\n  app: {{accounts: [\"{SANDBOX}\"], template: require_guardrail, guardrails: [baseline], models: [\"{NOVA}\"], \
         attach_to_roles: [app]}}\n",
        guardrail("baseline", "one", "")
    )))
}

/// Of `app`, which has nothing but what the spec attaches to it.
async fn with_app(path: &str) -> Sandbox {
    let sandbox = Sandbox::start().await;
    let bucket = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    with_role(&sandbox, "app", &json!({"AWS": format!("arn:aws:iam::{MANAGEMENT}:root")}), &Value::Null, &bucket).await;
    if !path.is_empty() {
        sandbox.edit(|state| state["iam"]["*"]["roles"]["app"]["path"] = path.into()).await;
    }
    sandbox
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_tried_in_each_region() {
    let (text, sandbox) = (on_app(""), with_app("").await);
    sandbox.apply(&text).await;
    let of = |report: &Report| by_region(report, "app under acme-app");
    let report = verified(&sandbox, &text, &patient(5)).await;
    let both = states(&[("eu-west-1", State::Passed), ("us-east-1", State::Passed)]);
    assert_eq!((of(&report), report.end()), (both, End::Passed), "{report:#?}");
    sandbox
        .edit(|state| {
            let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeModel*",
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/*"}]});
            let accounts = state["iam"].as_object_mut().expect("accounts");
            for iam in accounts.values_mut() {
                if let Some(role) = iam["roles"].get_mut("app") {
                    role["inline"]["lock"] = deny.clone();
                }
            }
        })
        .await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    let one = states(&[("eu-west-1", State::Passed), ("us-east-1", State::Failed)]);
    assert_eq!((of(&report), report.end()), (one, End::Failed), "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_of_other_regions_does_not_stand_in_the_way_of_a_role() {
    let regions =
        "org_policies:\n  regions: {type: SERVICE_CONTROL_POLICY, template: deny_unlisted_regions, attach: [root]}\n";
    let (text, sandbox) = (on_app(regions), with_app("").await);
    // In force first: the attachment is tried below it.
    let before = text.split("iam_policies:").next().expect("a spec");
    sandbox.apply(before).await;
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(report.end(), End::Passed, "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_with_a_path_calls_models() {
    let text = on_app("").replace("regions: [us-east-1, eu-west-1]", "regions: [us-east-1]");
    let sandbox = with_app("/apps/").await;
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &invoking(None)).await;
    let calls: Vec<&Check> = report.checks.iter().filter(|check| check.about.ends_with(" as app")).collect();
    assert!(calls.len() == 4 && report.end() == End::Passed, "{:#?}", report.checks);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_guardrails_that_will_do_one_that_is_shared_is_named() {
    let keys = ["alpha", "beta", "gamma", "delta", "omega"];
    let guardrails: String = keys.iter().map(|key| guardrail(key, key, "")).collect();
    let versions: Vec<String> = keys.iter().map(|key| format!("v-{key}: {{guardrail: {key}}}")).collect();
    for shared in keys {
        let text = spec(&format!(
            "guardrails:\n{guardrails}versions: {{{}}}\n\
             resource_policies: {{{shared}: {{guardrail: {shared}, share_with: organization}}}}\n\
             org_policies:\n  deny: {{type: SERVICE_CONTROL_POLICY, template: require_guardrail, guardrails: any, attach: [\"ou:Sandbox\"]}}\n",
            versions.join(", ")
        ));
        let sandbox = Sandbox::start().await;
        sandbox.apply(&text).await;
        let report = verified(&sandbox, &text, &invoking(None)).await;
        assert_eq!(report.end(), End::Passed, "{shared}: {:#?}", ended(&report, State::Failed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_never_applied_is_not_waited_for() {
    let (text, sandbox) = (required(""), Sandbox::start().await);
    sandbox.apply(&text).await;
    let another = text.replace("guardrails: [baseline]", "guardrails: any");
    let elsewhere = text.replace("\"ou:Sandbox\"", "\"ou:Sandbox\", \"ou:Workloads\"");
    let enforced = format!("{text}account_enforcement: {{here: {{guardrail: baseline, version: first}}}}\n");
    for (changed, what) in
        [(another, What::Simulation), (elsewhere, What::Simulation), (enforced, What::EnforcedConfiguration)]
    {
        let began = Instant::now();
        let report = verified(&sandbox, &changed, &Options { timeout: Duration::from_mins(2), ..patient(0) }).await;
        assert!(began.elapsed() < Duration::from_mins(1), "{what:?}: {:?}", began.elapsed());
        assert!(ended(&report, State::Failed).iter().any(|check| check.what == what), "{report:#?}");
    }
}
