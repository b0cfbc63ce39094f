//! The policies of the spec that deny model calls which name no guardrail, and whom they bind once they are applied.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kinds::iam_policy::document::{GUARDRAIL, INVOKE};
use crate::kinds::{Kind, Model};
use crate::model::{AccountId, Address, Desired, Document, Facts, Names, RemoteId, Scope, items, like, wildcard};

/// The condition key of whoever calls.
const PRINCIPAL: &str = "aws:PrincipalArn";

/// A statement that denies model calls which name no guardrail, or another one than they must. Of a policy with several there are
/// several: each has exemptions of its own, and a call must get past all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The policy.
    pub by: Address,
    /// The accounts in which it binds.
    pub accounts: BTreeSet<AccountId>,
    /// The one role that it binds there; `None` for every role.
    pub role: Option<String>,
    /// All statements of the policy that deny, as a policy of their own, with ids in the place of addresses.
    pub denials: Value,
    /// Patterns of the versions that a call must name one of; none where any guardrail will do.
    pub named: BTreeSet<String>,
    /// Patterns of the ARNs of principals that are let off.
    pub exempt: BTreeSet<String>,
    /// Patterns of the ARNs of models that are left out.
    pub spared: BTreeSet<String>,
    /// Patterns of the ARNs of the only models that it is about; none where it is about all that are not left out.
    pub only: BTreeSet<String>,
    /// What else it asks for before it denies: condition keys, in lower case. Whether it binds a call depends on them.
    pub further: BTreeSet<String>,
}

impl Requirement {
    /// Whether it binds the role of this ARN in this account.
    pub fn binds(&self, account: &AccountId, arn: &str) -> bool {
        self.concerns(account, arn) && !self.exempt.iter().any(|pattern| like(pattern, arn))
    }

    /// Whether its policy bears on the role of this ARN in this account, whomever the statement lets off.
    pub fn concerns(&self, account: &AccountId, arn: &str) -> bool {
        let name = arn.rsplit('/').next().unwrap_or_default();
        // IAM tells no roles apart by the case of their letters.
        let is_it = |role: &str| role.eq_ignore_ascii_case(name);
        self.accounts.contains(account) && self.role.as_deref().is_none_or(is_it)
    }

    /// Whether it leaves out the model of this ARN.
    pub fn spares(&self, model: &str) -> bool {
        self.spares_each(&[model])
    }

    /// Whether it leaves out a model that may be meant by any of these ARNs.
    pub fn spares_each(&self, models: &[&str]) -> bool {
        let any = |patterns: &BTreeSet<String>| {
            let is = |pattern: &String, model: &&str| like(pattern, model);
            patterns.iter().any(|pattern| models.iter().any(|model| is(pattern, model)))
        };
        any(&self.spared) || (!self.only.is_empty() && !any(&self.only))
    }

    /// Whether a statement is one of those of its policy that deny.
    pub fn is_of(&self, statement: &Document) -> bool {
        let denials = Document::from(self.denials.clone());
        items(denials.get("Statement")).contains(statement)
    }

    /// Whether a call may name this version.
    pub fn takes(&self, version: &str) -> bool {
        self.named.is_empty() || self.named.iter().any(|pattern| like(pattern, version))
    }
}

/// Versions of the Region of `place` that every one of these statements takes; none where no call there can meet them all.
pub fn candidates(required: &[&Requirement], place: &Scope, facts: &Facts) -> Vec<String> {
    let (partition, home) = (&facts.caller.partition, facts.home());
    // What a pattern stands for does not matter to it. A guardrail's id has letters, so the other one is nobody's.
    let filled = |pattern: &str| pattern.replace(['*', '?'], "1");
    let named = required.iter().flat_map(|one| &one.named).map(|pattern| filled(pattern));
    let region = place.region_name();
    let here = |version: &String| version.split(':').nth(3) == Some(region);
    let anybodys = format!("arn:{partition}:bedrock:{region}:{home}:guardrail/000000000000:1");
    // A pattern may leave the Region open.
    let anywhere = required.iter().flat_map(|one| &one.named).filter_map(|pattern| {
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        let &[arn, of, service, in_region, account, resource] = parts.as_slice() else { return None };
        let account = if account.contains(['*', '?']) { home.as_str() } else { account };
        let open = like(in_region, region);
        open.then(|| {
            format!("{arn}:{}:{service}:{region}:{account}:{}", of.replace('*', partition.as_str()), filled(resource))
        })
    });
    let all: BTreeSet<String> = named.filter(here).chain(anywhere).chain([anybodys]).collect();
    all.into_iter().filter(|version| required.iter().all(|one| one.takes(version))).collect()
}

/// The denials of the policies that these statements are of, each policy once, as JSON.
pub fn denials(required: &[&Requirement]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    required.iter().filter(|one| seen.insert(&one.by)).map(|one| one.denials.to_string()).collect()
}

/// The policies that these statements are of, by their names.
pub fn policies(required: &[&Requirement]) -> String {
    let names: BTreeSet<&str> = required.iter().map(|one| one.by.name.as_str()).collect();
    names.into_iter().collect::<Vec<_>>().join(" and ")
}

/// All of them, in the order of addresses, those of one policy in its order.
pub fn requirements(desired: &Desired, names: &Names, facts: &Facts) -> Vec<Requirement> {
    let mut all = Vec::new();
    for (address, wanted) in &desired.resources {
        match &wanted.model {
            Model::OrgPolicy(model) if !model.policy_type.merges() => {
                let accounts = below(desired, facts, address);
                let found = statements(address, &model.document, names, facts).into_iter();
                all.extend(found.map(|one| Requirement { accounts: accounts.clone(), ..one }));
            }
            Model::IamPolicy(model) => {
                let found = statements(address, &model.document, names, facts);
                let accounts = BTreeSet::from([address.scope.account.clone()]);
                all.extend(roles(desired, address).flat_map(|role| {
                    let of_role = |one: &Requirement| Requirement {
                        accounts: accounts.clone(),
                        role: Some(role.to_owned()),
                        ..one.clone()
                    };
                    found.iter().map(of_role).collect::<Vec<_>>()
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

/// What the statements of a document require, of nobody yet; nothing where it denies no call for the guardrail that it names.
pub fn statements(by: &Address, document: &Document, names: &Names, facts: &Facts) -> Vec<Requirement> {
    let read = Document::from(rendered(document, names, facts));
    let denies = |statement: &&Document| statement.get("Effect").and_then(Document::as_text) == Some("Deny");
    let denying: Vec<&Document> = items(read.get("Statement")).iter().filter(denies).collect();
    let version = ("Version", Document::text("2012-10-17"));
    let denials = Document::map([version, ("Statement", Document::list(denying.iter().map(|one| (*one).clone())))]);
    let denials = serde_json::to_value(&denials).unwrap_or_default();
    let requirement = |statement: &Document| {
        let Condition { named, exempt, further } = Condition::of(statement).filter(|_| is_about_calls(statement))?;
        Some(Requirement {
            by: by.clone(),
            accounts: BTreeSet::new(),
            role: None,
            denials: denials.clone(),
            named,
            exempt,
            spared: texts(statement.get("NotResource")).collect(),
            only: only(statement),
            further,
        })
    };
    denying.into_iter().filter_map(requirement).collect()
}

/// The resources that a statement names; none where `*` is among them.
fn only(statement: &Document) -> BTreeSet<String> {
    let named: BTreeSet<String> = texts(statement.get("Resource")).collect();
    if named.contains("*") { BTreeSet::new() } else { named }
}

/// Whether a statement is about model calls, in one way at least.
fn is_about_calls(statement: &Document) -> bool {
    let means = |key: &str, action: &str| {
        texts(statement.get(key)).any(|pattern| wildcard(pattern.to_lowercase().as_bytes(), action.as_bytes()))
    };
    let left_out = statement.get("NotAction").is_some();
    INVOKE
        .iter()
        .map(|action| action.to_lowercase())
        .any(|action| if left_out { !means("NotAction", &action) } else { means("Action", &action) })
}

fn texts(document: Option<&Document>) -> impl Iterator<Item = String> {
    items(document).iter().filter_map(Document::as_text).map(str::to_owned)
}

fn is_true(value: &Document) -> bool {
    matches!(value, Document::Bool(true)) || value.as_text() == Some("true")
}

/// What a denial says of the guardrail and of whoever calls.
#[derive(Default)]
struct Condition {
    named: BTreeSet<String>,
    exempt: BTreeSet<String>,
    further: BTreeSet<String>,
}

impl Condition {
    /// `None` for one that does not ask for the presence of a guardrail.
    fn of(statement: &Document) -> Option<Self> {
        let Document::Map(operators) = statement.get("Condition")? else { return None };
        let (mut asks, mut found) = (false, Self::default());
        for (operator, compared) in operators {
            let Document::Map(compared) = compared else { continue };
            let negated = operator.contains("Not");
            for (key, values) in compared {
                let is_guardrail = key.eq_ignore_ascii_case(GUARDRAIL);
                if is_guardrail && (negated || operator == "Null") {
                    asks |= negated || items(Some(values)).iter().any(is_true);
                    found.named.extend(texts(Some(values)).filter(|_| negated));
                } else if key.eq_ignore_ascii_case(PRINCIPAL) && negated {
                    found.exempt.extend(texts(Some(values)));
                } else if !is_guardrail {
                    found.further.insert(key.to_lowercase());
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
    use crate::model::{Caller, Partition, Region, RoleNames};

    fn facts(account: &AccountId) -> Facts {
        let caller = Caller { account: account.clone(), arn: String::new(), partition: Partition::new("aws") };
        Facts { caller, organization: None, bedrock_regions: Vec::new(), roles: RoleNames::default() }
    }

    fn found(statement: &Value) -> Option<Requirement> {
        let account: AccountId = "111122223333".parse().expect("an id");
        let facts = facts(&account);
        let by = Address::new(Kind::IamPolicy, Scope::global(account.clone()), "p");
        let document = Document::from(json!({"Statement": [statement]}));
        let found = statements(&by, &document, &Names::default(), &facts).into_iter().next()?;
        Some(Requirement { accounts: BTreeSet::from([account]), ..found })
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

    #[test]
    fn each_statement_has_exemptions_of_its_own() {
        let account: AccountId = "111122223333".parse().expect("an id");
        let by = Address::new(Kind::OrgPolicy, Scope::global(account.clone()), "p");
        let document = Document::from(json!({"Statement": [
            {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*", "Condition": {"Null": {GUARDRAIL: "true"}}},
            {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": ["arn:aws:bedrock:*::foundation-model/nova-*"],
             "Condition": {"ArnNotLike": {GUARDRAIL: "arn:a:*", PRINCIPAL: "arn:aws:iam::*:role/*Agents*"}, "StringEquals": {"aws:RequestedRegion": "r"}}},
            {"Effect": "Deny", "Action": "bedrock:ApplyGuardrail", "Resource": "*", "Condition": {"Null": {GUARDRAIL: "true"}}},
        ]}));
        let facts = facts(&account);
        let mut found = statements(&by, &document, &Names::default(), &facts);
        found.sort_by_key(|one| one.exempt.len());
        let [all, some] = found.try_into().expect("two of them");
        let of = |one: Requirement| Requirement { accounts: BTreeSet::from([account.clone()]), ..one };
        let (all, some) = (of(all), of(some));
        let agent = "arn:aws:iam::111122223333:role/ForAgents_1";
        assert!(all.binds(&account, agent) && !some.binds(&account, agent) && some.concerns(&account, agent));
        let nova = "arn:aws:bedrock:us-east-1::foundation-model/nova-lite";
        assert!(!some.spares(nova) && some.spares("arn:aws:bedrock:us-east-1::foundation-model/titan"));
        assert!(!all.spares(nova) && !some.spares_each(&["arn:profile", nova]), "one of the two is what is called");
        assert_eq!((all.further.len(), some.further.len()), (0, 1));
        assert_eq!(denials(&[&all, &some]).len(), 1, "one policy is one");
    }

    #[test]
    fn what_calls_may_name_is_of_their_region() {
        let one = found(&json!({"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"ArnNotLike": {GUARDRAIL: ["arn:aws:bedrock:eu-west-1:1:guardrail/a:*", "arn:aws:bedrock:us-*:1:guardrail/b:2"]}}}));
        let (one, account) = (one.expect("it requires one"), "111122223333".parse().expect("an id"));
        let of = |region: &str| {
            let place = Scope::regional(AccountId::clone(&account), Region::new(region));
            candidates(&[&one], &place, &facts(&account))
        };
        assert_eq!(of("eu-west-1"), ["arn:aws:bedrock:eu-west-1:1:guardrail/a:1"]);
        assert_eq!(of("us-east-1"), ["arn:aws:bedrock:us-east-1:1:guardrail/b:2"]);
        assert_eq!(of("ap-south-1"), [""; 0]);
    }
}
