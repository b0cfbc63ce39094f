//! Query: a form names action, API version and input; the answer is XML.

use percent_encoding::percent_decode_str;
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Map, Value, json};

use super::{Reply, Request};
use crate::error::ApiError;

pub(super) const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The form's fields, from the body or, for a GET, from the address. `None` if an escape is broken.
pub(crate) fn input(request: &Request) -> Option<Map<String, Value>> {
    let form = if request.body.is_empty() {
        request.uri.query().unwrap_or_default()
    } else {
        std::str::from_utf8(&request.body).ok()?
    };
    form.split('&').filter(|pair| !pair.is_empty()).map(field).collect()
}

fn field(pair: &str) -> Option<(String, Value)> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    Some((decode(name)?, Value::String(decode(value)?)))
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// A success: `<ActionResponse><ActionResult>…</ActionResult><ResponseMetadata>…`.
pub(crate) fn success(action: &str, namespace: &str, output: &Value, request_id: &str) -> Reply {
    let mut parts = Map::new();
    if !output.is_null() {
        parts.insert(format!("{action}Result"), output.clone());
    }
    parts.insert("ResponseMetadata".to_owned(), json!({ "RequestId": request_id }));
    reply(200, &format!("{action}Response"), Some(namespace), &Value::Object(parts), request_id)
}

pub(super) fn error(error: &ApiError, request_id: &str) -> Reply {
    let blame = if error.status < 500 { "Sender" } else { "Receiver" };
    let mut detail = Map::from_iter([
        ("Type".to_owned(), Value::from(blame)),
        ("Code".to_owned(), Value::from(error.code.as_str())),
        ("Message".to_owned(), Value::from(error.message.as_str())),
    ]);
    detail.extend(error.members.clone());
    reply(error.status, "ErrorResponse", None, &json!({ "Error": detail, "RequestId": request_id }), request_id)
}

fn reply(status: u16, root: &str, namespace: Option<&str>, content: &Value, request_id: &str) -> Reply {
    let mut writer = Writer::new(Vec::new());
    element(&mut writer, root, namespace, content).expect("a buffer takes every write");
    let headers = vec![("content-type", "text/xml".to_owned()), ("x-amzn-requestid", request_id.to_owned())];
    Reply { status, headers, body: writer.into_inner() }
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, namespace: Option<&str>, content: &Value) -> std::io::Result<()> {
    let mut start = BytesStart::new(name);
    if let Some(namespace) = namespace {
        start.push_attribute(("xmlns", namespace));
    }
    writer.write_event(Event::Start(start))?;
    match content {
        Value::Null => {}
        Value::Object(members) => {
            members.iter().try_for_each(|(name, content)| element(writer, name, None, content))?;
        }
        Value::Array(items) => items.iter().try_for_each(|item| element(writer, "member", None, item))?,
        Value::String(text) => writer.write_event(Event::Text(BytesText::new(text)))?,
        plain => writer.write_event(Event::Text(BytesText::new(&plain.to_string())))?,
    }
    writer.write_event(Event::End(BytesEnd::new(name)))
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::wire::request;

    #[test]
    fn a_form_is_read_from_the_body_or_the_address() {
        let posted = request(Method::POST, "/", &[], "Action=GetRole&RoleName=a%2Bb+c");
        let asked = request(Method::GET, "/?Action=GetRole&RoleName=a%2Bb+c", &[], "");
        assert_eq!(input(&posted).map(Value::Object), Some(json!({"Action": "GetRole", "RoleName": "a+b c"})));
        assert_eq!(input(&posted), input(&asked));
    }

    #[test]
    fn answers_are_xml() {
        let reply = success("List", "urn:x", &json!({"Names": ["a<b", "c"]}), "id");
        assert_eq!(
            String::from_utf8(reply.body).as_deref(),
            Ok(
                "<ListResponse xmlns=\"urn:x\"><ListResult><Names><member>a&lt;b</member><member>c</member></Names></ListResult>\
                <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></ListResponse>"
            )
        );
    }
}
