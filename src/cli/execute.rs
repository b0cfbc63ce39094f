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
use super::session::Session;
use crate::apply::{Event, Happened, Outcome, Tools, apply, live_ids};
use crate::aws::{Audit, Deadlines, Run, Wait};
use crate::plan::Plan;
use crate::report::{Look, json, text};

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
    /// Where each call is noted.
    pub(crate) audit: Option<&'a Arc<Audit>>,
    pub(crate) form: Form,
    pub(crate) global: &'a Global,
    pub(crate) output: &'a Output,
}

/// Shows the plan, asks, executes it and reports what came of it.
pub(crate) async fn execute(job: Job<'_>, interrupt: &Interrupt) -> Result<Exit, Error> {
    let Job { session, plan, consent, agreed, form, output, .. } = job;
    let refusals = consent.refusals(plan);
    let look = session.look(output);
    let shown = if form == Form::Text { text::plan(plan, &refusals, look) } else { String::new() };
    if !refusals.is_empty() || plan.actions.is_empty() {
        output.result(&finish(shown, form, plan, &Outcome::default(), look))?;
        for idle in consent.idle(plan).filter(|_| !refusals.is_empty()) {
            output.say(&format!("warning: --allow {idle} allows nothing of this plan: patterns match addresses"));
        }
        return if refusals.is_empty() { Ok(idle(plan)) } else { Err(Error::Refused(refusals)) };
    }
    if !output.is_file() {
        line(&shown)?;
    }
    confirm(output, agreed, "\nCarry out this plan?").await?;
    let (outcome, lines) = run(job, interrupt).await?;
    let result = match (form, output.is_file()) {
        (Form::Text, false) => format!("\n{}", text::outcome(&outcome, plan, look)),
        (Form::Text, true) => format!("{shown}\n{}", text::outcome(&outcome, plan, look)),
        (Form::Json, false) => json::line(&json::summary(&outcome, plan, look.disclosure)),
        (Form::Json, true) => lines + &json::line(&json::summary(&outcome, plan, look.disclosure)),
    };
    output.result(&result)?;
    Ok(ended(plan, &outcome))
}

/// The report of a run that executed nothing.
fn finish(shown: String, form: Form, plan: &Plan, outcome: &Outcome, look: Look<'_>) -> String {
    match form {
        Form::Text => shown,
        Form::Json => json::line(&json::summary(outcome, plan, look.disclosure)),
    }
}

/// Executes the plan; what became of it, and its JSON lines.
async fn run(job: Job<'_>, interrupt: &Interrupt) -> Result<(Outcome, String), Error> {
    let Job { session, plan, audit, form, global, output, .. } = job;
    let sides = &session.sides;
    let root = sides.facts.organization.as_ref().map(|organization| organization.root.clone());
    let wait = Wait::new(Deadlines::scaled(global.wait)).until(Arc::clone(interrupt.flag()));
    let run = Run::new(live_ids(&sides.live), wait, sides.desired.stack.as_str(), root).audited(audit.cloned());
    let tools = Tools {
        clients: &session.clients,
        run: &run,
        desired: &sides.desired,
        parallelism: global.parallelism,
        interrupted: interrupt.flag(),
    };
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
