//! Documents of service control policies, in the language of IAM without principals (Organizations user guide, "SCP syntax").

use std::collections::BTreeMap;

use crate::model::Document;

mod cut;
pub(crate) mod exempt;
mod judge;
pub(super) mod named;
mod raw;
pub(super) mod section;

pub(super) use judge::judge;

/// The condition key of the guardrail that a call names (Service Authorization Reference, "Amazon Bedrock").
pub(super) const GUARDRAIL: &str = "bedrock:GuardrailIdentifier";
/// The elements of a statement that hold one string or a list of them.
const LISTS: [&str; 4] = ["Action", "NotAction", "Resource", "NotResource"];

/// A document in normal form: statements are a list, and so is whatever may be one string or a list; strings that stand twice
/// stand once, and what conditions compare with is text, as the language takes it.
#[must_use]
pub(crate) fn normal(document: Document) -> Document {
    let Document::Map(mut elements) = document else { return document };
    if let Some(statements) = elements.remove("Statement") {
        let statements = items(statements).into_iter().map(statement);
        elements.insert("Statement".to_owned(), Document::list(statements));
    }
    Document::Map(elements)
}

fn statement(document: Document) -> Document {
    let Document::Map(elements) = document else { return document };
    let normal = |(key, value): (String, Document)| {
        let value = match key.as_str() {
            list if LISTS.contains(&list) => set(value),
            "Condition" => entries(value, |tests| entries(tests, set)),
            _ => value,
        };
        (key, value)
    };
    Document::Map(elements.into_iter().map(normal).collect())
}

fn entries(document: Document, normal: impl Fn(Document) -> Document) -> Document {
    match document {
        Document::Map(all) => Document::Map(all.into_iter().map(|(key, value)| (key, normal(value))).collect()),
        other => other,
    }
}

fn items(document: Document) -> Vec<Document> {
    match document {
        Document::List(items) => items,
        one => vec![one],
    }
}

fn set(document: Document) -> Document {
    let text = |value: Document| match value {
        Document::Bool(value) => Document::text(value.to_string()),
        Document::Number(number) => Document::text(number.to_string()),
        other => other,
    };
    let Document::List(mut items) = Document::list(items(document).into_iter().map(text)) else {
        return Document::Null;
    };
    items.dedup();
    Document::List(items)
}

/// The statements of a document in normal form.
fn statements(document: &Document) -> &[Document] {
    match document.get("Statement") {
        Some(Document::List(statements)) => statements,
        _ => &[],
    }
}

/// What a statement compares: by operator and key, a list of values each.
fn compared_values(statement: &Document) -> BTreeMap<(&str, &str), &Document> {
    let Some(Document::Map(operators)) = statement.get("Condition") else { return BTreeMap::new() };
    let tests = operators.iter().filter_map(|(operator, tests)| match tests {
        Document::Map(tests) => Some((operator, tests)),
        _ => None,
    });
    tests
        .flat_map(|(operator, tests)| tests.iter().map(|(key, values)| ((operator.as_str(), key.as_str()), values)))
        .collect()
}

/// Whether a document denies calls that name no guardrail, or another one.
pub(crate) fn demands_guardrail(document: &Document) -> bool {
    let denies = |statement: &&Document| statement.get("Effect").and_then(Document::as_text) == Some("Deny");
    let by_guardrail =
        |statement: &Document| compared_values(statement).keys().any(|(_, key)| key.eq_ignore_ascii_case(GUARDRAIL));
    statements(document).iter().filter(denies).any(by_guardrail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_string_is_a_list_of_it() {
        let short = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "b:A", "Resource": "*",
            "Condition": {"Null": {"b:K": true}}}});
        let long = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["b:A", "b:A"],
            "Resource": ["*"], "Condition": {"Null": {"b:K": ["true"]}}}]});
        let normal_form = normal(Document::from(short));
        assert_eq!(normal(Document::from(long)), normal_form);
        assert_eq!(normal(normal_form.clone()), normal_form);
    }

    #[test]
    fn what_demands_a_guardrail_is_told() {
        let of = |effect: &str, key: &str| {
            normal(Document::from(json!({"Statement": {"Effect": effect, "Action": "*", "Resource": "*",
                "Condition": {"Null": {key: "true"}}}})))
        };
        assert!(demands_guardrail(&of("Deny", "bedrock:guardrailIdentifier")));
        assert!(!demands_guardrail(&of("Allow", GUARDRAIL)));
        assert!(!demands_guardrail(&of("Deny", "bedrock:InferenceProfileArn")));
    }
}
