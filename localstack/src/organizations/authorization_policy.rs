//! What the document of a service control or resource control policy may say.
//!
//! Sources: user guide, "SCP syntax", "RCP syntax" and "Troubleshooting policies". Service control policies have the whole policy
//! language of IAM but for principals, with either effect, since September 2025; what customers write of resource control policies
//! can only deny, for everybody. Inferred: elements that those pages do not name are refused, and so is a statement that names no
//! resource (so does LocalStack's emulation); that services, actions and condition keys exist is not looked at.

use serde_json::{Map, Value};

use super::inheritance::Fault;
use super::policy_type::PolicyType;

const VERSION: &str = "2012-10-17";

/// The operators of IAM's conditions, without `IfExists` and the qualifiers of sets.
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// Checks a parsed document.
pub(super) fn check(policy_type: PolicyType, document: &Value) -> Result<(), Fault> {
    let nowhere: &[&str] = &[];
    let document = document.as_object().ok_or_else(|| Fault::at(nowhere, "the document must be a JSON object"))?;
    only(document, &["Version", "Id", "Statement"])?;
    if document.get("Version").and_then(Value::as_str) != Some(VERSION) {
        return Err(Fault::at(&["Version"], format!("must be {VERSION}")));
    }
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => statements.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => return Err(Fault::at(&["Statement"], "must be a statement or a list of them")),
    };
    statements.iter().try_for_each(|one| {
        statement(policy_type, one).map_err(|Fault { path, what }| {
            let path: Vec<String> = std::iter::once("Statement".to_owned()).chain(path).collect();
            Fault { path, what }
        })
    })
}

fn statement(policy_type: PolicyType, statement: &Value) -> Result<(), Fault> {
    let nowhere: &[&str] = &[];
    let statement = statement.as_object().ok_or_else(|| Fault::at(nowhere, "must hold statements"))?;
    let resource_control = policy_type == PolicyType::ResourceControlPolicy;
    let (elements, effects): (&[&str], &[&str]) = if resource_control {
        (&["Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"], &["Deny"])
    } else {
        (&["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"], &["Allow", "Deny"])
    };
    only(statement, elements)?;
    if statement.get("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err(Fault::at(&["Sid"], "must be a string"));
    }
    if !statement.get("Effect").and_then(Value::as_str).is_some_and(|effect| effects.contains(&effect)) {
        return Err(Fault::at(&["Effect"], format!("must be {}", effects.join(" or "))));
    }
    if resource_control && statement.get("Principal") != Some(&Value::from("*")) {
        return Err(Fault::at(&["Principal"], "must be *"));
    }
    let (key, actions) = one_of(statement, ["Action", "NotAction"])?;
    let is_action = |action: &&str| {
        let service = action.split_once(':').filter(|(service, name)| !service.is_empty() && !name.is_empty());
        service.is_some() || (*action == "*" && !resource_control)
    };
    if let Some(other) = actions.iter().find(|action| !is_action(action)) {
        return Err(Fault::at(&[key], format!("must name a service and an action, which {other} does not")));
    }
    let (key, resources) = one_of(statement, ["Resource", "NotResource"])?;
    if let Some(other) = resources.iter().find(|resource| **resource != "*" && !resource.starts_with("arn:")) {
        return Err(Fault::at(&[key], format!("must be * or an ARN, which {other} is not")));
    }
    statement.get("Condition").map_or(Ok(()), conditions)
}

fn conditions(conditions: &Value) -> Result<(), Fault> {
    let place = ["Condition"];
    let conditions = conditions.as_object().ok_or_else(|| Fault::at(&place, "must be a JSON object"))?;
    conditions.iter().try_for_each(|(operator, keys)| {
        let place = ["Condition", operator];
        let plain = ["ForAllValues:", "ForAnyValue:"].iter().find_map(|qualifier| operator.strip_prefix(qualifier));
        let plain = plain.unwrap_or(operator);
        if !OPERATORS.contains(&plain.strip_suffix("IfExists").unwrap_or(plain)) {
            return Err(Fault::at(&place, "is not a condition operator"));
        }
        let keys = keys.as_object().ok_or_else(|| Fault::at(&place, "must hold condition keys"))?;
        match keys.iter().find(|(_, values)| !are_plain(values)) {
            Some((key, _)) => Err(Fault::at(&["Condition", operator, key], "must be a value or a list of values")),
            None => Ok(()),
        }
    })
}

fn are_plain(values: &Value) -> bool {
    let plain = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
    values.as_array().map_or_else(|| plain(values), |values| values.iter().all(plain))
}

/// The texts of the one element of two that a statement holds.
fn one_of<'a>(
    statement: &'a Map<String, Value>,
    keys: [&'static str; 2],
) -> Result<(&'static str, Vec<&'a str>), Fault> {
    let mut held = keys.into_iter().filter_map(|key| Some((key, statement.get(key)?)));
    let nowhere: &[&str] = &[];
    let (Some((key, value)), None) = (held.next(), held.next()) else {
        return Err(Fault::at(nowhere, format!("must hold either {} or {}", keys[0], keys[1])));
    };
    let texts: Option<Vec<&str>> = match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let texts = texts.filter(|texts| !texts.is_empty());
    texts.map(|texts| (key, texts)).ok_or_else(|| Fault::at(&[key], "must be a string or a list of strings"))
}

fn only(object: &Map<String, Value>, known: &[&str]) -> Result<(), Fault> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(other) => Err(Fault::at(&[other], "is not supported in a policy of this type")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SCP: PolicyType = PolicyType::ServiceControlPolicy;
    const RCP: PolicyType = PolicyType::ResourceControlPolicy;

    fn verdict(policy_type: PolicyType, edit: &Value) -> Result<(), (String, String)> {
        let mut statement = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"});
        if policy_type == RCP {
            statement["Principal"] = json!("*");
        }
        for (key, value) in edit.as_object().into_iter().flatten() {
            match value {
                Value::Null => drop(statement.as_object_mut().expect("an object").remove(key)),
                _ => statement[key] = value.clone(),
            }
        }
        let document = json!({"Version": "2012-10-17", "Statement": [statement]});
        check(policy_type, &document).map_err(|fault| (fault.path.join("."), fault.what))
    }

    #[test]
    fn what_the_guide_shows_is_accepted() {
        let condition = json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-x"},
            "ForAllValues:StringLike": {"aws:TagKeys": ["a", "b"]}, "Bool": {"aws:SecureTransport": false}});
        let rows = [
            (SCP, json!({})),
            (SCP, json!({"Sid": "One", "Condition": condition})),
            (SCP, json!({"Action": null, "NotAction": ["iam:*", "sts:*"], "Effect": "Allow"})),
            (SCP, json!({"Action": "*", "Effect": "Allow"})),
            (SCP, json!({"Action": "ec2:*Instances", "Resource": null, "NotResource": ["arn:aws:ec2:*:*:instance/*"]})),
            (RCP, json!({"Condition": condition})),
            (RCP, json!({"Action": ["s3:*", "sts:AssumeRole"]})),
        ];
        for (policy_type, edit) in rows {
            assert_eq!(verdict(policy_type, &edit), Ok(()), "{edit}");
        }
    }

    #[test]
    fn faults_say_where_and_what() {
        let rows = [
            (SCP, json!({"Effect": "deny"}), "Effect", "Allow or Deny"),
            (SCP, json!({"Effect": null}), "Effect", "Allow or Deny"),
            (SCP, json!({"Principal": "*"}), "Principal", "not supported"),
            (SCP, json!({"NotPrincipal": {"AWS": "*"}}), "NotPrincipal", "not supported"),
            (SCP, json!({"Comment": "x"}), "Comment", "not supported"),
            (SCP, json!({"Action": null}), "", "either Action or NotAction"),
            (SCP, json!({"NotAction": "s3:*"}), "", "either Action or NotAction"),
            (SCP, json!({"Action": []}), "Action", "list of strings"),
            (SCP, json!({"Action": {"s3": "*"}}), "Action", "list of strings"),
            (SCP, json!({"Action": "GetObject"}), "Action", "GetObject does not"),
            (SCP, json!({"Resource": null}), "", "either Resource or NotResource"),
            (SCP, json!({"Resource": "bucket"}), "Resource", "* or an ARN"),
            (SCP, json!({"Sid": 1}), "Sid", "a string"),
            (SCP, json!({"Condition": []}), "Condition", "a JSON object"),
            (SCP, json!({"Condition": {"StringIs": {"a": "b"}}}), "Condition.StringIs", "not a condition operator"),
            (SCP, json!({"Condition": {"Bool": "true"}}), "Condition.Bool", "condition keys"),
            (SCP, json!({"Condition": {"Bool": {"k": {}}}}), "Condition.Bool.k", "a value"),
            (RCP, json!({"Effect": "Allow"}), "Effect", "must be Deny"),
            (RCP, json!({"Principal": null}), "Principal", "must be *"),
            (RCP, json!({"Principal": {"AWS": "*"}}), "Principal", "must be *"),
            (RCP, json!({"Action": "*"}), "Action", "a service"),
            (RCP, json!({"Action": null, "NotAction": "s3:*"}), "NotAction", "not supported"),
        ];
        for (policy_type, edit, path, what) in rows {
            let (at, said) = verdict(policy_type, &edit).expect_err(&edit.to_string());
            let path = if path.is_empty() { "Statement".to_owned() } else { format!("Statement.{path}") };
            assert_eq!(at, path, "{edit}");
            assert!(said.contains(what), "{edit}: {said}");
        }
    }

    #[test]
    fn the_frame_of_a_document() {
        let statement = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"});
        let rows = [
            (json!([]), ""),
            (json!({"Statement": statement}), "Version"),
            (json!({"Version": "2008-10-17", "Statement": statement}), "Version"),
            (json!({"Version": VERSION}), "Statement"),
            (json!({"Version": VERSION, "Statement": []}), "Statement"),
            (json!({"Version": VERSION, "Statement": ["x"]}), "Statement"),
            (json!({"Version": VERSION, "Statement": statement, "Statements": []}), "Statements"),
        ];
        for (document, path) in rows {
            assert_eq!(check(SCP, &document).expect_err(path).path.join("."), path, "{document}");
        }
        assert_eq!(check(SCP, &json!({"Version": VERSION, "Id": "x", "Statement": statement})), Ok(()));
    }
}
