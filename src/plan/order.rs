//! The order of actions, derived from what kinds say and never listed by hand.
//!
//! These relations make it. *References*: what is needed comes before, and goes after. *Coverage*: taking protection away
//! waits for every protection that the plan adds. *Permission*: who may apply a guardrail loses that when nothing of ours
//! points at it there any more; and the policy of a profile, which every call under a guardrail may need, is released at the
//! very end. *Agreement*: of policies that ask calls for different guardrails, the one that goes, or asks for less, comes before
//! the one that asks for more. *Adoption*: what belongs to something is removed when that is ours. *Room*: where AWS allows no more versions,
//! the oldest goes first. *Names*: one is taken when it has been given up. *Locks*: what forbids policies further down to
//! speak comes before they do, and goes after them. *Recall*: what is to bear the new text of a second policy at a later stage only
//! lets go of that policy before its text changes.

use std::collections::{BTreeMap, BTreeSet};

use super::guardrails::guardrail_of;
use super::related::{Related, Required, Seen};
use super::until::Course;
use super::{Action, ActionId, Change, Hazard, Phase, agreeing, grants, hand_over, locks, phases, recall};
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
    /// Whether this takes a policy back from a node before the text of the policy changes.
    pub(super) recalls: bool,
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
    let required = Required::by(drafts);
    let related = Related::of(drafts, &required, live);
    let of = |at: usize| {
        let draft = required.see(drafts, at);
        let edge =
            |other_at: usize| Some((other_at, edge(draft, required.see(drafts, other_at), drafts, live, facts)?));
        related.candidates(at, draft).into_iter().filter_map(edge).collect()
    };
    let mut edges: Edges = (0..drafts.len()).map(of).collect();
    #[cfg(test)]
    assert_eq!(edges, of_all_pairs(drafts, live, facts), "only what is related was looked at");
    recall::order(drafts, &mut edges);
    edges
}

/// The same without any choice of candidates: what every test of this crate that plans is compared with.
#[cfg(test)]
fn of_all_pairs(drafts: &[Draft], live: &Live, facts: &Facts) -> Edges {
    let required = Required::by(drafts);
    let see = |at| required.see(drafts, at);
    let of = |at: usize| {
        let others = (0..drafts.len()).filter(|other| *other != at);
        others.filter_map(|other| Some((other, edge(see(at), see(other), drafts, live, facts)?))).collect()
    };
    (0..drafts.len()).map(of).collect()
}

fn edge(draft: Seen<'_>, other: Seen<'_>, drafts: &[Draft], live: &Live, facts: &Facts) -> Option<Edge> {
    let (this, that) = (draft.draft, other.draft);
    // Who could call no model in between goes first, whatever else speaks for the other way round.
    let found =
        relation(draft, other, live).filter(|edge| *edge == Edge::Needs || !agreeing::waits(that, this, drafts, live));
    let waits = || agreeing::waits(this, that, drafts, live) || locks::waits(this, that, drafts, live, facts);
    found.or_else(|| waits().then_some(Edge::Waits))
}

/// Whether a draft comes after another.
fn relation(this: Seen<'_>, that: Seen<'_>, live: &Live) -> Option<Edge> {
    let (draft, other) = (this.draft, that.draft);
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
        if used_by(draft, that, live) || adopted_with(this, other) {
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
    let made = |address: &Address| this.wants.contains(address);
    let needs = made(&other.address)
        || other.serves.iter().any(made)
        || hand_over::takes_over(draft, other)
        || grants::precedes(other, draft);
    needs.then_some(Edge::Needs)
}

/// Whether this takes our statements out of the policy of a profile: nobody wants them any more.
pub(super) fn releases_profile(draft: &Draft) -> bool {
    draft.address.kind == Kind::ResourcePolicy
        && resource_policy::is_profile(&draft.address.name)
        && draft.entry.is_none()
}

/// Whether what goes tells a later run of a profile whose policy is left to release, so that it goes after that.
pub(super) fn shows_profile(removal: &Draft) -> bool {
    let shows = match removal.address.kind {
        Kind::Guardrail | Kind::GuardrailVersion => !removal.makes_room,
        // Who shares a guardrail may have left a profile.
        Kind::ResourcePolicy => !resource_policy::is_profile(&removal.address.name),
        _ => false,
    };
    removal.verb == Verb::Delete && shows
}

/// Whether what goes belongs to something that becomes ours by `other`.
fn adopted_with(removal: Seen<'_>, other: &Draft) -> bool {
    other.verb == Verb::Adopt && removal.had.contains(&other.address)
}

/// Whether a removal must wait for `other`, which uses what goes: an update that moves a pointer away, or another removal.
fn used_by(removal: &Draft, that: Seen<'_>, live: &Live) -> bool {
    let Change::Delete { id, .. } = &removal.change else { return false };
    let other = that.draft;
    if matches!(other.change, Change::Create { .. }) {
        return false;
    }
    let pointed = live.pointers.get(&other.address).is_some_and(|versions| {
        versions.iter().any(|version| version == id || guardrail_of(version).as_ref() == Some(id))
    });
    // A version cannot outlive its guardrail, nor an attachment its policy, whoever removes them.
    let goes = || other.verb == Verb::Delete || !that.wants.contains(&removal.address);
    // What makes room is one of several that callers may name, and goes before the policy can change.
    let named = !removal.makes_room && grants::named(other, live).contains(id);
    pointed || named || (that.had.contains(&removal.address) && goes())
}

pub(super) fn model(change: &Change) -> &Model {
    match change {
        Change::Create { want } | Change::Update { want, .. } => want,
        Change::Delete { have, .. } => have,
    }
}

pub(super) fn guardrail(model: &Model) -> Option<&Address> {
    match model {
        Model::GuardrailVersion(version) => version.guardrail.address(),
        _ => None,
    }
}

/// Whether this takes protection or permission away from somebody.
pub(super) fn takes(draft: &Draft) -> bool {
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
    if grants::named(pointer, live).contains(id) {
        return true;
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
pub(super) fn protects(draft: &Draft) -> bool {
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
    let mut waiting: Vec<usize> = edges.iter().map(BTreeMap::len).collect();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for (at, before) in edges.iter().enumerate() {
        for before in before.keys() {
            after[*before].push(at);
        }
    }
    let rank = |at: usize| {
        let draft = &drafts[at];
        (takes(draft), draft.prune, draft.address.clone(), draft.phase, id(&draft.change), at)
    };
    let mut ready: BTreeSet<_> = (0..drafts.len()).filter(|at| waiting[*at] == 0).map(rank).collect();
    let mut numbers: BTreeMap<usize, ActionId> = BTreeMap::new();
    while let Some((.., next)) = ready.pop_first() {
        numbers.insert(next, ActionId(numbers.len()));
        for at in &after[next] {
            waiting[*at] -= 1;
            if waiting[*at] == 0 {
                ready.insert(rank(*at));
            }
        }
    }
    let stuck: Vec<_> =
        drafts.iter().zip(&waiting).filter(|(_, left)| **left > 0).map(|(draft, _)| &draft.address).collect();
    assert!(stuck.is_empty(), "the relations between kinds have no cycle: {stuck:?}");
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
