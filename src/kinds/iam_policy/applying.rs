//! What a policy says to applying one object, a guardrail or its profile. A denial in any policy of a role goes before every
//! allowance, so both are told, and what cannot be told for certain is told as that.

use super::document::{APPLY, statements};
use crate::model::{Document, Template, items, like, words};

words! {
    /// How sure something is.
    Sure {
        No = "no",
        Perhaps = "perhaps",
        Yes = "yes",
    }
}

/// What a policy says to applying an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applying {
    /// Whether it denies that, whatever else allows it.
    pub denied: Sure,
    /// Whether it allows that.
    pub allowed: Sure,
}

/// What the policy says to applying the object that `names` finds named in a resource. A statement under a condition says
/// nothing for certain.
pub fn applying(document: &Document, names: impl Fn(&Template) -> Sure) -> Applying {
    let mut said = Applying { denied: Sure::No, allowed: Sure::No };
    for statement in statements(document) {
        let sure = if statement.get("Condition").is_some() { Sure::Perhaps } else { Sure::Yes };
        let sure = sure.min(resource(statement, &names)).min(action(statement));
        match statement.get("Effect").and_then(Document::as_text) {
            Some("Deny") => said.denied = said.denied.max(sure),
            Some("Allow") => said.allowed = said.allowed.max(sure),
            _ => {}
        }
    }
    said
}

/// Whether the policy lets apply some guardrail, for certain.
pub fn lets_apply_some(document: &Document) -> bool {
    let Applying { denied, allowed } = applying(document, |_| Sure::Yes);
    allowed == Sure::Yes && denied == Sure::No
}

/// Whether a statement is about applying guardrails.
fn action(statement: &Document) -> Sure {
    let named = |key: &str| {
        let patterns = items(statement.get(key)).iter().filter_map(Document::as_text);
        patterns.map(str::to_lowercase).any(|pattern| like(&pattern, &APPLY.to_lowercase()))
    };
    let is = named("Action") || statement.get("NotAction").is_some() && !named("NotAction");
    if is { Sure::Yes } else { Sure::No }
}

/// Whether a statement is about the object.
fn resource(statement: &Document, names: &impl Fn(&Template) -> Sure) -> Sure {
    let about = |value: &Document| match value {
        Document::Text(template) => names(template),
        _ => Sure::Perhaps,
    };
    let most = |key: &str| items(statement.get(key)).iter().map(about).max().unwrap_or(Sure::No);
    match statement.get("NotResource") {
        None => most("Resource"),
        Some(_) => match most("NotResource") {
            Sure::Yes => Sure::No,
            Sure::Perhaps => Sure::Perhaps,
            Sure::No => Sure::Yes,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_denies_is_told_beside_what_allows() {
        let of = |statements: Value| {
            let names = |template: &Template| match template.0.as_slice() {
                [crate::model::Segment::Text(text)] if like(text, "arn:g") => Sure::Yes,
                _ => Sure::No,
            };
            let said = applying(&Document::from(json!({ "Statement": statements })), names);
            (said.denied, said.allowed)
        };
        let allow = json!({"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": "arn:g"});
        let deny = |more: Value| {
            let mut deny = json!({"Effect": "Deny", "Action": "bedrock:*", "Resource": "*"});
            deny.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            deny
        };
        let (no, perhaps, yes) = (Sure::No, Sure::Perhaps, Sure::Yes);
        assert_eq!(of(json!([allow])), (no, yes));
        assert_eq!(of(json!([allow, deny(json!({}))])), (yes, yes));
        assert_eq!(of(json!([allow, deny(json!({"Action": "BEDROCK:apply*"}))])), (yes, yes));
        assert_eq!(of(json!([allow, deny(json!({"Action": "bedrock:InvokeModel"}))])), (no, yes));
        assert_eq!(of(json!([allow, deny(json!({"Resource": "arn:h"}))])), (no, yes));
        assert_eq!(of(json!([deny(json!({"Condition": {"Bool": {"aws:x": "true"}}}))])), (perhaps, no));
        let mut but = json!({"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:h"});
        assert_eq!(of(json!([but])), (yes, no));
        but["NotResource"] = json!("arn:g");
        assert_eq!(of(json!([but])), (no, no));
        but["NotResource"] = json!("arn:h");
        but["NotAction"] = json!("bedrock:Apply*");
        assert_eq!(of(json!([but])), (no, no));
    }
}
