//! Large states: made on demand, written in small steps, read in pages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bedrail_localstack::{Config, Emulator, Generate, StartError};
use serde_json::{Value, json};

use crate::client::{Client, MANAGEMENT, MEMBER, created, encoded, guardrail, published};

fn config(folder: &Path, sizes: &str) -> Config {
    let generate = if sizes.is_empty() { Generate::default() } else { sizes.parse().expect("valid") };
    Config { state_dir: Some(folder.to_owned()), generate, ..Config::default() }
}

async fn started(folder: &Path, sizes: &str) -> (Emulator, Client) {
    let emulator = Emulator::start(config(folder, sizes)).await.expect("starts");
    let client = Client::of(&emulator);
    (emulator, client)
}

async fn organizations(client: &Client, operation: &str, input: &Value) -> Value {
    client.organizations(operation, input).await.ok(200)
}

async fn state(client: &Client) -> Value {
    client.control("GET", "state", &json!({})).await.ok(200)
}

fn policy(name: &str, arn: &str) -> Value {
    let content =
        json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {"identifier": {"@@assign": arn}}}}}});
    json!({"Name": name, "Description": "", "Type": "BEDROCK_POLICY", "Content": content.to_string()})
}

/// What is read after a write, and the length of the journal then.
type Step = (Value, u64);

/// One write of each kind, with what is there after it. What it writes says nothing of what was there before.
async fn writes(client: &Client, folder: &Path) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = async || {
        let journal = fs::metadata(folder.join("journal-1.jsonl")).expect("a journal");
        steps.push((state(client).await, journal.len()));
    };
    step().await;
    let mut body = guardrail("measured");
    body["clientRequestToken"] = json!("token-of-the-measured-guardrail-000001");
    let (id, arn) = created(client, &body).await;
    step().await;
    client.bedrock("PUT", &format!("/guardrails/{id}"), &guardrail("renamed")).await.ok(202);
    client.wait(1000).await;
    step().await;
    let version = published(client, &id).await;
    step().await;
    let tags = json!({"resourceARN": arn, "tags": [{"key": "team", "value": "one"}]});
    client.bedrock("POST", "/tagResource", &tags).await.ok(200);
    step().await;
    let enforced = json!({"guardrailInferenceConfig": {"guardrailIdentifier": arn, "guardrailVersion": version}});
    client.bedrock("PUT", "/enforcedGuardrailsConfiguration", &enforced).await.ok(200);
    step().await;
    let root = format!("arn:aws:iam::{MANAGEMENT}:root");
    let statement =
        json!({"Effect": "Allow", "Principal": {"AWS": root}, "Action": "bedrock:ApplyGuardrail", "Resource": arn});
    let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    client.bedrock("POST", "/resource-policy", &json!({"resourceArn": arn, "resourcePolicy": document})).await.ok(201);
    step().await;
    let policy = organizations(client, "CreatePolicy", &policy("measured", &format!("{arn}:{version}"))).await;
    let policy = policy["Policy"]["PolicySummary"]["Id"].clone();
    step().await;
    organizations(client, "AttachPolicy", &json!({"PolicyId": policy, "TargetId": MEMBER})).await;
    step().await;
    organizations(client, "TagResource", &json!({"ResourceId": MEMBER, "Tags": [{"Key": "team", "Value": "one"}]}))
        .await;
    step().await;
    organizations(client, "EnableAWSServiceAccess", &json!({"ServicePrincipal": "bedrock.amazonaws.com"})).await;
    step().await;
    organizations(client, "DetachPolicy", &json!({"PolicyId": policy, "TargetId": MEMBER})).await;
    step().await;
    client.bedrock("DELETE", &format!("/resource-policy/{}", encoded(&arn)), &json!({})).await.ok(200);
    step().await;
    // The account's first own policy brings along what it began with, the second does not.
    for name in ["first", "second"] {
        let document = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Deny%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D";
        let form = format!("PolicyName={name}&PolicyDocument={document}");
        let answer = client.query("iam", "CreatePolicy", &form).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        step().await;
    }
    let other = created(&client.region("eu-west-1"), &guardrail("elsewhere")).await.0;
    client.region("eu-west-1").bedrock("DELETE", &format!("/guardrails/{other}"), &json!({})).await.ok(202);
    client.wait(1000).await;
    created(&client.region("eu-west-1"), &guardrail("after-it-is-forgotten")).await;
    step().await;
    steps
}

/// The organization's policy type is enabled, and everything there is many times: guardrails, tokens, policies, attachments.
async fn crowd(client: &Client, size: usize) {
    let root = json!({"RootId": "r-sand", "PolicyType": "BEDROCK_POLICY"});
    organizations(client, "EnablePolicyType", &root).await;
    client.wait(60_000).await;
    for number in 0..size {
        let mut body = guardrail(&format!("crowd-{number}"));
        body["clientRequestToken"] = json!(format!("token-of-number-{number}"));
        let (_, arn) = created(client, &body).await;
        let made =
            organizations(client, "CreatePolicy", &policy(&format!("crowd-{number}"), &format!("{arn}:1"))).await;
        let target = format!("1{:011}", number + 1);
        let attachment = json!({"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": target});
        organizations(client, "AttachPolicy", &attachment).await;
    }
}

#[tokio::test]
async fn a_write_is_as_long_in_a_large_state_as_in_a_small_one() {
    let mut lengths = Vec::new();
    for (sizes, size) in [("accounts=8", 0), ("accounts=3000,ous=300,guardrails=50", 30)] {
        let folder = tempfile::tempdir().expect("a folder");
        let (emulator, client) = started(folder.path(), sizes).await;
        crowd(&client, size).await;
        let steps = writes(&client, folder.path()).await;
        let of_each: Vec<u64> = steps.windows(2).map(|steps| steps[1].1 - steps[0].1).collect();
        assert!(of_each.iter().all(|length| (1..6_000).contains(length)), "{of_each:?}");
        lengths.push(of_each);
        emulator.stop().await;
    }
    // What is the first of its kind is written with what holds it, and a moment that never was has one digit.
    let differ = |small: u64, large: u64| small.abs_diff(large) > 32;
    let pairs = lengths[0].iter().zip(&lengths[1]);
    assert!(!pairs.clone().any(|(small, large)| differ(*small, *large)), "{lengths:?}");
}

#[tokio::test]
async fn whenever_it_is_killed_everything_that_was_told_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let (emulator, client) = started(folder.path(), "").await;
    crowd(&client, 0).await;
    let steps = writes(&client, folder.path()).await;
    let journal = fs::read(folder.path().join("journal-1.jsonl")).expect("a journal");
    let first = fs::read(folder.path().join("state-1.json")).expect("a state");
    for (state_then, length) in &steps {
        let length = usize::try_from(*length).expect("a small file");
        // The write that came next was not finished.
        let torn = (length + 40).min(journal.len());
        let killed = tempfile::tempdir().expect("a folder");
        fs::write(killed.path().join("state-1.json"), &first).expect("written");
        fs::write(killed.path().join("journal-1.jsonl"), &journal[..torn]).expect("written");
        let (emulator, client) = started(killed.path(), "").await;
        assert_eq!(state(&client).await, *state_then, "after {length} bytes");
        emulator.stop().await;
    }
    emulator.stop().await;
}

/// All pages of a list.
async fn pages(client: &Client, operation: &str, member: &str, input: &Value) -> Vec<Vec<Value>> {
    let (mut pages, mut input) = (Vec::new(), input.clone());
    loop {
        let answer = organizations(client, operation, &input).await;
        pages.push(answer[member].as_array().expect("a list").clone());
        match answer.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn a_generated_organization_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let (emulator, client) = started(folder.path(), "accounts=130,ous=60,guardrails=7").await;
    let accounts = pages(&client, "ListAccounts", "Accounts", &json!({})).await;
    assert_eq!(accounts.iter().map(Vec::len).collect::<Vec<_>>(), [20, 0, 20, 20, 20, 20, 20, 10]);
    let accounts = accounts.concat();
    for unique in ["Id", "Name", "Email"] {
        assert_eq!(accounts.iter().map(|account| account[unique].to_string()).collect::<BTreeSet<_>>().len(), 130);
    }
    let (mut levels, mut found, mut units) = (0, 0, vec![json!("r-sand")]);
    let mut unit_count = 0;
    while !units.is_empty() {
        let mut below = Vec::new();
        for unit in &units {
            let parent = json!({ "ParentId": unit });
            found += pages(&client, "ListAccountsForParent", "Accounts", &parent).await.concat().len();
            let rows =
                pages(&client, "ListOrganizationalUnitsForParent", "OrganizationalUnits", &parent).await.concat();
            let names: BTreeSet<_> = rows.iter().map(|row| row["Name"].to_string()).collect();
            assert_eq!(names.len(), rows.len(), "names are unique below one parent");
            below.extend(rows.iter().map(|row| row["Id"].clone()));
        }
        unit_count += below.len();
        levels += usize::from(!below.is_empty());
        units = below;
    }
    assert_eq!((found, unit_count), (130, 60));
    assert!((2..=5).contains(&levels), "{levels}");

    let guardrails = client.bedrock("GET", "/guardrails", &json!({})).await.ok(200)["guardrails"].clone();
    let guardrails = guardrails.as_array().expect("a list");
    assert_eq!(guardrails.len(), 7);
    for row in guardrails {
        let path = format!("/guardrails/{}?guardrailVersion=1", row["id"].as_str().expect("an id"));
        assert_eq!(client.bedrock("GET", &path, &json!({})).await.ok(200)["name"], row["name"]);
    }
    emulator.stop().await;
}

#[tokio::test]
async fn what_was_generated_stays_and_a_reset_goes_back_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (emulator, client) = started(folder.path(), "accounts=40,guardrails=2").await;
    let generated = state(&client).await;
    assert_eq!(
        generated["bedrock"][MANAGEMENT]["us-east-1"]["guardrails"].as_object().map(serde_json::Map::len),
        Some(2)
    );
    created(&client, &guardrail("one")).await;
    client.control("POST", "reset", &json!({})).await.ok(200);
    assert_eq!(state(&client).await, generated);
    emulator.stop().await;
    let (emulator, client) = started(folder.path(), "").await;
    assert_eq!(state(&client).await, generated);
    emulator.stop().await;
    let again = Emulator::start(config(folder.path(), "accounts=40")).await.expect_err("refused");
    assert!(matches!(&again, StartError::NotNew(named) if named == folder.path()), "{again}");
}
