//! rest-json: method and path name the operation; labels, query string and a JSON body hold its input.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::{Reply, Request, event_stream};
use crate::error::ApiError;
use crate::shape::{Member, Place, Shape};

const CONTENT_TYPE: &str = "application/json";

/// The labels of a path, in order, if it fits the template (`/guardrails/{guardrailIdentifier}`). Labels are percent-decoded,
/// after the split: an encoded `/` is part of its label.
pub(crate) fn labels(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut labels = Vec::new();
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(labels),
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(_) if given.is_empty() => return None,
                Some(name) => labels.push((name.to_owned(), decode(given)?)),
                None if wanted == given => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

/// How the output of an operation becomes an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The body is the output; `Null` is an empty one.
    Json,
    /// The body is the output's member `body`, and its media type the member `contentType`.
    Payload,
    /// The body is the stream of the events in the output's list, each an object of its type and its content.
    Events,
}

/// The input: labels, the declared headers and query parameters, and the body's members, in one object, not yet checked. `None`
/// if the body is not JSON and has to be.
pub(crate) fn input(members: &[Member], labels: &[(String, String)], request: &Request) -> Option<Value> {
    let payload = members.iter().find(|member| member.place == Place::Payload);
    let body = match (request.body.as_ref(), payload) {
        ([], _) => json!({}),
        (bytes, Some(payload)) => json!({ payload.name: STANDARD.encode(bytes) }),
        (bytes, None) => serde_json::from_slice(bytes).ok()?,
    };
    let Value::Object(mut input) = body else { return Some(body) };
    // A body cannot stand in for what travels in the address.
    let in_body = |member: &Member| matches!(member.place, Place::Body | Place::Payload);
    input.retain(|name, _| members.iter().any(|member| member.name == name && in_body(member)));
    for member in members {
        if let Place::Header(header) = member.place
            && let Some(value) = request.headers.get(header)
        {
            // Bytes that are no text match no pattern, and are not to count as no header.
            input.insert(member.name.to_owned(), Value::from(String::from_utf8_lossy(value.as_bytes())));
        }
    }
    input.extend(labels.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))));
    let asked = members.iter().filter(|member| member.place == Place::Query);
    for (name, value) in request.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('=')) {
        if let Some(member) = asked.clone().find(|member| member.name == name) {
            input.insert(name.to_owned(), typed(&member.shape, decode(value)?));
        }
    }
    Some(Value::Object(input))
}

fn typed(shape: &Shape, text: String) -> Value {
    match (shape, text.parse::<i64>()) {
        (Shape::Integer { .. }, Ok(number)) => Value::from(number),
        _ => Value::String(text),
    }
}

fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// A success.
pub(crate) fn success(status: u16, form: Form, output: &Value, request_id: &str) -> Reply {
    let media_type = output["contentType"].as_str().unwrap_or(CONTENT_TYPE);
    match form {
        Form::Json if output.is_null() => {
            Reply { status, headers: headers(CONTENT_TYPE, request_id), body: Vec::new() }
        }
        Form::Json => {
            Reply { status, headers: headers(CONTENT_TYPE, request_id), body: output.to_string().into_bytes() }
        }
        Form::Payload => {
            Reply { status, headers: headers(media_type, request_id), body: output["body"].to_string().into_bytes() }
        }
        Form::Events => {
            let mut headers = headers(event_stream::CONTENT_TYPE, request_id);
            headers.push(("x-amzn-bedrock-content-type", media_type.to_owned()));
            Reply { status, headers, body: event_stream::encode(&output["events"]) }
        }
    }
}

pub(super) fn error(error: &ApiError, request_id: &str) -> Reply {
    let mut body = Map::from_iter([("message".to_owned(), Value::from(error.message.as_str()))]);
    body.extend(error.members.clone());
    let mut headers = headers(CONTENT_TYPE, request_id);
    headers.push(("x-amzn-errortype", error.code.clone()));
    Reply { status: error.status, headers, body: Value::Object(body).to_string().into_bytes() }
}

fn headers(media_type: &str, request_id: &str) -> Vec<(&'static str, String)> {
    vec![("content-type", media_type.to_owned()), ("x-amzn-requestid", request_id.to_owned())]
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::shape::{header, label, optional, payload, query, text};
    use crate::wire::request;

    const INPUT: &[Member] = &[
        label("id", text(1, 99)),
        query("maxResults", Shape::Integer { min: 1, max: 9 }),
        query("version", text(1, 9)),
        optional("name", text(1, 9)),
    ];

    #[test]
    fn labels_are_decoded_after_the_path_is_split() {
        let arn = labels("/guardrails/{id}", "/guardrails/arn%3Aaws%3Abedrock%3A%3A%3Aguardrail%2Fabc");
        assert_eq!(arn, Some(vec![("id".to_owned(), "arn:aws:bedrock:::guardrail/abc".to_owned())]));
        for other in ["/guardrails", "/guardrails/", "/guardrails/a/b", "/other/a"] {
            assert_eq!(labels("/guardrails/{id}", other), None, "{other}");
        }
    }

    #[test]
    fn input_comes_from_its_three_places_and_no_other() {
        let request = request(
            Method::PUT,
            "/x/7?maxResults=5&version=1%2F2&name=q&id=9",
            &[],
            r#"{"name":"n","id":"8","version":"b"}"#,
        );
        let input = input(INPUT, &[("id".to_owned(), "7".to_owned())], &request);
        assert_eq!(input, Some(json!({"id": "7", "maxResults": 5, "version": "1/2", "name": "n"})));
    }

    #[test]
    fn a_payload_is_taken_as_it_is_and_headers_are_members() {
        const INPUT: &[Member] = &[header("trace", "x-trace", text(0, 9)), payload("body")];
        let request = request(Method::POST, "/x", &[("x-trace", "ON"), ("x-other", "1")], "not JSON");
        assert_eq!(input(INPUT, &[], &request), Some(json!({"trace": "ON", "body": "bm90IEpTT04="})));
        let output = json!({"body": {"a": 1}, "contentType": "application/json"});
        assert_eq!(success(200, Form::Payload, &output, "id").body, br#"{"a":1}"#);
    }

    #[test]
    fn an_error_names_its_type_in_a_header() {
        let reply = error(&ApiError::new("TooManyTagsException", 400, "m").with("resourceName", "r"), "id");
        assert!(reply.headers.contains(&("x-amzn-errortype", "TooManyTagsException".to_owned())));
        assert_eq!(reply.body, br#"{"message":"m","resourceName":"r"}"#);
    }
}
