//! What apply reports while it runs: one JSON line per event, and a summary at the end.

use schemars::JsonSchema;
use serde::Serialize;

use super::{JsonHeld, PlanFile};
use crate::apply::{self, Happened, Outcome};
use crate::aws;
use crate::kinds::Verb;
use crate::plan::Plan;
use crate::report::{Disclosure, clean};

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
    /// AWS's error code, if it failed.
    pub code: Option<String>,
}

/// What happened, as a line; a wait is none, since nothing has changed by it.
pub fn event(event: &apply::Event, disclosure: &Disclosure) -> Option<Line> {
    let line = |calls: &[aws::Call], error: Option<String>| Event {
        address: event.address.to_string(),
        verb: event.verb,
        calls: calls.iter().map(call).collect(),
        error,
    };
    Some(match &event.happened {
        Happened::Waiting { .. } => return None,
        Happened::Started => Line::Started(line(&[], None)),
        Happened::Done { calls } => Line::Done(line(calls, None)),
        Happened::Failed { calls, error, .. } => Line::Failed(line(calls, Some(disclosure.scrub_text(error)))),
        Happened::Skipped { because } => Line::Skipped(line(&[], Some(why_skipped(because.as_ref())))),
    })
}

/// Why an action was not tried.
pub(crate) fn why_skipped(because: Option<&crate::model::Address>) -> String {
    because.map_or_else(|| "interrupted".to_owned(), |address| format!("{address} failed"))
}

/// The last line.
pub fn summary(outcome: &Outcome, plan: &Plan, disclosure: &Disclosure) -> Line {
    let Outcome { done, failed, skipped, interrupted: _ } = outcome;
    let held = PlanFile::of(plan, disclosure).held;
    Line::Summary { done: done.len(), failed: failed.len(), skipped: skipped.len(), held }
}

fn call(call: &aws::Call) -> Call {
    let (service, operation) = call.operation.split_once(':').unwrap_or(("", call.operation));
    Call {
        service: service.to_owned(),
        operation: operation.to_owned(),
        request_id: call.request_id.clone(),
        code: call.code.clone(),
    }
}

/// `value` as one line of JSON.
pub fn line<T: Serialize>(value: &T) -> String {
    clean::json(&serde_json::to_string(value).expect("a report is always JSON")) + "\n"
}
