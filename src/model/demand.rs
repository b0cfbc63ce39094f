//! What a policy in the language of IAM asks of a model call: to name one of certain guardrails (AWS: "Set up permissions to
//! use guardrails", condition key `bedrock:GuardrailIdentifier`).

use super::address::wildcard;
use super::document::{Document, Template};
use super::policy::items;

const INVOKE: &str = "bedrock:invokemodel";
const GUARDRAIL: &str = "bedrock:GuardrailIdentifier";
const PRINCIPAL: &str = "aws:PrincipalArn";
/// The operator that is true where a call names none.
const NULL: &str = "Null";
/// The operators that deny what has another value than those named.
const NEGATED: [&str; 4] = ["ArnNotLike", "ArnNotEquals", "StringNotLike", "StringNotEquals"];

/// A statement that denies calls of all models but those that name one of these guardrails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The guardrails, or versions of them, as the statement has them; none where any will do.
    pub named: Vec<Template>,
    /// Patterns of the ARNs of the principals that it lets off.
    pub exempt: Vec<String>,
    /// Patterns of the ARNs of the models that it leaves out.
    pub spared: Vec<String>,
}

impl Demand {
    /// Whether it may let off a role of an account. Its path is not known, so that a pattern with a path counts by the name
    /// behind it, if there is one.
    pub fn spares(&self, account: &str, role: &str) -> bool {
        let like =
            |pattern: &str, text: &str| wildcard(pattern.to_lowercase().as_bytes(), text.to_lowercase().as_bytes());
        self.exempt.iter().any(|pattern| {
            let Some((owner, path)) = pattern.split_once(":role/") else { return like(pattern, "*") };
            let owner = owner.rsplit(':').next().unwrap_or_default();
            let name = match path.rsplit_once('/') {
                Some((path, "*")) if path != "*" => return false,
                Some((_, name)) => name,
                None => path,
            };
            like(owner, account) && like(name, role)
        })
    }

    /// Whether it is certain that this and `other` bear on some call together. It is not where each leaves out something else:
    /// that may be all that the other is about.
    pub fn overlaps(&self, other: &Self) -> bool {
        let apart = |one: &[String], other: &[String]| !one.is_empty() && !other.is_empty() && one != other;
        !apart(&self.exempt, &other.exempt) && !apart(&self.spared, &other.spared)
    }

    /// Whether it leaves out every model that the policy lets call, as far as that says which.
    pub fn leaves_out_all_of(&self, document: &Document) -> bool {
        let allows = |statement: &&Document| {
            let effect = statement.get("Effect").and_then(Document::as_text);
            effect == Some("Allow") && texts(statement, "Action").iter().any(|action| invokes(action))
        };
        let allowing = items(document.get("Statement")).iter().filter(allows);
        let models: Vec<&str> = allowing.flat_map(|statement| texts(statement, "Resource")).collect();
        let left_out = |model: &&str| self.spared.iter().any(|pattern| wildcard(pattern.as_bytes(), model.as_bytes()));
        !models.is_empty() && models.iter().all(left_out)
    }
}

fn texts<'d>(statement: &'d Document, key: &str) -> Vec<&'d str> {
    items(statement.get(key)).iter().filter_map(Document::as_text).collect()
}

fn invokes(pattern: &str) -> bool {
    wildcard(pattern.to_lowercase().as_bytes(), INVOKE.as_bytes())
}

/// The demands of a policy; a call must meet each. Denials that bear on some models only, or under further conditions, are
/// none, since calls are left to which they do not apply.
pub fn demands(document: &Document) -> Vec<Demand> {
    all(document).filter(|demand| !demand.named.is_empty()).collect()
}

/// The demands of a policy that some guardrail be named, whichever it is.
pub fn demands_any(document: &Document) -> Vec<Demand> {
    all(document).filter(|demand| demand.named.is_empty()).collect()
}

fn all(document: &Document) -> impl Iterator<Item = Demand> {
    items(document.get("Statement")).iter().filter_map(demand)
}

fn demand(statement: &Document) -> Option<Demand> {
    if statement.get("Effect").and_then(Document::as_text) != Some("Deny") {
        return None;
    }
    let models = |pattern: &&str| *pattern == "*" || pattern.ends_with(":foundation-model/*");
    let everything = texts(statement, "Resource").iter().any(models) || statement.get("NotResource").is_some();
    if !everything || !texts(statement, "Action").into_iter().any(invokes) {
        return None;
    }
    let Document::Map(operators) = statement.get("Condition")? else { return None };
    let spared = texts(statement, "NotResource").into_iter().map(str::to_owned).collect();
    let mut demand = Demand { named: Vec::new(), exempt: Vec::new(), spared };
    let mut absent = false;
    for (operator, compared) in operators {
        let operator = operator.strip_suffix("IfExists").unwrap_or(operator);
        let Document::Map(compared) = compared else { return None };
        if operator == NULL {
            absent = compared.iter().all(|(key, value)| key.eq_ignore_ascii_case(GUARDRAIL) && is_true(value));
            if !absent {
                return None;
            }
            continue;
        }
        if !NEGATED.contains(&operator) {
            return None;
        }
        for (key, values) in compared {
            if key.eq_ignore_ascii_case(GUARDRAIL) && demand.named.is_empty() {
                for value in items(Some(values)) {
                    let Document::Text(value) = value else { return None };
                    demand.named.push(value.clone());
                }
            } else if key.eq_ignore_ascii_case(PRINCIPAL) {
                demand.exempt.extend(items(Some(values)).iter().filter_map(Document::as_text).map(str::to_owned));
            } else {
                return None;
            }
        }
    }
    // Of one that has both, it is not certain when it applies.
    (demand.named.is_empty() == absent).then_some(demand)
}

fn is_true(value: &Document) -> bool {
    let is = |one: &Document| *one == Document::Bool(true) || one.as_text() == Some("true");
    !items(Some(value)).is_empty() && items(Some(value)).iter().all(is)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(effect: &str, resource: &str, condition: &Value) -> Vec<Demand> {
        demands(&Document::from(json!({"Statement": [{"Effect": effect, "Action": "bedrock:InvokeModel*",
            "Resource": resource, "Condition": condition}]})))
    }

    #[test]
    fn a_denial_of_all_but_some_is_a_demand() {
        let condition = json!({"ArnNotLike": {"bedrock:guardrailidentifier": "arn:a:*", "aws:PrincipalArn": ["arn:aws:iam::*:role/ops/Break-*"]}});
        let [demand] = of("Deny", "*", &condition).try_into().expect("one demand");
        assert_eq!(demand.named, [Template::text("arn:a:*")]);
        assert!(demand.spares("1", "break-glass") && !demand.spares("1", "app"));
        let elsewhere = Demand { exempt: vec!["arn:aws:iam::2:role/app".to_owned()], ..demand.clone() };
        assert!(elsewhere.spares("2", "app") && !elsewhere.spares("1", "app"));
        let below = Demand { exempt: vec!["arn:aws:iam::*:role/aws-reserved/sso/*".to_owned()], ..demand };
        assert!(!below.spares("1", "app"));
        assert!(of("Allow", "*", &condition).is_empty());
        assert!(of("Deny", "arn:aws:bedrock:*::foundation-model/one", &condition).is_empty());
    }

    #[test]
    fn what_applies_sometimes_is_none() {
        for condition in [
            json!({"Null": {"bedrock:GuardrailIdentifier": "true"}}),
            json!({"ArnLike": {"bedrock:GuardrailIdentifier": "arn:a:*"}}),
            json!({"ArnNotLike": {"bedrock:GuardrailIdentifier": "arn:a:*"}, "StringNotEquals": {"aws:RequestedRegion": "r"}}),
            json!({"ArnNotLike": {"aws:PrincipalArn": "arn:a:*"}}),
        ] {
            assert!(of("Deny", "*", &condition).is_empty(), "{condition}");
        }
    }

    #[test]
    fn to_deny_what_names_none_demands_any() {
        let any = |condition: &Value| {
            demands_any(&Document::from(json!({"Statement": {"Effect": "Deny", "Action": "bedrock:*", "Resource": "*",
                "Condition": condition}})))
        };
        let exempt =
            json!({"Null": {"bedrock:GuardrailIdentifier": ["true"]}, "ArnNotLike": {"aws:PrincipalArn": "arn:x"}});
        assert_eq!(any(&exempt)[0].exempt, ["arn:x"]);
        assert_eq!(any(&json!({"Null": {"bedrock:guardrailidentifier": true}})).len(), 1);
        for other in [
            json!({"Null": {"bedrock:GuardrailIdentifier": "false"}}),
            json!({"Null": {"aws:PrincipalArn": "true"}}),
            json!({"ArnNotLike": {"bedrock:GuardrailIdentifier": "arn:a:*"}}),
        ] {
            assert!(any(&other).is_empty(), "{other}");
        }
    }
}
