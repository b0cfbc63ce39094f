//! What keeps a guardrail from being deleted, and what goes with it.

use serde_json::json;

use crate::client::{Client, created, emulator, encoded, guardrail, published};

#[tokio::test]
async fn what_is_enforced_stays() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = created(&client, &guardrail("one")).await;
    let (used, unused) = (published(&client, &id).await, published(&client, &id).await);
    let config = json!({"guardrailInferenceConfig": {"guardrailIdentifier": id, "guardrailVersion": used}});
    client.bedrock("PUT", "/enforcedGuardrailsConfiguration", &config).await.ok(200);
    let path = format!("/guardrails/{id}");
    client.bedrock("DELETE", &path, &json!({})).await.refused(400, "ResourceInUseException");
    let version = |number: &str| format!("{path}?guardrailVersion={number}");
    client.bedrock("DELETE", &version(&used), &json!({})).await.refused(400, "ResourceInUseException");
    client.bedrock("DELETE", &version(&unused), &json!({})).await.ok(202);
    client.bedrock("DELETE", &version("DRAFT"), &json!({})).await.refused(400, "ValidationException");
    emulator.stop().await;
}

#[tokio::test]
async fn a_deleted_guardrail_takes_everything_along() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    published(&client, &id).await;
    let root = "arn:aws:iam::111122223333:root";
    let statement =
        json!({"Effect": "Allow", "Principal": {"AWS": root}, "Action": "bedrock:GetGuardrail", "Resource": arn});
    let policy = json!({"resourceArn": arn, "resourcePolicy": json!({"Statement": statement}).to_string()});
    client.bedrock("POST", "/resource-policy", &policy).await.ok(201);
    client.bedrock("DELETE", &format!("/guardrails/{id}"), &json!({})).await.ok(202);
    client.wait(1000).await;
    for (method, path) in [
        ("GET", format!("/guardrails/{id}")),
        ("GET", format!("/guardrails/{id}?guardrailVersion=1")),
        ("GET", format!("/guardrails?guardrailIdentifier={id}")),
        ("DELETE", format!("/guardrails/{id}")),
        ("POST", format!("/guardrails/{id}")),
        ("GET", format!("/resource-policy/{}", encoded(&arn))),
    ] {
        client.bedrock(method, &path, &json!({})).await.refused(404, "ResourceNotFoundException");
    }
    let rows = client.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    assert_eq!(rows, json!({"guardrails": []}));
    assert_ne!(created(&client, &guardrail("one")).await.0, id, "an id is given once");
    emulator.stop().await;
}
