//! Lists and maps.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Decode, Reading, Shape, decode};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::spec::codes;
use crate::spec::node::{Entry, Node, Value};

/// A list of `LEAST` to `MOST` items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T, const LEAST: usize = 0, const MOST: usize = { usize::MAX }>(pub Vec<Spanned<T>>);

impl<T, const LEAST: usize, const MOST: usize> Deref for List<T, LEAST, MOST> {
    type Target = [Spanned<T>];

    fn deref(&self) -> &[Spanned<T>] {
        &self.0
    }
}

impl<T: Decode, const LEAST: usize, const MOST: usize> Decode for List<T, LEAST, MOST> {
    const SHAPE: Shape = Shape::List;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let Some(items) = node.items() else {
            cx.wrong_shape(node, Shape::List, "a list");
            return None;
        };
        let counted = check_count(node.span, items.len(), LEAST, MOST, "item", cx);
        all(read_items(items, cx)).filter(|_| counted).map(Self)
    }

    fn expand(node: Node) -> Node {
        match node.value {
            Value::Seq(items) => Node::new(node.span, Value::Seq(items.into_iter().map(T::expand).collect())),
            _ => node,
        }
    }
}

impl<T: Decode, const LEAST: usize, const MOST: usize> JsonSchema for List<T, LEAST, MOST> {
    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({ "type": "array", "items": generator.subschema_for::<T>() });
        bounds(&mut schema, ("minItems", LEAST), ("maxItems", MOST));
        // A scalar that is nothing but a variable takes its whole value, which may be a list.
        json_schema!({ "anyOf": [schema, { "type": "string", "pattern": r"^\$\{var\.[^}]+\}$" }] })
    }
}

/// One item or a list of them; one is a list of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<Spanned<T>>);

impl<T> Deref for OneOrMany<T> {
    type Target = [Spanned<T>];

    fn deref(&self) -> &[Spanned<T>] {
        &self.0
    }
}

impl<T: Decode> Decode for OneOrMany<T> {
    const SHAPE: Shape = Shape::Any;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        match node.items() {
            Some(items) => {
                let counted = check_count(node.span, items.len(), 1, usize::MAX, "item", cx);
                all(read_items(items, cx)).filter(|_| counted).map(Self)
            }
            None => decode(node, cx).map(|one| Self(vec![one])),
        }
    }

    fn expand(node: Node) -> Node {
        let span = node.span;
        let items = match node.value {
            Value::Seq(items) => items,
            Value::Null => return node,
            value => vec![Node::new(span, value)],
        };
        Node::new(span, Value::Seq(items.into_iter().map(T::expand).collect()))
    }
}

impl<T: Decode> JsonSchema for OneOrMany<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

/// What the keys of a map may be.
pub trait Key: Ord + Clone + fmt::Display {
    /// Reads a key and reports what is wrong with it.
    fn read(key: &Spanned<String>, cx: &mut Reading) -> Option<Self>;

    /// The same as a schema says it.
    fn names() -> KeyNames;
}

/// The keys that a schema allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyNames {
    /// One of these.
    Words(Vec<&'static str>),
    /// What matches this.
    Pattern(String),
}

/// A map of `LEAST` to `MOST` entries, in the order of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map<K, V, const LEAST: usize = 0, const MOST: usize = { usize::MAX }>(pub BTreeMap<K, MapEntry<V>>);

/// A value of a map, with the place of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapEntry<V> {
    /// Where the key stands.
    pub key: Span,
    /// The value.
    pub value: Spanned<V>,
}

impl<K, V, const LEAST: usize, const MOST: usize> Default for Map<K, V, LEAST, MOST> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K, V, const LEAST: usize, const MOST: usize> Deref for Map<K, V, LEAST, MOST> {
    type Target = BTreeMap<K, MapEntry<V>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<K: Key, V: Decode, const LEAST: usize, const MOST: usize> Decode for Map<K, V, LEAST, MOST> {
    const SHAPE: Shape = Shape::Map;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let Some(entries) = node.entries() else {
            cx.wrong_shape(node, Shape::Map, "a map");
            return None;
        };
        let counted = check_count(node.span, entries.len(), LEAST, MOST, "key", cx);
        let read = |Entry { key, value }: &Entry| {
            let name = K::read(key, cx);
            let value = cx.within(key, |cx| decode(value, cx));
            Some((name?, MapEntry { key: key.span, value: value? }))
        };
        all(entries.iter().map(read).collect()).filter(|_| counted).map(|read| Self(read.into_iter().collect()))
    }

    fn expand(node: Node) -> Node {
        match node.value {
            Value::Map(entries) => {
                let expand = |Entry { key, value }| Entry { key, value: V::expand(value) };
                Node::new(node.span, Value::Map(entries.into_iter().map(expand).collect()))
            }
            _ => node,
        }
    }
}

impl<K: Key, V: Decode, const LEAST: usize, const MOST: usize> JsonSchema for Map<K, V, LEAST, MOST> {
    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", V::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<V>();
        let mut schema = match K::names() {
            KeyNames::Words(words) => {
                let properties: serde_json::Map<_, _> =
                    words.into_iter().map(|word| (word.to_owned(), value.clone().to_value())).collect();
                json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
            }
            KeyNames::Pattern(pattern) => {
                json_schema!({ "type": "object", "patternProperties": { pattern: value }, "additionalProperties": false })
            }
        };
        bounds(&mut schema, ("minProperties", LEAST), ("maxProperties", MOST));
        schema
    }
}

fn read_items<T: Decode>(items: &[Node], cx: &mut Reading) -> Vec<Option<Spanned<T>>> {
    items.iter().enumerate().map(|(index, item)| cx.within_item(index, |cx| decode(item, cx))).collect()
}

/// All of them if none is missing, and every one has been read.
fn all<T>(parts: Vec<Option<T>>) -> Option<Vec<T>> {
    parts.into_iter().collect()
}

fn bounds(schema: &mut Schema, (least_key, least): (&str, usize), (most_key, most): (&str, usize)) {
    if least > 0 {
        schema.insert(least_key.to_owned(), least.into());
    }
    if most < usize::MAX {
        schema.insert(most_key.to_owned(), most.into());
    }
}

fn check_count(span: Span, count: usize, least: usize, most: usize, unit: &str, cx: &mut Reading) -> bool {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let message = if count < least {
        format!("{} needs at least {least} {unit}{}, this has {count}", cx.subject(), plural(least))
    } else if count > most {
        format!("{} holds at most {most} {unit}{}, this has {count}", cx.subject(), plural(most))
    } else {
        return true;
    };
    cx.push(Diagnostic::at(span, codes::COUNT, message));
    false
}
