//! `ConverseStream` and `InvokeModelWithResponseStream`, read as event streams.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{CLAUDE, NOVA, guardrail, says_under, versioned};
use crate::client::{Answer, Client, emulator, encoded};

/// The events of an answer: type and payload. Checksums are proven by unit tests and by boto3.
fn events(answer: &Answer) -> Vec<(String, Value)> {
    assert_eq!(answer.header("content-type"), Some("application/vnd.amazon.eventstream"), "{}", answer.text);
    let mut rest = answer.body.as_slice();
    let mut events = Vec::new();
    while !rest.is_empty() {
        let number = |at: usize| u32::from_be_bytes(rest[at..at + 4].try_into().expect("four bytes")) as usize;
        let (total, headers) = (number(0), number(4));
        let kind_length = usize::from(u16::from_be_bytes([rest[25], rest[26]]));
        assert_eq!(&rest[12..24], b"\x0b:event-type");
        let kind = String::from_utf8(rest[27..27 + kind_length].to_vec()).expect("a type");
        let payload = serde_json::from_slice(&rest[12 + headers..total - 4]).expect("JSON");
        events.push((kind, payload));
        rest = &rest[total..];
    }
    events
}

#[tokio::test]
async fn a_conversation_comes_in_events() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = versioned(&client, &guardrail("one", "tulip")).await;
    let path = format!("/model/{}/converse-stream", encoded(NOVA));
    for (text, shown, reason) in [
        ("an answer that is longer than one event", "an answer that is longer than one event", "end_turn"),
        ("a tulip", "one: no such question.", "guardrail_intervened"),
    ] {
        let mut body = says_under(text, &id, "1");
        body["guardrailConfig"]["streamProcessingMode"] = json!("sync");
        let answer = client.bedrock("POST", &path, &body).await;
        let events = events(&answer);
        let deltas: Vec<&str> = events.iter().filter_map(|(_, payload)| payload["delta"]["text"].as_str()).collect();
        assert!(deltas.len() > 1, "{events:?}");
        assert_eq!(deltas.concat(), shown);
        let kinds: Vec<&str> =
            events.iter().map(|(kind, _)| kind.as_str()).filter(|kind| *kind != "contentBlockDelta").collect();
        assert_eq!(kinds, ["messageStart", "contentBlockStop", "messageStop", "metadata"]);
        let (_, metadata) = events.last().expect("events");
        assert!(metadata["trace"]["guardrail"]["inputAssessment"][&id].is_object(), "{metadata}");
        assert!(events.iter().any(|(kind, payload)| kind == "messageStop" && payload["stopReason"] == reason));
    }
    client.bedrock("POST", &path, &json!({})).await.refused(400, "ValidationException");
    emulator.stop().await;
}

#[tokio::test]
async fn a_model_s_body_comes_in_chunks() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = versioned(&client, &guardrail("one", "tulip")).await;
    let headers = [("x-amzn-bedrock-guardrailidentifier", id.as_str()), ("x-amzn-bedrock-guardrailversion", "1")];
    let body = json!({"messages": [{"role": "user", "content": "hello"}]}).to_string();
    let path = format!("/model/{}/invoke-with-response-stream", encoded(CLAUDE));
    let answer = client.signed("bedrock", "POST", &path, &headers, &body).await;
    assert_eq!(answer.header("x-amzn-bedrock-content-type"), Some("application/json"));
    let chunks: Vec<Value> = events(&answer)
        .iter()
        .map(|(kind, payload)| {
            assert_eq!(kind, "chunk");
            let bytes = STANDARD.decode(payload["bytes"].as_str().expect("bytes")).expect("base64");
            serde_json::from_slice(&bytes).expect("JSON")
        })
        .collect();
    assert_eq!((&chunks[0]["type"], &chunks[2]["delta"]["text"]), (&json!("message_start"), &json!("hello")));
    assert_eq!(chunks.last().expect("chunks")["amazon-bedrock-guardrailAction"], "NONE");
    let silent = "/model/cohere.rerank-v3-5%3A0/invoke-with-response-stream";
    client.bedrock("POST", silent, &json!({"query": "x"})).await.refused(400, "ValidationException");
    emulator.stop().await;
}
