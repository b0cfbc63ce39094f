//! Keys of the format that a later release brings.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Decode, Reading, Shape};
use crate::model::diagnostic::Diagnostic;
use crate::spec::codes;
use crate::spec::node::Node;

/// What a later release will read. Until then whatever stands there is refused, and what stands beside it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Later;

impl Decode for Later {
    const SHAPE: Shape = Shape::Any;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let message = format!("{} comes with a later release of bedrail", cx.subject());
        let place = cx.key_span().unwrap_or(node.span);
        cx.push(Diagnostic::at(place, codes::LATER, message).help("remove it for now"));
        Some(Self)
    }
}

impl JsonSchema for Later {
    fn schema_name() -> Cow<'static, str> {
        "Later".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "not": {} })
    }
}
