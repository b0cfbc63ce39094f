//! What was there before the last writes, kept only as long as some fault wants reads to see it.

use std::collections::{BTreeMap, VecDeque};

use crate::bedrock::Bedrock;
use crate::clock::Millis;
use crate::iam::Iam;
use crate::organizations::Organization;
use crate::tracked::Groups;
use crate::world::{Scope, State};

/// The values that parts of the state had before they were written, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// For how long; nothing is kept without it.
    memory_ms: Option<u32>,
    kept: VecDeque<Before>,
    /// The number of the present request.
    request: u64,
}

#[derive(Debug)]
struct Before {
    at: Millis,
    request: u64,
    subject: Subject,
    value: Kept,
}

/// A part of the state. Time and ids are none: they go on while a read looks back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Organization,
    Bedrock(Scope),
    Iam(String),
}

/// The value of a part.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    Organization(Box<Organization>),
    Bedrock(Scope, Box<Bedrock>),
    Iam(String, Box<Iam>),
}

impl Past {
    pub(crate) fn remember(&mut self, memory_ms: Option<u32>) {
        self.memory_ms = memory_ms;
        if memory_ms.is_none() {
            self.kept.clear();
        }
    }

    pub(crate) fn begin(&mut self) {
        self.request += 1;
    }

    /// Keeps the value of a part that the present request is about to write, if it is the first time that it does.
    pub(crate) fn keep(&mut self, now: Millis, subject: &Subject, state: &State) {
        let Some(memory_ms) = self.memory_ms else { return };
        while self.kept.front().is_some_and(|before| before.at <= now.saturating_sub(memory_ms.into())) {
            self.kept.pop_front();
        }
        let of_request = self.kept.iter().rev().take_while(|before| before.request == self.request);
        if of_request.into_iter().any(|before| before.subject == *subject) {
            return;
        }
        let value = match subject {
            Subject::Organization => Kept::Organization(Box::new(state.organization.clone())),
            Subject::Bedrock(scope) => Kept::Bedrock(scope.clone(), Box::new(state.bedrock(scope).clone())),
            Subject::Iam(account) => Kept::Iam(account.clone(), Box::new(state.iam.get(account).clone())),
        };
        self.kept.push_back(Before { at: now, request: self.request, subject: subject.clone(), value });
    }

    /// What the parts written after that moment held then.
    pub(crate) fn at(&self, moment: Millis) -> Vec<Kept> {
        let mut first: BTreeMap<&Subject, &Kept> = BTreeMap::new();
        for Before { subject, value, .. } in self.kept.iter().filter(|before| before.at > moment) {
            first.entry(subject).or_insert(value);
        }
        first.into_values().cloned().collect()
    }
}

impl Kept {
    /// Puts the value into the state, and gives back the one that was there.
    pub(crate) fn exchange(mut self, state: &mut State) -> Self {
        match &mut self {
            Self::Organization(value) => std::mem::swap(&mut state.organization, value.as_mut()),
            Self::Bedrock(scope, value) => {
                let regions = state.bedrock.get_or_insert_with(scope.account.clone(), Groups::new);
                std::mem::swap(regions.get_or_insert_with(scope.region.clone(), Bedrock::nothing), value.as_mut());
            }
            Self::Iam(account, value) => std::mem::swap(state.iam.get_mut(account), value.as_mut()),
        }
        self
    }
}
