//! A write that both adds and takes away becomes two: what is new comes first, and what is no longer wanted goes when
//! nothing needs it any more. So nobody is without permission, and nothing without a guardrail, in between.

use super::order::Draft;
use super::{Change, Phase};
use crate::kinds::{Kind, Model, Verb, org_policy, resource_policy};
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

/// Whether this only takes something away, and so comes late: from those whom a policy permits, or from the Regions that a
/// policy speaks of. One write that adds as well comes late where others must have let go of what it takes.
pub(super) fn narrows(draft: &Draft) -> bool {
    if let Some(phase) = draft.phase {
        return phase == Phase::Narrow;
    }
    let Change::Update { have, want, .. } = &draft.change else { return false };
    let early = draft.address.kind == Kind::IamPolicy;
    Model::shift(have, want).is_some_and(|shift| shift.takes && !(shift.adds && early))
}

/// What stands in AWS between the two halves of a change; `None` where one write will do.
fn halfway(draft: &Draft, live: &Live) -> Option<Model> {
    let Change::Update { id, have, want } = &draft.change else { return None };
    if resource_policy::is_profile(&draft.address.name) {
        return None;
    }
    Model::shift(have, want).filter(|shift| shift.adds && shift.takes)?;
    if let (Model::OrgPolicy(have), Model::OrgPolicy(want)) = (have, want) {
        // What stays for a while stays under the very ids that AWS has, whatever they serve besides.
        let document = live.policies.get(id).and_then(|seen| seen.document.clone());
        let document = document.unwrap_or_else(|| have.document.clone());
        return Some(org_policy::Model { document, ..have.clone() }.joined_with(want).into());
    }
    Model::joined(have, want)
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
