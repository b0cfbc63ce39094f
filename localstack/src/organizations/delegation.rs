//! The organization's resource policy, which admits member accounts to operations of the management account.

use super::errors::invalid;
use super::policy_type::PolicyType;
use super::rows::type_name;
use crate::authorize::{self, Ask, Who};
use crate::caller::is_account;
use crate::error::ApiError;
use crate::policy::{Context, Document, Malformed, Principals, Statement, action_fits, like};
use crate::world::World;

/// The condition key of operations on policies.
const POLICY_TYPE: &str = "organizations:PolicyType";

/// What a resource policy can delegate (user guide, "Delegated administrator for Organizations").
const DELEGABLE: [&str; 28] = [
    "AttachPolicy",
    "CreatePolicy",
    "DeletePolicy",
    "DescribeAccount",
    "DescribeEffectivePolicy",
    "DescribeOrganization",
    "DescribeOrganizationalUnit",
    "DescribePolicy",
    "DescribeResourcePolicy",
    "DetachPolicy",
    "DisablePolicyType",
    "EnablePolicyType",
    "ListAccounts",
    "ListAccountsForParent",
    "ListAWSServiceAccessForOrganization",
    "ListChildren",
    "ListDelegatedAdministrators",
    "ListDelegatedServicesForAccount",
    "ListOrganizationalUnitsForParent",
    "ListParents",
    "ListPolicies",
    "ListPoliciesForTarget",
    "ListRoots",
    "ListTagsForResource",
    "ListTargetsForPolicy",
    "TagResource",
    "UntagResource",
    "UpdatePolicy",
];

/// What a caller asks for, in the words of a policy.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) who: Who<'a>,
    pub(super) operation: &'a str,
    /// The ARNs that the request names.
    pub(super) resources: Vec<String>,
    /// `organizations:PolicyType`, where the operation has one.
    pub(super) policy_type: Option<String>,
}

/// Checks a document before it is stored. Inferred: which reason goes with which fault, and that a principal is an account, or a
/// user or role of one, be it of the organization or not.
pub(super) fn check(content: &str) -> Result<(), ApiError> {
    let document = Document::parse(content).map_err(|malformed| {
        let Malformed { place, .. } = &malformed;
        let reason = if place.ends_with(".Principal") { "INVALID_PRINCIPAL" } else { "INVALID_RESOURCE_POLICY_JSON" };
        invalid(reason, format!("The resource policy is not a valid JSON policy document: {malformed}"))
    })?;
    document.statements.iter().try_for_each(check_statement)
}

fn check_statement(statement: &Statement) -> Result<(), ApiError> {
    let action_refused = |message: String| Err(invalid("UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", message));
    let resource_refused = |message: String| Err(invalid("UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY", message));
    let Statement { actions, resources, principals, conditions, .. } = statement;
    if actions.negated {
        return action_refused("NotAction is not supported in a resource policy.".to_owned());
    }
    let Some(resources) = resources else {
        return Err(invalid("INVALID_RESOURCE_POLICY_JSON", "A statement must name its resources."));
    };
    if resources.negated {
        return resource_refused("NotResource is not supported in a resource policy.".to_owned());
    }
    if !principals.as_ref().is_some_and(are_accounts) {
        return Err(invalid("INVALID_PRINCIPAL", "A statement must name accounts, users or roles as its principal."));
    }
    let delegable = |action: &str| DELEGABLE.iter().any(|operation| action_fits(action, &name(operation)));
    if let Some(action) = actions.patterns.iter().find(|action| !delegable(action)) {
        return action_refused(format!("{action} is not supported in a resource policy."));
    }
    if let Some(other) = resources.patterns.iter().find(|one| *one != "*" && !is_organizations_arn(one)) {
        return resource_refused(format!("{other} is not a resource of Organizations."));
    }
    let types = conditions.iter().filter(|condition| condition.key.eq_ignore_ascii_case(POLICY_TYPE));
    let mut types = types.flat_map(|condition| &condition.values);
    match types.find(|pattern| !PolicyType::ALL.iter().any(|one| like(pattern, &type_name(*one)))) {
        Some(other) => {
            let message = format!("{other} is not a policy type.");
            Err(invalid("UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY", message))
        }
        None => Ok(()),
    }
}

fn name(operation: &str) -> String {
    format!("organizations:{operation}")
}

/// `*`, or under `AWS` accounts and identities of accounts.
fn are_accounts(principals: &Principals) -> bool {
    let is_principal = |text: &String| {
        let arn = text.splitn(6, ':').collect::<Vec<_>>();
        let identity = matches!(*arn, ["arn", _, "iam" | "sts", "", account, _] if is_account(account));
        text == "*" || is_account(text) || identity
    };
    let Principals { negated, anyone, aws, services, federated } = principals;
    let named = *anyone || !aws.is_empty();
    !negated && named && services.is_empty() && federated.is_empty() && aws.iter().all(is_principal)
}

fn is_organizations_arn(resource: &str) -> bool {
    matches!(*resource.splitn(6, ':').collect::<Vec<_>>(), ["arn", _, "organizations", _, _, _])
}

/// Whether the policy admits the caller to all that the request names.
pub(super) fn admits(world: &World, policy: &str, asked: &Asked<'_>) -> bool {
    let Asked { who, operation, resources, policy_type } = asked;
    let Ok(document) = Document::parse(policy) else { return false };
    let action = name(operation);
    let context = match policy_type {
        Some(policy_type) => Context::default().with(POLICY_TYPE, policy_type),
        None => Context::default(),
    };
    let nothing = ["*".to_owned()];
    let resources = if resources.is_empty() { &nothing[..] } else { resources };
    DELEGABLE.contains(operation)
        && resources.iter().all(|resource| {
            let ask = Ask { context: context.clone(), ..Ask::new(&action, resource) };
            authorize::admits(world, &document, *who, &ask)
        })
}
