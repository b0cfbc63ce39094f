//! Statements of a policy, and what is not known of them before they are put into a form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// Stands for the account in which a policy will be: its number in one form, an expression in another.
pub const ACCOUNT: &str = "\u{e000}";
/// Stands for the external id.
pub const EXTERNAL_ID: &str = "\u{e001}";
/// Stands for whoever is trusted.
pub const TRUSTED: &str = "\u{e002}";

/// How many characters, white space apart, AWS takes of a managed policy.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub const MANAGED: usize = 6144;
/// The longest of the expressions that [`ACCOUNT`] can become.
const LONGEST_ACCOUNT: usize = "111122223333".len();

/// Operator, key and values of a condition.
pub type Conditions = BTreeMap<(&'static str, String), BTreeSet<String>>;

/// What is allowed on what under which conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name in the policy: letters and digits.
    pub sid: String,
    /// Actions of IAM.
    pub actions: BTreeSet<String>,
    /// ARNs, with [`ACCOUNT`] for the account of the role, or `*`.
    pub resources: BTreeSet<String>,
    /// All of them hold.
    pub conditions: Conditions,
}

impl Statement {
    /// As a policy has it.
    pub fn value(&self) -> Value {
        let mut value = json!({
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": self.actions,
            "Resource": self.resources,
        });
        if !self.conditions.is_empty() {
            value["Condition"] = conditions(&self.conditions);
        }
        value
    }
}

/// Conditions as a statement has them.
pub fn conditions(conditions: &Conditions) -> Value {
    let mut operators = Map::new();
    for ((operator, key), values) in conditions {
        let keys = operators.entry(*operator).or_insert_with(|| json!({}));
        let values: Vec<&String> = values.iter().collect();
        keys[key] = if let [value] = values.as_slice() { json!(value) } else { json!(values) };
    }
    Value::Object(operators)
}

/// A policy of these statements.
pub fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The statements in as few managed policies as their order allows. A statement that is too long for one is cut into several
/// with a part of the resources each.
pub fn managed(statements: &[Statement]) -> Vec<Value> {
    let mut documents: Vec<Vec<Value>> = Vec::new();
    for statement in statements.iter().flat_map(cut) {
        let value = statement.value();
        let fits = |document: &Vec<Value>| {
            let together: Vec<Value> = document.iter().cloned().chain([value.clone()]).collect();
            size(&self::document(&together)) <= MANAGED
        };
        match documents.last_mut().filter(|document| fits(document)) {
            Some(last) => last.push(value),
            None => documents.push(vec![value]),
        }
    }
    documents.iter().map(|statements| document(statements)).collect()
}

/// How much AWS counts of a document.
pub fn size(document: &Value) -> usize {
    let text = document.to_string();
    let accounts = text.matches(ACCOUNT).count();
    text.chars().filter(|c| !c.is_whitespace()).count() + accounts * LONGEST_ACCOUNT
}

fn cut(statement: &Statement) -> Vec<Statement> {
    if size(&document(&[statement.value()])) <= MANAGED || statement.resources.len() < 2 {
        return vec![statement.clone()];
    }
    let resources: Vec<String> = statement.resources.iter().cloned().collect();
    let (first, second) = resources.split_at(resources.len() / 2);
    let part = |letter: char, resources: &[String]| Statement {
        sid: format!("{}{letter}", statement.sid),
        resources: resources.iter().cloned().collect(),
        ..statement.clone()
    };
    [part('A', first), part('B', second)].iter().flat_map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(resources: usize) -> Statement {
        Statement {
            sid: "Write".to_owned(),
            actions: BTreeSet::from(["bedrock:UpdateGuardrail".to_owned()]),
            resources: (0..resources).map(|n| format!("arn:aws:bedrock:us-east-{n}:{ACCOUNT}:guardrail/*")).collect(),
            conditions: Conditions::new(),
        }
    }

    #[test]
    fn no_document_is_longer_than_aws_takes_and_nothing_is_lost() {
        for count in [1, 80, 300, 1000] {
            let documents = managed(&[statement(count), statement(3), statement(count)]);
            let mut seen = BTreeSet::new();
            for document in &documents {
                assert!(size(document) <= MANAGED, "{count}");
                for statement in document["Statement"].as_array().into_iter().flatten() {
                    seen.extend(statement["Resource"].as_array().into_iter().flatten().map(ToString::to_string));
                }
            }
            assert_eq!(seen.len(), count.max(3));
        }
        assert_eq!(managed(&[statement(2), statement(3)]).len(), 1);
        assert_eq!(managed(&[]), Vec::<Value>::new());
    }
}
