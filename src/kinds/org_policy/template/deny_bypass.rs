//! `deny_bypass`: ways to models on which no guardrail is asked for.
//!
//! The endpoint `bedrock-mantle` has an IAM prefix of its own and no condition key for guardrails
//! (aws-samples/service-control-policy-examples denies it beside approved models). A long-term key of Bedrock is a credential
//! of an IAM user that no session and no role limits (Bedrock user guide, "api-keys-permissions"). Batch jobs are left: whether
//! what is enforced applies to them is stated nowhere, and whole workloads run as such.

use super::{On, deny, policy, texts};
use crate::model::Document;

/// The policy.
pub(in crate::kinds::org_policy) fn document(exempt: &[String]) -> Document {
    let mantle = ["bedrock-mantle:CallWithBearerToken", "bedrock-mantle:CreateInference"];
    let of_bedrock = ("StringEquals", "iam:ServiceSpecificCredentialServiceName", texts(["bedrock.amazonaws.com"]));
    let long_term = ("StringEquals", "bedrock:bearerTokenType", texts(["LONG_TERM"]));
    policy(vec![
        deny("DenyMantle", &mantle, On::everything(), vec![], exempt),
        deny(
            "DenyNewLongTermKeys",
            &["iam:CreateServiceSpecificCredential"],
            On::everything(),
            vec![of_bedrock],
            exempt,
        ),
        deny("DenyLongTermKeys", &["bedrock:CallWithBearerToken"], On::everything(), vec![long_term], exempt),
    ])
}
