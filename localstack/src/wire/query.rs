//! Query: a form names action, API version and input; the answer is XML.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Map, Value, json};

use super::{Reply, Request};
use crate::error::ApiError;
use crate::shape::{self, Member, Misfit, Shape, Violation};

pub(super) const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// What a service of this protocol has of its own.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) version: &'static str,
    pub(crate) namespace: &'static str,
    /// Whether a validation error repeats the value: STS does, IAM does not.
    pub(crate) shows_values: bool,
    /// The pattern of names, and what is said of one that does not fit it.
    pub(crate) names: Option<(&'static str, &'static str)>,
}

/// The fields of a form: names such as `Tags.member.1.Key`.
pub(crate) type Form = BTreeMap<String, String>;

/// The form's fields, from the body or, for a GET, from the address. `None` if an escape is broken.
pub(crate) fn form(request: &Request) -> Option<Form> {
    let form = if request.body.is_empty() {
        request.uri.query().unwrap_or_default()
    } else {
        std::str::from_utf8(&request.body).ok()?
    };
    form.split('&').filter(|pair| !pair.is_empty()).map(field).collect()
}

fn field(pair: &str) -> Option<(String, String)> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    Some((decode(name)?, decode(value)?))
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// The input of an operation, checked against its shape. The wording is as recorded from IAM and STS: members begin in lower
/// case. Inferred: what is said to a text where a number belongs.
pub(crate) fn input(
    service: &Service,
    members: &'static [Member],
    form: &Form,
) -> Result<Map<String, Value>, ApiError> {
    shape::inspect(members, &structure(members, form, "")).map_err(|misfit| match misfit {
        Misfit::Mistyped { path, wanted } => {
            ApiError::new("MalformedInput", 400, format!("The value at '{}' must be a JSON {wanted}.", lower(&path)))
        }
        Misfit::Violated(violations) => {
            if let Some((pattern, told)) = service.names
                && let [Violation { path, constraint, .. }] = violations.as_slice()
                && constraint.ends_with(&format!(": {pattern}"))
            {
                let message = format!("The specified value for {} is invalid. {told}", lower(path));
                return ApiError::new("ValidationError", 400, message);
            }
            let told = violations.into_iter().map(|Violation { path, shown, constraint }| {
                let shown = if service.shows_values || shown == " null" { shown } else { String::new() };
                format!("Value{shown} at '{}' failed to satisfy constraint: {constraint}", lower(&path))
            });
            ApiError::new("ValidationError", 400, shape::detected(told))
        }
    })
}

/// `Tags.1.member.Key` as `tags.1.member.key`.
fn lower(path: &str) -> String {
    let segment = |segment: &str| {
        let mut characters = segment.chars();
        characters.next().map(|first| first.to_lowercase().chain(characters).collect::<String>()).unwrap_or_default()
    };
    path.split('.').map(segment).collect::<Vec<_>>().join(".")
}

fn structure(members: &[Member], form: &Form, prefix: &str) -> Value {
    let given = members.iter().filter_map(|member| {
        let value = value(&member.shape, form, &format!("{prefix}{}", member.name))?;
        Some((member.name.to_owned(), value))
    });
    Value::Object(given.collect())
}

/// The value under a name, with the type that the shape wants where the text allows it.
fn value(shape: &Shape, form: &Form, name: &str) -> Option<Value> {
    match shape {
        Shape::Structure(members) => {
            let prefix = format!("{name}.");
            within(form, &prefix).next()?;
            Some(structure(members, form, &prefix))
        }
        Shape::List { item, .. } => {
            let prefix = format!("{name}.member.");
            let number = |field: &str| field[prefix.len()..].split('.').next()?.parse::<u32>().ok();
            let numbers: BTreeSet<u32> = within(form, &prefix).filter_map(number).collect();
            if numbers.is_empty() {
                // An empty list is sent as the name alone.
                return form.contains_key(name).then(|| json!([]));
            }
            let item = |number: u32| value(item, form, &format!("{prefix}{number}")).unwrap_or(Value::Null);
            Some(numbers.into_iter().map(item).collect())
        }
        shape => form.get(name).map(|text| typed(shape, text)),
    }
}

/// The names that begin so.
fn within<'a>(form: &'a Form, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    form.range(prefix.to_owned()..).map(|(name, _)| name.as_str()).take_while(move |name| name.starts_with(prefix))
}

fn typed(shape: &Shape, text: &str) -> Value {
    let read = match shape {
        Shape::Integer { .. } => text.parse::<i64>().ok().map(Value::from),
        Shape::Number { .. } => text.parse::<f64>().ok().map(Value::from),
        Shape::Flag => text.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    read.unwrap_or_else(|| Value::from(text))
}

/// A success: `<ActionResponse><ActionResult>…</ActionResult><ResponseMetadata>…`, in this order whatever the action is called,
/// since clients read the first part as the result.
pub(crate) fn success(action: &str, namespace: &str, output: &Value, request_id: &str) -> Reply {
    let result = (!output.is_null()).then(|| (format!("{action}Result"), output.clone()));
    let metadata = ("ResponseMetadata".to_owned(), json!({ "RequestId": request_id }));
    let parts: Vec<(String, Value)> = result.into_iter().chain([metadata]).collect();
    let parts = parts.iter().map(|(name, content)| (name.as_str(), content));
    reply(200, &format!("{action}Response"), Some(namespace), parts, request_id)
}

pub(super) fn error(error: &ApiError, request_id: &str) -> Reply {
    let blame = if error.status < 500 { "Sender" } else { "Receiver" };
    let mut detail = Map::from_iter([
        ("Type".to_owned(), Value::from(blame)),
        ("Code".to_owned(), Value::from(error.code.as_str())),
        ("Message".to_owned(), Value::from(error.message.as_str())),
    ]);
    detail.extend(error.members.clone());
    let (detail, request) = (Value::Object(detail), Value::from(request_id));
    reply(error.status, "ErrorResponse", None, [("Error", &detail), ("RequestId", &request)], request_id)
}

fn reply<'a>(
    status: u16,
    root: &str,
    namespace: Option<&str>,
    parts: impl IntoIterator<Item = (&'a str, &'a Value)>,
    request_id: &str,
) -> Reply {
    let mut writer = Writer::new(Vec::new());
    around(&mut writer, root, namespace, |writer| {
        parts.into_iter().try_for_each(|(name, content)| element(writer, name, content))
    })
    .expect("a buffer takes every write");
    let headers = vec![("content-type", "text/xml".to_owned()), ("x-amzn-requestid", request_id.to_owned())];
    Reply { status, headers, body: writer.into_inner() }
}

fn around(
    writer: &mut Writer<Vec<u8>>,
    name: &str,
    namespace: Option<&str>,
    inside: impl FnOnce(&mut Writer<Vec<u8>>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut start = BytesStart::new(name);
    if let Some(namespace) = namespace {
        start.push_attribute(("xmlns", namespace));
    }
    writer.write_event(Event::Start(start))?;
    inside(writer)?;
    writer.write_event(Event::End(BytesEnd::new(name)))
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, content: &Value) -> std::io::Result<()> {
    around(writer, name, None, |writer| match content {
        Value::Null => Ok(()),
        Value::Object(members) => members.iter().try_for_each(|(name, content)| element(writer, name, content)),
        Value::Array(items) => items.iter().try_for_each(|item| element(writer, "member", item)),
        Value::String(text) => write_text(writer, &text.replace(is_outside_xml, "\u{FFFD}")),
        plain => write_text(writer, &plain.to_string()),
    })
}

fn write_text(writer: &mut Writer<Vec<u8>>, text: &str) -> std::io::Result<()> {
    writer.write_event(Event::Text(BytesText::new(text)))
}

/// Whether XML 1.0 has no way to write the character, not even as a reference. A request's text may be repeated in an error.
fn is_outside_xml(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::shape::{list, optional, pattern, required, text};
    use crate::wire::request;

    const TAG: Shape = Shape::Structure(&[required("Key", text(1, 3)), required("Value", text(0, 3))]);
    const INPUT: &[Member] = &[
        required("Name", pattern(1, 5, "[a-z]+")),
        optional("Tags", list(0, 2, &TAG)),
        optional("Keys", list(0, 11, &text(1, 3))),
        optional("Most", Shape::Integer { min: 1, max: 9 }),
        optional("On", Shape::Flag),
    ];

    fn read(body: &'static str, shows_values: bool) -> Result<Value, String> {
        let service =
            Service { version: "1", namespace: "urn:x", shows_values, names: Some(("[a-z]+", "Letters only.")) };
        let form = form(&request(Method::POST, "/", &[], body)).expect("a form");
        let input = input(&service, INPUT, &form).map(Value::Object);
        input.map_err(|error| format!("{} {}", error.code, error.message))
    }

    #[test]
    fn a_form_is_read_from_the_body_or_the_address() {
        let posted = request(Method::POST, "/", &[], "Action=GetRole&RoleName=a%2Bb+c");
        let asked = request(Method::GET, "/?Action=GetRole&RoleName=a%2Bb+c", &[], "");
        let fields = [("Action", "GetRole"), ("RoleName", "a+b c")];
        assert_eq!(form(&posted), Some(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into()));
        assert_eq!(form(&posted), form(&asked));
    }

    #[test]
    fn a_form_becomes_typed_input() {
        let tags = "Tags.member.2.Key=b&Tags.member.2.Value=&Tags.member.1.Value=x&Tags.member.1.Key=a";
        let body = format!("Name=n&Action=Get&Most=7&On=true&Other=1&Keys=&{tags}").leak();
        let tags = json!([{"Key": "a", "Value": "x"}, {"Key": "b", "Value": ""}]);
        assert_eq!(read(body, true), Ok(json!({"Name": "n", "Most": 7, "On": true, "Keys": [], "Tags": tags})));
        let keys: Vec<String> = (1..12).map(|number| format!("Keys.member.{number}=k{number}")).collect();
        let keys = read(format!("Name=n&{}", keys.join("&")).leak(), true).expect("valid")["Keys"].clone();
        assert_eq!((&keys[1], &keys[10]), (&json!("k2"), &json!("k11")), "items are in the order of their numbers");
    }

    #[test]
    fn misfits_are_worded_as_the_service_does() {
        for (body, shows_values, told) in [
            (
                "Name=abcdef",
                true,
                "ValidationError 1 validation error detected: Value 'abcdef' at 'name' failed to satisfy \
              constraint: Member must have length less than or equal to 5",
            ),
            (
                "Name=a&Tags.member.1.Key=",
                false,
                "ValidationError 2 validation errors detected: Value at 'tags.1.member.key' \
              failed to satisfy constraint: Member must have length greater than or equal to 1; Value null at \
              'tags.1.member.value' failed to satisfy constraint: Member must not be null",
            ),
            ("Name=A", true, "ValidationError The specified value for name is invalid. Letters only."),
            ("Name=a&Most=x", true, "MalformedInput The value at 'most' must be a JSON integer."),
        ] {
            assert_eq!(read(body, shows_values), Err(told.to_owned()));
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        let reply = success("Get", "urn:x", &json!({"Name": "a\u{0}b\u{1F}c\td\u{FFFF}"}), "id");
        let text = String::from_utf8(reply.body).expect("UTF-8");
        assert!(text.contains("<Name>a\u{FFFD}b\u{FFFD}c\td\u{FFFD}</Name>"), "{text}");
    }

    #[test]
    fn the_result_comes_first_whatever_the_action_is_called() {
        for action in ["GetRole", "SimulateCustomPolicy"] {
            let text = String::from_utf8(success(action, "urn:x", &json!({"A": 1}), "id").body).expect("UTF-8");
            let begins = format!(
                "<{action}Response xmlns=\"urn:x\"><{action}Result><A>1</A></{action}Result><ResponseMetadata>"
            );
            assert!(text.starts_with(&begins), "{text}");
        }
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
