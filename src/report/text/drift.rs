//! The same plan, told to one who did not expect it to hold anything.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{self, Mark};
use super::notes;
use crate::drift::{Drift, Finding, FindingKind, mirrored};
use crate::model::{AccountId, Direction, FieldDiff};
use crate::plan::{ActionId, Hazard, Plan};
use crate::report::disclosure::{counted, some};
use crate::report::summary::elsewhere;
use crate::report::wrap::indented;
use crate::report::{Look, Tone, clean, fold, unseen};

/// How many accounts are named before the rest is counted.
const NAMED: usize = 10;

/// What has changed behind bedrail's back.
pub fn drift(plan: &Plan, drift: &Drift, look: Look<'_>) -> String {
    let plan = &mirrored(plan, drift);
    let verdict = verdict(plan, drift, look.beyond);
    let mut out = look.style.paint(Tone::Strong, indented(&verdict, 0, look.width).trim_end()) + "\n";
    out += &notes::scope(plan, look);
    out += &notes::held(plan, look);
    out += &notes::blind(plan, look);
    for (kind, heading) in HEADINGS {
        out += &section(plan, drift, *kind, heading, look);
    }
    out += &ignored(drift, look);
    out += &remedy(drift, look);
    out += &notes::warnings(plan, look);
    out += &notes::unmanaged(plan, look);
    out
}

/// What each section is headed with, in the order of the sections; what is not ours stands at the end, as in a plan.
const HEADINGS: &[(FindingKind, &str)] = &[
    (FindingKind::InvalidEffective, "AWS calls what is in effect invalid"),
    (FindingKind::Shadowed, "In effect is something else"),
    (FindingKind::PreconditionLost, "What must be so is so no longer"),
    (FindingKind::Modified, "Changed behind bedrail's back (what the spec says → what AWS has)"),
    (FindingKind::Missing, "Missing from AWS"),
    (FindingKind::NewAccount, "Missing in accounts that came into scope"),
    (FindingKind::LeftBehind, "Left behind: ours, and no longer declared"),
];

/// One sentence with every count. `plan` is the mirrored one.
pub(crate) fn verdict(plan: &Plan, drift: &Drift, beyond: &[AccountId]) -> String {
    let count = |kind: FindingKind| drift.open().filter(|finding| finding.kind == kind).count();
    let counts = HEADINGS.iter().map(|(kind, _)| (count(*kind), word(*kind)));
    let differing: Vec<String> =
        counts.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let left_alone = drift.findings.iter().filter(|finding| finding.ignored.is_some()).count();
    let unchanged = plan.unchanged.len();
    let mut parts = Vec::new();
    if differing.is_empty() && left_alone == 0 && plan.held.is_empty() && plan.blind.is_empty() {
        let all = match unchanged {
            0 => "No drift: the spec declares nothing, and nothing is left behind.".to_owned(),
            1 => "No drift: the one resource is as the spec says.".to_owned(),
            _ => format!("No drift: all {unchanged} resources are as the spec says."),
        };
        return elsewhere(&all, beyond);
    }
    if !drift.differs() {
        parts.push(if plan.blind.is_empty() { "No drift" } else { "No drift as far as could be seen" }.to_owned());
    } else if differing.is_empty() {
        parts.push("Drift".to_owned());
    } else {
        parts.push(format!("Drift: {}", differing.join(", ")));
    }
    let weaker = drift.weaker();
    if weaker > 0 {
        parts.push(format!("{weaker} weaker than the spec"));
    }
    if left_alone > 0 {
        parts.push(format!("{left_alone} ignored"));
    }
    if !plan.held.is_empty() {
        parts.push(format!("{} held", plan.held.len()));
    }
    if !plan.blind.is_empty() {
        parts.push(format!("{} not seen", counted(unseen::count(plan), "place")));
    }
    if unchanged > 0 {
        parts.push(format!("{unchanged} as the spec says"));
    }
    parts.join("; ") + "."
}

/// The findings of a kind that nobody has agreed to: those that an action mends as the plan shows them, the others in a
/// sentence each.
fn section(plan: &Plan, drift: &Drift, kind: FindingKind, heading: &str, look: Look<'_>) -> String {
    let of_kind: Vec<&Finding> = drift.open().filter(|finding| finding.kind == kind).collect();
    let actions: BTreeSet<ActionId> = of_kind.iter().flat_map(|finding| &finding.actions).copied().collect();
    let mut out = String::new();
    for entry in fold::steps(plan, look.disclosure, |action| actions.contains(&action.id)).iter().flatten() {
        // What is missing is in the spec, to be read there.
        out += &match kind {
            FindingKind::Missing | FindingKind::NewAccount => entry::headline(entry, mark(kind), look),
            _ => entry::entry(entry, mark(kind), look),
        };
        let here = || of_kind.iter().filter(|finding| entry.all.iter().any(|one| finding.actions.contains(&one.id)));
        let by = here().filter_map(|finding| finding.updated_by.as_deref());
        let by: BTreeSet<String> = by.map(|who| clean::line(&look.disclosure.scrub_text(who))).collect();
        if !by.is_empty() {
            out += &indented(&format!("last changed by {}", some(by, NAMED)), 6, look.width);
        }
        out += &identified(here().copied(), look);
    }
    let mut alike: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in of_kind.into_iter().filter(|finding| finding.actions.is_empty()) {
        alike.entry((&finding.message, &finding.remedy, &finding.accounts)).or_default().push(finding);
    }
    for findings in alike.into_values() {
        out += &sentence(&findings, look);
    }
    if out.is_empty() {
        return out;
    }
    format!("\n{}\n{out}", look.style.paint(Tone::Strong, heading))
}

/// What no action mends, where several differ alike once for all of them.
fn sentence(findings: &[&Finding], look: Look<'_>) -> String {
    let [first, ..] = findings else { return String::new() };
    let shown = |text: &str| clean::line(&look.disclosure.scrub_text(text));
    let about: BTreeSet<String> =
        fold::places(findings.iter().filter_map(|one| one.address.as_ref())).into_iter().collect();
    let about = if about.is_empty() { String::new() } else { format!("{}: ", some(about, NAMED)) };
    let mark = mark(first.kind);
    let line = format!("{} {about}{}", mark.sign, shown(&first.message));
    let mut out = look.style.paint(mark.tone, indented(&line, 2, look.width).trim_end()) + "\n";
    if !first.accounts.is_empty() {
        out += &indented(&format!("accounts: {}", some(&first.accounts, NAMED)), 6, look.width);
    }
    let fields: BTreeSet<String> = findings.iter().flat_map(|one| one.differing()).map(field).collect();
    if !fields.is_empty() {
        out += &indented(&format!("fields: {}", some(fields, NAMED)), 6, look.width);
    }
    out += &indented(&format!("fix: {}", shown(&first.remedy)), 6, look.width);
    out + &identified(findings.iter().copied(), look)
}

/// A field, and which way it went.
fn field(field: &FieldDiff) -> String {
    let path = clean::line(&field.path);
    match field.direction {
        Direction::Neutral => path,
        went => format!("{path} {}", went.word()),
    }
}

/// The ids by which a list of what is ignored names findings.
fn identified<'a>(findings: impl Iterator<Item = &'a Finding>, look: Look<'_>) -> String {
    let ids: BTreeSet<&str> = findings.map(|finding| finding.id.as_str()).collect();
    look.style.paint(Tone::Quiet, indented(&format!("finding {}", some(ids, NAMED)), 6, look.width).trim_end()) + "\n"
}

/// How to bring AWS back, where some action does: one command for all, or where something is to stay as it is, one for each.
fn remedy(drift: &Drift, look: Look<'_>) -> String {
    let mended: Vec<&Finding> = drift.open().filter(|finding| !finding.actions.is_empty()).collect();
    let some_stay = drift.findings.iter().any(|finding| finding.ignored.is_some() && !finding.actions.is_empty());
    let commands: Vec<String> = match mended.as_slice() {
        [] => return String::new(),
        [one] => vec![one.remedy.clone()],
        all if some_stay => all.iter().map(|one| one.remedy.clone()).collect(),
        all => vec![together(all)],
    };
    // Each on a line of its own, however long, since it is copied.
    let line = |command: &String| format!("  {}\n", clean::line(&look.disclosure.scrub_text(command)));
    let commands: String = commands.iter().map(line).collect();
    format!("\n{}\n{commands}", look.style.paint(Tone::Strong, "To bring AWS back to the spec"))
}

/// The commands of all these findings as one.
fn together(findings: &[&Finding]) -> String {
    let commands = || findings.iter().map(|finding| finding.remedy.as_str());
    let mut command =
        commands().next().and_then(|first| Some(first.split_once(" --target ")?.0)).unwrap_or_default().to_owned();
    let hazards: BTreeSet<Hazard> = findings.iter().flat_map(|finding| finding.hazards.iter().copied()).collect();
    if !hazards.is_empty() {
        let allowed: Vec<String> = hazards.iter().map(ToString::to_string).collect();
        command.extend([" --allow ", &allowed.join(",")]);
    }
    if commands().any(|command| command.ends_with(" --adopt")) {
        command += " --adopt";
    }
    command
}

/// What somebody has agreed to, and until when.
fn ignored(drift: &Drift, look: Look<'_>) -> String {
    let mut out = String::new();
    for finding in &drift.findings {
        let Some(terms) = &finding.ignored else { continue };
        let about = finding.address.as_ref().map_or_else(|| finding.id.clone(), ToString::to_string);
        let line =
            format!("{} {about}, until {} ({}): {}", word(finding.kind), terms.expires, terms.owner, terms.reason);
        out += &indented(&clean::line(&look.disclosure.scrub_text(&line)), 2, look.width);
    }
    if out.is_empty() {
        return out;
    }
    format!("\n{}\n{out}", look.style.paint(Tone::Strong, "Ignored, as was agreed"))
}

/// The kind as people read it.
const fn word(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::InvalidEffective => "invalid in effect",
        FindingKind::Shadowed => "shadowed",
        FindingKind::PreconditionLost => "precondition lost",
        FindingKind::Modified => "modified",
        FindingKind::Missing => "missing",
        FindingKind::NewAccount => "missing in a new account",
        FindingKind::LeftBehind => "left behind",
        FindingKind::Unmanaged => "unmanaged",
    }
}

/// The sign and the word of a kind.
pub(crate) const fn signed_word(kind: FindingKind) -> (char, &'static str) {
    (mark(kind).sign, word(kind))
}

const fn mark(kind: FindingKind) -> Mark {
    let (sign, tone) = match kind {
        FindingKind::InvalidEffective | FindingKind::Shadowed | FindingKind::PreconditionLost => ('!', Tone::Bad),
        FindingKind::Modified => ('~', Tone::Update),
        FindingKind::Missing | FindingKind::NewAccount => ('-', Tone::Delete),
        FindingKind::LeftBehind => ('+', Tone::Create),
        FindingKind::Unmanaged => ('?', Tone::Quiet),
    };
    Mark { sign, word: word(kind), tone }
}
