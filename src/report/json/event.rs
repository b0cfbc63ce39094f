//! What apply reports while it runs: one JSON line per event, and a summary at the end.

use schemars::JsonSchema;
use serde::Serialize;

use super::JsonHeld;
use crate::kinds::Verb;
use crate::report::clean;

/// One line of `apply --format json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Line {
    /// An action begins.
    Started(Event),
    /// It is done.
    Done(Event),
    /// It failed.
    Failed(Event),
    /// It was not tried.
    Skipped(Event),
    /// The last line.
    Summary {
        /// Actions that are done.
        done: usize,
        /// Actions that failed.
        failed: usize,
        /// Actions that were not tried, since one before them failed or the run was interrupted.
        skipped: usize,
        /// What the spec wants and the plan did not hold.
        held: Vec<JsonHeld>,
    },
}

/// What happened to one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Event {
    /// The resource.
    pub address: String,
    /// What is done to it.
    #[schemars(with = "String")]
    pub verb: Verb,
    /// The AWS calls that were made for it.
    pub calls: Vec<Call>,
    /// Why it failed or was skipped.
    pub error: Option<String>,
}

/// One AWS call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Call {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// AWS's id of the request.
    pub request_id: Option<String>,
}

/// `value` as one line of JSON.
pub fn line<T: Serialize>(value: &T) -> String {
    clean::json(&serde_json::to_string(value).expect("a report is always JSON")) + "\n"
}
