//! What must be so before anything is enforced: facts that were looked at, each with what was found.

use serde::{Deserialize, Serialize};

use crate::model::diagnostic::Code;
use crate::model::{AccountId, Address};

/// How a precondition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It does not hold: what depends on it is held.
    Failed,
    /// It could not be seen.
    Unknown,
    /// It holds.
    Ok,
}

impl State {
    /// The word of the JSON plan.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Ok => "ok",
        }
    }
}

/// Something that must be so before a change is made, and whether it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Precondition {
    /// How it stands; the gravest come first.
    pub state: State,
    /// `P…`, listed in the reference of codes.
    pub code: Code,
    /// What was found.
    pub message: String,
    /// The resource that needs it.
    pub address: Option<Address>,
    /// The accounts that it would hurt, or of which it is not known; sorted.
    pub accounts: Vec<AccountId>,
    /// What to do about it.
    pub fix: Option<String>,
}
