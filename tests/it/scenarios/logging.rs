//! Invocation logging: made where there is none, taken over on demand, never deleted.

use std::time::{SystemTime, UNIX_EPOCH};

use bedrail::plan::{Options, Plan};
use serde_json::{Value, json};

use super::{adopting, destroying, guardrail, held, spec};
use crate::support::{MANAGEMENT, Sandbox, assert_in_sync, steps};

const GET: &str = "bedrock:GetModelInvocationLoggingConfiguration";
const PUT: &str = "bedrock:PutModelInvocationLoggingConfiguration";
const DELETE: &str = "bedrock:DeleteModelInvocationLoggingConfiguration";

const FULL: &str = r#"
invocation_logging:
  default:
    cloud_watch:
      log_group: /bedrock/invocations
      role_arn: "arn:${partition}:iam::${account}:role/BedrockLogging"
      large_data_delivery_s3: {bucket: acme-large, key_prefix: large/}
    s3: {bucket: acme-bedrock-logs, key_prefix: "${account}/"}
    data: [TEXT, IMAGE]
"#;

impl Sandbox {
    /// The logging of the management account in us-east-1.
    async fn logging(&self) -> Value {
        let state = self.control("GET", "/_bedrail/state", &Value::Null).await;
        state["bedrock"][MANAGEMENT]["us-east-1"]["logging"].clone()
    }

    async fn times(&self, operation: &str) -> usize {
        self.counts().await.get(operation).copied().unwrap_or_default()
    }
}

fn warnings(plan: &Plan) -> Vec<&str> {
    plan.warnings.iter().map(|warning| warning.code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn unset_logging_is_set_with_one_call_and_stays() {
    let sandbox = Sandbox::start().await;
    let text = spec(FULL);
    let plan = sandbox.apply(&text).await;
    assert_eq!(steps(&plan), ["create invocation-logging logging"]);
    assert_eq!(sandbox.times(PUT).await, 1);
    let told = json!({
        "cloudWatchConfig": {
            "logGroupName": "/bedrock/invocations", "roleArn": "arn:aws:iam::111122223333:role/BedrockLogging",
            "largeDataDeliveryS3Config": {"bucketName": "acme-large", "keyPrefix": "large/"},
        },
        "s3Config": {"bucketName": "acme-bedrock-logs", "keyPrefix": "111122223333/"},
        "textDataDeliveryEnabled": true, "imageDataDeliveryEnabled": true, "embeddingDataDeliveryEnabled": false,
        "videoDataDeliveryEnabled": false, "audioDataDeliveryEnabled": false,
    });
    assert_eq!(sandbox.logging().await, told);
    assert_in_sync(&sandbox.plan(&text).await, &text);
}

/// In members, too: one call to read each, one to write each, in the account whose calls are logged.
#[tokio::test(flavor = "multi_thread")]
async fn every_account_has_its_own() {
    let sandbox = Sandbox::start().await;
    let text = spec(
        "invocation_logging: {all: {accounts: [all], s3: {bucket: logs, key_prefix: \"${account}/\"}, data: [TEXT]}}\n",
    );
    let plan = sandbox.apply(&text).await;
    assert_eq!(plan.actions.len(), 6, "{:?}", held(&plan));
    sandbox.forget_requests().await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
    assert_eq!(sandbox.times(GET).await, 6);
    let state = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    for account in [MANAGEMENT, "333344445555"] {
        let prefix = &state["bedrock"][account]["us-east-1"]["logging"]["s3Config"]["keyPrefix"];
        assert_eq!(*prefix, json!(format!("{account}/")));
    }
}

/// It is read where it is declared, once in each place, and nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_read_only_where_it_is_declared() {
    let sandbox = Sandbox::start().await;
    sandbox.plan(&spec("").replace("scan: {regions: declared}", "scan: {regions: all}")).await;
    assert_eq!(sandbox.times(GET).await, 0);
    let two = "invocation_logging: {a: {regions: [us-east-1, eu-west-1], s3: {bucket: logs}}}\n";
    sandbox.plan(&spec(two).replace("scan: {regions: declared}", "scan: {regions: all}")).await;
    assert_eq!(sandbox.times(GET).await, 2);
}

/// One member edited behind the back, or in the spec: who wrote what is there cannot be known.
#[tokio::test(flavor = "multi_thread")]
async fn what_differs_waits_for_adoption() {
    let sandbox = Sandbox::start().await;
    let text = spec(FULL);
    sandbox.apply(&text).await;
    let good = sandbox.logging().await;
    let edits = [
        ("/cloudWatchConfig/logGroupName", json!("other")),
        ("/cloudWatchConfig/roleArn", json!("arn:aws:iam::111122223333:role/Other")),
        ("/cloudWatchConfig/largeDataDeliveryS3Config/bucketName", json!("other")),
        ("/cloudWatchConfig/largeDataDeliveryS3Config/keyPrefix", json!("other/")),
        ("/s3Config/bucketName", json!("other")),
        ("/s3Config/keyPrefix", json!("other/")),
        ("/textDataDeliveryEnabled", json!(false)),
        ("/imageDataDeliveryEnabled", json!(false)),
        ("/embeddingDataDeliveryEnabled", json!(true)),
        ("/videoDataDeliveryEnabled", json!(true)),
        ("/audioDataDeliveryEnabled", json!(true)),
    ];
    for (member, value) in edits {
        sandbox
            .edit(|state| {
                let logging = &mut state["bedrock"][MANAGEMENT]["us-east-1"]["logging"];
                *logging.pointer_mut(member).expect(member) = value;
            })
            .await;
        let plan = sandbox.plan(&text).await;
        assert!(plan.actions.is_empty(), "{member}: {:?}", steps(&plan));
        assert_eq!(held(&plan), ["not-ours adopt invocation-logging logging"], "{member}");
        let flag = "--adopt --target invocation-logging/111122223333/us-east-1/logging";
        assert!(plan.held[0].hint.contains(flag), "{}", plan.held[0].hint);
        sandbox.forget_requests().await;
        let (plan, outcome) = sandbox.apply_with(&text, &adopting()).await;
        assert!(outcome.is_complete(), "{member}: {:?}", outcome.failed);
        assert_eq!(plan.actions[0].fields.len(), 1, "{member}: {:?}", plan.actions[0].fields);
        assert_eq!(sandbox.times(PUT).await, 1, "{member}");
        assert_eq!(sandbox.logging().await, good, "{member}");
        assert_in_sync(&sandbox.plan(&text).await, member);
    }
    // The same for an edit of the spec, of which AWS knows nothing either.
    let edited = text.replace("[TEXT, IMAGE]", "[TEXT]");
    assert_eq!(held(&sandbox.plan(&edited).await), ["not-ours adopt invocation-logging logging"]);
    let (plan, outcome) = sandbox.apply_with(&edited, &adopting()).await;
    assert!(outcome.is_complete() && plan.actions[0].hazards.is_empty(), "{:?}", outcome.failed);
    assert_in_sync(&sandbox.plan(&edited).await, &edited);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_is_made_again_and_what_is_no_longer_declared_is_left() {
    let sandbox = Sandbox::start().await;
    let text = spec(FULL);
    sandbox.apply(&text).await;
    let good = sandbox.logging().await;
    sandbox.edit(|state| state["bedrock"][MANAGEMENT]["us-east-1"]["logging"] = Value::Null).await;
    assert_eq!(steps(&sandbox.apply(&text).await), ["create invocation-logging logging"]);
    assert_in_sync(&sandbox.plan(&spec("")).await, "undeclared");
    let (plan, _) = sandbox.apply_with(&text, &destroying()).await;
    assert!(plan.actions.is_empty() && plan.held.is_empty(), "{:?} {:?}", steps(&plan), held(&plan));
    assert_eq!((sandbox.logging().await, sandbox.times(DELETE).await), (good, 0));
}

/// A configuration that is there already and says the same asks nothing of anybody, whoever made it; absent switches are
/// off, and an empty prefix is none.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_as_wanted_is_left_alone() {
    let sandbox = Sandbox::start().await;
    let theirs = json!({"s3Config": {"bucketName": "logs", "keyPrefix": ""}, "textDataDeliveryEnabled": true});
    sandbox.edit(|state| state["bedrock"][MANAGEMENT]["us-east-1"] = json!({ "logging": theirs })).await;
    let same = spec("invocation_logging: {default: {s3: {bucket: logs}, data: [TEXT]}}\n");
    assert_in_sync(&sandbox.plan(&same).await, &same);
    let (_, outcome) = sandbox.apply_with(&same, &adopting()).await;
    assert!(outcome.is_complete() && sandbox.times(PUT).await == 0);
}

/// It came after the plan was made, which a put would overwrite without a word.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_meanwhile_is_not_overwritten() {
    let sandbox = Sandbox::start().await;
    let text = spec(FULL);
    let sides = sandbox.sides(&text).await.expect("both sides");
    let plan = sides.plan(&Options::default(), bedrail::model::Digest::of(&text)).expect("a plan");
    let theirs = json!({"s3Config": {"bucketName": "theirs"}, "textDataDeliveryEnabled": true});
    sandbox.edit(|state| state["bedrock"][MANAGEMENT]["us-east-1"] = json!({ "logging": theirs })).await;
    let outcome = sandbox.carry_out(&sides, &plan).await;
    assert_eq!(outcome.failed.len(), 1, "{:?}", outcome.failed);
    assert_eq!((sandbox.logging().await, sandbox.times(PUT).await), (theirs, 0));
}

/// The role was made a moment ago, as in the same pipeline: AWS refuses it for a while.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_role_is_waited_for() {
    let sandbox = Sandbox::start().await;
    sandbox.set(json!({"propagation_ms": 1500})).await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    sandbox
        .edit(|state| {
            let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
            state["iam"][MANAGEMENT]["roles"]["BedrockLogging"] = json!({"trust": trust, "created": now});
        })
        .await;
    let text = spec(FULL);
    sandbox.apply(&text).await;
    assert!(sandbox.times(PUT).await > 1);
    assert_in_sync(&sandbox.plan(&text).await, &text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_is_lost_and_a_read_that_is_refused() {
    let sandbox = Sandbox::start().await;
    let text = spec(FULL);
    let lost = json!({"kind": "lost-reply", "operation": "PutModelInvocationLoggingConfiguration", "nth": 1});
    sandbox.control("POST", "/_bedrail/faults", &lost).await;
    let (_, outcome) = sandbox.apply_with(&text, &Options::default()).await;
    if !outcome.is_complete() {
        sandbox.apply(&text).await;
    }
    assert_in_sync(&sandbox.plan(&text).await, &text);
    let blind = json!({"kind": "error", "operation": "GetModelInvocationLoggingConfiguration"});
    sandbox.control("POST", "/_bedrail/faults", &blind).await;
    let plan = sandbox.plan(&text).await;
    assert_eq!(held(&plan), ["not-visible create invocation-logging logging"]);
}

/// Masking does not reach the logs.
#[tokio::test(flavor = "multi_thread")]
async fn personal_data_in_clear_is_warned_of() {
    let sandbox = Sandbox::start().await;
    let guarded = |pii: &str, data: &str| {
        let pii = format!(", sensitive_information_policy: {{pii_entities: {pii}}}");
        let logging = format!("invocation_logging: {{default: {{s3: {{bucket: logs}}, data: {data}}}}}\n");
        spec(&format!("guardrails:\n{}{logging}", guardrail("baseline", "one", &pii)))
    };
    let plan = sandbox.plan(&guarded("{EMAIL: ANONYMIZE, PASSWORD: BLOCK}", "[TEXT]")).await;
    let warning = plan.warnings.iter().find(|warning| warning.code == "W0905").expect("a warning");
    assert!(warning.message.contains("`baseline` (2 kinds of personal data)"), "{}", warning.message);
    assert_eq!(
        warning.address.as_ref().expect("an address").to_string(),
        "invocation-logging/111122223333/us-east-1/logging"
    );
    for (pii, data) in [("{EMAIL: NONE}", "[TEXT]"), ("{EMAIL: BLOCK}", "[IMAGE]")] {
        let plan = sandbox.plan(&guarded(pii, data)).await;
        assert!(!warnings(&plan).contains(&"W0905"), "{pii} {data}");
    }
}
