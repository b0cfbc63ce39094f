//! `protect_guardrails`: accounts may not change what carries the marks of the stack, nor what is enforced and logged.
//!
//! Guardrails and IAM policies are told by their tags, which the actions on them can be conditioned on (`aws:ResourceTag`,
//! Service Authorization Reference). Enforced configurations and invocation logging have neither tags nor ARNs, so they are
//! protected as a whole. A version or resource policy is protected with its guardrail, by whose ARN AWS asks. That a policy is
//! attached is protected by the ARN of the policy (`iam:PolicyARN`), since no condition key tells its tags there.
//!
//! The roles that are let off by a policy of the spec are protected by their ARNs: see [`ROLES`].

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
/// By which whoever administers the account would become one of those who are let off: making such a role, letting himself in,
/// giving it to a service that runs his code, or the tags by which its policies may tell roles apart; and by which the role
/// would lose what it works with. `AddRoleToInstanceProfile` takes `PassRole` (Service Authorization Reference, "AWS Identity
/// and Access Management"). Who is in the trust policy comes in all the same: that is the policy's to say.
const ROLES: [&str; 13] = [
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PassRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
];

/// What is kept from others besides what carries marks, by ARNs with wildcards.
pub(in crate::kinds::org_policy) struct Kept<'a> {
    /// The roles that policies of the spec let off.
    pub(in crate::kinds::org_policy) roles: &'a [&'a str],
    /// The policies of IAM that are to stay attached.
    pub(in crate::kinds::org_policy) policies: &'a [String],
}

/// The policy of a stack.
pub(in crate::kinds::org_policy) fn document(
    partition: &Partition,
    stack: &str,
    exempt: &[String],
    kept: &Kept<'_>,
) -> Document {
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
    if !kept.policies.is_empty() {
        let ours = ("ArnLike", "iam:PolicyARN", texts(kept.policies));
        let roles = On::These(texts([format!("arn:{partition}:iam::*:role/*")]));
        statements.push(deny("ProtectAttachments", &["iam:DetachRolePolicy"], roles, vec![ours], exempt));
    }
    if !kept.roles.is_empty() {
        statements.push(deny("ProtectExemptRoles", &ROLES, On::These(texts(kept.roles)), vec![], exempt));
    }
    policy(statements)
}
