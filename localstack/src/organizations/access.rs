//! Which account may call what.

use super::errors::{access_denied, not_in_use};
use super::organization::Organization;
use crate::caller::Caller;
use crate::error::ApiError;

/// Who besides the management account may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Every account of the organization.
    Member,
    /// Administrators of any service, and accounts that the resource policy admits.
    Reader,
    /// Accounts that the resource policy admits.
    Delegate,
    /// Administrators of any service; the resource policy cannot admit anyone.
    Administrator,
    /// Nobody.
    Management,
}

impl Access {
    /// `admitted` asks the resource policy.
    pub(super) fn check(
        self,
        organization: &Organization,
        caller: &Caller,
        admitted: impl FnOnce() -> bool,
    ) -> Result<(), ApiError> {
        if !organization.accounts.contains_key(&caller.account) {
            return Err(not_in_use());
        }
        if caller.account == organization.management_account {
            return Ok(());
        }
        let administers = organization.delegated_administrators.contains_key(&caller.account);
        let may = match self {
            Self::Member => true,
            Self::Reader => administers || admitted(),
            Self::Delegate => admitted(),
            Self::Administrator => administers,
            Self::Management => false,
        };
        if may { Ok(()) } else { Err(access_denied()) }
    }
}
