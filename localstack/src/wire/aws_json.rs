//! AWS JSON 1.1: a header names the operation, the body is its input.

use serde_json::{Map, Value, json};

use super::{Reply, Request};
use crate::error::ApiError;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// The operation of a request to the service whose targets begin with `service`, a dot after it.
pub(crate) fn operation<'a>(service: &str, request: &'a Request) -> Option<&'a str> {
    request.header("x-amz-target")?.strip_prefix(service)?.strip_prefix('.')
}

/// The body; `None` if it is not JSON.
pub(crate) fn input(request: &Request) -> Option<Value> {
    match request.body.as_ref() {
        [] => Some(json!({})),
        bytes => serde_json::from_slice(bytes).ok(),
    }
}

/// A success; `Null` is an empty body, as operations without output have it.
pub(crate) fn success(output: &Value, request_id: &str) -> Reply {
    let body = if output.is_null() { Vec::new() } else { output.to_string().into_bytes() };
    Reply { status: 200, headers: headers(request_id), body }
}

pub(super) fn error(error: &ApiError, request_id: &str) -> Reply {
    let mut body = Map::from_iter([
        ("__type".to_owned(), Value::from(error.code.as_str())),
        ("Message".to_owned(), Value::from(error.message.as_str())),
    ]);
    body.extend(error.members.clone());
    Reply { status: error.status, headers: headers(request_id), body: Value::Object(body).to_string().into_bytes() }
}

fn headers(request_id: &str) -> Vec<(&'static str, String)> {
    vec![("content-type", CONTENT_TYPE.to_owned()), ("x-amzn-requestid", request_id.to_owned())]
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::wire::request;

    #[test]
    fn the_target_names_the_operation() {
        let request = request(Method::POST, "/", &[("x-amz-target", "AWSOrganizationsV20161128.ListRoots")], "");
        assert_eq!(operation("AWSOrganizationsV20161128", &request), Some("ListRoots"));
        assert_eq!(operation("Other", &request), None);
        assert_eq!(input(&request), Some(json!({})));
    }

    #[test]
    fn an_error_carries_its_type_and_members() {
        let reply = error(&ApiError::new("InvalidInputException", 400, "m").with("Reason", "INVALID_PATTERN"), "id");
        assert_eq!(reply.body, br#"{"Message":"m","Reason":"INVALID_PATTERN","__type":"InvalidInputException"}"#);
    }
}
