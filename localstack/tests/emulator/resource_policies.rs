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
