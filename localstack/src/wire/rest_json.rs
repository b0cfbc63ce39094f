//! rest-json: method and path name the operation; labels, query string and a JSON body hold its input.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::{Reply, Request};
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

/// The input: labels, the declared query parameters and the body's members in one object, not yet checked. `None` if the body
/// is not JSON.
pub(crate) fn input(members: &[Member], labels: &[(String, String)], request: &Request) -> Option<Value> {
    let body = match request.body.as_ref() {
        [] => json!({}),
        bytes => serde_json::from_slice(bytes).ok()?,
    };
    let Value::Object(mut input) = body else { return Some(body) };
    // A body cannot stand in for what travels in the address.
    input.retain(|name, _| members.iter().any(|member| member.name == name && member.place == Place::Body));
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

/// A success; `Null` is an empty body.
pub(crate) fn success(status: u16, output: &Value, request_id: &str) -> Reply {
    let body = if output.is_null() { Vec::new() } else { output.to_string().into_bytes() };
    Reply { status, headers: headers(request_id), body }
}

pub(super) fn error(error: &ApiError, request_id: &str) -> Reply {
    let mut body = Map::from_iter([("message".to_owned(), Value::from(error.message.as_str()))]);
    body.extend(error.members.clone());
    let mut headers = headers(request_id);
    headers.push(("x-amzn-errortype", error.code.clone()));
    Reply { status: error.status, headers, body: Value::Object(body).to_string().into_bytes() }
}

fn headers(request_id: &str) -> Vec<(&'static str, String)> {
    vec![("content-type", CONTENT_TYPE.to_owned()), ("x-amzn-requestid", request_id.to_owned())]
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::shape::{label, optional, query, text};
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
    fn an_error_names_its_type_in_a_header() {
        let reply = error(&ApiError::new("TooManyTagsException", 400, "m").with("resourceName", "r"), "id");
        assert!(reply.headers.contains(&("x-amzn-errortype", "TooManyTagsException".to_owned())));
        assert_eq!(reply.body, br#"{"message":"m","resourceName":"r"}"#);
    }
}
