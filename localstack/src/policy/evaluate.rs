//! What a document says to a request.

use super::document::{Document, Effect, Scope, Statement, Version};
use super::pattern::{Pattern, action_fits};
pub(crate) use super::principal::Grantee;
use super::request::{Context, Request};

/// A statement that a request met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match<'a> {
    pub(crate) statement: &'a Statement,
    /// As whom, where the statement names principals.
    pub(crate) grantee: Option<Grantee>,
}

/// A document's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision<'a> {
    /// Some statement allows it and none denies it. Of several, the one that grants most directly.
    Allow(Match<'a>),
    /// Some statement denies it, whatever the others say.
    Deny(Match<'a>),
    /// No statement is about it.
    Silent,
}

impl Document {
    /// The statements that the request meets.
    pub(crate) fn matches<'a>(&'a self, request: &Request<'_>) -> impl Iterator<Item = Match<'a>> {
        let variables = self.version == Version::Current;
        self.statements.iter().filter_map(move |statement| statement.met(request, variables))
    }

    pub(crate) fn decide(&self, request: &Request<'_>) -> Decision<'_> {
        let mut allowed: Option<Match<'_>> = None;
        for found in self.matches(request) {
            match found.statement.effect {
                Effect::Deny => return Decision::Deny(found),
                Effect::Allow if allowed.is_none_or(|best| best.grantee < found.grantee) => allowed = Some(found),
                Effect::Allow => {}
            }
        }
        allowed.map_or(Decision::Silent, Decision::Allow)
    }

    /// The condition keys that the answer to the request may depend on: those of the statements on its action and resource.
    pub(crate) fn keys<'a>(&'a self, request: &Request<'_>) -> impl Iterator<Item = &'a str> {
        let variables = self.version == Version::Current;
        let about = self.statements.iter().filter(move |statement| statement.is_about(request, variables));
        about.flat_map(|statement| statement.conditions.iter().map(|condition| condition.key.as_str()))
    }
}

impl Decision<'_> {
    pub(crate) fn allows(&self) -> bool {
        matches!(self, Self::Allow(_))
    }

    pub(crate) fn denies(&self) -> bool {
        matches!(self, Self::Deny(_))
    }
}

impl Statement {
    fn met(&self, request: &Request<'_>, variables: bool) -> Option<Match<'_>> {
        let grantee = match &self.principals {
            Some(principals) => Some(principals.names(request.principal)?),
            None => None,
        };
        let met = self.is_about(request, variables)
            && self.conditions.iter().all(|condition| condition.holds(request.context, variables));
        met.then_some(Match { statement: self, grantee })
    }

    fn is_about(&self, request: &Request<'_>, variables: bool) -> bool {
        let variables = variables.then_some(request.context);
        self.actions.has(|pattern| action_fits(pattern, request.action))
            && self.resources.as_ref().is_none_or(|resources| resources.has_resource(request.resource, variables))
    }
}

impl Scope {
    fn has(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.patterns.iter().any(|pattern| fits(pattern)) != self.negated
    }

    /// A wildcard in a resource can reach over colons (user guide: at the end of a part; inferred: anywhere).
    pub(crate) fn has_resource(&self, resource: &str, variables: Option<&Context>) -> bool {
        self.has(|pattern| Pattern::read(pattern, variables).is_some_and(|pattern| pattern.fits(resource)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::Principal;

    fn root() -> Principal {
        Principal::Root { account: "111122223333".to_owned(), arn: "arn:aws:iam::111122223333:root".to_owned() }
    }

    fn decide(document: &Value, action: &str, resource: &str) -> &'static str {
        let document = Document::parse(&document.to_string()).expect("valid");
        let context = Context::default().with("aws:PrincipalAccount", "111122223333");
        match document.decide(&Request { principal: &root(), action, resource, context: &context }) {
            Decision::Allow(_) => "allow",
            Decision::Deny(_) => "deny",
            Decision::Silent => "silent",
        }
    }

    #[test]
    fn a_statement_is_about_its_actions_and_resources() {
        const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc";
        for (statement, action, resource, want, why) in [
            (
                json!({"Action": "BEDROCK:getguardrail", "Resource": "*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "allow",
                "the case of actions is nothing",
            ),
            (
                json!({"Action": "bedrock:Get*", "Resource": "*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "allow",
                "a wildcard",
            ),
            (
                json!({"Action": "bedrock:Get?uardrail", "Resource": "*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "allow",
                "a letter",
            ),
            (json!({"Action": "*", "Resource": "*"}), "bedrock:GetGuardrail", "*", "allow", "an action on no resource"),
            (
                json!({"Action": "*", "Resource": "arn:aws:bedrock:*"}),
                "bedrock:GetGuardrail",
                "*",
                "silent",
                "no ARN covers no resource",
            ),
            (
                json!({"Action": "*", "Resource": GUARDRAIL.to_uppercase()}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "silent",
                "the case of resources counts",
            ),
            (
                json!({"Action": "*", "Resource": "arn:aws:bedrock:*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "allow",
                "reaches over colons",
            ),
            (
                json!({"Action": "*", "Resource": "arn:aws:bedrock:*:${aws:PrincipalAccount}:guardrail/*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "allow",
                "a variable",
            ),
            (
                json!({"Action": "*", "Resource": "arn:aws:bedrock:*:${aws:username}:guardrail/*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "silent",
                "an unknown variable",
            ),
            (
                json!({"NotAction": "bedrock:Delete*", "Resource": "*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "allow",
                "not that",
            ),
            (
                json!({"NotAction": "bedrock:*", "Resource": "*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "silent",
                "but that",
            ),
            (
                json!({"Action": "*", "NotResource": "arn:aws:s3:::*"}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "allow",
                "not there",
            ),
            (
                json!({"Action": "*", "NotResource": [GUARDRAIL]}),
                "bedrock:GetGuardrail",
                GUARDRAIL,
                "silent",
                "but there",
            ),
            (
                json!({"Action": "sts:AssumeRole"}),
                "sts:AssumeRole",
                "arn:aws:iam::1:role/r",
                "allow",
                "the one it is attached to",
            ),
            (json!({"Principal": {"AWS": "444455556666"}, "Action": "*"}), "a:B", "*", "silent", "somebody else"),
            (json!({"Principal": {"AWS": ["111122223333"]}, "Action": "*"}), "a:B", "*", "allow", "oneself"),
        ] {
            let mut statement = statement;
            statement["Effect"] = json!("Allow");
            let document = json!({"Version": "2012-10-17", "Statement": statement});
            assert_eq!(decide(&document, action, resource), want, "{document}: {why}");
        }
    }

    #[test]
    fn before_2012_a_variable_is_text() {
        let statement =
            json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:iam::${aws:PrincipalAccount}:root"});
        let own = "arn:aws:iam::111122223333:root";
        assert_eq!(decide(&json!({"Statement": statement}), "a:B", own), "silent");
        assert_eq!(decide(&json!({"Version": "2012-10-17", "Statement": statement}), "a:B", own), "allow");
    }

    #[test]
    fn all_conditions_of_a_statement_hold_together() {
        let statement = |conditions: Value| json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": conditions}});
        let same = json!({"aws:PrincipalAccount": "111122223333"});
        let both = json!({"StringEquals": same, "StringNotEquals": {"aws:PrincipalAccount": "444455556666"}});
        let one = json!({"StringEquals": {"aws:PrincipalAccount": "111122223333", "aws:PrincipalOrgID": "o-x"}});
        assert_eq!(decide(&statement(both), "a:B", "*"), "allow");
        assert_eq!(decide(&statement(one), "a:B", "*"), "silent");
        assert_eq!(decide(&statement(json!({})), "a:B", "*"), "allow");
    }

    #[test]
    fn the_most_direct_grant_is_told() {
        let account = json!({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*"});
        let anyone = json!({"Effect": "Allow", "Principal": "*", "Action": "*"});
        for statements in [[&account, &anyone], [&anyone, &account]] {
            let document = Document::parse(&json!({"Statement": statements}).to_string()).expect("valid");
            let context = Context::default();
            let request = Request { principal: &root(), action: "a:B", resource: "*", context: &context };
            let Decision::Allow(found) = document.decide(&request) else { panic!("allowed") };
            assert_eq!(found.grantee, Some(Grantee::Anyone));
        }
    }

    /// Statements on few actions, resources and keys, so that many of them meet the request.
    fn statement() -> impl Strategy<Value = Value> {
        let effect = select(&["Allow", "Deny"][..]);
        let action = select(&["*", "bedrock:*", "bedrock:GetGuardrail", "iam:*"][..]);
        let resource = select(&["*", "arn:aws:bedrock:*", "arn:aws:iam::*"][..]);
        let operator = select(&["StringEquals", "StringNotEquals", "StringLikeIfExists"][..]);
        let key = select(&["aws:PrincipalAccount", "aws:PrincipalOrgID"][..]);
        let negated = any::<bool>();
        (effect, action, resource, operator, key, negated).prop_map(|(effect, action, resource, operator, key, negated)| {
            let element = if negated { "NotAction" } else { "Action" };
            json!({"Effect": effect, element: action, "Resource": resource, "Condition": {operator: {key: "111122223333"}}})
        })
    }

    fn decided(statements: &[Value]) -> &'static str {
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        decide(&document, "bedrock:GetGuardrail", "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc")
    }

    proptest! {
        #[test]
        fn the_order_of_statements_is_nothing(
            statements in proptest::collection::vec(statement(), 1..6).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
        ) {
            prop_assert_eq!(decided(&statements.0), decided(&statements.1));
        }

        #[test]
        fn a_deny_that_applies_always_wins(mut statements in proptest::collection::vec(statement(), 0..6), at in any::<prop::sample::Index>()) {
            let at = at.index(statements.len() + 1);
            statements.insert(at, json!({"Effect": "Deny", "Action": "bedrock:GetGuardrail", "Resource": "*"}));
            prop_assert_eq!(decided(&statements), "deny");
        }

        #[test]
        fn one_more_allow_never_takes_away(statements in proptest::collection::vec(statement(), 1..6)) {
            let mut more = statements.clone();
            more.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
            let before = decided(&statements);
            prop_assert_eq!(decided(&more), if before == "deny" { "deny" } else { "allow" });
        }
    }
}
