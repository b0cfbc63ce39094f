//! What one decision means for another: what needs something that is held, or that will not exist, is held too; and so is
//! the removal of what is still pointed at.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::Decisions;
use super::guardrails::guardrail_of;
use super::order::Draft;
use super::removal::belongs_to_adopted;
use super::{Change, Why, hand_over};
use crate::kinds::{Kind, Verb};
use crate::model::{Address, Owner, RemoteId};

/// Holds what cannot be done because of something else; again and again, until nothing more falls.
pub(super) fn hold(decisions: &mut Decisions<'_>) {
    while let Some((address, hint, waits_for)) = broken(decisions) {
        let unread = decisions.held.get(&waits_for).is_some_and(|held| !held.seen);
        for draft in decisions.take(|other| other.address == address) {
            // That it exists and is not wanted was seen, whatever else was not.
            let seen = !unread || draft.verb == Verb::Delete;
            decisions.hold_draft(draft, Why::Needs, hint.as_str()).seen = seen;
        }
    }
}

/// The first change that cannot be done, why, and what it waits for.
fn broken(decisions: &Decisions<'_>) -> Option<(Address, String, Address)> {
    let made = Made::by(decisions);
    decisions.drafts.iter().find_map(|draft| {
        let (hint, waits_for) = if let Some(needed) = missing(decisions, &made, draft) {
            (without(decisions, draft, &needed), needed)
        } else {
            let (keeper, name) = hand_over::kept_by(decisions, draft)?;
            let why = decisions.held.get(keeper).map_or("", |held| held.why.word());
            (format!("{keeper} still has the name `{name}`, and is held ({why})"), keeper.clone())
        };
        Some((draft.address.clone(), hint, waits_for))
    })
}

fn without(decisions: &Decisions<'_>, draft: &Draft, needed: &Address) -> String {
    match decisions.held.get(needed) {
        Some(held) if draft.verb == Verb::Delete => {
            format!("{needed} still points at it, and is held ({})", held.why.word())
        }
        None if draft.verb == Verb::Delete => format!("{needed} still points at it"),
        Some(held) => format!("it needs {needed}, which is held ({})", held.why.word()),
        None if decisions.live.found.contains_key(needed) => format!("it needs {needed}, which is not ours"),
        None => format!("it needs {needed}, which does not exist"),
    }
}

/// What the drafts do, by address: looked up once for each need, so that a plan of thousands stays quick.
struct Made<'d> {
    /// What exists once they are done.
    there: BTreeSet<&'d Address>,
    /// The first draft of each address.
    drafts: BTreeMap<&'d Address, &'d Draft>,
}

impl<'d> Made<'d> {
    fn by(decisions: &'d Decisions<'_>) -> Self {
        let (mut there, mut drafts) = (BTreeSet::new(), BTreeMap::new());
        for draft in &decisions.drafts {
            drafts.entry(&draft.address).or_insert(draft);
            if draft.verb != Verb::Delete {
                there.insert(&draft.address);
                there.extend(&draft.serves);
            }
        }
        Self { there, drafts }
    }
}

/// What a change needs and will not have; for a removal, what keeps it from going.
fn missing(decisions: &Decisions<'_>, made: &Made<'_>, draft: &Draft) -> Option<Address> {
    let want = match &draft.change {
        Change::Create { want } | Change::Update { want, .. } => want,
        Change::Delete { id, .. } => return holder_that_stays(decisions, made, draft, id),
    };
    want.requires().into_iter().find(|needed| {
        let exists = decisions.live.names.ids(needed).next().is_some();
        let held = decisions.held.contains_key(needed);
        // A guardrail whose draft could not be brought to the spec must not be snapshot; and on what belongs to others,
        // or may, nothing of ours is built.
        let found = decisions.live.found.get(needed);
        let foreign = found.is_some_and(|found| found.owner != Owner::Ours && !belongs_to_adopted(decisions, found));
        let stale = held && draft.address.kind == Kind::GuardrailVersion;
        !made.there.contains(needed) && (!exists || foreign || stale)
    })
}

/// What still points at a guardrail or version once everything is done. A resource policy, which goes by the ARN of its
/// guardrail, is kept by what is held alone: whoever stays by its own will is known to do without it.
fn holder_that_stays(decisions: &Decisions<'_>, made: &Made<'_>, removal: &Draft, id: &RemoteId) -> Option<Address> {
    let uses = |version: &RemoteId| version == id || guardrail_of(version).as_ref() == Some(id);
    let by_will = removal.address.kind == Kind::ResourcePolicy;
    let goes_on = |holder: &Address| match made.drafts.get(holder) {
        Some(Draft { change: Change::Update { want, .. }, .. }) if !by_will => {
            want.requires().iter().any(|needed| decisions.live.names.ids(needed).any(uses))
        }
        Some(_) => false,
        None => !by_will || decisions.held.contains_key(holder),
    };
    let points_here = |versions: &BTreeSet<RemoteId>| versions.iter().any(uses);
    let mut holders = decisions.live.pointers.iter().filter(|(_, versions)| points_here(versions));
    holders.find(|(holder, _)| goes_on(holder)).map(|(holder, _)| holder.clone())
}
