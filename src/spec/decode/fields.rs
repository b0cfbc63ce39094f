//! The keys of an entry; what [`entry!`](crate::entry) is made of.

use std::collections::BTreeSet;

use schemars::Schema;
use serde_json::{Value as Json, json};

use super::{Decode, Reading, Shape, decode};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::spec::node::{Entry, Node, Value};
use crate::spec::{codes, suggest};

/// That a value is at fault. The diagnostics say how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faulty;

/// The keys of one entry while it is read.
#[derive(Debug)]
pub struct Fields<'n> {
    what: &'static str,
    place: Span,
    entries: &'n [Entry],
    meant: BTreeSet<&'static str>,
}

impl<'n> Fields<'n> {
    /// The keys of `node`. Reports that it is no map, and every key that is not `known`.
    pub fn of(node: &'n Node, what: &'static str, known: &[&'static str], cx: &mut Reading) -> Option<Self> {
        let Some(entries) = node.entries() else {
            cx.wrong_shape(node, Shape::Map, &format!("a map: {what}"));
            return None;
        };
        let mut meant = BTreeSet::new();
        // A key that is there already is not what was meant by another.
        let there: BTreeSet<&str> = entries.iter().map(|entry| entry.key.value.as_str()).collect();
        for Entry { key, .. } in entries {
            if !known.contains(&key.value.as_str()) {
                let free = known.iter().copied().filter(|name| !there.contains(name));
                meant.extend(suggest::closest(key, free.clone()));
                let message = format!("unknown key `{}` in {what}", key.value);
                let help = suggest::advise_free(key, free, known.iter().copied());
                cx.push(Diagnostic::at(key.span, codes::UNKNOWN_KEY, message).maybe_help(help));
            }
        }
        // What is missing is missing from the whole, but a snippet of the whole would hide where: the key leads there.
        let place = cx.key_span().or(entries.first().map(|entry| entry.key.span)).unwrap_or(node.span);
        Some(Self { what, place, entries, meant })
    }

    fn get(&self, name: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key.value == name)
    }

    /// Reads a key that must be there. Where a misspelt key is it, that is the one fault.
    pub fn required<T: Decode>(&self, name: &str, cx: &mut Reading) -> Result<Spanned<T>, Faulty> {
        let Some(entry) = self.get(name) else {
            if self.meant.contains(name) {
                return Err(Faulty);
            }
            let message = format!("{} needs `{name}`", self.what);
            cx.push(Diagnostic::at(self.place, codes::MISSING_KEY, message).label(format!("`{name}` is missing")));
            return Err(Faulty);
        };
        cx.within(&entry.key, |cx| decode(&entry.value, cx)).ok_or(Faulty)
    }

    /// Reads a key that may be there.
    pub fn optional<T: Decode>(&self, name: &str, cx: &mut Reading) -> Result<Option<Spanned<T>>, Faulty> {
        match self.get(name) {
            None => Ok(None),
            Some(entry) => cx.within(&entry.key, |cx| decode(&entry.value, cx)).map(Some).ok_or(Faulty),
        }
    }
}

/// A scalar as the map that it is short for: each of `names` with this value. `None` if it is no scalar.
pub fn expand_short(node: &Node, names: &[&str]) -> Option<Node> {
    node.as_scalar()?;
    let entry = |name: &&str| Entry { key: Spanned::new((*name).to_owned(), node.span), value: node.clone() };
    Some(Node::new(node.span, Value::Map(names.iter().map(entry).collect())))
}

/// A map with each value expanded as its key demands.
pub fn expand_fields(node: Node, expand: impl Fn(&str, Node) -> Node) -> Node {
    match node.value {
        Value::Map(entries) => {
            let expand = |Entry { key, value }: Entry| {
                let value = expand(&key.value, value);
                Entry { key, value }
            };
            Node::new(node.span, Value::Map(entries.into_iter().map(expand).collect()))
        }
        _ => node,
    }
}

/// The schema of an entry while it is put together.
#[derive(Debug)]
pub struct ObjectSchema {
    description: String,
    properties: serde_json::Map<String, Json>,
    required: Vec<Json>,
}

impl ObjectSchema {
    /// A schema without properties. `docs` are lines of a doc comment.
    pub fn new(docs: &[&str]) -> Self {
        Self { description: prose(docs), properties: serde_json::Map::new(), required: Vec::new() }
    }

    /// Adds a property.
    pub fn property(&mut self, name: &str, docs: &[&str], schema: Schema, required: bool) {
        let mut schema = schema;
        schema.insert("description".to_owned(), prose(docs).into());
        self.properties.insert(name.to_owned(), schema.to_value());
        if required {
            self.required.push(name.into());
        }
    }

    /// The schema, or one of this and a short form.
    pub fn finish(self, short: Option<Schema>) -> Schema {
        let mut object = serde_json::Map::new();
        object.insert("type".to_owned(), "object".into());
        object.insert("properties".to_owned(), self.properties.into());
        if !self.required.is_empty() {
            object.insert("required".to_owned(), self.required.into());
        }
        object.insert("additionalProperties".to_owned(), false.into());
        let mut whole = match short {
            None => object,
            Some(short) => serde_json::Map::from_iter([("anyOf".to_owned(), json!([short, object]))]),
        };
        whole.insert("description".to_owned(), self.description.into());
        whole.into()
    }
}

fn prose(docs: &[&str]) -> String {
    docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
