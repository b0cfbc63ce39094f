//! Resource policies of guardrails and guardrail profiles.

use serde_json::{Value, json};

use crate::client::{Client, MEMBER, created, emulator, encoded, guardrail};

const PROFILE: &str = "arn:aws:bedrock:us-west-2:111122223333:guardrail-profile/us.guardrail.v1:0";

fn put(arn: &str, actions: &Value) -> Value {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": actions, "Resource": arn});
    json!({"resourceArn": arn, "resourcePolicy": json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()})
}

#[tokio::test]
async fn a_document_is_kept_as_it_was_sent() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (_, arn) = created(&client, &guardrail("one")).await;
    let path = format!("/resource-policy/{}", encoded(&arn));
    client.bedrock("GET", &path, &json!({})).await.refused(404, "ResourceNotFoundException");
    let body = put(&arn, &json!(["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"]));
    let answer = client.bedrock("POST", "/resource-policy", &body).await.ok(201);
    assert_eq!(answer, json!({"resourceArn": arn}));
    let read = client.bedrock("GET", &path, &json!({})).await.ok(200);
    assert_eq!(read["resourcePolicy"], body["resourcePolicy"]);
    assert_eq!(client.bedrock("DELETE", &path, &json!({})).await.ok(200), Value::Null);
    client.bedrock("GET", &path, &json!({})).await.refused(404, "ResourceNotFoundException");
    emulator.stop().await;
}

#[tokio::test]
async fn profiles_are_there_in_their_regions() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let apply = put(PROFILE, &json!("bedrock:ApplyGuardrail"));
    client.region("us-west-2").bedrock("POST", "/resource-policy", &apply).await.ok(201);
    let read =
        client.region("us-west-2").bedrock("GET", &format!("/resource-policy/{}", encoded(PROFILE)), &json!({})).await;
    assert_eq!(read.ok(200)["resourcePolicy"], apply["resourcePolicy"]);
    client.region("us-east-1").bedrock("POST", "/resource-policy", &apply).await.refused(400, "ValidationException");
    let get = put(PROFILE, &json!(["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"]));
    client.region("us-west-2").bedrock("POST", "/resource-policy", &get).await.refused(400, "ValidationException");
    let other = put(&PROFILE.replace("/us.", "/eu."), &json!("bedrock:ApplyGuardrail"));
    client.region("us-west-2").bedrock("POST", "/resource-policy", &other).await.refused(400, "ValidationException");
    emulator.stop().await;
}

#[tokio::test]
async fn a_policy_is_needed_to_read_from_another_account() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (_, arn) = created(&client, &guardrail("one")).await;
    let path = format!("/guardrails/{}", encoded(&arn));
    let member = client.account(MEMBER);
    member.bedrock("GET", &path, &json!({})).await.refused(403, "AccessDeniedException");
    member.bedrock("PUT", &path, &guardrail("mine")).await.refused(403, "AccessDeniedException");
    let theirs = put(&arn, &json!("bedrock:GetGuardrail"));
    member.bedrock("POST", "/resource-policy", &theirs).await.refused(403, "AccessDeniedException");
    emulator.stop().await;
}

/// Documents by what they are as text: their length counts in characters, of which some are not allowed.
#[tokio::test]
async fn a_document_has_bounds() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (_, arn) = created(&client, &guardrail("one")).await;
    let body = put(&arn, &json!("bedrock:ApplyGuardrail"));
    let document = body["resourcePolicy"].as_str().expect("a document");
    let padded = |length: usize| format!("{document}{}", " ".repeat(length - document.chars().count()));
    let with_sid = |sid: &str| document.replacen("\"Effect\"", &format!("\"Sid\":\"{sid}\",\"Effect\""), 1);
    for (document, status) in [
        (padded(20_480), 201),
        (padded(20_481), 400),
        (with_sid("ÿ"), 201),
        (with_sid("Ā"), 400),
        (format!("\t\r\n{document}"), 201),
        (format!("\u{b}{document}"), 400),
        (String::new(), 400),
    ] {
        let answer =
            client.bedrock("POST", "/resource-policy", &json!({"resourceArn": arn, "resourcePolicy": document})).await;
        assert_eq!(answer.status, status, "{document:.60}: {}", answer.text);
    }
    let long = json!({"resourceArn": "a".repeat(256), "resourcePolicy": "{}"});
    client.bedrock("POST", "/resource-policy", &long).await.refused(400, "ValidationException");
    emulator.stop().await;
}

fn admitting(arn: &str, condition: &Value) -> Value {
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "bedrock:GetGuardrail", "Resource": arn, "Condition": condition});
    json!({"resourceArn": arn, "resourcePolicy": json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()})
}

#[tokio::test]
async fn an_organization_or_a_part_of_it_is_admitted() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (_, arn) = created(&client, &guardrail("one")).await;
    let path = format!("/guardrails/{}", encoded(&arn));
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}});
    let mut unit = organization.clone();
    unit["ForAnyValue:StringLike"] = json!({"aws:PrincipalOrgPaths": ["o-bedrailsand/*/ou-sand-sandbox0/*"]});
    let (sandbox, outside) = ("555566667777", "999988887777");
    for (condition, may) in [(organization, [true, true, false]), (unit, [false, true, false])] {
        client.bedrock("POST", "/resource-policy", &admitting(&arn, &condition)).await.ok(201);
        for (account, may) in [MEMBER, sandbox, outside].into_iter().zip(may) {
            let answer = client.account(account).bedrock("GET", &path, &json!({})).await;
            assert_eq!(answer.status, if may { 200 } else { 403 }, "{account} {condition}: {}", answer.text);
        }
    }
    emulator.stop().await;
}

#[tokio::test]
async fn an_account_outside_of_organizations_admits_only_itself() {
    let emulator = emulator().await;
    let client = Client::of(&emulator).account("999988887777");
    let (_, arn) = created(&client, &guardrail("one")).await;
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}});
    let shared = client.bedrock("POST", "/resource-policy", &admitting(&arn, &organization)).await;
    shared.refused(400, "ValidationException");
    let mut own = put(&arn, &json!("bedrock:GetGuardrail"));
    let text = own["resourcePolicy"].as_str().expect("a document").replace("iam::111122223333", "iam::999988887777");
    own["resourcePolicy"] = json!(text);
    client.bedrock("POST", "/resource-policy", &own).await.ok(201);
    emulator.stop().await;
}

/// A profile is there where guardrails with it live and where they lead to; the two differ.
#[tokio::test]
async fn a_profile_is_where_it_comes_from_and_where_it_leads_to() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    for (region, profile, there) in [
        ("us-west-1", "us.guardrail.v1:0", true),
        ("us-east-2", "us.guardrail.v1:0", true),
        ("eu-west-3", "eu.guardrail.v1:0", true),
        ("eu-west-2", "eu.guardrail.v1:0", false),
        ("eu-west-2", "uk.guardrail.v1:0", true),
        ("ap-southeast-2", "apac.guardrail.v1:0", true),
        ("ap-southeast-2", "au.guardrail.v1:0", true),
        ("sa-east-1", "us.guardrail.v1:0", false),
    ] {
        let arn = format!("arn:aws:bedrock:{region}:111122223333:guardrail-profile/{profile}");
        let body = put(&arn, &json!("bedrock:ApplyGuardrail"));
        let answer = client.region(region).bedrock("POST", "/resource-policy", &body).await;
        assert_eq!(answer.status, if there { 201 } else { 400 }, "{arn}: {}", answer.text);
    }
    emulator.stop().await;
}
