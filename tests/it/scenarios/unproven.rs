//! What `verify` must not take for proven: policies that somebody changed, Regions and roles that were not tried, models that nobody
//! may call, and what no patience mends.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bedrail::aws::Access;
use bedrail::checks::{Check, End, Report, State, What};
use bedrail::verify::{Options, verify};
use serde_json::{Value, json};

use super::verify::{
    NOVA, SANDBOX, amiss, bound_role, count, ended, everywhere, invoking, open_the_role, patient, verified,
};
use super::{guardrail, spec};
use crate::support::Sandbox;

/// A guardrail, in these Regions, that a service control policy requires on the sandbox accounts.
pub(super) fn required(more: &str) -> String {
    spec(&format!(
        "guardrails:\n{}versions: {{first: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies:\n  deny: {{type: SERVICE_CONTROL_POLICY, template: require_guardrail, guardrails: [baseline], attach: [\"ou:Sandbox\"]}}\n",
        guardrail("baseline", "one", more)
    ))
}

/// A policy of this text alone, attached to `app-role` at home.
fn on_app_role(statement: &str) -> String {
    spec(&format!(
        "guardrails:\n{}iam_policies:\n  app: {{accounts: [management], document: {{Version: \"2012-10-17\", Statement: [{statement}]}}, \
         attach_to_roles: [app-role]}}\n",
        guardrail("baseline", "one", "")
    ))
}

/// Writes another text over those policies of the organization, or of IAM, that speak of `of`.
async fn rewrite(sandbox: &Sandbox, of: &str, text: &Value) {
    fn walk(value: &mut Value, of: &str, text: &Value, count: &mut usize) {
        let speaks = |one: &Value| one.to_string().contains(of);
        match value {
            Value::Object(entries) => {
                for (key, one) in entries {
                    if key == "content" && one.is_string() && speaks(one) {
                        *one = Value::String(text.to_string());
                        *count += 1;
                    } else if key == "document" && speaks(one) {
                        *one = if one.is_string() { Value::String(text.to_string()) } else { text.clone() };
                        *count += 1;
                    } else {
                        walk(one, of, text, count);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|one| walk(one, of, text, count)),
            _ => {}
        }
    }
    let mut count = 0;
    sandbox
        .edit(|state| {
            walk(&mut state["organization"], of, text, &mut count);
            walk(&mut state["iam"], of, text, &mut count);
        })
        .await;
    assert!(count > 0, "no policy speaks of {of}");
}

fn harmless() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]})
}

pub(super) fn simulated<'r>(report: &'r Report, role: &str) -> Vec<&'r Check> {
    report.checks.iter().filter(|check| check.what == What::Simulation && check.about == role).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_control_policy_that_somebody_changed_proves_nothing() {
    let (text, sandbox) = (required(""), Sandbox::start().await);
    sandbox.apply(&text).await;
    assert_eq!(verified(&sandbox, &text, &patient(5)).await.end(), End::Passed);
    let before = sandbox.state().await;
    let sides = sandbox.sides(&text).await.expect("both sides");
    rewrite(&sandbox, "GuardrailIdentifier", &harmless()).await;
    // Changed after all else was read, too.
    let clients = sandbox.clients(Access::ReadOnly).await;
    let report = Box::pin(verify(&clients, &sides, &patient(0))).await;
    assert_eq!((report.end(), amiss(&report).len()), (End::Failed, 2), "{report:#?}");
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(report.end(), End::Failed, "{report:#?}");
    let accounts: BTreeSet<_> = amiss(&report).into_iter().collect();
    assert_eq!(
        accounts,
        BTreeSet::from([(What::Simulation, SANDBOX, "deny"), (What::Simulation, "666677778888", "deny")])
    );
    let failed = ended(&report, State::Failed);
    assert!(
        failed.iter().all(|check| check.outcome.message.contains("does not say what the spec says")),
        "{failed:#?}"
    );

    // Detached from its node it binds nobody, whatever it says.
    sandbox.control("PUT", "/_bedrail/state", &before).await;
    assert_eq!(verified(&sandbox, &text, &patient(5)).await.end(), End::Passed);
    let sides = sandbox.sides(&text).await.expect("both sides");
    let attachment = |address: &bedrail::model::Address| address.kind.word() == "org-policy-attachment";
    let found = sides.live.found.keys().find(|address| attachment(address)).expect("it is attached").to_string();
    let (policy, node) = sides
        .live
        .found
        .iter()
        .find(|(address, _)| attachment(address))
        .map(|(_, one)| one.id.as_str())
        .and_then(|id| id.split_once(':'))
        .expect("an id");
    let (policy, node) = (policy.to_owned(), node.to_owned());
    sandbox
        .edit(|state| {
            let attached = state["organization"]["attachments"][&node]["SERVICE_CONTROL_POLICY"].as_array_mut();
            let attached = attached.unwrap_or_else(|| panic!("{found}"));
            attached.retain(|one| one.as_str() != Some(&policy));
        })
        .await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!((report.end(), amiss(&report).len()), (End::Failed, 2), "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_iam_is_tried_by_its_own_text() {
    let null = "{Effect: Deny, Action: \"bedrock:InvokeModel*\", Resource: \"*\", Condition: {\"Null\": {\"bedrock:GuardrailIdentifier\": \"true\"}}}";
    let (text, sandbox) = (on_app_role(null), Sandbox::start().await);
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(5)).await;
    assert_eq!((report.end(), count(&report, What::Simulation)), (End::Passed, 1), "{report:#?}");
    assert!(ended(&report, State::Passed).iter().any(|check| check.about == "app-role under acme-app"), "{report:#?}");
    rewrite(&sandbox, "GuardrailIdentifier", &harmless()).await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(amiss(&report).len(), 1, "{report:#?}");
    assert!(
        ended(&report, State::Failed)[0].outcome.message.contains("does not say what the spec says"),
        "{report:#?}"
    );

    // One that leaves streaming out leaves a way open, and what no template wrote is no less tried for that.
    let half = null.replace("bedrock:InvokeModel*", "bedrock:InvokeModel");
    let (text, sandbox) = (on_app_role(&half), Sandbox::start().await);
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(report.end(), End::Failed, "{report:#?}");
    assert!(
        ended(&report, State::Failed)[0].outcome.message.contains("without a guardrail, in spite of acme-app"),
        "{report:#?}"
    );
    // Whom it binds may hang on what nobody tells the simulation.
    let tagged = null.replace("Condition: {", "Condition: {StringEquals: {\"aws:PrincipalTag/team\": payments}, ");
    let (text, sandbox) = (on_app_role(&tagged), Sandbox::start().await);
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(report.end(), End::Incomplete, "{report:#?}");
    assert!(ended(&report, State::Unseen)[0].outcome.message.contains("aws:principaltag/team"), "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_region_in_which_a_bound_role_calls_models_has_its_line() {
    let of = |more: &str| required(more).replace("regions: [us-east-1]", "regions: [us-east-1, eu-west-1]");
    let sandbox = Sandbox::start().await;
    let all = json!([{"Effect": "Allow", "Action": ["bedrock:InvokeModel*"], "Resource": "arn:aws:bedrock:us-east-1::foundation-model/*"},
        {"Effect": "Allow", "Action": ["bedrock:ApplyGuardrail"], "Resource": "*"}]);
    sandbox
        .edit(|state| {
            state["iam"]["*"]["roles"]["us-only"] = json!({
                "trust": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
                "inline": {"models": {"Version": "2012-10-17", "Statement": all}},
            });
        })
        .await;
    let text = of("");
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(5)).await;
    assert_eq!(report.end(), End::Passed, "{:#?}", amiss(&report));
    let places = |role: &str| -> Vec<String> {
        simulated(&report, role).iter().map(|check| format!("{} {}", check.scope, check.outcome.state.word())).collect()
    };
    assert_eq!(places("us-only"), ["555566667777/us-east-1 passed", "666677778888/us-east-1 passed"]);
    assert_eq!(places("app-role").len(), 4, "{report:#?}");

    // Where none of the guardrails is, nothing can be called, and the line says so.
    let (text, sandbox) = (of(", regions: [\"us-east-1\"]"), Sandbox::start().await);
    sandbox.apply(&text).await;
    let report = verified(&sandbox, &text, &patient(5)).await;
    let states: BTreeSet<(String, State)> = simulated(&report, "app-role")
        .iter()
        .map(|check| (check.scope.region_name().to_owned(), check.outcome.state))
        .collect();
    let want = [("eu-west-1".to_owned(), State::Skipped), ("us-east-1".to_owned(), State::Passed)];
    assert_eq!(states, BTreeSet::from(want), "{report:#?}");
    let skipped = ended(&report, State::Skipped);
    assert!(skipped.iter().all(|check| check.outcome.message.contains("none of this Region")), "{skipped:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_others_lock_out_is_not_left_out() {
    let (text, sandbox) = (required(""), Sandbox::start().await);
    sandbox.apply(&text).await;
    let theirs = "org_policies:\n  theirs: {type: SERVICE_CONTROL_POLICY, document: {Version: \"2012-10-17\", Statement: [{Effect: Deny, \
        Action: \"s3:DeleteBucket\", Resource: \"*\"}]}, attach: [\"account:sandbox-1\"]}\n";
    sandbox.apply(&spec(theirs).replace("stack: acme", "stack: other")).await;
    assert_eq!(verified(&sandbox, &text, &patient(5)).await.end(), End::Passed);
    let another = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*",
        "Condition": {"ArnNotLike": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:111122223333:guardrail/another00000:*"}}}]});
    rewrite(&sandbox, "s3:DeleteBucket", &another).await;
    let report = verified(&sandbox, &text, &patient(0)).await;
    assert_eq!(report.end(), End::Failed, "{report:#?}");
    let failed: BTreeSet<(&str, &str)> = amiss(&report).into_iter().map(|one| (one.1, one.2)).collect();
    assert_eq!(failed, BTreeSet::from([(SANDBOX, "OrganizationAccountAccessRole"), (SANDBOX, "app-role")]));
    let message = &ended(&report, State::Failed)[0].outcome.message;
    assert!(message.starts_with("a service control policy besides deny denies its call"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_the_account_has_no_access_to_proves_nothing() {
    let (text, sandbox) = (spec(&everywhere()), Sandbox::start().await);
    sandbox.apply(&text).await;
    sandbox.set(json!({"no_access": [{"model": NOVA}]})).await;
    let began = Instant::now();
    let report = verified(&sandbox, &text, &invoking(None)).await;
    assert!(began.elapsed() < Duration::from_secs(8), "no patience gives access");
    assert_eq!(report.end(), End::Incomplete, "{report:#?}");
    let unseen = ended(&report, State::Unseen);
    assert!(unseen.len() == 16 && unseen.iter().all(|check| check.what == What::ModelCall), "{unseen:#?}");
    let outcome = &unseen[0].outcome;
    assert!(outcome.message.contains("access to the model"), "{outcome:?}");
    assert!(outcome.fix.as_deref().is_some_and(|fix| fix.contains("--invoke REGION=MODEL")), "{outcome:?}");

    // It is no proof that a policy denies, either.
    let (text, sandbox) = (bound_role(), Sandbox::start().await);
    sandbox.apply(&text).await;
    open_the_role(&sandbox).await;
    sandbox
        .edit(|state| {
            for iam in state["iam"].as_object_mut().expect("accounts").values_mut() {
                if let Some(role) = iam["roles"].get_mut("app-role") {
                    role["attached"] = json!([]);
                }
            }
        })
        .await;
    sandbox.set(json!({"no_access": [{"model": NOVA}]})).await;
    let report = verified(&sandbox, &text, &Options { timeout: Duration::ZERO, ..invoking(None) }).await;
    let calls: BTreeSet<State> =
        report.checks.iter().filter(|check| check.what == What::ModelCall).map(|check| check.outcome.state).collect();
    assert_eq!(calls, BTreeSet::from([State::Unseen]), "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_applied_is_not_waited_for() {
    let long = patient(60);
    let text = spec(&format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies:\n  org: {{enforce: [{{guardrail: baseline}}], attach: [\"ou:Sandbox\"]}}\n  \
         deny: {{type: SERVICE_CONTROL_POLICY, template: require_guardrail, guardrails: any, attach: [\"ou:Sandbox\"]}}\n",
        guardrail("baseline", "one", "")
    ));
    let sandbox = Sandbox::start().await;
    let began = Instant::now();
    let report = verified(&sandbox, &text, &long).await;
    assert_eq!(report.end(), End::Failed, "{report:#?}");
    assert!(began.elapsed() < Duration::from_secs(30), "nothing of it comes about by waiting: {:?}", began.elapsed());
    let failed: BTreeSet<What> = ended(&report, State::Failed).iter().map(|check| check.what).collect();
    assert!(failed.contains(&What::EffectivePolicy) && failed.contains(&What::Simulation), "{failed:?}");

    // Nor is a change that was never applied.
    sandbox.apply(&text).await;
    let changed = text.replace(
        "enforce: [{guardrail: baseline}]",
        &format!("enforce: [{{guardrail: baseline, model_enforcement: {{excluded_models: [\"{NOVA}\"]}}}}]"),
    );
    let began = Instant::now();
    let report = verified(&sandbox, &changed, &long).await;
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    let failed = ended(&report, State::Failed);
    assert!(
        failed
            .iter()
            .all(|check| check.what == What::EffectivePolicy
                && check.outcome.message.contains("is not as the spec has it")),
        "{failed:#?}"
    );
    assert_eq!(failed.len(), 2);
}
