//! Scalars whose value must be known at once, and true or false.

use super::{Decode, Reading, Shape};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::node::{Core, Node, Scalar, Written};
use crate::spec::template::{Expression, KNOWN, ScopeVar};
use crate::spec::{codes, suggest};

/// The text of `node`, if it is a scalar without expressions; else reports what it is instead of `expected`.
pub fn literal<'n>(node: &'n Node, expected: &str, cx: &mut Reading) -> Option<(&'n str, &'n Scalar)> {
    let Some(scalar) = node.as_scalar() else {
        cx.wrong_type(node, expected);
        return None;
    };
    if let Some(text) = scalar.text.literal() {
        return Some((text, scalar));
    }
    for expression in scalar.text.expressions() {
        if !unknown(expression, cx) {
            let message = format!("{} cannot hold `{}`", cx.subject(), expression.written());
            let fault = Diagnostic::at(expression.span, codes::NOT_LITERAL, message);
            cx.push(fault.help(format!("only `${{var.…}}` and `${{env.…}}` can stand for {expected}")));
        }
    }
    None
}

/// Reports an expression that nothing knows. Whether it was one.
pub(in crate::spec) fn unknown(expression: &Spanned<Expression>, cx: &mut Reading) -> bool {
    match &expression.value {
        Expression::Unknown(inside) => {
            let message = format!("`${{{inside}}}` is no expression");
            let close = suggest::closest(inside, KNOWN).filter(|name| !name.contains('<'));
            let help = close.map_or_else(
                || format!("known are {}; write `$${{` for a literal `${{`", suggest::list(KNOWN).unwrap_or_default()),
                |name| format!("did you mean `${{{name}}}`? Write `$${{` for a literal `${{`"),
            );
            cx.push(Diagnostic::at(expression.span, codes::BAD_EXPRESSION, message).help(help));
            true
        }
        Expression::Unclosed => {
            let fault =
                Diagnostic::at(expression.span, codes::BAD_EXPRESSION, "`${` begins an expression that does not end");
            cx.push(fault.help("close it with `}`, or write `$${` for a literal `${`"));
            true
        }
        _ => false,
    }
}

/// Reports every expression of a text that has no value where the text is used. Whether there was none.
pub(super) fn check_expressions(scalar: &Scalar, in_document: bool, cx: &mut Reading) -> bool {
    let mut sound = true;
    for expression in scalar.text.expressions() {
        let fine = match &expression.value {
            Expression::Scope(var) => offered(*var, expression, cx),
            Expression::Guardrail { .. } | Expression::Version(_) | Expression::Iam(_) if in_document => true,
            Expression::Guardrail { .. } | Expression::Version(_) | Expression::Iam(_) => {
                let message = format!("`{}` has a value in a `document` only", expression.written());
                let fault = Diagnostic::at(expression.span, codes::NO_SUCH_SCOPE, message);
                cx.push(fault.help("write `$${` for a literal `${`"));
                false
            }
            _ => !unknown(expression, cx),
        };
        sound &= fine;
    }
    sound
}

fn offered(var: ScopeVar, expression: &Spanned<Expression>, cx: &mut Reading) -> bool {
    if cx.offers(var) {
        return true;
    }
    let written = expression.written();
    let (message, help) = match var {
        ScopeVar::OrganizationId => {
            (format!("`{written}` has no value without `organization`"), "declare `organization`, or write the id")
        }
        _ => (
            format!("`{written}` has no value here"),
            "what this entry declares is the same everywhere; write the value",
        ),
    };
    cx.push(Diagnostic::at(expression.span, codes::NO_SUCH_SCOPE, message).help(help));
    false
}

impl Decode for bool {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let (text, scalar) = literal(node, "true or false", cx)?;
        if let Core::Bool(value) = Core::of(text)
            && scalar.written != Written::Quoted
        {
            return Some(value);
        }
        let message = format!("{} is `{}`, expected true or false", cx.subject(), scalar.text.shown());
        let help = match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" => "write `true`: YAML 1.2 knows no other word for it".to_owned(),
            "no" | "off" | "n" => "write `false`: YAML 1.2 knows no other word for it".to_owned(),
            word @ ("true" | "false") => format!("write `{word}` in lower case and without quotes"),
            _ => "write `true` or `false`".to_owned(),
        };
        cx.push(Diagnostic::at(node.span, codes::WRONG_TYPE, message).help(help));
        None
    }
}
