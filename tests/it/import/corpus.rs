//! Guardrails that others wrote, created by a client that is not bedrail.

use std::time::Duration;

use bedrail::inventory::Wanted;
use bedrail::model::Region;
use serde_json::{Value, json};

use super::{adopt, assert_formatted, bring_to, imported};
use crate::source;
use crate::support::caller::Caller;
use crate::support::{MANAGEMENT, Sandbox};

const FOLDER: &str = "localstack/conformance/corpus/guardrails";

/// Creates a guardrail and waits until it can be used; returns its id.
pub(super) async fn create(root: &Caller, region: &str, body: &Value) -> String {
    let answer = root.bedrock_in(region, "POST", "/guardrails", body).await;
    assert_eq!(answer.status, 202, "{body:#}\n{}", answer.text);
    let id = answer.json()["guardrailId"].as_str().expect("an id").to_owned();
    ready(root, region, &id).await;
    id
}

/// Publishes what a guardrail holds.
pub(super) async fn publish(root: &Caller, region: &str, id: &str) {
    let answer = root.bedrock_in(region, "POST", &format!("/guardrails/{id}"), &json!({})).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    ready(root, region, id).await;
}

/// Waits until a guardrail can be used.
pub(super) async fn ready(root: &Caller, region: &str, id: &str) {
    for _ in 0..500 {
        let read = root.bedrock_in(region, "GET", &format!("/guardrails/{id}"), &Value::Null).await;
        if read.json()["status"] == "READY" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{id} is not READY");
}

/// The Region that a file of the corpus is for, and its request.
fn request(file: &str) -> (String, Value) {
    let mut body: Value = serde_json::from_str(&source::text(file)).expect("JSON");
    let profile = body["crossRegionConfig"]["guardrailProfileIdentifier"].as_str().unwrap_or_default().to_owned();
    let mut region = "us-east-1".to_owned();
    if let [_, _, _, of, ..] = profile.split(':').collect::<Vec<_>>().as_slice() {
        (*of).clone_into(&mut region);
        let id = profile.rsplit('/').next().expect("an id");
        body["crossRegionConfig"]["guardrailProfileIdentifier"] = json!(id);
    }
    // Two of the corpus have one name; each stands for another account.
    let number: String = file.rsplit('/').next().unwrap_or_default().chars().take(2).collect();
    let name: String = body["name"].as_str().unwrap_or_default().chars().take(47).collect();
    body["name"] = json!(format!("{name}-{number}"));
    (region, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_corpus_is_imported_adopted_and_brought_to_a_second_region() {
    let sandbox = Sandbox::start().await;
    let root = sandbox.root(MANAGEMENT);
    let files = source::files(FOLDER, ".json");
    let mut here = 0;
    for (at, file) in files.iter().enumerate() {
        let (region, body) = request(file);
        let id = create(&root, &region, &body).await;
        here += usize::from(region == "us-east-1");
        if at % 3 == 0 {
            publish(&root, &region, &id).await;
        }
    }
    assert!(files.len() > 20 && here > 15, "{here} of {}", files.len());

    // Whatever is there, in every Region that answers.
    let all = imported(&sandbox, Wanted::default()).await;
    assert_formatted(&all.text);
    assert_eq!(all.notes, [], "{}", all.text);
    let plan = adopt(&sandbox, &all.text).await;
    assert_eq!(plan.actions.len(), files.len(), "{}", all.text);

    // One Region, from the same AWS, as the stack that owns it now: the same spec as of nobody's.
    let one = Wanted { regions: [Region::new("us-east-1")].into(), ..Wanted::default() };
    let one = imported(&sandbox, one).await;
    assert_eq!(one.notes, []);
    assert!(sandbox.plan(&one.text).await.actions.iter().all(|action| action.verb.word() == "delete"));
    let declared = one.text.replace("\nregions: [us-east-1]\n", "\nregions: [us-east-1]\nscan: {regions: declared}\n");
    bring_to(&sandbox, &declared, "us-east-1", "eu-west-1").await;
}
