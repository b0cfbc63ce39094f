//! Carrying out a plan under the eyes of the user: refuse, show, ask, execute, report.

use std::sync::Arc;

use super::args::Global;
use super::confirm::confirm;
use super::consent::Consent;
use super::error::Error;
use super::exit::Exit;
use super::interrupt::Interrupt;
use super::output::{Output, line};
use super::progress::Progress;
use super::promotion::{Required, Tests, swept};
use super::session::Session;
use crate::apply::{Event, Happened, Left, Outcome, Tools, apply, live_ids};
use crate::aws::{Audit, Deadlines, Run, Wait};
use crate::plan::{Plan, Purpose};
use crate::report::{json, text};

/// The form of what apply and destroy print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The plan, what happens, and what came of it.
    Text,
    /// One JSON object per line and event.
    Json,
}

/// What is executed, and how.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) session: &'a Session,
    pub(crate) plan: &'a Plan,
    pub(crate) consent: &'a Consent,
    /// Whether the user has said yes already.
    pub(crate) agreed: bool,
    /// What has to pass before anything of it is done.
    pub(crate) required: Option<&'a Required>,
    /// Where each call is noted.
    pub(crate) audit: Option<&'a Arc<Audit>>,
    pub(crate) form: Form,
    pub(crate) global: &'a Global,
    pub(crate) output: &'a Output,
}

impl Job<'_> {
    /// What all actions share.
    fn shared(&self, interrupt: &Interrupt) -> Run {
        let Self { session, audit, global, .. } = self;
        let sides = &session.sides;
        let root = sides.facts.organization.as_ref().map(|organization| organization.root.clone());
        let wait = Wait::new(Deadlines::scaled(global.wait)).until(Arc::clone(interrupt.flag()));
        Run::new(live_ids(&sides.live), wait, sides.desired.stack.as_str(), root).audited(audit.cloned())
    }

    /// With what its actions are carried out.
    pub(super) fn tools<'t>(&'t self, run: &'t Run, interrupt: &'t Interrupt) -> Tools<'t> {
        Tools {
            clients: &self.session.clients,
            run,
            desired: &self.session.sides.desired,
            parallelism: self.global.parallelism,
            interrupted: interrupt.flag(),
        }
    }

    /// Whether candidates that earlier runs have left are removed.
    fn sweeps(&self) -> bool {
        let left = !self.session.sides.live.candidates.is_empty();
        left && (self.required.is_some() || self.consent.purpose == Purpose::Destroy)
    }
}

/// Shows the plan, asks, tests what is to be tested, executes the plan and reports what came of it.
pub(crate) async fn execute(job: Job<'_>, interrupt: &Interrupt) -> Result<Exit, Error> {
    let Job { session, plan, consent, agreed, required, form, output, .. } = job;
    let refusals = consent.refusals(plan);
    let look = session.look(output);
    let mut shown = if form == Form::Text { text::plan(plan, &refusals, look) } else { String::new() };
    let shared = job.shared(interrupt);
    let mut left = Vec::new();
    if refusals.is_empty() && plan.actions.is_empty() && job.sweeps() {
        // There is nothing to ask about: what is there to be tested only is nobody's.
        interrupt.defer();
        let progress = Progress::spinner(output, "Removing what an earlier run left");
        left = swept(job, job.tools(&shared, interrupt), &progress).await.left;
    }
    if !refusals.is_empty() || plan.actions.is_empty() {
        let end = match form {
            Form::Text => text::left(&left, look),
            Form::Json => json::line(&json::summary(&Outcome::default(), &left, plan, look.disclosure)),
        };
        output.result(&(shown + &end))?;
        for idle in consent.idle(plan).filter(|_| !refusals.is_empty()) {
            output.say(&format!("warning: --allow {idle} allows nothing of this plan: patterns match addresses"));
        }
        return if refusals.is_empty() { Ok(besides(idle(plan), &left)) } else { Err(Error::Refused(refusals)) };
    }
    if !output.is_file() {
        line(&shown)?;
    }
    confirm(output, agreed, "\nCarry out this plan?").await?;
    if let Some(required) = required {
        let tests = Box::pin(required.test(job, &shared, interrupt)).await?;
        left.clone_from(&tests.left);
        shown = pass(tests, shown, job)?;
    } else if job.sweeps() {
        interrupt.defer();
        let progress = Progress::spinner(output, "Removing what an earlier run left");
        left = swept(job, job.tools(&shared, interrupt), &progress).await.left;
    }
    let (outcome, lines) = run(job, &shared, interrupt).await?;
    let end = match form {
        Form::Text => format!("\n{}{}", text::outcome(&outcome, plan, look), text::left(&left, look)),
        Form::Json => json::line(&json::summary(&outcome, &left, plan, look.disclosure)),
    };
    // What a file is to hold has not been shown yet.
    let result = if output.is_file() { shown + &lines + &end } else { end };
    output.result(&result)?;
    Ok(besides(ended(plan, &outcome), &left))
}

/// What ended well has not where something is left of it.
const fn besides(exit: Exit, left: &[Left]) -> Exit {
    match exit {
        Exit::Done if !left.is_empty() => Exit::Incomplete,
        exit => exit,
    }
}

/// Tells what came of the tests, behind what is shown already; what a file is to hold is passed on.
///
/// # Errors
/// What the spec says has not passed them.
fn pass(tests: Tests, shown: String, job: Job<'_>) -> Result<String, Error> {
    let Job { session, plan, form, output, .. } = job;
    let Tests { mut report, fault, left } = tests;
    if form == Form::Json && fault.is_some() {
        // Whatever comes of a run, its last line is the summary.
        report += &json::line(&json::summary(&Outcome::default(), &left, plan, &session.disclosure));
    }
    let shown = if output.is_file() {
        shown + &report
    } else {
        line(&report)?;
        shown
    };
    match fault {
        None => Ok(shown),
        Some(fault) if output.is_file() => output.result(&shown).and(Err(fault)),
        Some(fault) => Err(fault),
    }
}

/// Executes the plan; what became of it, and its JSON lines.
async fn run(job: Job<'_>, shared: &Run, interrupt: &Interrupt) -> Result<(Outcome, String), Error> {
    let Job { session, plan, form, output, .. } = job;
    let tools = job.tools(shared, interrupt);
    interrupt.defer();
    let progress = Progress::bar(output, plan.actions.len());
    let (mut lines, mut failed) = (String::new(), Ok(()));
    let mut see = |event: &Event| {
        progress.text(event.address.to_string());
        if !matches!(event.happened, Happened::Started | Happened::Waiting { .. }) {
            progress.advance();
        }
        match form {
            Form::Json => {
                let Some(event) = json::event(event, &session.disclosure) else { return };
                let text = json::line(&event);
                if output.is_file() {
                    lines += &text;
                } else if failed.is_ok() {
                    failed = progress.suspend(|| line(&text));
                }
            }
            Form::Text => {
                if let Some(said) = text::event(event, plan, output.message_style()) {
                    progress.suspend(|| output.say(&said));
                }
            }
        }
    };
    let outcome = tokio::select! {
        outcome = apply(plan, tools, &mut see) => outcome,
        () = told(interrupt, output) => unreachable!("telling never ends"),
    };
    drop(progress);
    failed.map(|()| (outcome, lines))
}

/// Says once that the run will end; never returns.
pub(crate) async fn told(interrupt: &Interrupt, output: &Output) {
    interrupt.pressed().await;
    output.say("Interrupted: finishing the calls in flight. Ctrl-C again ends at once.");
    std::future::pending::<()>().await;
}

/// The exit code where there was nothing to execute.
fn idle(plan: &Plan) -> Exit {
    match (plan.held.is_empty(), plan.blind.is_empty()) {
        (false, _) => Exit::Refused,
        (true, false) => Exit::Failed,
        (true, true) => Exit::Done,
    }
}

/// The exit code after an execution.
fn ended(plan: &Plan, outcome: &Outcome) -> Exit {
    if outcome.interrupted {
        Exit::Interrupted
    } else if !outcome.has_changed() {
        Exit::Failed
    } else if outcome.is_complete() && plan.held.is_empty() && plan.blind.is_empty() {
        Exit::Done
    } else {
        Exit::Incomplete
    }
}
