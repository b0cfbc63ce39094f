//! A plan, as `plan` and `apply` show it.

use std::iter;

use super::{entry, notes};
use crate::model::AccountId;
use crate::plan::Plan;
use crate::report::disclosure::counted;
use crate::report::refusal::Refusal;
use crate::report::summary::{Deed, elsewhere, losses, to_do};
use crate::report::unseen;
use crate::report::wrap::indented;
use crate::report::{Look, Tone, fold};

/// What `plan` does, for a person to agree to; `refusals` is what apply would refuse of it.
pub fn plan(plan: &Plan, refusals: &[Refusal], look: Look<'_>) -> String {
    let mut out =
        look.style.paint(Tone::Strong, indented(&verdict(plan, look.beyond), 0, look.width).trim_end()) + "\n";
    out += &notes::scope(plan, look);
    out += &notes::refused(refusals, look);
    out += &notes::preconditions(plan, look);
    out += &notes::held(plan, look);
    out += &notes::blind(plan, look);
    out += &steps(plan, look);
    out += &prunes(plan, look);
    out += &notes::warnings(plan, look);
    out += &notes::unmanaged(plan, look);
    out
}

/// One sentence with every count, and one on what gets weaker; where there is nothing to do, also which accounts of the
/// organization that is not said of.
pub(crate) fn verdict(plan: &Plan, beyond: &[AccountId]) -> String {
    let unchanged = plan.unchanged.len();
    let held = plan.held.len();
    let mut parts = Vec::new();
    if plan.actions.is_empty() {
        parts.push(match (held, plan.blind.is_empty(), unchanged) {
            (0, true, 0) => {
                return elsewhere("Nothing to do: the spec declares nothing, and nothing is left behind.", beyond);
            }
            (0, true, 1) => return elsewhere("Nothing to do: the one resource is as the spec says.", beyond),
            (0, true, _) => {
                return elsewhere(&format!("Nothing to do: all {unchanged} resources are as the spec says."), beyond);
            }
            (0, false, _) => "Nothing to do as far as could be seen".to_owned(),
            (_, _, _) => "Nothing can be done".to_owned(),
        });
    } else {
        parts.push(format!("Plan: {}", to_do(plan)));
    }
    if held > 0 {
        parts.push(format!("{held} held"));
    }
    if !plan.blind.is_empty() {
        parts.push(format!("{} not seen", counted(unseen::count(plan), "place")));
    }
    if unchanged > 0 {
        parts.push(format!("{unchanged} unchanged"));
    }
    let counts = parts.join("; ") + ".";
    iter::once(counts).chain(losses(plan)).collect::<Vec<_>>().join(" ")
}

fn steps(plan: &Plan, look: Look<'_>) -> String {
    let steps = fold::steps(plan, look.disclosure, |action| !action.prune);
    let total = steps.len();
    let mut out = String::new();
    for (at, step) in steps.iter().enumerate() {
        let heading = match total {
            1 => "What will be done".to_owned(),
            _ => format!("Step {} of {total}", at + 1),
        };
        push!(out, "\n{}\n", look.style.paint(Tone::Strong, heading));
        for (at, entry) in step.iter().enumerate() {
            if at > 0 && (!entry.rows.is_empty() || !step[at - 1].rows.is_empty()) {
                out.push('\n');
            }
            out += &entry::entry(entry, Deed::of(entry.action).into(), look);
        }
    }
    out
}

fn prunes(plan: &Plan, look: Look<'_>) -> String {
    let pruned: Vec<_> = fold::steps(plan, look.disclosure, |action| action.prune).into_iter().flatten().collect();
    if pruned.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", look.style.paint(Tone::Strong, "Pruned at the end"));
    out += &indented(
        "Published for earlier content, used by nothing that was seen, and beyond keep_versions.",
        2,
        look.width,
    );
    for entry in &pruned {
        out += &entry::headline(entry, Deed::Prune.into(), look);
    }
    out
}
