//! One page that needs nothing else: no network, and no script but its own. What it shows is data in the page, which its script
//! sets as text and never as markup; a policy of its own lets nothing else run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

use super::{Told, Versions, becomes, meaning, states, title, ways};
use crate::coverage::{State, Way};
use crate::report::clean;
use crate::report::explain::{demand, details, headline, places};
use crate::report::json::coverage::{Account, Cell, Covered, Row, Totals};

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// What is enforced where as a page with the tree as a heat map, filters, and the explanation of each cell.
pub fn html(covered: &Covered) -> String {
    let parts = BTreeMap::from([
        ("title", escape(&format!("Coverage by guardrails: {}", title(covered)))),
        ("summary", summary(covered)),
        ("style-hash", hash(STYLE)),
        ("script-hash", hash(SCRIPT)),
        ("style", STYLE.to_owned()),
        ("script", SCRIPT.to_owned()),
        ("times", times(covered)),
        ("states", filters(covered)),
        ("regions", covered.regions.iter().enumerate().map(|(at, region)| option(at, region)).collect()),
        ("ways", Way::ALL.iter().enumerate().map(|(at, way)| option(at, meaning(*way))).collect()),
        ("unseen", unseen(covered)),
        ("totals", totals(covered)),
        ("around", around(&ways(covered))),
        ("data", data(covered)),
    ]);
    // In one pass, so that nothing that is put in is looked at again.
    let mut out = String::new();
    for (at, piece) in PAGE.split("{{").enumerate() {
        match piece.split_once("}}").filter(|_| at > 0) {
            Some((name, rest)) => {
                out += parts.get(name).expect("the page names parts that there are");
                out += rest;
            }
            None => out += piece,
        }
    }
    out
}

/// By which the page's policy knows a style or script.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// Foreign text on one line, as HTML has it.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in clean::line(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

fn option(value: usize, text: &str) -> String {
    format!("<option value=\"{value}\">{}</option>", escape(text))
}

fn place(state: State) -> usize {
    State::ALL.iter().position(|known| *known == state).unwrap_or_default()
}

/// What stands in a cell of this state; of one that is protected, who does it.
const fn mark(state: State) -> &'static str {
    match state {
        State::Protected => "O/A",
        State::Denied => "D",
        State::Invalid => "!",
        State::Unprotected => "×",
        State::Unavailable => "–",
        State::Unseen => "?",
    }
}

fn summary(covered: &Covered) -> String {
    let told = |totals: &Totals| {
        let words: Vec<String> = states(totals).into_iter().map(|(_, words)| words).collect();
        words.join(", ")
    };
    let cells = match &covered.want {
        Some(want) => format!("Now {}. When the plan is done {}.", told(&covered.have), told(want)),
        None => format!("{}.", told(&covered.have)),
    };
    escape(&format!("{}. Cells: {cells}", title(covered)))
}

/// The choice of the time, where there are two.
fn times(covered: &Covered) -> String {
    if covered.want.is_none() {
        return String::new();
    }
    let choice = |(value, words): (&str, &str)| {
        let checked = if value == "want" { " checked" } else { "" };
        format!("<label><input type=\"radio\" name=\"time\" id=\"time-{value}\"{checked}> {words}</label>\n")
    };
    let choices = [("have", "now"), ("want", "when the plan is done"), ("changed", "only what changes")].map(choice);
    format!("<fieldset><legend>Show</legend>\n{}</fieldset>\n", choices.concat())
}

fn filters(covered: &Covered) -> String {
    let mut out = String::new();
    for state in State::ALL {
        let (at, count, mark) = (place(*state), covered.told().in_state(*state), mark(*state));
        push!(
            out,
            "<label><input type=\"checkbox\" id=\"state-{at}\" checked> \
             <span class=\"mark s{at}\" aria-hidden=\"true\">{mark}</span> <span>{state} (<span id=\"count-{at}\">{count}</span>)</span></label>\n"
        );
    }
    out
}

fn unseen(covered: &Covered) -> String {
    let mut out = String::new();
    for (title, all) in [("Not seen", &covered.unseen), ("Held, and not counted", &covered.held)] {
        if all.is_empty() {
            continue;
        }
        push!(out, "<details open><summary>{title}</summary>\n<ul>\n");
        for one in all {
            push!(out, "<li>{}</li>\n", escape(one));
        }
        out += "</ul>\n</details>\n";
    }
    out
}

fn numbers(words: impl IntoIterator<Item = String>, element: &str) -> String {
    let mut out = String::new();
    for word in words {
        let (tag, _) = element.split_once(' ').unwrap_or((element, ""));
        push!(out, "<{element} class=\"number\">{word}</{tag}>");
    }
    out
}

fn totals(covered: &Covered) -> String {
    let header = numbers(State::ALL.iter().map(ToString::to_string), "th scope=\"col\"");
    let mut out = format!(
        "<table><thead><tr><th scope=\"col\">OU</th><th scope=\"col\" class=\"number\">accounts</th>{header}</tr></thead>\n<tbody>\n"
    );
    for node in &covered.nodes {
        let cells = State::ALL.iter().map(|state| {
            let (have, told) = (node.have.in_state(*state), node.want.as_ref().unwrap_or(&node.have).in_state(*state));
            becomes(have, told)
        });
        let mut path = vec![node.name.as_str()];
        let mut above = node.parent;
        while let Some(node) = above.and_then(|at| covered.nodes.get(at)) {
            // The root goes without saying.
            path.extend(node.parent.map(|_| node.name.as_str()));
            above = node.parent;
        }
        path.reverse();
        let cells = numbers([node.accounts.to_string()].into_iter().chain(cells), "td");
        push!(out, "<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(&path.join("/")));
    }
    out + "</tbody></table>\n"
}

fn around(ways: &[Told]) -> String {
    let header = numbers(["open", "closed", "unknown"].map(str::to_owned), "th scope=\"col\"");
    let mut out = format!(
        "<table><thead><tr><th scope=\"col\">way</th>{header}<th scope=\"col\">most often since</th></tr></thead>\n<tbody>\n"
    );
    for told @ Told { way, why, .. } in ways {
        let cells = numbers(told.numbers(), "td");
        let why = escape(why.as_deref().unwrap_or_default());
        push!(out, "<tr><th scope=\"row\">{}</th>{cells}<td>{why}</td></tr>\n", meaning(*way));
    }
    out + "</tbody></table>\n"
}

/// Everything that the script draws, such that nothing in it ends the element that it stands in.
fn data(covered: &Covered) -> String {
    let mut rows: Vec<&[usize]> = Vec::new();
    let mut known: BTreeMap<&[usize], usize> = BTreeMap::new();
    // Most accounts are like many others.
    for cells in covered.accounts.iter().flat_map(|account| std::iter::once(&account.have).chain(&account.want)) {
        known.entry(&cells.cells).or_insert_with(|| {
            rows.push(&cells.cells);
            rows.len() - 1
        });
    }
    let place = |row: &Row| known[row.cells.as_slice()];
    let nodes = covered.nodes.iter().map(|node| {
        json!({"id": node.id, "name": node.name, "parent": node.parent, "first": node.first, "accounts": node.accounts})
    });
    let versions = Versions::of(covered);
    let value = json!({
        "regions": covered.regions,
        "states": State::ALL,
        "ways": Way::ALL.iter().map(|way| json!([way, meaning(*way)])).collect::<Vec<_>>(),
        "nodes": nodes.collect::<Vec<_>>(),
        "accounts": covered.accounts.iter().map(|account| json!([account.id, account.name, account.node])).collect::<Vec<_>>(),
        "rows": rows,
        "have": covered.accounts.iter().map(|account| place(&account.have)).collect::<Vec<_>>(),
        "want": covered.want.as_ref().map(|_| {
            covered.accounts.iter().map(|account| account.want.as_ref().map(place)).collect::<Vec<_>>()
        }),
        "own": {
            "have": own(covered, |account| Some(&account.have)),
            "want": own(covered, |account| account.want.as_ref()),
        },
        "cells": covered.cells.iter().map(|one| cell(one, &versions)).collect::<Vec<_>>(),
        "unions": covered.unions.iter().map(|union| json!({
            "models": union.models,
            "controls": union.controls.iter().map(|control| {
                json!([control.policy, control.name, control.prompts, control.answers])
            }).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string(&cleaned(value)).expect("a report is always JSON");
    // `<` ends elements and begins comments; the others end lines of scripts where old browsers read JSON as such.
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The account's own guardrails by the places of accounts and Regions, where there are any.
fn own<'c>(covered: &'c Covered, row: impl Fn(&'c Account) -> Option<&'c Row>) -> Value {
    let mut all = Map::new();
    for (at, account) in covered.accounts.iter().enumerate() {
        let guardrails = row(account).into_iter().flat_map(|row| &row.guardrails);
        let named: Map<String, Value> = guardrails
            .filter_map(|(region, id)| {
                let place = covered.regions.iter().position(|known| known == region)?;
                Some((place.to_string(), Value::from(id.as_str())))
            })
            .collect();
        if !named.is_empty() {
            all.insert(at.to_string(), Value::Object(named));
        }
    }
    Value::Object(all)
}

fn cell(cell: &Cell, versions: &Versions<'_>) -> Value {
    let initials: String = cell
        .levels
        .iter()
        .map(|level| match level.as_str() {
            "organization" => 'O',
            "account" => 'A',
            _ => 'R',
        })
        .collect();
    let by = |level: &String| {
        let met: Vec<String> =
            cell.guardrails.iter().filter(|met| met.level == *level).map(|met| versions.called(met)).collect();
        format!("the {level} ({})", met.join(", "))
    };
    let by: Vec<String> = cell.levels.iter().map(by).collect();
    let by = match cell.state {
        State::Protected => format!("by {}", by.join(" and ")),
        State::Unprotected if !by.is_empty() => "but calls must name a guardrail".to_owned(),
        _ => String::new(),
    };
    let guardrails = cell.guardrails.iter().enumerate().map(|(at, met)| {
        let rows: Vec<Value> = details(met).into_iter().map(|(term, value)| json!([term, value])).collect();
        json!([format!("{} {}: {}", places(&[at]), met.level, headline(met)), rows])
    });
    let not_in_effect = cell
        .not_in_effect
        .iter()
        .map(|one| format!("{} on {} names {}, and {}", one.policy, one.node, one.version, one.why));
    let sections: Vec<(&str, Vec<String>)> = vec![
        ("Findings", cell.findings.iter().map(|one| format!("{}: {}", one.kind, one.message)).collect()),
        ("Not seen", cell.unseen.clone()),
        ("Named and not in effect", not_in_effect.collect()),
        ("Demanded by IAM", cell.demands.iter().map(demand).collect()),
        ("Not covered", cell.uncovered.iter().map(|one| one.message.clone()).collect()),
    ];
    let ways: Vec<Value> = cell
        .ways
        .iter()
        .map(|around| {
            let way = Way::ALL.iter().position(|way| *way == around.way).unwrap_or_default();
            json!([way, around.passage, around.why])
        })
        .collect();
    json!({
        "state": place(cell.state),
        "mark": if cell.state == State::Protected { initials.as_str() } else { mark(cell.state) },
        "by": by,
        "verdict": cell.verdict,
        "guardrails": guardrails.collect::<Vec<_>>(),
        "sections": sections.into_iter().filter(|(_, items)| !items.is_empty()).collect::<Vec<_>>(),
        "unions": cell.unions,
        "ways": ways,
    })
}

/// A value in which no text has what a reader would obey or be deceived by.
fn cleaned(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean::line(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(cleaned).collect()),
        Value::Object(entries) => {
            Value::Object(entries.into_iter().map(|(key, value)| (clean::line(&key), cleaned(value))).collect())
        }
        other => other,
    }
}
