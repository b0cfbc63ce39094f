//! For a comment on a pull request, or a page of evidence.

use super::table::{Line, Table, legend};
use super::{LEGEND, Told, enforced, findings, meaning, states, title, ways};
use crate::coverage::State;
use crate::report::disclosure::counted;
use crate::report::json::coverage::{Covered, Node, Totals};
use crate::report::markdown::escape;

/// How many OUs have totals of their own.
const MOST_NODES: usize = 60;

/// What is enforced where, and the ways around.
pub fn markdown(covered: &Covered) -> String {
    let mut out = format!("## bedrail coverage: {}\n\n", title(covered));
    let told = |totals: &Totals| {
        let words: Vec<String> = states(totals).into_iter().map(|(_, words)| words).collect();
        format!("**{}**", words.join(", "))
    };
    if let Some(want) = &covered.want {
        push!(out, "Now: {}\n\nWhen the plan is done: {}\n", told(&covered.have), told(want));
    } else {
        push!(out, "{}\n", told(&covered.have));
    }
    out += &totals(covered);
    out += &table(&Table::of(covered));
    out += &list("Enforced", enforced(covered).into_iter());
    out += &around(&ways(covered));
    out += &list("Findings", numbered(findings(covered)));
    out += &list("Not seen", covered.unseen.iter().cloned());
    out + &list("Held, and not counted", covered.held.iter().cloned())
}

fn numbered(found: Vec<(String, usize)>) -> impl Iterator<Item = String> {
    found.into_iter().map(|(told, count)| format!("{told} ({})", counted(count, "cell")))
}

/// How many cells stand how below each node.
fn totals(covered: &Covered) -> String {
    let used: Vec<State> = State::ALL
        .iter()
        .copied()
        .filter(|state| covered.have.in_state(*state) > 0 || covered.told().in_state(*state) > 0)
        .collect();
    let header: Vec<&str> = used.iter().map(|state| state.word()).collect();
    let mut out = format!(
        "\n### By OU\n\n| OU | accounts | {} |\n|---|---:|{}\n",
        header.join(" | "),
        "---:|".repeat(used.len())
    );
    for node in covered.nodes.iter().take(MOST_NODES) {
        let count = |state: &State| {
            let (have, told) = (node.have.in_state(*state), node.want.as_ref().unwrap_or(&node.have).in_state(*state));
            if have == told { told.to_string() } else { format!("{have} → **{told}**") }
        };
        let cells: Vec<String> = used.iter().map(count).collect();
        push!(out, "| {} | {} | {} |\n", escape::code(&path(covered, node)), node.accounts, cells.join(" | "));
    }
    if let Some(more) = covered.nodes.len().checked_sub(MOST_NODES).filter(|more| *more > 0) {
        push!(out, "\n{} more, which `--format json` has.\n", counted(more, "OU"));
    }
    out
}

/// The names from the root.
fn path(covered: &Covered, node: &Node) -> String {
    match node.parent.and_then(|above| covered.nodes.get(above)) {
        Some(above) if above.parent.is_some() => format!("{}/{}", path(covered, above), node.name),
        _ => node.name.clone(),
    }
}

fn table(table: &Table) -> String {
    let header: Vec<String> = (1..=table.columns.len()).map(|at| format!("[{at}]")).collect();
    let mut out =
        format!("\n### Accounts and Regions\n\n| | {} |\n|---|{}\n", header.join(" | "), "---|".repeat(header.len()));
    for Line { depth, name, cells, is_leaf, .. } in &table.lines {
        let name = format!("{}{}", "&nbsp;&nbsp;".repeat(*depth), escape::code(name));
        let name = if *is_leaf { name } else { format!("**{name}**") };
        push!(out, "| {name} | {} |\n", cells.join(" | "));
    }
    out.push('\n');
    for (at, regions) in table.columns.iter().enumerate() {
        push!(out, "- [{}] {}\n", at + 1, legend(regions));
    }
    push!(out, "\n{LEGEND}.\n");
    if table.folded {
        out += "\nOUs further down are folded; `--format html` and `--format json` have every account.\n";
    }
    out
}

fn around(ways: &[Told]) -> String {
    if ways.is_empty() {
        return String::new();
    }
    let mut out =
        "\n### Ways around, by cells\n\n| way | open | closed | unknown | |\n|---|---:|---:|---:|---|\n".to_owned();
    for told @ Told { way, why, .. } in ways {
        let why = why.as_ref().map(|why| escape::code(why)).unwrap_or_default();
        push!(out, "| {} | {} | {why} |\n", meaning(*way), told.numbers().join(" | "));
    }
    out
}

fn list(title: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|one| format!("- {}\n", escape::code(&one))).collect();
    if items.is_empty() { String::new() } else { format!("\n### {title}\n\n{}", items.concat()) }
}
