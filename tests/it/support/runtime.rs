//! Calls of models as somebody makes them who knows nothing of bedrail, over the wire.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whoever has the credentials.
pub(crate) struct Caller {
    endpoint: String,
    access_key: String,
    token: Option<String>,
}

impl Caller {
    /// The root of an account.
    pub(crate) fn root(endpoint: &str, account: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), access_key: format!("AKIA{account}"), token: None }
    }

    /// A session of a role of the account.
    pub(crate) async fn role(endpoint: &str, account: &str, role: &str) -> Self {
        let form = format!(
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::{account}:role/{role}&RoleSessionName=test"
        );
        let (status, answer) = Self::root(endpoint, account).send("sts", "/", &form, true).await;
        assert_eq!(status, 200, "{answer}");
        let part = |name: &str| {
            let rest = answer.split_once(&format!("<{name}>")).expect("a part").1;
            rest.split('<').next().expect("a text").to_owned()
        };
        Self { endpoint: endpoint.to_owned(), access_key: part("AccessKeyId"), token: Some(part("SessionToken")) }
    }

    /// A call of IAM.
    pub(crate) async fn iam(&self, action: &str, form: &str) -> (u16, String) {
        self.send("iam", "/", &format!("Action={action}&Version=2010-05-08&{form}"), true).await
    }

    /// The status of a conversation with a model, under a guardrail and version or without.
    pub(crate) async fn converse(&self, model: &str, guardrail: Option<(&str, &str)>) -> u16 {
        let mut body = json!({"messages": [{"role": "user", "content": [{"text": "hello"}]}]});
        if let Some((identifier, version)) = guardrail {
            body["guardrailConfig"] = json!({"guardrailIdentifier": identifier, "guardrailVersion": version});
        }
        self.send("bedrock", &format!("/model/{}/converse", model.replace(':', "%3A")), &body.to_string(), false)
            .await
            .0
    }

    async fn send(&self, service: &str, path: &str, body: &str, form: bool) -> (u16, String) {
        let host = self.endpoint.strip_prefix("http://").expect("an http endpoint");
        let content = if form { "application/x-www-form-urlencoded" } else { "application/json" };
        let key = &self.access_key;
        let token = self.token.as_ref().map(|token| format!("x-amz-security-token: {token}\r\n")).unwrap_or_default();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: {content}\r\ncontent-length: {}\r\n{token}authorization: \
             AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(host).await.expect("the emulator listens");
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the answer is text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }
}

/// The default version of a policy as the state of the local AWS has it.
pub(crate) fn document(state: &Value, account: &str, policy: &str) -> Value {
    let policy = &state["iam"][account]["policies"][policy];
    let version = &policy["versions"][policy["default_version"].to_string()]["document"];
    match version {
        Value::String(text) => serde_json::from_str(text).expect("JSON"),
        other => other.clone(),
    }
}
