//! Templates of `CloudFormation`. Those of member roles need nothing but their parameters, so that a service-managed `StackSet`
//! rolls them out to every account of an organization.

use serde_json::{Map, Value, json};

use super::MapTexts as _;
use crate::permissions::declared::ExternalId;
use crate::permissions::paper::{Body, Paper};
use crate::permissions::statement::{ACCOUNT, EXTERNAL_ID, TRUSTED, managed};

pub(super) fn template(paper: &Paper) -> Value {
    match &paper.body {
        Body::Role { name, purpose, trust, policies } => {
            let documents = policies.as_deref().map(managed).unwrap_or_default();
            role(paper, name, purpose, trust, &documents)
        }
        Body::Keys(policies) => keys(paper, policies.iter()),
    }
}

fn role(paper: &Paper, name: &str, purpose: &str, trust: &Value, documents: &[Value]) -> Value {
    let (path, name) = name.rsplit_once('/').unwrap_or(("", name));
    let logical: Vec<String> = (1..=documents.len()).map(|number| format!("Policy{number}")).collect();
    let mut properties = json!({
        "RoleName": {"Ref": "RoleName"},
        "Description": purpose,
        "AssumeRolePolicyDocument": value(trust),
    });
    if !path.is_empty() {
        properties["Path"] = json!(format!("/{}/", path.trim_start_matches('/')));
    }
    if !logical.is_empty() {
        properties["ManagedPolicyArns"] = logical.iter().map(|name| json!({"Ref": name})).collect();
    }
    let mut resources = Map::new();
    resources.insert("Role".to_owned(), json!({"Type": "AWS::IAM::Role", "Properties": properties}));
    for (name, document) in logical.iter().zip(documents) {
        let properties = json!({"Description": purpose, "PolicyDocument": value(document)});
        resources.insert(name.clone(), json!({"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}));
    }
    let mut trusted = json!({
        "Type": "CommaDelimitedList",
        "Description": "ARNs of who may assume the role",
    });
    if !paper.trusted.is_empty() {
        trusted["Default"] = json!(paper.trusted.join(","));
    }
    let mut parameters = json!({
        "RoleName": {
            "Type": "String",
            "Description": "Name of the role",
            "Default": name,
            "AllowedPattern": "[A-Za-z0-9_+=,.@-]{1,64}",
        },
        "TrustedPrincipals": trusted,
    });
    if let Some(id) = &paper.external_id {
        parameters["ExternalId"] = match id {
            ExternalId::Open(id) => {
                json!({"Type": "String", "Description": "External id that the role asks for", "Default": id})
            }
            ExternalId::Secret => json!({
                "Type": "String",
                "Description": "External id that the role asks for",
                "NoEcho": true,
                "MinLength": 2,
                "MaxLength": 1224,
            }),
        };
    }
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": format!("{purpose} for the stack {}", paper.stack),
        "Parameters": parameters,
        "Resources": resources,
        "Outputs": {"RoleArn": {"Description": "ARN of the role", "Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    })
}

fn keys<'a>(paper: &Paper, policies: impl Iterator<Item = (&'a String, &'a Value)>) -> Value {
    let (mut resources, mut outputs) = (Map::new(), Map::new());
    for (number, (arn, policy)) in (1..).zip(policies) {
        let name = format!("Key{number}");
        let properties = json!({
            "Description": format!("Guardrails of the stack {}, in place of {}", paper.stack, arn.replace(ACCOUNT, "*")),
            "EnableKeyRotation": true,
            "KeyPolicy": value(policy),
        });
        let retain = "Retain";
        resources.insert(
            name.clone(),
            json!({
                "Type": "AWS::KMS::Key",
                "DeletionPolicy": retain,
                "UpdateReplacePolicy": retain,
                "Properties": properties,
            }),
        );
        outputs.insert(format!("{name}Arn"), json!({"Value": {"Fn::GetAtt": [name, "Arn"]}}));
    }
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": format!("Keys of the guardrails of the stack {}", paper.stack),
        "Resources": resources,
        "Outputs": outputs,
    })
}

/// A value whose texts say by intrinsic functions what is not known.
fn value(value: &Value) -> Value {
    value.clone().map_texts(&mut |text| match text {
        TRUSTED => json!({"Ref": "TrustedPrincipals"}),
        EXTERNAL_ID => json!({"Ref": "ExternalId"}),
        text if text.contains(ACCOUNT) => {
            json!({"Fn::Sub": text.replace("${", "${!").replace(ACCOUNT, "${AWS::AccountId}")})
        }
        text => json!(text),
    })
}
