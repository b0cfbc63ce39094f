//! IAM of all accounts.

use std::collections::{BTreeMap, BTreeSet};

use super::state::Iam;
use super::template::Template;
use crate::config::Partition;
use crate::organizations::Organization;

/// The account id under which a state holds what every account of the organization begins with.
pub(crate) const EVERY: &str = "*";

/// IAM of all accounts: what each began with until it changes something, then its own.
#[derive(Debug)]
pub(crate) struct Accounts {
    template: Iam,
    by_account: BTreeMap<String, Iam>,
    /// The accounts that a state has to hold.
    own: BTreeSet<String>,
}

impl Accounts {
    pub(crate) fn new(mut state: BTreeMap<String, Iam>, organization: &Organization, partition: Partition) -> Self {
        let template = state.remove(EVERY).unwrap_or_default();
        let own = state.keys().cloned().collect();
        let expander = Template { iam: &template, partition, management: organization.management_account() };
        let mut by_account = state;
        for (account, invited, joined) in organization.members() {
            let iam = by_account.entry(account.to_owned()).or_insert_with(|| expander.expand(account, invited));
            iam.complete(account, joined);
        }
        // An account outside the organization joined nothing.
        for (account, iam) in &mut by_account {
            iam.complete(account, 0);
        }
        Self { template, by_account, own }
    }

    pub(crate) fn get(&self, account: &str) -> &Iam {
        static NOTHING: Iam = Iam::nothing();
        self.by_account.get(account).unwrap_or(&NOTHING)
    }

    pub(crate) fn get_mut(&mut self, account: &str) -> &mut Iam {
        self.own.insert(account.to_owned());
        self.by_account.entry(account.to_owned()).or_default()
    }

    /// What a state holds under the key, an account or [`EVERY`].
    pub(crate) fn part(&self, key: &str) -> &Iam {
        if key == EVERY { &self.template } else { self.get(key) }
    }

    /// The keys of all parts that a state holds.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        [EVERY].into_iter().chain(self.own.iter().map(String::as_str))
    }
}

/// What makes no sense in a state, in words.
pub(crate) fn faults(state: &BTreeMap<String, Iam>) -> Vec<String> {
    state
        .iter()
        .flat_map(|(account, iam)| iam.faults().into_iter().map(move |fault| format!("{account}: {fault}")))
        .collect()
}
