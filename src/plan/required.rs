//! The policies of the spec that deny model calls which name no guardrail, and whom they bind once they are applied.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kinds::iam_policy::document::GUARDRAIL;
use crate::kinds::{Kind, Model};
use crate::model::{AccountId, Address, Desired, Document, Facts, Names, RemoteId, items, wildcard};

/// The condition key of whoever calls.
const PRINCIPAL: &str = "aws:PrincipalArn";

/// Denials of model calls that name no guardrail, or another one than they must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The policy.
    pub by: Address,
    /// The accounts in which it binds.
    pub accounts: BTreeSet<AccountId>,
    /// The one role that it binds there; `None` for every role.
    pub role: Option<String>,
    /// The statements that deny, as a policy of their own, with ids in the place of addresses.
    pub denials: Value,
    /// Patterns of the versions that a call must name one of; none where any guardrail will do.
    pub named: BTreeSet<String>,
    /// Patterns of the ARNs of principals that are let off.
    pub exempt: BTreeSet<String>,
    /// Patterns of the ARNs of models that are left out.
    pub spared: BTreeSet<String>,
}

impl Requirement {
    /// Whether it binds the role of this ARN in this account.
    pub fn binds(&self, account: &AccountId, arn: &str) -> bool {
        let name = arn.rsplit('/').next();
        self.accounts.contains(account)
            && self.role.as_deref().is_none_or(|role| Some(role) == name)
            && !self.exempt.iter().any(|pattern| wildcard(pattern.as_bytes(), arn.as_bytes()))
    }

    /// Whether it leaves out the model of this ARN.
    pub fn spares(&self, model: &str) -> bool {
        self.spared.iter().any(|pattern| wildcard(pattern.as_bytes(), model.as_bytes()))
    }

    /// Whether a call may name this version.
    pub fn takes(&self, version: &str) -> bool {
        self.named.is_empty() || self.named.iter().any(|pattern| wildcard(pattern.as_bytes(), version.as_bytes()))
    }
}

/// All of them, in the order of addresses.
pub fn requirements(desired: &Desired, names: &Names, facts: &Facts) -> Vec<Requirement> {
    let mut all = Vec::new();
    for (address, wanted) in &desired.resources {
        match &wanted.model {
            Model::OrgPolicy(model) if !model.policy_type.merges() => {
                let accounts = below(desired, facts, address);
                all.extend(of(address, &model.document, names, facts).map(|one| Requirement { accounts, ..one }));
            }
            Model::IamPolicy(model) => {
                let Some(one) = of(address, &model.document, names, facts) else { continue };
                let accounts = BTreeSet::from([address.scope.account.clone()]);
                all.extend(roles(desired, address).map(|role| Requirement {
                    accounts: accounts.clone(),
                    role: Some(role.to_owned()),
                    ..one.clone()
                }));
            }
            _ => {}
        }
    }
    all
}

/// The accounts that a service control policy reaches. It has no say in the management account.
fn below(desired: &Desired, facts: &Facts, policy: &Address) -> BTreeSet<AccountId> {
    let targets = desired.resources.values().filter_map(|wanted| match &wanted.model {
        Model::OrgPolicyAttachment(model) if model.policy.address() == Some(policy) => Some(model.target.as_str()),
        _ => None,
    });
    let organization = facts.organization.iter();
    let reached = organization.flat_map(|organization| targets.clone().flat_map(|target| organization.reach(target)));
    reached.map(|account| account.id.clone()).filter(|account| account != facts.home()).collect()
}

/// The roles that a policy of IAM is attached to.
fn roles<'d>(desired: &'d Desired, policy: &'d Address) -> impl Iterator<Item = &'d str> {
    desired.resources.values().filter_map(move |wanted| match &wanted.model {
        Model::IamPolicyAttachment(model) if model.policy.address() == Some(policy) => Some(model.role.as_str()),
        _ => None,
    })
}

/// The id that stands for `address`, and where AWS has yet to give one, one that is nobody's: a guardrail's id has letters.
pub fn id_or_stand_in(address: &Address, names: &Names, facts: &Facts) -> RemoteId {
    names.ids(address).last().cloned().unwrap_or_else(|| {
        let (partition, region, account) =
            (&facts.caller.partition, address.scope.region_name(), &address.scope.account);
        let number = if address.kind == Kind::GuardrailVersion { ":1" } else { "" };
        RemoteId::new(format!("arn:{partition}:bedrock:{region}:{account}:guardrail/000000000000{number}"))
    })
}

/// A document with ids in the place of addresses.
pub fn rendered(document: &Document, names: &Names, facts: &Facts) -> Value {
    let ids: std::collections::BTreeMap<Address, RemoteId> = document
        .references()
        .into_iter()
        .map(|address| (address.clone(), id_or_stand_in(&address, names, facts)))
        .collect();
    document.render(&|address| ids.get(address)).unwrap_or_default()
}

/// What a document requires; nothing where it denies no call for the guardrail that it names.
fn of(by: &Address, document: &Document, names: &Names, facts: &Facts) -> Option<Requirement> {
    let json = rendered(document, names, facts);
    let read = Document::from(json);
    let mut found = Requirement {
        by: by.clone(),
        accounts: BTreeSet::new(),
        role: None,
        denials: Value::Null,
        named: BTreeSet::new(),
        exempt: BTreeSet::new(),
        spared: BTreeSet::new(),
    };
    let mut denials = Vec::new();
    let mut requires = false;
    for statement in items(read.get("Statement")) {
        if statement.get("Effect").and_then(Document::as_text) != Some("Deny") {
            continue;
        }
        denials.push(statement.clone());
        let Some(condition) = Condition::of(statement) else { continue };
        requires = true;
        found.named.extend(condition.named);
        found.exempt.extend(condition.exempt);
        found.spared.extend(texts(statement.get("NotResource")));
    }
    let version = ("Version", Document::text("2012-10-17"));
    let denials = Document::map([version, ("Statement", Document::list(denials))]);
    found.denials = serde_json::to_value(&denials).unwrap_or_default();
    requires.then_some(found)
}

fn texts(document: Option<&Document>) -> impl Iterator<Item = String> {
    items(document).iter().filter_map(Document::as_text).map(str::to_owned)
}

fn is_true(value: &Document) -> bool {
    matches!(value, Document::Bool(true)) || value.as_text() == Some("true")
}

/// What a denial says of the guardrail and of whoever calls.
struct Condition {
    named: Vec<String>,
    exempt: Vec<String>,
}

impl Condition {
    /// `None` for one that does not ask for the presence of a guardrail.
    fn of(statement: &Document) -> Option<Self> {
        let Document::Map(operators) = statement.get("Condition")? else { return None };
        let (mut asks, mut found) = (false, Self { named: Vec::new(), exempt: Vec::new() });
        for (operator, compared) in operators {
            let Document::Map(compared) = compared else { continue };
            let negated = operator.contains("Not");
            for (key, values) in compared {
                if key.eq_ignore_ascii_case(GUARDRAIL) && (negated || operator == "Null") {
                    asks |= negated || items(Some(values)).iter().any(is_true);
                    found.named.extend(texts(Some(values)).filter(|_| negated));
                } else if key.eq_ignore_ascii_case(PRINCIPAL) && negated {
                    found.exempt.extend(texts(Some(values)));
                }
            }
        }
        asks.then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Caller, Partition, RoleNames, Scope};

    fn found(statement: &Value) -> Option<Requirement> {
        let account: AccountId = "111122223333".parse().expect("an id");
        let caller = Caller { account: account.clone(), arn: String::new(), partition: Partition::new("aws") };
        let facts = Facts { caller, organization: None, bedrock_regions: Vec::new(), roles: RoleNames::default() };
        let by = Address::new(Kind::IamPolicy, Scope::global(account.clone()), "p");
        let document = Document::from(json!({"Statement": [statement]}));
        of(&by, &document, &Names::default(), &facts)
            .map(|one| Requirement { accounts: BTreeSet::from([account]), ..one })
    }

    #[test]
    fn a_denial_without_a_guardrail_is_a_requirement() {
        let one = found(&json!({"Effect": "Deny", "Action": "bedrock:InvokeModel*", "NotResource": "arn:*/titan",
            "Condition": {"ArnNotLike": {"bedrock:guardrailidentifier": "arn:a:*", "aws:PrincipalArn": "arn:aws:iam::*:role/ops/*"}}}));
        let one = one.expect("it requires one");
        let account = "111122223333".parse().expect("an id");
        assert!(one.binds(&account, "arn:aws:iam::111122223333:role/app"));
        assert!(!one.binds(&account, "arn:aws:iam::111122223333:role/ops/break-glass"), "it is let off");
        assert!(!one.binds(&"222233334444".parse().expect("an id"), "arn:aws:iam::222233334444:role/app"));
        assert!(
            one.takes("arn:a:3") && !one.takes("arn:b:3") && one.spares("arn:x/titan") && !one.spares("arn:x/nova")
        );
        assert_eq!(one.denials["Statement"].as_array().map(Vec::len), Some(1));
        let role = Requirement { role: Some("app".to_owned()), ..one };
        assert!(role.binds(&account, "arn:aws:iam::111122223333:role/apps/app"));
        assert!(!role.binds(&account, "arn:aws:iam::111122223333:role/other"));
    }

    #[test]
    fn whichever_will_do_and_what_requires_none() {
        let null = |value: &str| json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {GUARDRAIL: value}}});
        assert!(found(&null("true")).is_some_and(|one| one.takes("arn:whatever:1")));
        assert_eq!(found(&null("false")), None);
        let empty =
            json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {GUARDRAIL: ""}}});
        assert_eq!(found(&empty), None);
        assert_eq!(found(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"})), None);
    }
}
