//! Two forms of one value, told apart by their shape.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Decode, Reading, Shape};
use crate::spec::node::Node;

/// `B` if the node has its shape, else `A`: a word or a list, a word or a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The first form.
    A(A),
    /// The second form.
    B(B),
}

impl<A: Decode, B: Decode> Decode for Either<A, B> {
    const SHAPE: Shape = Shape::Any;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        if B::SHAPE.fits(node) {
            return B::decode(node, cx).map(Self::B);
        }
        if A::SHAPE.fits(node) {
            return A::decode(node, cx).map(Self::A);
        }
        cx.wrong_shape(node, Shape::Any, &format!("{} or {}", A::SHAPE.name(), B::SHAPE.name()));
        None
    }

    fn expand(node: Node) -> Node {
        if B::SHAPE.fits(&node) { B::expand(node) } else { A::expand(node) }
    }
}

impl<A: Decode, B: Decode> JsonSchema for Either<A, B> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Or{}", A::schema_name(), B::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<A>(), generator.subschema_for::<B>()] })
    }
}
