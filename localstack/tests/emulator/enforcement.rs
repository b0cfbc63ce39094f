//! Account-level enforcement.

use serde_json::{Value, json};

use crate::client::{Client, MEMBER, created, emulator, guardrail, published};

const PATH: &str = "/enforcedGuardrailsConfiguration";

fn enforce(id: &str, version: &str) -> Value {
    json!({"guardrailInferenceConfig": {"guardrailIdentifier": id, "guardrailVersion": version}})
}

#[tokio::test]
async fn there_is_one_configuration_and_it_keeps_its_id() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let versions = [published(&client, &id).await, published(&client, &id).await];
    let empty = client.bedrock("GET", PATH, &json!({})).await.ok(200);
    assert_eq!(empty, json!({"guardrailsConfig": []}));
    let put = client.bedrock("PUT", PATH, &enforce(&id, &versions[0])).await.ok(200);
    assert_eq!(put["updatedBy"], "arn:aws:iam::111122223333:root");
    let mut change = enforce(&arn, &versions[1]);
    change["configId"] = put["configId"].clone();
    change["guardrailInferenceConfig"]["selectiveContentGuarding"] = json!({"system": "SELECTIVE"});
    change["guardrailInferenceConfig"]["modelEnforcement"] = json!({"includedModels": ["ALL"], "excludedModels": []});
    client.wait(1000).await;
    client.bedrock("PUT", PATH, &change).await.ok(200);
    let listed = client.bedrock("GET", PATH, &json!({})).await.ok(200);
    let row = &listed["guardrailsConfig"][0];
    assert_eq!(listed["guardrailsConfig"].as_array().map(Vec::len), Some(1));
    assert_eq!((&row["configId"], &row["guardrailVersion"]), (&put["configId"], &json!("2")));
    assert_eq!(
        (&row["guardrailArn"], &row["guardrailId"], &row["owner"]),
        (&json!(arn), &json!(id), &json!("ACCOUNT"))
    );
    assert_eq!(row["selectiveContentGuarding"], json!({"system": "SELECTIVE"}));
    assert_eq!(row["modelEnforcement"], json!({"includedModels": ["ALL"], "excludedModels": []}));
    assert_ne!(row["createdAt"], row["updatedAt"]);
    let other = client.region("us-west-2").bedrock("GET", PATH, &json!({})).await.ok(200);
    assert_eq!(other, json!({"guardrailsConfig": []}));
    let config = put["configId"].as_str().expect("an id");
    client.bedrock("DELETE", &format!("{PATH}/other"), &json!({})).await.refused(404, "ResourceNotFoundException");
    assert_eq!(client.bedrock("DELETE", &format!("{PATH}/{config}"), &json!({})).await.ok(200), Value::Null);
    assert_eq!(client.bedrock("GET", PATH, &json!({})).await.ok(200), json!({"guardrailsConfig": []}));
    emulator.stop().await;
}

#[tokio::test]
async fn only_a_version_that_is_there_can_be_enforced() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    let put = async |body: &Value| client.bedrock("PUT", PATH, body).await;
    put(&enforce(&id, "DRAFT")).await.refused(400, "ValidationException");
    put(&enforce(&format!("{arn}:1"), "1")).await.refused(400, "ValidationException");
    put(&enforce(&id, "2")).await.refused(404, "ResourceNotFoundException");
    put(&enforce("nothere", "1")).await.refused(404, "ResourceNotFoundException");
    let mut body = enforce(&id, &version);
    body["configId"] = json!("unknown");
    put(&body).await.refused(404, "ResourceNotFoundException");
    let mut body = enforce(&id, &version);
    body["guardrailInferenceConfig"]["modelEnforcement"] = json!({"includedModels": ["ALL"]});
    put(&body).await.refused(400, "ValidationException");
    let member = client.account(MEMBER).bedrock("PUT", PATH, &enforce(&arn, &version)).await;
    member.refused(403, "AccessDeniedException");
    emulator.stop().await;
}

#[tokio::test]
async fn models_are_named_as_the_pattern_allows() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    for (model, allowed) in [
        ("amazon.titan-embed-text-v2:0", true),
        ("amazon.nova-pro-v1:0:300k", true),
        ("openai.gpt-oss-120b-1:0", true),
        ("us.anthropic.claude-v2", false),
        ("deepseek.v3.2", false),
        ("Amazon.nova", false),
        ("ALL", false),
    ] {
        let mut body = enforce(&id, &version);
        body["guardrailInferenceConfig"]["modelEnforcement"] =
            json!({"includedModels": ["ALL"], "excludedModels": [model]});
        let answer = client.bedrock("PUT", PATH, &body).await;
        assert_eq!(answer.status, if allowed { 200 } else { 400 }, "{model}: {}", answer.text);
    }
    emulator.stop().await;
}

#[tokio::test]
async fn a_second_put_without_an_id_changes_the_one_configuration() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = created(&client, &guardrail("one")).await;
    let versions = [published(&client, &id).await, published(&client, &id).await];
    let first = client.bedrock("PUT", PATH, &enforce(&id, &versions[0])).await.ok(200);
    let second = client.bedrock("PUT", PATH, &enforce(&id, &versions[1])).await.ok(200);
    assert_eq!(first["configId"], second["configId"]);
    let listed = client.bedrock("GET", PATH, &json!({})).await.ok(200);
    let rows = listed["guardrailsConfig"].as_array().expect("rows");
    assert_eq!((rows.len(), &rows[0]["guardrailVersion"]), (1, &json!(versions[1])));
    client.bedrock("GET", &format!("{PATH}?nextToken=x"), &json!({})).await.refused(400, "ValidationException");
    emulator.stop().await;
}

#[tokio::test]
async fn what_is_enforced_is_bounded_and_the_old_input_tags_are_shown() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    let put = async |member: &str, value: Value| {
        let mut body = enforce(&id, &version);
        body["guardrailInferenceConfig"][member] = value;
        client.bedrock("PUT", PATH, &body).await
    };
    for (guarding, tags) in [
        (json!({"system": "COMPREHENSIVE", "messages": "COMPREHENSIVE"}), "IGNORE"),
        (json!({}), "IGNORE"),
        (json!({"messages": "SELECTIVE"}), "HONOR"),
        (json!({"system": "SELECTIVE", "messages": "SELECTIVE"}), "HONOR"),
    ] {
        put("selectiveContentGuarding", guarding.clone()).await.ok(200);
        let listed = client.bedrock("GET", PATH, &json!({})).await.ok(200);
        let row = &listed["guardrailsConfig"][0];
        assert_eq!((&row["inputTags"], &row["selectiveContentGuarding"]), (&json!(tags), &guarding));
    }
    for (member, value) in [
        ("selectiveContentGuarding", json!({"system": "selective"})),
        ("modelEnforcement", json!({})),
        ("modelEnforcement", json!({"includedModels": ["ALL"]})),
        ("modelEnforcement", json!({"excludedModels": []})),
        ("modelEnforcement", json!({"includedModels": [], "excludedModels": []})),
        ("modelEnforcement", json!({"includedModels": ["all"], "excludedModels": []})),
        ("modelEnforcement", json!({"includedModels": ["amazon.*"], "excludedModels": []})),
        (
            "modelEnforcement",
            json!({"includedModels": ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"], "excludedModels": []}),
        ),
    ] {
        put(member, value).await.refused(400, "ValidationException");
    }
    put("modelEnforcement", json!({"includedModels": ["amazon.nova-pro-v1:0"], "excludedModels": []})).await.ok(200);
    emulator.stop().await;
}
