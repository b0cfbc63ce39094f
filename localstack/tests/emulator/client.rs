//! A client that knows nothing of AWS but the form of a signature.

use std::io::ErrorKind;

use bedrail_localstack::{Config, Emulator};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const MANAGEMENT: &str = "111122223333";
pub(crate) const MEMBER: &str = "222233334444";

/// Somebody, in some Region, at some emulator.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    address: String,
    access_key: String,
    /// Of a session.
    token: Option<String>,
    region: String,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    /// The body as it came, for what is not text.
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn of(emulator: &Emulator) -> Self {
        let address = emulator.endpoint().trim_start_matches("http://").to_owned();
        Self { address, access_key: format!("AKIA{MANAGEMENT}"), token: None, region: "us-east-1".to_owned() }
    }

    /// The account's root.
    pub(crate) fn account(&self, account: &str) -> Self {
        Self { access_key: format!("AKIA{account}"), token: None, ..self.clone() }
    }

    /// Whoever has the credentials.
    pub(crate) fn session(&self, access_key: &str, token: Option<&str>) -> Self {
        Self { access_key: access_key.to_owned(), token: token.map(str::to_owned), ..self.clone() }
    }

    /// A session of the role, by its ARN.
    pub(crate) async fn assume(&self, role: &str) -> Self {
        let form = format!("RoleArn={role}&RoleSessionName=test");
        let answer = self.query("sts", "AssumeRole", &form).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.session(answer.xml("AccessKeyId"), Some(answer.xml("SessionToken")))
    }

    /// A call of STS or IAM.
    pub(crate) async fn query(&self, service: &str, action: &str, form: &str) -> Answer {
        let version = if service == "sts" { "2011-06-15" } else { "2010-05-08" };
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let form = format!("Action={action}&Version={version}&{form}");
        self.signed(service, "POST", "/", &headers, &form).await
    }

    pub(crate) fn region(&self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self.clone() }
    }

    /// A call of Bedrock.
    pub(crate) async fn bedrock(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.signed("bedrock", method, path, &[("content-type", "application/json")], &body.to_string()).await
    }

    /// A call of Organizations.
    pub(crate) async fn organizations(&self, operation: &str, body: &Value) -> Answer {
        let target = format!("AWSOrganizationsV20161128.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        self.signed("organizations", "POST", "/", &headers, &body.to_string()).await
    }

    /// A call of a service, signed.
    pub(crate) async fn signed(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.try_signed(service, method, path, headers, body).await.expect("answered")
    }

    /// Like [`Client::signed`]; an error where the connection breaks before an answer.
    pub(crate) async fn try_signed(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, ErrorKind> {
        let Self { access_key, token, region, .. } = self;
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let token = token.as_deref().map(|token| ("x-amz-security-token", token));
        let headers: Vec<_> =
            headers.iter().copied().chain(token).chain([("authorization", signature.as_str())]).collect();
        self.attempt(method, path, &headers, body).await
    }

    /// A call under `/_bedrail/`.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(method, &format!("/_bedrail/{path}"), &[], &body.to_string()).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.attempt(method, path, headers, body).await.expect("answered")
    }

    /// Like [`Client::send`]; an error where the connection breaks before an answer.
    async fn attempt(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, ErrorKind> {
        let headers: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).await.expect("the emulator listens");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.map_err(|error| error.kind())?;
        let end = response.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or(ErrorKind::UnexpectedEof)?;
        let (head, body) = (String::from_utf8_lossy(&response[..end]), response[end + 4..].to_vec());
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers =
            lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Answer {
            status: status.expect("a status"),
            headers: headers.collect(),
            text: String::from_utf8_lossy(&body).into_owned(),
            body,
        })
    }

    /// Lets time go by.
    pub(crate) async fn wait(&self, ms: u32) {
        assert_eq!(self.control("POST", "clock", &json!({ "advance_ms": ms })).await.status, 200);
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("JSON: {self:?}"))
    }

    /// The texts of all elements of that name, in XML.
    pub(crate) fn xmls(&self, name: &str) -> Vec<&str> {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let mut parts = self.text.split(start.as_str());
        parts.next();
        parts.map(|part| part.split_once(end.as_str()).expect("an end").0).collect()
    }

    /// The text of the first element of that name, in XML.
    pub(crate) fn xml(&self, name: &str) -> &str {
        self.xmls(name).first().unwrap_or_else(|| panic!("{name}: {}", self.text))
    }

    /// The message of a Query error of that status and code.
    pub(crate) fn query_refused(&self, status: u16, code: &str) -> String {
        assert_eq!((self.status, self.xml("Code")), (status, code), "{}", self.text);
        self.xml("Message").replace("&apos;", "'").replace("&quot;", "\"")
    }

    /// The body of a success.
    pub(crate) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The message of a rest-json error of that status and code.
    pub(crate) fn refused(&self, status: u16, code: &str) -> String {
        assert_eq!((self.status, self.header("x-amzn-errortype")), (status, Some(code)), "{}", self.text);
        self.json()["message"].as_str().expect("a message").to_owned()
    }
}

pub(crate) async fn emulator() -> Emulator {
    Emulator::start(Config::default()).await.expect("starts")
}

/// A small guardrail.
pub(crate) fn guardrail(name: &str) -> Value {
    json!({
        "name": name,
        "blockedInputMessaging": "No.",
        "blockedOutputsMessaging": "No.",
        "wordPolicyConfig": {"wordsConfig": [{"text": "tulip"}]},
    })
}

/// Creates a guardrail and waits until it is ready; its id and ARN.
pub(crate) async fn created(client: &Client, body: &Value) -> (String, String) {
    let answer = client.bedrock("POST", "/guardrails", body).await.ok(202);
    client.wait(1000).await;
    let text = |name: &str| answer[name].as_str().expect("a text").to_owned();
    (text("guardrailId"), text("guardrailArn"))
}

/// Publishes a version and waits until it is ready; its number.
pub(crate) async fn published(client: &Client, id: &str) -> String {
    let answer = client.bedrock("POST", &format!("/guardrails/{id}"), &json!({})).await.ok(202);
    client.wait(1000).await;
    answer["version"].as_str().expect("a version").to_owned()
}

pub(crate) fn encoded(label: &str) -> String {
    label.replace(':', "%3A").replace('/', "%2F")
}
