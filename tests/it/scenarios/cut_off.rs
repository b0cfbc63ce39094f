//! Whom `readiness` must not lose sight of: roles under policies that require a guardrail, under lists of approved models, with
//! variables in their policies, and with what the spec is to grant; and what is no reason to call anybody cut off.

use bedrail::checks::{Check, End, Report, State, What};
use serde_json::{Value, json};

use super::readiness::{bedrock, enforcing, one, ready, with_role};
use super::unproven::required;
use crate::support::{MANAGEMENT, Sandbox};

const PROD: &str = super::readiness::PROD;

fn lambda() -> Value {
    json!({"Service": "lambda.amazonaws.com"})
}

/// Any model, without a word of guardrails.
fn models_on(resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], "Resource": resource})
}

async fn with_legacy_and_agent() -> Sandbox {
    let sandbox = Sandbox::start().await;
    with_role(&sandbox, "legacy", &lambda(), &Value::Null, &models_on("*")).await;
    with_role(&sandbox, "agent", &bedrock(), &Value::Null, &models_on("*")).await;
    sandbox
}

fn of<'r>(report: &'r Report, role: &str) -> Vec<&'r Check> {
    report.checks.iter().filter(|check| check.about == role).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_apply_what_its_calls_must_name_is_cut_off() {
    let (text, sandbox) = (required(""), with_legacy_and_agent().await);
    for applied in [false, true] {
        if applied {
            sandbox.apply(&text).await;
        }
        let report = ready(&sandbox, &text).await;
        let legacy = one(&report, What::Caller, "legacy");
        assert_eq!(legacy.outcome.state, State::Failed, "{applied}: {report:#?}");
        assert!(legacy.outcome.message.contains("guardrail baseline, which its calls must name"), "{legacy:?}");
        assert_eq!(one(&report, What::Caller, "app-role").outcome.state, State::Passed, "{applied}");
        // The agent's calls name none, so what it may apply is no matter.
        let agent: Vec<What> = of(&report, "agent").iter().map(|check| check.what).collect();
        assert_eq!(agent, [What::InnerCall, What::InnerCall], "{report:#?}");
    }
    // Where any will do, one that the role may apply is enough.
    let any = text.replace("guardrails: [baseline]", "guardrails: any");
    let narrow = json!({"Effect": "Allow", "Action": "bedrock:*", "Resource": ["arn:aws:bedrock:*::foundation-model/*",
        "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc"]});
    let sandbox = Sandbox::start().await;
    with_role(&sandbox, "narrow", &lambda(), &Value::Null, &narrow).await;
    assert_eq!(one(&ready(&sandbox, &any).await, What::Caller, "narrow").outcome.state, State::Passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_approved_models_hides_nobody() {
    let approved = |resource: &str| {
        enforcing(&format!(
            "  approved: {{type: SERVICE_CONTROL_POLICY, document: {{Version: \"2012-10-17\", Statement: [{{Effect: Deny, \
             Action: \"bedrock:InvokeModel*\", {resource}}}]}}, attach: [root]}}\n"
        ))
    };
    for listed in ["foundation-model/amazon.nova-*", "imported-model/ours"] {
        let text = approved(&format!("NotResource: [\"arn:aws:bedrock:*:*:{listed}\"]"));
        let sandbox = with_legacy_and_agent().await;
        sandbox.apply(&text).await;
        let report = ready(&sandbox, &text).await;
        for role in ["legacy", "agent"] {
            assert_eq!(one(&report, What::Caller, role).outcome.state, State::Failed, "{listed}: {report:#?}");
        }
        assert_eq!(one(&report, What::Caller, "app-role").outcome.state, State::Passed, "{listed}");
        // What cannot be read may let it call what was not tried.
        if listed.starts_with("imported") {
            let theirs = spec_of_others(&text);
            sandbox.set(json!({"refuse": [{"operation": "DescribePolicy"}]})).await;
            let report = ready(&sandbox, &theirs).await;
            let legacy = one(&report, What::Caller, "legacy");
            assert_eq!(legacy.outcome.state, State::Unseen, "{report:#?}");
        }
    }
    // Where none may be called there is nobody to be cut off, and a line that says so.
    let text = approved("Resource: \"*\"");
    let sandbox = with_legacy_and_agent().await;
    sandbox.apply(&text).await;
    let report = ready(&sandbox, &text).await;
    assert_eq!((report.end(), one(&report, What::Caller, "legacy").outcome.state), (End::Passed, State::Skipped));
}

/// The same without the list of approved models.
fn spec_of_others(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.trim_start().starts_with("approved:"));
    kept.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_and_open_letters_hide_nobody() {
    let sandbox = Sandbox::start().await;
    for (name, resource) in [
        ("region", "arn:aws:bedrock:${aws:RequestedRegion}::foundation-model/*"),
        ("account", "arn:aws:bedrock:*:${aws:PrincipalAccount}:inference-profile/*"),
        ("letter", "arn:aws:bedrock:us-east-?::foundation-model/*"),
        ("tagged", "arn:aws:bedrock:*::foundation-model/${aws:PrincipalTag/model}"),
    ] {
        with_role(&sandbox, name, &lambda(), &Value::Null, &models_on(resource)).await;
    }
    let report = ready(&sandbox, &enforcing("")).await;
    for role in ["region", "account", "letter"] {
        assert_eq!(one(&report, What::Caller, role).outcome.state, State::Failed, "{role}: {report:#?}");
    }
    let tagged = one(&report, What::Caller, "tagged");
    assert_eq!(tagged.outcome.state, State::Unseen, "{report:#?}");
    assert!(tagged.outcome.message.contains("aws:PrincipalTag/model"), "{tagged:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_the_spec_is_to_let_call_models_has_its_line() {
    let text = enforcing(
        "iam_policies:\n  models: {accounts: [\"ou:Workloads/Prod\"], template: invoke_models, models: [\"amazon.nova-lite-v1:0\"], \
         attach_to_roles: [worker]}\n",
    );
    let sandbox = Sandbox::start().await;
    let bucket = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    with_role(&sandbox, "worker", &lambda(), &Value::Null, &bucket).await;
    for applied in [false, true] {
        if applied {
            sandbox.apply(&text).await;
        }
        let report = ready(&sandbox, &text).await;
        assert_eq!(one(&report, What::Caller, "worker").outcome.state, State::Failed, "{applied}: {report:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_cut_off_in_a_region_that_is_not_enabled() {
    let text = super::spec(&format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         account_enforcement: {{prod: {{accounts: [\"{PROD}\"], guardrail: baseline}}}}\n",
        super::guardrail("baseline", "one", "")
    ))
    .replace("regions: [us-east-1]", "regions: [us-east-1, af-south-1]");
    let sandbox = with_legacy_and_agent().await;
    sandbox.edit(|state| state["meta"]["accounts"][MANAGEMENT]["enabled_regions"] = json!(["af-south-1"])).await;
    let report = ready(&sandbox, &text).await;
    let there: Vec<&Check> = report.checks.iter().filter(|check| check.scope.region_name() == "af-south-1").collect();
    let [there] = there[..] else { panic!("{report:#?}") };
    assert!(there.outcome.state == State::Skipped && there.outcome.message.contains("no Bedrock"), "{there:?}");
    assert_eq!(one(&report, What::Caller, "legacy").outcome.state, State::Failed, "where it is enabled: {report:#?}");
}
