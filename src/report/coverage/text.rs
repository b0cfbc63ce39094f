//! For a terminal.

use super::table::{Line, Table, legend};
use super::{LEGEND, Told, enforced, findings, meaning, states, title, ways};
use crate::coverage::State;
use crate::report::disclosure::counted;
use crate::report::json::coverage::{Covered, Totals};
use crate::report::wrap::{columns, indented, pad, wrap};
use crate::report::{Look, Tone, clean};

/// The widest name that columns make room for.
const WIDEST_NAME: usize = 44;

/// What is enforced where, and the ways around.
pub fn text(covered: &Covered, look: Look<'_>) -> String {
    let mut out = format!("{}\n\n", look.style.paint(Tone::Strong, title(covered)));
    if let Some(want) = &covered.want {
        push!(out, "now   {}\nthen  {}\n", counted_states(&covered.have, look), counted_states(want, look));
    } else {
        push!(out, "{}\n", counted_states(&covered.have, look));
    }
    out += &table(&Table::of(covered), look);
    out += &section("Enforced", &enforced(covered), Tone::Strong, look);
    out += &around(&ways(covered), look);
    out += &section("Findings", &numbered(findings(covered)), Tone::Bad, look);
    out += &section("Not seen", &covered.unseen, Tone::Doubt, look);
    out + &section("Held, and not counted", &covered.held, Tone::Doubt, look)
}

pub(super) const fn tone(state: State) -> Tone {
    match state {
        State::Protected => Tone::Good,
        State::Denied | State::Invalid | State::Unprotected => Tone::Bad,
        State::Unseen => Tone::Doubt,
        State::Unavailable => Tone::Quiet,
    }
}

fn counted_states(totals: &Totals, look: Look<'_>) -> String {
    let told = states(totals).into_iter().map(|(state, words)| look.style.paint(tone(state), words));
    told.collect::<Vec<_>>().join("   ")
}

fn numbered(found: Vec<(String, usize)>) -> Vec<String> {
    found.into_iter().map(|(told, count)| format!("{told} ({})", counted(count, "cell"))).collect()
}

/// The table, in as many parts as it takes to fit the width.
fn table(table: &Table, look: Look<'_>) -> String {
    let named = |line: &Line| format!("{}{}", "  ".repeat(line.depth), clean::line(&line.name));
    let widest = table.lines.iter().map(|line| columns(&named(line))).max().unwrap_or(0).min(WIDEST_NAME) + 2;
    let wide = |at: usize| {
        let cells = table.lines.iter().map(|line| columns(&line.cells[at]));
        cells.chain([format!("[{}]", at + 1).len()]).max().unwrap_or(0) + 2
    };
    let room = look.width.saturating_sub(widest);
    let (mut parts, mut taken): (Vec<Vec<usize>>, usize) = (Vec::new(), 0);
    for at in 0..table.columns.len() {
        if parts.is_empty() || taken + wide(at) > room && taken > 0 {
            parts.push(Vec::new());
            taken = 0;
        }
        taken += wide(at);
        if let Some(part) = parts.last_mut() {
            part.push(at);
        }
    }
    let mut out = String::new();
    for part in parts {
        let header: String = part.iter().map(|at| pad(&format!("[{}]", at + 1), wide(*at))).collect();
        push!(out, "\n{}\n", look.style.paint(Tone::Quiet, format!("{}{}", " ".repeat(widest), header.trim_end())));
        for line in &table.lines {
            let cells: String = part.iter().map(|at| pad(&line.cells[*at], wide(*at))).collect();
            let name = named(line);
            // What is longer than its column has the rest of the line below it.
            let name = if columns(&name) + 2 > widest {
                format!("{name}\n{}", " ".repeat(widest))
            } else {
                pad(&name, widest)
            };
            let told = format!("{name}{}", cells.trim_end());
            let tone = match line {
                Line { changes: true, .. } => Tone::Update,
                Line { is_leaf: false, .. } => Tone::Strong,
                Line { uncovered: true, .. } => Tone::Bad,
                _ => Tone::Good,
            };
            push!(out, "{}\n", look.style.paint(tone, told));
        }
    }
    for (at, regions) in table.columns.iter().enumerate() {
        let mark = format!("[{}] ", at + 1);
        let lines = wrap(&legend(regions), look.width.saturating_sub(mark.len()));
        push!(out, "{mark}{}\n", lines.join(&format!("\n{}", " ".repeat(mark.len()))));
    }
    out += &indented(LEGEND, 0, look.width);
    if table.folded {
        out += &indented(
            "OUs further down are folded; `--format html` and `--format json` have every account",
            0,
            look.width,
        );
    }
    out
}

fn around(ways: &[Told], look: Look<'_>) -> String {
    if ways.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", look.style.paint(Tone::Strong, "Ways around, by cells"));
    let widest = ways.iter().map(|told| meaning(told.way).len()).max().unwrap_or(0) + 2;
    let wide =
        ways.iter().flat_map(Told::numbers).map(|number| columns(&number)).max().unwrap_or(0).max("unknown".len()) + 2;
    push!(
        out,
        "  {}\n",
        look.style.paint(
            Tone::Quiet,
            format!("{}{}", pad("", widest), right(&["open", "closed", "unknown"].map(str::to_owned), wide))
        )
    );
    for told @ Told { way, counts, why, .. } in ways {
        let tone = match (counts.open, counts.unknown) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Doubt,
            _ => Tone::Bad,
        };
        let line = format!("{}{}", pad(meaning(*way), widest), right(&told.numbers(), wide));
        push!(out, "  {}\n", look.style.paint(tone, line));
        if let Some(why) = why {
            out += &indented(&clean::line(why), 6, look.width);
        }
    }
    out
}

/// Numbers in columns of this width.
fn right(numbers: &[String; 3], wide: usize) -> String {
    let mut out = String::new();
    for number in numbers {
        out.extend(std::iter::repeat_n(' ', wide.saturating_sub(columns(number))));
        out += number;
    }
    out
}

fn section(title: &str, items: &[String], tone: Tone, look: Look<'_>) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", look.style.paint(tone, title));
    for one in items {
        let lines = wrap(&clean::line(one), look.width.saturating_sub(4)).join("\n    ");
        push!(out, "  - {lines}\n");
    }
    out
}
