//! Whom an enforcement would cut off, told before it is applied.

use std::collections::BTreeSet;

use bedrail::aws::Access;
use bedrail::checks::{Check, End, Report, State, What};
use bedrail::readiness::readiness;
use bedrail_localstack::Seed;
use serde_json::{Value, json};

use super::{guardrail, spec};
use crate::support::Sandbox;

pub(super) const PROD: &str = "333344445555";

pub(super) fn enforcing(more: &str) -> String {
    spec(&format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies:\n  org: {{enforce: [{{guardrail: baseline}}], attach: [\"ou:Workloads/Prod\"]}}\n{more}",
        guardrail("baseline", "one", "")
    ))
}

pub(super) async fn ready(sandbox: &Sandbox, text: &str) -> Report {
    let clients = sandbox.clients(Access::ReadOnly).await;
    let sides = sandbox.sides(text).await.expect("both sides");
    Box::pin(readiness(&clients, &sides)).await
}

/// Who ended so, by subject and role.
fn ended(report: &Report, state: State) -> BTreeSet<(What, &str)> {
    let all = report.checks.iter().filter(|check| check.outcome.state == state);
    all.map(|check| (check.what, check.about.as_str())).collect()
}

pub(super) fn one<'r>(report: &'r Report, what: What, role: &str) -> &'r Check {
    let found = report.checks.iter().find(|check| check.what == what && check.about == role);
    found.unwrap_or_else(|| panic!("{role}: {report:#?}"))
}

async fn legacy() -> Sandbox {
    Sandbox::seeded(Seed::File(crate::source::root().join("localstack/seeds/legacy.json"))).await
}

/// Gives every account a role more.
pub(super) async fn with_role(sandbox: &Sandbox, name: &str, principal: &Value, condition: &Value, statement: &Value) {
    sandbox
        .edit(|state| {
            let mut trust = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
            if !condition.is_null() {
                trust["Condition"] = condition.clone();
            }
            state["iam"]["*"]["roles"][name] = json!({
                "trust": {"Version": "2012-10-17", "Statement": [trust]},
                "inline": {"models": {"Version": "2012-10-17", "Statement": [statement]}},
            });
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_apply_is_not_cut_off() {
    let (text, sandbox) = (enforcing(""), Sandbox::start().await);
    let before = sandbox.state().await;
    let report = ready(&sandbox, &text).await;
    assert_eq!(report.end(), End::Passed, "{report:#?}");
    let callers = BTreeSet::from([(What::Caller, "OrganizationAccountAccessRole"), (What::Caller, "app-role")]);
    assert_eq!(ended(&report, State::Passed), callers, "who calls no model is no matter");
    assert!(report.checks.iter().all(|check| check.scope.account.as_str() == PROD), "one account is reached");
    assert_eq!(sandbox.state().await["iam"], before["iam"]);
    sandbox.apply(&text).await;
    assert_eq!(ready(&sandbox, &text).await.end(), End::Passed, "and so it is afterwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_from_before_guardrails_are_listed_with_what_they_lack() {
    let (text, sandbox) = (enforcing(""), legacy().await);
    sandbox.forget_requests().await;
    let report = ready(&sandbox, &text).await;
    assert_eq!(report.end(), End::Failed);
    let cut_off = BTreeSet::from([(What::Caller, "app-role"), (What::Caller, "batch-role")]);
    assert_eq!(ended(&report, State::Failed), cut_off, "the one by a policy of its own, the other by a managed one");
    let check = one(&report, What::Caller, "batch-role");
    assert!(check.outcome.message.contains("may not apply the guardrail baseline"), "{check:?}");
    let fix = check.outcome.fix.as_deref().expect("advice");
    assert!(fix.contains("\"bedrock:ApplyGuardrail\""), "{fix}");
    assert!(fix.contains("[\"arn:aws:bedrock:*:111122223333:guardrail/*\"]"), "it is yet to be made: {fix}");
    let counts = sandbox.counts().await;
    assert_eq!(counts.get("iam:GetAccountAuthorizationDetails"), Some(&1), "{counts:?}");
    assert!(counts["iam:SimulatePrincipalPolicy"] <= 6, "two for each role that may call models: {counts:?}");
    // What was said comes true.
    sandbox.apply(&text).await;
    let (app, admin) =
        (sandbox.session(PROD, "app-role").await, sandbox.session(PROD, "OrganizationAccountAccessRole").await);
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    assert_eq!(
        (app.converse("amazon.nova-lite-v1:0", None).await, admin.converse("amazon.nova-lite-v1:0", None).await),
        (403, 200)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_spec_is_to_grant_counts() {
    let grant = "iam_policies:\n  apply: {accounts: [\"ou:Workloads/Prod\"], template: apply_guardrail, guardrails: [baseline], attach_to_roles: [app-role]}\n";
    let (text, sandbox) = (enforcing(grant), legacy().await);
    let report = ready(&sandbox, &text).await;
    assert_eq!(ended(&report, State::Failed), BTreeSet::from([(What::Caller, "batch-role")]), "{report:#?}");
    assert_eq!(one(&report, What::Caller, "app-role").outcome.state, State::Passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_for_one_model_is_found_and_a_denial_is_told_as_one() {
    let sandbox = Sandbox::start().await;
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    let claude = json!({"Effect": "Allow", "Action": "bedrock:InvokeModel*",
        "Resource": "arn:aws:bedrock:*::foundation-model/anthropic.claude-*"});
    with_role(&sandbox, "claude-only", &lambda, &Value::Null, &claude).await;
    let bucket = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"});
    with_role(&sandbox, "no-models", &lambda, &Value::Null, &bucket).await;
    let report = ready(&sandbox, &enforcing("")).await;
    assert_eq!(ended(&report, State::Failed), BTreeSet::from([(What::Caller, "claude-only")]), "{report:#?}");

    let denial = "  never: {type: SERVICE_CONTROL_POLICY, document: {Version: \"2012-10-17\", Statement: [{Effect: Deny, \
        Action: \"bedrock:ApplyGuardrail\", Resource: \"*\"}]}, attach: [\"ou:Workloads/Prod\"]}\n";
    let sandbox = Sandbox::start().await;
    sandbox.apply(&spec(&format!("org_policies:\n{denial}")).replace("stack: acme", "stack: other")).await;
    let report = ready(&sandbox, &enforcing("")).await;
    let fix = one(&report, What::Caller, "app-role").outcome.fix.as_deref().expect("advice");
    assert!(fix.contains("service control policy"), "{fix}");
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_and_knowledge_bases_cannot_name_a_guardrail() {
    let requires = |exempt: &str| {
        enforcing(&format!(
            "  deny: {{type: SERVICE_CONTROL_POLICY, template: require_guardrail, guardrails: [baseline]{exempt}, attach: [\"ou:Workloads/Prod\"]}}\n"
        ))
    };
    let sandbox = Sandbox::start().await;
    let bedrock = json!({"Service": "bedrock.amazonaws.com"});
    let by =
        |source: &str| json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:bedrock:us-east-1:{PROD}:{source}/*")}});
    let all = json!({"Effect": "Allow", "Action": ["bedrock:InvokeModel*", "bedrock:ApplyGuardrail"], "Resource": "*"});
    with_role(&sandbox, "agent", &bedrock, &by("agent"), &all).await;
    with_role(&sandbox, "knowledge", &bedrock, &by("knowledge-base"), &all).await;
    let report = ready(&sandbox, &requires("")).await;
    let inner = BTreeSet::from([(What::InnerCall, "agent"), (What::InnerCall, "knowledge")]);
    assert_eq!(ended(&report, State::Failed), inner, "{report:#?}");
    let message = &one(&report, What::InnerCall, "agent").outcome.message;
    assert!(
        message.starts_with("an agent calls models by it") && message.contains("/deny would deny that"),
        "{message}"
    );
    // An enforcement alone they may live under.
    assert_eq!(ready(&sandbox, &enforcing("")).await.end(), End::Passed);
    let report = ready(&sandbox, &requires(", exempt_principals: [\"arn:aws:iam::*:role/agent\"]")).await;
    assert_eq!(ended(&report, State::Failed), BTreeSet::from([(What::InnerCall, "knowledge")]));
    assert_eq!(one(&report, What::InnerCall, "agent").outcome.state, State::Passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_does_not_show_its_roles_is_not_ready() {
    let (text, sandbox) = (enforcing(""), legacy().await);
    sandbox.set(json!({"refuse": [{"operation": "GetAccountAuthorizationDetails"}]})).await;
    let report = ready(&sandbox, &text).await;
    assert_eq!((report.end(), report.checks.len()), (End::Incomplete, 1), "{report:#?}");
    let fix = report.checks[0].outcome.fix.as_deref();
    assert!(fix.is_some_and(|fix| fix.contains("iam:GetAccountAuthorizationDetails")), "{report:#?}");
    sandbox.set(json!({"refuse": [{"operation": "SimulatePrincipalPolicy"}]})).await;
    let report = ready(&sandbox, &text).await;
    assert_eq!(report.end(), End::Incomplete, "{report:#?}");
    let nothing = spec(&format!("guardrails:\n{}", guardrail("baseline", "one", "")));
    assert_eq!((ready(&sandbox, &nothing).await.end(), ready(&sandbox, &nothing).await.checks.len()), (End::Passed, 0));
}

/// The name that the console gives to the role of an agent.
const AGENT: &str = "AmazonBedrockExecutionRoleForAgents_1";

/// The trust of a role by which Bedrock acts.
pub(super) fn bedrock() -> Value {
    json!({"Service": "bedrock.amazonaws.com"})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exemption_from_one_statement_is_none_from_another() {
    let policy = |first: &str| {
        enforcing(&format!(
            "  deny: {{type: SERVICE_CONTROL_POLICY, document: {{Version: \"2012-10-17\", Statement: [\n    {{Sid: A, {first}}},\n    \
             {{Sid: B, Effect: Deny, Action: \"bedrock:InvokeModel*\", Resource: \"*\", Condition: {{ArnNotLike: {{\"bedrock:GuardrailIdentifier\": \
             \"arn:aws:bedrock:*:111122223333:guardrail/*\", \"aws:PrincipalArn\": \"arn:aws:iam::*:role/*Agents*\"}}}}}}]}}, attach: [\"ou:Workloads/Prod\"]}}\n"
        ))
    };
    let null = "Effect: Deny, Action: \"bedrock:InvokeModel*\", Resource: \"*\", Condition: {\"Null\": {\"bedrock:GuardrailIdentifier\": \"true\"}}";
    let sandbox = Sandbox::start().await;
    let all = json!({"Effect": "Allow", "Action": ["bedrock:InvokeModel*", "bedrock:ApplyGuardrail"], "Resource": "*"});
    with_role(&sandbox, AGENT, &bedrock(), &Value::Null, &all).await;
    let report = ready(&sandbox, &policy(null)).await;
    assert_eq!(ended(&report, State::Failed), BTreeSet::from([(What::InnerCall, AGENT)]), "{report:#?}");
    // The one that exempts it leaves it alone, and what is about other models, too.
    let of_s3 = "Effect: Deny, Action: \"s3:DeleteBucket\", Resource: \"*\"";
    assert_eq!(one(&ready(&sandbox, &policy(of_s3)).await, What::InnerCall, AGENT).outcome.state, State::Passed);
    let titan = null.replace("Resource: \"*\"", "Resource: \"arn:aws:bedrock:*::foundation-model/amazon.titan-*\"");
    let report = ready(&sandbox, &policy(&titan)).await;
    assert_eq!(ended(&report, State::Failed), BTreeSet::from([(What::InnerCall, AGENT)]), "it may call those, too");
    // What hangs on a key that nobody tells is not seen.
    let tagged = null.replace("Condition: {", "Condition: {StringEquals: {\"aws:PrincipalTag/team\": payments}, ");
    let report = ready(&sandbox, &policy(&tagged)).await;
    let check = one(&report, What::InnerCall, AGENT);
    assert!(
        check.outcome.state == State::Unseen && check.outcome.message.contains("aws:principaltag/team"),
        "{check:?}"
    );
    // Once it is in force, the role has not vanished.
    let text = policy(null);
    sandbox.apply(&text).await;
    let report = ready(&sandbox, &text).await;
    let check = one(&report, What::InnerCall, AGENT);
    assert!(check.outcome.state == State::Failed && check.outcome.message.contains("denies that already"), "{check:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_calls_models_under_conditions_or_through_routers_has_a_line() {
    let sandbox = Sandbox::start().await;
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    let invoke = |resource: &str, more: &Value| {
        let mut statement = json!({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": resource});
        if !more.is_null() {
            statement["Condition"] = more.clone();
        }
        statement
    };
    let by_endpoint = json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}});
    with_role(&sandbox, "private", &lambda, &Value::Null, &invoke("*", &by_endpoint)).await;
    for (name, resource) in [
        ("router", "arn:aws:bedrock:*:*:default-prompt-router/*"),
        ("market", "arn:aws:bedrock:*:*:marketplace/model-endpoint/*"),
        ("own", "arn:aws:bedrock:*:*:imported-model/*"),
    ] {
        with_role(&sandbox, name, &lambda, &Value::Null, &invoke(resource, &Value::Null)).await;
    }
    let report = ready(&sandbox, &enforcing("")).await;
    let cut_off = ["market", "own", "router"].map(|name| (What::Caller, name));
    assert_eq!(ended(&report, State::Failed), BTreeSet::from(cut_off), "{report:#?}");
    assert_eq!(ended(&report, State::Unseen), BTreeSet::from([(What::Caller, "private")]), "{report:#?}");
    let message = &one(&report, What::Caller, "private").outcome.message;
    assert!(message.contains("hangs on aws:SourceVpce"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_calls_only_what_is_left_out_is_not_cut_off() {
    const TITAN: &str = "amazon.titan-embed-text-v2:0";
    let text = enforcing("").replace(
        "[{guardrail: baseline}]",
        &format!("[{{guardrail: baseline, model_enforcement: {{excluded_models: [\"{TITAN}\"]}}}}]"),
    );
    let sandbox = Sandbox::start().await;
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    let of = |id: &str| json!({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": format!("arn:aws:bedrock:*::foundation-model/{id}")});
    with_role(
        &sandbox,
        "embeds",
        &lambda,
        &Value::Null,
        &json!({"Effect": "Allow", "Action": "bedrock:InvokeModel",
        "Resource": format!("arn:aws:bedrock:us-east-1::foundation-model/{TITAN}")}),
    )
    .await;
    with_role(&sandbox, "everywhere", &lambda, &Value::Null, &of(TITAN)).await;
    with_role(&sandbox, "wider", &lambda, &Value::Null, &of("amazon.titan-*")).await;
    let report = ready(&sandbox, &text).await;
    assert_eq!(ended(&report, State::Failed), BTreeSet::from([(What::Caller, "wider")]), "{report:#?}");
    let skipped = ["embeds", "everywhere"].map(|name| (What::Caller, name));
    assert_eq!(ended(&report, State::Skipped), BTreeSet::from(skipped), "{report:#?}");
    // Without the exception it is about them.
    let report = ready(&sandbox, &enforcing("")).await;
    assert_eq!(ended(&report, State::Failed).len(), 3, "{report:#?}");
}
