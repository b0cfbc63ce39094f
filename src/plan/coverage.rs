//! What protects an account is not taken away while that which the spec wants in its place is held, or was not seen.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{Options, Purpose};
use super::effect::{Chain, Effect, Moment};
use super::order::{Draft, Edges};
use super::{Change, Held, Why, phases};
use crate::kinds::{Kind, Model, Verb};
use crate::model::{Address, Blind, Desired, Facts, Live};

/// Holds the removals that would leave an account without protection for that reason, and whatever comes after them. The
/// edges are those of the drafts as they are.
pub(super) fn hold(
    drafts: &mut Vec<Draft>,
    held: &mut BTreeMap<Address, Held>,
    edges: &Edges,
    (desired, live, facts, options): (&Desired, &Live, &Facts, &Options),
) {
    let protects = |kind: Kind| matches!(kind, Kind::OrgPolicy | Kind::OrgPolicyAttachment | Kind::AccountEnforcement);
    let missing = held.values().any(|held| protects(held.address.kind) && held.verb != Verb::Delete);
    let wanted_there = |blind: &Blind| {
        let mut wanted = desired.resources.keys();
        protects(blind.kind) && wanted.any(|address| blind.covers(address))
    };
    let unseen = live.blind.iter().any(wanted_there);
    if options.purpose == Purpose::Destroy || !(missing || unseen) {
        return;
    }
    let [now, end] = [Moment::Now, Moment::End].map(|moment| Effect::at(moment, drafts, live, facts));
    let bared: Vec<&Chain> =
        now.chains.iter().zip(&end.chains).filter(|(now, end)| is_bared(now, end)).map(|(now, _)| now).collect();
    let takes = |draft: &Draft| match &draft.change {
        Change::Delete { have: Model::OrgPolicyAttachment(have), .. } => {
            bared.iter().any(|chain| chain.nodes.contains(&have.target))
        }
        Change::Update { id, have: Model::OrgPolicy(_), .. } if phases::narrows(draft) => {
            let targets = live.policies.get(id).and_then(|seen| seen.targets.as_ref());
            bared.iter().any(|chain| chain.nodes.iter().any(|node| targets.is_some_and(|all| all.contains(node))))
        }
        Change::Delete { have: Model::AccountEnforcement(_), .. } => {
            let scope = &draft.address.scope;
            let after = end.chains.iter().find(|chain| chain.accounts.contains(&scope.account));
            let by_organization =
                after.zip(scope.region.as_ref()).is_some_and(|(chain, region)| chain.regions.contains_key(region));
            !by_organization
        }
        _ => false,
    };
    let mut out: BTreeSet<usize> = (0..drafts.len()).filter(|at| takes(&drafts[*at])).collect();
    loop {
        let after = |at: &usize| !out.contains(at) && edges[*at].keys().any(|before| out.contains(before));
        let Some(next) = (0..drafts.len()).find(after) else { break };
        out.insert(next);
    }
    for at in &out {
        let Draft { address, verb, .. } = &drafts[*at];
        let hint =
            "what the spec wants in the place of what goes is held, or was not seen; it stays until that is done";
        let (address, verb) = (address.clone(), *verb);
        held.entry(address.clone()).or_insert(Held { address, verb, why: Why::Needs, hint: hint.to_owned() });
    }
    let mut at = 0;
    drafts.retain(|_| {
        at += 1;
        !out.contains(&(at - 1))
    });
}

/// Whether something is in effect that nothing takes the place of.
fn is_bared(now: &Chain, end: &Chain) -> bool {
    now.regions.keys().any(|region| !end.regions.contains_key(region))
}
