//! The paths under `/_bedrail/`.

use serde_json::json;

use crate::client::{Client, created, emulator, guardrail};

#[tokio::test]
async fn the_state_can_be_taken_along() {
    let (one, other) = (emulator().await, emulator().await);
    let (from, to) = (Client::of(&one), Client::of(&other));
    let (id, _) = created(&from, &guardrail("one")).await;
    let state = from.control("GET", "state", &json!({})).await.ok(200);
    to.control("PUT", "state", &state).await.ok(200);
    let path = format!("/guardrails/{id}");
    assert_eq!(
        to.bedrock("GET", &path, &json!({})).await.ok(200),
        from.bedrock("GET", &path, &json!({})).await.ok(200)
    );
    assert_eq!(to.control("GET", "state", &json!({})).await.ok(200), state);
    to.control("POST", "reset", &json!({})).await.ok(200);
    to.bedrock("GET", &path, &json!({})).await.refused(404, "ResourceNotFoundException");
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_state_that_cannot_be_read_changes_nothing() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let before = client.control("GET", "state", &json!({})).await.ok(200);
    for bad in [json!([]), json!({"bedrok": {}}), json!({"partition": "aws-us-gov"}), json!({"bedrock": {"1": 2}})] {
        assert_eq!(client.control("PUT", "state", &bad).await.status, 400, "{bad}");
    }
    assert_eq!(client.control("GET", "state", &json!({})).await.ok(200), before);
    emulator.stop().await;
}

#[tokio::test]
async fn requests_are_counted() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    client.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    let missing = client.region("eu-west-1").bedrock("GET", "/guardrails/none", &json!({})).await;
    let log = client.control("GET", "requests", &json!({})).await.ok(200);
    let rows = log.as_array().expect("rows");
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["seq"], &rows[0]["operation"], &rows[0]["code"]),
        (&json!(1), &json!("ListGuardrails"), &json!(null))
    );
    let mut second = rows[1].clone();
    assert!(second["time"].take().as_str().is_some_and(|time| time.ends_with('Z')));
    let expected = json!({
        "seq": 2, "time": null, "account": "111122223333", "region": "eu-west-1", "principal": "arn:aws:iam::111122223333:root",
        "service": "bedrock", "operation": "GetGuardrail", "status": 404, "code": "ResourceNotFoundException",
        "request_id": missing.header("x-amzn-requestid"),
    });
    assert_eq!(second, expected);
    client.control("DELETE", "requests", &json!({})).await.ok(200);
    assert_eq!(client.control("GET", "requests", &json!({})).await.ok(200), json!([]));
    emulator.stop().await;
}

#[tokio::test]
async fn the_clock_moves_when_told() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let before = client.control("GET", "clock", &json!({})).await.ok(200);
    let after = client.control("POST", "clock", &json!({"advance_ms": 3_600_000})).await.ok(200);
    assert!(after["now_ms"].as_i64() >= before["now_ms"].as_i64().map(|ms| ms + 3_600_000));
    assert_eq!(after["advanced_ms"], json!(3_600_000));
    assert_eq!(client.control("POST", "clock", &json!({"advance_ms": -1})).await.status, 400);
    emulator.stop().await;
}

#[tokio::test]
async fn a_call_can_be_refused_by_option() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let refuse = json!({"refuse": [
        {"operation": "ListGuardrails", "region": "eu-west-1"},
        {"operation": "GetGuardrail", "code": "ThrottlingException"},
        {"operation": "GetCallerIdentity"},
    ]});
    client.control("POST", "options", &refuse).await.ok(200);
    client.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    client.region("eu-west-1").bedrock("GET", "/guardrails", &json!({})).await.refused(403, "AccessDeniedException");
    client.bedrock("GET", "/guardrails/x", &json!({})).await.refused(429, "ThrottlingException");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = client.signed("sts", "POST", "/", &form, "Action=GetCallerIdentity&Version=2011-06-15").await;
    assert!(answer.status == 403 && answer.text.contains("<Code>AccessDenied</Code>"), "{}", answer.text);
    client.control("POST", "options", &json!({"refuse": []})).await.ok(200);
    client.region("eu-west-1").bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn what_cannot_be_answered_is_no_success() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let refuse = json!({"refuse": [{"operation": "ListGuardrails", "code": "Two\nLines"}]});
    client.control("POST", "options", &refuse).await.ok(200);
    assert_eq!(client.bedrock("GET", "/guardrails", &json!({})).await.status, 500, "no header holds that code");
    let large = " ".repeat((32 << 20) + 1);
    assert_eq!(client.signed("bedrock", "POST", "/guardrails", &[], &large).await.status, 413);
    client.bedrock("GET", "/enforcedGuardrailsConfiguration", &json!({})).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_missing() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    for (method, path) in [("PUT", "timeline"), ("PUT", "faults"), ("POST", "state")] {
        assert_eq!(client.control(method, path, &json!({})).await.status, 404, "{path}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn the_operations_are_listed() {
    let emulator = emulator().await;
    let operations = Client::of(&emulator).control("GET", "operations", &json!({})).await.ok(200);
    for (service, operation) in
        [("bedrock", "CreateGuardrail"), ("organizations", "ListRoots"), ("sts", "GetCallerIdentity")]
    {
        let row = json!({"service": service, "operation": operation});
        assert!(operations.as_array().expect("a list").contains(&row), "{row}");
    }
    emulator.stop().await;
}
