//! What was tested before anything changes: by which guardrails, what came of it, and what is not tested.

use std::collections::{BTreeMap, BTreeSet};

use super::{Tested, Told, explained};
use crate::apply::Left;
use crate::kinds::Kind;
use crate::model::Address;
use crate::report::disclosure::{counted, some};
use crate::report::wrap::indented;
use crate::report::{Disclosure, Look, Tone, clean};
use crate::suite::trial::{CaseTally, DRAFT, Fault, Place};

/// How many cases the error names; the report has them all.
const NAMED: usize = 20;
/// How many cases without an answer are named where the same is said of all.
const UNANSWERED: usize = 5;

/// By what the content that the spec says was tested in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bore {
    /// By the draft of the guardrail, which holds it already.
    Draft,
    /// By a candidate at this address.
    Candidate(Address),
    /// By itself: a version of this number, which the plan puts in force.
    Version(String),
}

/// Everything that is told of it.
#[derive(Clone, Copy, Debug)]
pub struct Promotion<'a> {
    /// The suites, and what came of them.
    pub told: Told<'a>,
    /// By what each guardrail, and each version that is put in force, was tested.
    pub bore: &'a BTreeMap<Address, Bore>,
    /// The guardrails whose content changes, and the versions that are put in force, that no suite was put to.
    pub untested: &'a BTreeSet<Address>,
    /// The candidates that could not be removed.
    pub left: &'a [Left],
}

/// The report.
pub fn text(promotion: Promotion<'_>, look: Look<'_>) -> String {
    let Promotion { told, bore, untested, left: _ } = promotion;
    let mut out =
        format!("\n{}\n", look.style.paint(Tone::Strong, "Tests of what the spec says, before anything changes"));
    for (address, bore) in bore {
        let by = match bore {
            Bore::Draft => "its draft, which holds it already".to_owned(),
            Bore::Candidate(_) => "a candidate, which was made for it".to_owned(),
            Bore::Version(number) => format!("version {number} itself, which the plan puts in force"),
        };
        out += &indented(&format!("{}: {by}", clean::line(&address.to_string())), 2, look.width);
    }
    for address in untested {
        let verb = if address.kind == Kind::GuardrailVersion { "is put in force" } else { "changes" };
        let line = format!("{} {verb}, and none of these suites is put to it", clean::line(&address.to_string()));
        out += &indented(&look.style.paint(Tone::Doubt, line), 2, look.width);
    }
    out + "\n" + &super::text(told, look)
}

/// The candidates that could not be removed, one line for each.
pub fn left(all: &[Left], disclosure: &Disclosure) -> Vec<String> {
    let line = |Left { address, id, why }: &Left| {
        let id = id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        let said = format!(
            "the candidate {address}{id} could not be removed: {why}. Nothing enforces it; the next run with --require-tests removes it"
        );
        clean::line(&disclosure.scrub_text(&said))
    };
    all.iter().map(line).collect()
}

/// What fails, one line for each case and place.
pub fn failing(suites: &[Tested], disclosure: &Disclosure) -> Vec<String> {
    let lines = suites.iter().flat_map(|tested| {
        let totals = tested.totals();
        let faults = Fault::ALL.into_iter().filter(move |fault| !tested.tolerates(*fault, &totals));
        faults.flat_map(move |fault| {
            let all = tested
                .trial
                .places
                .iter()
                .flat_map(|place| place.cases.iter().enumerate().map(move |one| (place, one)));
            all.filter(move |(_, (_, tally))| tally.count(fault) > 0)
                .map(move |(place, (number, tally))| line(tested, fault, place, number, tally, disclosure))
        })
    });
    cut(lines.collect())
}

fn line(
    tested: &Tested,
    fault: Fault,
    place: &Place,
    number: usize,
    tally: &CaseTally,
    disclosure: &Disclosure,
) -> String {
    let name = tested.suite.cases.get(number).map_or("", |case| case.name.as_str());
    let said = explained(tally, fault, disclosure).into_iter().next().unwrap_or_default();
    let (at, name) = (whereabouts(place), clean::line(&disclosure.scrub_text(name)));
    format!("{}: `{name}` in {at}: {}: {said}", clean::line(&tested.file), fault.word())
}

/// The Region, and which version was asked there if that is not what the spec says now.
fn whereabouts(place: &Place) -> String {
    let region = place.scope.region_name();
    match &place.target {
        Ok(target) if target.version != DRAFT => format!("{region}, version {}", target.version),
        _ => region.to_owned(),
    }
}

/// What has no answer, and why.
pub fn unanswered(suites: &[Tested], disclosure: &Disclosure) -> Vec<String> {
    let mut lines = Vec::new();
    for tested in suites {
        for place in &tested.trial.places {
            if let Err(absent) = &place.target {
                let hint = absent.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
                lines.push(format!("{}: not asked in {}: {}{hint}", tested.file, place.scope, absent.why));
                continue;
            }
            let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (case, tally) in tested.suite.cases.iter().zip(&place.cases) {
                for why in tally.unanswered.keys() {
                    reasons.entry(why).or_default().push(case.name.as_str());
                }
            }
            for (why, names) in reasons {
                let (count, names) = (counted(names.len(), "case"), some(names, UNANSWERED));
                lines.push(format!("{}: {count} in {}: {why}: {names}", tested.file, whereabouts(place)));
            }
        }
        if tested.trial.places.is_empty() {
            lines.push(format!("{}: there is no place to ask it", tested.file));
        }
    }
    cut(lines.into_iter().map(|line| clean::line(&disclosure.scrub_text(&line))).collect())
}

fn cut(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    if more > 0 {
        lines.push(format!("and {more} more, which the report of the tests names"));
    }
    lines
}
