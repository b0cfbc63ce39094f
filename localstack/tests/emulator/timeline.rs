//! The judge of safety: what accounts were subject to, and whether they could call a model.

use serde_json::{Value, json};

use crate::client::{Client, MANAGEMENT, MEMBER, created, emulator, guardrail, published};

const REGION: &str = "us-east-1";
const OWN: &str = "/enforcedGuardrailsConfiguration";

async fn timeline(client: &Client) -> Vec<Value> {
    let entries = client.control("GET", "timeline", &json!({})).await.ok(200);
    entries.as_array().expect("entries").clone()
}

/// What an entry says of an account in the Region: levels and versions, the state of inference, and why.
fn of(entry: &Value, account: &str) -> (Vec<String>, String, String) {
    let scopes = entry["scopes"].as_array().expect("scopes");
    let scope = scopes.iter().find(|scope| scope["account"] == account && scope["region"] == REGION).expect(account);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let enforced = scope["enforced"].as_array().expect("a list").iter();
    let enforced = enforced.map(|one| format!("{} {}", text(&one["level"]), text(&one["guardrail_version"]))).collect();
    (enforced, text(&scope["inference"]), text(&scope["why"]))
}

fn cause(entry: &Value) -> (&str, &str) {
    let text = |name: &str| entry["cause"][name].as_str().expect(name);
    (text("service"), text("operation"))
}

/// Admits the whole organization to a guardrail.
async fn admit(client: &Client, arn: &str) {
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail", "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}}});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    client.bedrock("POST", "/resource-policy", &json!({"resourceArn": arn, "resourcePolicy": policy})).await.ok(201);
}

fn content(identifier: &str) -> String {
    json!({"bedrock": {"guardrail_inference": {REGION: {"config_1": {"identifier": {"@@assign": identifier}}}}}})
        .to_string()
}

/// Makes a policy of the content, and attaches it.
async fn enforce(client: &Client, identifier: &str, target: &str) -> Value {
    client
        .organizations("EnablePolicyType", &json!({"RootId": "r-sand", "PolicyType": "BEDROCK_POLICY"}))
        .await
        .ok(200);
    client.wait(60_000).await;
    let policy = json!({"Name": "p", "Description": "", "Type": "BEDROCK_POLICY", "Content": content(identifier)});
    let policy = client.organizations("CreatePolicy", &policy).await.ok(200);
    let attachment = json!({"PolicyId": policy["Policy"]["PolicySummary"]["Id"], "TargetId": target});
    client.organizations("AttachPolicy", &attachment).await.ok(200);
    attachment
}

#[tokio::test]
async fn a_gap_is_seen_however_short_it_is() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    admit(&client, &arn).await;
    let attachment = enforce(&client, &format!("{arn}:{version}"), "r-sand").await;
    client.wait(60_000).await;
    client.organizations("DetachPolicy", &attachment).await.ok(200);
    client.organizations("AttachPolicy", &attachment).await.ok(200);
    client.wait(60_000).await;
    let entries = timeline(&client).await;
    let seen: Vec<_> = entries.iter().map(|entry| of(entry, MEMBER).0).collect();
    let held = || vec!["ORGANIZATION 1".to_owned()];
    assert_eq!(seen, [vec![], held(), vec![], held()], "detached and attached again, one after the other");
    emulator.stop().await;
}

#[tokio::test]
async fn a_propagation_is_dated_when_it_was_due_and_names_its_cause() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    admit(&client, &arn).await;
    let attachment = enforce(&client, &format!("{arn}:{version}"), "r-sand").await;
    assert_eq!(timeline(&client).await.len(), 1, "attached, not yet in effect");
    client.wait(60_000).await;
    client.organizations("DetachPolicy", &attachment).await.ok(200);
    client.wait(60_000).await;
    let entries = timeline(&client).await;
    let causes: Vec<_> = entries.iter().map(cause).collect();
    assert_eq!(causes, [("emulator", "start"), ("organizations", "AttachPolicy"), ("organizations", "DetachPolicy")]);
    assert_eq!(entries[0]["cause"]["account"], Value::Null);
    assert_eq!(entries[1]["cause"]["account"], MANAGEMENT);
    let seen: Vec<_> = entries.iter().map(|entry| of(entry, MEMBER)).collect();
    let (free, held) = ((vec![], "ok".to_owned(), String::new()), vec!["ORGANIZATION 1".to_owned()]);
    assert_eq!(seen, [free.clone(), (held, "ok".to_owned(), String::new()), free]);
    assert_eq!(entries[1]["scopes"].as_array().map(Vec::len), Some(7), "each account of the seed");
    let log = client.control("GET", "requests", &json!({})).await.ok(200);
    let attached = log.as_array().expect("rows").iter().find(|row| row["operation"] == "AttachPolicy").expect("a row");
    let time = |value: &Value| value["time"].as_str().expect("a time").to_owned();
    let due = |text: &str| text.parse::<jiff::Timestamp>().expect("a time").as_millisecond();
    assert!(
        (400..600).contains(&(due(&time(&entries[1])) - due(&time(attached)))),
        "half a second after it was attached"
    );
    emulator.stop().await;
}

#[tokio::test]
async fn inference_is_denied_where_the_resource_policy_is_missing() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    enforce(&client, &format!("{arn}:{version}"), "r-sand").await;
    client.wait(60_000).await;
    admit(&client, &arn).await;
    client.bedrock("DELETE", &format!("/resource-policy/{}", crate::client::encoded(&arn)), &json!({})).await.ok(200);
    let entries = timeline(&client).await;
    let states: Vec<_> = entries.iter().map(|entry| of(entry, MEMBER).1).collect();
    assert_eq!(states, ["ok", "denied", "ok", "denied"]);
    let why = of(&entries[1], MEMBER).2;
    let expected = format!(
        "role OrganizationAccountAccessRole may invoke models, but is not authorized to perform: bedrock:ApplyGuardrail on \
         resource: {arn} because no resource-based policy allows the bedrock:ApplyGuardrail action"
    );
    assert_eq!(why, expected);
    assert_eq!(of(&entries[1], MANAGEMENT).1, "ok", "the guardrail is its own");
    emulator.stop().await;
}

#[tokio::test]
async fn a_version_that_cannot_be_applied_is_invalid_and_time_can_mend_it() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    admit(&client, &arn).await;
    let attachment = enforce(&client, &format!("{arn}:1"), MEMBER).await;
    client.wait(60_000).await;
    client
        .control("POST", "faults", &json!({"kind": "stuck", "operation": "CreateGuardrailVersion", "ms": 5_000}))
        .await
        .ok(200);
    client.bedrock("POST", &format!("/guardrails/{id}"), &json!({})).await.ok(202);
    client.wait(60_000).await;
    let update = json!({"PolicyId": attachment["PolicyId"], "Content": content(&format!("{arn}:7"))});
    client.organizations("UpdatePolicy", &update).await.ok(200);
    client.wait(60_000).await;
    let entries = timeline(&client).await;
    let seen: Vec<_> = entries.iter().map(|entry| of(entry, MEMBER)).collect();
    let states: Vec<_> = seen.iter().map(|(_, inference, _)| inference.as_str()).collect();
    assert_eq!(states, ["ok", "invalid", "invalid", "ok", "invalid"]);
    assert!(seen[1].2.ends_with("has no version 1") && seen[2].2.ends_with("is not READY"), "{seen:?}");
    assert_eq!((cause(&entries[2]).1, cause(&entries[3]).1), ("CreateGuardrailVersion", "CreateGuardrailVersion"));
    assert!(seen[4].2.ends_with("has no version 7"), "{seen:?}");
    emulator.stop().await;
}

#[tokio::test]
async fn a_broken_effective_policy_is_invalid_and_what_was_valid_last_goes_on() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    admit(&client, &arn).await;
    let whole = content(&format!("{arn}:{version}"));
    let attachment = enforce(&client, &format!("{arn}:{version}"), "r-sand").await;
    client.wait(60_000).await;
    let guarding = json!({"selective_content_guarding": {"system": {"@@assign": "selective"}}});
    let partial = json!({"bedrock": {"guardrail_inference": {REGION: {"config_1": guarding}}}}).to_string();
    for content in [&partial, &whole] {
        let update = json!({"PolicyId": attachment["PolicyId"], "Content": content});
        client.organizations("UpdatePolicy", &update).await.ok(200);
        client.wait(60_000).await;
    }
    let entries = timeline(&client).await;
    let seen: Vec<_> = entries.iter().map(|entry| of(entry, MEMBER)).collect();
    let states: Vec<_> = seen.iter().map(|(held, inference, _)| (held.len(), inference.as_str())).collect();
    assert_eq!(states, [(0, "ok"), (1, "ok"), (1, "invalid"), (1, "ok")]);
    assert!(seen[2].2.starts_with("the effective policy is not valid: KEY_REQUIRED at bedrock."), "{seen:?}");
    emulator.stop().await;
}

#[tokio::test]
async fn tags_count_where_permissions_ask_for_them() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    let own = json!({"guardrailInferenceConfig": {"guardrailIdentifier": id, "guardrailVersion": version}});
    client.bedrock("PUT", OWN, &own).await.ok(200);
    let unless = json!({"StringNotEquals": {"aws:ResourceTag/stage": "live"}});
    let statement = json!({"Effect": "Deny", "Action": "bedrock:ApplyGuardrail", "Resource": "*", "Condition": unless});
    let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let form = format!("RoleName=app-role&PolicyName=p&PolicyDocument={}", crate::client::encoded(&document));
    assert_eq!(client.query("iam", "PutRolePolicy", &form).await.status, 200);
    let tags = json!({"resourceARN": arn, "tags": [{"key": "stage", "value": "live"}]});
    client.bedrock("POST", "/tagResource", &tags).await.ok(200);
    client.bedrock("POST", "/untagResource", &json!({"resourceARN": arn, "tagKeys": ["stage"]})).await.ok(200);
    let entries = timeline(&client).await;
    let states: Vec<_> = entries.iter().map(|entry| of(entry, MANAGEMENT).1).collect();
    assert_eq!(states, ["ok", "ok", "denied", "ok", "denied"]);
    emulator.stop().await;
}

#[tokio::test]
async fn what_an_account_enforces_on_itself_adds_to_the_organizations() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one")).await;
    let version = published(&client, &id).await;
    admit(&client, &arn).await;
    enforce(&client, &format!("{arn}:{version}"), "r-sand").await;
    client.wait(60_000).await;
    let member = client.account(MEMBER);
    let (own, _) = created(&member, &guardrail("own")).await;
    published(&member, &own).await;
    published(&member, &own).await;
    let config =
        |version: &str| json!({"guardrailInferenceConfig": {"guardrailIdentifier": own, "guardrailVersion": version}});
    let put = member.bedrock("PUT", OWN, &config("2")).await.ok(200);
    member.bedrock("PUT", OWN, &config("2")).await.ok(200);
    let config_id = put["configId"].as_str().expect("an id");
    member.bedrock("DELETE", &format!("{OWN}/{config_id}"), &json!({})).await.ok(200);
    let entries = timeline(&client).await;
    assert_eq!(entries.len(), 4, "a put that changes nothing is no entry");
    assert_eq!(of(&entries[2], MEMBER).0, ["ORGANIZATION 1", "ACCOUNT 2"]);
    assert_eq!(entries[2]["cause"]["account"], MEMBER);
    assert_eq!(of(&entries[3], MEMBER).0, ["ORGANIZATION 1"]);
    client.control("POST", "reset", &json!({})).await.ok(200);
    assert_eq!(timeline(&client).await.len(), 1);
    emulator.stop().await;
}
