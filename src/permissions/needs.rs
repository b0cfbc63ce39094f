//! Which actions of IAM each operation takes, on what, and under which conditions: the one table from which every policy,
//! `docs/permissions.md` and the policy of read-only sessions come.
//!
//! Sources: the Service Authorization Reference
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html>), for tags of new
//! guardrails <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions.html>, for profiles
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html>, for keys
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-kms.html>.

/// On what an action is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    /// On nothing in particular, in a Region.
    Region,
    /// On the guardrails of the account.
    Guardrails,
    /// On the profiles that the guardrails of the spec use.
    Profiles,
    /// On the guardrail profiles whose policies the spec declares.
    ProfilePolicies,
    /// On nothing in particular.
    Anything,
    /// On the root of the organization.
    Root,
    /// On its root and OUs.
    Units,
    /// On its accounts.
    Accounts,
    /// On what policies are attached to: root, OUs and accounts.
    Targets,
    /// On its policies.
    Policies,
    /// On the keys of KMS that the spec names.
    Keys,
    /// On the managed policies of the account.
    IamPolicies,
    /// On those that the spec declares.
    DeclaredPolicies,
    /// On the roles that declared policies are attached to.
    Roles,
    /// On the roles that services act as.
    Passed,
}

/// What is asked besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Guard {
    /// Nothing.
    None,
    /// That it carries the stack's mark.
    Ours,
    /// That the request sets the stack's mark.
    Marks,
    /// That it is one of the declared policies that comes or goes.
    Declared,
    /// That the role goes to Bedrock.
    ToBedrock,
    /// That it is about the types of policy that the spec uses.
    Type,
}

/// One action on one kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub(super) action: &'static str,
    pub(super) on: On,
    pub(super) guard: Guard,
}

const fn need(action: &'static str, on: On, guard: Guard) -> Need {
    Need { action, on, guard }
}

/// A row for each operation that bedrail calls.
pub(super) const TABLE: &[(&str, &[Need])] = &[
    ("bedrock:ListGuardrails", &[need("bedrock:ListGuardrails", On::Region, Guard::None)]),
    (
        "bedrock:GetGuardrail",
        &[
            need("bedrock:GetGuardrail", On::Guardrails, Guard::None),
            need("bedrock:GetGuardrail", On::Profiles, Guard::None),
            need("kms:Decrypt", On::Keys, Guard::None),
        ],
    ),
    ("bedrock:ListTagsForResource", &[need("bedrock:ListTagsForResource", On::Guardrails, Guard::None)]),
    (
        "bedrock:GetResourcePolicy",
        &[
            need("bedrock:GetResourcePolicy", On::Guardrails, Guard::None),
            need("bedrock:GetResourcePolicy", On::ProfilePolicies, Guard::None),
        ],
    ),
    (
        "bedrock:ListEnforcedGuardrailsConfiguration",
        &[need("bedrock:ListEnforcedGuardrailsConfiguration", On::Region, Guard::None)],
    ),
    (
        "bedrock:CreateGuardrail",
        &[
            need("bedrock:CreateGuardrail", On::Region, Guard::Marks),
            need("bedrock:TagResource", On::Guardrails, Guard::Marks),
            need("kms:CreateGrant", On::Keys, Guard::None),
            need("kms:Decrypt", On::Keys, Guard::None),
            need("kms:DescribeKey", On::Keys, Guard::None),
            need("kms:GenerateDataKey", On::Keys, Guard::None),
        ],
    ),
    (
        "bedrock:UpdateGuardrail",
        &[
            need("bedrock:UpdateGuardrail", On::Guardrails, Guard::Ours),
            need("bedrock:UpdateGuardrail", On::Profiles, Guard::None),
        ],
    ),
    (
        "bedrock:DeleteGuardrail",
        &[
            need("bedrock:DeleteGuardrail", On::Guardrails, Guard::Ours),
            need("bedrock:DeleteGuardrail", On::Profiles, Guard::None),
        ],
    ),
    ("bedrock:CreateGuardrailVersion", &[need("bedrock:CreateGuardrailVersion", On::Guardrails, Guard::Ours)]),
    ("bedrock:TagResource", &[need("bedrock:TagResource", On::Guardrails, Guard::Ours)]),
    ("bedrock:UntagResource", &[need("bedrock:UntagResource", On::Guardrails, Guard::Ours)]),
    (
        "bedrock:PutResourcePolicy",
        &[
            need("bedrock:PutResourcePolicy", On::Guardrails, Guard::Ours),
            need("bedrock:PutResourcePolicy", On::ProfilePolicies, Guard::None),
        ],
    ),
    (
        "bedrock:DeleteResourcePolicy",
        &[
            need("bedrock:DeleteResourcePolicy", On::Guardrails, Guard::Ours),
            need("bedrock:DeleteResourcePolicy", On::ProfilePolicies, Guard::None),
        ],
    ),
    (
        "bedrock:PutEnforcedGuardrailConfiguration",
        &[need("bedrock:PutEnforcedGuardrailConfiguration", On::Region, Guard::None)],
    ),
    (
        "bedrock:DeleteEnforcedGuardrailConfiguration",
        &[need("bedrock:DeleteEnforcedGuardrailConfiguration", On::Region, Guard::None)],
    ),
    ("organizations:DescribeOrganization", &[need("organizations:DescribeOrganization", On::Anything, Guard::None)]),
    ("organizations:ListRoots", &[need("organizations:ListRoots", On::Anything, Guard::None)]),
    ("organizations:ListAccounts", &[need("organizations:ListAccounts", On::Anything, Guard::None)]),
    (
        "organizations:ListOrganizationalUnitsForParent",
        &[need("organizations:ListOrganizationalUnitsForParent", On::Units, Guard::None)],
    ),
    (
        "organizations:DescribeEffectivePolicy",
        &[need("organizations:DescribeEffectivePolicy", On::Accounts, Guard::Type)],
    ),
    // A delegate's: the organization's resource policy, which says what is delegated.
    (
        "organizations:DescribeResourcePolicy",
        &[need("organizations:DescribeResourcePolicy", On::Anything, Guard::None)],
    ),
    ("organizations:ListPolicies", &[need("organizations:ListPolicies", On::Anything, Guard::Type)]),
    // On anything: one that was deleted is read once more, and has no ARN and no type by then.
    ("organizations:DescribePolicy", &[need("organizations:DescribePolicy", On::Anything, Guard::None)]),
    ("organizations:ListTagsForResource", &[need("organizations:ListTagsForResource", On::Anything, Guard::None)]),
    ("organizations:ListTargetsForPolicy", &[need("organizations:ListTargetsForPolicy", On::Policies, Guard::Type)]),
    ("organizations:EnablePolicyType", &[need("organizations:EnablePolicyType", On::Root, Guard::Type)]),
    ("organizations:CreatePolicy", &[need("organizations:CreatePolicy", On::Anything, Guard::Type)]),
    ("organizations:UpdatePolicy", &[need("organizations:UpdatePolicy", On::Policies, Guard::Type)]),
    ("organizations:DeletePolicy", &[need("organizations:DeletePolicy", On::Policies, Guard::Type)]),
    ("organizations:TagResource", &[need("organizations:TagResource", On::Policies, Guard::None)]),
    ("organizations:UntagResource", &[need("organizations:UntagResource", On::Policies, Guard::None)]),
    (
        "organizations:AttachPolicy",
        &[
            need("organizations:AttachPolicy", On::Policies, Guard::Type),
            need("organizations:AttachPolicy", On::Targets, Guard::Type),
        ],
    ),
    (
        "organizations:DetachPolicy",
        &[
            need("organizations:DetachPolicy", On::Policies, Guard::Type),
            need("organizations:DetachPolicy", On::Targets, Guard::Type),
        ],
    ),
    ("organizations:ListPoliciesForTarget", &[need("organizations:ListPoliciesForTarget", On::Targets, Guard::Type)]),
    (
        "bedrock:GetModelInvocationLoggingConfiguration",
        &[need("bedrock:GetModelInvocationLoggingConfiguration", On::Region, Guard::None)],
    ),
    (
        "bedrock:PutModelInvocationLoggingConfiguration",
        &[
            need("bedrock:PutModelInvocationLoggingConfiguration", On::Region, Guard::None),
            need("iam:PassRole", On::Passed, Guard::ToBedrock),
        ],
    ),
    ("iam:ListPolicies", &[need("iam:ListPolicies", On::Anything, Guard::None)]),
    ("iam:GetPolicy", &[need("iam:GetPolicy", On::IamPolicies, Guard::None)]),
    ("iam:GetPolicyVersion", &[need("iam:GetPolicyVersion", On::IamPolicies, Guard::None)]),
    ("iam:ListEntitiesForPolicy", &[need("iam:ListEntitiesForPolicy", On::IamPolicies, Guard::None)]),
    (
        "iam:CreatePolicy",
        &[
            need("iam:CreatePolicy", On::DeclaredPolicies, Guard::Marks),
            need("iam:TagPolicy", On::DeclaredPolicies, Guard::Marks),
        ],
    ),
    ("iam:CreatePolicyVersion", &[need("iam:CreatePolicyVersion", On::IamPolicies, Guard::Ours)]),
    ("iam:DeletePolicyVersion", &[need("iam:DeletePolicyVersion", On::IamPolicies, Guard::Ours)]),
    ("iam:DeletePolicy", &[need("iam:DeletePolicy", On::IamPolicies, Guard::Ours)]),
    ("iam:TagPolicy", &[need("iam:TagPolicy", On::IamPolicies, Guard::Ours)]),
    ("iam:UntagPolicy", &[need("iam:UntagPolicy", On::IamPolicies, Guard::Ours)]),
    ("iam:ListPolicyVersions", &[need("iam:ListPolicyVersions", On::IamPolicies, Guard::None)]),
    ("iam:SimulateCustomPolicy", &[need("iam:SimulateCustomPolicy", On::Anything, Guard::None)]),
    ("iam:AttachRolePolicy", &[need("iam:AttachRolePolicy", On::Roles, Guard::Declared)]),
    ("iam:DetachRolePolicy", &[need("iam:DetachRolePolicy", On::Roles, Guard::Declared)]),
    ("iam:ListAttachedRolePolicies", &[need("iam:ListAttachedRolePolicies", On::Roles, Guard::None)]),
    ("iam:GetRole", &[need("iam:GetRole", On::Roles, Guard::None)]),
    ("iam:SimulatePrincipalPolicy", &[need("iam:SimulatePrincipalPolicy", On::Roles, Guard::None)]),
    // It needs no permission and cannot be denied.
    ("sts:GetCallerIdentity", &[]),
    // Pinned to the roles that the spec names.
    ("sts:AssumeRole", &[]),
];

/// What an operation needs; nothing for one that has no row.
pub(super) fn needs(operation: &str) -> &'static [Need] {
    TABLE.iter().find(|(row, _)| *row == operation).map_or(&[], |(_, needs)| needs)
}

/// What reading the organization takes, whatever the kinds read.
pub(super) const FACTS: &[&str] =
    &["organizations:DescribeOrganization", "organizations:ListRoots", "organizations:ListAccounts"];
/// What looking up OUs by their names takes.
pub(super) const UNITS: &str = "organizations:ListOrganizationalUnitsForParent";
/// What a run that changes something takes besides: it waits until accounts are subject to a policy, and looks before it takes
/// away what they may be subject to.
pub(super) const EFFECTIVE: &str = "organizations:DescribeEffectivePolicy";
/// What kinds read only where something is wanted (see [`Use::Reading`](crate::kinds::Use)), and what a delegate reads.
pub(super) const AT_TIMES: &[&str] = &[
    "bedrock:GetModelInvocationLoggingConfiguration",
    "iam:ListAttachedRolePolicies",
    "organizations:DescribeResourcePolicy",
    "organizations:ListPoliciesForTarget",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kinds::{Kind, Verb};

    #[test]
    fn every_operation_of_every_kind_has_its_row_and_no_other_has() {
        let mut called: BTreeSet<&str> = FACTS.iter().copied().chain([UNITS, EFFECTIVE]).collect();
        called.extend(["sts:GetCallerIdentity", "sts:AssumeRole"]);
        called.extend(AT_TIMES);
        for kind in Kind::ALL {
            called.extend(kind.reads().iter().chain(kind.writes()));
        }
        let rows: BTreeSet<&str> = TABLE.iter().map(|(operation, _)| *operation).collect();
        assert_eq!(rows.len(), TABLE.len(), "an operation has two rows");
        assert_eq!(rows, called);
    }

    #[test]
    fn what_a_change_calls_is_among_the_writes_of_its_kind() {
        for kind in Kind::ALL {
            for verb in [Verb::Create, Verb::Update, Verb::Adopt, Verb::Delete] {
                for call in kind.calls(verb, &[]) {
                    assert!(kind.writes().contains(&call), "{kind}: {call}");
                }
            }
        }
    }
}
