//! For a comment on a pull request, or a page of evidence.

use super::text::demand;
use super::{Row, absent, details, headline, pairs, places, remains, rows, title, verdict, which};
use crate::report::json::explain::{Explained, POLICIES, Union, View};
use crate::report::markdown::escape;

/// What was explained, before and after beside each other where there are both.
pub fn markdown(explained: &Explained) -> String {
    let mut out = format!("## bedrail explain: {}\n", escape::code(&title(explained)));
    let two = explained.have.is_some() && explained.want.is_some();
    for (view, when) in [(&explained.have, "Now"), (&explained.want, "When the plan is done")] {
        if let Some(view) = view {
            if two {
                push!(out, "\n### {when}\n");
            }
            out += &of_view(view);
        }
    }
    let views: Vec<&View> = explained.views().collect();
    match views.as_slice() {
        [have, want] => pairs(have, want).iter().for_each(|(name, unions)| out += &table(name, unions)),
        all => {
            let unions = all.iter().flat_map(|view| &view.union);
            unions.for_each(|union| out += &table(&which(union), &[Some(union)]));
        }
    }
    out += &list("Not covered", remains(explained).into_iter());
    for view in views {
        out += &list("Findings", view.findings.iter().map(|one| format!("{}: {}", one.kind, one.message)));
        out += &list("Not seen", view.unseen.iter().cloned());
    }
    out + &list("Held, and not counted", explained.held.iter().cloned())
}

fn of_view(view: &View) -> String {
    let mut out = format!("\n**{}**\n\n", escape::code(&verdict(view).1));
    for (place, met) in view.guardrails.iter().enumerate() {
        push!(out, "- {} {}: {}\n", places(&[place]), met.level, escape::code(&headline(met)));
        for (label, value) in details(met) {
            push!(out, "  - {label}: {}\n", escape::code(&value));
        }
    }
    let shadowed = view
        .not_in_effect
        .iter()
        .map(|one| format!("{} on {} names {}, and {}", one.policy, one.node, one.version, one.why));
    out += &list("Named and not in effect", shadowed);
    out + &list("Demanded by IAM", view.demands.iter().map(demand))
}

fn table(name: &str, unions: &[Option<&Union>]) -> String {
    let references = unions.iter().flatten().flat_map(|of| &of.guardrails).any(|at| *at > 0);
    let rows = rows(unions, references);
    if rows.is_empty() {
        return String::new();
    }
    let mut out = format!("\n### What they come to, for {}\n\n", escape::code(name));
    let times: &[&str] = if unions.len() == 2 { &[" now", " then"] } else { &[""] };
    let header: Vec<String> =
        ["prompts", "answers"].iter().flat_map(|side| times.iter().map(move |time| format!("{side}{time}"))).collect();
    push!(out, "| policy | control | {} |\n|{}\n", header.join(" | "), "---|".repeat(header.len() + 2));
    for Row { policy, name, cells } in &rows {
        let title = POLICIES.get(*policy).map_or("", |(_, title)| *title);
        let cells: Vec<String> =
            cells.iter().map(|cell| if cell == "–" { cell.clone() } else { escape::code(cell) }).collect();
        push!(out, "| {title} | {} | {} |\n", escape::code(name), cells.join(" | "));
    }
    let absent = absent(&rows);
    if !absent.is_empty() {
        push!(out, "\nNot in use: {}.\n", absent.join(", "));
    }
    out
}

fn list(title: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|one| format!("- {}\n", escape::code(&one))).collect();
    if items.is_empty() { String::new() } else { format!("\n### {title}\n\n{}", items.concat()) }
}
