//! What `doctor` found, for people: a terminal, and markdown.

use std::collections::BTreeMap;

use super::disclosure::{NAMED, counted};
use super::markdown::escape;
use super::unseen::general;
use super::wrap::{indented, wrap};
use super::{Style, Tone, clean};
use crate::doctor::{Check, Refusal, Report, State};

/// Columns of a state with what stands before and behind it.
const INDENT: usize = 11;

/// In a terminal of this width.
pub fn text(report: &Report, style: Style, width: usize) -> String {
    let mut out = String::new();
    for subject in report.checks.chunk_by(|one, other| one.subject == other.subject) {
        let heading = subject.first().map_or("", |check| check.subject.heading());
        push!(out, "{}\n", style.paint(Tone::Strong, heading));
        for check in subject {
            out += &one(check, style, width);
        }
    }
    push!(out, "\n{}\n", style.paint(tone(worst(report)), verdict(report)));
    out
}

fn one(check: &Check, style: Style, width: usize) -> String {
    let mut lines = wrap(&clean::line(&check.message), width.saturating_sub(INDENT)).into_iter();
    let word = format!("{:<width$}", check.state.word(), width = INDENT - 2);
    let mut out = format!("  {}{}\n", style.paint(tone(check.state), word), lines.next().unwrap_or_default());
    for line in lines {
        push!(out, "{:INDENT$}{line}\n", "");
    }
    for sentence in further(check) {
        out += &indented(&sentence, INDENT, width);
    }
    out
}

/// What stands below the message: details, refusals by their reason, and what to do.
fn further(check: &Check) -> Vec<String> {
    let details = check.details.iter().map(|detail| clean::line(detail));
    let refused = reasons(&check.refused).into_iter().map(|(why, places)| format!("{places}: {why}"));
    let fix = check.fix.iter().map(|fix| format!("fix: {}", clean::line(fix)));
    details.chain(refused).chain(fix).collect()
}

/// Places that refused for one reason stand together; the reason is AWS's own words where it is one place.
fn reasons(refused: &[Refusal]) -> Vec<(String, String)> {
    let mut reasons: BTreeMap<String, Vec<&Refusal>> = BTreeMap::new();
    for refusal in refused {
        reasons.entry(general(&refusal.why, &refusal.account)).or_default().push(refusal);
    }
    let told = |(general, refusals): (String, Vec<&Refusal>)| {
        let why = match refusals.as_slice() {
            [only] => only.why.clone(),
            _ => general,
        };
        let mut named: Vec<String> = refusals.iter().take(NAMED).map(|one| clean::line(&one.place)).collect();
        if refusals.len() > NAMED {
            named.push(format!("and {} more", refusals.len() - NAMED));
        }
        (clean::line(&why), named.join(", "))
    };
    reasons.into_iter().map(told).collect()
}

fn worst(report: &Report) -> State {
    report.checks.iter().map(|check| check.state).max().unwrap_or(State::Ok)
}

const fn tone(state: State) -> Tone {
    match state {
        State::Ok => Tone::Good,
        State::Warning => Tone::Doubt,
        State::Failed => Tone::Bad,
    }
}

/// The last line.
fn verdict(report: &Report) -> String {
    let (failed, warnings) = (report.count(State::Failed), report.count(State::Warning));
    let warned = if warnings > 0 { format!(" {}.", counted(warnings, "warning")) } else { String::new() };
    match failed {
        0 => format!("All that is needed is there.{warned}"),
        _ => format!("{} failed.{warned}", counted(failed, "check")),
    }
}

/// For a comment on a pull request.
pub fn markdown(report: &Report) -> String {
    let mut out = format!("## bedrail doctor\n\n**{}**\n", verdict(report));
    for subject in report.checks.chunk_by(|one, other| one.subject == other.subject) {
        push!(out, "\n### {}\n\n", subject.first().map_or("", |check| check.subject.heading()));
        for check in subject {
            push!(out, "- **{}** {}\n", check.state.word(), escape::code(&check.message));
            for sentence in further(check) {
                push!(out, "  - {}\n", escape::code(&sentence));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
