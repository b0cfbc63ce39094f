//! The exit codes: one code, one meaning, the same in every command.

use std::process::ExitCode;

use crate::import::source::NO_PARAMETER;
use crate::model::diagnostic::Diagnostics;
use crate::spec::codes::NO_ENVIRONMENT;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done; nothing to do; in sync.
    Done,
    /// 1: failed, and nothing was changed: a fault of the spec, an AWS error, the wrong account, a blind spot in `plan` or
    /// `drift`.
    Failed,
    /// 2: there are differences or findings.
    Differs,
    /// 3: refused, and nothing was changed: a hazard not allowed, too many deletes, everything held, no confirmation
    /// possible.
    Refused,
    /// 4: the saved plan is stale, and nothing was changed.
    Stale,
    /// 5: incomplete: something was done, and something failed, was held or was not seen. A rerun continues.
    Incomplete,
    /// 6: checks failed.
    ChecksFailed,
    /// 64: wrong usage of the command line; a `--target` or an `--env` that names nothing.
    Usage,
    /// 130: interrupted; calls in flight were finished, the rest skipped.
    Interrupted,
}

impl Exit {
    /// How a command ends that found errors in a spec or in a file to convert: an environment or a parameter that is not there is
    /// the command line's fault, whatever else there is.
    pub(crate) fn at_fault(faults: &Diagnostics) -> Self {
        let usage = [NO_ENVIRONMENT, NO_PARAMETER];
        if faults.iter().any(|fault| usage.contains(&fault.code)) { Self::Usage } else { Self::Failed }
    }

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Differs => 2,
            Self::Refused => 3,
            Self::Stale => 4,
            Self::Incomplete => 5,
            Self::ChecksFailed => 6,
            Self::Usage => 64,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
