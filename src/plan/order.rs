//! The order of actions, derived from what kinds say and never listed by hand.
//!
//! These relations make it. *References*: what is needed comes before, and goes after. *Coverage*: taking protection away
//! waits for every protection that the plan adds. *Permission*: who may apply a guardrail loses that when nothing of ours
//! points at it there any more; and the policy of a profile, which every call under a guardrail may need, is released at the
//! very end. *Adoption*: what belongs to something is removed when that is ours. *Room*: where AWS allows no more versions,
//! the oldest goes first. *Names*: one is taken when it has been given up. *Locks*: what forbids policies further down to
//! speak comes before they do, and goes after them.

use std::collections::{BTreeMap, BTreeSet};

use super::guardrails::guardrail_of;
use super::until::Course;
use super::{Action, ActionId, Change, Hazard, Phase, grants, hand_over, locks, phases};
use crate::kinds::{Kind, Model, Verb, resource_policy};
use crate::model::{AccountId, Address, Direction, Facts, FieldDiff, Live, RemoteId};

/// An action that has no number yet.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) address: Address,
    pub(super) entry: Option<String>,
    pub(super) verb: Verb,
    pub(super) phase: Option<Phase>,
    pub(super) prune: bool,
    pub(super) makes_room: bool,
    pub(super) change: Change,
    pub(super) fields: Vec<FieldDiff>,
    pub(super) direction: Direction,
    pub(super) hazards: BTreeSet<Hazard>,
    pub(super) calls: Vec<&'static str>,
    pub(super) reach: Option<usize>,
    pub(super) locked_out: BTreeSet<AccountId>,
    pub(super) target: Option<String>,
    pub(super) fact: String,
    pub(super) serves: Vec<Address>,
}

/// Why one action comes after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Edge {
    /// It could not succeed otherwise.
    Needs,
    /// It must not happen before.
    Waits,
}

/// For each draft, those that come before it.
pub(super) type Edges = Vec<BTreeMap<usize, Edge>>;

/// The relations between these drafts.
pub(super) fn edges(drafts: &[Draft], live: &Live, facts: &Facts) -> Edges {
    let mut edges: Edges = vec![BTreeMap::new(); drafts.len()];
    for (at, draft) in drafts.iter().enumerate() {
        for (other_at, other) in drafts.iter().enumerate() {
            if at != other_at
                && let Some(edge) = relation(draft, other, live)
                    .or_else(|| locks::waits(draft, other, drafts, live, facts).then_some(Edge::Waits))
            {
                edges[at].insert(other_at, edge);
            }
        }
    }
    edges
}

/// Whether `draft` comes after `other`.
fn relation(draft: &Draft, other: &Draft, live: &Live) -> Option<Edge> {
    match (releases_profile(draft), releases_profile(other)) {
        (true, false) => return (!shows_profile(other)).then_some(Edge::Waits),
        (false, true) => return shows_profile(draft).then_some(Edge::Waits),
        (true, true) => return None,
        (false, false) => {}
    }
    if other.phase == Some(Phase::Widen) && draft.phase == Some(Phase::Narrow) && draft.address == other.address {
        return Some(Edge::Needs);
    }
    if draft.verb == Verb::Delete {
        if used_by(draft, other, live) || adopted_with(draft, other) {
            return Some(Edge::Needs);
        }
        let waits = protects(draft) && !draft.prune && protects(other);
        return (waits && (!takes(other) || lets_go(other, draft, live))).then_some(Edge::Waits);
    }
    if takes(draft) && protects(other) && (!takes(other) || lets_go(other, draft, live)) {
        return Some(Edge::Waits);
    }
    let (Change::Create { want } | Change::Update { want, .. }) = &draft.change else { return None };
    if other.verb == Verb::Delete {
        let same_guardrail = guardrail(want).is_some() && guardrail(want) == guardrail(model(&other.change));
        return (other.makes_room && same_guardrail && draft.verb == Verb::Create).then_some(Edge::Needs);
    }
    if takes(other) {
        // It exists, and what is taken from it is nothing that this needs.
        return None;
    }
    let requires = want.requires();
    let made = |address: &Address| requires.contains(address);
    let needs = made(&other.address)
        || other.serves.iter().any(made)
        || hand_over::takes_over(draft, other)
        || grants::precedes(other, draft);
    needs.then_some(Edge::Needs)
}

/// Whether this takes our statements out of the policy of a profile: nobody wants them any more.
fn releases_profile(draft: &Draft) -> bool {
    draft.address.kind == Kind::ResourcePolicy
        && resource_policy::is_profile(&draft.address.name)
        && draft.entry.is_none()
}

/// Whether what goes tells a later run of a profile whose policy is left to release, so that it goes after that.
fn shows_profile(removal: &Draft) -> bool {
    let shows = match removal.address.kind {
        Kind::Guardrail | Kind::GuardrailVersion => !removal.makes_room,
        // Who shares a guardrail may have left a profile.
        Kind::ResourcePolicy => !resource_policy::is_profile(&removal.address.name),
        _ => false,
    };
    removal.verb == Verb::Delete && shows
}

/// Whether what goes belongs to something that becomes ours by `other`.
fn adopted_with(removal: &Draft, other: &Draft) -> bool {
    other.verb == Verb::Adopt && model(&removal.change).requires().contains(&other.address)
}

/// Whether a removal must wait for `other`, which uses what goes: an update that moves a pointer away, or another removal.
fn used_by(removal: &Draft, other: &Draft, live: &Live) -> bool {
    let Change::Delete { id, .. } = &removal.change else { return false };
    let (Change::Update { have, .. } | Change::Delete { have, .. }) = &other.change else { return false };
    let pointed = live.pointers.get(&other.address).is_some_and(|versions| {
        versions.iter().any(|version| version == id || guardrail_of(version).as_ref() == Some(id))
    });
    // A version cannot outlive its guardrail, nor an attachment its policy, whoever removes them.
    pointed
        || (have.requires().contains(&removal.address) && (other.verb == Verb::Delete || moves_away(other, removal)))
}

fn moves_away(update: &Draft, removal: &Draft) -> bool {
    matches!(&update.change, Change::Update { want, .. } if !want.requires().contains(&removal.address))
}

fn model(change: &Change) -> &Model {
    match change {
        Change::Create { want } | Change::Update { want, .. } => want,
        Change::Delete { have, .. } => have,
    }
}

fn guardrail(model: &Model) -> Option<&Address> {
    match model {
        Model::GuardrailVersion(version) => version.guardrail.address(),
        _ => None,
    }
}

/// Whether this takes protection or permission away from somebody.
fn takes(draft: &Draft) -> bool {
    draft.verb == Verb::Delete || phases::narrows(draft)
}

/// Whether `pointer` stops pointing at the guardrail that the policy `permission` permits: nobody may lose the permission
/// before that.
fn lets_go(pointer: &Draft, permission: &Draft, live: &Live) -> bool {
    if grants::outlasts(permission, pointer) {
        return true;
    }
    let (Change::Update { id, .. } | Change::Delete { id, .. }) = &permission.change else { return false };
    if permission.address.kind != Kind::ResourcePolicy {
        return false;
    }
    let points = |holder: &Address| {
        let versions = live.pointers.get(holder);
        versions.is_some_and(|versions| versions.iter().any(|version| guardrail_of(version).as_ref() == Some(id)))
    };
    match &pointer.change {
        Change::Update { have: Model::OrgPolicyAttachment(have), .. }
        | Change::Delete { have: Model::OrgPolicyAttachment(have), .. } => have.policy.address().is_some_and(points),
        Change::Update { .. } | Change::Delete { .. } => points(&pointer.address),
        Change::Create { .. } => false,
    }
}

/// Whether this kind of resource puts calls under a guardrail, requires one, or permits the guardrail that does.
fn protects(draft: &Draft) -> bool {
    match draft.address.kind {
        Kind::AccountEnforcement
        | Kind::OrgPolicy
        | Kind::OrgPolicyAttachment
        | Kind::ResourcePolicy
        | Kind::IamPolicy
        | Kind::IamPolicyAttachment => true,
        Kind::Guardrail | Kind::GuardrailVersion | Kind::OrgPolicyType | Kind::InvocationLogging => false,
    }
}

/// The drafts as actions, numbered in an order in which they could run one by one: whatever is ready and least by address
/// comes next, with removals last.
pub(super) fn number(drafts: Vec<Draft>, edges: &Edges, course: &Course<'_>) -> Vec<Action> {
    let mut waiting: BTreeMap<usize, BTreeSet<usize>> =
        edges.iter().enumerate().map(|(at, before)| (at, before.keys().copied().collect())).collect();
    let mut numbers: BTreeMap<usize, ActionId> = BTreeMap::new();
    let rank = |at: &usize| {
        let draft = &drafts[*at];
        (takes(draft), draft.prune, draft.address.clone(), draft.phase, id(&draft.change))
    };
    while let Some(next) = waiting.iter().filter(|(_, before)| before.is_empty()).map(|(at, _)| *at).min_by_key(rank) {
        waiting.remove(&next);
        for before in waiting.values_mut() {
            before.remove(&next);
        }
        numbers.insert(next, ActionId(numbers.len()));
    }
    assert!(waiting.is_empty(), "the relations between kinds have no cycle: {waiting:?}");
    let mut actions: Vec<Action> = drafts
        .into_iter()
        .enumerate()
        .map(|(at, draft)| (at, course.until(&draft), draft))
        .map(|(at, until, draft)| Action {
            id: numbers[&at],
            address: draft.address,
            entry: draft.entry,
            verb: draft.verb,
            phase: draft.phase,
            prune: draft.prune,
            change: draft.change,
            fields: draft.fields,
            direction: draft.direction,
            hazards: draft.hazards,
            until,
            after: edges[at].keys().map(|before| numbers[before]).collect(),
            calls: draft.calls,
            reach: draft.reach,
            locked_out: draft.locked_out,
            target: draft.target,
            fact: draft.fact,
            serves: draft.serves,
        })
        .collect();
    actions.sort_by_key(|action| action.id);
    actions
}

fn id(change: &Change) -> Option<RemoteId> {
    match change {
        Change::Create { .. } => None,
        Change::Update { id, .. } | Change::Delete { id, .. } => Some(id.clone()),
    }
}
