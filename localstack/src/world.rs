//! All state, behind one lock.

use std::collections::BTreeSet;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::bedrock::Bedrock;
use crate::caller::Caller;
use crate::clock::{Clock, Millis};
use crate::config::{Options, Partition};
use crate::faults::Course;
use crate::iam::{self, Iam};
use crate::ids::Ids;
use crate::organizations::Organization;
use crate::past::{Kept, Past, Subject};
use crate::regions;
use crate::tracked::{Entities, Groups, Single, parts};

/// Everything that the emulator remembers, and how it behaves.
///
/// Reading goes straight to the fields of [`State`]; changes go through the methods ending in `_mut`. What is changed is noted
/// (see [`crate::tracked`]) and written before the reply is sent.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    /// The course of a change that the present request begins.
    pub(crate) course: Course,
    state: State,
    /// Time stands still while a request is answered: all that it does is of one moment.
    now: Millis,
    past: Past,
    /// What was changed since [`World::take_touched`].
    touched: BTreeSet<Subject>,
}

impl Deref for World {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

/// What belongs to no service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Meta {
    pub(crate) clock: Single<Clock>,
    pub(crate) ids: Ids,
    pub(crate) accounts: Entities<String, Account>,
}

parts!(Meta { clock, ids, accounts } fixed {});

/// What an account has set up for itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Account {
    /// The opt-in Regions that it has enabled.
    pub(crate) enabled_regions: BTreeSet<String>,
}

/// An account in a Region: where regional resources live.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scope {
    pub(crate) account: String,
    pub(crate) region: String,
}

impl Scope {
    /// Where a caller's own resources live.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self { account: caller.account.clone(), region: caller.region.clone() }
    }
}

/// The whole state as one value: what seeds, state files and `GET /_bedrail/state` hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) partition: Partition,
    #[serde(default)]
    pub(crate) meta: Meta,
    pub(crate) organization: Organization,
    /// By account and Region.
    pub(crate) bedrock: Groups<String, Groups<String, Bedrock>>,
    /// By account. Under [`iam::EVERY`]: what each account of the organization has that is not named.
    #[serde(default)]
    pub(crate) iam: iam::Accounts,
}

parts!(State { meta, organization, bedrock, iam } fixed { partition });

impl State {
    /// What Bedrock holds for an account in a Region.
    pub(crate) fn bedrock(&self, scope: &Scope) -> &Bedrock {
        static NOTHING: Bedrock = Bedrock::nothing();
        let regions = self.bedrock.get(&scope.account);
        regions.and_then(|regions| regions.get(&scope.region)).unwrap_or(&NOTHING)
    }
}

impl World {
    pub(crate) fn new(mut state: State, options: Options) -> Self {
        state.iam.expand(&state.organization, state.partition);
        let now = state.meta.clock.now();
        Self { options, course: Course::Normal, state, now, past: Past::default(), touched: BTreeSet::new() }
    }

    /// The state, for whoever writes it to disk.
    pub(crate) fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    pub(crate) fn now(&self) -> Millis {
        self.now
    }

    /// Reads the clock. Where the machine's is put back, time stands still until it has caught up.
    pub(crate) fn tick(&mut self) {
        self.now = self.now.max(self.state.meta.clock.now());
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&mut self, by: u32) {
        self.state.meta.clock.advance(by);
        self.tick();
    }

    /// A new id of `length` characters of `[a-z0-9]`; see [`Ids::lower`].
    pub(crate) fn new_id(&mut self, key: &str, length: usize) -> String {
        self.state.meta.ids.lower(key, length)
    }

    /// A new id of `length` characters of `[A-Z2-7]`; see [`Ids::upper`].
    pub(crate) fn new_upper_id(&mut self, key: &str, length: usize) -> String {
        self.state.meta.ids.upper(key, length)
    }

    /// The organization, to change it.
    pub(crate) fn organization_mut(&mut self) -> &mut Organization {
        self.touch(Subject::Organization);
        self.state.organization.forget_index();
        &mut self.state.organization
    }

    /// What Bedrock holds for an account in a Region, to change it.
    pub(crate) fn bedrock_mut(&mut self, scope: &Scope) -> &mut Bedrock {
        self.touch(Subject::Bedrock(scope.clone()));
        let regions = self.state.bedrock.get_or_insert_with(scope.account.clone(), Groups::new);
        regions.get_or_insert_with(scope.region.clone(), Bedrock::nothing)
    }

    /// What Bedrock holds for each account in one Region.
    pub(crate) fn bedrock_in<'a>(&'a self, region: &'a str) -> impl Iterator<Item = &'a Bedrock> {
        self.bedrock.values().filter_map(move |regions| regions.get(region))
    }

    /// The account's roles and managed policies.
    pub(crate) fn iam(&self, account: &str) -> &Iam {
        self.iam.get(account)
    }

    /// The same, to change it.
    pub(crate) fn iam_mut(&mut self, account: &str) -> &mut Iam {
        self.touch(Subject::Iam(account.to_owned()));
        self.state.iam.get_mut(account)
    }

    /// Whether the account can call a regional service there: the Region is the partition's and, if it is an opt-in Region,
    /// enabled.
    pub(crate) fn reaches(&self, account: &str, region: &str) -> bool {
        regions::find(self.partition, region).is_some_and(|found| {
            let enabled =
                || self.meta.accounts.get(account).is_some_and(|account| account.enabled_regions.contains(region));
            !found.opt_in || enabled()
        })
    }

    /// Notes that a part of the state is about to change.
    fn touch(&mut self, subject: Subject) {
        self.past.keep(self.now, &subject, &self.state);
        self.touched.insert(subject);
    }

    /// The parts of the state that were changed since the last call.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<Subject> {
        std::mem::take(&mut self.touched)
    }

    /// For how long reads may want to see what was there before a write.
    pub(crate) fn remember(&mut self, memory_ms: Option<u32>) {
        self.past.remember(memory_ms);
    }

    /// A new request begins: what it changes is kept as it was before it.
    pub(crate) fn begin(&mut self, course: Course) {
        self.course = course;
        self.past.begin();
    }

    /// Lets a read see what was there at that moment.
    pub(crate) fn as_before<T>(&mut self, moment: Millis, read: impl FnOnce(&mut Self) -> T) -> T {
        let present: Vec<Kept> = self.past.at(moment).into_iter().map(|kept| kept.exchange(&mut self.state)).collect();
        let answer = read(self);
        for kept in present {
            kept.exchange(&mut self.state);
        }
        answer
    }
}
