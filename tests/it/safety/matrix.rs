//! Every example × every call × what may happen to it: afterwards one rerun ends where an undisturbed run does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bedrail::plan::Purpose;
use futures::stream::{StreamExt as _, iter};
use serde_json::{Value, json};

use super::deed::{AGAIN, Deed, ONCE};
use super::end::{differences, lasting, unowned};
use super::judge::gaps;
use super::tally::Findings;
use crate::support::Sandbox;

/// The specs of each example, applied one after the other, and then destroyed.
pub(super) const EXAMPLES: [&[&str]; 8] = [
    &["examples/quickstart"],
    &["examples/organization"],
    &["examples/full-surface"],
    &["examples/staged-rollout", "examples/staged-rollout/2-canary", "examples/staged-rollout/3-everyone"],
    &["examples/least-privilege-app"],
    &["examples/multi-account"],
    &["examples/kms-encrypted"],
    &["examples/logging"],
];

const PROTECTED: &str = "prevent_destroy: true";
const UNPROTECTED: &str = "prevent_destroy: false";

/// How many runs are under way at once: most of their time they wait for AWS.
const AT_ONCE: usize = 12;

/// A deed between the state that it finds and the one that it leaves when nothing happens to it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) deed: Deed,
    pub(super) before: Value,
    pub(super) end: Value,
    /// How often it calls each operation.
    pub(super) calls: BTreeMap<String, u64>,
    /// What it leaves undone for good, such as what is protected.
    pub(super) held: Vec<String>,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blow {
    /// The connection is cut before the effect, and what the call belongs to fails.
    Reset,
    /// It is cut after the effect, and what the call belongs to fails.
    LostReply,
    /// It is cut after the effect, and the SDK sends the call again.
    Resent,
    /// The run ends before the effect, which never comes.
    Kill,
    /// The run ends after the effect.
    KillAfter,
    /// The run ends before the effect, which comes all the same, while the rerun is under way.
    KillLate,
}

impl Blow {
    pub(super) const ALL: [Self; 6] =
        [Self::Reset, Self::LostReply, Self::Resent, Self::Kill, Self::KillAfter, Self::KillLate];

    pub(super) fn fault(self, operation: &str, nth: u64) -> Value {
        match self {
            Self::Reset | Self::Kill => json!({"kind": "reset", "operation": operation, "nth": nth}),
            Self::LostReply | Self::Resent | Self::KillAfter => {
                json!({"kind": "lost-reply", "operation": operation, "nth": nth})
            }
            Self::KillLate => json!({"kind": "latency", "ms": 200, "operation": operation, "nth": nth}),
        }
    }

    /// How many reruns may be needed. What arrives while the first one reads is unseen to it, or not as planned.
    pub(super) fn reruns(self) -> usize {
        if self == Self::KillLate { 2 } else { 1 }
    }

    pub(super) fn kills(self) -> bool {
        matches!(self, Self::Kill | Self::KillAfter | Self::KillLate)
    }
}

pub(super) fn is_write(operation: &str) -> bool {
    !["Get", "List", "Describe", "Assume"].iter().any(|read| operation.starts_with(read))
}

/// Everything that is done with an example, in its order.
fn deeds(specs: &[&str]) -> Vec<Deed> {
    let apply = |spec: &&str| Deed::of_example(spec, Purpose::Reconcile, ("", ""));
    let mut deeds: Vec<Deed> = specs.iter().map(apply).collect();
    let last = specs.last().expect("an example has a spec");
    let protected =
        crate::source::files(last, ".yaml").iter().any(|file| crate::source::text(file).contains(PROTECTED));
    if protected {
        let mut unprotect = Deed::of_example(last, Purpose::Reconcile, (PROTECTED, UNPROTECTED));
        unprotect.name = format!("unprotecting {last}");
        deeds.push(Deed::of_example(last, Purpose::Destroy, ("", "")));
        deeds.push(Deed::of_example(last, Purpose::Reconcile, ("", "")));
        deeds.push(unprotect);
    }
    deeds.push(Deed::of_example(last, Purpose::Destroy, (PROTECTED, UNPROTECTED)));
    deeds
}

/// The steps of an example, undisturbed.
pub(super) async fn steps(specs: &[&str], findings: &mut Findings) -> Vec<Arc<Step>> {
    let mut before = Sandbox::start().await.state().await;
    let mut steps = Vec::new();
    for deed in deeds(specs) {
        let (step, complete, after) = Box::pin(step(deed, before, findings)).await;
        assert!(complete, "{}", step.deed.name);
        steps.push(Arc::new(step));
        before = after;
    }
    steps
}

/// A deed done undisturbed, whether all that it can do was done, and the state after it.
pub(super) async fn step(deed: Deed, before: Value, findings: &mut Findings) -> (Step, bool, Value) {
    let sandbox = Sandbox::holding(before.clone()).await;
    let attempt = deed.attempt(&sandbox, ONCE).await;
    findings.runs += 1;
    let mut calls = BTreeMap::new();
    for request in sandbox.requests().await {
        *calls.entry(request.operation).or_default() += 1;
    }
    let plan = deed.plan(&sandbox).await;
    sandbox.settle().await;
    findings.gaps(&deed.name, &gaps(&sandbox.timeline().await));
    let after = sandbox.state().await;
    let complete = attempt.is_complete() && plan.actions.is_empty() && plan.blind.is_empty();
    // What was held may have had to wait for what was done, such as a version that is named by the number it would get.
    let has_held = attempt.plan.as_ref().is_some_and(|plan| !plan.held.is_empty());
    if !(complete || attempt.is_complete() && has_held) {
        let left = crate::support::steps(&plan).join("; ");
        findings.wrong.push(format!("{}, undisturbed: not complete: {}, left: {left}", deed.name, attempt.told()));
    }
    let held = plan.held.iter().map(|held| held.address.to_string()).collect();
    (Step { deed, before, end: lasting(after.clone()), calls, held }, complete, after)
}

/// Does the deed of `step` while a blow falls on the `nth` call of `operation`, and again until it is done.
pub(super) async fn suffer(step: &Step, blow: Blow, operation: &str, nth: u64) -> Findings {
    let mut findings = Findings::default();
    let run = format!("{}, {blow:?} at {operation} {nth}", step.deed.name);
    let sandbox = Sandbox::holding(step.before.clone()).await;
    sandbox.fault(blow.fault(operation, nth)).await;
    let retries = if blow == Blow::Resent { AGAIN } else { ONCE };
    let attempt = step.deed.attempt(&sandbox, retries);
    let first = if blow.kills() {
        tokio::select! {
            attempt = attempt => Some(attempt),
            () = struck(&sandbox) => None,
        }
    } else {
        Some(attempt.await)
    };
    findings.runs += 1;
    findings.faults += usize::from(sandbox.fired().await > 0);
    sandbox.no_faults().await;
    if let (Blow::Resent, Some(first)) = (blow, &first)
        && !first.is_complete()
    {
        findings.wrong.push(format!("{run}: not done although the SDK sent it again: {}", first.told()));
    }
    finish(step, &sandbox, &run, blow.reruns(), &mut findings).await;
    findings
}

/// Returns once the fault has happened.
pub(super) async fn struck(sandbox: &Sandbox) {
    while sandbox.fired().await == 0 {
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
}

/// So many reruns must do, and end where an undisturbed run does.
pub(super) async fn finish(step: &Step, sandbox: &Sandbox, run: &str, reruns: usize, findings: &mut Findings) {
    let state = rerun(step, sandbox, run, reruns, findings).await;
    let differences = differences(&lasting(state), &step.end);
    if !differences.is_empty() {
        findings.wrong.push(format!("{run}: ends otherwise: {}", differences.join("; ")));
    }
}

/// So many reruns must do, and leave nothing to do, nobody hurt, and nothing without an owner. Returns the state then.
pub(super) async fn rerun(step: &Step, sandbox: &Sandbox, run: &str, reruns: usize, findings: &mut Findings) -> Value {
    let mut told = String::new();
    for rerun in 1..=reruns {
        let attempt = step.deed.attempt(sandbox, AGAIN).await;
        findings.runs += 1;
        if attempt.is_complete() {
            break;
        }
        told = format!("{told}\n  rerun {rerun}: {}", attempt.told());
        if rerun == reruns {
            findings.wrong.push(format!("{run}: not complete:{told}"));
        }
    }
    let plan = step.deed.plan(sandbox).await;
    let held: Vec<String> = plan.held.iter().map(|held| held.address.to_string()).collect();
    if !plan.actions.is_empty() || !plan.blind.is_empty() || held != step.held {
        let left: Vec<String> =
            plan.actions.iter().map(|action| format!("{} {}", action.verb.word(), action.address)).collect();
        findings.wrong.push(format!("{run}: left to do {left:?}, held {held:?}, unseen {:?}", plan.blind));
    }
    sandbox.settle().await;
    findings.gaps(run, &gaps(&sandbox.timeline().await));
    let state = sandbox.state().await;
    let unowned = unowned(&state, step.deed.stack()).into_iter().map(|what| format!("{run}: not ours: {what}"));
    findings.wrong.extend(unowned);
    state
}

/// One cell of the matrix: which call, and what happens to it.
pub(super) struct Cell {
    pub(super) step: Arc<Step>,
    pub(super) operation: String,
    pub(super) nth: u64,
    pub(super) blow: Blow,
}

/// Every call of these steps that is wanted × these blows.
pub(super) fn cells(steps: &[Arc<Step>], wanted: impl Fn(&str) -> bool, blows: &[Blow]) -> Vec<Cell> {
    let mut cells = Vec::new();
    let only = super::one_operation();
    let wanted = |operation: &str| only.as_ref().is_none_or(|only| only == operation) && wanted(operation);
    for step in steps {
        for (operation, count) in step.calls.iter().filter(|(operation, _)| wanted(operation)) {
            for (nth, blow) in (1..=*count).flat_map(|nth| blows.iter().map(move |blow| (nth, *blow))) {
                cells.push(Cell { step: Arc::clone(step), operation: operation.clone(), nth, blow });
            }
        }
    }
    cells
}

/// All of them, or every so many-th.
pub(super) fn sample<T>(all: Vec<T>, every: usize) -> impl Iterator<Item = T> {
    all.into_iter().step_by(if super::all() { 1 } else { every })
}

async fn matrix(specs: &[&str]) {
    let mut findings = Findings::default();
    let steps = steps(specs, &mut findings).await;
    // Numbers of which none divides another or that of the blows, so that a sample has some of everything.
    let writes = sample(cells(&steps, is_write, &Blow::ALL), 17);
    let reads = sample(cells(&steps, |operation| !is_write(operation), &Blow::ALL), 149);
    let suffered = writes
        .chain(reads)
        .map(|cell| tokio::spawn(async move { suffer(&cell.step, cell.blow, &cell.operation, cell.nth).await }));
    let all: Vec<_> = iter(suffered).buffer_unordered(AT_ONCE).collect().await;
    for one in all {
        findings.add(one.expect("no run panics"));
    }
    findings.settle(specs[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quickstart_survives_everything() {
    matrix(EXAMPLES[0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn organization_survives_everything() {
    matrix(EXAMPLES[1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_surface_survives_everything() {
    matrix(EXAMPLES[2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staged_rollout_survives_everything() {
    matrix(EXAMPLES[3]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn least_privilege_app_survives_everything() {
    matrix(EXAMPLES[4]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn multi_account_survives_everything() {
    matrix(EXAMPLES[5]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kms_encrypted_survives_everything() {
    matrix(EXAMPLES[6]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logging_survives_everything() {
    matrix(EXAMPLES[7]).await;
}
