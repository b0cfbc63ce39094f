//! Documents that users write themselves.

use super::Lowering;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{Document, Form, Ref, Scope, Segment, Template};
use crate::spec::codes;
use crate::spec::decode::Tree;
use crate::spec::template::{Expression, GuardrailPart, Segment as Part, Template as Text};

impl Lowering<'_> {
    /// A document as it is in `scope`, what it says of guardrails and versions turned into references. `None` if one of
    /// them points nowhere; that is reported.
    pub(crate) fn document(&mut self, tree: &Tree, scope: &Scope) -> Option<Document> {
        Some(match tree {
            Tree::Null => Document::Null,
            Tree::Bool(value) => Document::Bool(*value),
            Tree::Number(number) => Document::Number(number.clone()),
            Tree::Text(text) => Document::Text(self.template(text, scope)?),
            Tree::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.document(item, scope)).collect();
                Document::list(items.into_iter().collect::<Option<Vec<_>>>()?)
            }
            Tree::Map(entries) => {
                let read =
                    |(key, value): &(Spanned<String>, Spanned<Tree>)| (key.value.clone(), self.document(value, scope));
                let entries: Vec<_> = entries.iter().map(read).collect();
                Document::Map(entries.into_iter().map(|(key, value)| Some((key, value?))).collect::<Option<_>>()?)
            }
        })
    }

    /// What a text says in `scope`, if it does not depend on what AWS has yet to name.
    pub(crate) fn known(&self, text: &Text, scope: &Scope) -> Option<String> {
        text.resolve(&self.scope_values(scope)).ok()
    }

    fn template(&mut self, text: &Text, scope: &Scope) -> Option<Template> {
        let mut segments: Vec<Segment> = Vec::new();
        let mut sound = true;
        for part in text.segments() {
            let segment = match part {
                Part::Text(text) => Some(Segment::Text(text.clone())),
                Part::Ref(expression) => self.segment(expression, scope),
            };
            match (segments.last_mut(), segment) {
                (_, None) => sound = false,
                (Some(Segment::Text(before)), Some(Segment::Text(text))) => before.push_str(&text),
                (_, Some(segment)) => segments.push(segment),
            }
        }
        sound.then_some(Template(segments))
    }

    fn segment(&mut self, expression: &Spanned<Expression>, scope: &Scope) -> Option<Segment> {
        let at = |name: &str| Spanned::new(name.to_owned(), expression.span);
        let (id, form) = match &expression.value {
            Expression::Scope(var) => {
                let value = self.scope_values(scope).get(*var).map(str::to_owned);
                if value.is_none() {
                    let message = format!("`{}` has no value here", expression.written());
                    self.diagnostics.push(Diagnostic::at(expression.span, codes::NO_SUCH_SCOPE, message));
                }
                return value.map(Segment::Text);
            }
            Expression::Iam(inside) => return Some(Segment::Text(format!("${{{inside}}}"))),
            Expression::Guardrail { key, part: GuardrailPart::Arn } => {
                (self.guardrail_ref(&at(key), scope)?, Form::Whole)
            }
            Expression::Guardrail { key, part: GuardrailPart::Id } => {
                (self.guardrail_ref(&at(key), scope)?, Form::Bare)
            }
            Expression::Guardrail { key, part: GuardrailPart::Current } => {
                (self.version(&at(key), None, scope)?, Form::Whole)
            }
            Expression::Version(key) => (self.version_by_key(&at(key), scope)?, Form::Whole),
            // Reading has reported what nothing knows, and put variables in place.
            Expression::Var(_) | Expression::Env(_) | Expression::Unknown(_) | Expression::Unclosed => return None,
        };
        Some(match (id, form) {
            (Ref::Foreign(id), Form::Whole) => Segment::Text(id.as_str().to_owned()),
            (Ref::Foreign(id), Form::Bare) => {
                Segment::Text(id.as_str().rsplit('/').next().unwrap_or_default().to_owned())
            }
            (id, form) => Segment::Id(id, form),
        })
    }
}

/// The values of a list, or the one value.
pub(crate) fn items(tree: &Spanned<Tree>) -> Vec<&Spanned<Tree>> {
    match &tree.value {
        Tree::List(items) => items.iter().collect(),
        _ => vec![tree],
    }
}

/// The entries of an object.
pub(crate) fn entries(tree: &Tree) -> Option<&[(Spanned<String>, Spanned<Tree>)]> {
    match tree {
        Tree::Map(entries) => Some(entries),
        _ => None,
    }
}

/// The text of a string.
pub(crate) fn text(tree: &Tree) -> Option<&Text> {
    match tree {
        Tree::Text(text) => Some(text),
        _ => None,
    }
}
