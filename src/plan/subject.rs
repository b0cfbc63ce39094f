//! Who is subject to the organization's policies of this stack, and to what they come by themselves: what AWS says is in effect
//! is held against this.

use std::collections::{BTreeMap, BTreeSet};

use super::effect::{Chain, Effect};
use crate::kinds::org_policy::inheritance::Effective;
use crate::kinds::org_policy::regions::regions;
use crate::model::{AccountId, Facts, Live, Owner, Region};

/// Active accounts below the same policies, ours among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The accounts, sorted; at least one.
    pub accounts: Vec<AccountId>,
    /// The nodes on the way to them that bear a policy, whoever owns it, the root first.
    pub nodes: Vec<String>,
    /// What our policies come to in each Region, as if there were no others.
    pub regions: BTreeMap<Region, Effective>,
    /// The policies of others on those nodes, as `name (id)`, by the Regions that they speak of.
    pub others: BTreeMap<Region, Vec<String>>,
}

/// Accounts, and what our policies come to for each of them.
type Alike = (BTreeSet<AccountId>, BTreeMap<Region, Effective>);

/// Everybody whom a policy of ours reaches, as the policies are now; what is in effect is the same for all accounts of one.
pub fn subjects(live: &Live, facts: &Facts) -> Vec<Subject> {
    let bearing: BTreeSet<&String> = live.policies.values().flat_map(|seen| seen.targets.iter().flatten()).collect();
    let mut alike: BTreeMap<Vec<String>, Alike> = BTreeMap::new();
    for Chain { accounts, regions, nodes } in Effect::of_ours(live, facts).chains {
        if !regions.is_empty() {
            let nodes = nodes.into_iter().filter(|node| bearing.contains(node)).collect();
            let (all, _) = alike.entry(nodes).or_insert_with(|| (BTreeSet::new(), regions));
            all.extend(accounts);
        }
    }
    let subject = |(nodes, (accounts, regions)): (Vec<String>, Alike)| Subject {
        accounts: accounts.into_iter().collect(),
        others: others(&nodes, live),
        nodes,
        regions,
    };
    alike.into_iter().map(subject).collect()
}

fn others(nodes: &[String], live: &Live) -> BTreeMap<Region, Vec<String>> {
    let mut others: BTreeMap<Region, Vec<String>> = BTreeMap::new();
    let foreign = live.policies.iter().filter(|(_, seen)| seen.owner != Owner::Ours);
    for (id, seen) in foreign.filter(|(_, seen)| seen.targets.iter().flatten().any(|target| nodes.contains(target))) {
        for region in seen.document.iter().flat_map(|document| regions(document).into_keys()) {
            others.entry(region).or_default().push(format!("{} ({id})", seen.name));
        }
    }
    others
}
