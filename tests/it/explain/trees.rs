//! Random organizations: what the policies on the way to each account come to is what `DescribeEffectivePolicy` says, and where
//! that is no valid policy, AWS says so, too.

use std::collections::{BTreeMap, BTreeSet};

use bedrail::aws::{Access, CallLog, invalid_accounts};
use bedrail::explain::{Ground, Policy, chains};
use bedrail::kinds::org_policy_type::PolicyType;
use bedrail::model::{Document, Ref, RemoteId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::{effective, facts};
use crate::support::{MANAGEMENT, Sandbox};

/// How many organizations there are.
const TREES: usize = 1000;
const CHILD_CONTROL: &str = "@@operators_allowed_for_child_policies";
const UNITS: [&str; 5] =
    ["ou-sand-one00000", "ou-sand-two00000", "ou-sand-three000", "ou-sand-four0000", "ou-sand-five0000"];
const ACCOUNTS: [&str; 4] = ["222233334444", "333344445555", "444455556666", "555566667777"];

type Keys = Map<String, Value>;

fn control() -> BoxedStrategy<Option<Value>> {
    let all = vec![
        json!(["@@all"]),
        json!(["@@none"]),
        json!(["@@assign"]),
        json!(["@@append"]),
        json!(["@@append", "@@remove"]),
    ];
    prop_oneof![3 => Just(None), 1 => select(all).prop_map(Some)].boxed()
}

fn controlled(mut keys: Keys, control: Option<Value>) -> Option<Value> {
    keys.extend(control.map(|control| (CHILD_CONTROL.to_owned(), control)));
    (!keys.is_empty()).then_some(Value::Object(keys))
}

/// A setting of one value.
fn single(values: Vec<String>) -> BoxedStrategy<Option<Value>> {
    (option::weighted(0.8, select(values)), control())
        .prop_map(|(value, control)| {
            let keys = value.into_iter().map(|value| ("@@assign".to_owned(), json!(value)));
            controlled(keys.collect(), control)
        })
        .boxed()
}

/// A setting of several values.
fn list() -> BoxedStrategy<Option<Value>> {
    let values = || option::weighted(0.4, vec(select(vec!["ALL", "a.one", "b.two", "c.three"]), 0..3));
    (values(), values(), values(), control())
        .prop_map(|(assign, append, remove, control)| {
            let keys = [("@@assign", assign), ("@@append", append), ("@@remove", remove)];
            let keys = keys.into_iter().filter_map(|(key, values)| Some((key.to_owned(), json!(values?))));
            controlled(keys.collect(), control)
        })
        .boxed()
}

/// A map of those of these elements that say something.
fn map(elements: impl IntoIterator<Item = (&'static str, Option<Value>)>, control: Option<Value>) -> Option<Value> {
    let keys = elements.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    controlled(keys.collect(), control)
}

fn configuration(region: &'static str) -> BoxedStrategy<Option<Value>> {
    let version = |number| format!("arn:aws:bedrock:{region}:{MANAGEMENT}:guardrail/abc:{number}");
    let mode = || single(vec!["selective".to_owned(), "comprehensive".to_owned()]);
    let words = vec!["honor".to_owned(), "ignore".to_owned()];
    let versions = vec![version(1), version(2), version(3)];
    (
        option::weighted(0.9, single(versions)),
        option::of((mode(), mode(), control())),
        option::weighted(0.4, (list(), list(), control())),
        option::weighted(0.1, single(words)),
        control(),
    )
        .prop_map(|(identifier, guarding, lists, tags, control)| {
            let guarding = guarding
                .and_then(|(system, messages, control)| map([("system", system), ("messages", messages)], control));
            let models = lists.and_then(|(included, excluded, control)| {
                map([("included_models", included), ("excluded_models", excluded)], control)
            });
            let elements = [
                ("identifier", identifier.flatten()),
                ("selective_content_guarding", guarding),
                ("model_enforcement", models),
                ("input_tags", tags.flatten()),
            ];
            map(elements, control)
        })
        .boxed()
}

fn region(name: &'static str) -> BoxedStrategy<Option<Value>> {
    let second = option::weighted(0.05, configuration(name));
    (configuration(name), second, control())
        .prop_map(|(first, second, control)| map([("config_1", first), ("config_2", second.flatten())], control))
        .boxed()
}

/// A document of a policy; nothing where it says nothing.
fn document() -> BoxedStrategy<Option<Value>> {
    let regions = (option::weighted(0.9, region("us-east-1")), option::weighted(0.3, region("eu-west-1")));
    (regions, control(), control(), control())
        .prop_map(|((east, west), of_regions, of_bedrock, of_all)| {
            let regions = map([("us-east-1", east.flatten()), ("eu-west-1", west.flatten())], of_regions);
            let bedrock = map([("guardrail_inference", regions)], of_bedrock);
            map([("bedrock", bedrock)], of_all)
        })
        .boxed()
}

/// An organization: where OUs and accounts are, the policies, and where these are attached, in order.
#[derive(Debug)]
struct Tree {
    units: BTreeMap<&'static str, String>,
    accounts: BTreeMap<&'static str, String>,
    documents: Vec<Value>,
    attached: BTreeMap<String, Vec<usize>>,
}

fn tree() -> BoxedStrategy<Tree> {
    let places = || vec(any::<prop::sample::Index>(), UNITS.len() + ACCOUNTS.len());
    let documents = vec(document(), 1..6);
    let attached = vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..9);
    (places(), documents, attached)
        .prop_map(|(places, documents, attached)| {
            let mut nodes = vec!["r-sand".to_owned()];
            let (of_units, of_accounts) = places.split_at(UNITS.len());
            let mut units = BTreeMap::new();
            for (unit, place) in UNITS.into_iter().zip(of_units) {
                units.insert(unit, place.get(&nodes).clone());
                nodes.push(unit.to_owned());
            }
            let accounts: BTreeMap<_, _> =
                ACCOUNTS.into_iter().zip(of_accounts).map(|(id, place)| (id, place.get(&nodes).clone())).collect();
            nodes.extend(ACCOUNTS.map(str::to_owned));
            let documents: Vec<Value> = documents.into_iter().flatten().collect();
            let mut of_node: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (node, document) in attached {
                if !documents.is_empty() {
                    let (on, document) =
                        (of_node.entry(node.get(&nodes).clone()).or_default(), document.index(documents.len()));
                    if !on.contains(&document) {
                        on.push(document);
                    }
                }
            }
            Tree { units, accounts, documents, attached: of_node }
        })
        .boxed()
}

fn id(document: usize) -> String {
    format!("p-policy{document:04}")
}

impl Tree {
    /// The state of the local AWS that holds it.
    fn state(&self, seed: &Value) -> Value {
        let mut state = seed.clone();
        let organization = &mut state["organization"];
        let named = |name: &str, parent: &String| json!({"name": name, "parent": parent});
        organization["units"] =
            self.units.iter().map(|(id, parent)| ((*id).to_owned(), named(id, parent))).collect::<Keys>().into();
        let accounts = organization["accounts"].as_object_mut().expect("accounts");
        accounts.retain(|id, _| id == MANAGEMENT || self.accounts.contains_key(id.as_str()));
        for (account, parent) in &self.accounts {
            accounts[*account]["parent"] = json!(parent);
        }
        organization["policy_types"] = json!({"BEDROCK_POLICY": {"enabled": true}});
        let policy = |(at, document): (usize, &Value)| {
            let name = format!("policy-{at}");
            (id(at), json!({"name": name, "type": "BEDROCK_POLICY", "content": document.to_string()}))
        };
        organization["policies"] = self.documents.iter().enumerate().map(policy).collect::<Keys>().into();
        let attached = |(node, all): (&String, &Vec<usize>)| {
            (node.clone(), json!({"BEDROCK_POLICY": all.iter().map(|at| id(*at)).collect::<Vec<_>>()}))
        };
        organization["attachments"] = self.attached.iter().map(attached).collect::<Keys>().into();
        state
    }

    /// What bedrail knows of it.
    fn ground(&self) -> Ground {
        let policy = |(at, document): (usize, &Value)| {
            let targets = self.attached.iter().filter(|(_, all)| all.contains(&at)).map(|(node, _)| node.clone());
            let policy = Policy {
                name: format!("policy-{at}"),
                policy_type: PolicyType::Bedrock,
                document: Ok(Document::from(document.clone())),
                targets: Ok(targets.collect()),
            };
            (Ref::Foreign(RemoteId::new(id(at))), policy)
        };
        Ground { policies: self.documents.iter().enumerate().map(policy).collect(), ..Ground::default() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_policies_come_to_is_what_aws_says_of_a_thousand_trees() {
    let sandbox = Sandbox::start().await;
    let seed = sandbox.state().await;
    let clients = sandbox.clients(Access::ReadOnly).await;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut valid, mut invalid, mut empty) = (0, 0, 0);
    for _ in 0..TREES {
        let tree = tree().new_tree(&mut runner).expect("a tree").current();
        sandbox.control("PUT", "/_bedrail/state", &tree.state(&seed)).await;
        let facts = facts(&clients).await;
        let organization = facts.organization.as_ref().expect("an organization");
        let log = CallLog::default();
        let broken = invalid_accounts(&clients.reading(&log)).await.expect("it answers");
        let mut ground = tree.ground();
        for account in tree.accounts.keys().chain([&MANAGEMENT]) {
            ground.told.insert(account.parse().expect("an account id"), Ok(effective(&clients, account).await));
        }
        ground.invalid = Some(broken.clone());
        let chains = chains(&ground, organization);
        let reached: BTreeSet<_> = chains.iter().flat_map(|chain| &chain.accounts).collect();
        assert_eq!(reached.len(), tree.accounts.len() + 1, "every account is in one chain");
        for chain in &chains {
            // AWS's answer tells the order of attachment, which nothing else does; whether one fits is what is tried here.
            let is_broken = chain.accounts.iter().all(|account| broken.contains(account));
            let several = tree.attached.values().any(|all| all.len() > 1);
            if !several {
                assert_eq!(
                    !chain.inherited.defects().is_empty(),
                    is_broken,
                    "{tree:#?} {:?}",
                    chain.inherited.defects()
                );
            }
            assert_eq!(chain.disagreement(), None, "{tree:#?}");
            match (is_broken, chain.inherited.document()) {
                (true, _) => invalid += 1,
                (false, Some(_)) => valid += 1,
                (false, None) => empty += 1,
            }
        }
    }
    assert!(valid > TREES && invalid > TREES / 10 && empty > 0, "{valid} valid, {invalid} invalid, {empty} empty");
}
