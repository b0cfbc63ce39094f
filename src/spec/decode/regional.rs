//! An entry with its overrides per Region.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value as Json, json};

use super::{Decode, Reading, Shape};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;
use crate::spec::codes;
use crate::spec::merge::overlay;
use crate::spec::node::{Entry, Node, Value};
use crate::spec::suggest;

const KEY: &str = "region_overrides";

/// An entry as it is in general and, where `region_overrides` changes it, as it is in single Regions.
#[derive(Clone, Debug, PartialEq)]
pub struct Regional<T> {
    /// The entry without overrides.
    pub base: T,
    overridden: BTreeMap<String, Overridden<T>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Overridden<T> {
    key: Span,
    entry: T,
}

impl<T> Regional<T> {
    /// The entry as it is in a Region.
    pub fn in_region(&self, region: &str) -> &T {
        self.overridden.get(region).map_or(&self.base, |overridden| &overridden.entry)
    }

    /// Every variant of the entry, for rules that hold for each: the general one first.
    pub fn variants(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.base).chain(self.overridden.values().map(|overridden| &overridden.entry))
    }

    /// Reports overrides for Regions other than `regions`, those of the entry.
    pub fn check_regions(&self, regions: &[&str], cx: &mut Reading) {
        for (region, Overridden { key, .. }) in &self.overridden {
            if !regions.contains(&region.as_str()) {
                let message = format!("an override for {region}, where this entry is not");
                let fault = Diagnostic::at(*key, codes::OVERRIDE_REGION, message);
                cx.push(fault.maybe_help(suggest::advise(region, regions.iter().copied())));
            }
        }
    }
}

impl<T: Decode> Decode for Regional<T> {
    const SHAPE: Shape = Shape::Map;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let Some(Entry { key, value: overrides }) = node.entry(KEY) else {
            return T::decode(node, cx).map(|base| Self { base, overridden: BTreeMap::new() });
        };
        let kept = node.entries().unwrap_or_default().iter().filter(|entry| entry.key.value != KEY);
        let base_node = Node::new(node.span, Value::Map(kept.cloned().collect()));
        let base = T::decode(&base_node, cx);
        let Some(regions) = overrides.entries() else {
            cx.within(key, |cx| cx.wrong_shape(overrides, Shape::Map, "a map from Regions to overrides"));
            return None;
        };
        let expanded = T::expand(base_node);
        let mut overridden = BTreeMap::new();
        let mut sound = true;
        for entry in regions {
            let region = entry.key.value.as_str();
            if entry.value.entries().is_none() {
                cx.within(&entry.key, |cx| cx.wrong_shape(&entry.value, Shape::Map, "a map: what is different there"));
                sound = false;
                continue;
            }
            let merged = overlay(&expanded, &T::expand(entry.value.clone()));
            // What is wrong in general is wrong here too, and is reported once: same place, code and message.
            match cx.within(&entry.key, |cx| T::decode(&merged, cx)) {
                Some(entry_here) => {
                    overridden.insert(region.to_owned(), Overridden { key: entry.key.span, entry: entry_here });
                }
                None => sound = false,
            }
        }
        base.filter(|_| sound).map(|base| Self { base, overridden })
    }

    fn expand(node: Node) -> Node {
        let by_region = |Entry { key, value }| Entry { key, value: T::expand(value) };
        let overrides = |entry: Entry| match entry {
            Entry { key, value: Node { span, value: Value::Map(regions) } } if key.value == KEY => {
                Entry { key, value: Node::new(span, Value::Map(regions.into_iter().map(by_region).collect())) }
            }
            other => other,
        };
        match T::expand(node) {
            Node { span, value: Value::Map(entries) } => {
                Node::new(span, Value::Map(entries.into_iter().map(overrides).collect()))
            }
            other => other,
        }
    }
}

impl<T: Decode> JsonSchema for Regional<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Regional<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator).to_value();
        // An override may leave out what the entry says, and may remove by null, at every depth.
        let mut partial = SchemaSettings::draft07()
            .with(|settings| {
                settings.inline_subschemas = true;
                settings.meta_schema = None;
            })
            .into_generator()
            .into_root_schema_for::<T>()
            .to_value();
        relax(&mut partial);
        if let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) {
            let overrides = json!({
                "type": "object",
                "description": "What is different in single Regions: merged over the entry; null removes.",
                "additionalProperties": partial,
            });
            properties.insert(KEY.to_owned(), overrides);
        }
        schema.try_into().unwrap_or_default()
    }
}

/// Lets every part of what a schema describes be left out, and be null, which removes it.
pub fn relax(schema: &mut Json) {
    match schema {
        Json::Object(keywords) => {
            for gone in ["required", "minItems", "minProperties", "description", "title", "default"] {
                keywords.remove(gone);
            }
            for (keyword, value) in keywords.iter_mut() {
                match (keyword.as_str(), value) {
                    ("properties" | "patternProperties", Json::Object(properties)) => {
                        for property in properties.values_mut() {
                            relax(property);
                            let inner = property.take();
                            *property = json!({ "anyOf": [inner, { "type": "null" }] });
                        }
                    }
                    (_, value) => relax(value),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(relax),
        _ => {}
    }
}
