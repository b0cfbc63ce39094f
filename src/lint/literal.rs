//! What a template of `CloudFormation` says literally: documents that stand in strings, both ways of `Fn::If`, and what is left
//! that only a deployment knows.

use std::collections::BTreeSet;

use super::document::Kind;
use super::said::{entry, get, items, text, word};
use super::spaced;
use crate::model::diagnostic::Diagnostics;
use crate::model::span::Span;
use crate::spec::node::{Entry, Node, Value};
use crate::spec::yaml::{self, function, is_function};

/// Elements whose text is a document (AWS `CloudFormation` template reference, and the answers of AWS's APIs).
const DOCUMENTS: [&str; 10] = [
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "Document",
    "Policy",
    "Content",
    "EffectivePolicy",
    "PolicyContent",
    "ResourcePolicy",
    "KeyPolicy",
    "InlinePolicy",
];

/// With the documents that stand in strings in their place. What is in them stands where the string begins. A string that
/// cannot be read stays.
pub(super) fn unfolded(mut node: Node) -> Node {
    unfold(&mut node);
    node
}

fn unfold(node: &mut Node) {
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Seq(items) => items.iter_mut().for_each(unfold),
        Value::Map(entries) => {
            for Entry { key, value } in entries {
                let is_document = DOCUMENTS.iter().any(|known| known.eq_ignore_ascii_case(key));
                match is_document.then(|| document(value)).flatten() {
                    Some(document) => *value = document,
                    None => unfold(value),
                }
            }
        }
    }
}

/// The document that a string, or a function of one, holds.
fn document(value: &Node) -> Option<Node> {
    if let Some(Entry { key, value }) = function(value)
        && key.value == "Fn::ToJsonString"
    {
        return value.entries().map(|_| value.clone());
    }
    let text = word(value).filter(|text| is_document(text))?;
    let mut faults = Diagnostics::new();
    let mut node = yaml::parse_literal(text.span.source, &spaced(&text), &mut faults).filter(|_| faults.is_empty())?;
    place(&mut node, text.span.at_start());
    node.entries().is_some().then_some(node)
}

/// Whether a text is meant for a document.
pub(super) fn is_document(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn place(node: &mut Node, span: Span) {
    node.span = span;
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Seq(items) => items.iter_mut().for_each(|item| place(item, span)),
        Value::Map(entries) => {
            for Entry { key, value } in entries {
                key.span = span;
                place(value, span);
            }
        }
    }
}

/// Conditions that are told apart, and values that all variants may hold together.
const MOST: (usize, usize) = (16, 500_000);

/// What a value comes to: with every condition true, every one false, and each the only one that is true or false. What
/// `AWS::NoValue` takes away is gone.
pub(super) fn variants(node: &Node) -> Vec<Node> {
    let mut names = BTreeSet::new();
    conditions(node, &mut names);
    let mut variants = vec![decided(node, &|_| true)];
    if !names.is_empty() {
        variants.push(decided(node, &|_| false));
    }
    if (2..=MOST.0).contains(&names.len()) && node.weight().saturating_mul(2 * names.len()) <= MOST.1 {
        for name in &names {
            variants.push(decided(node, &|other| other == *name));
            variants.push(decided(node, &|other| other != *name));
        }
    }
    variants.into_iter().flatten().collect()
}

/// The name, the one way and the other of `Fn::If`.
fn choice(node: &Node) -> Option<(&str, &Node, &Node)> {
    let Entry { key, value } = function(node)?;
    let [name, yes, no] = value.items().filter(|_| key.value == "Fn::If")? else { return None };
    Some((name.literal()?, yes, no))
}

fn conditions<'n>(node: &'n Node, names: &mut BTreeSet<&'n str>) {
    if let Some((name, ..)) = choice(node) {
        names.insert(name);
    }
    match &node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Seq(items) => items.iter().for_each(|item| conditions(item, names)),
        Value::Map(entries) => entries.iter().for_each(|entry| conditions(&entry.value, names)),
    }
}

fn decided(node: &Node, holds: &dyn Fn(&str) -> bool) -> Option<Node> {
    if let Some((name, yes, no)) = choice(node) {
        return decided(if holds(name) { yes } else { no }, holds);
    }
    if function(node).is_some_and(|Entry { key, value }| key.value == "Ref" && value.literal() == Some("AWS::NoValue"))
    {
        return None;
    }
    let value = match &node.value {
        Value::Seq(items) => Value::Seq(items.iter().filter_map(|item| decided(item, holds)).collect()),
        Value::Map(entries) => {
            let entry = |Entry { key, value }: &Entry| Some(Entry { key: key.clone(), value: decided(value, holds)? });
            Value::Map(entries.iter().filter_map(entry).collect())
        }
        value => value.clone(),
    };
    Some(Node::new(node.span, value))
}

/// How much of a document can be read.
pub(super) enum Literal {
    /// All of it, single values aside.
    All,
    /// What is left, and where the first of the rest stands.
    Part(Node, Span),
    /// Nothing, and where the reason stands.
    Nothing(Span),
}

/// What of a document of this kind is written out.
pub(super) fn literal(node: &Node, kind: Kind) -> Literal {
    match kind {
        Kind::Bedrock | Kind::Enforcement => gap(node).map_or(Literal::All, Literal::Nothing),
        Kind::Guardrail => {
            let open = |entry: &&Entry| is_config(&entry.key);
            let open = node.entries().unwrap_or_default().iter().filter(open).find_map(|entry| gap(&entry.value));
            open.map_or(Literal::All, |span| Literal::Part(node.clone(), span))
        }
        _ => statements(node),
    }
}

fn statements(node: &Node) -> Literal {
    let Some(listed) = get(node, "Statement") else { return Literal::All };
    let all = items(listed);
    let (left, gone): (Vec<&Node>, Vec<&Node>) = all.iter().partition(|one| is_written_out(one));
    match (gone.first(), left.is_empty()) {
        (None, _) => Literal::All,
        (Some(first), true) => Literal::Nothing(first.span),
        (Some(first), false) => {
            let left = Value::Seq(left.into_iter().cloned().collect());
            let keep = |Entry { key, value }: &Entry| {
                let is_list = key.eq_ignore_ascii_case("Statement");
                let value = if is_list { Node::new(value.span, left.clone()) } else { value.clone() };
                Entry { key: key.clone(), value }
            };
            let rest = node.entries().unwrap_or_default().iter().map(keep).collect();
            Literal::Part(Node::new(node.span, Value::Map(rest)), first.span)
        }
    }
}

/// Whether it can be told when a statement counts, and what for.
fn is_written_out(statement: &Node) -> bool {
    let made = |node: &Node| node.entries().is_some_and(|entries| entries.iter().any(|one| is_function(&one.key)));
    let condition = get(statement, "Condition");
    let tests = condition.and_then(Node::entries).unwrap_or_default();
    let effect = entry(statement, "Effect").is_none()
        || text(statement, "Effect").is_some_and(|effect| !effect.starts_with("${"));
    let open = |key| get(statement, key).is_some_and(|value| items(value).iter().any(is_gap));
    let actions = !["Action", "NotAction"].into_iter().any(open);
    !made(statement) && effect && actions && !condition.is_some_and(made) && !tests.iter().any(|test| made(&test.value))
}

/// Whether of an action nothing is known but that a deployment fills it in.
fn is_gap(action: &Node) -> bool {
    function(action).is_some() && word(action).is_none_or(|text| text.starts_with("${"))
}

/// Where a function stands in the place of a map or a list. The value that an operator is given may be one.
fn gap(node: &Node) -> Option<Span> {
    if function(node).is_some() {
        return Some(node.span);
    }
    match &node.value {
        Value::Null | Value::Scalar(_) => None,
        Value::Seq(items) => items.iter().find_map(gap),
        Value::Map(entries) => entries.iter().find_map(|Entry { key, value }| {
            let is_value = function(value).is_some() && !is_structure(key);
            if key.starts_with("@@") || is_value { None } else { gap(value) }
        }),
    }
}

/// Whether what is behind a key of a Bedrock policy, an enforcement or a guardrail is a map or a list.
fn is_structure(key: &str) -> bool {
    const NAMES: [&str; 9] = [
        "bedrock",
        "guardrail_inference",
        "identifier",
        "selective_content_guarding",
        "model_enforcement",
        "system",
        "messages",
        "included_models",
        "excluded_models",
    ];
    let is_region = key.contains('-');
    is_region || NAMES.contains(&key) || key.starts_with("config") || is_config(key)
}

/// Whether a key of a guardrail is that of a policy or a list in it: `ContentPolicyConfig`, `FiltersConfig`.
fn is_config(key: &str) -> bool {
    ["config", "policy"].iter().any(|ending| key.to_ascii_lowercase().ends_with(ending))
}
