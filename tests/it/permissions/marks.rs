//! What the roles that write can do to guardrails that are not this stack's.

use serde_json::{Value, json};

use super::specs;
use super::world::{May, World};
use crate::support::MANAGEMENT;
use crate::support::caller::Caller;

/// A guardrail of somebody else's, with these tags.
async fn guardrail(caller: &Caller, name: &str, tags: Value) -> String {
    let body = json!({"name": name, "blockedInputMessaging": "No.", "blockedOutputsMessaging": "No.",
        "wordPolicyConfig": {"wordsConfig": [{"text": "tulip"}]}, "tags": tags});
    let made = caller.bedrock("POST", "/guardrails", &body).await;
    assert_eq!(made.status, 202, "{}", made.text);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    made.json()["guardrailArn"].as_str().expect("an ARN").to_owned()
}

/// Whether the caller may change a guardrail, take a tag off, delete it, and mark it, in this order.
async fn may(caller: &Caller, arn: &str, stack: &str) -> [bool; 4] {
    let at = format!("/guardrails/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    let content = json!({"name": "own", "blockedInputMessaging": "Yes.", "blockedOutputsMessaging": "Yes.",
        "wordPolicyConfig": {"wordsConfig": [{"text": "tulip"}]}});
    let mark = json!({"resourceARN": arn, "tags": [{"key": "bedrail:stack", "value": stack}]});
    let untag = json!({"resourceARN": arn, "tagKeys": ["team"]});
    let mut allowed = [false; 4];
    let calls = [
        ("PUT", at.as_str(), content),
        ("POST", "/untagResource", untag),
        ("DELETE", at.as_str(), json!({})),
        // Last, since it changes what is allowed afterwards.
        ("POST", "/tagResource", mark),
    ];
    for ((method, path, body), allowed) in calls.iter().zip(&mut allowed) {
        let answer = caller.bedrock(method, path, body).await;
        *allowed = !answer.is_denied();
        assert!(answer.is_denied() || answer.status < 300 || answer.status == 404, "{method} {path}: {answer:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    allowed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_stacks_guardrails_are_out_of_reach_and_unmarked_ones_can_be_marked() {
    let (_, text) = specs().swap_remove(0);
    let stack = text.lines().find_map(|line| line.strip_prefix("stack: ")).expect("a stack").trim();
    let world = World::start(&text, &May::write(&text)).await;
    let (root, home) = (world.sandbox.root(MANAGEMENT), world.home().await);
    let marked = |stack: &str| json!([{"key": "bedrail:stack", "value": stack}, {"key": "team", "value": "claims"}]);
    let theirs = guardrail(&root, "theirs", marked("other")).await;
    let nobodys = guardrail(&root, "nobodys", json!([{"key": "team", "value": "claims"}])).await;
    assert_eq!(may(&home, &theirs, stack).await, [false; 4], "another stack's");
    // This is what is not bounded: see docs/permissions.md.
    assert_eq!(may(&home, &nobodys, stack).await, [false, false, false, true], "nobody's");
    let nobodys = guardrail(&root, "nobodys-too", json!([{"key": "team", "value": "claims"}])).await;
    world.become_one_who(&May::adopt(&text)).await;
    assert_eq!(may(&home, &theirs, stack).await, [false; 4], "another stack's, and adopting");
    assert!(may(&home, &nobodys, stack).await[..3].iter().all(|may| *may), "nobody's, and adopting");
}
