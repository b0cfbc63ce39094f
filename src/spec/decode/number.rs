//! Numbers with bounds.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Decode, Reading, Shape, literal};
use crate::model::diagnostic::Diagnostic;
use crate::spec::codes;
use crate::spec::node::{Core, Node, Written};

/// A whole number from `LEAST` to `MOST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole<const LEAST: u32, const MOST: u32>(pub u32);

impl<const LEAST: u32, const MOST: u32> Decode for Whole<LEAST, MOST> {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        decode_whole(node, LEAST..=MOST, cx).map(Self)
    }
}

impl<const LEAST: u32, const MOST: u32> JsonSchema for Whole<LEAST, MOST> {
    fn schema_name() -> Cow<'static, str> {
        format!("Whole{LEAST}To{MOST}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "integer", "minimum": LEAST, "maximum": MOST },
            { "type": "string", "pattern": r"^\$\{[^}]*\}$" },
        ] })
    }
}

/// Reads a whole number within bounds.
pub fn decode_whole(node: &Node, bounds: RangeInclusive<u32>, cx: &mut Reading) -> Option<u32> {
    let text = number(node, "a whole number", &[Core::Int], cx)?;
    let parsed = text.parse::<u32>().ok().filter(|number| bounds.contains(number));
    if parsed.is_none() {
        let message = format!("{} is {text}, allowed is {} to {}", cx.subject(), bounds.start(), bounds.end());
        cx.push(Diagnostic::at(node.span, codes::RANGE, message));
    }
    parsed
}

/// The bounds of a number. Declared with [`number!`](crate::number).
pub trait NumberRule: 'static {
    /// What it is, with an article.
    const WHAT: &'static str;
    /// A name for its schema.
    const NAME: &'static str;
    /// The least number.
    const LEAST: f64;
    /// The greatest number, or the first that is too great.
    const MOST: Upper;
}

/// The upper end of a number's bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Upper {
    /// Up to and with this.
    To(f64),
    /// Less than this.
    Below(f64),
}

/// A number within the bounds of a rule.
pub struct Decimal<R> {
    /// The number.
    pub number: f64,
    rule: PhantomData<fn() -> R>,
}

impl<R: NumberRule> Decode for Decimal<R> {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        decode_decimal(node, R::WHAT, R::LEAST, R::MOST, cx).map(|number| Self { number, rule: PhantomData })
    }
}

impl<R: NumberRule> JsonSchema for Decimal<R> {
    fn schema_name() -> Cow<'static, str> {
        R::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let (end, most) = match R::MOST {
            Upper::To(most) => ("maximum", most),
            Upper::Below(most) => ("exclusiveMaximum", most),
        };
        json_schema!({ "anyOf": [
            { "type": "number", "minimum": R::LEAST, end: most },
            { "type": "string", "pattern": r"^\$\{[^}]*\}$" },
        ] })
    }
}

impl<R> Clone for Decimal<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Decimal<R> {}

impl<R> fmt::Debug for Decimal<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}

impl<R> PartialEq for Decimal<R> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

/// Reads a number within bounds. `what` has an article.
pub fn decode_decimal(node: &Node, what: &str, least: f64, most: Upper, cx: &mut Reading) -> Option<f64> {
    let text = number(node, what, &[Core::Int, Core::Float], cx)?;
    let fits = |number: &f64| {
        let below = match most {
            Upper::To(most) => *number <= most,
            Upper::Below(most) => *number < most,
        };
        *number >= least && below
    };
    let parsed = text.parse::<f64>().ok().filter(fits);
    if parsed.is_none() {
        let end = match most {
            Upper::To(most) => format!("to {most}"),
            Upper::Below(most) => format!("to less than {most}"),
        };
        let message = format!("{} is {text}, but {what} goes from {least} {end}", cx.subject());
        cx.push(Diagnostic::at(node.span, codes::RANGE, message));
    }
    parsed
}

fn number<'n>(node: &'n Node, what: &str, wanted: &[Core], cx: &mut Reading) -> Option<&'n str> {
    let (text, scalar) = literal(node, what, cx)?;
    let is_number = wanted.contains(&Core::of(text));
    if is_number && scalar.written != Written::Quoted {
        return Some(text);
    }
    let message = format!("{} is `{}`, expected {what}", cx.subject(), scalar.text.shown());
    let help = is_number.then_some("remove the quotes");
    cx.push(Diagnostic::at(node.span, codes::WRONG_TYPE, message).maybe_help(help));
    None
}
