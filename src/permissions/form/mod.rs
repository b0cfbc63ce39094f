//! The forms in which policies are printed.

mod cloudformation;
mod terraform;

use serde_json::{Value, json};

use super::declared::ExternalId;
use super::paper::{Body, Fault, Paper};
use super::statement::{ACCOUNT, EXTERNAL_ID, TRUSTED, managed};

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A policy document; a list of them where one would be longer than AWS takes.
    Json,
    /// A template in JSON, which a stack or a `StackSet` takes.
    CloudFormation,
    /// Resources of the AWS provider, in HCL.
    Terraform,
}

/// How much of them an account takes for one role, unless its quota was raised.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const ATTACHED: usize = 10;

/// The text, and what to know about it.
///
/// # Errors
/// The form cannot hold it: a secret, or an account that is not known.
pub fn print(paper: &Paper, form: Form) -> Result<(String, Vec<String>), Fault> {
    let mut notes = paper.notes.clone();
    if let Body::Role { policies: Some(statements), .. } = &paper.body {
        let count = managed(statements).len();
        if count > 1 {
            notes.push(format!("AWS takes 6144 characters of a managed policy, so there are {count}: attach them all"));
        }
        if count > ATTACHED {
            notes.push(format!("a role takes {ATTACHED} managed policies unless its account has a higher quota"));
        }
    }
    if matches!(paper.body, Body::Role { .. }) && paper.trusted.is_empty() && form != Form::Json {
        notes.push(
            "no spec tells who assumes this role: say it with `--principal`, or where it is a parameter".to_owned(),
        );
    }
    let text = match form {
        Form::Json => pretty(&json(paper)?),
        Form::CloudFormation => pretty(&cloudformation::template(paper)),
        Form::Terraform => terraform::resources(paper),
    };
    Ok((text, notes))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn json(paper: &Paper) -> Result<Value, Fault> {
    Ok(match &paper.body {
        Body::Role { policies: Some(statements), .. } => {
            one_or_all(managed(statements)).map_texts(&mut |text| json!(text.replace(ACCOUNT, "*")))
        }
        Body::Role { trust, .. } => {
            let external_id = match &paper.external_id {
                Some(ExternalId::Secret) => return Err(Fault::SecretExternalId),
                Some(ExternalId::Open(id)) => id.as_str(),
                None => "",
            };
            trust.clone().map_texts(&mut |text| match text {
                TRUSTED => one_or_all(paper.trusted.iter().map(|principal| json!(principal)).collect()),
                text => json!(text.replace(EXTERNAL_ID, external_id)),
            })
        }
        Body::Keys(policies) => {
            let unknown = policies.iter().find(|(arn, policy)| has(policy, ACCOUNT) || arn.contains(ACCOUNT));
            if let Some((arn, _)) = unknown {
                return Err(Fault::UnknownAccount(arn.replace(ACCOUNT, "*")));
            }
            match policies.values().next() {
                Some(one) if policies.len() == 1 => one.clone(),
                _ => json!(policies),
            }
        }
    })
}

fn one_or_all(mut values: Vec<Value>) -> Value {
    if values.len() == 1 { values.swap_remove(0) } else { Value::Array(values) }
}

fn has(value: &Value, part: &str) -> bool {
    value.to_string().contains(part)
}

/// Another value for each text of a value; keys stay.
trait MapTexts {
    fn map_texts(self, map: &mut impl FnMut(&str) -> Value) -> Value;
}

impl MapTexts for Value {
    fn map_texts(self, map: &mut impl FnMut(&str) -> Value) -> Value {
        match self {
            Self::String(text) => map(&text),
            Self::Array(items) => items.into_iter().map(|item| item.map_texts(map)).collect(),
            Self::Object(members) => members.into_iter().map(|(key, value)| (key, value.map_texts(map))).collect(),
            other => other,
        }
    }
}
