//! Documents of resource policies on guardrails and guardrail profiles.
//!
//! The language is a small part of IAM's (user guide, `guardrails-resource-based-policies.html`): a statement allows the own
//! account, the whole organization, or parts of it, and nothing else. The words in which others are refused are inferred.

use serde_json::{Map, Value};

/// A document that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    to: To,
    actions: Vec<String>,
    resources: Vec<String>,
}

/// Who is admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum To {
    Account(String),
    Organization(String),
    Paths { organization: String, patterns: Vec<String> },
}

/// What a document has to agree with to be put on a resource.
#[derive(Debug)]
pub(super) struct Limits<'a> {
    pub(super) resource: &'a str,
    pub(super) actions: &'a [&'a str],
    /// `arn:<partition>:iam::<account>:root` of the owner.
    pub(super) root: &'a str,
    pub(super) organization: &'a str,
}

impl Document {
    /// Reads a document; the message tells what does not belong to the language.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| format!("The policy is not valid JSON: {error}"))?;
        let document = document.as_object().ok_or("The policy must be a JSON object")?;
        only(document, &["Version", "Id", "Statement"])?;
        if !document.get("Version").is_none_or(|version| version == "2012-10-17") {
            return Err("The policy version must be 2012-10-17".to_owned());
        }
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) if !statements.is_empty() => {
                statements.iter().map(Statement::parse).collect()
            }
            Some(statement @ Value::Object(_)) => Statement::parse(statement).map(|statement| vec![statement]),
            _ => Err("The policy must have a statement".to_owned()),
        };
        statements.map(|statements| Self { statements })
    }

    /// Whether the document may be put on the resource; the message tells why not.
    pub(super) fn fits(&self, limits: &Limits<'_>) -> Result<(), String> {
        let Limits { resource, actions, root, organization } = limits;
        for Statement { to, actions: named, resources } in &self.statements {
            if let Some(action) = named.iter().find(|action| !actions.contains(&action.as_str())) {
                return Err(format!("The action {action} is not supported for this resource"));
            }
            if let Some(other) = resources.iter().find(|other| other != resource) {
                return Err(format!("The resource {other} is not the resource of the policy"));
            }
            let belongs = match to {
                To::Account(principal) => principal == root,
                To::Organization(id) => id == organization,
                To::Paths { organization: id, patterns } => {
                    let own = |pattern: &String| pattern.split('/').next() == Some(organization);
                    id == organization && patterns.iter().all(own)
                }
            };
            if !belongs {
                return Err("The policy admits principals outside of the account and its organization".to_owned());
            }
        }
        Ok(())
    }

    /// Whether it admits the account. `path` is the account's place in the organization of the resource's owner, if it is in
    /// it: `o-…/r-…/ou-…/`.
    pub(super) fn allows(&self, action: &str, account: &str, path: Option<&str>) -> bool {
        self.statements.iter().filter(|statement| statement.actions.iter().any(|one| one == action)).any(|statement| {
            let in_organization = |id: &str| path.is_some_and(|path| path.split('/').next() == Some(id));
            match &statement.to {
                To::Account(principal) => principal.split(':').nth(4) == Some(account),
                To::Organization(id) => in_organization(id),
                To::Paths { organization, patterns } => {
                    let fits = |pattern: &String| path.is_some_and(|path| like(pattern.as_bytes(), path.as_bytes()));
                    in_organization(organization) && patterns.iter().any(fits)
                }
            }
        })
    }
}

impl Statement {
    fn parse(statement: &Value) -> Result<Self, String> {
        let statement = statement.as_object().ok_or("A statement must be a JSON object")?;
        only(statement, &["Sid", "Effect", "Principal", "Action", "Resource", "Condition"])?;
        if statement.get("Effect") != Some(&Value::from("Allow")) {
            return Err("The effect of a statement must be Allow".to_owned());
        }
        let no_condition = Map::new();
        let condition = match statement.get("Condition") {
            None => &no_condition,
            Some(Value::Object(condition)) => condition,
            Some(_) => return Err("A condition must be a JSON object".to_owned()),
        };
        let to = match statement.get("Principal") {
            Some(Value::String(all)) if all == "*" => To::parse(condition)?,
            Some(Value::Object(principal)) if principal.len() == 1 && condition.is_empty() => {
                match texts(principal.get("AWS"))?.as_slice() {
                    [one] => To::Account(one.clone()),
                    _ => return Err("A statement must have one AWS principal".to_owned()),
                }
            }
            _ => {
                return Err(
                    "The principal must be the own account, or * with a condition on the organization".to_owned()
                );
            }
        };
        Ok(Self { to, actions: texts(statement.get("Action"))?, resources: texts(statement.get("Resource"))? })
    }
}

impl To {
    fn parse(condition: &Map<String, Value>) -> Result<Self, String> {
        only(condition, &["StringEquals", "ForAnyValue:StringLike"])?;
        let organization = match value(condition, "StringEquals", "aws:PrincipalOrgID")?.as_deref() {
            Some([one]) => one.clone(),
            _ => return Err("The principal * needs a condition on one aws:PrincipalOrgID".to_owned()),
        };
        Ok(match value(condition, "ForAnyValue:StringLike", "aws:PrincipalOrgPaths")? {
            Some(patterns) => Self::Paths { organization, patterns },
            None => Self::Organization(organization),
        })
    }
}

/// The values of the only key under an operator; none if the operator is not there. Keys differ by more than case.
fn value(condition: &Map<String, Value>, operator: &str, key: &str) -> Result<Option<Vec<String>>, String> {
    let Some(operands) = condition.get(operator) else { return Ok(None) };
    let mut operands = operands.as_object().into_iter().flatten();
    match (operands.next(), operands.next()) {
        (Some((name, values)), None) if name.eq_ignore_ascii_case(key) => texts(Some(values)).map(Some),
        _ => Err(format!("{operator} can only test {key}")),
    }
}

/// A text, or a list of texts that is not empty.
fn texts(value: Option<&Value>) -> Result<Vec<String>, String> {
    let texts: Option<Vec<String>> = match value {
        Some(Value::String(text)) => Some(vec![text.clone()]),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    texts
        .filter(|texts| !texts.is_empty())
        .ok_or_else(|| "A statement must name its principal, actions and resource".to_owned())
}

fn only(object: &Map<String, Value>, allowed: &[&str]) -> Result<(), String> {
    match object.keys().find(|key| !allowed.contains(&key.as_str())) {
        Some(other) => Err(format!("The policy element {other} is not supported")),
        None => Ok(()),
    }
}

/// IAM's `StringLike`: `*` is any text, `?` any character.
fn like(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=text.len()).any(|skipped| like(rest, &text[skipped..])),
        (Some((wanted, pattern)), Some((given, text))) => (*wanted == b'?' || wanted == given) && like(pattern, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc";
    const LIMITS: Limits<'_> = Limits {
        resource: ARN,
        actions: &["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"],
        root: "arn:aws:iam::111122223333:root",
        organization: "o-example",
    };

    fn document(principal: &Value, condition: Option<&Value>) -> Value {
        let mut statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": ["bedrock:ApplyGuardrail"], "Resource": ARN});
        if let Some(condition) = condition {
            statement["Condition"] = condition.clone();
        }
        json!({"Version": "2012-10-17", "Statement": [statement]})
    }

    fn check(document: &Value) -> Result<Document, String> {
        let document = Document::parse(&document.to_string())?;
        document.fits(&LIMITS).map(|()| document)
    }

    #[test]
    fn the_three_statements_admit_whom_they_say() {
        let account = check(&document(&json!({"AWS": "arn:aws:iam::111122223333:root"}), None)).expect("fits");
        assert!(account.allows("bedrock:ApplyGuardrail", "111122223333", None));
        assert!(!account.allows("bedrock:GetGuardrail", "111122223333", None), "an action it does not name");
        assert!(!account.allows("bedrock:ApplyGuardrail", "222233334444", Some("o-example/r-1/")));

        let organization = json!({"StringEquals": {"aws:PrincipalOrgID": ["o-example"]}});
        let organization = check(&document(&json!("*"), Some(&organization))).expect("fits");
        assert!(organization.allows("bedrock:ApplyGuardrail", "222233334444", Some("o-example/r-1/")));
        assert!(!organization.allows("bedrock:ApplyGuardrail", "222233334444", None));

        let unit = json!({"StringEquals": {"aws:PrincipalOrgID": "o-example"},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-example/*/ou-a/*"]}});
        let unit = check(&document(&json!("*"), Some(&unit))).expect("fits");
        assert!(unit.allows("bedrock:ApplyGuardrail", "222233334444", Some("o-example/r-1/ou-a/")));
        assert!(unit.allows("bedrock:ApplyGuardrail", "222233334444", Some("o-example/r-1/ou-a/ou-b/")));
        assert!(!unit.allows("bedrock:ApplyGuardrail", "222233334444", Some("o-example/r-1/ou-b/")));
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
