//! Policy documents in sources: as a map, or as JSON in a string.

use serde_json::{Map, Number, Value as Json};

use crate::model::Document;
use crate::spec::node::{Core, Node, Value, Written};
use crate::spec::yaml::function;

/// The document; `None` if it is none, or some of it is known to a deployment only.
pub(super) fn document(node: &Node) -> Option<Document> {
    let json = match node.literal() {
        Some(text) => serde_json::from_str(text).ok()?,
        None => json(node)?,
    };
    json.is_object().then(|| Document::from(json))
}

fn json(node: &Node) -> Option<Json> {
    if function(node).is_some() {
        return None;
    }
    Some(match &node.value {
        Value::Null => Json::Null,
        Value::Seq(items) => Json::Array(items.iter().map(json).collect::<Option<_>>()?),
        Value::Map(entries) => {
            let entry = |entry: &crate::spec::node::Entry| Some((entry.key.value.clone(), json(&entry.value)?));
            Json::Object(entries.iter().map(entry).collect::<Option<Map<_, _>>>()?)
        }
        Value::Scalar(scalar) => {
            let text = scalar.text.literal()?;
            match (scalar.written, Core::of(text)) {
                (Written::Plain, Core::Bool(value)) => Json::Bool(value),
                (Written::Plain, Core::Int | Core::Float) => {
                    text.parse::<Number>().map_or_else(|_| Json::from(text), Json::Number)
                }
                _ => Json::from(text),
            }
        }
    })
}
