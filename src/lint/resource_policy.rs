//! Resource policies on guardrails and guardrail profiles, held against the three statements that AWS accepts (Bedrock
//! user guide, "Using resource-based policies for guardrails").

use super::codes::{LONG_LIVED_USER, RESOURCE_POLICY_SHAPE, VERSIONED_RESOURCE};
use super::finding::Findings;
use super::policy::{Effect, Policy, Statement, guardrail_version, is_user};
use super::said::{Word, entry, get, is_map, is_placeholder, items, word, words};
use crate::model::span::Span;
use crate::spec::node::{Entry, Node};

const APPLY: &str = "bedrock:ApplyGuardrail";
const GET: &str = "bedrock:GetGuardrail";
const ORGANIZATION: &str = "aws:PrincipalOrgID";
const PATHS: &str = "aws:PrincipalOrgPaths";

/// Looks at a policy.
pub(super) fn lint(node: &Node, findings: &mut Findings) {
    let policy = Policy::read(node, findings);
    for statement in &policy.statements {
        let profile = resources(statement, findings);
        actions(statement, profile, findings);
        admits(statement, findings);
    }
}

fn shape(span: Span, message: impl Into<String>, help: &str, findings: &mut Findings) {
    findings.find(span, RESOURCE_POLICY_SHAPE, message, help);
}

/// Whether what is named is a profile.
fn resources(statement: &Statement<'_>, findings: &mut Findings) -> bool {
    let help = "name the guardrail by its ARN, `arn:aws:bedrock:<region>:<account>:guardrail/<id>`";
    let Some(resource) = get(statement.node, "Resource") else {
        let span = entry(statement.node, "NotResource").map_or(statement.span, |entry| entry.key.span);
        shape(span, "a statement on a guardrail names it under `Resource`", help, findings);
        return false;
    };
    let mut profile = false;
    for arn in words(resource) {
        profile |= arn.contains(":guardrail-profile/");
        if is_placeholder(&arn) || arn.contains(":guardrail-profile/") && !arn.contains('*') {
            continue;
        }
        match guardrail_version(&arn) {
            Some((_, _, None)) => {}
            Some((_, _, Some(version))) => {
                let message = format!(
                    "`{}` names a version, and the resource of a policy is the guardrail without one",
                    arn.value
                );
                let bare = arn.strip_suffix(&format!(":{version}")).unwrap_or(&arn);
                findings.find(arn.span, VERSIONED_RESOURCE, message, format!("write `{bare}`"));
            }
            None => shape(arn.span, format!("`{}` is not the ARN of a guardrail", arn.value), help, findings),
        }
    }
    profile
}

fn actions(statement: &Statement<'_>, profile: bool, findings: &mut Findings) {
    if statement.effect == Effect::Deny {
        let help = "leave the statement out: who is not admitted has no access from another account";
        shape(statement.span, "a policy on a guardrail only allows", help, findings);
    }
    let Some(actions) = get(statement.node, "Action") else {
        let span = entry(statement.node, "NotAction").map_or(statement.span, |entry| entry.key.span);
        shape(span, "a statement on a guardrail names its actions", "write `bedrock:ApplyGuardrail`", findings);
        return;
    };
    for action in words(actions) {
        let is = |known: &str| action.eq_ignore_ascii_case(known);
        if is(APPLY) || is(GET) && !profile || is_placeholder(&action) {
            continue;
        }
        let message = format!("`{}` cannot be allowed here", action.value);
        let help = if profile {
            "a policy on a guardrail profile allows `bedrock:ApplyGuardrail` only"
        } else {
            "a policy on a guardrail allows `bedrock:ApplyGuardrail` and `bedrock:GetGuardrail` only"
        };
        shape(action.span, message, help, findings);
    }
}

/// Who is admitted, under which condition.
fn admits(statement: &Statement<'_>, findings: &mut Findings) {
    let condition = entry(statement.node, "Condition");
    let Some(Entry { key, value: principal }) = entry(statement.node, "Principal") else {
        let span = entry(statement.node, "NotPrincipal").map_or(statement.span, |entry| entry.key.span);
        let help = "write `\"Principal\": \"*\"` with a condition on the organization, or the root of the own account";
        return shape(span, "a statement on a guardrail says who is admitted", help, findings);
    };
    if word(principal).is_some_and(|who| who.value == "*") {
        return organization(key.span, condition, findings);
    }
    let aws = principal.entries().filter(|entries| entries.len() == 1).and_then(|_| get(principal, "AWS"));
    let named = aws.map(words).unwrap_or_default();
    if let [who] = named.as_slice()
        && who.value == "*"
    {
        return organization(key.span, condition, findings);
    }
    for user in named.iter().filter(|who| is_user(who)) {
        let message = format!("this admits the IAM user `{}`, whose keys do not expire", user.value);
        findings.find(user.span, LONG_LIVED_USER, message, "admit the account, and let its roles apply the guardrail");
    }
    let owner = owner(statement);
    let fits = |who: &Word| {
        is_placeholder(who) || root_of(who).is_some_and(|account| owner.as_deref().is_none_or(|owner| owner == account))
    };
    if !is_map(principal) || named.len() != 1 || !named.iter().all(fits) {
        let help = "admit the own account, `{\"AWS\": \"arn:aws:iam::<account>:root\"}`, or `*` with a condition on the organization";
        return shape(principal.span, "this principal cannot be admitted to a guardrail", help, findings);
    }
    if let Some(condition) = condition {
        let message = "an allowance of the own account has no condition";
        shape(condition.key.span, message, "remove the condition", findings);
    }
}

/// The account whose root a principal is.
fn root_of(principal: &str) -> Option<&str> {
    match principal.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", _, "iam", "", account, "root"] => Some(account),
        [account] if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => Some(account),
        _ => None,
    }
}

/// The account of the guardrail that a statement is about.
fn owner(statement: &Statement<'_>) -> Option<String> {
    let resource = get(statement.node, "Resource").map(words)?;
    resource.iter().find_map(|arn| guardrail_version(arn).map(|(_, account, _)| account.to_owned()))
}

fn organization(everybody: Span, condition: Option<&Entry>, findings: &mut Findings) {
    let Some(condition) = condition else {
        let help = "add `\"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-…\"}}`; if this is the policy of a VPC \
                    endpoint, say `--kind endpoint`";
        return shape(everybody, "`*` admits everybody, which AWS refuses on a guardrail", help, findings);
    };
    let (mut has_organization, mut sound) = (false, true);
    for Entry { key: operator, value } in condition.value.entries().unwrap_or_default() {
        for Entry { key, value } in value.entries().unwrap_or_default() {
            let known = match operator.to_ascii_lowercase().as_str() {
                "stringequals" if key.eq_ignore_ascii_case(ORGANIZATION) => {
                    has_organization = true;
                    organization_ids(value, findings);
                    true
                }
                "foranyvalue:stringlike" if key.eq_ignore_ascii_case(PATHS) => {
                    paths(value, findings);
                    true
                }
                _ => false,
            };
            if !known {
                sound = false;
                let message = format!(
                    "`{}` with `{}` is not a condition that AWS accepts on a guardrail",
                    operator.value, key.value
                );
                let help = "write `StringEquals` with `aws:PrincipalOrgID`, and for an OU `ForAnyValue:StringLike` with `aws:PrincipalOrgPaths` beside it";
                shape(key.span, message, help, findings);
            }
        }
    }
    if !has_organization && sound {
        let help = "add `\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-…\"}`";
        shape(condition.key.span, "`*` needs a condition on the organization", help, findings);
    }
}

fn organization_ids(value: &Node, findings: &mut Findings) {
    for id in words(value).iter().filter(|id| !is_placeholder(id)) {
        let tail = id.strip_prefix("o-").unwrap_or_default();
        if !(10..=32).contains(&tail.len())
            || !tail.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        {
            shape(
                id.span,
                format!("`{}` is not the id of an organization", id.value),
                "an id looks like `o-a1b2c3d4e5`",
                findings,
            );
        }
    }
}

fn paths(value: &Node, findings: &mut Findings) {
    for path in items(value).iter().filter_map(word).filter(|path| !is_placeholder(path)) {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = matches!(parts.as_slice(), [organization, middle @ .., unit, last]
            if organization.starts_with("o-") && !middle.is_empty() && unit.starts_with("ou-") && matches!(*last, "*" | ""));
        if !fits {
            let message = format!("`{}` is not the path of an OU", path.value);
            shape(path.span, message, "write `o-…/*/ou-…/*`", findings);
        }
    }
}
