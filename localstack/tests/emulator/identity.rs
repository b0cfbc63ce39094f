//! Who is let in, where, and in which protocol's words the others are told.

use bedrail_localstack::{Config, Emulator, Partition, Seed};
use serde_json::json;

use crate::client::{Client, MANAGEMENT, MEMBER, emulator, guardrail};

const FORM: &[(&str, &str)] = &[("content-type", "application/x-www-form-urlencoded")];
const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

#[tokio::test]
async fn an_access_key_is_its_accounts_root() {
    let emulator = emulator().await;
    let answer = Client::of(&emulator).account(MEMBER).signed("sts", "POST", "/", FORM, IDENTITY).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/xml")));
    let id = answer.header("x-amzn-requestid").expect("a request id");
    assert_eq!(
        answer.text,
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Account>{MEMBER}</Account><Arn>arn:aws:iam::{MEMBER}:root</Arn><UserId>{MEMBER}</UserId>\
             </GetCallerIdentityResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        )
    );
    emulator.stop().await;
}

#[tokio::test]
async fn nobody_is_told_so_in_each_protocol() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let unsigned = client.send("GET", "/guardrails", &[], "").await;
    unsigned.refused(403, "MissingAuthenticationTokenException");
    let bearer = client.send("GET", "/guardrails", &[("authorization", "Bearer abc")], "").await;
    bearer.refused(403, "AccessDeniedException");
    let stranger = client.account("EXAMPLE");
    stranger.bedrock("GET", "/guardrails", &json!({})).await.refused(403, "UnrecognizedClientException");
    let target = [("x-amz-target", "AWSOrganizationsV20161128.ListRoots")];
    let answer = stranger.signed("organizations", "POST", "/", &target, "{}").await;
    assert_eq!((answer.status, &answer.json()["__type"]), (400, &json!("UnrecognizedClientException")));
    let answer = stranger.signed("sts", "POST", "/", FORM, IDENTITY).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text.contains("<Code>InvalidClientTokenId</Code>"), "{}", answer.text);
    emulator.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_unknown_in_each_protocol() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    for (method, path) in
        [("GET", "/custom-models"), ("PATCH", "/guardrails"), ("GET", "/guardrails/a/b"), ("GET", "/")]
    {
        client.bedrock(method, path, &json!({})).await.refused(404, "UnknownOperationException");
    }
    let target = [("x-amz-target", "AWSOrganizationsV20161128.CreateAccount")];
    let answer = client.signed("organizations", "POST", "/", &target, "{}").await;
    assert_eq!((answer.status, &answer.json()["__type"]), (400, &json!("UnknownOperationException")));
    for (service, form) in
        [("sts", "Action=GetSessionToken&Version=2011-06-15"), ("iam", "Action=CreateUser&Version=2010-05-08")]
    {
        let answer = client.signed(service, "POST", "/", FORM, form).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains("<Code>InvalidAction</Code>"), "{}", answer.text);
    }
    emulator.stop().await;
}

#[tokio::test]
async fn a_region_has_to_be_there_and_enabled() {
    let accounts = json!({MEMBER: {"enabled_regions": ["eu-south-1"]}});
    let seed = Seed::Value(json!({"meta": {"accounts": accounts}}));
    let emulator = Emulator::start(Config { seed, ..Config::default() }).await.expect("starts");
    let client = Client::of(&emulator);
    for region in ["eu-south-1", "us-gov-west-1", "ap-east-1", "cn-north-1", "mars-1"] {
        let answer = client.region(region).bedrock("GET", "/guardrails", &json!({})).await;
        answer.refused(403, "UnrecognizedClientException");
    }
    client.account(MEMBER).region("eu-south-1").bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    let target = [("x-amz-target", "AWSOrganizationsV20161128.ListRoots")];
    let answer = client.region("eu-west-1").signed("organizations", "POST", "/", &target, "{}").await;
    assert_eq!(answer.json()["__type"], json!("InvalidSignatureException"), "Organizations has one Region");
    emulator.stop().await;
}

#[tokio::test]
async fn other_partitions_have_their_own_names_and_home() {
    for (partition, home, id) in
        [(Partition::UsGov, "us-gov-west-1", "aws-us-gov"), (Partition::Eusc, "eusc-de-east-1", "aws-eusc")]
    {
        let emulator = Emulator::start(Config { partition, ..Config::default() }).await.expect("starts");
        assert_eq!((emulator.home_region(), emulator.management_account()), (home, MANAGEMENT));
        let client = Client::of(&emulator).region(home);
        let made = client.bedrock("POST", "/guardrails", &guardrail("one")).await.ok(202);
        let arn = made["guardrailArn"].as_str().expect("an ARN");
        assert!(arn.starts_with(&format!("arn:{id}:bedrock:{home}:{MANAGEMENT}:guardrail/")), "{arn}");
        client
            .region("us-east-1")
            .bedrock("GET", "/guardrails", &json!({}))
            .await
            .refused(403, "UnrecognizedClientException");
        emulator.stop().await;
    }
}
