//! The guardrails that a service control policy lets calls name. A change that lets them name others is made in two steps, so
//! that nobody is denied in between who follows either.

use std::collections::{BTreeMap, BTreeSet};

use super::{GUARDRAIL, normal, statements};
use crate::model::{Call, Document, Region, Shift, demands};

/// What calls may name, for each way to call a model in each Region; what is absent may name anything.
type Values = BTreeMap<(Call, Region), BTreeSet<String>>;

/// Whether `want` lets calls name more than `have`, and whether less. To demand one where none was demanded is less.
pub(in crate::kinds::org_policy) fn shift(have: &Document, want: &Document) -> Shift {
    let (have, want) = (values(have), values(want));
    let more = |one: &Values, other: &Values| {
        // What nobody names a guardrail for may name whichever, which is more than any.
        other.iter().any(|(calls, named)| one.get(calls).is_none_or(|more| !more.is_subset(named)))
    };
    Shift { adds: more(&want, &have), takes: more(&have, &want) }
}

/// What calls may name, whichever statement says so.
fn values(document: &Document) -> Values {
    let mut values = Values::new();
    for demand in demands(document) {
        let texts = demand.named.iter().map(|named| serde_json::to_string(&Document::Text(named.clone())));
        let texts: Vec<String> = texts.filter_map(Result::ok).collect();
        for call in &demand.bearing.calls {
            for region in &demand.bearing.regions {
                values.entry((*call, region.clone())).or_default().extend(texts.iter().cloned());
            }
        }
    }
    values
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
    fn what_is_demanded_of_more_calls_is_less() {
        let of = |actions: &[&str], region: &str| {
            let resource = format!("arn:aws:bedrock:{region}::foundation-model/*");
            normal(Document::from(
                json!({"Statement": [{"Sid": "B", "Effect": "Deny", "Action": actions, "Resource": resource,
                "Condition": {"ArnNotLike": {"bedrock:GuardrailIdentifier": ["a"]}}}]}),
            ))
        };
        let shift = |one: &Document, other: &Document| {
            let shift = shift(one, other);
            (shift.adds, shift.takes)
        };
        let one = of(&["bedrock:InvokeModel"], "us-east-1");
        assert_eq!(shift(&one, &of(&["bedrock:InvokeModel*"], "us-east-1")), (false, true), "streams, too");
        assert_eq!(shift(&of(&["bedrock:InvokeModel"], "*"), &one), (true, false), "no longer in other Regions");
        assert_eq!(shift(&one, &of(&["bedrock:InvokeModel"], "eu-west-1")), (true, true));
        let nothing = normal(Document::from(json!({"Statement": []})));
        assert_eq!((shift(&nothing, &one), shift(&one, &nothing)), ((false, true), (true, false)));
    }

    #[test]
    fn in_between_calls_may_name_both() {
        assert_eq!(joined(&policy(&["a"]), &policy(&["b"])), policy(&["a", "b"]));
        assert_eq!(joined(&policy(&["a"]), &policy(&["a"])), policy(&["a"]));
    }
}
