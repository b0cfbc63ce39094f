//! Documents that bedrail passes on: JSON written as YAML.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::scalar::check_expressions;
use super::{Decode, Reading, Shape};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::codes;
use crate::spec::node::{Core, Entry, Node, Scalar, Value, Written};
use crate::spec::template::Template;

/// A JSON value with places. Its texts may hold every expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// A string.
    Text(Template),
    /// An array.
    List(Vec<Spanned<Tree>>),
    /// An object, in the order of the text.
    Map(Vec<(Spanned<String>, Spanned<Tree>)>),
}

impl Tree {
    /// The value of a key, if it is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Spanned<Tree>> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name.value == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

impl Decode for Tree {
    const SHAPE: Shape = Shape::Any;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        match &node.value {
            Value::Null => Some(Self::Null),
            Value::Scalar(scalar) => leaf(node, scalar, cx),
            Value::Seq(items) => {
                let items: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| cx.within_item(at, |cx| super::decode(item, cx)))
                    .collect();
                items.into_iter().collect::<Option<_>>().map(Self::List)
            }
            Value::Map(entries) => {
                let read =
                    |Entry { key, value }: &Entry| Some((key.clone(), cx.within(key, |cx| super::decode(value, cx))?));
                let entries: Vec<_> = entries.iter().map(read).collect();
                entries.into_iter().collect::<Option<_>>().map(Self::Map)
            }
        }
    }
}

fn leaf(node: &Node, scalar: &Scalar, cx: &mut Reading) -> Option<Tree> {
    let text = match scalar.text.literal() {
        Some(text) if scalar.written == Written::Plain => text,
        _ => return check_expressions(scalar, true, cx).then(|| Tree::Text(scalar.text.clone())),
    };
    match Core::of(text) {
        Core::Null => Some(Tree::Null),
        Core::Bool(value) => Some(Tree::Bool(value)),
        Core::Text => Some(Tree::Text(scalar.text.clone())),
        Core::Int | Core::Float => number(node, text, cx).map(Tree::Number),
    }
}

/// A number, unless some YAML parsers would read another one: an account id without quotes must not lose its zero.
fn number(node: &Node, text: &str, cx: &mut Reading) -> Option<serde_json::Number> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && text.len() == 12 {
        let fault = Diagnostic::at(node.span, codes::UNQUOTED_ACCOUNT_ID, "an account id without quotes is a number");
        cx.push(fault.help(format!("write \"{text}\"")));
        return None;
    }
    let parsed = serde_json::from_str::<serde_json::Number>(text.strip_prefix('+').unwrap_or(text)).ok();
    if parsed.is_none() {
        let message = format!("`{text}` is not a number of JSON");
        cx.push(Diagnostic::at(node.span, codes::FORM, message).help("quote it if it is text"));
    }
    parsed
}

impl JsonSchema for Tree {
    fn schema_name() -> Cow<'static, str> {
        "Document".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}
