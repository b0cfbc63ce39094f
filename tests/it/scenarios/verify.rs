//! What `verify` proves after an apply, and what it tells where somebody put something out of order.

use std::collections::BTreeSet;
use std::time::Duration;

use bedrail::aws::Access;
use bedrail::checks::{Check, End, Report, State, What};
use bedrail::model::{AccountId, Region};
use bedrail::verify::{Invocation, Options, verify};
use serde_json::json;

use super::{guardrail, spec};
use crate::support::{MANAGEMENT, Sandbox};

pub(super) const NOVA: &str = "amazon.nova-lite-v1:0";
pub(super) const SANDBOX: &str = "555566667777";
const PROD: &str = "333344445555";

/// Enforced by the organization on two accounts, by the account on another one and at home.
pub(super) fn everywhere() -> String {
    format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [\"ou:Sandbox\"]}}}}\n\
         account_enforcement: {{members: {{accounts: [\"ou:Workloads/Prod\", management], guardrail: baseline}}}}\n",
        guardrail("baseline", "one", "")
    )
}

/// `app-role` must name the guardrail at home.
pub(super) fn bound_role() -> String {
    spec(&format!(
        "guardrails:\n{}iam_policies:\n  app: {{accounts: [management], template: require_guardrail, guardrails: [baseline], version: current, \
         models: [\"{NOVA}\"], attach_to_roles: [app-role]}}\n",
        guardrail("baseline", "one", "")
    ))
}

/// As it was applied, with the sandbox's short delays.
pub(super) fn patient(seconds: u64) -> Options {
    Options { timeout: Duration::from_secs(seconds), ..Options::default() }
}

fn calling(model: &str) -> Invocation {
    Invocation { models: [(None, model.to_owned())].into(), role: None }
}

pub(super) fn invoking(role: Option<&str>) -> Options {
    let invoke = Invocation { role: role.map(str::to_owned), ..calling(NOVA) };
    Options { invoke: Some(invoke), ..patient(10) }
}

pub(super) async fn verified(sandbox: &Sandbox, text: &str, options: &Options) -> Report {
    let clients = sandbox.clients(Access::ReadOnly).await;
    let sides = sandbox.sides(text).await.expect("both sides");
    // Every test would be as long as this future.
    Box::pin(verify(&clients, &sides, options)).await
}

pub(super) fn ended(report: &Report, state: State) -> Vec<&Check> {
    report.checks.iter().filter(|check| check.outcome.state == state).collect()
}

/// What did not pass, as subject, account and name.
pub(super) fn amiss(report: &Report) -> Vec<(What, &str, &str)> {
    let all = report.checks.iter().filter(|check| check.outcome.state != State::Passed);
    all.map(|check| (check.what, check.scope.account.as_str(), check.about.as_str())).collect()
}

pub(super) fn count(report: &Report, what: What) -> usize {
    report.checks.iter().filter(|check| check.what == what).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_apply_all_is_in_force() {
    let text = spec(&everywhere());
    let sandbox = Sandbox::start().await;
    sandbox.apply(&text).await;
    sandbox.forget_requests().await;
    let report = verified(&sandbox, &text, &invoking(None)).await;
    assert_eq!(report.end(), End::Passed, "{:#?}", amiss(&report));
    for (what, checks) in [
        (What::EffectivePolicy, 2),
        (What::ValidPolicy, 2),
        (What::EnforcedConfiguration, 2),
        (What::Version, 1),
        (What::ApplyGuardrail, 4),
        (What::Simulation, 0),
        // In each of four ways.
        (What::ModelCall, 16),
    ] {
        assert_eq!(count(&report, what), checks, "{what:?}");
    }
    assert_eq!(report.checks.iter().filter(|check| check.scope.account.as_str() == PROD).count(), 6);
    // What it did is what it says.
    let counts = sandbox.counts().await;
    assert_eq!(counts.get("organizations:ListAccountsWithInvalidEffectivePolicy"), Some(&1), "{counts:?}");
    for api in ["Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream"] {
        assert_eq!(counts.get(&format!("bedrock:{api}")), Some(&4), "{api}: {counts:?}");
    }
    let writes = ["Create", "Update", "Put", "Delete", "Attach", "Detach", "Tag"];
    let wrote = counts
        .keys()
        .find(|key| key.split(':').nth(1).is_some_and(|one| writes.iter().any(|word| one.starts_with(word))));
    assert_eq!(wrote, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_asked_for_is_looked_at() {
    let text = spec(&everywhere());
    let sandbox = Sandbox::start().await;
    sandbox.apply(&text).await;
    let account: AccountId = SANDBOX.parse().expect("an id");
    let one = Options { accounts: Some(BTreeSet::from([account])), ..patient(5) };
    let report = verified(&sandbox, &text, &one).await;
    assert_eq!(report.end(), End::Passed, "{:#?}", amiss(&report));
    // A version is where its guardrail is.
    let checks = report.checks.iter().filter(|check| check.what != What::Version);
    assert!(checks.clone().count() == 3 && checks.clone().all(|check| check.scope.account.as_str() == SANDBOX));
    let elsewhere = Options { regions: Some(BTreeSet::from([Region::new("eu-west-1")])), ..patient(5) };
    assert_eq!(verified(&sandbox, &text, &elsewhere).await.checks, [], "nothing is enforced there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_declared_is_told_where_it_is() {
    let text = spec(&everywhere());
    let sandbox = Sandbox::start().await;
    let before = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(before.end(), End::Failed, "nothing is applied yet");
    assert!(ended(&before, State::Failed).iter().any(|check| check.what == What::Version), "{:#?}", amiss(&before));
    sandbox.apply(&text).await;
    assert_eq!(verified(&sandbox, &text, &patient(5)).await.end(), End::Passed);

    // Somebody enforces less.
    sandbox
        .edit(|state| {
            let enforced = &mut state["bedrock"][PROD]["us-east-1"]["enforced"];
            assert!(enforced.is_object(), "{enforced}");
            enforced["modelEnforcement"] = json!({"includedModels": ["ALL"], "excludedModels": [NOVA]});
        })
        .await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(amiss(&report), [(What::EnforcedConfiguration, PROD, "")]);
    let [check] = ended(&report, State::Failed)[..] else { panic!("{report:#?}") };
    assert!(check.outcome.message.contains("excluded_models"), "{check:?}");

    // And the resource policy goes: nobody else may apply what is enforced.
    let sandbox = Sandbox::start().await;
    sandbox.apply(&text).await;
    sandbox.edit(|state| state["bedrock"][MANAGEMENT]["us-east-1"]["resource_policies"] = json!({})).await;
    let report = verified(&sandbox, &text, &invoking(None)).await;
    let members: BTreeSet<&str> =
        amiss(&report).iter().filter(|one| one.0 == What::ApplyGuardrail).map(|one| one.1).collect();
    assert_eq!(members, BTreeSet::from([PROD, SANDBOX, "666677778888"]));
    let calls: Vec<_> = amiss(&report).into_iter().filter(|one| one.0 == What::ModelCall).collect();
    assert_eq!(calls.len(), 12, "and every call fails: {calls:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_others_in_the_way_is_named() {
    let (ours, sandbox) = (spec(&everywhere()), Sandbox::start().await);
    sandbox.apply(&ours).await;
    let theirs = everywhere()
        .replace("baseline", "theirs")
        .replace("{org:", "{low:")
        .replace("ou:Sandbox", "account:sandbox-1")
        .replace("account_enforcement", "x-none");
    sandbox.apply(&spec(&theirs).replace("stack: acme", "stack: other")).await;
    let report = verified(&sandbox, &ours, &patient(1)).await;
    assert_eq!(amiss(&report), [(What::EffectivePolicy, SANDBOX, "")]);
    let message = &ended(&report, State::Failed)[0].outcome.message;
    assert!(message.contains("other-low (p-") && message.contains("speak of the Region, too"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_spreads_slowly_is_waited_for() {
    let (text, sandbox) = (spec(&everywhere()), Sandbox::start().await);
    sandbox.set(json!({"propagation_ms": 1500})).await;
    sandbox.apply(&text).await;
    let early = verified(&sandbox, &text, &patient(0)).await;
    assert!(
        amiss(&early).iter().all(|(what, ..)| *what == What::EffectivePolicy) && early.end() == End::Failed,
        "{early:#?}"
    );
    let late = verified(&sandbox, &text, &patient(20)).await;
    assert_eq!(late.end(), End::Passed, "{:#?}", amiss(&late));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_seen_is_not_passed() {
    let (text, sandbox) = (spec(&everywhere()), Sandbox::start().await);
    sandbox.apply(&text).await;
    sandbox.set(json!({"refuse": [{"operation": "DescribeEffectivePolicy"}]})).await;
    let report = verified(&sandbox, &text, &patient(30)).await;
    assert_eq!(report.end(), End::Incomplete, "{report:#?}");
    assert!(ended(&report, State::Unseen).iter().all(|check| check.what == What::EffectivePolicy), "{report:#?}");
    // What is known to be wrong goes before that.
    sandbox
        .edit(|state| {
            let place = state["bedrock"][PROD]["us-east-1"].as_object_mut().expect("a place");
            assert!(place.remove("enforced").is_some());
        })
        .await;
    assert_eq!(verified(&sandbox, &text, &patient(0)).await.end(), End::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_let_off_is_skipped_and_one_that_is_not_there_is_not_seen() {
    let excluded = everywhere().replace(
        "[{guardrail: baseline}]",
        &format!("[{{guardrail: baseline, model_enforcement: {{excluded_models: [\"{NOVA}\"]}}}}]"),
    );
    let (text, sandbox) = (spec(&excluded), Sandbox::start().await);
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &invoking(None)).await;
    let skipped: Vec<&str> = ended(&report, State::Skipped).iter().map(|check| check.scope.account.as_str()).collect();
    assert_eq!((skipped, report.end()), (vec![SANDBOX, "666677778888"], End::Passed), "{:#?}", amiss(&report));
    let elsewhere = Invocation { models: [(Some(Region::new("eu-west-1")), NOVA.to_owned())].into(), role: None };
    let report = verified(&sandbox, &text, &Options { invoke: Some(elsewhere), ..patient(10) }).await;
    assert_eq!(
        (ended(&report, State::Skipped).len(), report.end()),
        (4, End::Passed),
        "no model is named for the Region"
    );
    let unknown = calling("amazon.nova-imaginary-v9:0");
    let report = verified(&sandbox, &text, &Options { invoke: Some(unknown), ..patient(0) }).await;
    assert_eq!(report.end(), End::Incomplete, "a model that is not there proves nothing: {:#?}", amiss(&report));
    // What the role that reads may not do, it does not do.
    let unknown = invoking(Some("nobody-made-it"));
    let report = verified(&sandbox, &text, &Options { timeout: Duration::ZERO, ..unknown }).await;
    assert!(ended(&report, State::Unseen).iter().all(|check| check.what == What::ModelCall), "{report:#?}");
    assert_eq!(report.end(), End::Incomplete);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_from_elsewhere_calls_models_by_the_role_at_home() {
    let (text, mut sandbox) = (spec(&everywhere()), Sandbox::start().await);
    sandbox.apply(&text).await;
    let everybody = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222233334444:root"},
        "Action": "sts:AssumeRole"}]});
    let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    sandbox
        .edit(|state| state["iam"]["*"]["roles"]["Gate"] = json!({"trust": everybody, "inline": {"all": all}}))
        .await;
    "222233334444".clone_into(&mut sandbox.account);
    sandbox.roles.as_mut().expect("an organization").names.management = Some("Gate".to_owned());
    let report = verified(&sandbox, &text, &invoking(None)).await;
    assert_eq!(report.end(), End::Passed, "{:#?}", report.checks);
    assert_eq!(count(&report, What::ModelCall), 16, "its session that reads may not call models, and another one may");
}

/// The role of the seed lets its own account in, and not the management account.
pub(super) async fn open_the_role(sandbox: &Sandbox) {
    sandbox
        .edit(|state| {
            let accounts = state["iam"].as_object_mut().expect("accounts");
            for iam in accounts.values_mut() {
                if let Some(role) = iam["roles"].get_mut("app-role") {
                    role["trust"] = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                        "Principal": {"AWS": format!("arn:aws:iam::{MANAGEMENT}:root")}}]});
                }
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_must_name_the_guardrail_is_tried_without_and_with_it() {
    let (text, sandbox) = (bound_role(), Sandbox::start().await);
    sandbox.apply(&text).await;
    open_the_role(&sandbox).await;
    let report = verified(&sandbox, &text, &invoking(None)).await;
    assert_eq!(report.end(), End::Passed, "{:#?}", report.checks);
    assert_eq!((count(&report, What::Simulation), count(&report, What::ModelCall)), (1, 4));
    let calls = report.checks.iter().filter(|check| check.what == What::ModelCall);
    assert!(calls.clone().all(|check| check.about.ends_with(" as app-role")), "{:#?}", report.checks);
    assert!(calls.clone().all(|check| check.outcome.message.contains("denied")), "{:#?}", report.checks);

    // Detached behind bedrail's back, it proves nothing any more.
    sandbox
        .edit(|state| {
            let accounts = state["iam"].as_object_mut().expect("accounts");
            for iam in accounts.values_mut() {
                if let Some(role) = iam["roles"].get_mut("app-role") {
                    role["attached"] = json!([]);
                }
            }
        })
        .await;
    let report = verified(&sandbox, &text, &Options { timeout: Duration::ZERO, ..invoking(None) }).await;
    let subjects: BTreeSet<What> = amiss(&report).iter().map(|one| one.0).collect();
    assert_eq!(subjects, BTreeSet::from([What::Simulation, What::ModelCall]), "{:#?}", report.checks);
    assert_eq!(report.end(), End::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_requires_a_guardrail_binds_every_role_but_the_exempt() {
    let of = |exempt: &str| {
        format!(
            "guardrails:\n{}versions: {{first: {{guardrail: baseline}}}}\n\
             resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
             org_policies:\n  deny: {{type: SERVICE_CONTROL_POLICY, template: require_guardrail, guardrails: [baseline]{exempt}, \
             attach: [\"ou:Sandbox\"]}}\n",
            guardrail("baseline", "one", "")
        )
    };
    let (text, sandbox) = (spec(&of("")), Sandbox::start().await);
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &invoking(None)).await;
    assert_eq!(report.end(), End::Passed, "{:#?}", report.checks);
    let simulated: BTreeSet<&str> =
        report.checks.iter().filter(|check| check.what == What::Simulation).map(|check| check.about.as_str()).collect();
    assert_eq!(simulated, BTreeSet::from(["OrganizationAccountAccessRole", "app-role"]));
    assert_eq!(count(&report, What::ModelCall), 8, "as whoever writes there, who is bound, too");

    let exempt = ", exempt_principals: [\"arn:aws:iam::*:role/OrganizationAccountAccessRole\"]";
    let (text, sandbox) = (spec(&of(exempt)), Sandbox::start().await);
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &invoking(None)).await;
    let simulated = report.checks.iter().filter(|check| check.what == What::Simulation);
    assert!(simulated.clone().count() == 2 && simulated.clone().all(|check| check.about == "app-role"), "{report:#?}");
    // Nothing is required of the one who calls, and nothing is enforced.
    assert_eq!(ended(&report, State::Skipped).len(), 2, "{:#?}", report.checks);
}
