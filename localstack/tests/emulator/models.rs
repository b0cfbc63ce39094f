//! The list of models and the logging of invocations.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::client::{Client, MEMBER, emulator};

const LOGGING: &str = "/logging/modelinvocations";

#[tokio::test]
async fn logging_is_one_configuration_replaced_as_a_whole() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    assert_eq!(client.bedrock("GET", LOGGING, &json!({})).await.ok(200), json!({}));
    let cloud_watch = json!({"logGroupName": "bedrock", "roleArn": "arn:aws:iam::111122223333:role/logs"});
    let first = json!({"cloudWatchConfig": cloud_watch, "textDataDeliveryEnabled": true});
    let second = json!({"s3Config": {"bucketName": "logs", "keyPrefix": ""}, "audioDataDeliveryEnabled": false});
    for config in [first, second] {
        client.bedrock("PUT", LOGGING, &json!({ "loggingConfig": config })).await.ok(200);
        assert_eq!(client.bedrock("GET", LOGGING, &json!({})).await.ok(200), json!({ "loggingConfig": config }));
    }
    for other in [client.account(MEMBER), client.region("eu-west-1")] {
        assert_eq!(other.bedrock("GET", LOGGING, &json!({})).await.ok(200), json!({}));
    }
    for _ in 0..2 {
        client.bedrock("DELETE", LOGGING, &json!({})).await.ok(200);
        assert_eq!(client.bedrock("GET", LOGGING, &json!({})).await.ok(200), json!({}));
    }
    emulator.stop().await;
}

#[tokio::test]
async fn logging_is_held_against_the_model() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    for config in [
        json!({"s3Config": {"bucketName": "ab"}}),
        json!({"s3Config": {}}),
        json!({"cloudWatchConfig": {"logGroupName": "g", "roleArn": "arn:aws:iam::1:role/x"}}),
        json!({"cloudWatchConfig": {"logGroupName": "", "roleArn": "arn:aws:iam::111122223333:role/x"}}),
        json!({"textDataDeliveryEnabled": "yes"}),
        Value::Null,
    ] {
        let answer = client.bedrock("PUT", LOGGING, &json!({ "loggingConfig": config })).await;
        answer.refused(400, "ValidationException");
    }
    emulator.stop().await;
}

#[expect(clippy::disallowed_methods, reason = "the role is made at this moment")]
#[tokio::test]
async fn a_role_that_has_just_been_made_cannot_write_yet() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    client.control("POST", "options", &json!({"propagation_ms": 60_000})).await.ok(200);
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let mut state = client.control("GET", "state", &json!({})).await.ok(200);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    state["iam"]["111122223333"]["roles"]["logs"] = json!({"trust": trust, "created": now});
    client.control("PUT", "state", &state).await.ok(200);
    let log = json!({"logGroupName": "bedrock", "roleArn": "arn:aws:iam::111122223333:role/logs"});
    let config = json!({"loggingConfig": {"cloudWatchConfig": log}});
    client.bedrock("PUT", LOGGING, &config).await.refused(400, "ValidationException");
    assert_eq!(client.bedrock("GET", LOGGING, &json!({})).await.ok(200), json!({}));
    client.control("POST", "clock", &json!({"advance_ms": 60_000})).await.ok(200);
    client.bedrock("PUT", LOGGING, &config).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn models_are_listed_by_region_and_filter() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let list = async |region: &str, query: &str| {
        let answer = client.region(region).bedrock("GET", &format!("/foundation-models{query}"), &json!({})).await;
        answer.ok(200)["modelSummaries"].as_array().expect("a list").clone()
    };
    let all = list("us-east-1", "").await;
    let nova = all.iter().find(|model| model["modelId"] == "amazon.nova-lite-v1:0").expect("Nova Lite");
    assert_eq!(nova["modelArn"], "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0");
    assert_eq!(nova["modelLifecycle"], json!({"status": "ACTIVE"}));
    assert!(list("us-west-1", "").await.len() < all.len());
    let holds = |key: &'static str, value: &'static str| {
        move |model: &Value| match &model[key] {
            Value::Array(items) => items.contains(&json!(value)),
            one => one == value,
        }
    };
    for (query, key, value) in [
        ("?byProvider=anthropic", "providerName", "Anthropic"),
        ("?byProvider=AI21%20Labs", "providerName", "AI21 Labs"),
        ("?byOutputModality=EMBEDDING", "outputModalities", "EMBEDDING"),
        ("?byInferenceType=PROVISIONED", "inferenceTypesSupported", "PROVISIONED"),
        ("?byCustomizationType=FINE_TUNING", "customizationsSupported", "FINE_TUNING"),
    ] {
        let some = list("us-east-1", query).await;
        let fits = all.iter().filter(|model| holds(key, value)(model)).count();
        assert!(fits > 0 && some.len() == fits && some.iter().all(holds(key, value)), "{query}: {some:?}");
    }
    let refused = client.bedrock("GET", "/foundation-models?byInferenceType=NEVER", &json!({})).await;
    refused.refused(400, "ValidationException");
    emulator.stop().await;
}
