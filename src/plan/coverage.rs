//! What protects an account is not taken away while that which the spec wants in its place is held, or was not seen; nor is a
//! permission that an account may need that was not seen. Nor is anything attached that would leave no call to what stands until
//! then.

use std::collections::BTreeMap;

use super::decide::{Options, Purpose};
use super::effect::{Chain, Effect, Moment};
use super::order::{Draft, Edges};
use super::{Change, Held, Why, agreeing, losing, phases};
use crate::kinds::{Kind, Model, Verb};
use crate::model::{Address, Blind, Desired, Facts, Live};

/// Holds the removals that would leave an account without protection for that reason, and whatever comes after them. The
/// edges are those of the drafts as they are. Tells whether any was held.
pub(super) fn hold(
    drafts: &mut Vec<Draft>,
    held: &mut BTreeMap<Address, Held>,
    edges: &Edges,
    (desired, live, facts, options): (&Desired, &Live, &Facts, &Options),
) -> bool {
    let protects = |kind: Kind| matches!(kind, Kind::OrgPolicy | Kind::OrgPolicyAttachment | Kind::AccountEnforcement);
    let missing = held.values().any(|held| protects(held.address.kind) && held.verb != Verb::Delete);
    let wanted_there = |blind: &Blind| {
        let mut wanted = desired.resources.keys();
        protects(blind.kind) && wanted.any(|address| blind.covers(address))
    };
    let unseen = live.blind.iter().any(wanted_there);
    let mut out: BTreeMap<usize, (Why, String)> = drafts
        .iter()
        .enumerate()
        .filter_map(|(at, draft)| Some((at, (Why::NotVisible, losing::unseen(draft, live, facts)?))))
        .collect();
    out.extend(agreeing::conflicts(drafts, live, facts));
    if options.purpose != Purpose::Destroy && (missing || unseen) {
        let hint =
            "what the spec wants in the place of what goes is held, or was not seen; it stays until that is done";
        let bare = baring(drafts, live, facts);
        for at in bare {
            out.entry(at).or_insert_with(|| (Why::Needs, hint.to_owned()));
        }
    }
    loop {
        let before = |at: &usize| edges[*at].keys().find_map(|before| out.get(before));
        let next = (0..drafts.len()).filter(|at| !out.contains_key(at)).find_map(|at| Some((at, before(&at)?.clone())));
        let Some((at, (_, hint))) = next else { break };
        out.insert(at, (Why::Needs, hint));
    }
    for (at, (why, hint)) in &out {
        let draft = &drafts[*at];
        held.entry(draft.address.clone()).or_insert_with(|| Held::of(draft, *why, hint.clone()));
    }
    let mut at = 0;
    drafts.retain(|_| {
        at += 1;
        !out.contains_key(&(at - 1))
    });
    !out.is_empty()
}

/// The removals that would leave an account without what protects it now.
fn baring(drafts: &[Draft], live: &Live, facts: &Facts) -> Vec<usize> {
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
    (0..drafts.len()).filter(|at| takes(&drafts[*at])).collect()
}

/// Whether something is in effect that nothing takes the place of.
fn is_bared(now: &Chain, end: &Chain) -> bool {
    now.regions.keys().any(|region| !end.regions.contains_key(region))
}
