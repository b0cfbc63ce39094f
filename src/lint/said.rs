//! What the values of a document say.

use crate::model::span::Spanned;
use crate::spec::node::{Entry, Node, Value};
use crate::spec::template::{Expression, GuardrailPart, ScopeVar, Segment, Template};
use crate::spec::yaml::function;

/// A text and its place.
pub(super) type Word = Spanned<String>;

/// The text of a scalar, numbers, `true` and `false` among them. Expressions that stand for an account, a Region or a
/// guardrail read as one of its form; others as they are written.
pub(super) fn word(node: &Node) -> Option<Word> {
    let text = match node.as_scalar() {
        Some(scalar) => sample(&scalar.text),
        None => intrinsic(node)?,
    };
    Some(Spanned::new(text, node.span))
}

/// What an intrinsic function of `CloudFormation` stands for: the text of `Fn::Sub` with its gaps, that of `Fn::Join` put
/// together, or a gap.
fn intrinsic(node: &Node) -> Option<String> {
    let Entry { key, value } = function(node)?;
    let gap = || format!("${{{}}}", key.value);
    Some(match key.as_str() {
        "Fn::Sub" => items(value).first().and_then(Node::as_scalar).map_or_else(gap, |scalar| sample(&scalar.text)),
        "Fn::Join" => joined(value).unwrap_or_else(gap),
        _ => gap(),
    })
}

fn joined(arguments: &Node) -> Option<String> {
    let [delimiter, parts] = arguments.items()? else { return None };
    let delimiter = sample(&delimiter.as_scalar()?.text);
    let parts: Option<Vec<String>> = parts.items()?.iter().map(|part| word(part).map(|word| word.value)).collect();
    Some(parts?.join(&delimiter))
}

fn sample(template: &Template) -> String {
    if template.is_secret() {
        return "${secret}".to_owned();
    }
    let parts = template.segments().iter().map(|segment| match segment {
        Segment::Text(text) => text.clone(),
        Segment::Ref(expression) => stands_for(&expression.value),
    });
    parts.collect()
}

/// A value of the form that an expression has.
fn stands_for(expression: &Expression) -> String {
    const ARN: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abcdef123456";
    match expression {
        Expression::Scope(ScopeVar::Region) => "us-east-1".to_owned(),
        Expression::Scope(ScopeVar::Account) => "111122223333".to_owned(),
        Expression::Scope(ScopeVar::Partition) => "aws".to_owned(),
        Expression::Scope(ScopeVar::OrganizationId) => "o-exampleorgid".to_owned(),
        Expression::Guardrail { part: GuardrailPart::Arn, .. } => ARN.to_owned(),
        Expression::Guardrail { part: GuardrailPart::Id, .. } => "abcdef123456".to_owned(),
        Expression::Guardrail { part: GuardrailPart::Current, .. } | Expression::Version(_) => format!("{ARN}:1"),
        other => other.written(),
    }
}

/// Words of AWS's documents that stand for what a reader has yet to fill in.
const BLANKS: [&str; 5] = ["account-id", "account_id", "guardrail-id", "guardrail_id", "region-code"];

/// Whether a text holds what somebody has yet to fill in: nothing can be said of it.
pub(super) fn is_placeholder(text: &str) -> bool {
    // A blank alone is what it is: an id where an ARN belongs.
    let blank = || {
        let lower = text.to_ascii_lowercase();
        lower.starts_with("arn:") && BLANKS.iter().any(|blank| lower.contains(blank))
    };
    ["${", "...", "…"].iter().any(|gap| text.contains(gap)) || text.contains(['<', '>', '{', '}']) || blank()
}

/// The items of a list, or the one value.
pub(super) fn items(node: &Node) -> &[Node] {
    node.items().unwrap_or(std::slice::from_ref(node))
}

/// The texts of a list, or the one text; what is none is left out.
pub(super) fn words(node: &Node) -> Vec<Word> {
    items(node).iter().filter_map(word).collect()
}

/// The entry of a key, its letter case aside.
pub(super) fn entry<'n>(node: &'n Node, key: &str) -> Option<&'n Entry> {
    node.entries()?.iter().find(|entry| entry.key.value.eq_ignore_ascii_case(key))
}

/// The value of a key, its letter case aside.
pub(super) fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    entry(node, key).map(|entry| &entry.value)
}

/// The text of a key's value, its letter case aside.
pub(super) fn text(node: &Node, key: &str) -> Option<String> {
    get(node, key).and_then(word).map(|word| word.value)
}

/// Whether a value is a map.
pub(super) const fn is_map(node: &Node) -> bool {
    matches!(node.value, Value::Map(_))
}
