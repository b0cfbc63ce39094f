use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::*;
use crate::coverage::{Passage, Totals, Way};
use crate::explain::{Policy, Version, chain_of};
use crate::kinds::account_enforcement::{Guarding, ModelEnforcement, SelectiveContentGuarding};
use crate::kinds::guardrail::sample::{filter, silent};
use crate::kinds::guardrail::{ContentFilterType, ContentPolicy, Strength, Tier};
use crate::kinds::org_policy_type::PolicyType;
use crate::model::{Account, Caller, Document, Organization, Partition, Region, RemoteId, RoleNames, Scope, Standing};

const HOME: &str = "111122223333";
const MEMBERS: [(&str, &[&str]); 5] = [
    ("222233334444", &["r-1", "ou-a"]),
    ("333344445555", &["r-1", "ou-a", "ou-b"]),
    ("444455556666", &["r-1", "ou-a", "ou-b"]),
    ("555566667777", &["r-1", "ou-c"]),
    ("666677778888", &["r-1", "ou-c"]),
];
const NODES: [&str; 5] = ["r-1", "ou-a", "ou-b", "ou-c", "444455556666"];
const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "us-west-2"];

fn id(text: &str) -> AccountId {
    text.parse().expect("an account id")
}

fn facts() -> Facts {
    let account = |id: &str, ancestors: &[&str]| Account {
        id: self::id(id),
        name: format!("of-{id}"),
        active: true,
        ancestors: ancestors.iter().map(|id| (*id).to_owned()).collect(),
    };
    let mut accounts = vec![account(HOME, &["r-1"])];
    accounts.extend(MEMBERS.iter().map(|(id, ancestors)| account(id, ancestors)));
    let organization = Organization { root: "r-1".to_owned(), accounts, ..Organization::known("o-1", id(HOME)) };
    Facts {
        caller: Caller { account: id(HOME), arn: String::new(), partition: Partition::new("aws") },
        organization: Some(organization),
        bedrock_regions: REGIONS.map(Region::new).to_vec(),
        roles: RoleNames::default(),
    }
}

fn content(strength: Strength) -> Content {
    let filters = BTreeMap::from([(ContentFilterType::Hate, filter(strength, Strength::None))]);
    Content { content_policy: Some(ContentPolicy { tier: Tier::Classic, filters }), ..silent() }
}

fn arn(account: &str, region: &str, guardrail: &str) -> String {
    format!("arn:aws:bedrock:{region}:{account}:guardrail/{guardrail}")
}

/// What a version is: there, there and not READY, gone, or hidden.
fn version() -> BoxedStrategy<u8> {
    prop_oneof![6 => Just(0_u8), 1 => Just(1), 1 => Just(2), 1 => Just(3)].boxed()
}

fn seen(kind: u8, guardrail: &str, strength: Strength) -> Result<Option<Version>, String> {
    let status = Some(if kind == 1 { "CREATING" } else { "READY" }.to_owned());
    match kind {
        2 => Ok(None),
        3 => Err("AccessDenied".to_owned()),
        _ => Ok(Some(Version {
            guardrail: Ref::Foreign(RemoteId::new(guardrail)),
            content: content(strength),
            standing: Standing { status, ..Standing::default() },
            marker: None,
        })),
    }
}

/// What service control policies say.
fn controls() -> Vec<Value> {
    let deny = |action: &str, condition: Value| json!({"Statement": [{"Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition}]});
    vec![
        deny("bedrock:InvokeModel*", json!({"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}})),
        deny("bedrock-mantle:*", json!({})),
        deny("bedrock:*", json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}})),
        deny("bedrock:InvokeModel*", json!({"Null": {"bedrock:GuardrailIdentifier": "true"}})),
    ]
}

#[derive(Clone, Debug)]
struct World {
    /// The node of each policy that merges, with the place of the Region and of the guardrail.
    policies: Vec<(&'static str, usize, usize)>,
    controls: Vec<(&'static str, usize)>,
    /// For each member and Region: nothing, its own guardrail, a common one, unavailable, unseen.
    enforced: Vec<u8>,
    versions: Vec<u8>,
    own: Vec<u8>,
    /// Whom each common guardrail is shared with: all, some, nobody, hidden.
    sharing: Vec<(u8, Vec<&'static str>)>,
    selective: bool,
    invalid: Option<usize>,
}

fn world() -> BoxedStrategy<World> {
    let cells = MEMBERS.len() * REGIONS.len();
    let members: Vec<&str> = MEMBERS.iter().map(|(id, _)| *id).collect();
    (
        vec((select(NODES.to_vec()), 0..REGIONS.len(), 0..2_usize), 0..5),
        vec((select(NODES.to_vec()), 0..4_usize), 0..3),
        vec(prop_oneof![5 => Just(0_u8), 3 => Just(1), 3 => Just(2), 1 => Just(3), 1 => Just(4)], cells),
        vec(version(), 2 * REGIONS.len()),
        vec(version(), cells),
        vec((prop_oneof![4 => Just(0_u8), 1 => Just(1), 1 => Just(2), 1 => Just(3)], subsequence(members, 0..=4)), 2),
        any::<bool>(),
        option::weighted(0.1, 0..MEMBERS.len()),
    )
        .prop_map(|(policies, controls, enforced, versions, own, sharing, selective, invalid)| World {
            policies,
            controls,
            enforced,
            versions,
            own,
            sharing,
            selective,
            invalid,
        })
        .boxed()
}

impl World {
    fn ground(&self) -> Ground {
        let mut ground = Ground::default();
        for (at, (node, region, guardrail)) in self.policies.iter().enumerate() {
            let named = format!("{}:1", arn(HOME, REGIONS[*region], &format!("common{guardrail}")));
            let document = json!({"bedrock": {"guardrail_inference": {REGIONS[*region]:
                {"config_1": {"identifier": {"@@assign": named}}}}}});
            ground.policies.insert(
                Ref::Foreign(RemoteId::new(format!("p-{at}"))),
                Policy {
                    name: format!("policy-{at}"),
                    policy_type: PolicyType::Bedrock,
                    document: Ok(Document::from(document)),
                    targets: Ok(BTreeSet::from([(*node).to_owned()])),
                },
            );
        }
        for (at, (node, which)) in self.controls.iter().enumerate() {
            ground.policies.insert(
                Ref::Foreign(RemoteId::new(format!("p-c{at}"))),
                Policy {
                    name: format!("control-{at}"),
                    policy_type: PolicyType::ServiceControl,
                    document: Ok(Document::from(controls()[*which].clone())),
                    targets: Ok(BTreeSet::from([(*node).to_owned()])),
                },
            );
        }
        for (at, region) in REGIONS.iter().enumerate() {
            for guardrail in 0..2 {
                let of = arn(HOME, region, &format!("common{guardrail}"));
                let found = seen(self.versions[2 * at + guardrail], &of, Strength::High);
                ground.versions.insert(Ref::Foreign(RemoteId::new(format!("{of}:1"))), found);
                ground.sharing.insert(Ref::Foreign(RemoteId::new(&*of)), self.shared(guardrail, &of));
            }
        }
        for (at, (account, _)) in MEMBERS.iter().enumerate() {
            for (place, region) in REGIONS.iter().enumerate() {
                self.enforce(at * REGIONS.len() + place, account, region, &mut ground);
            }
        }
        ground.invalid = Some(self.invalid.iter().map(|at| id(MEMBERS[*at].0)).collect());
        ground
    }

    fn shared(&self, guardrail: usize, of: &str) -> Result<Option<Document>, String> {
        let (how, with) = &self.sharing[guardrail];
        let allow = |principal: Value, condition: Value| {
            Document::from(json!({"Statement": [{"Effect": "Allow", "Principal": principal,
                "Action": "bedrock:ApplyGuardrail", "Resource": of, "Condition": condition}]}))
        };
        match how {
            0 => Ok(Some(allow(json!("*"), json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})))),
            1 => Ok(Some(allow(json!({ "AWS": with }), json!({})))),
            2 => Ok(None),
            _ => Err("AccessDenied".to_owned()),
        }
    }

    fn enforce(&self, at: usize, account: &str, region: &str, ground: &mut Ground) {
        let guarding = if self.selective { Guarding::Selective } else { Guarding::Comprehensive };
        let model = |version: String| {
            Enforced::Is(account_enforcement::Model {
                version: Ref::Foreign(RemoteId::new(version)),
                selective_content_guarding: SelectiveContentGuarding { system: guarding, messages: guarding },
                model_enforcement: ModelEnforcement::default(),
                needs: Vec::new(),
            })
        };
        let enforced = match self.enforced[at] {
            1 => {
                let of = arn(account, region, &format!("own{at}"));
                let strength = if at.is_multiple_of(2) { Strength::High } else { Strength::Low };
                let version = format!("{of}:1");
                ground.versions.insert(Ref::Foreign(RemoteId::new(&*version)), seen(self.own[at], &of, strength));
                model(version)
            }
            2 => model(format!("{}:1", arn(HOME, region, "common0"))),
            3 => Enforced::Unavailable("not enabled".to_owned()),
            4 => Enforced::Unseen(format!("may not assume arn:aws:iam::{account}:role/reader")),
            _ => Enforced::Nothing,
        };
        ground.enforced.insert(Scope::regional(id(account), Region::new(region)), enforced);
    }
}

/// Everything that a cell says, as it is for all that are alike.
fn said(judged: &Judged<'_>, account: &AccountId, own: Option<&str>) -> String {
    let Judged { state, levels, explanation, ways, .. } = judged;
    let mut text = format!("{state:?} {levels:?} {ways:?} {explanation:?}");
    // The accounts of the chain are named by nothing that is told of the cell.
    text = anywhere(&text, account, own);
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A cell that shares its explanation is told what it would be told alone.
    #[test]
    fn what_is_shared_is_what_each_would_be_told_alone(world in world()) {
        let (facts, ground) = (facts(), world.ground());
        let extent = Extent::of(&facts);
        let grid = Grid::of(&ground, &facts, &extent);
        prop_assert_eq!(extent.size(), extent.accounts.len() * REGIONS.len());
        for (at, account) in extent.accounts.iter().enumerate() {
            let chain = chain_of(&ground, facts.organization.as_ref(), &account.id);
            for (place, region) in extent.regions.iter().enumerate() {
                let cell = Cell { account: &account.id, region, model: None, role: None };
                // What AWS calls invalid it calls so for all below the same policies.
                let is_invalid = grid.chains[grid.cell(at, place).chain].is_invalid;
                let alone = judge(&ground, &facts, &Chain { is_invalid, ..chain.clone() }, &cell, (at, place, 0));
                let shared = grid.cell(at, place);
                let first = &extent.accounts[shared.account].id;
                let told = said(shared, first, grid.own_guardrail(shared.account, shared.region));
                prop_assert_eq!(told, said(&alone, &account.id, grid.own_guardrail(at, place)));
            }
        }
    }

    /// What is counted below a node is what is counted in it and below the nodes in it, and every cell is counted once.
    #[test]
    fn totals_add_up(world in world()) {
        let (facts, ground) = (facts(), world.ground());
        let extent = Extent::of(&facts);
        let grid = Grid::of(&ground, &facts, &extent);
        let all = Totals::of(&grid, 0..extent.accounts.len());
        prop_assert_eq!(all.states.values().sum::<usize>(), extent.size());
        for (at, node) in extent.nodes.iter().enumerate() {
            let whole = Totals::of(&grid, node.accounts.clone());
            let mut sum: BTreeMap<State, usize> = BTreeMap::new();
            let inner = extent.nodes.iter().filter(|inner| inner.parent == Some(at));
            let mut first = node.accounts.start;
            for part in inner.map(|inner| inner.accounts.clone()) {
                for (state, count) in Totals::of(&grid, part.clone()).states {
                    *sum.entry(state).or_default() += count;
                }
                for (state, count) in Totals::of(&grid, first..part.start).states {
                    *sum.entry(state).or_default() += count;
                }
                first = part.end;
            }
            for (state, count) in Totals::of(&grid, first..node.accounts.end).states {
                *sum.entry(state).or_default() += count;
            }
            prop_assert_eq!(whole.states, sum);
        }
    }

    /// Where nothing can be called nothing is uncovered, and what is protected has no open Region.
    #[test]
    fn a_state_and_its_ways_agree(world in world()) {
        let (facts, ground) = (facts(), world.ground());
        let extent = Extent::of(&facts);
        let grid = Grid::of(&ground, &facts, &extent);
        for judged in &grid.judged {
            let region = judged.ways.iter().find(|around| around.way == Way::Region).map(|around| around.passage);
            match judged.state {
                State::Unavailable => prop_assert_eq!(region, None),
                State::Unprotected => prop_assert!(region.is_some_and(|passage| passage != Passage::Closed)),
                State::Unseen => prop_assert_eq!(region, Some(Passage::Unknown)),
                State::Protected => {
                    prop_assert_eq!(region, Some(Passage::Closed));
                    prop_assert!(!judged.levels.is_empty() && !judged.explanation.fails());
                }
                State::Denied | State::Invalid => prop_assert!(region.is_some()),
            }
        }
    }
}

#[test]
fn a_large_organization_costs_what_differs_in_it() {
    let mut facts = facts();
    let organization = facts.organization.as_mut().expect("an organization");
    organization.accounts = (0..5000)
        .map(|at| Account {
            id: id(&format!("{:012}", 200_000_000_000_u64 + at)),
            name: format!("a{at}"),
            active: true,
            ancestors: vec!["r-1".to_owned(), format!("ou-{}", at % 200)],
        })
        .collect();
    let mut world = World {
        policies: vec![("r-1", 0, 0), ("ou-7", 1, 1)],
        controls: vec![("r-1", 1)],
        enforced: vec![0; 15],
        versions: vec![0; 6],
        own: vec![0; 15],
        sharing: vec![(0, vec![]), (0, vec![])],
        selective: false,
        invalid: None,
    };
    world.controls.push(("ou-9", 0));
    let mut ground = world.ground();
    ground.enforced.clear();
    for (at, account) in organization.accounts.iter().enumerate().filter(|(at, _)| at % 3 == 0) {
        for region in REGIONS {
            let of = arn(account.id.as_str(), region, &format!("g{at}"));
            let version = Ref::Foreign(RemoteId::new(format!("{of}:1")));
            ground.versions.insert(version.clone(), seen(0, &of, Strength::Low));
            let model = account_enforcement::Model {
                version,
                selective_content_guarding: SelectiveContentGuarding::default(),
                model_enforcement: ModelEnforcement::default(),
                needs: Vec::new(),
            };
            ground.enforced.insert(Scope::regional(account.id.clone(), Region::new(region)), Enforced::Is(model));
        }
    }
    let extent = Extent::of(&facts);
    let grid = Grid::of(&ground, &facts, &extent);
    assert_eq!(extent.size(), 15_000);
    // Three ways from the root, three Regions, with a guardrail of their own and without.
    assert!(grid.judged.len() <= 3 * 3 * 2, "{}", grid.judged.len());
    assert!(grid.own_guardrail(0, 0).is_some_and(|id| id.starts_with('g')) || grid.own_guardrail(1, 0).is_some());
}

/// The judged cell of a member in the first Region, below these policies of the root; nothing is in effect.
fn below<T>(policies: &[(PolicyType, Value)], look: impl FnOnce(&Judged<'_>) -> T) -> T {
    let (facts, mut ground) = (facts(), Ground::default());
    for (at, (policy_type, document)) in policies.iter().enumerate() {
        let policy = Policy {
            name: format!("policy-{at}"),
            policy_type: *policy_type,
            document: Ok(Document::from(document.clone())),
            targets: Ok(BTreeSet::from(["r-1".to_owned()])),
        };
        ground.policies.insert(Ref::Foreign(RemoteId::new(format!("p-{at}"))), policy);
    }
    ground.told = MEMBERS.iter().map(|(account, _)| (id(account), Ok(json!({})))).collect();
    let extent = Extent::of(&facts);
    let grid = Grid::of(&ground, &facts, &extent);
    look(grid.cell(1, 0))
}

fn region_way(judged: &Judged<'_>) -> (State, Passage, String) {
    let around = judged.ways.iter().find(|around| around.way == Way::Region).expect("a way");
    (judged.state, around.passage, around.why.clone())
}

#[test]
fn a_policy_that_was_never_valid_closes_nothing() {
    let broken = json!({"bedrock": {"guardrail_inference": {"eu-west-1":
        {"config_1": {"selective_content_guarding": {"system": {"@@assign": "selective"}}}}}}});
    let (state, passage, why) = below(&[(PolicyType::Bedrock, broken.clone())], region_way);
    assert_eq!((state, passage), (State::Invalid, Passage::Open), "{why}");
    let deny = json!({"Statement": [{"Effect": "Deny", "Action": "bedrock:Invoke*", "Resource": "*"}]});
    let both = [(PolicyType::Bedrock, broken), (PolicyType::ServiceControl, deny)];
    assert_eq!(below(&both, |judged| judged.state), State::Denied);
}

#[test]
fn only_what_denies_every_kind_of_model_denies_every_call() {
    let deny = |key: &str, resources: Value| {
        let statement = json!({"Effect": "Deny", "Action": "bedrock:Invoke*", key: resources});
        below(&[(PolicyType::ServiceControl, json!({"Statement": [statement]}))], region_way)
    };
    let arn = |kind: &str| format!("arn:aws:bedrock:*:*:{kind}/*");
    let catalogue = json!(["arn:aws:bedrock:*::foundation-model/*", arn("inference-profile")]);
    let (state, passage, why) = deny("Resource", catalogue);
    assert_eq!((state, passage), (State::Unprotected, Passage::Open), "{why}");
    assert!(why.contains("policy-0 denies it of AWS's models, and not of every kind of others"), "{why}");
    for (key, resources) in [
        ("NotResource", json!([arn("provisioned-model")])),
        ("NotResource", json!(["${aws:PrincipalTag/model}"])),
        ("Resource", json!(["${aws:PrincipalTag/model}"])),
    ] {
        let (state, passage, why) = deny(key, resources.clone());
        assert_eq!(state, State::Unprotected, "{key} {resources}: {why}");
        assert_ne!(passage, Passage::Closed, "{key} {resources}: {why}");
    }
    let (state, passage, _) = deny("Resource", json!("*"));
    assert_eq!((state, passage), (State::Denied, Passage::Closed));
}
