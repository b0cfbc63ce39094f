//! What lies between two policies: what the change from one to the other adds and takes, and the policy that lets through what
//! either does.

use std::collections::{BTreeMap, BTreeSet};

use super::{Statement, text};
use crate::kinds::iam_policy::document::{GUARDRAIL, normal, statements};
use crate::model::{Document, Shift, items};

/// Everything that a policy lets through, piece by piece, and everything that it keeps back.
struct Pieces {
    lets: BTreeSet<String>,
    keeps: BTreeSet<String>,
}

fn pieces(document: &Document) -> Pieces {
    let mut pieces = Pieces { lets: BTreeSet::new(), keeps: BTreeSet::new() };
    for document in statements(document) {
        let Some(statement) = Statement::of(document) else {
            let denies = document.get("Effect").and_then(Document::as_text) == Some("Deny");
            if denies { &mut pieces.keeps } else { &mut pieces.lets }.insert(text(document));
            continue;
        };
        let condition = document.get("Condition").map(text).unwrap_or_default();
        let but = if statement.spared.is_empty() { String::new() } else { format!(" but {:?}", statement.spared) };
        for action in &statement.actions {
            for resource in statement.resources.iter().map(|resource| format!("{resource}{but}")) {
                let what = format!("{action} {resource}");
                match &statement.guardrail {
                    Some((operator, values)) => {
                        let under = |value: &String| format!("{} {what} {operator} {value}", statement.allows);
                        pieces.lets.extend(values.iter().map(under));
                        if !statement.allows {
                            pieces.keeps.insert(what);
                        }
                    }
                    None if statement.allows => drop(pieces.lets.insert(format!("{what} {condition}"))),
                    None => drop(pieces.keeps.insert(format!("{what} {condition}"))),
                }
            }
        }
    }
    pieces
}

/// What `want` in the place of `have` lets through more, and what less.
pub(in crate::kinds::iam_policy) fn shift(have: &Document, want: &Document) -> Shift {
    let (have, want) = (pieces(have), pieces(want));
    Shift {
        adds: !want.lets.is_subset(&have.lets) || !have.keeps.is_subset(&want.keeps),
        takes: !have.lets.is_subset(&want.lets) || !want.keeps.is_subset(&have.keeps),
    }
}

fn sid(statement: &Document) -> Option<String> {
    statement.get("Sid").map(text)
}

/// A policy that lets through what either does; `None` where their denials differ in more than in the guardrails that free
/// from them, since between the two no call may go undenied that both deny.
pub(in crate::kinds::iam_policy) fn joined(have: &Document, want: &Document) -> Option<Document> {
    let denials = |document| -> Vec<&Document> {
        let denies = |one: &&Document| one.get("Effect").and_then(Document::as_text) != Some("Allow");
        statements(document).iter().filter(denies).collect()
    };
    let (had, wanted) = (denials(have), denials(want));
    if had.len() != wanted.len() {
        return None;
    }
    let mut all: Vec<Document> = Vec::new();
    for denial in &wanted {
        let other = had.iter().find(|other| sid(other) == sid(denial))?;
        all.push(if other == denial { (*denial).clone() } else { merged(other, denial)? });
    }
    let allowances = |document| statements(document).iter().filter(|one| !denials(document).contains(one));
    all.extend(allowances(want).cloned());
    for allowance in allowances(have).filter(|one| !statements(want).contains(one)) {
        let namesake = all.iter().position(|other| sid(other).is_some() && sid(other) == sid(allowance));
        if let Some((at, both)) = namesake.and_then(|at| Some((at, merged(allowance, &all[at])?))) {
            all[at] = both;
            continue;
        }
        let mut allowance = allowance.clone();
        if let (Some(_), Document::Map(entries)) = (namesake, &mut allowance) {
            // A name may stand only once.
            entries.remove("Sid");
        }
        all.push(allowance);
    }
    let Document::Map(entries) = want else { return None };
    let mut entries: BTreeMap<String, Document> = entries.clone();
    entries.insert("Statement".to_owned(), Document::List(all));
    Some(normal(Document::Map(entries)))
}

/// Two statements that differ in one list only, as one: the lists of an allowance, or the guardrails that free from a denial.
fn merged(one: &Document, other: &Document) -> Option<Document> {
    let (first, second) = (Statement::of(one)?, Statement::of(other)?);
    let without = |document: &Document, key: &str| match document {
        Document::Map(entries) => {
            entries.iter().filter(|(name, _)| *name != key).map(|(_, value)| value.clone()).collect()
        }
        _ => Vec::new(),
    };
    let union = |one: Option<&Document>, other: Option<&Document>| {
        Document::list(items(one).iter().chain(items(other)).cloned())
    };
    let Document::Map(mut entries) = other.clone() else { return None };
    if first.guardrail.is_some() && without(one, "Condition") == without(other, "Condition") {
        let (operator, _) = first.guardrail?;
        let (same, _) = second.guardrail?;
        let values =
            |document: &Document| document.get("Condition").and_then(|it| it.get(operator)?.get(GUARDRAIL)).cloned();
        let (one, other) = (values(one)?, values(other).filter(|_| operator == same)?);
        let condition = Document::map([(GUARDRAIL, union(Some(&one), Some(&other)))]);
        entries.insert("Condition".to_owned(), Document::map([(operator, condition)]));
        return Some(normal(Document::Map(entries)));
    }
    let list = ["Resource", "Action"].into_iter().find(|key| without(one, key) == without(other, key))?;
    if !first.allows {
        return None;
    }
    entries.insert(list.to_owned(), union(one.get(list), other.get(list)));
    Some(normal(Document::Map(entries)))
}
