//! The judge of safety: what each account was subject to, from the start on, and whether it could call a model.
//!
//! An entry holds what one operation changed, or one propagation when it fell due. Nothing runs on a timer: what has fallen due is
//! found when the next request comes, and dated when it was due. An entry in memory is only what differs; `GET /_bedrail/timeline`
//! makes whole ones.
//!
//! ```text
//! watch       what is enforced where, and what has become of the guardrails (facts)
//! judge       what that means for an account (verdicts)
//! permissions … and for who may invoke models in it
//! subjection  what an account in a Region is subject to
//! report      entries, whole
//! ```

mod judge;
mod permissions;
mod report;
mod subjection;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use crate::clock::Millis;
use crate::past::Subject;
use crate::world::World;
use judge::Judge;
use subjection::Subjections;
use watch::{Reach, Watch};

/// What brought an entry about. The start has no account and no Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Cause {
    pub(crate) service: String,
    pub(crate) operation: String,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
}

impl Cause {
    fn start() -> Self {
        Self { service: "emulator".to_owned(), operation: "start".to_owned(), account: None, region: None }
    }
}

/// What the accounts were subject to so far.
#[derive(Debug)]
pub(crate) struct Timeline {
    entries: Vec<Entry>,
    /// What accounts are subject to now; one that is not here is subject to nothing.
    present: BTreeMap<Arc<str>, Arc<Subjections>>,
    watch: Watch,
    /// Who caused what is still to come.
    causes: BTreeMap<Millis, Cause>,
    /// When something will change by itself.
    next: Option<Millis>,
}

#[derive(Debug)]
struct Entry {
    at: Millis,
    cause: Cause,
    /// The accounts that are subject to something else from here on.
    changed: Vec<(Arc<str>, Arc<Subjections>)>,
}

impl Timeline {
    /// A timeline that begins with what is there.
    pub(crate) fn start(world: &World) -> Self {
        let now = world.now();
        let mut timeline = Self {
            entries: Vec::new(),
            present: BTreeMap::new(),
            watch: Watch::default(),
            causes: BTreeMap::new(),
            next: None,
        };
        timeline.watch.begin(world, now);
        let changed = timeline.judge(world, &Reach::Everyone);
        timeline.entries.push(Entry { at: now, cause: Cause::start(), changed });
        timeline.next = timeline.watch.next(world, now);
        timeline
    }

    /// Takes note of what has fallen due. To be called before anything changes.
    pub(crate) fn catch_up(&mut self, world: &World) {
        let now = world.now();
        if self.next.is_none_or(|next| next > now) {
            return;
        }
        while let Some(due) = self.next.filter(|next| *next <= now) {
            let cause = self.causes.range(..=due).next_back().map_or_else(Cause::start, |(_, cause)| cause.clone());
            let reach = self.watch.look(world, due);
            self.note(world, due, cause, &reach);
            self.next = self.watch.next(world, due);
        }
        self.causes = self.causes.split_off(&now);
    }

    /// Takes note of what an operation changed.
    pub(crate) fn observe(&mut self, world: &World, touched: &BTreeSet<Subject>, cause: impl FnOnce() -> Cause) {
        if touched.is_empty() {
            return;
        }
        let (now, cause) = (world.now(), cause());
        let reach = self.watch.look_at(world, touched, now);
        for due in watch::dues(world, touched, now) {
            self.causes.entry(due).or_insert_with(|| cause.clone());
        }
        self.note(world, now, cause, &reach);
        self.next = self.watch.next(world, now);
    }

    fn note(&mut self, world: &World, at: Millis, cause: Cause, reach: &Reach) {
        let changed = self.judge(world, reach);
        if !changed.is_empty() {
            self.entries.push(Entry { at, cause, changed });
        }
    }

    /// What the accounts within reach are subject to now, where it differs from before.
    fn judge(&mut self, world: &World, reach: &Reach) -> Vec<(Arc<str>, Arc<Subjections>)> {
        let Self { present, watch, .. } = self;
        let mut judge = Judge::new(world, watch);
        let accounts: BTreeSet<Arc<str>> = match reach {
            Reach::Everyone => watch.accounts(world).map(Arc::from).chain(present.keys().cloned()).collect(),
            Reach::Accounts(accounts) => accounts.iter().map(|account| Arc::from(account.as_str())).collect(),
        };
        let mut changed = Vec::new();
        for account in accounts {
            let subjections = judge.account(&account);
            let same = match present.get(&account) {
                Some(before) => *before == subjections,
                None => subjections.is_empty(),
            };
            if !same {
                present.insert(Arc::clone(&account), Arc::clone(&subjections));
                changed.push((account, subjections));
            }
        }
        changed
    }
}
