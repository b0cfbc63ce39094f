//! For a terminal.

use serde_json::Value;

use super::{Row, absent, details, headline, pairs, places, remains, rows, title, verdict, which};
use crate::explain::Verdict;
use crate::report::json::explain::{Demand, Explained, Finding, POLICIES, Union, View};
use crate::report::rows::{Piece, document_lines};
use crate::report::wrap::{columns, indented, pad, wrap};
use crate::report::{Look, Style, Tone, clean};

/// Columns of the label of a row.
const LABEL: usize = 11;
/// The widest name of a control that columns make room for.
const WIDEST_NAME: usize = 34;

/// What was explained, before and after beside each other where there are both.
pub fn text(explained: &Explained, look: Look<'_>) -> String {
    let mut out = format!("{}\n", look.style.paint(Tone::Strong, clean::line(&title(explained))));
    match (&explained.have, &explained.want) {
        (Some(have), Some(want)) => {
            out += &view(have, "Now", look);
            out += &view(want, "When the plan is done", look);
            out += &table(&pairs(have, want), &["now", "then"], look);
        }
        (Some(only), None) | (None, Some(only)) => {
            out += &view(only, "", look);
            let unions: Vec<_> = only.union.iter().map(|union| (which(union), vec![Some(union)])).collect();
            out += &table(&unions, &[""], look);
        }
        (None, None) => {}
    }
    out += &section("Not covered", &remains(explained), Tone::Doubt, look);
    for view in explained.views() {
        out += &findings(&view.findings, look);
        out += &section("Not seen", &view.unseen, Tone::Doubt, look);
    }
    out + &section("Held, and not counted", &explained.held, Tone::Doubt, look)
}

fn heading(text: &str, style: Style) -> String {
    format!("\n{}\n", style.paint(Tone::Strong, text))
}

const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Protected => Tone::Good,
        Verdict::NotProtected | Verdict::Demanded | Verdict::CallsFail => Tone::Bad,
        Verdict::ObservedOnly | Verdict::Unavailable | Verdict::Unknown => Tone::Doubt,
    }
}

fn view(view: &View, when: &str, look: Look<'_>) -> String {
    let mut out = if when.is_empty() { "\n".to_owned() } else { heading(when, look.style) };
    let (verdict, sentence) = verdict(view);
    for line in wrap(&clean::line(&sentence), look.width) {
        push!(out, "{}\n", look.style.paint(tone(verdict), line));
    }
    for (place, met) in view.guardrails.iter().enumerate() {
        let name = look.style.paint(Tone::Strong, clean::line(&headline(met)));
        push!(out, "  {} {}  {name}\n", places(&[place]), pad(&met.level, 12));
        for (label, value) in details(met) {
            let bad = matches!(label, "fails" | "may fail");
            out += &row(label, &clean::line(&value), if bad { Tone::Bad } else { Tone::Quiet }, look);
        }
    }
    let shadowed = view
        .not_in_effect
        .iter()
        .map(|one| format!("{} on {} names {}, and {}", one.policy, one.node, one.version, one.why));
    out += &section("Named and not in effect", &shadowed.collect::<Vec<_>>(), Tone::Quiet, look);
    out + &section("Demanded by IAM", &view.demands.iter().map(demand).collect::<Vec<_>>(), Tone::Quiet, look)
}

/// What a policy demands, in a sentence.
pub(in crate::report) fn demand(demand: &Demand) -> String {
    let Demand { policy, node, asks, guardrails, exempt, except_models, models, every_call: _ } = demand;
    let by =
        node.as_ref().map_or_else(|| format!("the policy {policy} of the role"), |node| format!("{policy} on {node}"));
    let what = match (asks.as_str(), guardrails.as_slice()) {
        ("none-here", named) => {
            format!("each call is denied, for it must name {}, and no guardrail here is that", named.join(" or "))
        }
        (_, []) => "a call that names no guardrail is denied".to_owned(),
        (_, [one]) => format!("a call that does not name {one} is denied"),
        (_, several) => format!("a call that names none of {} is denied", several.join(", ")),
    };
    let exempt = if exempt.is_empty() { String::new() } else { format!(", but for {}", exempt.join(", ")) };
    let kinds = if models == "foundation" { ", of foundation models only" } else { "" };
    let models = if except_models.is_empty() {
        String::new()
    } else {
        format!(", and of models but for {}", except_models.join(", "))
    };
    format!("{by}: {what}{exempt}{kinds}{models}")
}

fn row(label: &str, value: &str, tone: Tone, look: Look<'_>) -> String {
    let indent = 6 + LABEL;
    let lines = wrap(value, look.width.saturating_sub(indent)).join(&format!("\n{}", " ".repeat(indent)));
    format!("      {}{lines}\n", look.style.paint(tone, format!("{label:<LABEL$}")))
}

/// The tables of what the guardrails come to; `times` names the columns of each side.
fn table(unions: &[(String, Vec<Option<&Union>>)], times: &[&str], look: Look<'_>) -> String {
    let references =
        unions.iter().flat_map(|(_, of)| of.iter().flatten()).flat_map(|of| &of.guardrails).any(|at| *at > 0);
    let mut out = String::new();
    for (name, of) in unions {
        let title = format!("What they come to, for {}", clean::line(name));
        let rows = rows(of, references);
        if rows.is_empty() {
            continue;
        }
        out += &heading(&title, look.style);
        out += &columned(&rows, times, look);
        let absent = absent(&rows);
        if !absent.is_empty() {
            out += &indented(&format!("not in use: {}", absent.join(", ")), 2, look.width);
        }
    }
    out
}

fn columned(rows: &[Row], times: &[&str], look: Look<'_>) -> String {
    let mut header: Vec<String> = Vec::new();
    for side in ["prompts", "answers"] {
        header.extend(times.iter().map(|time| format!("{side} {time}").trim_end().to_owned()));
    }
    let name = |row: &Row| clean::line(&row.name);
    let widest = rows.iter().map(|row| columns(&name(row))).max().unwrap_or(0).min(WIDEST_NAME) + 6;
    let wide: Vec<usize> = (0..header.len())
        .map(|at| rows.iter().map(|row| columns(&row.cells[at])).chain([columns(&header[at])]).max().unwrap_or(0) + 2)
        .collect();
    let line = |first: &str, cells: &[String]| {
        let cells: String = cells.iter().zip(&wide).map(|(cell, wide)| pad(cell, *wide)).collect();
        format!("{}{cells}", pad(first, widest)).trim_end().to_owned()
    };
    let mut out = format!("{}\n", look.style.paint(Tone::Quiet, line("", &header)));
    for of_policy in rows.chunk_by(|one, other| one.policy == other.policy) {
        let heading = of_policy.first().and_then(|row| POLICIES.get(row.policy)).map_or("", |(_, title)| *title);
        push!(out, "  {heading}\n");
        for row in of_policy {
            let line = line(&format!("    {}", name(row)), &row.cells);
            push!(out, "{}\n", if changes(row, times) { look.style.paint(Tone::Update, line) } else { line });
        }
    }
    out
}

/// Whether something becomes otherwise.
fn changes(row: &Row, times: &[&str]) -> bool {
    times.len() == 2 && row.cells.chunks(2).any(|pair| pair.first() != pair.last())
}

pub(super) fn findings(findings: &[Finding], look: Look<'_>) -> String {
    let mut out = String::new();
    for (at, finding) in findings.iter().enumerate() {
        if at == 0 {
            out += &heading("Findings", look.style);
        }
        out +=
            &item(&format!("{}: {}", look.style.paint(Tone::Bad, &finding.kind), clean::line(&finding.message)), look);
        if let (Some(expected), Some(found)) = (&finding.expected, &finding.found) {
            out += &documents(found, expected, look.style);
        }
    }
    out
}

/// The lines in which what AWS says and what the policies come to differ.
fn documents(says: &Value, come_to: &Value, style: Style) -> String {
    let legend = "- what AWS says is in effect, + what the policies come to";
    let mut out = format!("      {}\n", style.paint(Tone::Quiet, legend));
    for piece in document_lines(says, come_to) {
        let line = match piece {
            Piece::Same(text) => format!("  {text}"),
            Piece::Gone(text) => style.paint(Tone::Delete, format!("- {text}")),
            Piece::New(text) => style.paint(Tone::Create, format!("+ {text}")),
            Piece::Skipped => style.paint(Tone::Quiet, "  …"),
        };
        push!(out, "        {line}\n");
    }
    out
}

fn section(title: &str, items: &[String], tone: Tone, look: Look<'_>) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", look.style.paint(if tone == Tone::Quiet { Tone::Strong } else { tone }, title));
    for one in items {
        out += &item(&clean::line(one), look);
    }
    out
}

fn item(text: &str, look: Look<'_>) -> String {
    let lines = wrap(text, look.width.saturating_sub(4)).join("\n    ");
    format!("  - {lines}\n")
}
