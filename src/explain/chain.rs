//! The policies on the way from the root to an account, and what they come to. Accounts below the same policies share one
//! chain, so that thousands of them cost one merge.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::ground::{Ground, Policy};
use crate::kinds::account_enforcement::{ModelEnforcement, SelectiveContentGuarding};
use crate::kinds::org_policy::in_effect::{InEffect, in_effect};
use crate::kinds::org_policy::inheritance::{Attached, Effective, Inherited, inherit};
use crate::kinds::org_policy_type::PolicyType;
use crate::model::{Account, AccountId, Organization, Ref, Region};

/// A policy on its node.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'g> {
    /// Its id, or the address at which it will be.
    pub id: &'g Ref,
    /// The policy.
    pub policy: &'g Policy,
    /// The node.
    pub node: &'g str,
}

/// What the policies on the way to some accounts come to.
#[derive(Clone, Debug)]
pub struct Chain<'g> {
    /// The accounts, all below the same policies.
    pub accounts: BTreeSet<AccountId>,
    /// The nodes that bear a policy that merges, the root first.
    pub nodes: Vec<&'g str>,
    /// What those policies come to.
    pub inherited: Inherited,
    /// What AWS says that they come to, where it was asked of one of the accounts.
    pub told: Option<Result<&'g Value, &'g str>>,
    /// Whether AWS calls that invalid, and keeps the last valid one.
    pub is_invalid: bool,
    /// Nodes on which the policy that was attached first counts, while nothing tells which that is.
    pub unordered: Vec<&'g str>,
    /// The policies of the other type, each of which a call must get past.
    pub controls: Vec<Placed<'g>>,
    /// What could not be read of the policies on the way, by their type.
    pub unseen: BTreeMap<PolicyType, BTreeSet<String>>,
}

/// How many orders of attachment are tried before it is left open which is the right one.
const MOST_ORDERS: usize = 64;

/// The chains of all active accounts.
pub fn chains<'g>(ground: &'g Ground, organization: &'g Organization) -> Vec<Chain<'g>> {
    let bearing: BTreeSet<&str> =
        ground.policies.values().flat_map(|policy| policy.targets.iter().flatten()).map(String::as_str).collect();
    let mut alike: BTreeMap<Vec<&str>, BTreeSet<AccountId>> = BTreeMap::new();
    for account in organization.accounts.iter().filter(|account| account.active) {
        let nodes = way(account).filter(|node| bearing.contains(node)).collect();
        alike.entry(nodes).or_default().insert(account.id.clone());
    }
    alike.into_iter().map(|(nodes, accounts)| Chain::of(ground, &nodes, accounts)).collect()
}

/// The chain of one account; without an organization, or where the account is not in it, what AWS tells of it alone.
pub fn chain_of<'g>(ground: &'g Ground, organization: Option<&'g Organization>, account: &AccountId) -> Chain<'g> {
    let accounts = organization.into_iter().flat_map(|organization| &organization.accounts);
    let found = accounts.into_iter().find(|known| known.id == *account);
    let nodes: Vec<&str> = found.into_iter().flat_map(way).collect();
    Chain::of(ground, &nodes, BTreeSet::from([account.clone()]))
}

fn way(account: &Account) -> impl Iterator<Item = &str> {
    account.ancestors.iter().map(String::as_str).chain([account.id.as_str()])
}

impl<'g> Chain<'g> {
    fn of(ground: &'g Ground, way: &[&'g str], accounts: BTreeSet<AccountId>) -> Self {
        let mut unseen: BTreeMap<PolicyType, BTreeSet<String>> = BTreeMap::new();
        let mut hide = |of: PolicyType, what: String| {
            unseen.entry(of).or_default().insert(what);
        };
        for (of, why) in &ground.unlisted {
            hide(*of, format!("the policies of the type {of}: {why}"));
        }
        let (mut nodes, mut levels, mut controls): (Vec<&str>, Vec<Vec<Placed<'g>>>, _) = (vec![], vec![], vec![]);
        for node in way.iter().copied() {
            let here = ground
                .policies
                .iter()
                .filter(|(_, policy)| policy.targets.as_ref().is_ok_and(|targets| targets.contains(node)));
            let placed = here.map(|(id, policy)| Placed { id, policy, node });
            let (merging, others): (Vec<_>, Vec<_>) = placed.partition(|placed| placed.policy.policy_type.merges());
            controls.extend(others);
            if !merging.is_empty() {
                nodes.push(node);
                levels.push(merging);
            }
        }
        for policy in ground.policies.values() {
            let Policy { name, policy_type: of, .. } = policy;
            let way = || way.iter().any(|node| policy.targets.as_ref().is_ok_and(|targets| targets.contains(*node)));
            match (&policy.targets, &policy.document) {
                (Err(why), _) => hide(*of, format!("where the policy {name} is attached: {why}")),
                (Ok(_), Err(why)) if way() => hide(*of, format!("what the policy {name} says: {why}")),
                _ => {}
            }
        }
        let told = accounts.iter().find_map(|account| ground.told.get(account));
        let told = told.map(|told| told.as_ref().map_err(String::as_str));
        let is_invalid =
            ground.invalid.as_ref().is_some_and(|invalid| accounts.iter().any(|account| invalid.contains(account)));
        let (inherited, unordered) = merged(&nodes, &levels, told.and_then(Result::ok));
        Self { accounts, nodes, inherited, told, is_invalid, unordered, controls, unseen }
    }

    /// What is in force in a Region: what AWS says, or else what the policies come to. Its policy is named where both agree.
    pub fn in_force(&self, region: &Region) -> Vec<InForce> {
        let ours = self.inherited.regions().remove(region);
        let Some(Ok(document)) = self.told else {
            let ours = ours.map(|Effective { version, guarding, models, by }| InForce {
                version,
                guarding,
                models,
                by: Some(by),
            });
            return ours.into_iter().collect();
        };
        let told = in_effect(document).remove(region).unwrap_or_default();
        let named = |InEffect { version, guarding, models }: InEffect| {
            let version = Ref::Foreign(version);
            let by = ours.as_ref().filter(|ours| ours.version == version).map(|ours| ours.by.clone());
            InForce { version, guarding, models, by }
        };
        told.into_iter().map(named).collect()
    }

    /// What could not be read of the policies that merge, or else of the others.
    pub fn hidden(&self, merging: bool) -> impl Iterator<Item = (PolicyType, &str)> {
        let of_kind = self.unseen.iter().filter(move |(of, _)| of.merges() == merging);
        of_kind.flat_map(|(of, all)| all.iter().map(|what| (*of, what.as_str())))
    }

    /// Whether AWS says that something else is in effect than the policies come to: the two documents, ours first.
    pub fn disagreement(&self) -> Option<(Value, Value)> {
        let Some(Ok(told)) = self.told else { return None };
        let ours = self.inherited.document().unwrap_or_else(nothing);
        // While it is invalid, the last valid one stays.
        (!self.is_invalid && self.is_whole() && !same(&ours, told)).then(|| (ours, told.clone()))
    }

    /// Whether AWS says that what the policies come to now is in effect, so that it is no last valid one of before.
    pub fn is_confirmed(&self) -> bool {
        let ours = || self.inherited.document().unwrap_or_else(nothing);
        self.is_whole() && matches!(self.told, Some(Ok(told)) if same(&ours(), told))
    }

    /// Whether a policy of the organization speaks of guardrails here, or may.
    pub fn is_governed(&self) -> bool {
        let tells = matches!(self.told, Some(Ok(told)) if *told != nothing());
        tells || !self.nodes.is_empty() || self.hidden(true).next().is_some()
    }

    /// Whether the policies that merge were all read, and come to something: what could not be read may be what makes a
    /// difference.
    fn is_whole(&self) -> bool {
        self.hidden(true).next().is_none() && self.inherited.defects().is_empty()
    }
}

/// What the organization enforces in one Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The version.
    pub version: Ref,
    /// What of a call is examined.
    pub guarding: SelectiveContentGuarding,
    /// Which models are held to it.
    pub models: ModelEnforcement,
    /// The policy that names the version, where that is known.
    pub by: Option<Ref>,
}

/// What the policies come to, in the order of attachment that AWS's own answer tells; and the nodes of which the order stays
/// open although it matters.
fn merged<'g>(nodes: &[&'g str], levels: &[Vec<Placed<'g>>], told: Option<&Value>) -> (Inherited, Vec<&'g str>) {
    let in_order = |turns: &[usize]| {
        let level = |(level, turn): (&Vec<Placed<'g>>, &usize)| -> Vec<Attached<'g>> {
            let mut level: Vec<Attached<'g>> =
                level.iter().filter_map(|placed| Some((placed.id, placed.policy.document.as_ref().ok()?))).collect();
            let most = level.len().max(1);
            level.rotate_left(turn % most);
            level
        };
        inherit(&levels.iter().zip(turns).map(level).collect::<Vec<_>>())
    };
    let first = vec![0; levels.len()];
    let open: Vec<&str> =
        nodes.iter().zip(levels).filter(|(_, level)| level.len() > 1).map(|(node, _)| *node).collect();
    if open.is_empty() {
        return (in_order(&first), Vec::new());
    }
    let mut orders = vec![Vec::new()];
    for level in levels {
        let turns = |order: &Vec<usize>| -> Vec<Vec<usize>> {
            (0..level.len()).map(|turn| order.iter().copied().chain([turn]).collect()).collect()
        };
        orders = orders.iter().flat_map(turns).take(MOST_ORDERS).collect();
    }
    let all: Vec<Inherited> = orders.iter().map(|order| in_order(order)).collect();
    let document = |inherited: &Inherited| inherited.document().unwrap_or_else(nothing);
    if let Some(right) = told.and_then(|told| all.iter().find(|inherited| same(&document(inherited), told))) {
        return (right.clone(), Vec::new());
    }
    let inherited = in_order(&first);
    let matters = all.iter().any(|other| !same(&document(other), &document(&inherited)));
    (inherited, if matters { open } else { Vec::new() })
}

/// The effective policy of an account that has none.
fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Whether two effective documents say the same: the order of a list has no meaning.
fn same(one: &Value, other: &Value) -> bool {
    sorted(one) == sorted(other)
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), sorted(value))).collect(),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        plain => plain.clone(),
    }
}
