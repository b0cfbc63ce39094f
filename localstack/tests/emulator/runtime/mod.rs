//! The runtime: guardrails on texts and around the toy model.

mod apply;
mod bodies;
mod conversations;
mod enforced;
mod permissions;
mod streams;

use serde_json::{Value, json};

use crate::client::{Answer, Client, created, encoded, published};

pub(crate) const NOVA: &str = "amazon.nova-lite-v1:0";
pub(crate) const CLAUDE: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

/// A guardrail that blocks a word and masks addresses.
pub(crate) fn guardrail(name: &str, word: &str) -> Value {
    json!({
        "name": name,
        "blockedInputMessaging": format!("{name}: no such question."),
        "blockedOutputsMessaging": format!("{name}: no such answer."),
        "wordPolicyConfig": {"wordsConfig": [{"text": word}]},
        "sensitiveInformationPolicyConfig": {"piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE"}]},
    })
}

/// A guardrail with one version; its id and ARN.
pub(crate) async fn versioned(client: &Client, body: &Value) -> (String, String) {
    let made = created(client, body).await;
    published(client, &made.0).await;
    made
}

pub(crate) async fn apply(client: &Client, identifier: &str, version: &str, body: &Value) -> Answer {
    let path = format!("/guardrail/{}/version/{version}/apply", encoded(identifier));
    client.bedrock("POST", &path, body).await
}

pub(crate) async fn converse(client: &Client, model: &str, body: &Value) -> Answer {
    client.bedrock("POST", &format!("/model/{}/converse", encoded(model)), body).await
}

pub(crate) async fn invoke(client: &Client, model: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let path = format!("/model/{}/invoke", encoded(model));
    client.signed("bedrock", "POST", &path, headers, &body.to_string()).await
}

/// A conversation of one message, traced.
pub(crate) fn says(text: &str) -> Value {
    json!({
        "messages": [{"role": "user", "content": [{"text": text}]}],
        "guardrailConfig": {"trace": "enabled"},
    })
}

/// The same under a guardrail.
pub(crate) fn says_under(text: &str, identifier: &str, version: &str) -> Value {
    let mut body = says(text);
    body["guardrailConfig"]["guardrailIdentifier"] = json!(identifier);
    body["guardrailConfig"]["guardrailVersion"] = json!(version);
    body
}

/// What a conversation's answer says.
pub(crate) fn said(answer: &Value) -> &str {
    answer["output"]["message"]["content"][0]["text"].as_str().expect("a text")
}
