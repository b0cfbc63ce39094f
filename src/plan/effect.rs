//! What each account is subject to in each Region by the organization: before a plan, in the middle of it, and after.
//!
//! Accounts below the same policies have the same effect, so it is worked out once for each distinct chain of nodes that
//! bear a policy, and asked of AWS through one active account of each.

use std::collections::{BTreeMap, BTreeSet};

use super::order::Draft;
use super::{Change, phases};
use crate::kinds::Model;
use crate::kinds::org_policy::inheritance::{Attached, Effective, effective};
use crate::model::{Account, AccountId, Address, Desired, Document, Facts, Live, Owner, Ref, Region};

/// When.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moment {
    /// Before the plan.
    Now,
    /// When second policies have been taken back from where their new text is not to be yet, and nothing else is done.
    Recalled,
    /// When all that is new has been added besides, and nothing else has been taken away.
    Between,
    /// After the plan.
    End,
}

/// A policy at one moment.
struct Policy {
    id: Ref,
    /// `None` where it could not be read.
    document: Option<Document>,
    /// The nodes it is attached to, with the place in their order of attachment as far as it is known.
    targets: BTreeMap<String, usize>,
}

/// Active accounts that are below the same nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    /// The accounts, sorted; at least one.
    pub(super) accounts: Vec<AccountId>,
    /// What is in effect in each Region.
    pub(super) regions: BTreeMap<Region, Effective>,
    /// The nodes from the root down, the account among them where a policy is attached to it.
    pub(super) nodes: Vec<String>,
}

/// What the organization's policies come to at one moment, chain by chain; the chains are the same at every moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) chains: Vec<Chain>,
}

impl Effect {
    /// The effect at `moment` of carrying out `drafts`.
    pub(super) fn at(moment: Moment, drafts: &[Draft], live: &Live, facts: &Facts) -> Self {
        Self::turned(0, moment, drafts, live, facts)
    }

    /// What the policies of ours come to by themselves, as they are now. The chains are those that all policies make.
    pub(super) fn of_ours(live: &Live, facts: &Facts) -> Self {
        let ours: BTreeSet<&Address> = live
            .policies
            .values()
            .filter(|seen| seen.owner == Owner::Ours)
            .filter_map(|seen| seen.address.as_ref())
            .collect();
        let mut policies = policies(Moment::Now, &[], live);
        policies.retain(|policy| policy.id.address().is_some_and(|address| ours.contains(address)));
        let bearing = live.policies.values().flat_map(|seen| seen.targets.iter().flatten().cloned()).collect();
        Self::of(&policies, &bearing, 0, facts, |_| true)
    }

    /// What the policies of the spec come to by themselves once all of it is applied.
    pub(super) fn of_spec(desired: &Desired, facts: &Facts) -> Self {
        let mut policies = Vec::new();
        for (address, wanted) in &desired.resources {
            let Model::OrgPolicy(model) = &wanted.model else { continue };
            let targets = desired.resources.values().filter_map(|wanted| match &wanted.model {
                Model::OrgPolicyAttachment(model) if model.policy.address() == Some(address) => {
                    Some((model.target.clone(), 0))
                }
                _ => None,
            });
            let (id, document) = (Ref::To(address.clone()), Some(model.document.clone()));
            policies.push(Policy { id, document, targets: targets.collect() });
        }
        let bearing = policies.iter().flat_map(|policy| policy.targets.keys().cloned()).collect();
        Self::of(&policies, &bearing, 0, facts, |_| true)
    }

    /// The accounts on which a policy with this document comes to bear in each Region once it is attached to all of
    /// `targets`. Only what hides it both before and after the plan is counted on: what is still to be attached may not be
    /// yet when this policy is, and what is to be detached hides nothing for long.
    pub(super) fn bears_on(
        (policy, document): (&Address, &Document),
        targets: &BTreeSet<&str>,
        drafts: &[Draft],
        live: &Live,
        facts: &Facts,
    ) -> BTreeMap<Region, BTreeSet<AccountId>> {
        let id = Ref::To(policy.clone());
        let mut found: BTreeMap<Region, BTreeSet<AccountId>> = BTreeMap::new();
        for moment in [Moment::Now, Moment::End] {
            let mut all = policies(moment, drafts, live);
            let mut own = match all.iter().position(|policy| policy.id == id) {
                Some(at) => all.remove(at),
                None => Policy { id: id.clone(), document: None, targets: BTreeMap::new() },
            };
            own.document = Some(document.clone());
            // First of all on its nodes: whether it is, AWS does not tell, and one that is not is told of.
            own.targets = targets.iter().map(|target| ((*target).to_owned(), 0)).collect();
            all.insert(0, own);
            let bearing = all.iter().flat_map(|policy| policy.targets.keys().cloned()).collect();
            let below = |account: &Account| {
                let mut nodes = account.ancestors.iter().map(String::as_str).chain([account.id.as_str()]);
                nodes.any(|node| targets.contains(node))
            };
            for chain in Self::of(&all, &bearing, 0, facts, below).chains {
                for (region, _) in chain.regions.into_iter().filter(|(_, effective)| effective.by == id) {
                    found.entry(region).or_default().extend(chain.accounts.iter().cloned());
                }
            }
        }
        found
    }

    /// Every effect that there may be at `moment`: of several policies on one node the first attached counts, and AWS does
    /// not tell which that is.
    pub(super) fn possible(moment: Moment, drafts: &[Draft], live: &Live, facts: &Facts) -> Vec<Self> {
        let mut on_node: BTreeMap<&str, usize> = BTreeMap::new();
        for target in live.policies.values().flat_map(|seen| seen.targets.iter().flatten()) {
            *on_node.entry(target).or_default() += 1;
        }
        let most = on_node.into_values().max().unwrap_or_default().max(1);
        (0..most).map(|turn| Self::turned(turn, moment, drafts, live, facts)).collect()
    }

    /// The effect if of those policies of a node that are there already, another one is the first at each `turn`.
    fn turned(turn: usize, moment: Moment, drafts: &[Draft], live: &Live, facts: &Facts) -> Self {
        let bearing: BTreeSet<String> = live
            .policies
            .values()
            .flat_map(|seen| seen.targets.iter().flatten().cloned())
            .chain(attached(drafts))
            .collect();
        Self::of(&policies(moment, drafts, live), &bearing, turn, facts, |_| true)
    }

    /// The effect on the accounts that are `concerned`.
    fn of(
        policies: &[Policy],
        bearing: &BTreeSet<String>,
        turn: usize,
        facts: &Facts,
        concerned: impl Fn(&Account) -> bool,
    ) -> Self {
        let Some(organization) = &facts.organization else { return Self::default() };
        // What was detached lately may still be in effect, so a node counts although nothing is attached there now.
        let mut chains: BTreeMap<Vec<&str>, Vec<AccountId>> = BTreeMap::new();
        for account in organization.accounts.iter().filter(|account| account.active && concerned(account)) {
            let own = Some(account.id.as_str()).filter(|own| bearing.contains(*own));
            let nodes = account.ancestors.iter().map(String::as_str).chain(own).collect();
            chains.entry(nodes).or_default().push(account.id.clone());
        }
        let mut attached: BTreeMap<&str, Vec<(usize, &Policy)>> = BTreeMap::new();
        for policy in policies {
            for (node, order) in &policy.targets {
                attached.entry(node).or_default().push((*order, policy));
            }
        }
        let chain = |(nodes, mut accounts): (Vec<&str>, Vec<AccountId>)| {
            accounts.sort();
            let nodes: Vec<String> = nodes.into_iter().map(str::to_owned).collect();
            let regions = along(&nodes, &attached, turn);
            Chain { accounts, regions, nodes }
        };
        Self { chains: chains.into_iter().map(chain).collect() }
    }
}

/// The targets of the attachments that are made.
fn attached(drafts: &[Draft]) -> impl Iterator<Item = String> {
    drafts.iter().filter_map(|draft| match &draft.change {
        Change::Create { want: Model::OrgPolicyAttachment(want) } => Some(want.target.clone()),
        _ => None,
    })
}

/// Every policy as it is at `moment`, those that exist before those that are made: on one node the first attached counts.
fn policies(moment: Moment, drafts: &[Draft], live: &Live) -> Vec<Policy> {
    let mut all: Vec<Policy> = live
        .policies
        .iter()
        .map(|(id, seen)| Policy {
            id: seen.address.clone().map_or_else(|| Ref::Foreign(id.clone()), Ref::To),
            document: seen.document.clone(),
            targets: seen.targets.iter().flatten().map(|target| (target.clone(), 0)).collect(),
        })
        .collect();
    let find = |all: &mut Vec<Policy>, id: &Ref| all.iter().position(|policy| policy.id == *id);
    for (at_last, draft) in (1..).zip(drafts.iter().filter(|draft| happens_by(moment, draft))) {
        let id = Ref::To(draft.address.clone());
        match &draft.change {
            Change::Create { want: Model::OrgPolicy(want) } => {
                all.push(Policy { id, document: Some(want.document.clone()), targets: BTreeMap::new() });
            }
            Change::Update { want: Model::OrgPolicy(want), .. } => {
                if let Some(at) = find(&mut all, &id) {
                    all[at].document = Some(want.document.clone());
                }
            }
            Change::Delete { have: Model::OrgPolicy(_), .. } => all.retain(|policy| policy.id != id),
            Change::Create { want: Model::OrgPolicyAttachment(want) } => {
                if let Some(at) = find(&mut all, &want.policy) {
                    all[at].targets.insert(want.target.clone(), at_last);
                }
            }
            Change::Delete { have: Model::OrgPolicyAttachment(have), .. } => {
                if let Some(at) = find(&mut all, &have.policy) {
                    all[at].targets.remove(&have.target);
                }
            }
            _ => {}
        }
    }
    all
}

fn happens_by(moment: Moment, draft: &Draft) -> bool {
    match moment {
        Moment::Now => false,
        Moment::Recalled => draft.recalls,
        Moment::Between => draft.recalls || !matches!(draft.change, Change::Delete { .. }) && !phases::narrows(draft),
        Moment::End => true,
    }
}

fn along(
    nodes: &[String],
    attached: &BTreeMap<&str, Vec<(usize, &Policy)>>,
    turn: usize,
) -> BTreeMap<Region, Effective> {
    let level = |node: &String| -> Vec<Attached<'_>> {
        let mut here = attached.get(node.as_str()).cloned().unwrap_or_default();
        here.sort_by_key(|(order, _)| *order);
        let earlier = here.iter().filter(|(order, _)| *order == 0).count();
        here[..earlier].rotate_left(turn.checked_rem(earlier).unwrap_or_default());
        here.into_iter().filter_map(|(_, policy)| Some((&policy.id, policy.document.as_ref()?))).collect()
    };
    effective(&nodes.iter().map(level).collect::<Vec<_>>())
}
