//! Documents of identity policies (IAM user guide, "IAM JSON policy elements reference") in normal form.

use std::collections::BTreeMap;

use crate::model::{Document, Form, Names, PolicyLanguage, Ref, RemoteId, Segment, Template, items};

/// The condition key of the guardrail that a model call names (Service Authorization Reference, Amazon Bedrock).
pub const GUARDRAIL: &str = "bedrock:GuardrailIdentifier";
/// Allows use of a guardrail.
pub const APPLY: &str = "bedrock:ApplyGuardrail";
/// Allow calling a model; `Converse` is authorised as these, too.
pub const INVOKE: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

/// A document in normal form: one value and a list of it are the same, so what usually is a list is one, and what usually is
/// one value is no list. Lists are sorted sets, and the condition key of the guardrail has its usual letter case.
#[must_use]
pub fn normal(document: Document) -> Document {
    const LANGUAGE: PolicyLanguage =
        PolicyLanguage { keys: &[GUARDRAIL], lists: &["Statement", "Action", "NotAction"] };
    LANGUAGE.normal(document)
}

/// A policy of these statements, in normal form.
pub(super) fn policy(statements: impl IntoIterator<Item = Document>) -> Document {
    let statements = Document::list(statements);
    normal(Document::map([("Version", Document::text("2012-10-17")), ("Statement", statements)]))
}

/// A statement.
pub(super) fn statement(
    sid: &str,
    effect: &str,
    actions: &[&str],
    resources: Vec<Document>,
    condition: Option<Document>,
) -> Document {
    let mut statement = BTreeMap::from([
        ("Sid".to_owned(), Document::text(sid)),
        ("Effect".to_owned(), Document::text(effect)),
        ("Action".to_owned(), Document::list(actions.iter().copied().map(Document::text))),
        ("Resource".to_owned(), Document::list(resources)),
    ]);
    statement.extend(condition.map(|condition| ("Condition".to_owned(), condition)));
    Document::Map(statement)
}

/// `{operator: {key: values}}`
pub(super) fn condition(operator: &str, key: &str, values: Vec<Document>) -> Document {
    Document::map([(operator, Document::map([(key, Document::list(values))]))])
}

/// The text of an id with something behind it.
pub(super) fn id_and(id: Ref, rest: &str) -> Document {
    let Template(mut segments) = Template::id(id);
    match segments.last_mut() {
        _ if rest.is_empty() => {}
        Some(Segment::Text(text)) => text.push_str(rest),
        _ => segments.push(Segment::Text(rest.to_owned())),
    }
    Document::Text(Template(segments))
}

/// The statements; none where the document is not of the usual form.
pub(super) fn statements(document: &Document) -> &[Document] {
    items(document.get("Statement"))
}

/// The document with these texts wherever this version stands among the values of a condition.
#[must_use]
pub fn beside(document: &Document, version: &Ref, more: &[String]) -> Document {
    let bearer = Document::Text(Template::id(version.clone()));
    normal(put_beside(document.clone(), &bearer, more))
}

fn put_beside(document: Document, bearer: &Document, more: &[String]) -> Document {
    let with = |mut items: Vec<Document>| {
        items.extend(more.iter().map(Document::text));
        Document::List(items)
    };
    match document {
        one if one == *bearer => with(vec![one]),
        Document::List(items) if items.contains(bearer) => with(items),
        Document::List(items) => Document::List(items.into_iter().map(|item| put_beside(item, bearer, more)).collect()),
        Document::Map(entries) => {
            Document::Map(entries.into_iter().map(|(key, value)| (key, put_beside(value, bearer, more))).collect())
        }
        leaf => leaf,
    }
}

/// Brings a document as read from AWS into the words of the one that is wanted, as [`Document::align`] does, and besides where
/// one value stands against several, and within statements of one name that differ.
pub(super) fn align(have: &mut Document, want: &Document, names: &Names) {
    match (&mut *have, want) {
        (Document::Map(found), Document::Map(wanted)) => {
            for (key, value) in found {
                if let Some(other) = wanted.get(key) {
                    align(value, other, names);
                }
            }
        }
        (Document::List(_), Document::Text(_)) => have.align(&Document::List(vec![want.clone()]), names),
        (Document::Text(_), Document::List(wanted)) => wanted.iter().for_each(|item| have.align(item, names)),
        (Document::List(found), Document::List(wanted)) => {
            for item in found.iter_mut() {
                let name = |one: &Document| one.get("Sid").cloned();
                let partner = wanted.iter().find(|other| name(item).is_some() && name(other) == name(item));
                if let Some(partner) = partner {
                    align(item, partner, names);
                }
            }
            have.align(want, names);
        }
        _ => have.align(want, names),
    }
}

/// Puts guardrails by their addresses in the place of their ARNs, where the text is one, alone or before `:*`. What is as
/// wanted stays. Versions stay as AWS has them: an address would mean whatever serves it.
pub(super) fn name_guardrails(document: &mut Document, want: Option<&Document>, names: &Names) {
    if want.is_some_and(|want| want == document) {
        return;
    }
    match document {
        Document::Text(template) => {
            let [Segment::Text(text)] = template.0.as_slice() else { return };
            let (arn, rest) = text.strip_suffix(":*").map_or((text.as_str(), ""), |arn| (arn, ":*"));
            let known =
                names.address(&RemoteId::new(arn)).filter(|address| address.kind == crate::kinds::Kind::Guardrail);
            if let Some(address) = known.cloned() {
                let mut segments = vec![Segment::Id(Ref::To(address), Form::Whole)];
                if !rest.is_empty() {
                    segments.push(Segment::Text(rest.to_owned()));
                }
                *template = Template(segments);
            }
        }
        Document::List(found) => {
            let wanted = items(want);
            for item in found.iter_mut().filter(|item| !wanted.contains(item)) {
                name_guardrails(item, None, names);
            }
        }
        Document::Map(entries) => {
            for (key, value) in entries {
                name_guardrails(value, want.and_then(|want| want.get(key)), names);
            }
        }
        Document::Null | Document::Bool(_) | Document::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_and_a_list_of_one_are_the_same_and_order_means_nothing() {
        let one = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "a:B", "Resource": ["x"],
            "Condition": {"ArnLike": {"Bedrock:guardrailidentifier": ["b", "a"]}}}});
        let other = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:B", "a:B"], "Resource": "x",
            "Condition": {"ArnLike": {"bedrock:GuardrailIdentifier": ["a", "b"]}}}]});
        let normal = |value: serde_json::Value| super::normal(Document::from(value));
        assert_eq!(normal(one.clone()), normal(other));
        assert_eq!(super::normal(normal(one.clone())), normal(one));
    }

    #[test]
    fn one_value_is_found_among_several_and_several_in_one() {
        let version = Ref::To("guardrail-version/111122223333/us-east-1/b@1f3c9a0b77de".parse().expect("an address"));
        let mut names = Names::default();
        names.serve(version.address().expect("ours").clone(), RemoteId::new("arn:4"));
        let statement = |values: Vec<Document>| {
            let condition = condition("StringEquals", GUARDRAIL, values);
            policy([statement("A", "Allow", &["a:B"], vec![Document::text("*")], Some(condition))])
        };
        let reference = || Document::Text(Template::id(version.clone()));
        let text = Document::text;
        for (have, want, becomes) in [
            (vec![text("arn:3"), text("arn:4")], vec![reference()], vec![text("arn:3"), reference()]),
            (vec![text("arn:4")], vec![reference(), text("arn:5")], vec![reference()]),
        ] {
            let mut have = statement(have);
            align(&mut have, &statement(want), &names);
            assert_eq!(have, statement(becomes));
        }
    }

    #[test]
    fn what_is_kept_stands_beside_what_is_current() {
        let version = Ref::To("guardrail-version/111122223333/us-east-1/b@1f3c9a0b77de".parse().expect("an address"));
        let value = Document::Text(Template::id(version.clone()));
        let document =
            normal(Document::map([("Condition", condition("StringEquals", GUARDRAIL, vec![value.clone()]))]));
        let wider = beside(&document, &version, &["arn:3".to_owned()]);
        let values = wider.get("Condition").and_then(|it| it.get("StringEquals")?.get(GUARDRAIL));
        assert_eq!(items(values), [value, Document::text("arn:3")]);
        assert_eq!(beside(&document, &version, &[]), document);
    }
}
