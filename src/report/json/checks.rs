//! What `verify` and `readiness` found, for machines.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::checks::{Check, End, Report, State, What};
use crate::report::Disclosure;

/// The number of the form that this release writes.
pub const CHECKS_VERSION: &str = "1";

/// What was examined, one by one, and how each ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Checks")]
pub struct JsonChecks {
    /// The number of this form.
    pub format_version: String,
    /// The command: `verify` or `readiness`.
    pub command: String,
    /// The stack of the spec.
    pub stack: String,
    /// How it ended as a whole; the exit codes are 0, 6 and 1.
    pub outcome: End,
    /// How many checks ended how.
    pub summary: JsonSummary,
    /// Every check, in the order of subjects, places and names.
    pub checks: Vec<JsonCheck>,
    /// What to know about what was not examined.
    pub notes: Vec<String>,
}

/// How many checks ended how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Summary")]
pub struct JsonSummary {
    /// It is as it must be.
    pub passed: usize,
    /// It is not.
    pub failed: usize,
    /// It could not be found out.
    pub unseen: usize,
    /// There was nothing to find out.
    pub skipped: usize,
}

/// One thing that was examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Check")]
pub struct JsonCheck {
    /// What it is about.
    pub what: What,
    /// The account.
    pub account: String,
    /// The Region; null where it is about none.
    pub region: Option<String>,
    /// Which of several there: a role, a version, a way to call a model; null where there is one.
    pub about: Option<String>,
    /// How it ended.
    pub state: State,
    /// What was found, or why nothing was.
    pub message: String,
    /// What to do about it; null where there is nothing to do or to say.
    pub fix: Option<String>,
}

/// The report of `command`.
pub fn checks(report: &Report, command: &str, stack: &str, disclosure: &Disclosure) -> JsonChecks {
    let count = |state: State| report.count(state);
    let check = |check: &Check| JsonCheck {
        what: check.what,
        account: check.scope.account.to_string(),
        region: check.scope.region.as_ref().map(ToString::to_string),
        about: Some(check.about.clone()).filter(|about| !about.is_empty()),
        state: check.outcome.state,
        message: disclosure.scrub_text(&check.outcome.message),
        fix: check.outcome.fix.as_deref().map(|fix| disclosure.scrub_text(fix)),
    };
    JsonChecks {
        format_version: CHECKS_VERSION.to_owned(),
        command: command.to_owned(),
        stack: stack.to_owned(),
        outcome: report.end(),
        summary: JsonSummary {
            passed: count(State::Passed),
            failed: count(State::Failed),
            unseen: count(State::Unseen),
            skipped: count(State::Skipped),
        },
        checks: report.checks.iter().map(check).collect(),
        notes: report.notes.clone(),
    }
}
