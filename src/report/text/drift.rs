//! The same plan, told to one who did not expect it to hold anything.

use super::entry::{self, Mark};
use super::notes;
use crate::model::AccountId;
use crate::plan::Plan;
use crate::report::json::FindingKind;
use crate::report::summary::elsewhere;
use crate::report::wrap::indented;
use crate::report::{Look, Tone, differs, fold};

/// What has changed behind bedrail's back.
pub fn drift(plan: &Plan, look: Look<'_>) -> String {
    let mut out =
        look.style.paint(Tone::Strong, indented(&verdict(plan, look.beyond), 0, look.width).trim_end()) + "\n";
    out += &notes::scope(plan, look);
    out += &notes::held(plan, look);
    out += &notes::blind(plan, look);
    out += &section(
        plan,
        FindingKind::Modified,
        "Changed behind bedrail's back (what AWS has → what the spec says)",
        look,
    );
    out += &section(plan, FindingKind::Missing, "Missing from AWS", look);
    out += &section(plan, FindingKind::LeftBehind, "Left behind: ours, and no longer declared", look);
    out += &notes::warnings(plan, look);
    out += &notes::unmanaged(plan, look);
    out
}

/// One sentence with every count; where there is no drift, also which accounts of the organization that is not said of.
pub(crate) fn verdict(plan: &Plan, beyond: &[AccountId]) -> String {
    let count = |kind: FindingKind| plan.actions.iter().filter(|action| FindingKind::of(action.verb) == kind).count();
    let counts = [
        (count(FindingKind::Modified), "modified"),
        (count(FindingKind::Missing), "missing"),
        (count(FindingKind::LeftBehind), "left behind"),
    ];
    let differing: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let unchanged = plan.unchanged.len();
    let mut parts = Vec::new();
    if differing.is_empty() && plan.held.is_empty() && plan.blind.is_empty() {
        let verdict = match unchanged {
            0 => "No drift: the spec declares nothing, and nothing is left behind.".to_owned(),
            1 => "No drift: the one resource is as the spec says.".to_owned(),
            _ => format!("No drift: all {unchanged} resources are as the spec says."),
        };
        return elsewhere(&verdict, beyond);
    }
    if !differs(plan) {
        parts.push("No drift as far as could be seen".to_owned());
    } else if differing.is_empty() {
        parts.push("Drift".to_owned());
    } else {
        parts.push(format!("Drift: {}", differing.join(", ")));
    }
    if !plan.held.is_empty() {
        parts.push(format!("{} held", plan.held.len()));
    }
    if !plan.blind.is_empty() {
        parts.push(format!(
            "{} not seen",
            crate::report::disclosure::counted(crate::report::unseen::count(plan), "place")
        ));
    }
    if unchanged > 0 {
        parts.push(format!("{unchanged} as the spec says"));
    }
    parts.join("; ") + "."
}

fn section(plan: &Plan, kind: FindingKind, heading: &str, look: Look<'_>) -> String {
    let steps = fold::steps(plan, look.disclosure, |action| FindingKind::of(action.verb) == kind);
    let mut out = String::new();
    for entry in steps.iter().flatten() {
        if out.is_empty() {
            push!(out, "\n{}\n", look.style.paint(Tone::Strong, heading));
        }
        // What is missing is in the spec, to be read there.
        out += &match kind {
            FindingKind::Missing => entry::headline(entry, mark(kind), look),
            _ => entry::entry(entry, mark(kind), look),
        };
    }
    out
}

const fn mark(kind: FindingKind) -> Mark {
    match kind {
        FindingKind::Modified => Mark { sign: '~', word: "modified", tone: Tone::Update },
        FindingKind::Missing => Mark { sign: '+', word: "missing", tone: Tone::Create },
        FindingKind::LeftBehind => Mark { sign: '-', word: "left behind", tone: Tone::Delete },
        FindingKind::Unmanaged => Mark { sign: '?', word: "unmanaged", tone: Tone::Quiet },
    }
}
