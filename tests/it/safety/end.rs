//! The state that a run ends in, told without what the clock put there, so that two runs can be compared.
//!
//! Ids stay: the local AWS makes them of the name and of how many of that name were ever made. So a second guardrail or
//! policy of one name is a difference, even if it is gone again; and so is a version number that was spent in vain.

use serde_json::{Map, Value};

/// What depends on when a request came, or follows from the rest in AWS's own time; and the tokens that were seen.
const TIMES: [&str; 10] =
    ["created_at", "updated_at", "createdAt", "updatedAt", "change", "clock", "effective", "from", "tokens", "seen"];

/// The state, without times and tokens.
pub(super) fn lasting(mut state: Value) -> Value {
    forget(&mut state);
    state
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|_, value| !is_going(value));
            // How often a role was assumed is no part of what was reached.
            entries.retain(|key, _| !TIMES.contains(&key.as_str()) && !key.starts_with("session/"));
            if entries.contains_key("default_version") {
                only_default(entries);
            }
            // Two actions that attach may end in either order, which means nothing for policies that all hold.
            for list in ["SERVICE_CONTROL_POLICY", "attached"] {
                if let Some(Value::Array(attached)) = entries.get_mut(list) {
                    attached.sort_by_key(Value::to_string);
                }
            }
            entries.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        // A session is named after its run.
        Value::String(text) if text.contains(":assumed-role/") => {
            text.truncate(text.rfind('/').unwrap_or(text.len()));
        }
        _ => {}
    }
}

/// Of an IAM policy the document in effect. IAM has no tokens: a call that is sent again makes a version more, and which
/// number is the default one is nobody's business.
fn only_default(policy: &mut Map<String, Value>) {
    let number = policy["default_version"].to_string();
    let document = policy["versions"][number.as_str()]["document"].clone();
    policy.retain(|key, _| {
        !["versions", "default_version", "last_version", "created", "updated"].contains(&key.as_str())
    });
    policy.insert("document".to_owned(), document);
}

/// A guardrail or version that is being deleted goes when somebody looks for it.
fn is_going(value: &Value) -> bool {
    [value, &value["draft"]].iter().any(|value| value["change"]["status"] == "DELETING")
}

/// What differs between two states, path by path.
pub(super) fn differences(have: &Value, want: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(have, want, "", &mut found);
    found
}

fn compare(have: &Value, want: &Value, path: &str, found: &mut Vec<String>) {
    match (have, want) {
        (Value::Object(have), Value::Object(want)) => {
            let mut keys: Vec<&String> = have.keys().chain(want.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let of = |entries: &serde_json::Map<String, Value>| entries.get(key).cloned().unwrap_or_default();
                compare(&of(have), &of(want), &format!("{path}/{key}"), found);
            }
        }
        _ if have != want => found.push(format!("{path}: {have} instead of {want}")),
        _ => {}
    }
}

/// The guardrails and policies of AWS that carry no mark of `stack`.
pub(super) fn unowned(state: &Value, stack: &str) -> Vec<String> {
    let marked = |tags: &Value| tags["bedrail:stack"] == stack && tags["bedrail:name"].is_string();
    let entries = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut unowned = Vec::new();
    for (account, regions) in entries(&state["bedrock"]) {
        for (region, bedrock) in entries(&regions) {
            let guardrails = entries(&bedrock["guardrails"]);
            let others = guardrails.iter().filter(|(_, guardrail)| !marked(&guardrail["tags"]));
            unowned.extend(others.map(|(id, _)| format!("guardrail {id} of {account} in {region}")));
        }
    }
    let organization = &state["organization"];
    let policies = entries(&organization["policies"]);
    let others = policies.keys().filter(|id| !marked(&organization["tags"][id.as_str()]));
    unowned.extend(others.map(|id| format!("policy {id}")));
    for (account, iam) in entries(&state["iam"]) {
        let policies = entries(&iam["policies"]);
        let others = policies.iter().filter(|(_, policy)| !marked(&policy["tags"]));
        unowned.extend(others.map(|(name, _)| format!("IAM policy {name} of {account}")));
    }
    unowned
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_forgotten_and_the_rest_is_compared() {
        let one = json!({"a": {"created_at": 1, "tags": {"k": "v"}}, "b": [1, 2]});
        let other = json!({"a": {"created_at": 2, "tags": {"k": "w"}}, "b": [1, 2], "c": 1});
        let found = differences(&lasting(one.clone()), &lasting(other));
        assert_eq!(found, ["/a/tags/k: \"v\" instead of \"w\"", "/c: null instead of 1"]);
        assert_eq!(differences(&one, &one), Vec::<String>::new());
    }

    #[test]
    fn what_carries_no_mark_is_told() {
        let marks = json!({"bedrail:stack": "acme", "bedrail:name": "a"});
        let state = json!({
            "bedrock": {"1": {"r": {"guardrails": {"ours": {"tags": marks}, "orphan": {"tags": {}}}}}},
            "organization": {"policies": {"p-1": {}, "p-2": {}}, "tags": {"p-1": marks}},
        });
        assert_eq!(unowned(&state, "acme"), ["guardrail orphan of 1 in r", "policy p-2"]);
        assert_eq!(unowned(&state, "other").len(), 4);
    }
}
