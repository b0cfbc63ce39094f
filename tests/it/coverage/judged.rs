//! Random organizations: how each account stands in each Region is what the judge of the local AWS says.

use std::collections::{BTreeMap, BTreeSet};

use bedrail::aws::{Access, Whereabouts, bedrock_regions, whereabouts};
use bedrail::coverage::{Extent, Grid, State};
use bedrail::explain::{Cell, Level};
use bedrail::live::bearing;
use bedrail::model::{Facts, Region, RoleNames};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use crate::support::{MANAGEMENT, Sandbox};

/// How many organizations there are.
const WORLDS: usize = 60;
const REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];
const NODES: [&str; 4] = ["r-sand", "ou-sand-workload0", "ou-sand-wlprod00", "444455556666"];
const MEMBERS: [&str; 4] = ["222233334444", "333344445555", "444455556666", "555566667777"];
const COMMON: [&str; 2] = ["aaa", "bbb"];

fn arn(account: &str, region: &str, guardrail: &str) -> String {
    format!("arn:aws:bedrock:{region}:{account}:guardrail/{guardrail}")
}

/// A configuration of a Region: of which guardrail and version, of whose; now and then of none, which is no valid policy.
type Configured = Option<(&'static str, &'static str, bool)>;

fn configured() -> BoxedStrategy<Configured> {
    let version = prop_oneof![12 => Just("1"), 1 => Just("9")];
    option::weighted(0.95, (select(COMMON.to_vec()), version, proptest::bool::weighted(0.07))).boxed()
}

#[derive(Debug)]
struct World {
    /// By node and Region.
    policies: Vec<(&'static str, &'static str, Configured)>,
    /// By member and Region: its own guardrail or a common one, and the version.
    enforced: Vec<(&'static str, &'static str, Option<&'static str>, &'static str)>,
    /// Which guardrails are shared with nobody, and where.
    kept: Vec<(&'static str, &'static str)>,
    /// Which hold automated reasoning.
    reasoning: Vec<(&'static str, &'static str)>,
}

fn world() -> BoxedStrategy<World> {
    let region = || select(REGIONS.to_vec());
    let version = prop_oneof![12 => Just("1"), 1 => Just("9")];
    let common = || select(COMMON.to_vec());
    (
        vec((select(NODES.to_vec()), region(), configured()), 0..5),
        vec((select(MEMBERS.to_vec()), region(), option::of(common()), version), 0..6),
        vec((common(), region()), 0..2),
        vec((common(), region()), 0..2),
    )
        .prop_map(|(policies, enforced, kept, reasoning)| World { policies, enforced, kept, reasoning })
        .boxed()
}

impl World {
    fn state(&self, seed: &Value) -> Value {
        let mut state = seed.clone();
        let organization = &mut state["organization"];
        organization["policy_types"] = json!({"BEDROCK_POLICY": {"enabled": true}});
        // One policy for each node, so that no order of attachment matters.
        let mut documents: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for (node, region, configured) in &self.policies {
            let named = configured.map_or_else(
                || json!({"selective_content_guarding": {"system": {"@@assign": "selective"}}}),
                |(guardrail, version, foreign)| {
                    let owner = if foreign { MEMBERS[0] } else { MANAGEMENT };
                    json!({"identifier": {"@@assign": format!("{}:{version}", arn(owner, region, guardrail))}})
                },
            );
            documents.entry(node).or_default().insert((*region).to_owned(), json!({ "config_1": named }));
        }
        for (at, (node, regions)) in documents.into_iter().enumerate() {
            let id = format!("p-policy{at:04}");
            let content = json!({"bedrock": {"guardrail_inference": regions}}).to_string();
            organization["policies"][&id] =
                json!({"name": format!("policy-{at}"), "type": "BEDROCK_POLICY", "content": content});
            organization["attachments"][node]["BEDROCK_POLICY"] = json!([id]);
        }
        for region in REGIONS {
            for guardrail in COMMON {
                self.publish(&mut state, MANAGEMENT, region, guardrail);
                if !self.kept.contains(&(guardrail, region)) {
                    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
                        "Action": "bedrock:ApplyGuardrail", "Resource": arn(MANAGEMENT, region, guardrail),
                        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}}}]});
                    state["bedrock"][MANAGEMENT][region]["resource_policies"][arn(MANAGEMENT, region, guardrail)] =
                        json!(policy.to_string());
                }
            }
        }
        for (member, region, common, version) in &self.enforced {
            let named = common.map_or_else(|| arn(member, region, "own"), |common| arn(MANAGEMENT, region, common));
            self.publish(&mut state, member, region, "own");
            state["bedrock"][*member][*region]["enforced"] = json!({
                "configId": "c1", "guardrailArn": named, "guardrailVersion": version,
                "selectiveContentGuarding": {"system": "COMPREHENSIVE", "messages": "COMPREHENSIVE"},
                "modelEnforcement": {"includedModels": ["ALL"], "excludedModels": []},
                "createdAt": 0, "createdBy": "x", "updatedAt": 0, "updatedBy": "x",
            });
        }
        state
    }

    fn publish(&self, state: &mut Value, account: &str, region: &str, guardrail: &str) {
        let mut content = json!({"name": guardrail, "blockedInputMessaging": "No.", "blockedOutputsMessaging": "No.",
            "contentPolicy": {"filters": [{"type": "HATE", "inputStrength": "HIGH", "outputStrength": "HIGH"}]}});
        if account == MANAGEMENT && self.reasoning.contains(&(guardrail, region)) {
            let policy = format!("arn:aws:bedrock:{region}:{account}:automated-reasoning-policy/abcdefghijkl:1");
            content["automatedReasoningPolicy"] = json!({"policies": [policy]});
        }
        state["bedrock"][account][region]["guardrails"][guardrail] =
            json!({"draft": {"content": content}, "versions": {"1": {"content": content}}, "published": 1});
    }
}

/// How the judge says that accounts stand where something is in force: whether models can be called, and what is enforced.
fn judged(timeline: &Value) -> BTreeMap<(String, String), (String, Vec<String>)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let last = timeline.as_array().and_then(|entries| entries.last()).expect("an entry");
    let scopes = last["scopes"].as_array().expect("scopes").iter().map(|scope| {
        let enforced = scope["enforced"].as_array().expect("a list").iter();
        let enforced = enforced.map(|one| {
            format!("{} {}:{}", text(&one["level"]), text(&one["guardrail_arn"]), text(&one["guardrail_version"]))
        });
        ((text(&scope["account"]), text(&scope["region"])), (text(&scope["inference"]), enforced.collect()))
    });
    scopes.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cell_stands_as_the_local_aws_says() {
    let sandbox = Sandbox::start().await;
    let seed = sandbox.state().await;
    let clients = sandbox.clients(Access::ReadOnly).await;
    let Whereabouts { read, .. } = whereabouts(&clients).await.expect("an organization");
    let facts = Facts {
        caller: clients.caller().clone(),
        bedrock_regions: bedrock_regions(&clients.caller().partition),
        roles: RoleNames::default(),
        organization: read,
    };
    let extent = Extent::of(&facts);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[13; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut met: BTreeMap<State, usize> = BTreeMap::new();
    let mut levels: BTreeSet<Vec<Level>> = BTreeSet::new();
    // Which policy types are enabled is a fact that the seed does not have yet.
    let enabled = vec![("BEDROCK_POLICY".to_owned(), "ENABLED".to_owned())];
    let organization =
        facts.organization.clone().map(|known| bedrail::model::Organization { policy_types: enabled, ..known });
    let facts = Facts { organization, ..facts };
    for _ in 0..WORLDS {
        let world = world().new_tree(&mut runner).expect("a world").current();
        sandbox.control("PUT", "/_bedrail/state", &world.state(&seed)).await;
        let cells: Vec<Cell<'_>> = extent
            .accounts
            .iter()
            .flat_map(|account| {
                let known = extent.regions.iter().filter(|region| REGIONS.contains(&region.as_str()));
                known.map(|region| Cell { account: &account.id, region, model: None, role: None })
            })
            .collect();
        let ground = bearing(&clients, &facts, &cells).await;
        let grid = Grid::of(&ground, &facts, &extent);
        let judged = judged(&sandbox.control("GET", "/_bedrail/timeline", &Value::Null).await);
        for (at, account) in extent.accounts.iter().enumerate() {
            for region in REGIONS {
                let place = extent.regions.iter().position(|known| *known == Region::new(region)).expect("a Region");
                let cell = grid.cell(at, place);
                let nothing = ("ok".to_owned(), Vec::new());
                let (inference, enforced) =
                    judged.get(&(account.id.to_string(), region.to_owned())).unwrap_or(&nothing);
                let expected = match (inference.as_str(), enforced.is_empty()) {
                    ("invalid", _) => State::Invalid,
                    ("denied", _) => State::Denied,
                    (_, true) => State::Unprotected,
                    (_, false) => State::Protected,
                };
                assert_eq!(cell.state, expected, "{} {region} {judged:#?}\n{world:#?}\n{cell:#?}", account.id);
                let told: BTreeSet<&str> = enforced.iter().filter_map(|one| one.split(' ').next()).collect();
                let ours: BTreeSet<String> = cell.levels.iter().map(|level| level.word().to_uppercase()).collect();
                assert_eq!(ours, told.into_iter().map(str::to_owned).collect(), "{} {region} {cell:#?}", account.id);
                *met.entry(cell.state).or_default() += 1;
                levels.insert(cell.levels.clone());
            }
        }
    }
    for state in [State::Protected, State::Denied, State::Invalid, State::Unprotected] {
        assert!(met.get(&state).is_some_and(|count| *count > 10), "{met:?}");
    }
    assert_eq!(levels.len(), 4, "every combination of levels: {levels:?}");
}
