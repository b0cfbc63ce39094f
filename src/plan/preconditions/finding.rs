//! One fact as it was found, with what falls if it does not hold.

use std::collections::BTreeSet;

use super::pointer::View;
use crate::model::diagnostic::Code;
use crate::model::{AccountId, Address};
use crate::plan::{Precondition, State};

/// How many accounts a hint names before the rest is counted; the precondition has them all.
const NAMED: usize = 3;

/// A precondition, and what must not be done while it fails.
pub(super) struct Finding {
    pub(super) precondition: Precondition,
    /// The changes to hold if it failed; those that are not planned, and removals, are let be.
    pub(super) holds: BTreeSet<Address>,
}

impl Finding {
    fn new<'a>(state: State, code: Code, address: impl Into<Option<&'a Address>>, message: impl Into<String>) -> Self {
        let (message, address) = (message.into(), address.into().cloned());
        let precondition = Precondition { state, code, message, address, accounts: Vec::new(), fix: None };
        Self { precondition, holds: BTreeSet::new() }
    }

    /// It holds.
    pub(super) fn ok<'a>(code: Code, address: impl Into<Option<&'a Address>>, message: impl Into<String>) -> Self {
        Self::new(State::Ok, code, address, message)
    }

    /// It does not.
    pub(super) fn failed<'a>(code: Code, address: impl Into<Option<&'a Address>>, message: impl Into<String>) -> Self {
        Self::new(State::Failed, code, address, message)
    }

    /// It could not be seen.
    pub(super) fn unknown<'a>(code: Code, address: impl Into<Option<&'a Address>>, message: impl Into<String>) -> Self {
        Self::new(State::Unknown, code, address, message)
    }

    /// These accounts it would hurt, or of them it is not known.
    pub(super) fn about<'a>(mut self, accounts: impl IntoIterator<Item = &'a AccountId>) -> Self {
        let accounts: BTreeSet<_> = accounts.into_iter().cloned().collect();
        self.precondition.accounts = accounts.into_iter().collect();
        self
    }

    /// This mends it.
    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.precondition.fix = Some(fix.into());
        self
    }

    /// These depend on it.
    pub(super) fn holds(mut self, addresses: impl IntoIterator<Item = Address>) -> Self {
        self.holds.extend(addresses);
        self
    }

    /// Why something is held because of it, the first few of the accounts that it would hurt by their names.
    pub(super) fn hint(&self, view: &View<'_>) -> String {
        let Precondition { message, fix, code, accounts, .. } = &self.precondition;
        let name = |id: &AccountId| match view.account(id) {
            Some(account) => format!("{} ({id})", account.name),
            None => id.to_string(),
        };
        let mut named: Vec<String> = accounts.iter().take(NAMED).map(name).collect();
        if accounts.len() > NAMED {
            named.push(format!("and {} more", accounts.len() - NAMED));
        }
        let hurt = if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) };
        let fix = fix.as_ref().map(|fix| format!("; {fix}")).unwrap_or_default();
        format!("{message} [{code}]{hurt}{fix}")
    }
}

/// What was found amiss, or that nothing was: one fact for an address, however many Regions and accounts it is about.
pub(super) fn or_ok(amiss: Vec<Finding>, code: Code, address: &Address, fine: impl FnOnce() -> String) -> Vec<Finding> {
    if amiss.is_empty() { vec![Finding::ok(code, address, fine())] } else { amiss }
}
