//! What `doctor` found, for machines.

use serde::Serialize;
use serde_json::{Value, json};

use crate::doctor::{Check, Report, State};

/// The report as one object: `ok`, how many checks stand how, and each check with AWS's words for what it found.
pub fn doctor(report: &Report) -> Value {
    let count = |state: State| report.count(state);
    json!({
        "format_version": "1",
        "ok": report.is_sound(),
        "summary": {"ok": count(State::Ok), "warning": count(State::Warning), "failed": count(State::Failed)},
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
    })
}

#[derive(Serialize)]
struct Refused<'a> {
    account: &'a str,
    place: &'a str,
    why: &'a str,
}

fn check(check: &Check) -> Value {
    let Check { subject, state, message, details, refused, fix, values } = check;
    let refused: Vec<_> =
        refused.iter().map(|one| Refused { account: one.account.as_str(), place: &one.place, why: &one.why }).collect();
    json!({"subject": subject, "state": state, "message": message, "details": details, "refused": refused, "fix": fix,
        "values": values})
}
