//! The comment itself.

use std::collections::BTreeSet;

use super::budget::{Part, fit};
use super::escape::{code, fenced};
use crate::kinds::Kind;
use crate::model::{AccountId, Digest};
use crate::plan::{Action, Plan, State};
use crate::report::disclosure::{NAMED, some};
use crate::report::fold::{Entry, steps};
use crate::report::json::PlanFile;
use crate::report::rows::{Piece, Row, Says};
use crate::report::summary::Deed;
use crate::report::text::{looked_at, refused_scan, verdict};
use crate::report::unseen::{self, unseen};
use crate::report::{Disclosure, Refusal, Summary, flags};

pub(super) const CUT: &str = "\n_This comment was cut to its size limit; the log of the run has the whole of it._\n";

/// `plan` as a comment of at most `bytes`, its verdict whole.
pub fn plan(plan: &Plan, refusals: &[Refusal], disclosure: &Disclosure, beyond: &[AccountId], bytes: usize) -> String {
    let word = |action: &Action| Some((Deed::of(action).sign(), Deed::of(action).word()));
    let digest = PlanFile::of(plan, disclosure).digest();
    let mut parts = vec![Part::whole(head("plan", &verdict(plan, beyond), &table(plan), plan, &digest))];
    parts.extend(unscanned(plan, disclosure));
    if !refusals.is_empty() {
        let list = list(refusals.iter().map(|refusal| code(&refusal.flag())));
        let flags = code(&flags(refusals).join(" "));
        parts.push(Part::new(9, format!("\n**Refused until it is allowed.** To allow it, add {flags}\n\n{list}")));
    }
    parts.extend(changes(plan, disclosure, word));
    parts.extend(preconditions(plan, disclosure));
    parts.extend(notes(plan, disclosure));
    fit(&parts, bytes, CUT)
}

/// How many accounts feel a change at the least: those of the widest one, or those that each have one of their own.
fn reached(plan: &Plan) -> Option<usize> {
    let felt = plan.actions.iter().filter_map(|action| Some((action, action.reach?)));
    let own: BTreeSet<&AccountId> = felt
        .clone()
        .filter(|(action, reach)| *reach > 0 && action.address.kind == Kind::AccountEnforcement)
        .map(|(action, _)| &action.address.scope.account)
        .collect();
    felt.map(|(_, reach)| reach).max().map(|widest| widest.max(own.len()))
}

/// The marker by which the comment is found again, the verdict, and every count. `digest` tells one state of it from another.
pub(super) fn head(what: &str, verdict: &str, rows: &[(String, usize)], plan: &Plan, digest: &Digest) -> String {
    // Two hyphens in a row might end the comment.
    let stack: Vec<&str> =
        plan.stack.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let stack = stack.join("-");
    let mut table = format!("| {} | count |\n|---|---:|\n", if what == "plan" { "change" } else { "finding" });
    for (word, count) in rows {
        let bold = if word.starts_with("**") { "**" } else { "" };
        push!(table, "| {word} | {bold}{count}{bold} |\n");
    }
    let scope = code(&looked_at(plan));
    format!(
        "<!-- bedrail:{what} stack={stack} digest={digest} -->\n### bedrail {what}\n\n**{verdict}**\n\n{table}\n{scope}\n"
    )
}

/// Every count of a plan.
fn table(plan: &Plan) -> Vec<(String, usize)> {
    let Summary { unchanged, held, unmanaged, hazards, .. } = Summary::of(plan);
    let mut rows: Vec<(&str, usize)> = Deed::ALL.iter().map(|deed| (deed.word(), deed.count(plan))).collect();
    rows.extend([
        ("unchanged", unchanged),
        ("held", held),
        ("not seen", unseen::count(plan)),
        ("unmanaged", unmanaged),
    ]);
    rows.retain(|(word, count)| *count > 0 || matches!(*word, "create" | "update" | "delete"));
    let rows = rows.into_iter().map(|(word, count)| (word.to_owned(), count));
    let hazards = hazards.iter().map(|(hazard, count)| (format!("**{hazard}**"), *count));
    let accounts = reached(plan).map(|accounts| ("accounts reached".to_owned(), accounts));
    rows.chain(hazards).chain(accounts).collect()
}

/// Which Regions refused the scan.
pub(super) fn unscanned(plan: &Plan, disclosure: &Disclosure) -> Vec<Part> {
    let sentences = refused_scan(plan, disclosure);
    sentences.iter().map(|sentence| Part::new(1, format!("\n{}\n", code(sentence)))).collect()
}

/// The changes to which `word` gives a sign and a word, each collapsed; brief without its rows, and at last only counted by the
/// verdict.
pub(super) fn changes(
    plan: &Plan,
    disclosure: &Disclosure,
    word: impl Fn(&Action) -> Option<(char, &'static str)>,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for entry in steps(plan, disclosure, |action| word(action).is_some()).iter().flatten() {
        let Some((sign, word)) = word(entry.action) else { continue };
        let deed = Deed::of(entry.action);
        let title = title(entry, sign, word);
        let hazards: Vec<&str> = entry.action.hazards.iter().map(|hazard| hazard.word()).collect();
        let hazards = if hazards.is_empty() { String::new() } else { format!(" **{}**", hazards.join(", ")) };
        let unranked = if entry.action.has_unranked() { " _unranked_" } else { "" };
        let title = format!("{title}{hazards}{unranked}");
        let body: String = entry.rows.iter().map(row).collect();
        let places = entry.places().map(|places| format!("in {}\n\n", code(&places))).unwrap_or_default();
        let full = if body.is_empty() && places.is_empty() {
            format!("\n<details><summary>{title}</summary></details>\n")
        } else {
            let body = if body.is_empty() { body } else { fenced("diff", &body) };
            format!("\n<details><summary>{title}</summary>\n\n{places}{body}\n</details>\n")
        };
        let brief = format!("\n<details><summary>{title}</summary></details>\n");
        parts.push(Part { weight: weight(deed, &hazards), forms: vec![full, brief, String::new()] });
    }
    parts
}

/// What takes something away matters most, what is new less, and what nobody uses least.
const fn weight(deed: Deed, hazards: &str) -> u8 {
    match deed {
        Deed::Prune => 2,
        Deed::Delete => 7,
        _ if !hazards.is_empty() => 6,
        Deed::Update | Deed::Adopt => 5,
        Deed::Publish | Deed::Create => 3,
    }
}

fn title(entry: &Entry<'_>, sign: char, word: &str) -> String {
    let declared = entry.action.entry.as_deref().map(|declared| format!(" {}", code(declared))).unwrap_or_default();
    let phase = entry.action.phase.map(|phase| format!(" ({})", phase.word())).unwrap_or_default();
    format!("{} {word}{phase} {}{declared}", code(&sign.to_string()), code(&entry.address()))
}

/// A row as lines of a diff, its verdict at the end of the last.
fn row(row: &Row) -> String {
    let Row { label, says, .. } = row;
    let line = |sign: char, text: &str| format!("{sign} {label}: {text}\n");
    let lines = match says {
        Says::Value(value) => line(' ', value),
        Says::Change { have, want } => {
            let have = have.iter().map(|text| line('-', text));
            have.chain(want.iter().map(|text| line('+', text))).collect()
        }
        Says::Words(pieces) if pieces.iter().any(|piece| matches!(piece, Piece::Same(text) if text.ends_with(' '))) => {
            let side = |gone: bool| -> String {
                let shown = |piece: &Piece| match piece {
                    Piece::Same(text) => text.clone(),
                    Piece::Gone(text) if gone => text.clone(),
                    Piece::New(text) if !gone => text.clone(),
                    _ => String::new(),
                };
                pieces.iter().map(shown).collect()
            };
            line('-', &side(true)) + &line('+', &side(false))
        }
        Says::Words(pieces) => pieces.iter().map(|piece| signed(piece, &format!("{label}: "))).collect(),
        Says::Lines(lines) => {
            format!("  {label}:\n") + &lines.iter().map(|piece| signed(piece, "")).collect::<String>()
        }
    };
    match row.verdict() {
        Some(verdict) if !matches!(says, Says::Lines(_)) => {
            format!("{}  # {verdict}\n", lines.strip_suffix('\n').unwrap_or(&lines))
        }
        _ => lines,
    }
}

fn signed(piece: &Piece, label: &str) -> String {
    match piece {
        Piece::Same(text) => format!("  {label}{text}\n"),
        Piece::Gone(text) => format!("- {label}{text}\n"),
        Piece::New(text) => format!("+ {label}{text}\n"),
        Piece::Skipped => "  …\n".to_owned(),
    }
}

pub(super) fn list(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().flat_map(|item| ["- ".to_owned(), item, "\n".to_owned()]).collect()
}

/// A titled list; brief only its length.
pub(super) fn section(weight: u8, title: &str, items: Vec<String>) -> Option<Part> {
    if items.is_empty() {
        return None;
    }
    let brief = format!("\n**{title}: {}**\n", items.len());
    let list = list(items);
    Some(Part { weight, forms: vec![format!("\n**{title}**\n\n{list}"), brief, String::new()] })
}

/// What must be so, where it is not or nobody knows.
fn preconditions(plan: &Plan, disclosure: &Disclosure) -> Option<Part> {
    let clean = |text: &str| code(&disclosure.scrub_text(text));
    let preconditions = plan.preconditions.iter().filter(|one| one.state != State::Ok).map(|one| {
        let address = one.address.as_ref().map(|address| code(&address.to_string()) + " ").unwrap_or_default();
        let accounts = some(&one.accounts, NAMED);
        let accounts = if accounts.is_empty() { String::new() } else { format!(" ({})", code(&accounts)) };
        let fix = one.fix.as_deref().map(|fix| format!(" Fix: {}", clean(fix))).unwrap_or_default();
        format!("**{}** {address}{} {}{accounts}.{fix}", one.state.word(), clean(&one.message), one.code)
    });
    section(8, "Preconditions that do not hold, or are not known", preconditions.collect())
}

/// What is held or unseen, warnings, and what is not ours.
pub(super) fn notes(plan: &Plan, disclosure: &Disclosure) -> Vec<Part> {
    let clean = |text: &str| code(&disclosure.scrub_text(text));
    let held = plan.held.iter().map(|held| {
        let (verb, address, why) = (held.verb.word(), code(&held.address.to_string()), held.why.word());
        format!("{verb} {address} **{why}** {}", clean(&held.hint))
    });
    let held = section(8, "Held, and not done", held.collect());
    let blind = unseen(plan).into_iter().map(|one| format!("{} {}", code(&one.places.join(", ")), clean(&one.why)));
    let blind = section(8, "Not seen, so nothing that depends on it is touched", blind.collect());
    let warnings = plan.warnings.iter().map(|warning| {
        let address = warning.address.as_ref().map(|address| code(&address.to_string()) + " ").unwrap_or_default();
        format!("{address}{} {}", clean(&warning.message), warning.code)
    });
    let warnings = section(4, "Warnings", warnings.collect());
    let unmanaged = plan.unmanaged.iter().map(|one| format!("{} {}", code(&one.address.to_string()), clean(&one.note)));
    let unmanaged = section(1, "Not ours, and left alone", unmanaged.collect());
    [held, blind, warnings, unmanaged].into_iter().flatten().collect()
}
