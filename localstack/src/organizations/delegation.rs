//! The organization's resource policy, which admits member accounts to operations of the management account.
//!
//! Approximated: actions, resources and accounts are matched as IAM does; of condition keys only `organizations:PolicyType` is known,
//! and a condition on another key is not met.

use serde_json::{Map, Value};

use super::errors::invalid;
use super::policy_type::PolicyType;
use super::rows::type_name;
use crate::caller::{Caller, is_account};
use crate::error::ApiError;

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
    pub(super) caller: &'a Caller,
    pub(super) operation: &'a str,
    /// The ARNs that the request names.
    pub(super) resources: Vec<String>,
    /// `organizations:PolicyType`, where the operation has one.
    pub(super) policy_type: Option<String>,
}

/// Checks a document before it is stored. Inferred: which reason goes with which fault, and that a principal is an account, or a
/// user or role of one, be it of the organization or not.
pub(super) fn check(content: &str) -> Result<(), ApiError> {
    let unreadable =
        || invalid("INVALID_RESOURCE_POLICY_JSON", "The resource policy is not a valid JSON policy document.");
    let document: Value = serde_json::from_str(content).map_err(|_| unreadable())?;
    let statements = statements(&document);
    let named = document.as_object().is_some_and(|keys| only(keys, &["Version", "Id", "Statement"]));
    if !named || statements.is_empty() {
        return Err(unreadable());
    }
    statements.iter().try_for_each(|one| statement(one.as_object().ok_or_else(unreadable)?, unreadable))
}

fn statement(statement: &Map<String, Value>, unreadable: impl Fn() -> ApiError) -> Result<(), ApiError> {
    if statement.contains_key("NotAction") {
        let message = "NotAction is not supported in a resource policy.";
        return Err(invalid("UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", message));
    }
    if statement.contains_key("NotResource") {
        let message = "NotResource is not supported in a resource policy.";
        return Err(invalid("UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY", message));
    }
    let texts = |key: &str| statement.get(key).map(|value| strings(value).collect::<Vec<_>>()).unwrap_or_default();
    let (actions, resources) = (texts("Action"), texts("Resource"));
    let effect = matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny"));
    let known = only(statement, &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "Resource", "Condition"]);
    if !effect || !known || actions.is_empty() || resources.is_empty() {
        return Err(unreadable());
    }
    if !statement.get("Principal").is_some_and(are_principals) {
        return Err(invalid("INVALID_PRINCIPAL", "A statement must name accounts, users or roles as its principal."));
    }
    let delegable = |action: &&str| DELEGABLE.iter().any(|operation| is_action(action, operation));
    if let Some(action) = actions.iter().find(|action| !delegable(action)) {
        let message = format!("{action} is not supported in a resource policy.");
        return Err(invalid("UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", message));
    }
    if let Some(other) = resources.iter().find(|one| **one != "*" && !is_organizations_arn(one)) {
        let message = format!("{other} is not a resource of Organizations.");
        return Err(invalid("UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY", message));
    }
    let conditions = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
    let types = conditions.flat_map(|(_, keys)| keys.as_object().into_iter().flatten());
    let mut types = types.filter(|(key, _)| is_policy_type(key)).flat_map(|(_, values)| strings(values));
    match types.find(|pattern| !PolicyType::ALL.iter().any(|one| glob(pattern, &type_name(*one)))) {
        Some(other) => {
            let message = format!("{other} is not a policy type.");
            Err(invalid("UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY", message))
        }
        None => Ok(()),
    }
}

fn only(object: &Map<String, Value>, known: &[&str]) -> bool {
    object.keys().all(|key| known.contains(&key.as_str()))
}

/// `*`, or under `AWS` accounts and identities of accounts.
fn are_principals(principal: &Value) -> bool {
    let is_principal = |text: &str| {
        let arn = text.splitn(6, ':').collect::<Vec<_>>();
        let identity = matches!(*arn, ["arn", _, "iam" | "sts", "", account, _] if is_account(account));
        text == "*" || is_account(text) || identity
    };
    match principal {
        Value::String(all) => all == "*",
        Value::Object(kinds) => {
            let named = kinds.get("AWS").map(|named| strings(named).collect::<Vec<_>>()).unwrap_or_default();
            kinds.len() == 1 && !named.is_empty() && named.into_iter().all(is_principal)
        }
        _ => false,
    }
}

fn is_organizations_arn(resource: &str) -> bool {
    matches!(*resource.splitn(6, ':').collect::<Vec<_>>(), ["arn", _, "organizations", _, _, _])
}

fn is_policy_type(key: &str) -> bool {
    key.eq_ignore_ascii_case("organizations:PolicyType")
}

/// Whether the policy admits the caller: some statement allows it and none denies it.
pub(super) fn admits(content: &str, asked: &Asked<'_>) -> bool {
    let document: Value = serde_json::from_str(content).unwrap_or_default();
    let delegable = DELEGABLE.contains(&asked.operation);
    let matching = |effect: &str| {
        statements(&document).iter().any(|statement| statement["Effect"] == effect && applies(statement, asked))
    };
    delegable && matching("Allow") && !matching("Deny")
}

fn applies(statement: &Value, asked: &Asked<'_>) -> bool {
    let Asked { caller, operation, resources, policy_type } = asked;
    let principal = match &statement["Principal"] {
        Value::String(any) => any == "*",
        principal => strings(&principal["AWS"]).any(|one| is_principal(one, caller)),
    };
    let action = strings(&statement["Action"]).any(|action| is_action(action, operation));
    let resource = statement.get("Resource").is_none_or(|patterns| {
        resources.iter().all(|resource| strings(patterns).any(|pattern| glob(pattern, resource)))
    });
    principal && action && resource && conditions_hold(&statement["Condition"], policy_type.as_deref())
}

fn is_principal(principal: &str, caller: &Caller) -> bool {
    let root = principal.starts_with("arn:") && principal.ends_with(&format!(":iam::{}:root", caller.account));
    principal == "*" || principal == caller.account || principal == caller.arn || root
}

fn is_action(pattern: &str, operation: &str) -> bool {
    glob(&pattern.to_lowercase(), &format!("organizations:{operation}").to_lowercase())
}

fn conditions_hold(conditions: &Value, policy_type: Option<&str>) -> bool {
    let operators = conditions.as_object().into_iter().flatten();
    let mut tests = operators.flat_map(|(operator, keys)| {
        keys.as_object().into_iter().flatten().map(move |(key, values)| (operator.as_str(), key, values))
    });
    tests.all(|(operator, key, values)| {
        let operator = operator.rsplit(':').next().unwrap_or(operator);
        let (operator, if_exists) = operator.strip_suffix("IfExists").map_or((operator, false), |plain| (plain, true));
        let have = policy_type.filter(|_| is_policy_type(key));
        match (have, operator) {
            (None, _) => if_exists,
            (Some(have), "StringEquals") => strings(values).any(|value| value == have),
            (Some(have), "StringLike") => strings(values).any(|value| glob(value, have)),
            (Some(have), "StringNotEquals") => strings(values).all(|value| value != have),
            (Some(have), "StringNotLike") => !strings(values).any(|value| glob(value, have)),
            _ => false,
        }
    })
}

fn statements(document: &Value) -> &[Value] {
    match &document["Statement"] {
        Value::Array(statements) => statements,
        one @ Value::Object(_) => std::slice::from_ref(one),
        _ => &[],
    }
}

/// A string, or the strings of a list.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    values.iter().filter_map(Value::as_str)
}

/// Whether a pattern with `*` and `?` covers the whole text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| glob(rest, &text[at..]))
        }
        Some(one) => {
            let mut chars = text.chars();
            chars.next().is_some_and(|have| one == '?' || one == have)
                && glob(&pattern[one.len_utf8()..], chars.as_str())
        }
    }
}
