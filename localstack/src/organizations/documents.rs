//! Whether a text may be the document of a policy.

use serde_json::Value;

use super::bedrock_policy;
use super::errors::{constraint, malformed_document};
use super::inheritance::{Element, Fault};
use super::policy_type::PolicyType;
use crate::error::ApiError;

/// Length first, then syntax. White space counts, for what the API gets is stored to the character.
pub(super) fn check(policy_type: PolicyType, content: &str) -> Result<(), ApiError> {
    let most = policy_type.document_characters();
    if content.chars().count() > most {
        let message = format!("The policy document has more than {most} characters.");
        return Err(constraint("POLICY_CONTENT_LIMIT_EXCEEDED", message));
    }
    let checked = match policy_type {
        PolicyType::ServiceControlPolicy | PolicyType::ResourceControlPolicy => statements(content),
        PolicyType::BedrockPolicy => Element::parse(content).and_then(|document| bedrock_policy::check(&document)),
        _ => Element::parse(content).map(drop),
    };
    checked.map_err(|Fault { path, what }| {
        let place = if path.is_empty() { String::new() } else { format!("{} ", path.join(".")) };
        malformed_document(&format!("{place}{what}"))
    })
}

/// The outer form of a policy that authorizes; what its statements say is not judged here.
fn statements(content: &str) -> Result<(), Fault> {
    let nowhere: &[&str] = &[];
    let document: Value = serde_json::from_str(content)
        .map_err(|error| Fault::at(nowhere, format!("the document is not valid JSON: {error}")))?;
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => return Err(Fault::at(&["Statement"], "must be a statement or a list of them")),
    };
    let has_effect = |statement: &Value| matches!(statement["Effect"].as_str(), Some("Allow" | "Deny"));
    if statements.iter().all(has_effect) {
        Ok(())
    } else {
        Err(Fault::at(&["Statement", "Effect"], "must be Allow or Deny"))
    }
}
