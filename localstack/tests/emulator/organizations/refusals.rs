//! Each refusal with its code and, where it has one, its reason.

use serde_json::{Value, json};

use super::aws::{Aws, PAYMENTS_PROD, ROOT, SANDBOX, document, naming};
use crate::client::MANAGEMENT;

/// A caller, an operation with its input, and the code and reason that come back.
type Row<'a> = (&'a str, &'a str, Value, &'a str, &'a str);

async fn check(aws: &Aws, rows: Vec<Row<'_>>) {
    for (account, operation, input, code, reason) in rows {
        let answer = aws.call_from(account, operation, input.clone()).await;
        let refusal = answer.expect_err(&format!("{operation} {input} is refused"));
        let want = (format!("{code}Exception"), reason);
        assert_eq!((refusal.code.clone(), refusal.reason()), want, "{operation} {input}: {refusal:?}");
        assert!(refusal.body["Message"].as_str().is_some_and(|message| !message.is_empty()), "{operation}");
    }
}

fn creation(edit: impl FnOnce(&mut Value)) -> Value {
    let content = naming("aaa").to_string();
    let mut input = json!({"Name": "new", "Description": "", "Type": "BEDROCK_POLICY", "Content": content});
    edit(&mut input);
    input
}

fn input_rows() -> Vec<Row<'static>> {
    let long = |length: usize| Value::from("x".repeat(length));
    let row = |operation, input, reason| (MANAGEMENT, operation, input, "InvalidInput", reason);
    vec![
        row("CreatePolicy", creation(|input| input["Description"] = Value::Null), "INPUT_REQUIRED"),
        row("CreatePolicy", creation(|input| input["Description"] = long(513)), "MAX_LENGTH_EXCEEDED"),
        row("CreatePolicy", creation(|input| input["Name"] = long(129)), "MAX_LENGTH_EXCEEDED"),
        row("CreatePolicy", creation(|input| input["Name"] = json!("")), "MIN_LENGTH_EXCEEDED"),
        row("CreatePolicy", creation(|input| input["Content"] = json!("")), "MIN_LENGTH_EXCEEDED"),
        row("CreatePolicy", creation(|input| input["Type"] = json!("GUARDRAIL_POLICY")), "INVALID_ENUM_POLICY_TYPE"),
        row("CreatePolicy", creation(|input| input["Tags"] = json!([{"Key": "k"}])), "INPUT_REQUIRED"),
        row("DescribePolicy", json!({"PolicyId": "p-1"}), "INVALID_SYNTAX_POLICY_ID"),
        row("AttachPolicy", json!({"PolicyId": "p-FullAWSAccess", "TargetId": "sandbox"}), "INVALID_PATTERN_TARGET_ID"),
        row("ListAccountsForParent", json!({"ParentId": PAYMENTS_PROD}), "INVALID_PATTERN"),
        row("ListAccountsForParent", json!({}), "INPUT_REQUIRED"),
        row("ListChildren", json!({"ParentId": ROOT, "ChildType": "ROOT"}), "INVALID_ENUM"),
        row("ListParents", json!({"ChildId": ROOT}), "INVALID_PATTERN"),
        row("ListRoots", json!({"MaxResults": 21}), "MAX_VALUE_EXCEEDED"),
        row("ListRoots", json!({"MaxResults": 0}), "MIN_VALUE_EXCEEDED"),
        row("DescribeEffectivePolicy", json!({"PolicyType": "SERVICE_CONTROL_POLICY"}), "INVALID_ENUM_POLICY_TYPE"),
        row("DescribeEffectivePolicy", json!({"PolicyType": "TAG_POLICY", "TargetId": ROOT}), "TARGET_NOT_SUPPORTED"),
        row("DeletePolicy", json!({"PolicyId": "p-FullAWSAccess"}), "IMMUTABLE_POLICY"),
        row("TagResource", json!({"ResourceId": ROOT, "Tags": [{"Key": "é!", "Value": ""}]}), "INVALID_PATTERN"),
        row(
            "TagResource",
            json!({"ResourceId": ROOT, "Tags": [{"Key": "aws:k", "Value": ""}]}),
            "INVALID_SYSTEM_TAGS_PARAMETER",
        ),
        row("EnableAWSServiceAccess", json!({"ServicePrincipal": "bedrock"}), "UNRECOGNIZED_SERVICE_PRINCIPAL"),
        row("PutResourcePolicy", json!({"Content": "no JSON"}), "INVALID_RESOURCE_POLICY_JSON"),
    ]
}

fn missing_rows() -> Vec<Row<'static>> {
    let (policy, account, unit) = ("p-nowhere000", "999999999999", "ou-sand-nowhere0");
    let row = |operation, input, code| (MANAGEMENT, operation, input, code, "");
    vec![
        row("DescribePolicy", json!({"PolicyId": policy}), "PolicyNotFound"),
        row("UpdatePolicy", json!({"PolicyId": policy}), "PolicyNotFound"),
        row("DeletePolicy", json!({"PolicyId": policy}), "PolicyNotFound"),
        row("AttachPolicy", json!({"PolicyId": policy, "TargetId": ROOT}), "PolicyNotFound"),
        row("ListTargetsForPolicy", json!({"PolicyId": policy}), "PolicyNotFound"),
        row("DetachPolicy", json!({"PolicyId": "p-FullAWSAccess", "TargetId": unit}), "TargetNotFound"),
        row("DetachPolicy", json!({"PolicyId": "p-FullAWSAccess", "TargetId": ROOT}), "PolicyNotAttached"),
        row("ListPoliciesForTarget", json!({"TargetId": unit, "Filter": "TAG_POLICY"}), "TargetNotFound"),
        row("ListTagsForResource", json!({"ResourceId": policy}), "TargetNotFound"),
        row("ListTagsForResource", json!({"ResourceId": "rt-transfer"}), "TargetNotFound"),
        row("DescribeEffectivePolicy", json!({"PolicyType": "TAG_POLICY", "TargetId": account}), "TargetNotFound"),
        row("ListChildren", json!({"ParentId": unit, "ChildType": "ACCOUNT"}), "ParentNotFound"),
        row("ListParents", json!({"ChildId": account}), "ChildNotFound"),
        row("DescribeAccount", json!({"AccountId": account}), "AccountNotFound"),
        row("DescribeOrganizationalUnit", json!({"OrganizationalUnitId": unit}), "OrganizationalUnitNotFound"),
        row(
            "ListEffectivePolicyValidationErrors",
            json!({"AccountId": account, "PolicyType": "TAG_POLICY"}),
            "AccountNotFound",
        ),
        row("EnablePolicyType", json!({"RootId": "r-none", "PolicyType": "TAG_POLICY"}), "RootNotFound"),
        row("DescribeResourcePolicy", json!({}), "ResourcePolicyNotFound"),
        row("DeleteResourcePolicy", json!({}), "ResourcePolicyNotFound"),
    ]
}

#[tokio::test]
async fn inputs_outside_the_model_and_things_that_are_not_there() {
    let aws = Aws::start().await;
    check(&aws, input_rows()).await;
    check(&aws, missing_rows()).await;
}

#[tokio::test]
async fn types_that_are_not_enabled() {
    let aws = Aws::start().await;
    let policy = aws.policy("before", &naming("aaa")).await;
    let row = |operation, input, code| (MANAGEMENT, operation, input, code, "");
    let rows = vec![
        row("ListPolicies", json!({"Filter": "TAG_POLICY"}), "PolicyTypeNotEnabled"),
        row("AttachPolicy", json!({"PolicyId": policy, "TargetId": ROOT}), "PolicyTypeNotEnabled"),
        row("DisablePolicyType", json!({"RootId": ROOT, "PolicyType": "BEDROCK_POLICY"}), "PolicyTypeNotEnabled"),
        row("DescribeEffectivePolicy", json!({"PolicyType": "BEDROCK_POLICY"}), "EffectivePolicyNotFound"),
        row(
            "ListAccountsWithInvalidEffectivePolicy",
            json!({"PolicyType": "BEDROCK_POLICY"}),
            "EffectivePolicyNotFound",
        ),
    ];
    check(&aws, rows).await;
    aws.must("EnablePolicyType", json!({"RootId": ROOT, "PolicyType": "BEDROCK_POLICY"})).await;
    let again = json!({"RootId": ROOT, "PolicyType": "BEDROCK_POLICY"});
    check(&aws, vec![row("EnablePolicyType", again, "PolicyTypeAlreadyEnabled")]).await;
}

#[tokio::test]
async fn documents_and_duplicates() {
    let aws = Aws::start().await;
    aws.enable().await;
    let policy = aws.policy("taken", &naming("aaa")).await;
    let other = aws.policy("other", &naming("aaa")).await;
    aws.attach(&policy, SANDBOX).await;
    let bad = document(&json!({"identifier": {"@@assign": "abc"}})).to_string();
    let row = |operation, input, code, reason| (MANAGEMENT, operation, input, code, reason);
    let rows = vec![
        row("CreatePolicy", creation(|input| input["Name"] = json!("taken")), "DuplicatePolicy", ""),
        row("UpdatePolicy", json!({"PolicyId": other, "Name": "taken"}), "DuplicatePolicy", ""),
        row("AttachPolicy", json!({"PolicyId": policy, "TargetId": SANDBOX}), "DuplicatePolicyAttachment", ""),
        row("CreatePolicy", creation(|input| input["Content"] = json!(bad)), "MalformedPolicyDocument", ""),
        row("UpdatePolicy", json!({"PolicyId": policy, "Content": "{}"}), "MalformedPolicyDocument", ""),
        row(
            "CreatePolicy",
            creation(|input| input["Content"] = json!(" ".repeat(10_001))),
            "ConstraintViolation",
            "POLICY_CONTENT_LIMIT_EXCEEDED",
        ),
    ];
    check(&aws, rows).await;
    aws.must("UpdatePolicy", json!({"PolicyId": policy, "Name": "taken"})).await;
}

#[tokio::test]
async fn callers_that_may_not() {
    let aws = Aws::start().await;
    let outside = "999999999999";
    let row = |account, operation, input, code| (account, operation, input, code, "");
    let rows = vec![
        row(outside, "DescribeOrganization", json!({}), "AWSOrganizationsNotInUse"),
        row(outside, "ListRoots", json!({}), "AWSOrganizationsNotInUse"),
        row(PAYMENTS_PROD, "ListRoots", json!({}), "AccessDenied"),
        row(PAYMENTS_PROD, "ListAccounts", json!({}), "AccessDenied"),
        row(PAYMENTS_PROD, "CreatePolicy", creation(|_| ()), "AccessDenied"),
        row(PAYMENTS_PROD, "EnableAWSServiceAccess", json!({"ServicePrincipal": "a.amazonaws.com"}), "AccessDenied"),
        row(PAYMENTS_PROD, "DescribeResourcePolicy", json!({}), "AccessDenied"),
    ];
    check(&aws, rows).await;
}

#[tokio::test]
async fn an_organization_for_billing_alone_has_no_policies() {
    let seed: Value = serde_json::from_str(include_str!("../../../seeds/default.json")).expect("JSON");
    let mut organization = seed["organization"].clone();
    organization["feature_set"] = json!("CONSOLIDATED_BILLING");
    let aws = Aws::start_from(organization).await;
    let enable = json!({"RootId": ROOT, "PolicyType": "BEDROCK_POLICY"});
    let service = json!({"ServicePrincipal": "bedrock.amazonaws.com"});
    let row = |operation, input, code, reason| (MANAGEMENT, operation, input, code, reason);
    let rows = vec![
        row("EnablePolicyType", enable, "PolicyTypeNotAvailableForOrganization", ""),
        row("CreatePolicy", creation(|_| ()), "PolicyTypeNotAvailableForOrganization", ""),
        row("ListPolicies", json!({"Filter": "BEDROCK_POLICY"}), "PolicyTypeNotAvailableForOrganization", ""),
        row("EnableAWSServiceAccess", service, "ConstraintViolation", "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"),
    ];
    check(&aws, rows).await;
}
