//! What a policy in the language of IAM asks of a model call: to name one of certain guardrails (AWS: "Set up permissions to
//! use guardrails", condition key `bedrock:GuardrailIdentifier`).

use super::address::like;
use super::document::{Document, Template};
use super::policy::items;
use super::scope::Region;

mod bearing;

use bearing::calls;
pub use bearing::{Bearing, Call, Kinds};

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
    /// The calls that it is about.
    pub bearing: Bearing,
}

impl Demand {
    /// Whether it may let off a role of an account. Its path is not known, so that a pattern with a path counts by the name
    /// behind it, if there is one.
    pub fn spares(&self, account: &str, role: &str) -> bool {
        let like = |pattern: &str, text: &str| like(&pattern.to_lowercase(), &text.to_lowercase());
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

    /// The calls that certainly both this and `other` are about; `None` where that is not certain of any. It is not where each
    /// leaves out something else: that may be all that the other is about.
    pub fn shared(&self, other: &Self) -> Option<Bearing> {
        let apart = |one: &[String], other: &[String]| !one.is_empty() && !other.is_empty() && one != other;
        let certain = !apart(&self.exempt, &other.exempt) && !apart(&self.spared, &other.spared);
        self.bearing.and(&other.bearing).filter(|_| certain)
    }

    /// Whether it is not about any model that the policy lets call, as far as that says which.
    pub fn leaves_out_all_of(&self, document: &Document) -> bool {
        let allows = |statement: &&Document| {
            let effect = statement.get("Effect").and_then(Document::as_text);
            effect == Some("Allow") && !calls(statement).is_empty()
        };
        let allowing = items(document.get("Statement")).iter().filter(allows);
        let models: Vec<&str> = allowing.flat_map(|statement| texts(statement, "Resource")).collect();
        let left_out =
            |model: &&str| self.spared.iter().any(|pattern| like(pattern, model)) || self.is_elsewhere(model);
        !models.is_empty() && models.iter().all(left_out)
    }

    /// Whether the models of this ARN, which may hold wildcards, are of other Regions, or of other kinds, than it is about.
    fn is_elsewhere(&self, model: &str) -> bool {
        let [_, _, _, region, _, resource] = model.splitn(6, ':').collect::<Vec<_>>()[..] else { return false };
        let plain = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
        let catalogue = ["foundation-model/", "inference-profile/"].iter().any(|kind| resource.starts_with(kind));
        let kind = resource.split_once('/').map(|(kind, _)| kind);
        plain(region) && !self.bearing.regions.contains(&Region::new(region))
            || self.bearing.models == Kinds::Foundation && !catalogue && kind.is_some_and(plain)
    }
}

fn texts<'d>(statement: &'d Document, key: &str) -> Vec<&'d str> {
    items(statement.get(key)).iter().filter_map(Document::as_text).collect()
}

/// The demands of a policy; a call must meet each that is about it. Denials that bear on some models only, or under further
/// conditions, are none, since calls are left to which they do not apply.
pub fn demands(document: &Document) -> Vec<Demand> {
    all(document).into_iter().filter(|demand| !demand.named.is_empty()).collect()
}

/// The demands of a policy that some guardrail be named, whichever it is.
pub fn demands_any(document: &Document) -> Vec<Demand> {
    all(document).into_iter().filter(|demand| demand.named.is_empty()).collect()
}

/// All of them. Statements that differ only in how the model is called are one.
fn all(document: &Document) -> Vec<Demand> {
    let mut all: Vec<Demand> = Vec::new();
    for demand in items(document.get("Statement")).iter().filter_map(demand) {
        let alike = |known: &&mut Demand| {
            let bearing = Bearing { calls: known.bearing.calls.clone(), ..demand.bearing.clone() };
            **known == Demand { bearing, ..demand.clone() }
        };
        match all.iter_mut().find(alike) {
            Some(known) => known.bearing.calls.extend(demand.bearing.calls),
            None => all.push(demand),
        }
    }
    all
}

fn demand(statement: &Document) -> Option<Demand> {
    if statement.get("Effect").and_then(Document::as_text) != Some("Deny") {
        return None;
    }
    let bearing = Bearing::of(statement)?;
    let Document::Map(operators) = statement.get("Condition")? else { return None };
    let spared = texts(statement, "NotResource").into_iter().map(str::to_owned).collect();
    let mut demand = Demand { named: Vec::new(), exempt: Vec::new(), spared, bearing };
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
                for value in items(Some(values)) {
                    demand.exempt.push(value.as_text()?.to_owned());
                }
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
    use crate::model::known_regions;

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

    /// The demands of a policy of these statements, each with its actions and its resources.
    fn about(statements: &[Value]) -> Vec<Demand> {
        let whole = |statement: &Value| {
            let mut whole =
                json!({"Effect": "Deny", "Condition": {"ArnNotLike": {"bedrock:GuardrailIdentifier": "arn:a:*"}}});
            whole.as_object_mut().expect("an object").extend(statement.as_object().expect("an object").clone());
            whole
        };
        demands(&Document::from(json!({"Statement": statements.iter().map(whole).collect::<Vec<_>>()})))
    }

    #[test]
    fn a_demand_is_about_the_regions_of_its_models_and_no_others() {
        let regions = |resource: &str| -> Vec<String> {
            let found = about(&[json!({"Action": "bedrock:*", "Resource": resource})]);
            found.iter().flat_map(|one| &one.bearing.regions).map(ToString::to_string).collect()
        };
        assert_eq!(regions("arn:aws:bedrock:eu-west-1::foundation-model/*"), ["eu-west-1"]);
        assert_eq!(regions("arn:aws:bedrock:us-*-1::foundation-model/*"), ["us-east-1", "us-west-1"]);
        assert_eq!(regions("arn:*:bedrock:us-gov-west-1::foundation-model/*"), ["us-gov-west-1"]);
        for none in [
            "arn:aws:bedrock:us-gov-west-1::foundation-model/*",
            "arn:aws:bedrock:*::foundation-model/a.*",
            "arn:aws:s3:::*",
        ] {
            assert_eq!(regions(none), [""; 0], "{none}");
        }
        assert_eq!(regions("*").len(), known_regions().count());
        let [everywhere] =
            about(&[json!({"Action": "bedrock:*", "Resource": "arn:aws:bedrock:*::foundation-model/*"})])
                .try_into()
                .expect("one demand");
        assert!(!everywhere.bearing.regions.contains(&Region::new("us-gov-west-1")));
        assert_eq!(everywhere.bearing.limits(), " of AWS's catalogue");
    }

    #[test]
    fn a_demand_is_about_the_actions_that_it_denies() {
        let calls = |statements: &[Value]| -> Vec<Vec<Call>> {
            about(statements).into_iter().map(|one| one.bearing.calls.into_iter().collect()).collect()
        };
        let of = |action: &str| json!({"Action": action, "Resource": "*"});
        assert_eq!(calls(&[of("bedrock:InvokeModel")]), [[Call::Invoke]]);
        assert_eq!(calls(&[of("bedrock:invokemodel?*")]), [[Call::Stream]]);
        assert_eq!(calls(&[of("bedrock:InvokeModel*")]), [Call::ALL]);
        // Two statements that say the same of the two are one demand.
        assert_eq!(calls(&[of("bedrock:InvokeModel"), of("bedrock:InvokeModelWithResponseStream")]), [Call::ALL]);
        let narrow = json!({"Action": "bedrock:InvokeModelWithResponseStream", "Resource": "arn:aws:bedrock:eu-west-1::foundation-model/*"});
        assert_eq!(calls(&[of("bedrock:InvokeModel"), narrow]), [[Call::Invoke], [Call::Stream]]);
        assert!(calls(&[of("bedrock:ApplyGuardrail")]).is_empty());
    }

    #[test]
    fn what_leaves_out_every_model_demands_nothing() {
        let regions = |spared: &[&str]| {
            let found = about(&[json!({"Action": "bedrock:InvokeModel*", "NotResource": spared})]);
            found.first().map_or(0, |one| one.bearing.regions.len())
        };
        let all = known_regions().count();
        assert_eq!(regions(&["*"]), 0);
        assert_eq!(regions(&["arn:*:bedrock:*::foundation-model/*"]), 0);
        assert_eq!(regions(&["arn:aws:bedrock:us-east-1::foundation-model/*"]), all - 1);
        assert_eq!(regions(&["arn:aws:bedrock:*::foundation-model/amazon.titan-embed-*"]), all);
        assert!(about(&[json!({"Action": "bedrock:InvokeModel*"})]).is_empty());
    }

    #[test]
    fn demands_share_the_calls_that_both_are_about() {
        let of = |action: &str, region: &str| {
            let resource = format!("arn:aws:bedrock:{region}::foundation-model/*");
            about(&[json!({"Action": action, "Resource": resource})]).remove(0)
        };
        let both = of("bedrock:*", "*");
        let east = of("bedrock:InvokeModel", "us-east-1");
        let shared = both.shared(&east).expect("calls that both are about");
        assert_eq!(shared, east.bearing);
        assert_eq!(shared.limits(), " of AWS's catalogue by bedrock:InvokeModel in us-east-1");
        assert_eq!(east.shared(&of("bedrock:*", "eu-west-1")), None);
        assert_eq!(east.shared(&of("bedrock:InvokeModelWith*", "us-east-1")), None);
        let allowed = |model: &str| {
            Document::from(
                json!({"Statement": {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": model}}),
            )
        };
        assert!(east.leaves_out_all_of(&allowed("arn:aws:bedrock:eu-west-1::foundation-model/x")));
        assert!(east.leaves_out_all_of(&allowed("arn:aws:bedrock:us-east-1:111122223333:custom-model/x")));
        for about in ["*", "arn:aws:bedrock:*::foundation-model/x", "arn:aws:bedrock:us-east-1::foundation-model/x"] {
            assert!(!east.leaves_out_all_of(&allowed(about)), "{about}");
        }
    }
}
