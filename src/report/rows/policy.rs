//! Policy documents in words.

use serde_json::Value;

use super::{condition, written};
use crate::model::Digest;
use crate::report::clean;

/// What a document says, as labels and values: who may do what, or which guardrail is enforced where. Of a document of
/// another shape, how large it is.
pub(crate) fn in_words(document: &Value) -> Vec<(String, String)> {
    enforcement(document)
        .or_else(|| statements(document))
        .unwrap_or_else(|| vec![("document".to_owned(), format!("#{}", Digest::of(document).short()))])
}

/// A `BEDROCK_POLICY`: one row per Region.
fn enforcement(document: &Value) -> Option<Vec<(String, String)>> {
    let regions = document.get("bedrock")?.get("guardrail_inference")?.as_object()?;
    let mut rows = Vec::new();
    for (region, configurations) in regions {
        for configuration in configurations.as_object()?.values() {
            let Some(identifier) = configuration.get("identifier") else { continue };
            let mut words = vec![reference(assigned(identifier))];
            let extras = ["selective_content_guarding", "model_enforcement"];
            for (key, value) in extras.iter().filter_map(|key| configuration.get(key)?.as_object()).flatten() {
                let value = written(assigned(value));
                let default = matches!(value.as_str(), "none" | "ALL" | "comprehensive");
                if !key.starts_with("@@") && !default {
                    words.push(format!("{} {value}", clean::line(key)));
                }
            }
            if configuration.get("@@operators_allowed_for_child_policies").is_some() {
                words.push("locked".to_owned());
            }
            rows.push((format!("in {}", clean::line(region)), words.join(", ")));
        }
    }
    Some(rows)
}

fn assigned(value: &Value) -> &Value {
    value.get("@@assign").unwrap_or(value)
}

/// A reference `${address}` as the address alone.
fn reference(value: &Value) -> String {
    let text = written(value);
    text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).map_or(text.clone(), str::to_owned)
}

/// An IAM policy: one row per statement.
fn statements(document: &Value) -> Option<Vec<(String, String)>> {
    let statements = match document.get("Statement")? {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    statements.iter().map(statement).collect()
}

fn statement(statement: &Value) -> Option<(String, String)> {
    let label = match statement.get("Effect")?.as_str()? {
        "Allow" => "allows",
        "Deny" => "denies",
        _ => return None,
    };
    let mut words = vec![match statement.get("Action") {
        Some(actions) => written(actions),
        None => format!("everything but {}", written(statement.get("NotAction")?)),
    }];
    match statement.get("Principal").or_else(|| statement.get("NotPrincipal")) {
        None => {}
        Some(spared) if statement.get("Principal").is_none() => {
            words.push(format!("to all but {}", principals(spared)));
        }
        Some(everyone) if everyone == "*" => words.push("to everyone".to_owned()),
        Some(listed) => words.push(format!("to {}", principals(listed))),
    }
    // Where whom it is for is told, so is the resource, by the address.
    if statement.get("Principal").is_none() && statement.get("NotPrincipal").is_none() {
        match (statement.get("Resource"), statement.get("NotResource")) {
            (Some(resources), _) => words.push(format!("on {}", several(resources))),
            (None, Some(spared)) => words.push(format!("on all but {}", several(spared))),
            _ => {}
        }
    }
    if let Some(conditions) = statement.get("Condition") {
        words.extend(condition::in_words(conditions));
    }
    Some((label.to_owned(), words.join(" ")))
}

fn principals(listed: &Value) -> String {
    match listed {
        Value::Object(kinds) => kinds.values().map(written).collect::<Vec<_>>().join(", "),
        other => written(other),
    }
}

/// A value, or the first few of a list; references as addresses.
pub(super) fn several(value: &Value) -> String {
    let plain = |value: &Value| written(value).replace("${", "").replace('}', "");
    match value {
        Value::Array(items) => super::brief::listed(items.iter().map(plain).collect()).unwrap_or_default(),
        one => plain(one),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_told_in_words() {
        let policy = json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {
            "identifier": {"@@assign": "${guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de}"},
            "selective_content_guarding": {"system": {"@@assign": "selective"}, "messages": {"@@assign": "comprehensive"}},
            "model_enforcement": {"included_models": {"@@assign": ["ALL"]}, "excluded_models": {"@@assign": ["m"]}}}}}}});
        let told = [(
            "in us-east-1",
            "guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de, system selective, excluded_models m",
        )];
        assert_eq!(in_words(&policy), told.map(|(label, text)| (label.to_owned(), text.to_owned())));
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
            "Action": "bedrock:ApplyGuardrail", "Resource": "x", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}}]});
        assert_eq!(in_words(&policy)[0].1, "bedrock:ApplyGuardrail to everyone where aws:PrincipalOrgID is o-abc");
        let policy = json!({"Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*",
            "Condition": {"ArnNotLike": {"bedrock:GuardrailIdentifier": "${guardrail/111122223333/us-east-1/b}:*"}}},
            {"Effect": "Deny", "Action": "a:B", "Resource": "*", "Condition": {"Null": {"k": "true"}}}]});
        let told = in_words(&policy);
        let is_not =
            "bedrock:InvokeModel on * where bedrock:GuardrailIdentifier is not guardrail/111122223333/us-east-1/b:*";
        assert_eq!((told[0].1.as_str(), told[1].1.as_str()), (is_not, "a:B on * where k is absent"));
        assert!(in_words(&json!({"other": 1}))[0].1.starts_with('#'));
    }
}
