//! `--target`: a part of the plan, with everything it cannot do without.

use std::collections::{BTreeMap, BTreeSet};

use super::order::{Draft, Edge, Edges};
use super::{Held, Why};
use crate::model::{Address, Desired, Live};

/// The patterns that name nothing that exists or is wanted.
pub fn unmatched<'a>(patterns: &'a [String], desired: &Desired, live: &Live) -> Vec<&'a str> {
    let staged = desired.staged.values().flat_map(|staged| {
        let attachments = staged.stages.iter().flat_map(|stage| stage.attachments.keys());
        attachments.chain([&staged.next])
    });
    let known: BTreeSet<&Address> = desired.resources.keys().chain(live.found.keys()).chain(staged).collect();
    patterns
        .iter()
        .map(String::as_str)
        .filter(|pattern| !known.iter().any(|address| address.matches(pattern)))
        .collect()
}

/// Keeps the drafts that a pattern names, and with an update what it requires, with a removal what requires it. What must
/// come after an action that is left out is held. Tells whether any draft is
/// left out.
pub(super) fn narrow(
    drafts: &mut Vec<Draft>,
    held: &mut BTreeMap<Address, Held>,
    edges: &Edges,
    patterns: &[String],
) -> bool {
    if patterns.is_empty() {
        return false;
    }
    let before = drafts.len();
    let named = |address: &Address| patterns.iter().any(|pattern| address.matches(pattern));
    let mut kept: BTreeSet<usize> =
        drafts.iter().enumerate().filter(|(_, draft)| named(&draft.address)).map(|(at, _)| at).collect();
    let mut open: Vec<usize> = kept.iter().copied().collect();
    while let Some(at) = open.pop() {
        for (before, edge) in &edges[at] {
            if *edge == Edge::Needs && kept.insert(*before) {
                open.push(*before);
            }
        }
    }
    let mut blocked_by_target = BTreeSet::new();
    loop {
        let waits = |at: &usize| edges[*at].iter().any(|(before, _)| !kept.contains(before));
        let Some(blocked) = kept.iter().copied().find(waits) else { break };
        kept.remove(&blocked);
        let draft = &drafts[blocked];
        let first =
            edges[blocked].keys().find(|before| !kept.contains(before)).map(|at| drafts[*at].address.to_string());
        let hint = format!("it must come after {}, which is not targeted", first.unwrap_or_default());
        blocked_by_target.insert(draft.address.clone());
        held.insert(draft.address.clone(), Held::of(draft, Why::Needs, hint));
    }
    held.retain(|address, _| named(address) || blocked_by_target.contains(address));
    let mut at = 0;
    drafts.retain(|_| {
        at += 1;
        kept.contains(&(at - 1))
    });
    drafts.len() < before
}
