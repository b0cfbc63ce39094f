//! `protect_guardrails`: accounts may not change what carries the marks of the stack, nor what is enforced and logged.
//!
//! Guardrails and IAM policies are told by their tags, which the actions on them can be conditioned on (`aws:ResourceTag`,
//! Service Authorization Reference). Enforced configurations and invocation logging have neither tags nor ARNs, so they are
//! protected as a whole. A version or resource policy is protected with its guardrail, by whose ARN AWS asks. Attachments of
//! IAM policies are not: no condition key tells the tags of the policy that is attached.

use super::{On, Test, arns, deny, policy, texts};
use crate::model::{Document, NAME_TAG, PROTECTED_TAG, Partition, STACK_TAG};

const GUARDRAILS: [&str; 7] = [
    "bedrock:CreateGuardrailVersion",
    "bedrock:DeleteGuardrail",
    "bedrock:DeleteResourcePolicy",
    "bedrock:PutResourcePolicy",
    "bedrock:TagResource",
    "bedrock:UntagResource",
    "bedrock:UpdateGuardrail",
];
const SETTINGS: [&str; 4] = [
    "bedrock:DeleteEnforcedGuardrailConfiguration",
    "bedrock:DeleteModelInvocationLoggingConfiguration",
    "bedrock:PutEnforcedGuardrailConfiguration",
    "bedrock:PutModelInvocationLoggingConfiguration",
];
const POLICIES: [&str; 6] = [
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:TagPolicy",
    "iam:UntagPolicy",
];
/// By which an administrator of the account would become one of the exempt.
const ROLES: [&str; 9] = [
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
];

/// The policy of a stack.
pub(in crate::kinds::org_policy) fn document(partition: &Partition, stack: &str, exempt: &[String]) -> Document {
    let tag = format!("aws:ResourceTag/{STACK_TAG}");
    let marked = || -> Test<'_> { ("StringEquals", tag.as_str(), texts([stack])) };
    let forged: Test<'_> = ("ForAnyValue:StringEquals", "aws:TagKeys", texts([STACK_TAG, NAME_TAG, PROTECTED_TAG]));
    let guardrails = || On::These(texts([arns(partition, "guardrail/*")]));
    let mut statements = vec![
        deny("ProtectGuardrails", &GUARDRAILS, guardrails(), vec![marked()], exempt),
        deny("ProtectMarks", &["bedrock:TagResource"], guardrails(), vec![forged], exempt),
        deny("ProtectEnforcementAndLogging", &SETTINGS, On::everything(), vec![], exempt),
        deny(
            "ProtectPolicies",
            &POLICIES,
            On::These(texts([format!("arn:{partition}:iam::*:policy/*")])),
            vec![marked()],
            exempt,
        ),
    ];
    let roles: Vec<&String> = exempt.iter().filter(|arn| arn.contains(":role/")).collect();
    if !roles.is_empty() {
        statements.push(deny("ProtectExemptRoles", &ROLES, On::These(texts(roles)), vec![], exempt));
    }
    policy(statements)
}
