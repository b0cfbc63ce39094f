//! What apply reports while it runs: one JSON line per event, and a summary at the end.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::trial::{TestReport, test};
use super::{JsonHeld, PlanFile};
use crate::apply::{self, Happened, Left, Outcome};
use crate::aws;
use crate::kinds::Verb;
use crate::model::Address;
use crate::plan::Plan;
use crate::report::trial::promotion::{Bore, Promotion};
use crate::report::{Disclosure, clean};

/// One line of `apply --format json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Line {
    /// The tests of `--require-tests`, before anything else.
    Tests(Tests),
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
        /// Candidates of `--require-tests` that could not be removed.
        left: Vec<JsonLeft>,
    },
}

/// What was tested before anything changes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tests {
    /// The guardrails that candidates were made for, each with the address of its candidate. These are gone again, but for
    /// those in `left`.
    pub candidates: BTreeMap<String, String>,
    /// The guardrails whose draft holds already what the spec says, and was asked itself.
    pub drafts: Vec<String>,
    /// The versions that exist, hold something else and are put in force by the plan: each was asked itself; with its number.
    pub versions: BTreeMap<String, String>,
    /// The guardrails whose content changes, and the versions that are put in force, that no suite was put to.
    pub untested: Vec<String>,
    /// Candidates that could not be removed.
    pub left: Vec<JsonLeft>,
    /// What came of it, as `test --format json` prints it.
    pub report: TestReport,
}

/// A candidate that could not be removed. Nothing enforces it, and the next run with `--require-tests` removes it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonLeft {
    /// Its address.
    pub address: String,
    /// Its ARN, as far as it is known.
    pub id: Option<String>,
    /// Why it is still there.
    pub why: String,
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

/// What was tested, as a line.
pub fn tests(promotion: Promotion<'_>) -> Line {
    let Promotion { told, bore, untested, left } = promotion;
    let candidate = |(of, bore): (&Address, &Bore)| match bore {
        Bore::Candidate(candidate) => Some((of.to_string(), candidate.to_string())),
        Bore::Draft | Bore::Version(_) => None,
    };
    let version = |(of, bore): (&Address, &Bore)| match bore {
        Bore::Version(number) => Some((of.to_string(), number.clone())),
        Bore::Draft | Bore::Candidate(_) => None,
    };
    Line::Tests(Tests {
        candidates: bore.iter().filter_map(candidate).collect(),
        drafts: bore.iter().filter(|(_, bore)| **bore == Bore::Draft).map(|(of, _)| of.to_string()).collect(),
        versions: bore.iter().filter_map(version).collect(),
        untested: untested.iter().map(ToString::to_string).collect(),
        left: all_left(left, told.disclosure),
        report: test(told),
    })
}

/// Why an action was not tried.
pub(crate) fn why_skipped(because: Option<&crate::model::Address>) -> String {
    because.map_or_else(|| "interrupted".to_owned(), |address| format!("{address} failed"))
}

/// The last line.
pub fn summary(outcome: &Outcome, left: &[Left], plan: &Plan, disclosure: &Disclosure) -> Line {
    let Outcome { done, failed, skipped, interrupted: _ } = outcome;
    let held = PlanFile::of(plan, disclosure).held;
    let left = all_left(left, disclosure);
    Line::Summary { done: done.len(), failed: failed.len(), skipped: skipped.len(), held, left }
}

fn all_left(left: &[Left], disclosure: &Disclosure) -> Vec<JsonLeft> {
    let one = |Left { address, id, why }: &Left| JsonLeft {
        address: address.to_string(),
        id: id.as_ref().map(ToString::to_string),
        why: disclosure.scrub_text(why),
    };
    left.iter().map(one).collect()
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
