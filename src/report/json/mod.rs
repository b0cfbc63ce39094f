//! The JSON that pipelines read. Its form is kept: fields are added, never renamed or taken away within one
//! `format_version`.

mod audit;
mod checks;
pub mod coverage;
mod doctor;
mod event;
pub mod explain;
mod finding;
mod moved;
mod plan;
mod saved;
pub mod schema;
mod trial;

pub use audit::AuditLine;
pub use checks::{CHECKS_VERSION, JsonCheck, JsonChecks, JsonSummary, checks};
pub use doctor::doctor;
pub(crate) use event::why_skipped;
pub use event::{Call, Event, Line, Tests, event, line, summary, tests};
pub use finding::{Finding, drift};
pub use moved::{How, Moved, Stale};
pub use plan::{
    FORMAT_VERSION, JsonAction, JsonBlind, JsonField, JsonHeld, JsonPrecondition, JsonUnmanaged, JsonWarning, PlanFile,
    Reach, Scope,
};
pub use saved::NotSaved;
pub use trial::{TestReport, test};

use serde::Serialize;

use super::clean;

/// `value` as indented JSON that a terminal may show, with a line break at its end.
pub fn pretty<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string_pretty(value).expect("a report is always JSON");
    clean::json(&text) + "\n"
}
