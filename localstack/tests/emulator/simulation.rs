//! What IAM says policies would answer.

use bedrail_localstack::{Config, Emulator, Seed};
use serde_json::{Value, json};

use crate::client::{Answer, Client, MANAGEMENT, emulator, encoded};

const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc";
const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0";

fn document(statement: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

fn allow(action: &str) -> String {
    document(&json!({"Effect": "Allow", "Action": action, "Resource": "*"}))
}

fn deny(action: &str) -> String {
    document(&json!({"Effect": "Deny", "Action": action, "Resource": "*"}))
}

/// A form of names and values.
fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

async fn custom(client: &Client, fields: &[(&str, &str)]) -> Answer {
    let answer = client.query("iam", "SimulateCustomPolicy", &form(fields)).await;
    assert_eq!(answer.status, 200, "{fields:?}: {}", answer.text);
    answer
}

fn entry<'a>(key: &'a str, value: &'a str, kind: &'a str) -> [(&'static str, &'a str); 3] {
    [
        ("ContextEntries.member.1.ContextKeyName", key),
        ("ContextEntries.member.1.ContextKeyValues.member.1", value),
        ("ContextEntries.member.1.ContextKeyType", kind),
    ]
}

/// The example of the AWS CLI's manual, to the column.
#[tokio::test]
async fn a_matched_statement_is_told_with_its_place() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
    let simulate = |time: &'static str| {
        let mut fields = vec![("PolicyInputList.member.1", policy), ("ActionNames.member.1", "dynamodb:CreateBackup")];
        fields.extend(entry("aws:CurrentTime", time, "date"));
        let client = client.clone();
        async move { custom(&client, &fields).await }
    };
    let later = simulate("2019-04-25T11:00:00Z").await;
    assert_eq!((later.xml("EvalDecision"), later.xml("EvalResourceName")), ("allowed", "*"));
    assert_eq!(later.xml("SourcePolicyId"), "PolicyInputList.1");
    assert_eq!((later.xmls("Line"), later.xmls("Column")), (vec!["1", "1"], vec!["167", "38"]), "end, then start");
    let earlier = simulate("2014-04-25T11:00:00Z").await;
    assert_eq!((earlier.xml("EvalDecision"), earlier.xmls("SourcePolicyId")), ("implicitDeny", vec![]));
    emulator.stop().await;
}

#[tokio::test]
async fn a_call_without_a_guardrail_is_one_without_the_key() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let policy = document(&json!([
        {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"},
        {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*",
            "Condition": {"ArnNotLike": {"bedrock:GuardrailIdentifier": format!("{GUARDRAIL}:*")}}},
    ]));
    let version = format!("{GUARDRAIL}:1");
    let basis = [
        ("PolicyInputList.member.1", policy.as_str()),
        ("ActionNames.member.1", "bedrock:InvokeModel"),
        ("ResourceArns.member.1", MODEL),
    ];
    for (guardrail, want, missing) in [
        (None, "explicitDeny", vec!["bedrock:GuardrailIdentifier"]),
        (Some(version.as_str()), "allowed", vec![]),
        (Some(GUARDRAIL), "explicitDeny", vec![]),
    ] {
        let mut fields = basis.to_vec();
        fields.extend(guardrail.map(|arn| entry("bedrock:GuardrailIdentifier", arn, "string")).into_iter().flatten());
        let answer = custom(&client, &fields).await;
        assert_eq!((answer.xml("EvalDecision"), answer.xml("EvalResourceDecision")), (want, want), "{guardrail:?}");
        assert_eq!(answer.xmls("EvalResourceName"), ["*", MODEL].to_vec(), "{}", answer.text);
        assert_eq!(answer.text.matches("<member>bedrock:GuardrailIdentifier</member>").count(), missing.len());
    }
    emulator.stop().await;
}

#[tokio::test]
async fn boundaries_and_levels_have_their_say() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (any, get, none) = (allow("*"), allow("bedrock:Get*"), deny("bedrock:*"));
    let scp = "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList.member.1";
    let below = "OrderedOrganizationPolicyInputList.member.2.ServiceControlPolicyInputList.member.1";
    let bounded = "AllowedByPermissionsBoundary";
    let by_organization = "AllowedByOrganizations";
    for (fields, want, element, value) in [
        (vec![("PermissionsBoundaryPolicyInputList.member.1", &get)], "allowed", bounded, "true"),
        (vec![("PermissionsBoundaryPolicyInputList.member.1", &none)], "explicitDeny", bounded, "false"),
        (vec![(scp, &any), (below, &get)], "allowed", by_organization, "true"),
        (vec![(scp, &any), (below, &none)], "explicitDeny", by_organization, "false"),
    ] {
        let mut all =
            vec![("PolicyInputList.member.1", any.as_str()), ("ActionNames.member.1", "bedrock:GetGuardrail")];
        all.extend(fields.iter().map(|(name, text)| (*name, text.as_str())));
        let answer = custom(&client, &all).await;
        assert_eq!((answer.xml("EvalDecision"), answer.xml(element)), (want, value), "{}", answer.text);
    }
    let narrow = allow("iam:*");
    for (name, element) in [("PermissionsBoundaryPolicyInputList.member.1", bounded), (scp, by_organization)] {
        let fields = [("PolicyInputList.member.1", any.as_str()), ("ActionNames.member.1", "a:B"), (name, &narrow)];
        let answer = custom(&client, &fields).await;
        assert_eq!((answer.xml("EvalDecision"), answer.xml(element)), ("implicitDeny", "false"), "{name}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn actions_come_in_pages() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let policy = allow("bedrock:Get*");
    let fields = [
        ("PolicyInputList.member.1", policy.as_str()),
        ("ActionNames.member.1", "bedrock:GetGuardrail"),
        ("ActionNames.member.2", "bedrock:ListGuardrails"),
        ("MaxItems", "1"),
    ];
    let one = custom(&client, &fields).await;
    assert_eq!((one.xmls("EvalDecision"), one.xml("IsTruncated")), (vec!["allowed"], "true"));
    let mut rest = fields.to_vec();
    rest.push(("Marker", one.xml("Marker")));
    let two = custom(&client, &rest).await;
    assert_eq!((two.xmls("EvalDecision"), two.xml("IsTruncated")), (vec!["implicitDeny"], "false"));
    assert_eq!(two.xml("EvalActionName"), "bedrock:ListGuardrails");
    emulator.stop().await;
}

#[tokio::test]
async fn what_cannot_be_simulated_is_refused() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let policy = allow("*");
    let resource_policy = document(&json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}));
    let session = "arn:aws:sts::111122223333:assumed-role/BedrailRead/me";
    for (fields, code, words) in [
        (vec![("ActionNames.member.1", "bedrock:Get*")], "InvalidInput", "Invalid Action name"),
        (vec![("ActionNames.member.1", "GetGuardrail")], "InvalidInput", "Invalid Action name"),
        (vec![("ActionNames.member.1", "a:B"), ("ResourcePolicy", &resource_policy)], "InvalidInput", "CallerArn"),
        (vec![("ActionNames.member.1", "a:B"), ("CallerArn", session)], "InvalidInput", "Invalid caller ARN"),
        (
            vec![("ActionNames.member.1", "a:B"), ("PolicyInputList.member.2", "{}")],
            "InvalidInput",
            "PolicyInputList.2",
        ),
        (vec![("ActionNames.member.1", "a")], "ValidationError", "actionNames"),
    ] {
        let mut all = vec![("PolicyInputList.member.1", policy.as_str())];
        all.extend(fields);
        let message = client.query("iam", "SimulateCustomPolicy", &form(&all)).await.query_refused(400, code);
        assert!(message.contains(words), "{message}");
    }
    for (kind, value) in [("numeric", "x"), ("boolean", "maybe"), ("ip", "here")] {
        let mut all = vec![("PolicyInputList.member.1", policy.as_str()), ("ActionNames.member.1", "a:B")];
        all.extend(entry("aws:x", value, kind));
        client.query("iam", "SimulateCustomPolicy", &form(&all)).await.query_refused(400, "InvalidInput");
    }
    let gone = format!("PolicySourceArn=arn:aws:iam::{MANAGEMENT}:role/gone&ActionNames.member.1=a:B");
    client.query("iam", "SimulatePrincipalPolicy", &gone).await.query_refused(404, "NoSuchEntity");
    let own = format!("PolicySourceArn=arn:aws:iam::{MANAGEMENT}:role/BedrailRead&ActionNames.member.1=a:B&");
    let with = own + &form(&[("ResourcePolicy", &resource_policy)]);
    let message = client.query("iam", "SimulatePrincipalPolicy", &with).await.query_refused(400, "InvalidInput");
    assert!(message.contains("not supported for roles"), "{message}");
    emulator.stop().await;
}

#[tokio::test]
async fn a_resource_policy_is_simulated_for_a_user() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (silent, any) = (allow("s3:*"), allow("*"));
    let grant = document(&json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222233334444:user/ann"},
        "Action": "bedrock:GetGuardrail", "Resource": "*"}));
    for (identity, caller, want) in [
        (&silent, "arn:aws:iam::222233334444:user/ann", "implicitDeny"),
        (&any, "arn:aws:iam::222233334444:user/ann", "allowed"),
        (&any, "arn:aws:iam::222233334444:user/bob", "implicitDeny"),
        (&any, "arn:aws:iam::111122223333:user/owner", "allowed"),
    ] {
        let fields = [
            ("PolicyInputList.member.1", identity.as_str()),
            ("ActionNames.member.1", "bedrock:GetGuardrail"),
            ("ResourceArns.member.1", GUARDRAIL),
            ("ResourcePolicy", &grant),
            ("CallerArn", caller),
        ];
        assert_eq!(custom(&client, &fields).await.xml("EvalDecision"), want, "{caller}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn a_roles_own_policies_are_simulated() {
    let mut seed: Value = serde_json::from_str(include_str!("../../seeds/default.json")).expect("JSON");
    let scp = json!({"name": "scp", "type": "SERVICE_CONTROL_POLICY", "content": deny("bedrock:ApplyGuardrail")});
    seed["organization"]["policies"] = json!({"p-scp00000": scp});
    seed["organization"]["policy_types"] = json!({"SERVICE_CONTROL_POLICY": {"enabled": true}});
    let attached = json!(["p-FullAWSAccess", "p-scp00000"]);
    seed["organization"]["attachments"] = json!({"ou-sand-sandbox0": {"SERVICE_CONTROL_POLICY": attached}});
    let emulator = Emulator::start(Config { seed: Seed::Value(seed), ..Config::default() }).await.expect("starts");
    let root = Client::of(&emulator);
    let simulate = |account: &str, more: &str| {
        let arn = format!("arn:aws:iam::{account}:role/app-role");
        let form = format!("PolicySourceArn={arn}&ActionNames.member.1=bedrock:ApplyGuardrail{more}");
        let client = root.account(account);
        async move { client.query("iam", "SimulatePrincipalPolicy", &form).await }
    };
    let free = simulate("444455556666", "").await;
    assert_eq!((free.xml("EvalDecision"), free.xml("SourcePolicyId")), ("allowed", "models"));
    assert_eq!((free.xml("SourcePolicyType"), free.xml("AllowedByOrganizations")), ("role", "true"));
    let bound = simulate("555566667777", "").await;
    assert_eq!((bound.xml("EvalDecision"), bound.xml("AllowedByOrganizations")), ("explicitDeny", "false"));
    let without = simulate("555566667777", "&PolicyExclusionList.member.1.PolicyType=scp").await;
    assert_eq!((without.xml("EvalDecision"), without.xmls("AllowedByOrganizations")), ("allowed", vec![]));
    let bare = simulate("444455556666", "&PolicyExclusionList.member.1.PolicyType=inline").await;
    assert_eq!(bare.xml("EvalDecision"), "implicitDeny");
    let more = format!("&PolicyInputList.member.1={}", encoded(&deny("bedrock:*")));
    let denied = simulate("444455556666", &more).await;
    assert_eq!((denied.xml("EvalDecision"), denied.xml("SourcePolicyId")), ("explicitDeny", "PolicyInputList.1"));
    emulator.stop().await;
}
