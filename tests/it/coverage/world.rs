//! An organization made up of everything that a page may have to show, in any size.

use std::collections::{BTreeMap, BTreeSet};

use bedrail::coverage::{Extent, Grid};
use bedrail::explain::{Enforced, Ground, Policy, Version};
use bedrail::kinds::account_enforcement::{self, Guarding, ModelEnforcement, SelectiveContentGuarding};
use bedrail::kinds::guardrail::{
    BlockAction, Content, ContentFilter, ContentFilterType, ContentPolicy, Modality, Strength, Tier,
};
use bedrail::kinds::org_policy_type::PolicyType;
use bedrail::model::{
    Account, AccountId, Caller, Document, Facts, Organization, OrganizationalUnit, Partition, Ref, Region, RemoteId,
    RoleNames, Scope, Standing,
};
use bedrail::report::Disclosure;
use bedrail::report::json::coverage::{Covered, Shown, Side};
use serde_json::{Value, json};

use crate::support::MANAGEMENT;
use crate::support::content::silent;

/// Seventeen Regions, of which the last four are not enabled everywhere.
pub(super) const REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "af-south-1",
    "eu-south-1",
    "il-central-1",
    "me-south-1",
];

/// The OUs by their paths; larger organizations have numbered ones besides.
const UNITS: [&str; 7] =
    ["Data", "Sandbox", "Security", "Workloads", "Workloads/Prod", "Workloads/Prod/Payments", "Workloads/Dev"];

/// How large it is, and what its first account is called.
pub(super) struct Size {
    pub(super) accounts: usize,
    pub(super) units: usize,
    pub(super) name: &'static str,
}

fn id(text: &str) -> AccountId {
    text.parse().expect("an account id")
}

fn unit_of(path: &str) -> String {
    format!("ou-acme-{}", path.to_lowercase().replace('/', "-"))
}

fn paths(count: usize) -> Vec<String> {
    let more = (UNITS.len()..count).map(|at| format!("Workloads/Dev/team-{at:03}"));
    UNITS.iter().map(|path| (*path).to_owned()).chain(more).take(count.max(1)).collect()
}

fn above(path: &str) -> Vec<String> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    std::iter::once("r-acme".to_owned()).chain(ends.map(|end| unit_of(&path[..end]))).collect()
}

pub(super) fn facts(size: &Size) -> Facts {
    let paths = paths(size.units);
    let units = paths
        .iter()
        .map(|path| OrganizationalUnit { id: unit_of(path), path: path.clone(), ancestors: above(path) })
        .collect();
    let account = |at: usize| {
        let path = &paths[at % paths.len()];
        let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
        Account {
            id: id(&format!("{:012}", 222_000_000_000_u64 + u64::try_from(at).expect("few"))),
            name: if at == 1 { size.name.to_owned() } else { format!("{name}-{at}") },
            active: true,
            ancestors: above(path),
        }
    };
    let home =
        Account { id: id(MANAGEMENT), name: "acme".to_owned(), active: true, ancestors: vec!["r-acme".to_owned()] };
    let accounts = std::iter::once(home).chain((1..size.accounts).map(account)).collect();
    let organization =
        Organization { root: "r-acme".to_owned(), accounts, units, ..Organization::known("o-acme", id(MANAGEMENT)) };
    Facts {
        caller: Caller { account: id(MANAGEMENT), arn: String::new(), partition: Partition::new("aws") },
        organization: Some(organization),
        bedrock_regions: REGIONS.map(Region::new).to_vec(),
        roles: RoleNames::default(),
    }
}

fn content(strength: Strength) -> Content {
    let filter = |input| ContentFilter {
        input,
        output: input,
        input_modalities: BTreeSet::from([Modality::Text]),
        output_modalities: BTreeSet::from([Modality::Text]),
        input_action: BlockAction::Block,
        output_action: BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    };
    let filters = BTreeMap::from([
        (ContentFilterType::Hate, filter(strength)),
        (ContentFilterType::Violence, filter(Strength::Medium)),
    ]);
    Content { content_policy: Some(ContentPolicy { tier: Tier::Classic, filters }), ..silent() }
}

fn arn(account: &str, region: &str, guardrail: &str) -> String {
    format!("arn:aws:bedrock:{region}:{account}:guardrail/{guardrail}")
}

fn policy(ground: &mut Ground, name: &str, policy_type: PolicyType, node: &str, document: Value) {
    ground.policies.insert(
        Ref::Foreign(RemoteId::new(format!("p-{name}"))),
        Policy {
            name: name.to_owned(),
            policy_type,
            document: Ok(Document::from(document)),
            targets: Ok(BTreeSet::from([node.to_owned()])),
        },
    );
}

/// A policy that enforces the baseline in these Regions.
fn enforcing(regions: &[&str]) -> Value {
    let named = |region: &str| {
        let version = format!("{}:4", arn(MANAGEMENT, region, "baseline"));
        json!({"config_1": {"identifier": {"@@assign": version}}})
    };
    let regions: serde_json::Map<String, Value> =
        regions.iter().map(|region| ((*region).to_owned(), named(region))).collect();
    json!({"bedrock": {"guardrail_inference": regions}})
}

fn publish(ground: &mut Ground, account: &str, region: &str, guardrail: &str, number: u32, status: &str) -> Ref {
    let of = Ref::Foreign(RemoteId::new(arn(account, region, guardrail)));
    let version = Ref::Foreign(RemoteId::new(format!("{of}:{number}")));
    let strength = if guardrail == "baseline" { Strength::High } else { Strength::Low };
    let standing = Standing { status: Some(status.to_owned()), ..Standing::default() };
    let found = Version { guardrail: of, content: content(strength), standing, marker: None };
    ground.versions.insert(version.clone(), Ok(Some(found)));
    version
}

/// What is in AWS.
pub(super) fn ground(facts: &Facts) -> Ground {
    let mut ground = Ground::default();
    policy(
        &mut ground,
        "org-baseline",
        PolicyType::Bedrock,
        "r-acme",
        enforcing(&["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"]),
    );
    for region in REGIONS {
        // It is still being made in one Region, and shared with all but one account.
        let status = if region == "eu-central-1" { "VERSIONING" } else { "READY" };
        publish(&mut ground, MANAGEMENT, region, "baseline", 4, status);
        let of = arn(MANAGEMENT, region, "baseline");
        let admits = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail",
            "Resource": of, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-acme"}}}]});
        let some = json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": ["222000000003", "222000000010"]},
            "Action": "bedrock:ApplyGuardrail", "Resource": of}]});
        let sharing = if region == "us-west-2" { some } else { admits };
        ground.sharing.insert(Ref::Foreign(RemoteId::new(of)), Ok(Some(Document::from(sharing))));
    }
    let deny = |action: &str, condition: Value| json!({"Statement": [{"Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition}]});
    policy(&mut ground, "no-mantle", PolicyType::ServiceControl, "r-acme", deny("bedrock-mantle:*", json!({})));
    let elsewhere = json!({"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}});
    let sandbox = unit_of("Sandbox");
    policy(
        &mut ground,
        "sandbox-regions",
        PolicyType::ServiceControl,
        &sandbox,
        deny("bedrock:InvokeModel*", elsewhere),
    );
    let accounts: Vec<AccountId> =
        facts.organization.iter().flat_map(|known| &known.accounts).map(|account| account.id.clone()).collect();
    for (at, account) in accounts.iter().enumerate() {
        for (place, region) in REGIONS.iter().enumerate() {
            let enforced = match (at, place) {
                (_, 13..) if at % 3 != 0 => {
                    Enforced::Unavailable("the Region is not enabled for the account".to_owned())
                }
                (_, 7 | 10) if at % 4 == 1 => Enforced::Is(account_enforcement::Model {
                    version: publish(&mut ground, account.as_str(), region, &format!("own{at:06}"), 1, "READY"),
                    selective_content_guarding: SelectiveContentGuarding {
                        system: Guarding::Selective,
                        messages: Guarding::Comprehensive,
                    },
                    model_enforcement: ModelEnforcement::default(),
                    needs: Vec::new(),
                }),
                _ if at % 23 == 8 => Enforced::Unseen(format!("AccessDenied: may not assume a role of {account}")),
                _ => Enforced::Nothing,
            };
            ground.enforced.insert(Scope::regional(account.clone(), Region::new(*region)), enforced);
        }
    }
    ground
}

/// The same with the baseline in more Regions, and with what was wrong mended.
pub(super) fn then(ground: &Ground) -> Ground {
    let mut then = ground.clone();
    then.policies.remove(&Ref::Foreign(RemoteId::new("p-org-baseline")));
    let regions = [
        "ap-northeast-1",
        "ap-south-1",
        "eu-central-1",
        "eu-west-1",
        "eu-west-3",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    ];
    policy(&mut then, "org-baseline", PolicyType::Bedrock, "r-acme", enforcing(&regions));
    publish(&mut then, MANAGEMENT, "eu-central-1", "baseline", 4, "READY");
    then
}

/// What is told of an organization of this size: now, and with a plan then, too.
pub(super) fn covered(size: &Size, planned: bool) -> Covered {
    let facts = facts(size);
    let (have, extent) = (ground(&facts), Extent::of(&facts));
    let want = then(&have);
    let grids = [&have, &want].map(|ground| Grid::of(ground, &facts, &extent));
    let disclosure = Disclosure::default();
    let shown = Shown { facts: &facts, extent: &extent, disclosure: &disclosure };
    let [now, then] = [(&have, &grids[0]), (&want, &grids[1])].map(|(ground, grid)| Side { ground, grid });
    Covered::of(shown, now, planned.then_some(then))
}
