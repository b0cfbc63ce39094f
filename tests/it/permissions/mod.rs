//! What `bedrail iam` prints is enough, and no more: tried against the local AWS, which checks every call.
//!
//! The caller has a role with exactly the printed policies, and members have the printed member role.

mod adopt;
mod forms;
mod least;
mod marks;
mod session;
mod testing;
mod trust;
mod world;

use serde_json::Value;

use bedrail::permissions::paper::Asked;
use bedrail::permissions::{Declared, Form, What, form, paper};

use crate::source;
use crate::support::spec;

/// What no example has: a service control policy, and IAM policies and guardrails in members.
const MORE: &str = r#"
format: 1
stack: permissions
organization: {id: o-bedrailsand, management_account: "111122223333", member_role: Apply, member_read_role: Read, external_id: larkfield}
regions: [us-east-1]
scan: {regions: declared, accounts: declared}
tags: {owner: ai-platform}
guardrails:
  own:
    accounts: ["555566667777"]
    blocked_input_messaging: "No."
    blocked_outputs_messaging: "Not this."
    word_policy: {words: [zeus]}
resource_policies: {own: {guardrail: own, share_with: own_account}}
account_enforcement: {own: {accounts: ["555566667777"], guardrail: own}}
org_policies:
  regions:
    type: SERVICE_CONTROL_POLICY
    document: {Version: "2012-10-17", Statement: [{Sid: Lists, Effect: Deny, Action: "bedrock:CreateModelCustomizationJob", Resource: "*"}]}
    attach: ["ou:Sandbox"]
iam_policies:
  models:
    accounts: ["555566667777"]
    template: invoke_models
    models: ["amazon.nova-pro-v1:0"]
    attach_to_roles: [app-role]
"#;

/// Each spec by name, as one text.
fn specs() -> Vec<(&'static str, String)> {
    let example = |name: &'static str| {
        let mut seen = std::collections::BTreeSet::new();
        let mut text = String::new();
        for file in source::files(&format!("examples/{name}"), ".yaml") {
            // Its stages are specs of their own.
            if file.matches('/').count() == 2 && !file.ends_with(".test.yaml") {
                text += &source::text(&file);
            }
        }
        // Files share anchors by repeating them.
        text.lines()
            .filter(|line| !line.starts_with("x-") || seen.insert(line.to_owned()))
            .fold(String::new(), |text, line| {
                text + &line.replace("prevent_destroy: true", "prevent_destroy: false") + "\n"
            })
    };
    let names = [
        "quickstart",
        "least-privilege-app",
        "logging",
        "kms-encrypted",
        "multi-account",
        "organization",
        "full-surface",
    ];
    let examples = names.into_iter().map(|name| (name, example(name)));
    examples.chain([("more", MORE.to_owned())]).collect()
}

fn declared(text: &str) -> Declared {
    Declared::of(&spec(text)).expect("a top level")
}

/// The documents that are printed as JSON.
fn documents(text: &str, what: What, read: bool) -> Vec<Value> {
    asked(text, what, &Asked { read, ..Asked::default() })
}

/// The same, asked for otherwise.
fn asked(text: &str, what: What, asked: &Asked) -> Vec<Value> {
    let paper = paper(&declared(text), what, asked).expect("it can be printed");
    let (text, _) = form::print(&paper, Form::Json).expect("it can be printed");
    match serde_json::from_str(&text).expect("JSON") {
        Value::Array(all) => all,
        one => vec![one],
    }
}

/// The actions of policies; but not those of keys, of which the local AWS knows nothing.
fn actions(documents: &[Value]) -> Vec<String> {
    let statements = documents.iter().flat_map(|document| document["Statement"].as_array().into_iter().flatten());
    let actions = statements.flat_map(|statement| statement["Action"].as_array().into_iter().flatten());
    let mut actions: Vec<String> = actions.map(|action| action.as_str().expect("text").to_owned()).collect();
    actions.retain(|action| !action.starts_with("kms:"));
    actions.sort();
    actions.dedup();
    actions
}

/// The policies without an action.
fn without(documents: &[Value], action: &str) -> Vec<Value> {
    let mut documents = documents.to_vec();
    for document in &mut documents {
        let Some(statements) = document["Statement"].as_array_mut() else { continue };
        for statement in statements.iter_mut() {
            if let Some(actions) = statement["Action"].as_array_mut() {
                actions.retain(|one| one != action);
            }
        }
        statements.retain(|statement| statement["Action"] != Value::Array(Vec::new()));
    }
    documents
}
