//! What became of a plan.

use crate::apply::{Event, Happened, Left, Outcome};
use crate::plan::{Action, Plan};
use crate::report::json::why_skipped;
use crate::report::summary::Deed;
use crate::report::trial::promotion;
use crate::report::wrap::indented;
use crate::report::{Look, Style, Tone, clean};

/// One line when an action is over, and what it waits for meanwhile; nothing when it begins, or was never begun.
pub fn event(event: &Event, plan: &Plan, style: Style) -> Option<String> {
    let (word, tone) = match &event.happened {
        Happened::Done { .. } => ("done  ", Tone::Good),
        Happened::Failed { .. } => ("failed", Tone::Bad),
        Happened::Waiting { what, at_most } => {
            let named = named(event, plan);
            let what = clean::line(what);
            let waits = style.paint(Tone::Doubt, "waits ");
            return Some(format!("{waits}  {named}: {what} (up to {} min)", at_most.div_ceil(60)));
        }
        Happened::Started | Happened::Skipped { .. } => return None,
    };
    Some(format!("{}  {}", style.paint(tone, word), named(event, plan)))
}

/// The last word on an apply: how much was done, and everything that was not, with why.
pub fn outcome(outcome: &Outcome, plan: &Plan, look: Look<'_>) -> String {
    let tone = if outcome.is_complete() { Tone::Good } else { Tone::Bad };
    let mut out = look.style.paint(tone, indented(&verdict(outcome, plan), 0, look.width).trim_end()) + "\n";
    for event in &outcome.failed {
        let Happened::Failed { error, hint, .. } = &event.happened else { continue };
        push!(out, "\n  {}  {}\n", look.style.paint(Tone::Bad, "failed"), named(event, plan));
        out += &indented(&clean::line(&look.disclosure.scrub_text(error)), 6, look.width);
        if let Some(hint) = hint {
            out += &indented(&format!("hint: {}", clean::line(&look.disclosure.scrub_text(hint))), 6, look.width);
        }
    }
    if !outcome.skipped.is_empty() {
        out.push('\n');
    }
    for event in &outcome.skipped {
        let Happened::Skipped { because } = &event.happened else { continue };
        push!(out, "  {}  {}\n", look.style.paint(Tone::Doubt, "skipped"), named(event, plan));
        out += &indented(&clean::line(&why_skipped(because.as_ref())), 6, look.width);
    }
    out
}

/// The candidates of the tests that are still there; nothing where none is.
pub fn left(left: &[Left], look: Look<'_>) -> String {
    let lines = promotion::left(left, look.disclosure);
    lines.iter().map(|line| indented(&look.style.paint(Tone::Bad, format!("Left: {line}")), 0, look.width)).collect()
}

fn verdict(outcome: &Outcome, plan: &Plan) -> String {
    let counts = [(outcome.failed.len(), "failed"), (outcome.skipped.len(), "skipped"), (plan.held.len(), "held")];
    let done = outcome.done.len();
    let rest: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let interrupted = if outcome.interrupted { "Interrupted: " } else { "" };
    if rest.is_empty() && !outcome.interrupted {
        return format!("Applied: {done} done.");
    }
    if !outcome.interrupted && !outcome.has_changed() {
        return format!("Nothing was changed: {}.", rest.join(", "));
    }
    let rest = if rest.is_empty() { String::new() } else { format!(", {}", rest.join(", ")) };
    let word = if interrupted.is_empty() { "Incomplete: " } else { interrupted };
    format!("{word}{done} done{rest}. A rerun continues.")
}

/// Sign, word and address of what an event is about.
fn named(event: &Event, plan: &Plan) -> String {
    let is_it = |action: &&Action| action.id == event.action;
    let deed = plan.actions.iter().find(is_it).map(Deed::of);
    let deed = deed.unwrap_or_else(|| Deed::named(event.verb, event.address.kind, false));
    format!("{} {} {}", deed.sign(), deed.word(), clean::line(&event.address.to_string()))
}
