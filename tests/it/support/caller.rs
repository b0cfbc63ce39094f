//! Whoever calls the local AWS besides bedrail: a role of some account, over plain HTTP. Signatures are parsed there, and not
//! verified.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Sandbox;

/// Credentials.
pub(crate) struct Caller {
    host: String,
    access_key: String,
    token: String,
}

/// A status, and what came with it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    /// Whether a policy forbids the call.
    pub(crate) fn is_denied(&self) -> bool {
        self.status == 403 && self.text.contains("not authorized")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// The key and the token of an answer of STS.
pub(crate) fn credentials(text: &str) -> Option<(String, String)> {
    let member = |name: &str| {
        let inside = text.split_once(&format!("<{name}>"))?.1;
        inside.split('<').next().map(str::to_owned)
    };
    Some((member("AccessKeyId")?, member("SessionToken")?))
}

impl Sandbox {
    /// A session of a role of `account`, which trusts that account or the management account.
    pub(crate) async fn session(&self, account: &str, role: &str) -> Caller {
        let root = self.root(if role == "app-role" { account } else { super::MANAGEMENT });
        let entered = root.enter(&format!("arn:aws:iam::{account}:role/{role}"), "").await;
        entered.unwrap_or_else(|answer| panic!("{answer:?}"))
    }

    /// Whoever has these credentials.
    pub(crate) fn bearer(&self, access_key: String, token: String) -> Caller {
        Caller { host: self.endpoint().trim_start_matches("http://").to_owned(), access_key, token }
    }

    /// The root of an account.
    pub(crate) fn root(&self, account: &str) -> Caller {
        Caller::root(self.endpoint(), account)
    }
}

impl Caller {
    /// The root of an account, where the local AWS listens there.
    pub(crate) fn root(endpoint: &str, account: &str) -> Self {
        let host = endpoint.trim_start_matches("http://").to_owned();
        Self { host, access_key: format!("AKIA{account}"), token: String::new() }
    }

    /// A session of a role, asked for with these parameters besides.
    ///
    /// # Errors
    /// The role lets this caller not in.
    pub(crate) async fn enter(&self, role: &str, more: &str) -> Result<Self, Answer> {
        let form = format!("Action=AssumeRole&Version=2011-06-15&RoleSessionName=test&RoleArn={role}{more}");
        let answer =
            self.send("sts", "POST", "/", &[("content-type", "application/x-www-form-urlencoded")], &form).await;
        match credentials(&answer.text) {
            Some((access_key, token)) if answer.status == 200 => {
                Ok(Self { host: self.host.clone(), access_key, token })
            }
            _ => Err(answer),
        }
    }

    /// A call of Bedrock in us-east-1.
    pub(crate) async fn bedrock(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send("bedrock", method, path, &[("content-type", "application/json")], &body.to_string()).await
    }

    /// A call of Organizations.
    pub(crate) async fn organizations(&self, operation: &str, body: &Value) -> Answer {
        let target = format!("AWSOrganizationsV20161128.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        self.send("organizations", "POST", "/", &headers, &body.to_string()).await
    }

    /// A call of Bedrock in another Region.
    pub(crate) async fn bedrock_in(&self, region: &str, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send_to(region, "bedrock", method, path, &headers, &body).await
    }

    /// A call of IAM.
    pub(crate) async fn iam(&self, action: &str, form: &str) -> Answer {
        let form = format!("Action={action}&Version=2010-05-08&{form}");
        self.send("iam", "POST", "/", &[("content-type", "application/x-www-form-urlencoded")], &form).await
    }

    /// A call of a model, with the headers that name a guardrail and its version.
    pub(crate) async fn invoke(&self, model: &str, guardrail: Option<(&str, &str)>) -> Answer {
        let mut headers = vec![("content-type", "application/json")];
        if let Some((identifier, version)) = guardrail {
            headers.push(("x-amzn-bedrock-guardrailidentifier", identifier));
            headers.push(("x-amzn-bedrock-guardrailversion", version));
        }
        let body = if model.contains("embed") {
            json!({"inputText": "hello"})
        } else {
            json!({"messages": [{"role": "user", "content": [{"text": "hello"}]}]})
        };
        let path = format!("/model/{}/invoke", model.replace(':', "%3A"));
        self.send("bedrock", "POST", &path, &headers, &body.to_string()).await
    }

    /// The status of a conversation with a model, under a guardrail and version or without.
    pub(crate) async fn converse(&self, model: &str, guardrail: Option<(&str, &str)>) -> u16 {
        let mut body = json!({"messages": [{"role": "user", "content": [{"text": "hello"}]}]});
        if let Some((identifier, version)) = guardrail {
            body["guardrailConfig"] = json!({"guardrailIdentifier": identifier, "guardrailVersion": version});
        }
        self.bedrock("POST", &format!("/model/{}/converse", model.replace(':', "%3A")), &body).await.status
    }

    async fn send(&self, service: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send_to("us-east-1", service, method, path, headers, body).await
    }

    async fn send_to(
        &self,
        region: &str,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let Self { host, access_key, token } = self;
        let scope = format!("Credential={access_key}/20260101/{region}/{service}/aws4_request");
        let signature = format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0");
        let token = Some(("x-amz-security-token", token.as_str())).filter(|(_, token)| !token.is_empty());
        let known = [("host", host.as_str()), ("connection", "close"), ("authorization", signature.as_str())];
        let lines = known.into_iter().chain(token).chain(headers.iter().copied());
        let lines: Vec<String> = lines.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!("{method} {path} HTTP/1.1\r\n{}", lines.concat());
        let mut stream = TcpStream::connect(host).await.expect("the emulator listens");
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer);
        let (head, text) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, text: text.to_owned() }
    }
}
