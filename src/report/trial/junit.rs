//! A test report: each case in each Region is a test. What is tolerated is skipped, and what has no answer is an error.

use super::{Tested, Told, explained, unlike_spec, version_word};
use crate::report::junit::{End, Suite, Test, write};
use crate::suite::Case;
use crate::suite::trial::{CaseTally, Fault, Place, Standing, Totals};

/// The report.
pub fn junit(told: Told<'_>) -> String {
    let suites: Vec<Suite> = told.suites.iter().flat_map(|tested| suites(tested, told)).collect();
    write("bedrail test", &suites)
}

fn suites(tested: &Tested, told: Told<'_>) -> Vec<Suite> {
    let totals = tested.totals();
    let suite = |place: &Place| {
        let version = match &place.target {
            Ok(target) => target.version.as_str(),
            Err(_) => version_word(&tested.suite.version),
        };
        let name = format!("{} {} {version} {}", tested.stem(), tested.suite.guardrail.value, place.scope);
        let unlike = place.target.as_ref().is_ok_and(|target| target.unlike_spec).then(|| unlike_spec(place));
        let notes: Vec<String> = told.answering.note().into_iter().chain(unlike).collect();
        Suite { name, note: (!notes.is_empty()).then(|| notes.join(" ")), tests: tests(tested, place, &totals, told) }
    };
    tested.trial.places.iter().map(suite).collect()
}

fn tests(tested: &Tested, place: &Place, totals: &Totals, told: Told<'_>) -> Vec<Test> {
    let class = format!("{}.{}", tested.stem(), place.scope.region_name());
    let test = |(case, tally): (&Case, &CaseTally)| Test {
        class: class.clone(),
        name: told.disclosure.scrub_text(&case.name),
        end: end(tested, place, tally, totals, told),
    };
    tested.suite.cases.iter().zip(&place.cases).map(test).collect()
}

fn end(tested: &Tested, place: &Place, tally: &CaseTally, totals: &Totals, told: Told<'_>) -> End {
    let disclosure = told.disclosure;
    let faults = || Fault::ALL.into_iter().filter(|fault| tally.count(*fault) > 0);
    let sentences = |fault: Fault| explained(tally, fault, disclosure);
    let times = |fault: Fault| match tally.answers {
        1 => String::new(),
        answers => format!("{} of {answers} times: ", tally.count(fault)),
    };
    let first = |fault: Fault| format!("{}{}", times(fault), sentences(fault).first().cloned().unwrap_or_default());
    if let Some(fault) = faults().find(|fault| !tested.tolerates(*fault, totals)) {
        let text = faults().flat_map(sentences).collect::<Vec<_>>().join("\n");
        return End::Failed { kind: fault.word(), message: first(fault), text };
    }
    if tally.answers < tested.suite.repeat {
        let absent = place.target.as_ref().err().map(|absent| absent.why.clone());
        let lost = tally.unanswered.keys().next().cloned();
        let why = absent.or(lost).unwrap_or_else(|| "the run was ended before it was asked".to_owned());
        return End::Errored {
            kind: Standing::Unanswered.word(),
            message: disclosure.scrub_text(&why),
            text: String::new(),
        };
    }
    match faults().next() {
        Some(fault) => End::Skipped { message: format!("tolerated, {}: {}", fault.word(), first(fault)) },
        None => End::Passed,
    }
}
