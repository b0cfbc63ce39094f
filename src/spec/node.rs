//! What YAML says, with every place, before anything is decided about types.

use super::template::Template;
use crate::model::span::{Span, Spanned};

/// One value of a YAML text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it stands. A value that came through an alias or a variable stands where it is used; what is inside it,
    /// where it was written.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, or `null` or `~` unquoted.
    Null,
    /// Text, a number, true or false: its reader decides.
    Scalar(Scalar),
    /// A list.
    Seq(Vec<Node>),
    /// A map in the order of the text, no key twice.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Spanned<String>,
    /// The value.
    pub value: Node,
}

/// Text as it was written, quotes and escapes undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, with the expressions in it.
    pub text: Template,
    /// How it was written.
    pub written: Written,
}

/// How a scalar came to be, which tells whether `4711` may be a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Without quotes: a number, true or false if it looks like one and its reader wants one.
    Plain,
    /// Quoted, or a block scalar: text.
    Quoted,
    /// Put together from expressions, or given on the command line: whatever its reader wants.
    Computed,
}

/// What YAML 1.2's core schema makes of a plain scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// Text.
    Text,
}

impl Core {
    /// Reads a plain scalar as YAML 1.2's core schema does, so `no`, `0o17` aside, and `1_000` are text.
    pub fn of(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            ".nan" | ".NaN" | ".NAN" => Self::Float,
            _ => Self::number(text),
        }
    }

    fn number(text: &str) -> Self {
        let all = |digits: &str, is: fn(&char) -> bool| !digits.is_empty() && digits.chars().all(|c| is(&c));
        if let Some(hex) = text.strip_prefix("0x") {
            return if all(hex, char::is_ascii_hexdigit) { Self::Int } else { Self::Text };
        }
        if let Some(octal) = text.strip_prefix("0o") {
            return if all(octal, |c| matches!(c, '0'..='7')) { Self::Int } else { Self::Text };
        }
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        if all(unsigned, char::is_ascii_digit) {
            return Self::Int;
        }
        if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
            return Self::Float;
        }
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
            None => (unsigned, None),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        let is_float = digits(whole)
            && digits(fraction)
            && !(whole.is_empty() && fraction.is_empty())
            && exponent.is_none_or(|exponent| all(exponent, char::is_ascii_digit));
        if is_float { Self::Float } else { Self::Text }
    }
}

impl Node {
    /// A value at a place.
    pub const fn new(span: Span, value: Value) -> Self {
        Self { span, value }
    }

    /// Text at a place.
    pub const fn scalar(span: Span, text: Template, written: Written) -> Self {
        Self::new(span, Value::Scalar(Scalar { text, written }))
    }

    /// The entries, if it is a map.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The scalar, if it is one.
    pub const fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar without expressions.
    pub fn literal(&self) -> Option<&str> {
        self.as_scalar()?.text.literal()
    }

    /// The entry of a key, if it is a map that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key.value == key)
    }

    /// The value of a key, if it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Whether it is nothing.
    pub const fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// How many values it consists of, itself among them.
    pub fn weight(&self) -> usize {
        match &self.value {
            Value::Null | Value::Scalar(_) => 1,
            Value::Seq(items) => 1 + items.iter().map(Self::weight).sum::<usize>(),
            Value::Map(entries) => 1 + entries.iter().map(|entry| 1 + entry.value.weight()).sum::<usize>(),
        }
    }

    /// How much text it holds, in bytes.
    pub fn text_bytes(&self) -> usize {
        match &self.value {
            Value::Null => 0,
            Value::Scalar(scalar) => scalar.text.bytes(),
            Value::Seq(items) => items.iter().map(Self::text_bytes).sum(),
            Value::Map(entries) => entries.iter().map(|e| e.key.value.len() + e.value.text_bytes()).sum(),
        }
    }

    /// What a user would call it: `a list`, `a number`.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a map",
            Value::Scalar(scalar) => match (scalar.written, scalar.text.literal().map(Core::of)) {
                (Written::Plain, Some(Core::Bool(_))) => "true or false",
                (Written::Plain, Some(Core::Int | Core::Float)) => "a number",
                _ => "a string",
            },
        }
    }

    /// Everything apart from places, for tests: whether both say the same.
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Seq(a), Value::Seq(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says_the_same(b)),
            (Value::Map(a), Value::Map(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key && a.value.says_the_same(&b.value))
            }
            (a, b) => a == b,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_what_the_core_schema_says() {
        for (text, core) in [
            ("null", Core::Null),
            ("true", Core::Bool(true)),
            ("FALSE", Core::Bool(false)),
            ("no", Core::Text),
            ("on", Core::Text),
            ("0123", Core::Int),
            ("-7", Core::Int),
            ("0x1F", Core::Int),
            ("0o8", Core::Text),
            ("1e3", Core::Float),
            ("1.", Core::Float),
            (".5", Core::Float),
            (".", Core::Text),
            ("1.2.3", Core::Text),
            ("e3", Core::Text),
            ("1_000", Core::Text),
            ("12:30", Core::Text),
            ("-.inf", Core::Float),
            ("é", Core::Text),
        ] {
            assert_eq!(Core::of(text), core, "{text}");
        }
    }
}
