//! The built-in seed's organization, for tests.

use serde_json::{Value, json};

use super::Organization;

pub(super) const ROOT: &str = "r-sand";
pub(super) const WORKLOADS: &str = "ou-sand-workload0";
pub(super) const PROD: &str = "ou-sand-wlprod00";
pub(super) const SANDBOX: &str = "ou-sand-sandbox0";
pub(super) const PAYMENTS_PROD: &str = "333344445555";
pub(super) const PAYMENTS_DEV: &str = "444455556666";
pub(super) const SANDBOX_1: &str = "555566667777";

/// The seed's value under `organization`, to be edited.
pub(super) fn value() -> Value {
    let seed: Value = serde_json::from_str(include_str!("../../seeds/default.json")).expect("the seed is JSON");
    seed["organization"].clone()
}

/// The same with Bedrock policies enabled and `documents` as its policies, named by id.
pub(super) fn with_policies(documents: &[(&str, Value)]) -> Organization {
    let mut organization = value();
    organization["policy_types"] = json!({"BEDROCK_POLICY": {"enabled": true}});
    for (id, document) in documents {
        let content = document.to_string();
        organization["policies"][id] = json!({"name": id, "type": "BEDROCK_POLICY", "content": content});
    }
    serde_json::from_value(organization).expect("a valid organization")
}

/// A document with one configuration in us-east-1.
pub(super) fn document(settings: &Value) -> Value {
    json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": settings}}}})
}

/// A guardrail's ARN with a version, in us-east-1.
pub(super) fn version(guardrail: &str, number: u32) -> String {
    format!("arn:aws:bedrock:us-east-1:111122223333:guardrail/{guardrail}:{number}")
}

/// A document that names a guardrail's version and nothing else.
pub(super) fn naming(guardrail: &str, number: u32) -> Value {
    document(&json!({"identifier": {"@@assign": version(guardrail, number)}}))
}
