//! The guardrails that a service control policy lets calls name. A change that lets them name others is made in two steps, so
//! that nobody is denied in between who follows either.

use std::collections::BTreeSet;

use super::{GUARDRAIL, normal, statements};
use crate::model::{Demand, Document, Shift, demands};

/// Whether `want` lets calls name more than `have`, and whether less. To demand one where none was demanded is less.
pub(in crate::kinds::org_policy) fn shift(have: &Document, want: &Document) -> Shift {
    match (values(have), values(want)) {
        (None, None) => Shift { adds: false, takes: false },
        (None, Some(_)) => Shift { adds: false, takes: true },
        (Some(_), None) => Shift { adds: true, takes: false },
        (Some(have), Some(want)) => Shift { adds: !want.is_subset(&have), takes: !have.is_subset(&want) },
    }
}

/// What calls may name, whichever statement says so; `None` where nothing is demanded.
fn values(document: &Document) -> Option<BTreeSet<String>> {
    let demands = demands(document);
    let text = |demand: &Demand| -> Vec<String> {
        let texts = demand.named.iter().map(|named| serde_json::to_string(&Document::Text(named.clone())));
        texts.filter_map(Result::ok).collect()
    };
    (!demands.is_empty()).then(|| demands.iter().flat_map(text).collect())
}

/// `want`, whose statements let calls name what those of the same name in `have` do, too.
pub(in crate::kinds::org_policy) fn joined(have: &Document, want: &Document) -> Document {
    let mut joined = want.clone();
    let Document::Map(elements) = &mut joined else { return joined };
    let Some(Document::List(wanted)) = elements.get_mut("Statement") else { return joined };
    for statement in wanted {
        let sid = statement.get("Sid").cloned();
        let before = statements(have).iter().find(|other| sid.is_some() && other.get("Sid") == sid.as_ref());
        let more: Vec<Document> = before.and_then(list).cloned().unwrap_or_default();
        if let Some(Document::List(values)) = list_mut(statement) {
            values.extend(more);
        }
    }
    normal(joined)
}

/// The guardrails that a statement names, if it denies all others.
fn list(statement: &Document) -> Option<&Vec<Document>> {
    let Document::Map(operators) = statement.get("Condition")? else { return None };
    operators.iter().filter(|(operator, _)| operator.contains("Not")).find_map(|(_, tests)| match tests {
        Document::Map(tests) => {
            tests.iter().find(|(key, _)| key.eq_ignore_ascii_case(GUARDRAIL)).and_then(|(_, values)| match values {
                Document::List(values) => Some(values),
                _ => None,
            })
        }
        _ => None,
    })
}

fn list_mut(statement: &mut Document) -> Option<&mut Document> {
    let Document::Map(elements) = statement else { return None };
    let Some(Document::Map(operators)) = elements.get_mut("Condition") else { return None };
    operators.iter_mut().filter(|(operator, _)| operator.contains("Not")).find_map(|(_, tests)| match tests {
        Document::Map(tests) => {
            tests.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(GUARDRAIL)).map(|(_, values)| values)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(named: &[&str]) -> Document {
        normal(Document::from(json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "A", "Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*",
                "Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}}},
            {"Sid": "B", "Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*",
                "Condition": {"ArnNotLike": {"bedrock:GuardrailIdentifier": named, "aws:PrincipalArn": "arn:x"}}}]})))
    }

    #[test]
    fn what_calls_may_name_is_more_or_less() {
        let shift = |one: &[&str], other: &[&str]| {
            let shift = shift(&policy(one), &policy(other));
            (shift.adds, shift.takes)
        };
        assert_eq!(shift(&["a"], &["a", "b"]), (true, false));
        assert_eq!(shift(&["a", "b"], &["b"]), (false, true));
        assert_eq!(shift(&["a"], &["b"]), (true, true));
        assert_eq!(shift(&["a"], &["a"]), (false, false));
    }

    #[test]
    fn in_between_calls_may_name_both() {
        assert_eq!(joined(&policy(&["a"]), &policy(&["b"])), policy(&["a", "b"]));
        assert_eq!(joined(&policy(&["a"]), &policy(&["a"])), policy(&["a"]));
    }
}
