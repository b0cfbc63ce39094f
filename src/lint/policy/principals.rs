//! Users and keys that live long, and roles that everybody can assume.

use super::super::codes::{EVERYBODY, LONG_LIVED_KEYS, LONG_LIVED_USER};
use super::super::finding::Findings;
use super::super::glob;
use super::super::said::{Word, entry, get, is_map, is_placeholder, words};
use super::operator::{Compare, Operator, Set};
use super::statement::{Effect, Statement, Test};
use super::{Stands, resources};
use crate::spec::node::{Entry, Node};

const ROLE: &str = "name a role that people and programs assume: `arn:aws:iam::<account>:role/<name>`";

/// Whether a text is the ARN of an IAM user, or a pattern of such.
pub(in crate::lint) fn is_user(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, service, _, _, resource]
        if glob::matches(service, "iam") && (resource.starts_with("user/") || *resource == "user*"))
}

/// Users that a condition lets off or lets in.
pub(super) fn exempted(statement: &Statement<'_>, findings: &mut Findings) {
    for test in &statement.tests {
        let by_name = test.key.eq_ignore_ascii_case("aws:username");
        let by_arn = test.key.eq_ignore_ascii_case("aws:PrincipalArn");
        let favours = (statement.effect == Effect::Deny) == test.operator.negated;
        let asks = test.operator.compare != Compare::Null && favours && (by_name || by_arn);
        for value in test.values.iter().filter(|value| asks && (by_name && !is_placeholder(value) || is_user(value))) {
            let what = if statement.effect == Effect::Deny { "exempts" } else { "lets in" };
            let message = format!("this {what} the IAM user `{}`, whose keys do not expire", value.value);
            findings.find(value.span, LONG_LIVED_USER, message, ROLE);
        }
    }
}

/// Whom a resource or trust policy names.
pub(super) fn trusted(statement: &Statement<'_>, stands: Stands, findings: &mut Findings) {
    if statement.effect == Effect::Deny {
        return;
    }
    // Through an endpoint everybody goes whom another policy allows.
    let open = stands != Stands::Endpoint && !statement.tests.iter().any(says_whom);
    let what = match stands {
        Stands::Role => "can assume this role",
        Stands::Endpoint | Stands::Resource => "is admitted to this resource",
    };
    let help = "name the accounts or roles, or add a condition on `aws:PrincipalOrgID`";
    if let Some(Entry { key, .. }) = entry(statement.node, "NotPrincipal").filter(|_| open) {
        let message = format!("everybody in every account {what}, but for those that are named");
        findings.find(key.span, EVERYBODY, message, help);
    }
    let Some(principal) = get(statement.node, "Principal") else { return };
    for provider in federated(principal).iter().filter(|provider| open && provider.value == "*") {
        let message = format!("whoever an identity provider of any kind knows {what}");
        findings.find(provider.span, EVERYBODY, message, "name the provider, and test its claims with a condition");
    }
    for name in named(principal) {
        if is_user(&name) {
            let message = format!("this trusts the IAM user `{}`, whose keys do not expire", name.value);
            findings.find(name.span, LONG_LIVED_USER, message, ROLE);
        }
        if open && name.value == "*" {
            findings.find(name.span, EVERYBODY, format!("everybody in every account {what}"), help);
        }
    }
}

/// Keys that tell who calls, or from where (IAM user guide, "AWS global condition context keys").
const CALLERS: [&str; 17] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:userid",
    "kms:CallerAccount",
    "sts:ExternalId",
];

/// Whether a test holds for some callers only.
fn says_whom(test: &Test) -> bool {
    let Operator { set, compare, negated, if_exists } = test.operator;
    let narrows = compare != Compare::Null && !negated && !if_exists && set != Set::All;
    let everybody = |value: &Word| {
        value.bytes().all(|byte| byte == b'*')
            || matches!(value.as_str(), "0.0.0.0/0" | "::/0")
            || matches!(compare, Compare::Like | Compare::Arn) && is_anybody(value)
    };
    narrows && CALLERS.iter().any(|key| key.eq_ignore_ascii_case(&test.key)) && !test.values.iter().any(everybody)
}

/// Whether a pattern of callers leaves out nobody's account: any organization, or a name in whatever account. Everybody can
/// give a role of theirs any name.
fn is_anybody(pattern: &str) -> bool {
    let any = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte == b'*');
    match pattern.splitn(6, ':').collect::<Vec<_>>().as_slice() {
        ["arn", _, _, _, account, _] => any(account),
        ["arn", rest @ ..] => rest.last().is_some_and(|last| any(last)),
        _ => pattern.split('/').next().is_some_and(|first| matches!(first, "o*" | "o-*")),
    }
}

/// The principals that are no services.
pub(super) fn named(principal: &Node) -> Vec<Word> {
    if is_map(principal) { get(principal, "AWS").map(words).unwrap_or_default() } else { words(principal) }
}

/// The identity providers that are trusted.
fn federated(principal: &Node) -> Vec<Word> {
    get(principal, "Federated").map(words).unwrap_or_default()
}

/// Actions that make credentials without an end.
const MAKES_KEYS: &[(&str, &str)] = &[
    ("iam:CreateUser", "IAM users"),
    ("iam:CreateAccessKey", "access keys"),
    ("iam:CreateLoginProfile", "passwords of IAM users"),
    ("iam:CreateServiceSpecificCredential", "long-term API keys of Bedrock"),
];

/// Credentials that an Allow lets make or use.
pub(super) fn credentials(statement: &Statement<'_>, findings: &mut Findings) {
    if statement.effect == Effect::Deny {
        return;
    }
    for word in statement.actions.words() {
        // What allows all of IAM has been found for that.
        let all = glob::matches(word, "iam:zzz-to-come");
        let made = MAKES_KEYS.iter().find(|(action, _)| glob::matches(word, action));
        if let Some((_, what)) = made.filter(|_| !all && statement.actions.naming(word).is_some()) {
            let message = format!("`{}` allows to create {what}, which do not expire", word.value);
            findings.find(
                word.span,
                LONG_LIVED_KEYS,
                message,
                "let people and programs assume roles, and deny this where guardrails are mandatory",
            );
        }
    }
    for test in statement.tests.iter().filter(|test| test.key.to_ascii_lowercase().ends_with(":bearertokentype")) {
        for value in
            test.values.iter().filter(|value| !test.operator.negated && value.eq_ignore_ascii_case("LONG_TERM"))
        {
            let message = "this allows API keys of Bedrock that do not expire";
            findings.find(value.span, LONG_LIVED_KEYS, message, "write `SHORT_TERM`");
        }
    }
    resources::passed_roles(statement, findings);
}
