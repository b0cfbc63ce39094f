//! Organizations' calls, from whichever account.

use bedrail_localstack::{Config, Emulator, Options, Partition, Seed};
use serde_json::{Value, json};

use crate::client::{Client, MANAGEMENT};

pub(crate) const SECURITY: &str = "222233334444";
pub(crate) const PAYMENTS_PROD: &str = "333344445555";
pub(crate) const PAYMENTS_DEV: &str = "444455556666";
pub(crate) const SANDBOX_1: &str = "555566667777";
pub(crate) const ROOT: &str = "r-sand";
pub(crate) const SANDBOX: &str = "ou-sand-sandbox0";

/// Long enough never to pass while a test runs, unless the test moves the clock.
const DELAY: u32 = 3_600_000;

/// An emulator of its own, and the calls that a test makes.
pub(crate) struct Aws {
    emulator: Emulator,
    client: Client,
}

/// What came back: the body of a success, or code and body of a refusal.
pub(crate) type Answer = Result<Value, Refusal>;

#[derive(Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) body: Value,
}

impl Refusal {
    pub(crate) fn reason(&self) -> &str {
        self.body["Reason"].as_str().unwrap_or_default()
    }
}

impl Aws {
    pub(crate) async fn start() -> Self {
        Self::start_with(Config::default()).await
    }

    pub(crate) async fn start_from(organization: Value) -> Self {
        Self::start_with(Config { seed: Seed::Value(json!({"organization": organization})), ..Config::default() }).await
    }

    pub(crate) async fn start_in(partition: Partition) -> Self {
        Self::start_with(Config { partition, ..Config::default() }).await
    }

    pub(crate) async fn start_with(config: Config) -> Self {
        let options = Options { propagation_ms: DELAY, ..config.options };
        let emulator = Emulator::start(Config { options, ..config }).await.expect("the emulator starts");
        let client = Client::of(&emulator).region(emulator.home_region());
        Self { emulator, client }
    }

    pub(crate) async fn stop(self) {
        self.emulator.stop().await;
    }

    /// A call from the management account.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Answer {
        self.call_from(MANAGEMENT, operation, input).await
    }

    pub(crate) async fn call_from(&self, account: &str, operation: &str, input: Value) -> Answer {
        let target = format!("AWSOrganizationsV20161128.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &target)];
        let answer =
            self.client.account(account).signed("organizations", "POST", "/", &headers, &input.to_string()).await;
        if answer.status == 200 {
            return Ok(answer.ok(200));
        }
        let body = answer.ok(400);
        Err(Refusal { code: body["__type"].as_str().expect("a code").to_owned(), body })
    }

    /// As [`Aws::call`], for what has to succeed.
    pub(crate) async fn must(&self, operation: &str, input: Value) -> Value {
        self.call(operation, input.clone()).await.unwrap_or_else(|refusal| panic!("{operation} {input}: {refusal:?}"))
    }

    /// As [`Aws::call`], for what has to be refused.
    pub(crate) async fn refused(&self, operation: &str, input: Value) -> Refusal {
        self.call(operation, input.clone()).await.expect_err(&format!("{operation} {input} is refused"))
    }

    /// Everything under `member`, page by page.
    pub(crate) async fn all(&self, operation: &str, input: Value, member: &str) -> Vec<Value> {
        let (mut found, mut input) = (Vec::new(), input);
        loop {
            let page = self.must(operation, input.clone()).await;
            found.extend(page[member].as_array().expect("a list").iter().cloned());
            input["NextToken"] = page["NextToken"].clone();
            if input["NextToken"].is_null() {
                return found;
            }
        }
    }

    /// Lets everything that is pending come into effect.
    pub(crate) async fn wait(&self) {
        self.client.wait(DELAY).await;
    }

    /// The client, for what is not Organizations.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Bedrock policies enabled and in effect.
    pub(crate) async fn enable(&self) {
        self.must("EnablePolicyType", json!({"RootId": ROOT, "PolicyType": "BEDROCK_POLICY"})).await;
        self.wait().await;
    }

    /// A new Bedrock policy's id.
    pub(crate) async fn policy(&self, name: &str, document: &Value) -> String {
        let content = document.to_string();
        let input = json!({"Name": name, "Description": "", "Type": "BEDROCK_POLICY", "Content": content});
        let created = self.must("CreatePolicy", input).await;
        created["Policy"]["PolicySummary"]["Id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn attach(&self, policy: &str, target: &str) {
        self.must("AttachPolicy", json!({"PolicyId": policy, "TargetId": target})).await;
    }

    pub(crate) async fn detach(&self, policy: &str, target: &str) {
        self.must("DetachPolicy", json!({"PolicyId": policy, "TargetId": target})).await;
    }
}

/// A document with one configuration in us-east-1.
pub(crate) fn document(settings: &Value) -> Value {
    json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": settings}}}})
}

/// A document that names version 1 of a guardrail.
pub(crate) fn naming(guardrail: &str) -> Value {
    document(&json!({"identifier": {"@@assign": version(guardrail)}}))
}

pub(crate) fn version(guardrail: &str) -> String {
    format!("arn:aws:bedrock:us-east-1:111122223333:guardrail/{guardrail}:1")
}
