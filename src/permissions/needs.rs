//! Which actions of IAM each operation takes, on what, and under which conditions: the one table from which every policy,
//! `docs/permissions.md` and the policy of read-only sessions come.
//!
//! Sources: the Service Authorization Reference
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html>), for the tags of policies
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging_abac.html>, for tags of new
//! guardrails <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions.html>, for profiles
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html>, for keys
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-kms.html>.

use crate::kinds::guardrail::{actions, key_policy};

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
    /// On the objects of the profiles that the guardrails of the spec use, wherever those lead.
    AppliedProfiles,
    /// On the guardrails of others that the spec names by ARN.
    External,
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
    /// On the roles whose model calls are simulated: every one where something is enforced, else those of declared policies.
    Simulated,
    /// On the guardrails that are enforced, and their profiles wherever these lead.
    Enforced,
    /// On their keys.
    EnforcedKeys,
    /// On nothing in particular, where something is enforced or required.
    Reached,
    /// On the model that is called, which no spec names.
    Called,
}

/// What is asked besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Guard {
    /// Nothing.
    None,
    /// That it carries the stack's mark.
    Ours,
    /// That it carries the mark of no other stack: the stack's, or none.
    Free,
    /// That the request sets the stack's mark.
    Marks,
    /// That the request sets the stack's mark, on what carries no other's. What is being made carries none, or what the request
    /// sets, as the service has it; so this lets it be made in both cases.
    MarksFree,
    /// That it is one of the declared policies that comes or goes.
    Declared,
    /// That the role goes to Bedrock.
    ToBedrock,
    /// That a service asks on behalf of the caller.
    ForService,
    /// That it is about the types of policy that the spec uses.
    Type,
    /// That, and that it carries the stack's mark.
    OursType,
    /// That, and that it carries the mark of no other stack.
    FreeType,
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

/// A row for each operation that bedrail calls, profiles apart.
const TABLE: &[(&str, &[Need])] = &[
    ("bedrock:ListGuardrails", &[need("bedrock:ListGuardrails", On::Region, Guard::None)]),
    (
        "bedrock:GetGuardrail",
        &[need("bedrock:GetGuardrail", On::Guardrails, Guard::None), need(key_policy::APPLY[0], On::Keys, Guard::None)],
    ),
    ("bedrock:ListTagsForResource", &[need("bedrock:ListTagsForResource", On::Guardrails, Guard::None)]),
    ("bedrock:GetResourcePolicy", &[need("bedrock:GetResourcePolicy", On::Guardrails, Guard::None)]),
    (
        "bedrock:ListEnforcedGuardrailsConfiguration",
        &[need("bedrock:ListEnforcedGuardrailsConfiguration", On::Region, Guard::None)],
    ),
    (
        "bedrock:CreateGuardrail",
        &[
            need("bedrock:CreateGuardrail", On::Region, Guard::Marks),
            need("bedrock:TagResource", On::Guardrails, Guard::MarksFree),
            need(key_policy::GRANT, On::Keys, Guard::ForService),
            need(key_policy::CREATE[0], On::Keys, Guard::None),
            need(key_policy::CREATE[1], On::Keys, Guard::None),
            need(key_policy::CREATE[2], On::Keys, Guard::None),
        ],
    ),
    ("bedrock:UpdateGuardrail", &[need("bedrock:UpdateGuardrail", On::Guardrails, Guard::Ours)]),
    ("bedrock:DeleteGuardrail", &[need("bedrock:DeleteGuardrail", On::Guardrails, Guard::Ours)]),
    ("bedrock:CreateGuardrailVersion", &[need("bedrock:CreateGuardrailVersion", On::Guardrails, Guard::Ours)]),
    ("bedrock:TagResource", &[need("bedrock:TagResource", On::Guardrails, Guard::Ours)]),
    ("bedrock:UntagResource", &[need("bedrock:UntagResource", On::Guardrails, Guard::Ours)]),
    ("bedrock:PutResourcePolicy", &[need("bedrock:PutResourcePolicy", On::Guardrails, Guard::Ours)]),
    ("bedrock:DeleteResourcePolicy", &[need("bedrock:DeleteResourcePolicy", On::Guardrails, Guard::Ours)]),
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
    // Whether its condition keys are those of other operations on policies is not known, and it shows no more than `ListAccounts`.
    (
        "organizations:ListAccountsWithInvalidEffectivePolicy",
        &[need("organizations:ListAccountsWithInvalidEffectivePolicy", On::Anything, Guard::None)],
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
    (
        "organizations:CreatePolicy",
        &[
            need("organizations:CreatePolicy", On::Anything, Guard::Type),
            need("organizations:TagResource", On::Policies, Guard::MarksFree),
        ],
    ),
    ("organizations:UpdatePolicy", &[need("organizations:UpdatePolicy", On::Policies, Guard::OursType)]),
    ("organizations:DeletePolicy", &[need("organizations:DeletePolicy", On::Policies, Guard::OursType)]),
    ("organizations:TagResource", &[need("organizations:TagResource", On::Policies, Guard::Ours)]),
    ("organizations:UntagResource", &[need("organizations:UntagResource", On::Policies, Guard::Ours)]),
    (
        "organizations:AttachPolicy",
        &[
            need("organizations:AttachPolicy", On::Policies, Guard::OursType),
            need("organizations:AttachPolicy", On::Targets, Guard::Type),
        ],
    ),
    (
        "organizations:DetachPolicy",
        &[
            need("organizations:DetachPolicy", On::Policies, Guard::OursType),
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
            need("iam:TagPolicy", On::DeclaredPolicies, Guard::MarksFree),
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
    ("iam:ListRolePolicies", &[need("iam:ListRolePolicies", On::Roles, Guard::None)]),
    ("iam:GetRolePolicy", &[need("iam:GetRolePolicy", On::Roles, Guard::None)]),
    ("iam:SimulatePrincipalPolicy", &[need("iam:SimulatePrincipalPolicy", On::Simulated, Guard::None)]),
    ("iam:GetAccountAuthorizationDetails", &[need("iam:GetAccountAuthorizationDetails", On::Reached, Guard::None)]),
    (
        "bedrock:ApplyGuardrail",
        &[
            need("bedrock:ApplyGuardrail", On::Enforced, Guard::None),
            need(key_policy::APPLY[0], On::EnforcedKeys, Guard::None),
        ],
    ),
    // Whoever calls for `verify --invoke` has a role of its own. A converse is authorised as an invocation.
    ("bedrock:Converse", &[need("bedrock:InvokeModel", On::Called, Guard::None)]),
    ("bedrock:ConverseStream", &[need("bedrock:InvokeModelWithResponseStream", On::Called, Guard::None)]),
    ("bedrock:InvokeModel", &[need("bedrock:InvokeModel", On::Called, Guard::None)]),
    (
        "bedrock:InvokeModelWithResponseStream",
        &[need("bedrock:InvokeModelWithResponseStream", On::Called, Guard::None)],
    ),
    // It needs no permission and cannot be denied.
    ("sts:GetCallerIdentity", &[]),
    // Pinned to the roles that the spec names.
    ("sts:AssumeRole", &[]),
];

/// Each operation, and what it needs.
pub(super) fn table() -> impl Iterator<Item = (&'static str, Vec<Need>)> {
    TABLE.iter().map(|(operation, needs)| {
        // What is asked for on `*` covers the profiles.
        let covered = needs.iter().any(|need| need.action == *operation && need.on == On::Region);
        let on = |actions: &[&'static str], on: On| {
            let action = actions.iter().copied().find(|action| action == operation && !covered);
            action.map(|action| need(action, on, Guard::None))
        };
        let of_profiles = [on(&actions::ON_PROFILES, On::Profiles), on(&actions::SHARE_PROFILES, On::ProfilePolicies)];
        (*operation, needs.iter().copied().chain(of_profiles.into_iter().flatten()).collect())
    })
}

/// What running test suites needs of `bedrock:ApplyGuardrail`, beyond what [`CHECKS`] need of it.
pub(super) const TESTING: &[Need] = &[
    need("bedrock:ApplyGuardrail", On::Guardrails, Guard::None),
    need("bedrock:ApplyGuardrail", On::AppliedProfiles, Guard::None),
    need("bedrock:ApplyGuardrail", On::External, Guard::None),
    need(key_policy::APPLY[0], On::Keys, Guard::None),
];

/// What an operation needs; nothing for one that has no row.
pub(super) fn needs(operation: &str) -> Vec<Need> {
    table().find(|(row, _)| *row == operation).map(|(_, needs)| needs).unwrap_or_default()
}

/// What reading the organization takes, whatever the kinds read.
pub(super) const FACTS: &[&str] =
    &["organizations:DescribeOrganization", "organizations:ListRoots", "organizations:ListAccounts"];
/// What looking up OUs by their names takes.
pub(super) const UNITS: &str = "organizations:ListOrganizationalUnitsForParent";
/// What looking at what is in force takes: `drift` compares it, `explain` and `coverage` tell it, and a run that changes something waits until accounts are subject
/// to a policy, and looks before it takes away what they may be subject to.
pub(super) const EFFECTIVE: &str = "organizations:DescribeEffectivePolicy";
/// What `drift`, `explain` and `coverage` ask besides.
pub(super) const INVALID: &str = "organizations:ListAccountsWithInvalidEffectivePolicy";
/// What `verify` and `readiness` ask besides.
pub(super) const CHECKS: &[&str] =
    &["bedrock:ApplyGuardrail", "iam:GetAccountAuthorizationDetails", "iam:GetRole", "iam:SimulatePrincipalPolicy"];
/// What `verify --invoke` calls, as somebody else.
#[cfg(test)]
const CALLS: &[&str] =
    &["bedrock:Converse", "bedrock:ConverseStream", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
/// What kinds read only where something is wanted (see [`Use::Reading`](crate::kinds::Use)), and what a delegate reads.
pub(super) const AT_TIMES: &[&str] = &[
    "bedrock:GetModelInvocationLoggingConfiguration",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "organizations:DescribeResourcePolicy",
    "organizations:ListPoliciesForTarget",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kinds::{Kind, Verb};

    #[test]
    fn every_action_on_profiles_is_asked_for_there_or_on_anything() {
        for (actions, on) in
            [(&actions::ON_PROFILES[..], On::Profiles), (&actions::SHARE_PROFILES[..], On::ProfilePolicies)]
        {
            for action in actions {
                let asked = |need: &Need| need.action == *action && [on, On::Region].contains(&need.on);
                assert!(needs(action).iter().any(asked), "{action}");
            }
        }
        let elsewhere = table().flat_map(|(_, needs)| needs).filter(|need| {
            let known = match need.on {
                On::Profiles => actions::ON_PROFILES.contains(&need.action),
                On::ProfilePolicies => actions::SHARE_PROFILES.contains(&need.action),
                _ => true,
            };
            !known
        });
        assert_eq!(elsewhere.count(), 0);
    }

    #[test]
    fn every_operation_of_every_kind_has_its_row_and_no_other_has() {
        let mut called: BTreeSet<&str> = FACTS.iter().copied().chain([UNITS, EFFECTIVE, INVALID]).collect();
        called.extend(["sts:GetCallerIdentity", "sts:AssumeRole"]);
        called.extend(AT_TIMES.iter().chain(CHECKS).chain(CALLS));
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
