//! What must hold before a change goes one stage on: where it is already, what it enforces is in force.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::error::Error;
use super::session::Session;
use crate::checks::{Check, End, Outcome, Report, State};
use crate::model::{Address, Blind};
use crate::plan::{not_standing, standing};
use crate::report::{NAMED, some};
use crate::verify::{Options, verify};

/// Whether what the spec enforces is in force as far as its changes have come, by everything that `bedrail verify` looks at. What is
/// not so yet is looked at again for as long as `patience`. Where no change has reached a stage, nothing is looked at.
///
/// # Errors
/// [`Error::StageNotInForce`] where something else is; [`Error::StageNotSeen`] where that could not be found out.
pub(crate) async fn verified(session: &Session, patience: Duration) -> Result<(), Error> {
    let sides = &session.sides;
    let unknown = not_standing(&sides.desired, &sides.live);
    if !unknown.is_empty() {
        let line = |(policy, blind): (Address, Blind)| {
            let what = blind.name.map(|name| format!(" {name}")).unwrap_or_default();
            format!("how far {policy} has come: {}{what} could not be read: {}", blind.kind, blind.why)
        };
        return Err(Error::StageNotSeen(unknown.into_iter().map(line).collect()));
    }
    if !standing(&sides.desired, &sides.live).iter().any(|standing| standing.reached > 0) {
        return Ok(());
    }
    let options = Options { timeout: patience, ..Options::default() };
    // Most of its future is not polled in a run.
    let report = Box::pin(verify(&session.clients, sides, &options)).await;
    match report.end() {
        End::Passed => Ok(()),
        End::Failed => Err(Error::StageNotInForce(told(&report, State::Failed))),
        End::Incomplete => Err(Error::StageNotSeen(told(&report, State::Unseen))),
    }
}

/// What ended so, a line for all places of which the same is said.
fn told(report: &Report, state: State) -> Vec<String> {
    let mut alike: BTreeMap<(&'static str, &Outcome), BTreeSet<String>> = BTreeMap::new();
    for Check { what, scope, about, outcome } in &report.checks {
        if outcome.state == state {
            let at = if about.is_empty() { scope.to_string() } else { format!("{scope} ({about})") };
            alike.entry((what.word(), outcome)).or_default().insert(at);
        }
    }
    let line = |((what, outcome), places): ((&str, &Outcome), BTreeSet<String>)| {
        format!("{what} of {}: {}", some(places, NAMED), outcome.message)
    };
    alike.into_iter().map(line).collect()
}
