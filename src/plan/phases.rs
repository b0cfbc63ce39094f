//! A write that both adds and takes away becomes two: what is new comes first, and what is no longer wanted goes when
//! nothing needs it any more. So nobody is without permission, and nothing without a guardrail, in between.

use super::order::Draft;
use super::{Change, Phase};
use crate::kinds::{Model, Verb, org_policy, resource_policy};
use crate::model::Live;

/// Splits the drafts that need it.
pub(super) fn split(drafts: &mut Vec<Draft>, live: &Live) {
    let all = std::mem::take(drafts);
    for draft in all {
        match halfway(&draft, live) {
            Some(middle) => drafts.extend(halves(draft, middle)),
            None => drafts.push(draft),
        }
    }
}

/// Whether this only takes something away, and so comes late: from those whom a resource policy permits, or from the Regions
/// that a policy speaks of.
pub(super) fn narrows(draft: &Draft) -> bool {
    if let Some(phase) = draft.phase {
        return phase == Phase::Narrow;
    }
    match &draft.change {
        Change::Update { have: Model::ResourcePolicy(have), want: Model::ResourcePolicy(want), .. } => {
            have.shift(want).takes
        }
        Change::Update { have: Model::OrgPolicy(have), want: Model::OrgPolicy(want), .. } => have.shift(want).takes,
        _ => false,
    }
}

/// What stands in AWS between the two halves of a change; `None` where one write will do.
fn halfway(draft: &Draft, live: &Live) -> Option<Model> {
    match &draft.change {
        Change::Update { have: Model::ResourcePolicy(have), want: Model::ResourcePolicy(want), .. }
            if !resource_policy::is_profile(&draft.address.name) =>
        {
            let shift = have.shift(want);
            (shift.adds && shift.takes).then(|| have.joined_with(want).into())
        }
        Change::Update { id, have: Model::OrgPolicy(have), want: Model::OrgPolicy(want) } => {
            let shift = have.shift(want);
            // A name is given up early: another policy may be waiting for it, and for that one what takes away.
            let adds = shift.adds || have.name != want.name;
            // What stays for a while stays under the very ids that AWS has, whatever they serve besides.
            let document = live.policies.get(id).and_then(|seen| seen.document.clone());
            let have = || org_policy::Model { document: document.unwrap_or(have.document.clone()), ..have.clone() };
            (adds && shift.takes).then(|| have().joined_with(want).into())
        }
        _ => None,
    }
}

fn halves(draft: Draft, middle: Model) -> Vec<Draft> {
    let Change::Update { id, have, want } = draft.change.clone() else { return vec![draft] };
    let half = |phase: Phase, verb: Verb, have: Model, want: Model| {
        let mut fields = Model::compare(Some(&have), Some(&want));
        for field in &mut fields {
            // Hidden as in the whole; a field of the middle alone is as hidden as anything in it.
            let known = draft.fields.iter().find(|known| known.path == field.path);
            let strictest = draft.fields.iter().map(|known| known.guard).max();
            field.guard = known.map(|known| known.guard).or(strictest).unwrap_or(field.guard).max(field.guard);
        }
        let calls = draft.address.kind.calls(verb, &fields);
        let change = Change::Update { id: id.clone(), have, want };
        Draft { phase: Some(phase), verb, change, fields, calls, ..draft.clone() }
    };
    vec![half(Phase::Widen, draft.verb, have, middle.clone()), half(Phase::Narrow, Verb::Update, middle, want)]
}
