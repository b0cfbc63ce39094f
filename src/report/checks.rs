//! What `verify` and `readiness` found, for people and for CI: a terminal, markdown, and tests.

use std::collections::{BTreeMap, BTreeSet};

use super::disclosure::{NAMED, counted, some};
use super::fold::Places;
use super::junit::{End, Suite, Test, write};
use super::markdown::escape;
use super::unseen::general;
use super::wrap::{indented, wrap};
use super::{Disclosure, Look, Style, Tone, clean};
use crate::checks::{Check, Outcome, Report, State, What};
use crate::model::{AccountId, Scope};

/// Columns of a state with what stands before and behind it.
const INDENT: usize = 12;

/// Checks of one sort that ended alike.
struct Group<'r> {
    state: State,
    message: String,
    fix: Option<String>,
    checks: Vec<&'r Check>,
}

impl Group<'_> {
    /// Where, and about which of several.
    fn places(&self) -> String {
        let scopes: BTreeSet<&Scope> = self.checks.iter().map(|check| &check.scope).collect();
        let named: BTreeSet<&str> =
            self.checks.iter().map(|check| check.about.as_str()).filter(|about| !about.is_empty()).collect();
        let places = match scopes.first() {
            Some(only) if scopes.len() == 1 && only.region.is_some() => only.to_string(),
            _ => Places::of(scopes.iter().copied()).crossed(),
        };
        if named.is_empty() {
            return places;
        }
        // What is amiss is a list to work through, which is told whole.
        let shown = if is_amiss(self.state) { named.len() } else { NAMED };
        format!("{places}: {}", some(named, shown))
    }
}

const fn is_amiss(state: State) -> bool {
    matches!(state, State::Failed | State::Unseen)
}

/// The checks of a group, those apart that are about other things than the rest: of what is amiss, places stand together only where all
/// of it is amiss in each.
fn apart(state: State, checks: Vec<&Check>) -> Vec<Vec<&Check>> {
    if !is_amiss(state) {
        return vec![checks];
    }
    let mut places: BTreeMap<&Scope, BTreeSet<&str>> = BTreeMap::new();
    for check in &checks {
        places.entry(&check.scope).or_default().insert(&check.about);
    }
    let mut alike: BTreeMap<&BTreeSet<&str>, Vec<&Check>> = BTreeMap::new();
    for check in &checks {
        alike.entry(&places[&check.scope]).or_default().push(check);
    }
    let mut alike: Vec<Vec<&Check>> = alike.into_values().collect();
    alike.sort_by_key(|checks| checks.first().map(|check| (&check.scope, &check.about)));
    alike
}

/// The groups of one sort, the gravest first. What differs from account to account and from call to call only is alike.
fn groups<'r>(checks: &'r [Check], disclosure: &Disclosure) -> Vec<Group<'r>> {
    // What several accounts are told in the same words is so for all, whichever of them it names.
    let mut told: BTreeMap<&Outcome, BTreeSet<&AccountId>> = BTreeMap::new();
    for check in checks {
        told.entry(&check.outcome).or_default().insert(&check.scope.account);
    }
    let mut groups: BTreeMap<Outcome, Vec<&Check>> = BTreeMap::new();
    for check in checks {
        let outcome = &check.outcome;
        let alike = |text: &str| general(text, &check.scope.account);
        let is_alike = told.get(outcome).is_some_and(|accounts| accounts.len() > 1);
        let key = if is_alike {
            Outcome { is_final: false, ..outcome.clone() }
        } else {
            let (message, fix) = (alike(&outcome.message), outcome.fix.as_deref().map(alike));
            Outcome { state: outcome.state, message, fix, is_final: false }
        };
        groups.entry(key).or_default().push(check);
    }
    let shown = |text: &str| clean::line(&disclosure.scrub_text(text));
    let group = |(outcome, checks): (Outcome, Vec<&'r Check>)| {
        // One alone is told in its own words.
        let Outcome { state, message, fix, is_final: _ } = match checks.as_slice() {
            [only] => only.outcome.clone(),
            _ => outcome,
        };
        Group { state, message: shown(&message), fix: fix.map(|fix| shown(&fix)), checks }
    };
    let groups = groups.into_iter().flat_map(|(outcome, checks)| {
        apart(outcome.state, checks).into_iter().map(move |checks| (outcome.clone(), checks))
    });
    groups.map(group).collect()
}

const fn tone(state: State) -> Tone {
    match state {
        State::Passed => Tone::Good,
        State::Skipped => Tone::Quiet,
        State::Unseen => Tone::Doubt,
        State::Failed => Tone::Bad,
    }
}

/// The checks by what they are about.
fn sections(report: &Report) -> impl Iterator<Item = (What, &[Check])> {
    report.checks.chunk_by(|one, other| one.what == other.what).filter_map(|all| Some((all.first()?.what, all)))
}

/// In a terminal.
pub fn text(report: &Report, look: Look<'_>) -> String {
    let Look { style, width, disclosure, .. } = look;
    let mut out = String::new();
    for (what, checks) in sections(report) {
        push!(out, "{}\n", style.paint(Tone::Strong, what.heading()));
        for group in groups(checks, disclosure) {
            out += &one(&group, style, width);
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    for note in &report.notes {
        push!(out, "{}\n", wrap(&format!("Note: {}", clean::line(note)), width).join("\n"));
    }
    let worst = report.checks.iter().map(|check| check.outcome.state).min().unwrap_or(State::Passed);
    push!(out, "{}\n", style.paint(tone(worst), verdict(report)));
    out
}

fn one(group: &Group<'_>, style: Style, width: usize) -> String {
    let mut lines = wrap(&clean::line(&group.places()), width.saturating_sub(INDENT)).into_iter();
    let word = format!("{:<width$}", group.state.word(), width = INDENT - 2);
    let mut out = format!("  {}{}\n", style.paint(tone(group.state), word), lines.next().unwrap_or_default());
    for line in lines {
        push!(out, "{:INDENT$}{line}\n", "");
    }
    out += &indented(&group.message, INDENT, width);
    if let Some(fix) = &group.fix {
        out += &indented(&format!("fix: {fix}"), INDENT, width);
    }
    out
}

/// The last line.
fn verdict(report: &Report) -> String {
    let counts = State::ALL.into_iter().filter_map(|state| {
        let count = report.count(state);
        (count > 0).then(|| format!("{count} {}", state.word()))
    });
    match report.checks.len() {
        0 => "Nothing to check.".to_owned(),
        all => format!("{}: {}.", counted(all, "check"), counts.collect::<Vec<_>>().join(", ")),
    }
}

/// For a comment on a pull request; `command` is what was run.
pub fn markdown(report: &Report, command: &str, disclosure: &Disclosure) -> String {
    let mut out = format!("## bedrail {command}\n\n**{}**\n", verdict(report));
    for (what, checks) in sections(report) {
        push!(out, "\n### {}\n\n", what.heading());
        for group in groups(checks, disclosure) {
            push!(out, "- **{}** {}\n", group.state.word(), escape::code(&group.places()));
            push!(out, "  - {}\n", escape::code(&group.message));
            if let Some(fix) = &group.fix {
                push!(out, "  - fix: {}\n", escape::code(fix));
            }
        }
    }
    for note in &report.notes {
        push!(out, "\n{}\n", escape::code(note));
    }
    out
}

/// As tests: each check is one.
pub fn junit(report: &Report, command: &str, stack: &str, disclosure: &Disclosure) -> String {
    let shown = |text: &str| disclosure.scrub_text(text);
    let test = |check: &Check| {
        let message = shown(&check.outcome.message);
        let text = check.outcome.fix.as_deref().map(|fix| format!("fix: {}", shown(fix))).unwrap_or_default();
        let end = match check.outcome.state {
            State::Passed => End::Passed,
            State::Failed => End::Failed { kind: check.what.word(), message, text },
            State::Unseen => End::Errored { kind: "not-seen", message, text },
            State::Skipped => End::Skipped { message },
        };
        let name = format!("{} {}", check.scope, check.about).trim_end().to_owned();
        Test { class: check.what.word().to_owned(), name, end }
    };
    let tests = report.checks.iter().map(test).collect();
    write(&format!("bedrail {command}"), &[Suite { name: stack.to_owned(), note: None, tests }])
}

#[cfg(test)]
mod tests;
