//! Who may infer. It is asked of every call, though the option `authorize` is off.

use std::path::Path;

use bedrail_localstack::{Config, Emulator, Seed};
use serde_json::{Value, json};

use super::apply::admit;
use super::enforced::{enforce, enforce_everywhere, identifier};
use super::{CLAUDE, NOVA, apply, converse, guardrail, invoke, says, says_under, versioned};
use crate::client::{Client, MANAGEMENT, MEMBER, emulator, published};
use crate::iam::escaped;

async fn seeded(name: &str) -> Emulator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    Emulator::start(Config { seed: Seed::File(path), ..Config::default() }).await.expect("starts")
}

async fn app(client: &Client, account: &str) -> Client {
    client.account(account).assume(&format!("arn:aws:iam::{account}:role/app-role")).await
}

/// Gives `app-role` one policy, in place of what it has.
async fn permit(client: &Client, statements: &Value) {
    let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let form = format!("RoleName=app-role&PolicyName=models&PolicyDocument={}", escaped(&document));
    let answer = client.query("iam", "PutRolePolicy", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

fn body() -> Value {
    json!({"messages": [{"role": "user", "content": "hello"}]})
}

#[tokio::test]
async fn roles_from_before_guardrails_fail_once_one_is_enforced() {
    for (seed, may) in [("legacy.json", false), ("default.json", true)] {
        let emulator = seeded(seed).await;
        let owner = Client::of(&emulator);
        let role = app(&owner, MEMBER).await;
        converse(&role, NOVA, &says("hello")).await.ok(200);
        let (own, _) = versioned(&owner.account(MEMBER), &guardrail("own", "tulip")).await;
        let judge = async |answer: crate::client::Answer, arn: &str| {
            if may {
                answer.ok(200);
            } else {
                let message = answer.refused(403, "AccessDeniedException");
                assert!(
                    message.starts_with(
                        "User: arn:aws:sts::222233334444:assumed-role/app-role/test is not authorized to \
                                         perform: bedrock:ApplyGuardrail on resource: arn:aws:bedrock:us-east-1:"
                    ),
                    "{message}"
                );
                assert!(message.contains(arn), "{message}");
            }
        };
        judge(converse(&role, NOVA, &says_under("hello", &own, "1")).await, &own).await;
        judge(apply(&role, &own, "1", &json!({"source": "INPUT", "content": []})).await, &own).await;
        converse(&role, NOVA, &says("hello")).await.ok(200);

        enforce(
            &owner.account(MEMBER),
            &own,
            &json!({"modelEnforcement": {"includedModels": ["ALL"], "excludedModels": [NOVA]}}),
        )
        .await;
        judge(invoke(&role, CLAUDE, &[], &body()).await, &own).await;
        converse(&role, NOVA, &says("hello")).await.ok(200);

        let (_, arn) = versioned(&owner, &guardrail("common", "tulip")).await;
        admit(&owner, &arn).await;
        enforce_everywhere(&owner, &identifier(&arn, "1")).await;
        judge(converse(&role, NOVA, &says("hello")).await, &arn).await;
        emulator.stop().await;
    }
}

#[tokio::test]
async fn a_foreign_guardrail_needs_both_sides() {
    let emulator = emulator().await;
    let owner = Client::of(&emulator);
    let member = owner.account(MEMBER);
    let (_, arn) = versioned(&owner, &guardrail("common", "tulip")).await;
    enforce_everywhere(&owner, &identifier(&arn, "1")).await;
    let role = app(&owner, MEMBER).await;
    let models = json!({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"});
    let applies = json!({"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": arn});
    permit(&member, &json!([models, applies])).await;
    let refused = converse(&role, NOVA, &says("hello")).await.refused(403, "AccessDeniedException");
    assert!(refused.contains("no resource-based policy"), "{refused}");
    admit(&owner, &arn).await;
    converse(&role, NOVA, &says("hello")).await.ok(200);
    permit(&member, &json!([models])).await;
    let refused = converse(&role, NOVA, &says("hello")).await.refused(403, "AccessDeniedException");
    assert!(refused.contains("no identity-based policy"), "{refused}");
    let stranger = owner.account("999988887777");
    converse(&stranger, NOVA, &says("hello")).await.ok(200);
    apply(&stranger, &arn, "1", &json!({"source": "INPUT", "content": []})).await.refused(403, "AccessDeniedException");
    emulator.stop().await;
}

/// The patterns of the user guide on `bedrock:GuardrailIdentifier`: the key is the ARN for the draft, the ARN and the number for
/// a version, and absent without a guardrail.
#[tokio::test]
async fn conditions_on_the_guardrail_decide() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (one, arn) = versioned(&client, &guardrail("one", "tulip")).await;
    published(&client, &one).await;
    let (other, _) = versioned(&client, &guardrail("other", "tulip")).await;
    let role = app(&client, MANAGEMENT).await;
    let calls = [None, Some((&one, "DRAFT")), Some((&one, "1")), Some((&one, "2")), Some((&other, "1"))];
    let (first, versions, any) = (format!("{arn}:1"), format!("{arn}:*"), format!("{arn}*"));
    let allow = |operator: &str, value: &str| {
        let condition = json!({ operator: {"bedrock:GuardrailIdentifier": value} });
        json!([{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*", "Condition": condition}])
    };
    let deny = |operator: &str, value: &str| {
        let condition = json!({ operator: {"bedrock:GuardrailIdentifier": value} });
        json!([
            {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"},
            {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*", "Condition": condition},
        ])
    };
    for (mut statements, want) in [
        (allow("StringEquals", &first), [false, false, true, false, false]),
        (deny("StringNotEquals", &first), [false, false, true, false, false]),
        (allow("StringEquals", &arn), [false, true, false, false, false]),
        (deny("StringNotEquals", &arn), [false, true, false, false, false]),
        (allow("ArnLike", &versions), [false, false, true, true, false]),
        (deny("ArnNotLike", &versions), [false, false, true, true, false]),
        (allow("ArnLike", &any), [false, true, true, true, false]),
        (deny("ArnNotLike", &any), [false, true, true, true, false]),
        (deny("Null", "true"), [false, true, true, true, true]),
        (deny("StringEquals", &first), [true, true, false, true, true]),
    ] {
        let applies = json!({"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": "*"});
        statements.as_array_mut().expect("statements").push(applies);
        permit(&client, &statements).await;
        for (call, want) in calls.iter().zip(want) {
            let asked = call.map_or_else(|| says("hello"), |(id, version)| says_under("hello", id, version));
            let answer = converse(&role, NOVA, &asked).await;
            let status = if want { 200 } else { 403 };
            assert_eq!(answer.status, status, "{statements} {call:?}: {}", answer.text);
            let identifier = call.map_or("", |(id, _)| id.as_str());
            let version = call.map_or("", |(_, version)| version);
            let headers =
                [("x-amzn-bedrock-guardrailidentifier", identifier), ("x-amzn-bedrock-guardrailversion", version)];
            let invoked = invoke(&role, "amazon.titan-tg1-large", &headers, &json!({"inputText": "hello"})).await;
            assert_eq!(invoked.status, status, "{statements} {call:?}: {}", invoked.text);
        }
    }
    emulator.stop().await;
}

#[tokio::test]
async fn an_enforced_guardrail_is_not_the_request_s() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = versioned(&client, &guardrail("one", "tulip")).await;
    enforce(&client, &id, &json!({})).await;
    let role = app(&client, MANAGEMENT).await;
    let condition = json!({"StringEquals": {"bedrock:GuardrailIdentifier": format!("{arn}:1")}});
    permit(
        &client,
        &json!([
            {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*", "Condition": condition},
            {"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": "*"},
        ]),
    )
    .await;
    converse(&role, NOVA, &says("hello")).await.refused(403, "AccessDeniedException");
    converse(&role, NOVA, &says_under("hello", &id, "1")).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn streams_and_models_have_permissions_of_their_own() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let role = app(&client, MANAGEMENT).await;
    let nova = format!("arn:aws:bedrock:us-east-1::foundation-model/{NOVA}");
    permit(&client, &json!({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": nova})).await;
    converse(&role, NOVA, &says("hello")).await.ok(200);
    converse(&role, "amazon.nova-micro-v1:0", &says("hello")).await.refused(403, "AccessDeniedException");
    let stream = "/model/amazon.nova-lite-v1%3A0/converse-stream";
    let refused = role.bedrock("POST", stream, &says("hello")).await.refused(403, "AccessDeniedException");
    assert!(refused.contains("bedrock:InvokeModelWithResponseStream"), "{refused}");
    // A profile, and the model behind it.
    let profile = format!("arn:aws:bedrock:us-east-1:{MANAGEMENT}:inference-profile/us.amazon.nova-lite-v1:0");
    converse(&role, "us.amazon.nova-lite-v1:0", &says("hello")).await.refused(403, "AccessDeniedException");
    permit(&client, &json!({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": [nova, profile]})).await;
    converse(&role, "us.amazon.nova-lite-v1:0", &says("hello")).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn a_service_control_policy_can_demand_a_guardrail() {
    let emulator = emulator().await;
    let owner = Client::of(&emulator);
    let call = async |operation: &str, input: Value| owner.organizations(operation, &input).await.ok(200);
    call("EnablePolicyType", json!({"RootId": "r-sand", "PolicyType": "SERVICE_CONTROL_POLICY"})).await;
    owner.wait(1000).await;
    let statement = json!({
        "Effect": "Deny", "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], "Resource": "*",
        "Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}},
    });
    let content = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let policy = json!({"Name": "guarded", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": content});
    let made = call("CreatePolicy", policy).await;
    call("AttachPolicy", json!({"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": "r-sand"})).await;
    owner.wait(1000).await;
    let member = owner.account(MEMBER);
    let (id, _) = versioned(&member, &guardrail("own", "tulip")).await;
    let role = app(&owner, MEMBER).await;
    let refused = converse(&role, NOVA, &says("hello")).await.refused(403, "AccessDeniedException");
    assert!(refused.contains("explicit deny in a service control policy"), "{refused}");
    converse(&role, NOVA, &says_under("hello", &id, "1")).await.ok(200);
    converse(&app(&owner, MANAGEMENT).await, NOVA, &says("hello")).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn a_model_without_access_is_denied_whatever_policies_say() {
    let emulator = emulator().await;
    let client = Client::of(&emulator).account(MEMBER);
    converse(&client, NOVA, &says("hello")).await.ok(200);
    let options = json!({"no_access": [{"model": NOVA, "region": "us-east-1"}]});
    client.control("POST", "options", &options).await.ok(200);
    let message = converse(&client, NOVA, &says("hello")).await.refused(403, "AccessDeniedException");
    assert_eq!(message, "You don't have access to the model with the specified model ID.");
    let body = json!({"messages": [{"role": "user", "content": [{"text": "hello"}]}]});
    invoke(&client, NOVA, &[], &body).await.refused(403, "AccessDeniedException");
    converse(&client, CLAUDE, &says("hello")).await.ok(200);
    let elsewhere =
        json!({"no_access": [{"model": NOVA, "region": "eu-west-1"}, {"model": "*", "account": MANAGEMENT}]});
    client.control("POST", "options", &elsewhere).await.ok(200);
    converse(&client, NOVA, &says("hello")).await.ok(200);
    converse(&client.account(MANAGEMENT), NOVA, &says("hello")).await.refused(403, "AccessDeniedException");
    client.control("POST", "options", &options).await.ok(200);
    // Whoever may not call it is told that.
    let role = app(&Client::of(&emulator), MEMBER).await;
    permit(&client, &json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])).await;
    let message = converse(&role, NOVA, &says("hello")).await.refused(403, "AccessDeniedException");
    assert!(message.contains("is not authorized to perform: bedrock:InvokeModel"), "{message}");
}
