//! What each policy type takes as a document, how much of it and how many.

use bedrail_localstack::Partition;
use serde_json::{Value, json};

use super::aws::{Answer, Aws, ROOT, SANDBOX, SANDBOX_1, naming};

async fn create(aws: &Aws, name: &str, policy_type: &str, content: &str) -> Answer {
    aws.call("CreatePolicy", json!({"Name": name, "Description": "", "Type": policy_type, "Content": content})).await
}

fn denying(edit: &Value) -> String {
    let mut statement = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"});
    statement.as_object_mut().expect("an object").extend(edit.as_object().expect("an object").clone());
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

#[tokio::test]
async fn policies_that_authorize_are_held_against_their_language() {
    let aws = Aws::start().await;
    let (scp, rcp) = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY");
    let full = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}});
    let rows = [
        (scp, full.to_owned(), ""),
        (scp, denying(&json!({"Condition": organization})), ""),
        (scp, denying(&json!({"Effect": "Allow", "Condition": organization})), ""),
        (scp, denying(&json!({"Principal": "*"})), "should not specify a principal"),
        (scp, denying(&json!({"NotAction": "iam:*"})), "either Action or NotAction"),
        (scp, full.replace("2012-10-17", "2008-10-17"), "Version must be 2012-10-17"),
        (scp, format!("{full}{full}"), "not valid JSON"),
        (rcp, denying(&json!({"Principal": "*"})), ""),
        (rcp, denying(&json!({})), "Statement[0].Principal must be *"),
        (rcp, denying(&json!({"Principal": "*", "Effect": "Allow"})), "Statement[0].Effect must be Deny"),
        (rcp, denying(&json!({"Principal": "*", "Action": "*"})), "must name a service"),
    ];
    for (number, (policy_type, content, want)) in rows.into_iter().enumerate() {
        match create(&aws, &format!("p{number}"), policy_type, &content).await {
            Ok(created) => {
                assert_eq!(want, "", "{content}");
                assert_eq!(created["Policy"]["Content"], content);
            }
            Err(refusal) => {
                assert_eq!(refusal.code, "MalformedPolicyDocumentException", "{content}");
                let message = refusal.body["Message"].as_str().expect("a message");
                assert!(!want.is_empty() && message.contains(want), "{content}: {message}");
            }
        }
    }
}

/// Characters count, white space among them, and not bytes; what fits is kept to the character.
#[tokio::test]
async fn a_document_is_as_long_as_its_type_allows() {
    let aws = Aws::start().await;
    let rows = [
        ("BEDROCK_POLICY", naming("aaa").to_string(), 10_000),
        ("SERVICE_CONTROL_POLICY", denying(&json!({"Sid": "é"})), 10_240),
        ("RESOURCE_CONTROL_POLICY", denying(&json!({"Principal": "*", "Sid": "é"})), 5_120),
        ("AISERVICES_OPT_OUT_POLICY", json!({"services": {"é": {"x": {"@@assign": "optOut"}}}}).to_string(), 2_500),
        ("TAG_POLICY", json!({"tags": {"é": {"tag_key": {"@@assign": "é"}}}}).to_string(), 10_000),
    ];
    for (policy_type, content, most) in rows {
        let long = |length: usize| format!("{content}{}", " ".repeat(length - content.chars().count()));
        let refusal = create(&aws, policy_type, policy_type, &long(most + 1)).await.expect_err(policy_type);
        let want = ("ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED");
        assert_eq!((refusal.code.as_str(), refusal.reason()), want, "{policy_type}");
        let made = create(&aws, policy_type, policy_type, &long(most)).await.expect(policy_type);
        assert_eq!(made["Policy"]["Content"], long(most), "{policy_type}");
    }
}

#[tokio::test]
async fn every_node_takes_as_many_as_its_type_allows() {
    let aws = Aws::start().await;
    let tags = json!({"tags": {"a": {"tag_key": {"@@assign": "a"}}}}).to_string();
    let services = json!({"services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}}).to_string();
    // The AWS managed policy that is attached from the beginning counts.
    let rows = [
        ("SERVICE_CONTROL_POLICY", denying(&json!({})), 9),
        ("RESOURCE_CONTROL_POLICY", denying(&json!({"Principal": "*"})), 4),
        ("AISERVICES_OPT_OUT_POLICY", services, 5),
        ("TAG_POLICY", tags, 10),
    ];
    for (policy_type, content, most) in rows {
        aws.must("EnablePolicyType", json!({"RootId": ROOT, "PolicyType": policy_type})).await;
        aws.wait().await;
        let mut attachments = Vec::new();
        for number in 0..=most {
            let made = create(&aws, &format!("{policy_type}{number}"), policy_type, &content).await.expect(policy_type);
            let policy = made["Policy"]["PolicySummary"]["Id"].clone();
            attachments.push(aws.call("AttachPolicy", json!({"PolicyId": policy, "TargetId": SANDBOX_1})).await);
        }
        let last = attachments.pop().expect("one too many").expect_err(policy_type);
        assert_eq!(last.reason(), "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "{policy_type}");
        assert!(attachments.iter().all(Result::is_ok), "{policy_type}");
    }
}

#[tokio::test]
async fn an_organization_has_room_for_a_thousand_bedrock_policies() {
    let seed: Value = serde_json::from_str(include_str!("../../../seeds/default.json")).expect("JSON");
    let mut organization = seed["organization"].clone();
    for number in 0..1000 {
        let content = naming("aaa").to_string();
        organization["policies"][format!("p-{number:010}")] =
            json!({"name": format!("p{number}"), "type": "BEDROCK_POLICY", "content": content});
    }
    let aws = Aws::start_from(organization).await;
    let refusal = create(&aws, "more", "BEDROCK_POLICY", &naming("aaa").to_string()).await.expect_err("no room");
    assert_eq!(refusal.reason(), "POLICY_NUMBER_LIMIT_EXCEEDED");
    create(&aws, "p0", "SERVICE_CONTROL_POLICY", &denying(&json!({}))).await.expect("another type, the name too");
    aws.must("DeletePolicy", json!({"PolicyId": "p-0000000999"})).await;
    create(&aws, "more", "BEDROCK_POLICY", &naming("aaa").to_string()).await.expect("room again");
}

#[tokio::test]
async fn two_configurations_in_a_region_are_too_many() {
    let aws = Aws::start().await;
    aws.enable().await;
    let one = aws.policy("one", &naming("aaa")).await;
    let mut second = naming("bbb");
    let region = &mut second["bedrock"]["guardrail_inference"]["us-east-1"];
    *region = json!({"config_2": region["config_1"]});
    let two = aws.policy("two", &second).await;
    aws.attach(&one, ROOT).await;
    aws.wait().await;
    aws.attach(&two, SANDBOX).await;
    aws.wait().await;
    let input = json!({"AccountId": SANDBOX_1, "PolicyType": "BEDROCK_POLICY"});
    let report = aws.must("ListEffectivePolicyValidationErrors", input).await;
    let errors = report["EffectivePolicyValidationErrors"].as_array().expect("a list");
    assert_eq!(errors.iter().map(|error| &error["ErrorCode"]).collect::<Vec<_>>(), ["ELEMENTS_TOO_MANY"]);
    assert_eq!(errors[0]["PathToError"], "bedrock.guardrail_inference.us-east-1");
}

#[tokio::test]
async fn a_partition_without_bedrock_has_no_bedrock_policies() {
    let aws = Aws::start_in(Partition::China).await;
    let content = naming("aaa").to_string();
    let policy = json!({"Name": "p", "Description": "", "Type": "BEDROCK_POLICY", "Content": content});
    for (operation, input) in [
        ("EnablePolicyType", json!({"RootId": ROOT, "PolicyType": "BEDROCK_POLICY"})),
        ("CreatePolicy", policy),
        ("ListPolicies", json!({"Filter": "BEDROCK_POLICY"})),
    ] {
        let refusal = aws.refused(operation, input).await;
        assert_eq!(refusal.code, "PolicyTypeNotAvailableForOrganizationException", "{operation}");
    }
    aws.must("EnablePolicyType", json!({"RootId": ROOT, "PolicyType": "SERVICE_CONTROL_POLICY"})).await;
    let root = &aws.must("ListRoots", json!({})).await["Roots"][0];
    assert_eq!(root["Arn"], "arn:aws-cn:organizations::111122223333:root/o-bedrailsand/r-sand");
    for region in ["cn-north-1", "cn-northwest-1"] {
        let answer = aws.client().region(region).bedrock("GET", "/guardrails", &json!({})).await;
        answer.refused(403, "UnrecognizedClientException");
    }
}
