//! IAM of all accounts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::Iam;
use super::template::Template;
use crate::config::Partition;
use crate::organizations::Organization;
use crate::tracked::{Change, Groups, Part};

/// The account id under which a state holds what every account of the organization begins with.
pub(crate) const EVERY: &str = "*";

/// IAM of all accounts: what each began with until it changes something, then its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Accounts {
    /// What a state holds: the accounts that have their own, and under [`EVERY`] what the others begin with.
    held: Groups<String, Iam>,
    /// The accounts that have nothing of their own.
    #[serde(skip)]
    expanded: BTreeMap<String, Iam>,
}

impl Accounts {
    /// Gives each account of the organization what it begins with.
    pub(crate) fn expand(&mut self, organization: &Organization, partition: Partition) {
        let none = Iam::nothing();
        let template = self.held.get(EVERY).unwrap_or(&none);
        let expander = Template { iam: template, partition, management: organization.management_account() };
        let mut joined = BTreeMap::new();
        for (account, invited, since) in organization.members() {
            joined.insert(account, since);
            if !self.held.contains_key(account) {
                let mut iam = expander.expand(account, invited);
                iam.complete(account, since);
                iam.forget_changes();
                self.expanded.insert(account.to_owned(), iam);
            }
        }
        self.held.edit_all(|account, iam| {
            if account != EVERY {
                // An account outside the organization joined nothing.
                iam.complete(account, joined.get(account.as_str()).copied().unwrap_or_default());
            }
        });
        // It follows from what the state holds, each time that it is read.
        self.held.forget_changes();
    }

    pub(crate) fn get(&self, account: &str) -> &Iam {
        static NOTHING: Iam = Iam::nothing();
        self.held.get(account).or_else(|| self.expanded.get(account)).unwrap_or(&NOTHING)
    }

    /// From here on the account has its own.
    pub(crate) fn get_mut(&mut self, account: &str) -> &mut Iam {
        let Self { held, expanded } = self;
        held.get_or_insert_with(account.to_owned(), || expanded.remove(account).unwrap_or_default())
    }

    /// What a state holds: accounts, and [`EVERY`].
    pub(crate) fn held(&self) -> &BTreeMap<String, Iam> {
        &self.held
    }
}

impl Part for Accounts {
    fn take_changes(&mut self, path: &mut Vec<String>, changes: &mut Vec<Change>) -> serde_json::Result<()> {
        self.held.take_changes(path, changes)
    }

    fn carry_out(&mut self, path: &[String], value: Option<Value>) -> serde_json::Result<()> {
        self.held.carry_out(path, value)
    }

    fn forget_changes(&mut self) {
        self.held.forget_changes();
    }
}

/// What makes no sense in a state, in words.
pub(crate) fn faults(state: &Accounts) -> Vec<String> {
    state
        .held
        .iter()
        .flat_map(|(account, iam)| iam.faults().into_iter().map(move |fault| format!("{account}: {fault}")))
        .collect()
}
