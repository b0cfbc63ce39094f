//! Documents that people wrote, from public repositories, and cases that the service is known to refuse.
//!
//! `conformance/corpus/README.md` says where they come from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, created, emulator};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance/corpus");

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("readable")).expect("JSON")
}

fn documents(folder: &str) -> BTreeMap<String, Value> {
    let files = fs::read_dir(Path::new(CORPUS).join(folder)).expect("a folder").map(|entry| entry.expect("an entry"));
    let documents = files.map(|file| (file.file_name().to_string_lossy().into_owned(), read(&file.path())));
    documents.filter(|(name, _)| name != "EXPECT.json").collect()
}

/// The documents that the service accepts, and those that it refuses. What nobody saw refused counts as accepted.
fn accepted_and_refused() -> (BTreeMap<String, Value>, BTreeMap<String, Value>) {
    let expected = read(&Path::new(CORPUS).join("invalid/EXPECT.json"));
    let refused = |name: &str| {
        let by = expected[name]["enforced"].as_str().expect("an expectation");
        by != "UNPROVEN" && !by.ends_with("SERVICE_ACCEPTS")
    };
    let (refused, mut accepted): (BTreeMap<_, _>, _) =
        documents("invalid").into_iter().partition(|(name, _)| refused(name));
    accepted.extend(documents("guardrails"));
    assert!(accepted.len() >= 30 && refused.len() >= 35);
    (accepted, refused)
}

#[tokio::test]
async fn what_the_service_accepts_is_accepted_and_reads_back() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    for (name, document) in accepted_and_refused().0 {
        let (id, _) = created(&client, &document).await;
        let read = client.bedrock("GET", &format!("/guardrails/{id}"), &json!({})).await.ok(200);
        for same in ["name", "description", "blockedInputMessaging", "blockedOutputsMessaging"] {
            assert_eq!(read.get(same), document.get(same), "{name}: {same}");
        }
        let sets = [
            ("contentPolicyConfig", "filtersConfig", "contentPolicy", "filters"),
            ("topicPolicyConfig", "topicsConfig", "topicPolicy", "topics"),
            ("wordPolicyConfig", "wordsConfig", "wordPolicy", "words"),
            ("sensitiveInformationPolicyConfig", "piiEntitiesConfig", "sensitiveInformationPolicy", "piiEntities"),
            ("sensitiveInformationPolicyConfig", "regexesConfig", "sensitiveInformationPolicy", "regexes"),
            ("contextualGroundingPolicyConfig", "filtersConfig", "contextualGroundingPolicy", "filters"),
        ];
        for (sent_policy, sent_list, policy, list) in sets {
            let sent = document[sent_policy][sent_list].as_array().map(Vec::as_slice).unwrap_or_default();
            let read = read[policy][list].as_array().map(Vec::as_slice).unwrap_or_default();
            assert_eq!(sent.len(), read.len(), "{name}: {policy}.{list}");
            for entry in sent {
                assert!(read.iter().any(|read| holds(read, entry)), "{name}: {policy}.{list}: {entry} in {read:?}");
            }
        }
        assert_eq!(document["crossRegionConfig"].is_null(), read["crossRegionDetails"].is_null(), "{name}");
    }
    emulator.stop().await;
}

/// Whether an entry read back has all that was sent; modalities lose their order.
fn holds(read: &Value, sent: &Value) -> bool {
    sent.as_object().expect("an entry").iter().all(|(key, sent)| match (sent, &read[key]) {
        (Value::Array(sent), Value::Array(read)) => {
            sent.len() == read.len() && sent.iter().all(|item| read.contains(item))
        }
        (sent, read) => sent.as_f64().map_or(sent == read, |sent| read.as_f64() == Some(sent)),
    })
}

#[tokio::test]
async fn what_the_service_refuses_is_refused() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    for (name, document) in accepted_and_refused().1 {
        let answer = client.bedrock("POST", "/guardrails", &document).await;
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, Some("ValidationException")), "{name}");
    }
    let rows = client.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    assert_eq!(rows, json!({"guardrails": []}));
    emulator.stop().await;
}
