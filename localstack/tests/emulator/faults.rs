//! Faults, each as a client of the service meets it.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Answer, Client, MEMBER, created, emulator, guardrail};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

async fn set(client: &Client, faults: &Value) -> Value {
    client.control("POST", "faults", faults).await.ok(200)
}

async fn try_create(client: &Client, name: &str) -> Result<Answer, ErrorKind> {
    client.try_signed("bedrock", "POST", "/guardrails", &JSON, &guardrail(name).to_string()).await
}

async fn names(client: &Client) -> Vec<Value> {
    let listed = client.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    listed["guardrails"].as_array().expect("rows").iter().map(|row| row["name"].clone()).collect()
}

async fn identity(client: &Client) -> Answer {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    client.signed("sts", "POST", "/", &form, "Action=GetCallerIdentity&Version=2011-06-15").await
}

#[tokio::test]
async fn each_protocol_throttles_and_fails_in_its_own_words() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    set(&client, &json!({"kind": "throttle"})).await;
    client.bedrock("GET", "/guardrails", &json!({})).await.refused(429, "ThrottlingException");
    let roots = client.organizations("ListRoots", &json!({})).await;
    assert_eq!((roots.status, &roots.json()["__type"]), (400, &json!("TooManyRequestsException")));
    assert!(roots.json()["Type"].is_string(), "{}", roots.text);
    let identified = identity(&client).await;
    assert!(identified.status == 400 && identified.text.contains("<Code>Throttling</Code>"), "{}", identified.text);
    client.control("DELETE", "faults", &json!({})).await.ok(200);
    set(&client, &json!([{"kind": "error"}])).await;
    client.bedrock("GET", "/guardrails", &json!({})).await.refused(500, "InternalServerException");
    let roots = client.organizations("ListRoots", &json!({})).await;
    assert_eq!((roots.status, &roots.json()["__type"]), (500, &json!("ServiceException")));
    let identified = identity(&client).await;
    assert!(
        identified.status == 500 && identified.text.contains("<Code>InternalFailure</Code>"),
        "{}",
        identified.text
    );
    emulator.stop().await;
}

#[tokio::test]
async fn a_cut_connection_carries_no_answer_and_tells_nothing_of_the_effect() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    set(&client, &json!([{"kind": "reset", "nth": 1}, {"kind": "lost-reply", "nth": 1}])).await;
    assert_eq!(try_create(&client, "before").await.expect_err("cut"), ErrorKind::ConnectionReset);
    assert_eq!(try_create(&client, "after").await.expect_err("cut"), ErrorKind::ConnectionReset);
    assert_eq!(names(&client).await, ["after"]);
    let log = client.control("GET", "requests", &json!({})).await.ok(200);
    let ends = |row: usize| (log[row]["operation"].clone(), log[row]["status"].clone(), log[row]["code"].clone());
    assert_eq!(ends(0), (json!("CreateGuardrail"), json!(0), json!("reset")));
    assert_eq!(ends(1), (json!("CreateGuardrail"), json!(0), json!("lost-reply")));
    emulator.stop().await;
}

#[tokio::test]
async fn latency_comes_before_the_effect_which_does_not_wait_for_its_client() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    set(&client, &json!({"kind": "latency", "operation": "CreateGuardrail", "ms": 200})).await;
    let began = Instant::now();
    let (answer, early) = tokio::join!(try_create(&client, "slow"), names(&client));
    answer.expect("answered").ok(202);
    assert!(began.elapsed() >= Duration::from_millis(200));
    assert!(early.is_empty(), "{early:?}");
    // The client gives up; the service does not.
    let impatient = tokio::time::timeout(Duration::from_millis(50), try_create(&client, "given-up")).await;
    assert!(impatient.is_err());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(names(&client).await.len(), 2);
    emulator.stop().await;
}

#[tokio::test]
async fn requests_that_wait_do_not_outlive_the_emulator() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = || bedrail_localstack::Config { state_dir: Some(folder.path().to_owned()), ..Default::default() };
    let emulator = bedrail_localstack::Emulator::start(config()).await.expect("starts");
    let client = Client::of(&emulator);
    set(&client, &json!({"kind": "latency", "operation": "CreateGuardrail", "ms": 600_000})).await;
    let waits = tokio::spawn(async move { try_create(&client, "late").await.map(|answer| answer.status) });
    tokio::time::sleep(Duration::from_millis(50)).await;
    emulator.stop().await;
    assert_eq!(waits.await.expect("ended"), Err(ErrorKind::ConnectionReset));
    bedrail_localstack::Emulator::start(config()).await.expect("the folder is free").stop().await;
}

#[tokio::test]
async fn after_a_write_a_read_may_be_stale_for_a_while() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = created(&client, &guardrail("one")).await;
    set(&client, &json!({"kind": "stale-read", "operation": "GetGuardrail", "ms": 60_000})).await;
    let path = format!("/guardrails/{id}");
    let name = async || client.bedrock("GET", &path, &json!({})).await.ok(200)["name"].clone();
    assert_eq!(name().await, "one", "nothing was written since");
    client.bedrock("PUT", &path, &guardrail("two")).await.ok(202);
    client.wait(5_000).await;
    client.bedrock("PUT", &path, &guardrail("three")).await.ok(202);
    assert_eq!(name().await, "one");
    assert_eq!(names(&client).await, ["three"], "another operation sees what is there");
    client.wait(55_500).await;
    assert_eq!(name().await, "two", "what was there between the writes");
    client.wait(5_000).await;
    assert_eq!(name().await, "three");
    client.bedrock("PUT", &path, &guardrail("four")).await.ok(202);
    client.control("DELETE", "faults", &json!({})).await.ok(200);
    assert_eq!(name().await, "four");
    emulator.stop().await;
}

#[tokio::test]
async fn organizations_can_be_stale_too() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    set(&client, &json!({"kind": "stale-read", "ms": 60_000, "nth": 1})).await;
    let enable = json!({"RootId": "r-sand", "PolicyType": "BEDROCK_POLICY"});
    client.organizations("EnablePolicyType", &enable).await.ok(200);
    let types = async || client.organizations("ListRoots", &json!({})).await.ok(200)["Roots"][0]["PolicyTypes"].clone();
    assert_eq!(types().await, json!([]));
    assert_eq!(types().await, json!([{"Type": "BEDROCK_POLICY", "Status": "PENDING_ENABLE"}]));
    emulator.stop().await;
}

#[tokio::test]
async fn a_change_can_be_stuck_and_can_fail() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    set(
        &client,
        &json!([
            {"kind": "stuck", "operation": "CreateGuardrail", "nth": 1},
            {"kind": "stuck", "operation": "UpdateGuardrail", "nth": 1, "ms": 60_000},
            {"kind": "fail", "operation": "CreateGuardrail", "nth": 2},
            // The first is refused, because the draft has failed.
            {"kind": "fail", "operation": "CreateGuardrailVersion", "nth": 2},
        ]),
    )
    .await;
    let read = async |id: &str| client.bedrock("GET", &format!("/guardrails/{id}"), &json!({})).await.ok(200);
    let (stuck, _) = created(&client, &guardrail("stuck")).await;
    client.wait(u32::MAX).await;
    assert_eq!(read(&stuck).await["status"], "CREATING");
    client.bedrock("DELETE", &format!("/guardrails/{stuck}"), &json!({})).await.refused(400, "ConflictException");

    let (failed, _) = created(&client, &guardrail("failed")).await;
    let shown = read(&failed).await;
    assert_eq!(shown["status"], "FAILED");
    for reasons in ["statusReasons", "failureRecommendations"] {
        let text = shown[reasons][0].as_str().expect(reasons);
        assert!((1..=200).contains(&text.len()), "{text}");
    }
    let path = format!("/guardrails/{failed}");
    client.bedrock("POST", &path, &json!({})).await.refused(400, "ValidationException");
    client.bedrock("PUT", &path, &guardrail("mended")).await.ok(202);
    client.wait(1000).await;
    assert_eq!(read(&failed).await["status"], "UPDATING");
    client.wait(60_000).await;
    let mended = read(&failed).await;
    assert_eq!((&mended["status"], mended.get("statusReasons")), (&json!("READY"), None));

    client.bedrock("POST", &path, &json!({})).await.ok(202);
    client.wait(1000).await;
    let version = client.bedrock("GET", &format!("{path}?guardrailVersion=1"), &json!({})).await.ok(200);
    assert_eq!((&version["status"], &read(&failed).await["status"]), (&json!("FAILED"), &json!("READY")));
    let enforce = json!({"guardrailInferenceConfig": {"guardrailIdentifier": failed, "guardrailVersion": "1"}});
    let put = client.bedrock("PUT", "/enforcedGuardrailsConfiguration", &enforce).await;
    put.refused(400, "ValidationException");
    client.bedrock("DELETE", &format!("{path}?guardrailVersion=1"), &json!({})).await.ok(202);
    emulator.stop().await;
}

/// Whether each of forty calls fails, under a seed.
async fn sequence(seed: u64) -> Vec<bool> {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    set(&client, &json!({"kind": "error", "probability": 0.4, "seed": seed})).await;
    let mut failed = Vec::new();
    for _ in 0..40 {
        failed.push(client.bedrock("GET", "/guardrails", &json!({})).await.status == 500);
    }
    let counted = client.control("GET", "faults", &json!({})).await.ok(200);
    assert_eq!(counted[0]["matched"], 40);
    assert_eq!(counted[0]["fired"], failed.iter().filter(|failed| **failed).count());
    emulator.stop().await;
    failed
}

#[tokio::test]
async fn a_seed_gives_the_same_sequence_each_time() {
    let first = sequence(11).await;
    assert_eq!(first, sequence(11).await);
    assert_ne!(first, sequence(12).await);
    assert!(first.contains(&true) && first.contains(&false));
}

#[tokio::test]
async fn faults_are_listed_and_bad_ones_refused() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let listed = set(&client, &json!({"kind": "latency", "operation": "ListRoots", "ms": 5, "seed": 3})).await;
    let row = json!({
        "kind": "latency", "operation": "ListRoots", "account": "*", "region": "*", "ms": 5, "seed": 3, "matched": 0, "fired": 0,
    });
    assert_eq!(listed, json!([row]));
    for bad in [json!({}), json!({"kind": "latency"}), json!([{"kind": "error"}, {"kind": "error", "nth": 0}])] {
        let refused = client.control("POST", "faults", &bad).await;
        assert!(refused.status == 400 && refused.json()["message"].is_string(), "{bad}: {}", refused.text);
    }
    assert_eq!(client.control("GET", "faults", &json!({})).await.ok(200), listed);
    let open = json!({"kind": "throttle", "operation": "ListRoles", "account": null, "region": null, "nth": null, "probability": null, "ms": null, "seed": null});
    let added = set(&client, &open).await[1].clone();
    assert!(
        added["kind"] == "throttle" && added["account"] == "*" && added.get("seed").is_none(),
        "null is not given: {added}"
    );
    emulator.stop().await;
}

#[tokio::test]
async fn of_two_changes_of_the_organization_at_once_the_later_is_refused() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let enable = |policy_type: &str| json!({"RootId": "r-sand", "PolicyType": policy_type});
    let (bedrock, tags) = (enable("BEDROCK_POLICY"), enable("TAG_POLICY"));
    set(&client, &json!({"kind": "latency", "operation": "EnablePolicyType", "nth": 1, "ms": 300})).await;
    let later = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let read = client.organizations("ListRoots", &json!({})).await.status;
        // An account outside has another organization, or none.
        let outside = client.account("999999999999").organizations("EnablePolicyType", &tags).await;
        (read, outside.json()["__type"].clone(), client.organizations("EnablePolicyType", &tags).await)
    };
    let (first, (read, outside, second)) = tokio::join!(client.organizations("EnablePolicyType", &bedrock), later);
    first.ok(200);
    assert_eq!((read, outside), (200, json!("AWSOrganizationsNotInUseException")));
    assert_eq!((second.status, &second.json()["__type"]), (400, &json!("ConcurrentModificationException")));
    client.organizations("EnablePolicyType", &tags).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn published_rates_hold_when_switched_on_and_the_clock_refills_them() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let roots = async || {
        let answer = client.organizations("ListRoots", &json!({})).await;
        if answer.status == 200 {
            "ok".to_owned()
        } else {
            answer.json()["__type"].as_str().expect("a code").to_owned()
        }
    };
    for _ in 0..5 {
        assert_eq!(roots().await, "ok", "off");
    }
    client.control("POST", "options", &json!({"throttle": true})).await.ok(200);
    assert_eq!([roots().await, roots().await], ["ok", "ok"]);
    assert_eq!(roots().await, "TooManyRequestsException");
    client.wait(1000).await;
    assert_eq!([roots().await, roots().await], ["ok", "TooManyRequestsException"]);
    client.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn an_account_that_is_not_open_can_call_nothing() {
    let emulator = emulator().await;
    let client = Client::of(&emulator).account("777788889999");
    client.bedrock("GET", "/guardrails", &json!({})).await.refused(403, "AccessDeniedException");
    assert_eq!(
        client.organizations("DescribeOrganization", &json!({})).await.json()["__type"],
        "AccessDeniedException"
    );
    assert!(identity(&client).await.text.contains("<Code>AccessDenied</Code>"));
    assert_eq!(identity(&client.account(MEMBER)).await.status, 200);
    emulator.stop().await;
}
