//! For a terminal: the verdict first, then what got through, what was stopped and should not have been, and what is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cases, Tested, Told, explained, unlike_spec, version_word};
use crate::report::disclosure::{counted, some};
use crate::report::wrap::indented;
use crate::report::{Look, Tone, clean};
use crate::suite::trial::{Absent, CaseTally, Change, Counts, DRAFT, Fault, Place, Standing, Totals, Usage, Verdict};

/// How many cases are named before the rest is counted, where nothing else is said of them.
const NAMED: usize = 5;

/// The report.
pub fn text(told: Told<'_>, look: Look<'_>) -> String {
    let blocks: Vec<String> = told.suites.iter().map(|tested| block(tested, told, look)).collect();
    let mut out = blocks.join("\n");
    if told.suites.len() > 1 {
        push!(out, "\n{}\n", look.style.paint(tone(told.verdict()), all(told)));
    }
    if let Some(note) = told.answering.note() {
        push!(out, "\n{}", indented(&format!("note: {}", clean::line(&note)), 0, look.width));
    }
    out
}

/// One sentence about all suites.
fn all(told: Told<'_>) -> String {
    let count = |verdict: Verdict| told.suites.iter().filter(|one| one.verdict() == verdict).count();
    let words = [(Verdict::Passed, "passed"), (Verdict::Failed, "failed"), (Verdict::Incomplete, "incomplete")];
    let parts = words.map(|(verdict, word)| (count(verdict), word)).into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
    format!("{}: {}.", counted(told.suites.len(), "suite"), parts.join(", "))
}

const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Passed => Tone::Good,
        Verdict::Failed => Tone::Bad,
        Verdict::Incomplete => Tone::Doubt,
    }
}

fn block(tested: &Tested, told: Told<'_>, look: Look<'_>) -> String {
    let totals = tested.totals();
    let mut out =
        look.style.paint(tone(tested.verdict()), indented(&verdict(tested, &totals), 0, look.width).trim_end());
    out.push('\n');
    out += &indented(&asked(tested), 2, look.width);
    for absent in tested.trial.places.iter().filter_map(|place| place.target.as_ref().err()) {
        out += &not_asked(absent, look);
    }
    for place in tested.trial.places.iter().filter(|place| place.target.as_ref().is_ok_and(|target| target.unlike_spec))
    {
        out += &indented(&format!("note: {}", unlike_spec(place)), 2, look.width);
    }
    for (fault, heading) in HEADINGS {
        out += &section(tested, *fault, heading, &totals, look);
    }
    if told.cases == Cases::Every {
        out += &as_expected(tested, look);
    }
    out += &unanswered(tested, look);
    out += &changed(tested, look);
    out + &usage(tested, &totals, told, look)
}

/// What each section is headed with.
const HEADINGS: &[(Fault, &str)] = &[
    (Fault::Missed, "Missed: the guardrail lets through what it is to stop"),
    (Fault::FalseBlock, "Falsely blocked: the guardrail acts on what it is to let pass"),
    (Fault::Otherwise, "Otherwise than expected"),
];

/// One sentence with every count.
fn verdict(tested: &Tested, totals: &Totals) -> String {
    let word = match tested.verdict() {
        Verdict::Passed => "PASSED",
        Verdict::Failed => "FAILED",
        Verdict::Incomplete => "INCOMPLETE",
    };
    let Counts { all, missed, false_blocks, otherwise, passed, unanswered } = totals.cases;
    let counts = [
        (missed, "missed"),
        (false_blocks, "falsely blocked"),
        (otherwise, "otherwise than expected"),
        (unanswered, "not answered"),
    ];
    let mut parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    parts.push(if passed == all {
        if all == 1 { "the one case is as expected".to_owned() } else { format!("all {all} cases are as expected") }
    } else {
        format!("{passed} of {all} cases as expected")
    });
    if !tested.trial.interrupted {
        return format!("{word} {}: {}", clean::line(&tested.file), parts.join(", "));
    }
    // A case counts when all of its answers have come; those that have are not lost.
    let Counts { all, passed, unanswered, .. } = totals.requests;
    parts.push(format!("{passed} of the {} that came as expected", answers(all.saturating_sub(unanswered))));
    format!("{word}, interrupted {}: {}", clean::line(&tested.file), parts.join(", "))
}

/// What was asked, and where.
fn asked(tested: &Tested) -> String {
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let accounts: BTreeSet<&str> = tested.trial.places.iter().map(|place| place.scope.account.as_str()).collect();
    for place in &tested.trial.places {
        let Ok(target) = &place.target else { continue };
        versions.entry(&target.version).or_default().insert(named(place, accounts.len()));
    }
    let places: Vec<String> = versions
        .into_iter()
        .map(|(version, places)| {
            let version = if version == DRAFT { version.to_owned() } else { format!("version {version}") };
            format!("{version} in {}", places.into_iter().collect::<Vec<_>>().join(", "))
        })
        .collect();
    let repeat = match tested.suite.repeat {
        1 => String::new(),
        repeat => format!(", each case {repeat} times"),
    };
    let places = if places.is_empty() { "nowhere".to_owned() } else { places.join("; ") };
    format!("guardrail {}, {}: {places}{repeat}", tested.suite.guardrail.value, version_word(&tested.suite.version))
}

/// A place, with the account only where there are several.
fn named(place: &Place, accounts: usize) -> String {
    if accounts > 1 { place.scope.to_string() } else { place.scope.region_name().to_owned() }
}

fn not_asked(absent: &Absent, look: Look<'_>) -> String {
    let why = clean::line(&look.disclosure.scrub_text(&absent.why));
    let mut out =
        indented(&look.style.paint(Tone::Bad, format!("not asked in {}: {why}", absent.scope)), 2, look.width);
    if let Some(hint) = &absent.hint {
        out += &indented(&format!("fix: {}", clean::line(hint)), 4, look.width);
    }
    out
}

/// The cases with this fault. Places of which the same is said stand together.
fn section(tested: &Tested, fault: Fault, heading: &str, totals: &Totals, look: Look<'_>) -> String {
    let mut out = String::new();
    for (number, case) in tested.suite.cases.iter().enumerate() {
        let mut alike: BTreeMap<(Vec<String>, String), Vec<&Place>> = BTreeMap::new();
        for place in &tested.trial.places {
            let Some(tally) = place.cases.get(number).filter(|tally| tally.count(fault) > 0) else { continue };
            let said = (explained(tally, fault, look.disclosure), times(tally, fault));
            alike.entry(said).or_default().push(place);
        }
        for ((sentences, times), places) in alike {
            let name = clean::line(&look.disclosure.scrub_text(&case.name));
            let line = format!("{} {name}{}{times}", look.style.paint(Tone::Bad, "!"), wherever(tested, &places));
            out += &indented(&line, 2, look.width);
            for sentence in sentences {
                out += &indented(&sentence, 6, look.width);
            }
            if let Some(text) = case.given.content().text().filter(|_| look.disclosure.content) {
                out += &indented(&format!("text: {}", clean::line(&look.disclosure.scrub_text(text))), 6, look.width);
            }
        }
    }
    if out.is_empty() {
        return out;
    }
    let most = match fault {
        Fault::Missed => tested.suite.max_misses,
        Fault::FalseBlock => tested.suite.max_false_blocks,
        Fault::Otherwise => 0,
    };
    let count = match fault {
        Fault::Missed => totals.requests.missed,
        Fault::FalseBlock => totals.requests.false_blocks,
        Fault::Otherwise => totals.requests.otherwise,
    };
    let tolerated = match (most, tested.tolerates(fault, totals)) {
        (0, _) => String::new(),
        (most, true) => format!(" ({}, up to {most} tolerated)", answers(count)),
        (most, false) => format!(" ({}, only {most} tolerated)", answers(count)),
    };
    format!("\n  {}\n{out}", look.style.paint(Tone::Strong, format!("{heading}{tolerated}")))
}

/// The cases of which every answer is as expected, and what the guardrail did. Places of which the same is said stand together.
fn as_expected(tested: &Tested, look: Look<'_>) -> String {
    let mut out = String::new();
    for (number, case) in tested.suite.cases.iter().enumerate() {
        let mut alike: BTreeMap<String, Vec<&Place>> = BTreeMap::new();
        for place in &tested.trial.places {
            let Some(tally) = place.cases.get(number).filter(|tally| Standing::of(tally) == Standing::Passed) else {
                continue;
            };
            alike.entry(look.disclosure.all_did(tally.did.keys())).or_default().push(place);
        }
        for (did, places) in alike {
            let name = clean::line(&look.disclosure.scrub_text(&case.name));
            let line = format!("{} {name}{}: {did}", look.style.paint(Tone::Good, "="), wherever(tested, &places));
            out += &indented(&line, 2, look.width);
        }
    }
    let heading = "As expected, and what the guardrail did";
    if out.is_empty() { out } else { format!("\n  {}\n{out}", look.style.paint(Tone::Strong, heading)) }
}

fn answers(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "answer")
}

/// How often, where a case was asked several times.
fn times(tally: &CaseTally, fault: Fault) -> String {
    if tally.answers > 1 { format!(", {} of {} times", tally.count(fault), tally.answers) } else { String::new() }
}

/// Where, unless there is only one place.
fn wherever(tested: &Tested, places: &[&Place]) -> String {
    let all: Vec<&Place> = tested.trial.places.iter().filter(|place| place.target.is_ok()).collect();
    if all.len() < 2 {
        return String::new();
    }
    let accounts: BTreeSet<&str> = all.iter().map(|place| place.scope.account.as_str()).collect();
    if places.len() == all.len() {
        return if all.len() == 2 { ", in both".to_owned() } else { ", everywhere".to_owned() };
    }
    let named = |place: &&Place| {
        // What the spec says now and a version that a plan puts in force may be asked in one place.
        let version = place.target.as_ref().ok().map(|target| target.version.as_str()).filter(|it| *it != DRAFT);
        let several = all.iter().filter(|other| other.scope == place.scope).count() > 1;
        let version = version.filter(|_| several).map(|it| format!(" (version {it})")).unwrap_or_default();
        format!("{}{version}", named(place, accounts.len()))
    };
    format!(", in {}", some(places.iter().map(named), NAMED))
}

/// What has no answer, by the reason.
fn unanswered(tested: &Tested, look: Look<'_>) -> String {
    let mut reasons: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for place in tested.trial.places.iter().filter(|place| place.target.is_ok()) {
        for (number, tally) in place.cases.iter().enumerate() {
            for why in tally.unanswered.keys() {
                reasons.entry(why.clone()).or_default().insert(number);
            }
            if tested.trial.interrupted && tally.answers < tested.suite.repeat && tally.unanswered.is_empty() {
                reasons.entry("the run was ended before".to_owned()).or_default().insert(number);
            }
        }
    }
    let mut out = String::new();
    for (why, numbers) in reasons {
        let names = numbers.iter().filter_map(|number| tested.suite.cases.get(*number)).map(|case| &case.name.value);
        let names = some(names.map(|name| clean::line(&look.disclosure.scrub_text(name))), NAMED);
        out += &indented(&format!("{}: {names}", counted(numbers.len(), "case")), 4, look.width);
        out += &indented(&clean::line(&look.disclosure.scrub_text(&why)), 6, look.width);
    }
    if out.is_empty() { out } else { format!("\n  {}\n{out}", look.style.paint(Tone::Strong, "Not answered")) }
}

/// What another version makes of the same cases.
fn changed(tested: &Tested, look: Look<'_>) -> String {
    let Some(against) = &tested.against else { return String::new() };
    let changes = tested.changes();
    let (from, to) = (version_word(&against.version), version_word(&tested.suite.version));
    let totals = against.trial.totals(&tested.suite);
    let verdict = totals.verdict.word();
    let count = changes.iter().map(|change| change.case).collect::<BTreeSet<_>>().len();
    let heading = match count {
        _ if totals.requests.all == totals.requests.unanswered => format!("{from} has no answers to compare with"),
        0 => format!("From {from} ({verdict}) to {to} no case changes"),
        1 => format!("From {from} ({verdict}) to {to} 1 case changes"),
        _ => format!("From {from} ({verdict}) to {to} {count} cases change"),
    };
    let mut out = format!("\n  {}\n", look.style.paint(Tone::Strong, clean::line(&heading)));
    for absent in against.trial.places.iter().filter_map(|place| place.target.as_ref().err()) {
        out += &not_asked(absent, look);
    }
    for change in &changes {
        out += &one_change(tested, change, look);
    }
    out
}

fn one_change(tested: &Tested, change: &Change, look: Look<'_>) -> String {
    let Some(case) = tested.suite.cases.get(change.case) else { return String::new() };
    let places: Vec<&Place> = tested.trial.places.iter().filter(|place| place.scope == change.scope).collect();
    let (sign, tone) = match (change.against, change.tested) {
        (Standing::Passed, Standing::Faulty(_)) => ("-", Tone::Bad),
        (Standing::Faulty(_), Standing::Passed) => ("+", Tone::Good),
        _ => ("~", Tone::Update),
    };
    let name = clean::line(&look.disclosure.scrub_text(&case.name));
    let stands = if change.against == change.tested {
        format!("{} as before", standing(change.tested))
    } else {
        format!("was {}, is {}", standing(change.against), standing(change.tested))
    };
    let line = format!("{} {name}{}: {stands}", look.style.paint(tone, sign), wherever(tested, &places));
    let mut out = indented(&line, 2, look.width);
    if change.did_against != change.did_tested {
        let (then, now) = (look.disclosure.all_did(&change.did_against), look.disclosure.all_did(&change.did_tested));
        out += &indented(&format!("did: {then} → {now}"), 6, look.width);
    }
    out
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Passed => "as expected",
        Standing::Faulty(Fault::Missed) => "missed",
        Standing::Faulty(Fault::FalseBlock) => "falsely blocked",
        Standing::Faulty(Fault::Otherwise) => "otherwise than expected",
        Standing::Unanswered => "not answered",
    }
}

/// What AWS counted, and what that costs.
fn usage(tested: &Tested, totals: &Totals, told: Told<'_>, look: Look<'_>) -> String {
    let mut usage = Usage::default();
    let trials = [Some(&tested.trial), tested.against.as_ref().map(|against| &against.trial)];
    for place in trials.into_iter().flatten().flat_map(|trial| &trial.places) {
        usage += &place.usage;
    }
    let units: Vec<String> = usage.counted().map(|(unit, count)| format!("{count} {unit}")).collect();
    if units.is_empty() && totals.requests.all == totals.requests.unanswered {
        return String::new();
    }
    let units = if units.is_empty() { "no units".to_owned() } else { units.join(", ") };
    let mut out = format!("\n{}", indented(&format!("Counted: {units}."), 2, look.width));
    if let Some(cost) = told.prices.map(|prices| prices.cost(&usage)) {
        let unpriced: Vec<String> = cost.unpriced.iter().map(ToString::to_string).collect();
        let without = if unpriced.is_empty() {
            String::new()
        } else {
            format!(", without {}, which the price table does not name", unpriced.join(", "))
        };
        out += &indented(&format!("By the price table: {:.4} {}{without}.", cost.amount, cost.currency), 2, look.width);
    }
    out
}
