//! What an identity policy comes to, so that two of them can be compared by it: which model calls it denies without a
//! guardrail, and what it allows.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{APPLY, GUARDRAIL, INVOKE, items, normal, statements};
use crate::model::{Direction, Document, Shift, Template, wildcard};

/// Which guardrails free a call from a denial.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Freed {
    /// Whichever is named.
    Any,
    /// Every numbered version of these guardrails.
    Numbered(BTreeSet<String>),
    /// These versions, or guardrails in some other way.
    Exactly(BTreeSet<String>),
}

/// A statement, taken apart.
struct Statement<'d> {
    document: &'d Document,
    allows: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    /// The operator on the guardrail and its values, if that is the only condition.
    guardrail: Option<(&'d str, Vec<String>)>,
    unconditional: bool,
}

/// A text as it is, with addresses where it refers to something; everything else as JSON.
fn text(document: &Document) -> String {
    match serde_json::to_value(document) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(value) => value.to_string(),
        Err(_) => String::new(),
    }
}

impl<'d> Statement<'d> {
    /// `None` for one of another form.
    fn of(document: &'d Document) -> Option<Self> {
        let Document::Map(entries) = document else { return None };
        let usual = ["Sid", "Effect", "Action", "Resource", "Condition"];
        if entries.keys().any(|key| !usual.contains(&key.as_str())) {
            return None;
        }
        let texts = |key: &str| items(document.get(key)).iter().map(text).collect::<Vec<_>>();
        let allows = match document.get("Effect")?.as_text()? {
            "Allow" => true,
            "Deny" => false,
            _ => return None,
        };
        let condition = document.get("Condition");
        let guardrail = match condition {
            Some(Document::Map(operators)) if operators.len() == 1 => {
                let (operator, keys) = operators.first_key_value()?;
                match keys {
                    Document::Map(keys) if keys.len() == 1 => keys
                        .get(GUARDRAIL)
                        .map(|values| (operator.as_str(), items(Some(values)).iter().map(text).collect())),
                    _ => None,
                }
            }
            _ => None,
        };
        Some(Self {
            document,
            allows,
            actions: texts("Action"),
            resources: texts("Resource"),
            guardrail,
            unconditional: condition.is_none(),
        })
    }

    fn is_of_calls(&self) -> bool {
        !self.actions.is_empty() && self.actions.iter().all(|action| INVOKE.contains(&action.as_str()))
    }

    /// What frees from it, if it denies model calls without a guardrail.
    fn freed(&self) -> Option<Freed> {
        let all = INVOKE.iter().all(|call| self.actions.iter().any(|action| action == call));
        if self.allows || !all {
            return None;
        }
        let (operator, values) = self.guardrail.as_ref()?;
        let values: BTreeSet<String> = values.iter().cloned().collect();
        Some(match *operator {
            "Null" if values.iter().all(|value| value == "true") => Freed::Any,
            "ArnNotLike" | "StringNotLike" if values.iter().all(|value| value.ends_with(":*")) => {
                Freed::Numbered(values.iter().map(|value| value.trim_end_matches(":*").to_owned()).collect())
            }
            "ArnNotLike" | "ArnNotEquals" | "StringNotLike" | "StringNotEquals" => Freed::Exactly(values),
            _ => return None,
        })
    }
}

/// Whether the policy denies model calls that name no guardrail.
pub fn guards(document: &Document) -> bool {
    statements(document).iter().filter_map(Statement::of).any(|statement| statement.freed().is_some())
}

/// The versions that free from the denial of `have` and do not from that of `want`, where both allow some versions only.
pub fn dropped(have: &Document, want: &Document) -> Vec<String> {
    match (Meaning::of(have).freed, Meaning::of(want).freed) {
        (Some(Freed::Exactly(have)), Some(Freed::Exactly(want))) => have.difference(&want).cloned().collect(),
        _ => Vec::new(),
    }
}

/// Whether one principal with both policies can call no model at all: what frees from the denial of one meets that of the
/// other. `false` where that is not certain.
pub(super) fn exclude_each_other(one: &Document, other: &Document) -> bool {
    let (one, other) = (Meaning::of(one), Meaning::of(other));
    let everything = |meaning: &Meaning| meaning.denied.contains("*");
    if !everything(&one) || !everything(&other) {
        return false;
    }
    let versions = match (&one.freed, &other.freed) {
        (Some(Freed::Exactly(one)), Some(Freed::Exactly(other))) => one.is_disjoint(other),
        _ => false,
    };
    let (guardrails, others) = (one.guardrails(), other.guardrails());
    versions || !guardrails.is_empty() && !others.is_empty() && guardrails.is_disjoint(&others)
}

/// Whether the policy, without any condition, allows to apply a guardrail whose resource `is_it`.
pub fn lets_apply(document: &Document, is_it: impl Fn(&Template) -> bool) -> bool {
    let applies = |action: &String| wildcard(action.to_lowercase().as_bytes(), APPLY.to_lowercase().as_bytes());
    let names_it = |document: &Document| match document {
        Document::Text(template) => is_it(template),
        _ => false,
    };
    let mut allowed = false;
    for document in statements(document) {
        let Some(statement) = Statement::of(document) else { continue };
        let concerned = statement.actions.iter().any(applies) && items(document.get("Resource")).iter().any(names_it);
        match statement.allows {
            true => allowed |= concerned && statement.unconditional,
            false if concerned => return false,
            false => {}
        }
    }
    allowed
}

/// Whether the policy allows to apply some guardrail.
pub fn lets_apply_some(document: &Document) -> bool {
    lets_apply(document, |_| true)
}

/// What is compared of a policy.
#[derive(Default)]
struct Meaning {
    freed: Option<Freed>,
    /// On what the denial bears.
    denied: BTreeSet<String>,
    /// Guardrails that may be applied.
    applies: BTreeSet<String>,
    /// Model calls by action and resource, and whether only with a guardrail.
    calls: BTreeSet<(String, String, bool)>,
    /// What else of Bedrock may be done, by action and resource.
    manages: BTreeSet<String>,
    /// What cannot be ranked.
    other: BTreeSet<String>,
    /// Whether something of that denies.
    denies_more: bool,
}

impl Meaning {
    fn of(document: &Document) -> Self {
        let mut meaning = Self::default();
        for document in statements(document) {
            let Some(statement) = Statement::of(document) else {
                meaning.denies_more |= document.get("Effect").and_then(Document::as_text) == Some("Deny");
                meaning.other.insert(text(document));
                continue;
            };
            meaning.add(&statement);
        }
        meaning
    }

    fn add(&mut self, statement: &Statement<'_>) {
        if let Some(freed) = statement.freed().filter(|_| self.freed.is_none()) {
            self.freed = Some(freed);
            self.denied.extend(statement.resources.iter().cloned());
            return;
        }
        let pairs =
            || statement.actions.iter().flat_map(|action| statement.resources.iter().map(move |one| (action, one)));
        let under_guardrail = statement.guardrail.is_some();
        if statement.allows && statement.is_of_calls() && (statement.unconditional || under_guardrail) {
            self.calls.extend(pairs().map(|(action, one)| (action.clone(), one.clone(), under_guardrail)));
        } else if statement.allows && statement.unconditional && statement.actions.iter().all(|action| action == APPLY)
        {
            self.applies.extend(statement.resources.iter().cloned());
        } else if statement.allows && statement.actions.iter().all(|action| action.starts_with("bedrock:")) {
            let condition = statement.document.get("Condition").map(text).unwrap_or_default();
            self.manages.extend(pairs().map(|(action, one)| format!("{action} {one} {condition}")));
        } else if statement.allows && statement.actions.iter().all(|action| action.starts_with("kms:")) {
            // To be let use a key makes no control less strict.
        } else {
            self.denies_more |= !statement.allows;
            self.other.insert(text(statement.document));
        }
    }

    /// The guardrails that free from the denial.
    fn guardrails(&self) -> BTreeSet<String> {
        match &self.freed {
            Some(Freed::Numbered(guardrails)) => guardrails.clone(),
            // Which guardrails exact versions are of is told by the ones that may be applied.
            Some(Freed::Exactly(versions)) if self.applies.is_empty() => versions.clone(),
            Some(Freed::Exactly(_)) => {
                self.applies.iter().filter(|one| !one.contains(":guardrail-profile/")).cloned().collect()
            }
            Some(Freed::Any) | None => BTreeSet::new(),
        }
    }
}

/// Which way the change from `have` to `want` goes; absent is no policy at all.
pub fn compare(have: Option<&Document>, want: Option<&Document>) -> Direction {
    match (have.map(Meaning::of), want.map(Meaning::of)) {
        (Some(have), Some(want)) => compared(&have, &want),
        (None, Some(want)) if want.freed.is_some() => Direction::Strengthens,
        (None, Some(want)) if want.denies_more => Direction::Unranked,
        (Some(have), None) if have.freed.is_some() || have.denies_more => Direction::Weakens,
        _ => Direction::Neutral,
    }
}

/// Where more is less strict.
fn fewer_is_stricter<T: Ord>(have: &BTreeSet<T>, want: &BTreeSet<T>) -> [Direction; 2] {
    [
        if want.is_subset(have) { Direction::Neutral } else { Direction::Weakens },
        if have.is_subset(want) { Direction::Neutral } else { Direction::Strengthens },
    ]
}

fn compared(have: &Meaning, want: &Meaning) -> Direction {
    let mut all = Vec::new();
    match (&have.freed, &want.freed) {
        (None, None) => {}
        (None, Some(_)) => all.push(Direction::Strengthens),
        (Some(_), None) => all.push(Direction::Weakens),
        (Some(one), Some(other)) => {
            let rank = |freed: &Freed| match freed {
                Freed::Any => 0,
                Freed::Numbered(_) => 1,
                Freed::Exactly(_) => 2,
            };
            all.push(Direction::of(&rank(one), &rank(other)));
            if rank(one) > 0 && rank(other) > 0 {
                all.extend(fewer_is_stricter(&have.guardrails(), &want.guardrails()));
            }
            // Denied on more is stricter.
            all.extend(fewer_is_stricter(&want.denied, &have.denied));
        }
    }
    all.extend(fewer_is_stricter(&have.calls, &want.calls));
    all.extend(fewer_is_stricter(&have.manages, &want.manages));
    if have.other != want.other {
        all.push(Direction::Unranked);
    }
    all.into_iter().collect()
}

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
        for action in &statement.actions {
            for resource in &statement.resources {
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
pub(super) fn shift(have: &Document, want: &Document) -> Shift {
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
pub(super) fn joined(have: &Document, want: &Document) -> Option<Document> {
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

#[cfg(test)]
mod tests;
