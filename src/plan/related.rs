//! Which actions may be related at all: an order of thousands is found without comparing each with each.
//!
//! What is found here is only looked at more closely; [`order`](super::order) alone says what comes after what. So this may
//! name too many and must never name too few.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::guardrails::guardrail_of;
use super::order::{Draft, guardrail, model, protects, releases_profile, shows_profile, takes};
use super::{Change, agreeing, grants, hand_over};
use crate::kinds::{Kind, Verb};
use crate::model::{AccountId, Address, Live, RemoteId, Scope};

/// A draft with what it requires as it is and as it will be, worked out once.
#[derive(Clone, Copy)]
pub(super) struct Seen<'d> {
    pub(super) draft: &'d Draft,
    /// What it requires as AWS has it; empty for a create.
    pub(super) had: &'d [Address],
    /// What it requires as it will be; empty for a removal.
    pub(super) wants: &'d [Address],
}

/// What every draft requires, before and after.
pub(super) struct Required(Vec<[Vec<Address>; 2]>);

impl Required {
    pub(super) fn by(drafts: &[Draft]) -> Self {
        let of = |draft: &Draft| match &draft.change {
            Change::Create { want } => [Vec::new(), want.requires()],
            Change::Update { have, want, .. } => [have.requires(), want.requires()],
            Change::Delete { have, .. } => [have.requires(), Vec::new()],
        };
        Self(drafts.iter().map(of).collect())
    }

    pub(super) fn see<'d>(&'d self, drafts: &'d [Draft], at: usize) -> Seen<'d> {
        let [had, wants] = &self.0[at];
        Seen { draft: &drafts[at], had, wants }
    }
}

/// The drafts by what may relate them to others.
#[derive(Default)]
pub(super) struct Related<'d> {
    count: usize,
    address: BTreeMap<&'d Address, Vec<usize>>,
    /// By what exists once they are done.
    makes: BTreeMap<&'d Address, Vec<usize>>,
    /// By what they require as AWS has them.
    required: BTreeMap<&'d Address, Vec<usize>>,
    /// By the versions at which they point, and the guardrails of these.
    points: BTreeMap<RemoteId, Vec<usize>>,
    /// By the name that an update leaves, or keeps.
    names: BTreeMap<(Kind, &'d Scope, Cow<'d, str>), Vec<usize>>,
    /// By the guardrail in which they make room.
    room: BTreeMap<&'d Address, Vec<usize>>,
    protecting: Vec<usize>,
    /// Those of them that take nothing away.
    adding: Vec<usize>,
    policies: Vec<usize>,
    /// Those of IAM, by their account.
    grants: BTreeMap<&'d AccountId, Vec<usize>>,
    releasing: Vec<usize>,
}

impl<'d> Related<'d> {
    pub(super) fn of(drafts: &'d [Draft], required: &'d Required, live: &Live) -> Self {
        let mut all = Self { count: drafts.len(), ..Self::default() };
        for at in 0..drafts.len() {
            all.add(at, required.see(drafts, at), live);
        }
        all
    }

    fn add(&mut self, at: usize, seen: Seen<'d>, live: &Live) {
        let draft = seen.draft;
        self.address.entry(&draft.address).or_default().push(at);
        for made in [&draft.address].into_iter().chain(&draft.serves) {
            self.makes.entry(made).or_default().push(at);
        }
        for required in seen.had {
            self.required.entry(required).or_default().push(at);
        }
        for version in live.pointers.get(&draft.address).into_iter().flatten() {
            for id in guardrail_of(version).into_iter().chain([version.clone()]) {
                self.points.entry(id).or_default().push(at);
            }
        }
        for id in grants::named(draft, live) {
            self.points.entry(id).or_default().push(at);
        }
        if let Change::Update { have, .. } = &draft.change
            && let Some(name) = hand_over::name(have)
        {
            self.names.entry((draft.address.kind, &draft.address.scope, name)).or_default().push(at);
        }
        if let Some(guardrail) = guardrail(model(&draft.change)).filter(|_| draft.makes_room) {
            self.room.entry(guardrail).or_default().push(at);
        }
        if protects(draft) {
            self.protecting.push(at);
            if !takes(draft) {
                self.adding.push(at);
            }
        }
        if matches!(draft.address.kind, Kind::OrgPolicy | Kind::OrgPolicyAttachment) {
            self.policies.push(at);
        }
        if grants::is_of_iam(draft) {
            self.grants.entry(&draft.address.scope.account).or_default().push(at);
        }
        if releases_profile(draft) {
            self.releasing.push(at);
        }
    }

    /// Those after which the draft at `at` may have to come, in order and without itself.
    pub(super) fn candidates(&self, at: usize, seen: Seen<'_>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let draft = seen.draft;
        if releases_profile(draft) {
            // They come at the very end, and there are few.
            found.extend(0..self.count);
            found.remove(&at);
            return found;
        }
        if shows_profile(draft) {
            found.extend(&self.releasing);
        }
        found.extend(self.address.get(&draft.address).into_iter().flatten());
        match &draft.change {
            Change::Delete { id, .. } => {
                found.extend(self.points.get(id).into_iter().flatten());
                found.extend(self.required.get(&draft.address).into_iter().flatten());
                found.extend(seen.had.iter().filter_map(|address| self.address.get(address)).flatten());
            }
            Change::Create { want } | Change::Update { want, .. } => {
                found.extend(seen.wants.iter().filter_map(|address| self.makes.get(address)).flatten());
                found.extend(guardrail(want).and_then(|guardrail| self.room.get(guardrail)).into_iter().flatten());
                let name = hand_over::taken(&draft.change);
                let name = name.map(|name| (draft.address.kind, &draft.address.scope, name));
                found.extend(name.and_then(|name| self.names.get(&name)).into_iter().flatten());
                if grants::enforces(draft.address.kind) {
                    // What the organization enforces is felt in every account.
                    if draft.address.kind == Kind::AccountEnforcement {
                        found.extend(self.grants.get(&draft.address.scope.account).into_iter().flatten());
                    } else {
                        found.extend(self.grants.values().flatten());
                    }
                }
            }
        }
        if takes(draft) && (protects(draft) || draft.verb != Verb::Delete) {
            // Nobody else waits for what takes something away, but who may apply a guardrail waits for its last pointer.
            let shares =
                matches!(draft.address.kind, Kind::ResourcePolicy | Kind::OrgPolicy) || grants::is_of_iam(draft);
            found.extend(if shares { &self.protecting } else { &self.adding });
        }
        if draft.address.kind == Kind::OrgPolicyAttachment || agreeing::attaches(draft) {
            found.extend(&self.policies);
        }
        found.remove(&at);
        found
    }
}
