//! A client that knows HTTP and JSON, and nothing of the emulator.

use std::io::{Read, Write};
use std::net::TcpStream;

use bedrail_localstack::{Config, Emulator, Options, Partition, Seed};
use serde_json::{Value, json};

pub(crate) const MANAGEMENT: &str = "111122223333";
pub(crate) const SECURITY: &str = "222233334444";
pub(crate) const PAYMENTS_PROD: &str = "333344445555";
pub(crate) const SANDBOX_1: &str = "555566667777";
pub(crate) const ROOT: &str = "r-sand";
pub(crate) const SANDBOX: &str = "ou-sand-sandbox0";

/// Long enough never to pass while a test runs, unless the test moves the clock.
const DELAY: u32 = 3_600_000;

/// An emulator of its own, and the calls that a test makes.
pub(crate) struct Aws {
    emulator: Emulator,
    region: String,
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
        let region = emulator.home_region().to_owned();
        Self { emulator, region }
    }

    pub(crate) async fn stop(self) {
        self.emulator.stop().await;
    }

    /// A call from the management account.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Answer {
        self.call_from(MANAGEMENT, operation, input).await
    }

    pub(crate) async fn call_from(&self, account: &str, operation: &str, input: Value) -> Answer {
        let scope = format!("AKIA{account}/20260101/{}/organizations/aws4_request", self.region);
        let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00");
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &format!("AWSOrganizationsV20161128.{operation}")),
        ];
        let (status, body) = self.send("POST", "/", &headers, &input.to_string()).await;
        let body: Value = if body.is_empty() { Value::Null } else { serde_json::from_str(&body).expect("JSON") };
        if status == 200 {
            return Ok(body);
        }
        assert_eq!(status, 400, "{operation}: {body}");
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
        self.control("POST", "clock", json!({"advance_ms": DELAY})).await;
    }

    pub(crate) async fn control(&self, method: &str, path: &str, input: Value) -> Value {
        let (status, body) = self.send(method, &format!("/_bedrail/{path}"), &[], &input.to_string()).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
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

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let host = self.emulator.endpoint().trim_start_matches("http://").to_owned();
        let length = body.len().to_string();
        let own = [("host", host.as_str()), ("connection", "close"), ("content-length", &length)];
        let lines: String =
            own.iter().chain(headers).map(|(name, value)| [*name, ": ", value, "\r\n"].concat()).collect();
        let text = format!("{method} {path} HTTP/1.1\r\n{lines}\r\n{body}");
        let exchange = move || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(host)?;
            stream.write_all(text.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        let answer = tokio::task::spawn_blocking(exchange).await.expect("not cancelled").expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
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
