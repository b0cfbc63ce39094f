//! Just enough HTTP for the control interface of the local AWS.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends one request on a connection of its own and reads the JSON that comes back; null for an empty answer.
pub(crate) async fn call(endpoint: &str, method: &str, path: &str, body: &Value) -> Value {
    let host = endpoint.strip_prefix("http://").expect("an http endpoint");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).await.expect("the emulator listens");
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the answer is text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    assert!(status.starts_with('2'), "{method} {path}: {status} {body}");
    if body.trim().is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") }
}
