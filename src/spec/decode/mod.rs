//! Nodes to typed entries. Every fault is reported; what no value can be made of is `None`.
//!
//! An entry is declared once, with [`entry!`](crate::entry): the declaration is the struct, its decoder, the expansion
//! of its short forms and its JSON Schema. What the fields hold is declared likewise: text with its bounds
//! ([`text!`](crate::text)), numbers ([`number!`](crate::number)), AWS's words ([`decodes_as_word!`](crate::decodes_as_word)).

mod collection;
mod either;
mod fields;
mod macros;
mod number;
mod place;
mod reading;
mod regional;
mod salvage;
mod scalar;
mod text;
mod tree;
mod word;

pub use collection::{Key, KeyNames, List, Map, MapEntry, OneOrMany};
pub use either::Either;
pub use fields::{Faulty, Fields, ObjectSchema, expand_fields, expand_short};
pub use number::{Decimal, NumberRule, Upper, Whole, decode_decimal, decode_whole};
pub use place::unquoted_account;
pub use reading::{Reading, Shape};
pub use regional::{Regional, relax};
pub(crate) use salvage::salvage;
pub use scalar::literal;
pub(in crate::spec) use scalar::unknown;
pub use text::{Exact, Text, TextRule};
pub use tree::Tree;
pub use word::{decode_word, read_word};

use schemars::JsonSchema;

use super::node::Node;
use crate::model::span::Spanned;

/// What can be read from a node. Its JSON Schema describes exactly what `decode` takes.
pub trait Decode: Sized + JsonSchema {
    /// What a node must be in the main, which decides between two forms.
    const SHAPE: Shape;

    /// Reads `node` and reports every fault in it; `None` if it makes no value. An unknown key is a fault, yet the
    /// entry that it stands in is read, so that later rules find the other faults.
    fn decode(node: &Node, cx: &mut Reading) -> Option<Self>;

    /// `node` with short forms written out, within too, so that overrides merge into the long form. What is at fault
    /// stays as it is.
    #[must_use]
    fn expand(node: Node) -> Node {
        node
    }
}

/// Reads `node` and keeps its place.
pub fn decode<T: Decode>(node: &Node, cx: &mut Reading) -> Option<Spanned<T>> {
    T::decode(node, cx).map(|value| Spanned::new(value, node.span))
}

/// The key that a field is read from: its name, without the `r#` of a reserved word.
pub const fn key(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

#[cfg(test)]
mod tests;
