//! Whether a resource policy lets an account apply a guardrail: ours, raw ones, and what others added. AWS takes three
//! shapes of statement; whatever else stands in a document is not guessed at.

use super::document::{APPLY, ORGANIZATION, PATHS};
use crate::model::{AccountId, Document, RemoteId, items, wildcard};

/// What a policy says to an account. Doubt is never taken for a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permits {
    /// It does not let the account apply the guardrail.
    No,
    /// That cannot be told: a statement has a form that AWS does not document for guardrails.
    Unclear,
    /// It lets the account apply the guardrail.
    Yes,
}

/// An account as policies see it.
#[derive(Clone, Copy, Debug)]
pub struct Principal<'a> {
    /// Its id.
    pub account: &'a AccountId,
    /// The id of its organization.
    pub organization: &'a str,
    /// The ids of its ancestors, root first.
    pub ancestors: &'a [String],
}

/// Whether `document` lets `principal` apply the guardrail, or use the profile, of this ARN; `None` stands for one that does
/// not exist yet, at which only references point.
pub fn permits(document: &Document, resource: Option<&RemoteId>, principal: Principal<'_>) -> Permits {
    let mut found = Permits::No;
    for statement in items(document.get("Statement")) {
        let fits = applies(statement, resource)
            .min(admits(statement, principal.account))
            .min(conditions(statement, principal));
        match statement.get("Effect").and_then(Document::as_text) {
            Some("Allow") => found = found.max(fits),
            // AWS refuses a denial here. Should there be one, whom else it may hit is not for us to say.
            _ if fits == Permits::No => {}
            _ => return if fits == Permits::Yes { Permits::No } else { Permits::Unclear },
        }
    }
    found
}

/// Whether a statement speaks of applying this guardrail.
fn applies(statement: &Document, resource: Option<&RemoteId>) -> Permits {
    if ["NotAction", "NotResource"].iter().any(|key| statement.get(key).is_some()) {
        return Permits::Unclear;
    }
    let action = |action: &Document| {
        action.as_text().is_some_and(|action| {
            wildcard(action.to_ascii_lowercase().as_bytes(), APPLY.to_ascii_lowercase().as_bytes())
        })
    };
    let covers = |pattern: &Document| match (pattern.as_text(), resource) {
        // A reference inside a guardrail's own policy is to that guardrail.
        (None, _) => true,
        (Some(pattern), Some(resource)) => wildcard(pattern.as_bytes(), resource.as_str().as_bytes()),
        (Some(pattern), None) => pattern == "*",
    };
    let spoken = items(statement.get("Action")).iter().any(action);
    let meant = items(statement.get("Resource")).iter().any(covers);
    if spoken && meant { Permits::Yes } else { Permits::No }
}

/// Whether a statement is for this account.
pub(crate) fn admits(statement: &Document, account: &AccountId) -> Permits {
    let Some(who) = statement.get("Principal") else { return Permits::Unclear };
    let named = match who {
        Document::Map(kinds) if kinds.len() == 1 && kinds.contains_key("AWS") => items(kinds.get("AWS")),
        Document::Map(_) => return Permits::Unclear,
        one => items(Some(one)),
    };
    let account = account.as_str();
    let judge = |name: &Document| match name.as_text() {
        Some("*") => Permits::Yes,
        Some(name) if name == account => Permits::Yes,
        Some(arn) => match arn.split(':').collect::<Vec<_>>().as_slice() {
            ["arn", _, "iam", "", of, "root"] => {
                if *of == account {
                    Permits::Yes
                } else {
                    Permits::No
                }
            }
            // One role of the account is not the account.
            ["arn", _, "iam" | "sts", "", of, ..] if *of == account => Permits::Unclear,
            ["arn", _, "iam" | "sts", "", ..] => Permits::No,
            _ => {
                if arn.len() == 12 {
                    Permits::No
                } else {
                    Permits::Unclear
                }
            }
        },
        None => Permits::Unclear,
    };
    named.iter().map(judge).max().unwrap_or(Permits::No)
}

/// Whether every condition of a statement holds for this account.
fn conditions(statement: &Document, principal: Principal<'_>) -> Permits {
    let Some(condition) = statement.get("Condition") else { return Permits::Yes };
    let Document::Map(operators) = condition else { return Permits::Unclear };
    let mut all = Permits::Yes;
    for (operator, tests) in operators {
        let Document::Map(tests) = tests else { return Permits::Unclear };
        for (key, values) in tests {
            all = all.min(condition_holds(operator, key, items(Some(values)), principal));
        }
    }
    all
}

fn condition_holds(operator: &str, key: &str, values: &[Document], principal: Principal<'_>) -> Permits {
    let Principal { account: _, organization, ancestors } = principal;
    let texts: Option<Vec<&str>> = values.iter().map(Document::as_text).collect();
    let Some(texts) = texts else { return Permits::Unclear };
    let holds = match (operator, key) {
        ("StringEquals", key) if key.eq_ignore_ascii_case(ORGANIZATION) => texts.contains(&organization),
        ("ForAnyValue:StringLike", key) if key.eq_ignore_ascii_case(PATHS) => {
            // `o-…/r-…/ou-…/`, as AWS writes the place of an account.
            let place: Vec<&str> = std::iter::once(organization).chain(ancestors.iter().map(String::as_str)).collect();
            let path = place.join("/") + "/";
            texts.iter().any(|pattern| wildcard(pattern.as_bytes(), path.as_bytes()))
        }
        _ => return Permits::Unclear,
    };
    if holds { Permits::Yes } else { Permits::No }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ARN: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc";

    fn judged(statements: &Value) -> Permits {
        let account = "333344445555".parse().expect("an account id");
        let ancestors = ["r-sand", "ou-sand-work", "ou-sand-prod"].map(str::to_owned);
        let principal = Principal { account: &account, organization: "o-sand", ancestors: &ancestors };
        let document = Document::from(json!({"Version": "2012-10-17", "Statement": statements}));
        permits(&document, Some(&RemoteId::new(ARN)), principal)
    }

    /// A statement of a usual shape, changed in some members.
    fn statement(changes: &Value) -> Value {
        let mut statement = json!({"Effect": "Allow", "Principal": "*", "Action": APPLY, "Resource": ARN,
            "Condition": {"StringEquals": {ORGANIZATION: "o-sand"}}});
        for (key, value) in changes.as_object().expect("members") {
            statement[key] = value.clone();
        }
        statement
    }

    fn paths(pattern: &str) -> Value {
        json!({"StringEquals": {ORGANIZATION: "o-sand"}, "ForAnyValue:StringLike": {PATHS: [pattern]}})
    }

    #[test]
    fn the_shapes_of_aws_are_judged_and_others_are_not_guessed_at() {
        use Permits::{No, Unclear, Yes};
        for (changes, want) in [
            (json!({}), Yes),
            (json!({"Action": ["bedrock:GetGuardrail"]}), No),
            (json!({"Action": "bedrock:*"}), Yes),
            (json!({"Resource": "*"}), Yes),
            (json!({"Resource": "arn:aws:bedrock:us-east-1:111122223333:guardrail/other"}), No),
            (json!({"Condition": {"StringEquals": {ORGANIZATION: "o-other"}}}), No),
            (json!({"Condition": {"StringEquals": {"AWS:principalorgid": ["o-other", "o-sand"]}}}), Yes),
            (json!({"Condition": paths("o-sand/*/ou-sand-work/*")}), Yes),
            (json!({"Condition": paths("o-sand/*/ou-sand-prod/*")}), Yes),
            (json!({"Condition": paths("o-sand/*/ou-sand-dev/*")}), No),
            (json!({"Condition": {"StringLike": {ORGANIZATION: "o-*"}}}), Unclear),
            (json!({"Condition": {"StringEquals": {ORGANIZATION: "o-sand", "aws:SourceIp": "10.0.0.0/8"}}}), Unclear),
            (json!({"Principal": {"AWS": "arn:aws:iam::333344445555:root"}}), Yes),
            (json!({"Principal": {"AWS": ["333344445555"]}}), Yes),
            (json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}), No),
            (json!({"Principal": {"AWS": "arn:aws:iam::333344445555:role/app"}}), Unclear),
            (json!({"Principal": {"Service": "bedrock.amazonaws.com"}}), Unclear),
            (json!({"NotAction": "bedrock:GetGuardrail"}), Unclear),
            (json!({"Effect": "Deny"}), No),
        ] {
            assert_eq!(judged(&json!([statement(&changes)])), want, "{changes}");
        }
        assert_eq!(judged(&json!([])), No, "a policy that says nothing");
    }

    #[test]
    fn one_statement_is_enough_and_a_denial_outweighs_it() {
        let (allow, deny) = (statement(&json!({})), statement(&json!({"Effect": "Deny"})));
        let elsewhere = statement(&json!({"Condition": paths("o-sand/*/ou-sand-dev/*")}));
        let vague = statement(&json!({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}));
        assert_eq!(judged(&json!([elsewhere, allow])), Permits::Yes);
        assert_eq!(judged(&json!([allow, deny])), Permits::No);
        assert_eq!(judged(&json!([allow, vague])), Permits::Unclear);
    }
}
