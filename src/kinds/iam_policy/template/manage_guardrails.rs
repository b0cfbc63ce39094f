//! `manage_guardrails`: the least that administrators of an account's guardrails need (Service Authorization Reference,
//! Amazon Bedrock).

use super::{Place, texts, use_kms_key};
use crate::kinds::guardrail::actions::{ON_PROFILES, SHARE_PROFILES};
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
/// Guardrails of the account may be made, changed, released, shared, enforced and deleted in these Regions, with these
/// customer keys. A guardrail is made with the profile of its own Region, and shared with the objects of that profile in every
/// Region that it leads to.
pub(in crate::kinds::iam_policy) fn manage_guardrails(keys: &[String], place: &Place<'_>) -> Document {
    let Place { partition, account, regions } = place;
    let here = condition(
        "StringEquals",
        "aws:RequestedRegion",
        regions.iter().map(|region| Document::text(region.as_str())).collect(),
    );
    let guardrails: Vec<String> =
        regions.iter().map(|region| format!("arn:{partition}:bedrock:{region}:{account}:guardrail/*")).collect();
    let profiles: Vec<String> = regions
        .iter()
        .map(|region| format!("arn:{partition}:bedrock:{region}:{account}:guardrail-profile/*"))
        .collect();
    let shared = [format!("arn:{partition}:bedrock:*:{account}:guardrail-profile/*")];
    let mut statements = vec![
        statement("ManageAnywhere", "Allow", &ANYWHERE, vec![Document::text("*")], Some(here)),
        statement("ManageGuardrails", "Allow", &ON_GUARDRAILS, texts(&guardrails), None),
        statement("UseProfiles", "Allow", &ON_PROFILES, texts(&profiles), None),
        statement("ShareProfiles", "Allow", &SHARE_PROFILES, texts(&shared), None),
    ];
    if !keys.is_empty() {
        statements.extend(use_kms_key::create_with(keys));
    }
    policy(statements)
}
