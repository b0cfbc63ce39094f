//! Versions: snapshots, their numbers, their limit.

use serde_json::json;

use crate::client::{Client, created, emulator, guardrail, published};

#[tokio::test]
async fn a_version_keeps_what_the_draft_said() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = created(&client, &guardrail("before")).await;
    let path = format!("/guardrails/{id}");
    let body = json!({"description": "first", "clientRequestToken": "t"});
    let version = client.bedrock("POST", &path, &body).await.ok(202);
    assert_eq!(version, json!({"guardrailId": id, "version": "1"}));
    client.wait(1000).await;
    assert_eq!(client.bedrock("POST", &path, &body).await.ok(202), version, "the token was used");
    client.bedrock("PUT", &path, &guardrail("after")).await.ok(202);
    client.wait(1000).await;
    let one = client.bedrock("GET", &format!("{path}?guardrailVersion=1"), &json!({})).await.ok(200);
    assert_eq!((&one["name"], &one["version"], &one["description"]), (&json!("before"), &json!("1"), &json!("first")));
    let draft = client.bedrock("GET", &format!("{path}?guardrailVersion=DRAFT"), &json!({})).await.ok(200);
    assert_eq!((&draft["name"], draft.get("description")), (&json!("after"), None));
    let rows = client.bedrock("GET", &format!("/guardrails?guardrailIdentifier={id}"), &json!({})).await.ok(200);
    let versions: Vec<_> =
        rows["guardrails"].as_array().expect("rows").iter().map(|row| row["version"].clone()).collect();
    assert_eq!(versions, ["DRAFT", "1"]);
    emulator.stop().await;
}

#[tokio::test]
async fn there_are_twenty_at_most_and_no_number_twice() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = created(&client, &guardrail("one")).await;
    for number in 1..=20 {
        assert_eq!(published(&client, &id).await, number.to_string());
    }
    let path = format!("/guardrails/{id}");
    client.bedrock("POST", &path, &json!({})).await.refused(400, "ServiceQuotaExceededException");
    client.bedrock("DELETE", &format!("{path}?guardrailVersion=20"), &json!({})).await.ok(202);
    client.wait(1000).await;
    client
        .bedrock("GET", &format!("{path}?guardrailVersion=20"), &json!({}))
        .await
        .refused(404, "ResourceNotFoundException");
    assert_eq!(published(&client, &id).await, "21");
    emulator.stop().await;
}
