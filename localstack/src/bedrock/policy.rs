//! What documents can be put on guardrails and guardrail profiles.
//!
//! The language is a small part of IAM's (user guide, `guardrails-resource-based-policies.html`): a statement allows the own
//! account, the whole organization, or parts of it, and nothing else. The words in which others are refused are inferred.

use crate::policy::{Document, Effect, Family, Principals, Statement};

/// What a document has to agree with to be put on a resource.
#[derive(Debug)]
pub(super) struct Limits<'a> {
    pub(super) resource: &'a str,
    pub(super) actions: &'a [&'a str],
    /// `arn:<partition>:iam::<account>:root` of the owner.
    pub(super) root: &'a str,
    /// None for an owner outside of the organization, which can admit nobody but itself.
    pub(super) organization: Option<&'a str>,
}

impl Limits<'_> {
    /// Whether the document may be put on the resource; the message tells why not.
    pub(super) fn check(&self, text: &str) -> Result<(), String> {
        let document = Document::parse(text).map_err(|malformed| malformed.to_string())?;
        document.statements.iter().try_for_each(|statement| self.check_statement(statement))
    }

    fn check_statement(&self, statement: &Statement) -> Result<(), String> {
        if statement.effect != Effect::Allow {
            return Err("The effect of a statement must be Allow".to_owned());
        }
        let Some(resources) = statement.resources.as_ref().filter(|_| !statement.actions.negated) else {
            return Err("A statement must name its actions and its resource".to_owned());
        };
        if let Some(action) = statement.actions.patterns.iter().find(|action| !self.actions.contains(&action.as_str()))
        {
            return Err(format!("The action {action} is not supported for this resource"));
        }
        if resources.negated {
            return Err("The policy element NotResource is not supported".to_owned());
        }
        if let Some(other) = resources.patterns.iter().find(|other| *other != self.resource) {
            return Err(format!("The resource {other} is not the resource of the policy"));
        }
        self.check_principals(statement)
    }

    /// The own account without a condition, or `*` with one on the organization.
    fn check_principals(&self, statement: &Statement) -> Result<(), String> {
        const FORMS: &str = "The principal must be the own account, or * with a condition on the organization";
        let Some(principals) = &statement.principals else { return Err(FORMS.to_owned()) };
        let Principals { negated: false, anyone, aws, services, federated } = principals else {
            return Err(FORMS.to_owned());
        };
        let own = match (anyone, aws.as_slice(), statement.conditions.is_empty()) {
            _ if !services.is_empty() || !federated.is_empty() => return Err(FORMS.to_owned()),
            (true, [], _) => self.is_of_organization(statement)?,
            (false, [account], true) => account == self.root,
            _ => return Err(FORMS.to_owned()),
        };
        if own {
            Ok(())
        } else {
            Err("The policy admits principals outside of the account and its organization".to_owned())
        }
    }

    /// One test of the organization's id, and maybe one of paths in it.
    fn is_of_organization(&self, statement: &Statement) -> Result<bool, String> {
        let mut named = false;
        let mut own = true;
        for condition in &statement.conditions {
            let (operator, key, values) = (condition.operator, condition.key.as_str(), condition.values.as_slice());
            let in_organization = |path: &String| path.split('/').next() == self.organization;
            if operator.is(Family::Equals) && key.eq_ignore_ascii_case("aws:PrincipalOrgID") && values.len() == 1 {
                named = true;
                own &= Some(values[0].as_str()) == self.organization;
            } else if operator.is_for_any(Family::Like)
                && key.eq_ignore_ascii_case("aws:PrincipalOrgPaths")
                && !values.is_empty()
            {
                own &= values.iter().all(in_organization);
            } else {
                return Err(format!("The condition on {key} is not supported"));
            }
        }
        if named { Ok(own) } else { Err("The principal * needs a condition on one aws:PrincipalOrgID".to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ARN: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc";
    const LIMITS: Limits<'_> = Limits {
        resource: ARN,
        actions: &["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"],
        root: "arn:aws:iam::111122223333:root",
        organization: Some("o-example"),
    };

    fn document(principal: &Value, condition: Option<&Value>) -> Value {
        let mut statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": ["bedrock:ApplyGuardrail"], "Resource": ARN});
        if let Some(condition) = condition {
            statement["Condition"] = condition.clone();
        }
        json!({"Version": "2012-10-17", "Statement": [statement]})
    }

    fn check(document: &Value) -> Result<(), String> {
        LIMITS.check(&document.to_string())
    }

    #[test]
    fn the_three_statements_fit() {
        let organization = json!({"StringEquals": {"aws:PrincipalOrgID": ["o-example"]}});
        let unit = json!({"StringEquals": {"aws:principalorgid": "o-example"},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-example/*/ou-a/*"]}});
        for fits in [
            document(&json!({"AWS": "arn:aws:iam::111122223333:root"}), None),
            document(&json!("*"), Some(&organization)),
            document(&json!("*"), Some(&unit)),
        ] {
            assert_eq!(check(&fits), Ok(()), "{fits}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let organization = |id: &str| json!({"StringEquals": {"aws:PrincipalOrgID": id}});
        let mut deny = document(&json!("*"), Some(&organization("o-example")));
        deny["Statement"][0]["Effect"] = json!("Deny");
        let mut invoke = document(&json!("*"), Some(&organization("o-example")));
        invoke["Statement"][0]["Action"] = json!("bedrock:InvokeModel");
        let mut version = document(&json!("*"), Some(&organization("o-example")));
        version["Statement"][0]["Resource"] = json!(format!("{ARN}:1"));
        for refused in [
            document(&json!("*"), None),
            document(&json!("*"), Some(&organization("o-other"))),
            document(&json!("*"), Some(&json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}))),
            document(&json!("*"), Some(&json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}))),
            document(&json!({"AWS": "arn:aws:iam::222233334444:root"}), None),
            document(&json!({"Service": "bedrock.amazonaws.com"}), None),
            document(&json!({"AWS": "*"}), Some(&organization("o-example"))),
            document(&json!({"AWS": "arn:aws:iam::111122223333:root"}), Some(&organization("o-example"))),
            document(&json!("*"), Some(&json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-example/*"]}}))),
            document(
                &json!("*"),
                Some(&json!({"StringEquals": {"aws:PrincipalOrgID": "o-example"},
                    "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-other/*"]}})),
            ),
            document(&json!("*"), Some(&json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-example"}}))),
            deny,
            invoke,
            version,
            json!({"Statement": []}),
            json!("x"),
        ] {
            assert!(check(&refused).is_err(), "{refused}");
        }
    }
}
