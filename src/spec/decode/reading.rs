//! What decoding carries along: the faults so far, and what is being read.

use std::collections::BTreeSet;

use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::span::Span;
use crate::spec::codes;
use crate::spec::node::Node;
use crate::spec::template::ScopeVar;

/// The three shapes of YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text, a number, true or false.
    Scalar,
    /// A list.
    List,
    /// A map.
    Map,
    /// Any of them.
    Any,
}

impl Shape {
    /// Whether `node` has this shape.
    pub const fn fits(self, node: &Node) -> bool {
        matches!(
            (self, &node.value),
            (Self::Any, _)
                | (Self::Scalar, crate::spec::node::Value::Scalar(_))
                | (Self::List, crate::spec::node::Value::Seq(_))
                | (Self::Map, crate::spec::node::Value::Map(_))
        )
    }

    /// With an article.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "a string",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Any => "a value",
        }
    }
}

/// The state of decoding.
#[derive(Debug, Default)]
pub struct Reading {
    /// The faults and warnings so far.
    pub diagnostics: Diagnostics,
    offered: BTreeSet<ScopeVar>,
    path: Vec<String>,
}

impl Reading {
    /// Nothing read yet. `offered` are the expressions that have a value where the text will be used.
    pub fn new(offered: impl IntoIterator<Item = ScopeVar>) -> Self {
        Self { offered: offered.into_iter().collect(), ..Self::default() }
    }

    /// Reports a fault at a place. The diagnostic that it returns can be given a label, help and related places.
    pub fn fault(&mut self, span: Span, code: Code, message: impl Into<String>) -> Fault<'_> {
        Fault { diagnostics: &mut self.diagnostics, diagnostic: Some(Diagnostic::at(span, code, message)) }
    }

    /// Reports that `node` is of another type than `expected`, which has an article.
    pub fn wrong_type(&mut self, node: &Node, expected: &str) {
        let subject = self.subject();
        if node.is_null() {
            let fault = self.fault(node.span, codes::NULL, format!("{subject} has no value, expected {expected}"));
            fault.help("give it a value, or remove the key; text such as `null` needs quotes");
            return;
        }
        let message = format!("{subject} is {}, expected {expected}", node.kind());
        self.fault(node.span, codes::WRONG_TYPE, message).label(format!("expected {expected}"));
    }

    /// Whether an expression has a value where what is being read will be used.
    pub fn offers(&self, var: ScopeVar) -> bool {
        self.offered.contains(&var)
    }

    /// Does `read` with other expressions on offer.
    pub fn offering<R>(&mut self, offered: &[ScopeVar], read: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.offered, offered.iter().copied().collect());
        let result = read(self);
        self.offered = before;
        result
    }

    /// Does `read` with `key` as the innermost part of the path.
    pub fn within<R>(&mut self, key: impl Into<String>, read: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(key.into());
        let result = read(self);
        self.path.pop();
        result
    }

    /// What is being read, as messages call it: the innermost key in back quotes.
    pub fn subject(&self) -> String {
        self.path.last().map_or_else(|| "the value".to_owned(), |key| format!("`{key}`"))
    }

    /// The keys that lead to what is being read, with dots.
    pub fn path(&self) -> String {
        self.path.join(".")
    }
}

/// A fault being reported: complete when dropped.
#[derive(Debug)]
pub struct Fault<'r> {
    diagnostics: &'r mut Diagnostics,
    diagnostic: Option<Diagnostic>,
}

impl Fault<'_> {
    fn with(mut self, change: impl FnOnce(Diagnostic) -> Diagnostic) -> Self {
        self.diagnostic = self.diagnostic.take().map(change);
        self
    }

    /// With words to stand under the marked text.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.with(|diagnostic| diagnostic.label(label))
    }

    /// With advice.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.with(|diagnostic| diagnostic.help(help))
    }

    /// With advice, if there is any.
    pub fn maybe_help(self, help: Option<String>) -> Self {
        self.with(|diagnostic| diagnostic.maybe_help(help))
    }

    /// With another place that matters.
    pub fn related(self, span: Span, label: impl Into<String>) -> Self {
        self.with(|diagnostic| diagnostic.related(span, label))
    }
}

impl Drop for Fault<'_> {
    fn drop(&mut self) {
        self.diagnostics.extend(self.diagnostic.take());
    }
}
