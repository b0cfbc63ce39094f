//! Intrinsic functions (AWS `CloudFormation` user guide, "Intrinsic function reference"): a map of one entry, or a tag in
//! front of a value.

use super::super::node::{Entry, Node, Value};
use crate::model::span::{Span, Spanned};

/// The entry of a value that is nothing but an intrinsic function.
pub(crate) fn function(node: &Node) -> Option<&Entry> {
    let [entry] = node.entries()? else { return None };
    is_function(&entry.key).then_some(entry)
}

/// Whether a key is the name of an intrinsic function.
pub(crate) fn is_function(key: &str) -> bool {
    key == "Ref" || key.starts_with("Fn::")
}

/// A value, or the function of it.
pub(super) fn applied(function: Option<Spanned<String>>, node: Node) -> Node {
    let Some(key) = function else { return node };
    let span = Span { end: node.span.end.max(key.span.end), ..key.span };
    Node::new(span, Value::Map(vec![Entry { key, value: node }]))
}

/// The functions whose long form begins with `Fn::`.
const FUNCTIONS: &[&str] = &[
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "RefAll",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ValueOf",
    "ValueOfAll",
];

/// `Fn::Sub` of `!Sub`; `None` if there is no such function.
pub(super) fn long_form(tag: &str) -> Option<String> {
    match tag.strip_prefix('!')? {
        name @ ("Ref" | "Condition") => Some(name.to_owned()),
        name => FUNCTIONS.contains(&name).then(|| format!("Fn::{name}")),
    }
}
