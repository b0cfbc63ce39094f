//! Text with bounds.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::scalar::check_expressions;
use super::{Decode, Reading, Shape, literal};
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::spec::codes;
use crate::spec::node::{Node, Scalar};
use crate::spec::template::{Expression, ScopeValues, Template};

/// What a text must be like. Declared with [`text!`](crate::text).
pub trait TextRule: 'static {
    /// What it is, with an article: `a guardrail name`.
    const WHAT: &'static str;
    /// A name for its schema.
    const NAME: &'static str;
    /// The least and the greatest number of characters, counted as AWS counts them: code points.
    const LENGTH: (usize, usize);
    /// What the whole text must match, and the same in words.
    const FORM: Option<(&'static str, &'static str)>;

    /// Whether the text has the form. Length apart.
    fn has_form(text: &str) -> bool;

    /// What is wrong with a text, if anything.
    fn fault(text: &str) -> Option<(Code, String)> {
        let (least, most) = Self::LENGTH;
        let length = text.chars().count();
        if length < least || length > most {
            let plural = if length == 1 { "" } else { "s" };
            let message = match (least, length) {
                (1, 0) => format!("{} must not be empty", Self::WHAT),
                _ => format!("{} has {least} to {most} characters, this has {length} character{plural}", Self::WHAT),
            };
            return Some((codes::LENGTH, message));
        }
        let (_, words) = Self::FORM?;
        (!Self::has_form(text)).then(|| (codes::FORM, format!("{} is {words}", Self::WHAT)))
    }
}

/// Text that may hold expressions of the scope. What is known of it is checked when it is read, the rest when it is
/// resolved.
pub struct Text<R> {
    template: Template,
    rule: PhantomData<fn() -> R>,
}

/// Text that is known when it is read.
pub struct Exact<R> {
    text: String,
    rule: PhantomData<fn() -> R>,
}

impl<R: TextRule> Text<R> {
    /// The text with its expressions.
    pub const fn template(&self) -> &Template {
        &self.template
    }

    /// The text, if no expression stands in it.
    pub fn literal(&self) -> Option<&str> {
        self.template.literal()
    }

    /// Whether it came from the environment and must not be shown.
    pub const fn is_secret(&self) -> bool {
        self.template.is_secret()
    }

    /// The text in a scope. Reports an expression without value there, and a text that breaks the rule.
    pub fn resolve(&self, span: Span, scope: &ScopeValues<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
        match self.template.resolve(scope) {
            Ok(text) => match R::fault(&text) {
                None => Some(text),
                Some((code, message)) => {
                    let shown = if self.is_secret() { self.template.shown() } else { text };
                    diagnostics.push(Diagnostic::at(span, code, message).label(format!("here it is `{shown}`")));
                    None
                }
            },
            // Interpolation has reported what it found no value for.
            Err(expression) if matches!(expression.value, Expression::Var(_) | Expression::Env(_)) => None,
            Err(expression) => {
                let message = format!("`{}` has no value here", expression.written());
                diagnostics.push(Diagnostic::at(expression.span, codes::NO_SUCH_SCOPE, message));
                None
            }
        }
    }
}

impl<R: TextRule> Spanned<Text<R>> {
    /// The text in a scope, faults at its place.
    pub fn text_in(&self, scope: &ScopeValues<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
        self.value.resolve(self.span, scope, diagnostics)
    }
}

impl<R: TextRule> Exact<R> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A text that is known to keep the rule.
    pub fn known(text: impl Into<String>) -> Self {
        Self { text: text.into(), rule: PhantomData }
    }
}

fn check<R: TextRule>(text: &str, node: &Node, scalar: &Scalar, cx: &mut Reading) -> bool {
    let Some((code, message)) = R::fault(text) else { return true };
    let label = (code == codes::FORM).then(|| format!("`{}` is not", scalar.text.shown()));
    cx.push(Diagnostic { label, ..Diagnostic::at(node.span, code, message) });
    false
}

impl<R: TextRule> Decode for Text<R> {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let Some(scalar) = node.as_scalar() else {
            cx.wrong_type(node, R::WHAT);
            return None;
        };
        let sound = match scalar.text.literal() {
            Some(text) => check::<R>(text, node, scalar, cx),
            None => check_expressions(scalar, false, cx),
        };
        sound.then(|| Self { template: scalar.text.clone(), rule: PhantomData })
    }
}

impl<R: TextRule> Decode for Exact<R> {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let (text, scalar) = literal(node, R::WHAT, cx)?;
        check::<R>(text, node, scalar, cx).then(|| Self::known(text))
    }
}

/// Plain `4711` and `true` are text where text is expected, so the schema lets them pass.
fn schema<R: TextRule>() -> Schema {
    let (least, most) = R::LENGTH;
    let mut exact = serde_json::Map::new();
    exact.insert("type".into(), serde_json::json!(["string", "number", "boolean"]));
    if least > 0 {
        exact.insert("minLength".into(), least.into());
    }
    if most < usize::MAX {
        exact.insert("maxLength".into(), most.into());
    }
    if let Some((form, _)) = R::FORM {
        exact.insert("pattern".into(), format!("^(?:{form})$").into());
    }
    if exact.len() == 1 {
        return exact.into();
    }
    json_schema!({ "anyOf": [exact, { "type": "string", "pattern": r"\$\{" }] })
}

macro_rules! common {
    ($name:ident, $field:ident) => {
        impl<R: TextRule> JsonSchema for $name<R> {
            fn schema_name() -> Cow<'static, str> {
                R::NAME.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                schema::<R>()
            }
        }

        impl<R> Clone for $name<R> {
            fn clone(&self) -> Self {
                Self { $field: self.$field.clone(), rule: PhantomData }
            }
        }

        impl<R> PartialEq for $name<R> {
            fn eq(&self, other: &Self) -> bool {
                self.$field == other.$field
            }
        }

        impl<R> Eq for $name<R> {}

        impl<R> fmt::Debug for $name<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.$field.fmt(f)
            }
        }
    };
}

common!(Text, template);
common!(Exact, text);

impl<R> PartialOrd for Exact<R> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<R> Ord for Exact<R> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<R> fmt::Display for Exact<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<R: TextRule> super::Key for Exact<R> {
    fn read(key: &Spanned<String>, cx: &mut Reading) -> Option<Self> {
        let Some((code, message)) = R::fault(key) else { return Some(Self::known(key.value.as_str())) };
        let label = (code == codes::FORM).then(|| format!("`{}` is not", key.value));
        cx.push(Diagnostic { label, ..Diagnostic::at(key.span, code, message) });
        None
    }

    fn names() -> super::KeyNames {
        let (least, most) = R::LENGTH;
        let length =
            if most == usize::MAX { format!("(?=.{{{least},}}$)") } else { format!("(?=.{{{least},{most}}}$)") };
        super::KeyNames::Pattern(
            R::FORM.map_or_else(|| format!("^{length}"), |(form, _)| format!("^{length}(?:{form})$")),
        )
    }
}
