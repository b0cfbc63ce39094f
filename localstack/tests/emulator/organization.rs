//! Where Bedrock and Organizations meet.

use serde_json::{Value, json};

use crate::client::{Answer, Client, MEMBER, created, emulator, encoded, guardrail, published};

const OUTSIDER: &str = "999988887777";

async fn organizations(client: &Client, operation: &str, input: &Value) -> Answer {
    let target = format!("AWSOrganizationsV20161128.{operation}");
    let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
    client.signed("organizations", "POST", "/", &headers, &input.to_string()).await
}

#[tokio::test]
async fn a_policy_admits_the_members_it_names_and_no_outsider() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (_, arn) = created(&client, &guardrail("one")).await;
    let organization = organizations(&client, "DescribeOrganization", &json!({})).await.ok(200);
    let organization = organization["Organization"]["Id"].as_str().expect("an id").to_owned();
    let put = async |condition: &Value| {
        let statement = json!({"Effect": "Allow", "Principal": "*", "Action": ["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"],
            "Resource": arn, "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        client.bedrock("POST", "/resource-policy", &json!({"resourceArn": arn, "resourcePolicy": policy})).await.ok(201)
    };
    let get = async |account: &str| {
        client.account(account).bedrock("GET", &format!("/guardrails/{}", encoded(&arn)), &json!({})).await
    };
    put(&json!({"StringEquals": {"aws:PrincipalOrgID": organization}})).await;
    assert_eq!(get(MEMBER).await.ok(200)["guardrailArn"], json!(arn));
    get(OUTSIDER).await.refused(403, "AccessDeniedException");
    let parents = organizations(&client, "ListParents", &json!({"ChildId": MEMBER})).await.ok(200);
    let unit = parents["Parents"][0]["Id"].as_str().expect("a unit").to_owned();
    for (unit, admitted) in [(unit.as_str(), true), ("ou-sand-other000", false)] {
        let paths = json!({"aws:PrincipalOrgPaths": [format!("{organization}/*/{unit}/*")]});
        put(&json!({"StringEquals": {"aws:PrincipalOrgID": organization}, "ForAnyValue:StringLike": paths})).await;
        assert_eq!(get(MEMBER).await.status, if admitted { 200 } else { 403 }, "{unit}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn what_an_effective_policy_names_cannot_be_deleted() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    let roots = organizations(&client, "ListRoots", &json!({})).await.ok(200);
    let root = roots["Roots"][0]["Id"].clone();
    organizations(&client, "EnablePolicyType", &json!({"RootId": root, "PolicyType": "BEDROCK_POLICY"})).await;
    client.wait(60_000).await;
    let content = json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {
        "identifier": {"@@assign": format!("{arn}:{version}")}}}}}});
    let policy = json!({"Name": "p", "Description": "", "Type": "BEDROCK_POLICY", "Content": content.to_string()});
    let policy = organizations(&client, "CreatePolicy", &policy).await.ok(200);
    let attachment = json!({"PolicyId": policy["Policy"]["PolicySummary"]["Id"], "TargetId": MEMBER});
    organizations(&client, "AttachPolicy", &attachment).await.ok(200);
    client.wait(60_000).await;
    let paths = [format!("/guardrails/{id}"), format!("/guardrails/{id}?guardrailVersion={version}")];
    for path in &paths {
        client.bedrock("DELETE", path, &json!({})).await.refused(400, "ResourceInUseException");
    }
    organizations(&client, "DetachPolicy", &attachment).await.ok(200);
    client.wait(60_000).await;
    client.bedrock("DELETE", &paths[0], &json!({})).await.ok(202);
    emulator.stop().await;
}
