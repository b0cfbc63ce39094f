//! What an identity policy comes to, so that two of them can be compared by it: which model calls it denies without a
//! guardrail, and what it allows.

use std::collections::BTreeSet;

use super::document::{APPLY, GUARDRAIL, INVOKE, statements};
use crate::model::{Direction, Document, items};

mod between;

pub(super) use between::{joined, shift};

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
    /// What a denial of everything else leaves out.
    spared: Vec<String>,
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
        let usual = ["Sid", "Effect", "Action", "Resource", "NotResource", "Condition"];
        if entries.keys().any(|key| !usual.contains(&key.as_str())) {
            return None;
        }
        let texts = |key: &str| items(document.get(key)).iter().map(text).collect::<Vec<_>>();
        let allows = match document.get("Effect")?.as_text()? {
            "Allow" => true,
            "Deny" => false,
            _ => return None,
        };
        if entries.contains_key("NotResource") && (allows || entries.contains_key("Resource")) {
            return None;
        }
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
            resources: if entries.contains_key("NotResource") { vec!["*".to_owned()] } else { texts("Resource") },
            spared: texts("NotResource"),
            guardrail,
            unconditional: condition.is_none(),
        })
    }

    fn is_of_calls(&self) -> bool {
        !self.actions.is_empty() && self.actions.iter().all(|action| INVOKE.contains(&action.as_str()))
    }

    /// Whether it denies model calls whose guardrail is the empty text.
    fn denies_empty(&self) -> bool {
        let empty = |(operator, values): &(&str, Vec<String>)| {
            *operator == "StringEquals" && values.iter().all(String::is_empty)
        };
        !self.allows && self.is_of_calls() && self.guardrail.as_ref().is_some_and(empty)
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

/// Whether the policy denies model calls but those that name certain guardrails, in whichever version.
pub fn takes_any_version(document: &Document) -> bool {
    matches!(Meaning::of(document).freed, Some(Freed::Numbered(_)))
}

/// The versions that free from the denial of `have` and do not from that of `want`, where both allow some versions only.
pub fn dropped(have: &Document, want: &Document) -> Vec<String> {
    match (Meaning::of(have).freed, Meaning::of(want).freed) {
        (Some(Freed::Exactly(have)), Some(Freed::Exactly(want))) => have.difference(&want).cloned().collect(),
        _ => Vec::new(),
    }
}

/// Whether one principal with both policies can call no model but those that both except: what frees from the denial of one
/// meets that of the other. `false` where that is not certain.
pub(super) fn exclude_each_other(one: &Document, other: &Document) -> bool {
    let (one, other) = (Meaning::of(one), Meaning::of(other));
    // Models that one of them excepts are few, and beside the point.
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

/// What is compared of a policy.
#[derive(Default)]
struct Meaning {
    freed: Option<Freed>,
    /// On what the denial bears.
    denied: BTreeSet<String>,
    /// What it leaves out.
    spared: BTreeSet<String>,
    /// On what a denial of calls with an empty guardrail bears.
    empty: BTreeSet<String>,
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
            self.spared.extend(statement.spared.iter().cloned());
            return;
        }
        if statement.denies_empty() {
            self.empty.extend(statement.resources.iter().cloned());
            self.spared.extend(statement.spared.iter().cloned());
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
            all.extend(fewer_is_stricter(&have.spared, &want.spared));
        }
    }
    all.extend(fewer_is_stricter(&want.empty, &have.empty));
    all.extend(fewer_is_stricter(&have.calls, &want.calls));
    all.extend(fewer_is_stricter(&have.manages, &want.manages));
    if have.other != want.other {
        all.push(Direction::Unranked);
    }
    all.into_iter().collect()
}

#[cfg(test)]
mod tests;
