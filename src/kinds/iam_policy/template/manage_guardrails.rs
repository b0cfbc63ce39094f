//! `manage_guardrails`: the least that administrators of an account's guardrails need (Service Authorization Reference,
//! Amazon Bedrock).

use super::{Place, texts, use_kms_key};
use crate::kinds::iam_policy::document::{condition, policy, statement};
use crate::model::Document;

/// What has no resource of its own.
const ANYWHERE: [&str; 5] = [
    "bedrock:CreateGuardrail",
    "bedrock:DeleteEnforcedGuardrailConfiguration",
    "bedrock:ListEnforcedGuardrailsConfiguration",
    "bedrock:ListGuardrails",
    "bedrock:PutEnforcedGuardrailConfiguration",
];
const ON_GUARDRAILS: [&str; 11] = [
    "bedrock:CreateGuardrailVersion",
    "bedrock:DeleteGuardrail",
    "bedrock:DeleteResourcePolicy",
    "bedrock:GetGuardrail",
    "bedrock:GetResourcePolicy",
    "bedrock:ListGuardrails",
    "bedrock:ListTagsForResource",
    "bedrock:PutResourcePolicy",
    "bedrock:TagResource",
    "bedrock:UntagResource",
    "bedrock:UpdateGuardrail",
];
/// A cross-Region guardrail is made and changed with its profile.
const ON_PROFILES: [&str; 5] = [
    "bedrock:CreateGuardrail",
    "bedrock:DeleteResourcePolicy",
    "bedrock:GetResourcePolicy",
    "bedrock:PutResourcePolicy",
    "bedrock:UpdateGuardrail",
];

/// Guardrails of the account may be made, changed, released, shared, enforced and deleted in these Regions, with these
/// customer keys. The objects of their profiles lie in every Region that a profile leads to.
pub(in crate::kinds::iam_policy) fn manage_guardrails(keys: &[String], place: &Place<'_>) -> Document {
    let Place { partition, account, regions } = place;
    let here = condition(
        "StringEquals",
        "aws:RequestedRegion",
        regions.iter().map(|region| Document::text(region.as_str())).collect(),
    );
    let guardrails: Vec<String> =
        regions.iter().map(|region| format!("arn:{partition}:bedrock:{region}:{account}:guardrail/*")).collect();
    let profiles = [format!("arn:{partition}:bedrock:*:{account}:guardrail-profile/*")];
    let mut statements = vec![
        statement("ManageAnywhere", "Allow", &ANYWHERE, vec![Document::text("*")], Some(here)),
        statement("ManageGuardrails", "Allow", &ON_GUARDRAILS, texts(&guardrails), None),
        statement("ManageProfiles", "Allow", &ON_PROFILES, texts(&profiles), None),
    ];
    if !keys.is_empty() {
        statements.push(use_kms_key::create_with(keys));
    }
    policy(statements)
}
