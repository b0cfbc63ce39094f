//! One fact as it was found, with what falls if it does not hold.

use std::collections::BTreeSet;

use crate::model::diagnostic::Code;
use crate::model::{AccountId, Address};
use crate::plan::{Precondition, State};

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

    /// Why something is held because of it.
    pub(super) fn hint(&self) -> String {
        let Precondition { message, fix, code, .. } = &self.precondition;
        match fix {
            Some(fix) => format!("{message} [{code}]; {fix}"),
            None => format!("{message} [{code}]"),
        }
    }
}

/// What was found amiss, or that nothing was: one fact for an address, however many Regions and accounts it is about.
pub(super) fn or_ok(amiss: Vec<Finding>, code: Code, address: &Address, fine: impl FnOnce() -> String) -> Vec<Finding> {
    if amiss.is_empty() { vec![Finding::ok(code, address, fine())] } else { amiss }
}
