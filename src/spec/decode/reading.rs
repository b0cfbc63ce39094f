//! What decoding carries along: the faults so far, and what is being read.

use std::collections::BTreeSet;

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::spec::codes;
use crate::spec::node::{Node, Value};
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
                | (Self::Scalar, Value::Scalar(_))
                | (Self::List, Value::Seq(_))
                | (Self::Map, Value::Map(_))
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

    /// How to write `node` so that it has this shape.
    fn advice(self, node: &Node) -> Option<&'static str> {
        match (self, &node.value) {
            (Self::List, Value::Scalar(_)) => Some("for a list of one put it into brackets: `[…]`"),
            (Self::List, Value::Map(_)) => Some("begin each item with `- `, or put the items into brackets: `[…]`"),
            (Self::Map, Value::Seq(_)) => Some("write `key: value`, without `- ` or brackets"),
            (Self::Scalar, Value::Map(_)) => {
                Some("a colon before a space or a line break makes a map; quotes make text")
            }
            _ => None,
        }
    }
}

#[derive(Debug)]
enum Step {
    Key(String, Span),
    Item(usize),
}

/// The state of decoding.
#[derive(Debug, Default)]
pub struct Reading {
    /// The faults and warnings so far.
    pub diagnostics: Diagnostics,
    offered: BTreeSet<ScopeVar>,
    path: Vec<Step>,
}

impl Reading {
    /// Nothing read yet. `offered` are the expressions that have a value where the text will be used.
    pub fn new(offered: impl IntoIterator<Item = ScopeVar>) -> Self {
        Self { offered: offered.into_iter().collect(), ..Self::default() }
    }

    /// Reports a fault or a warning.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports that `node` is not the text or number that is `expected`, which has an article.
    pub fn wrong_type(&mut self, node: &Node, expected: &str) {
        self.wrong_shape(node, Shape::Scalar, expected);
    }

    /// Reports that `node` has another shape than what is `expected`, which has an article.
    pub fn wrong_shape(&mut self, node: &Node, shape: Shape, expected: &str) {
        let subject = self.subject();
        if node.is_null() {
            let fault = Diagnostic::at(node.span, codes::NULL, format!("{subject} has no value, expected {expected}"));
            self.push(fault.help("give it a value, or remove the key; text such as `null` needs quotes"));
            return;
        }
        let message = format!("{subject} is {}, expected {expected}", node.kind());
        let fault = Diagnostic::at(node.span, codes::WRONG_TYPE, message).label(format!("expected {expected}"));
        self.push(fault.maybe_help(shape.advice(node)));
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

    /// Does `read` below a key.
    pub fn within<R>(&mut self, key: &Spanned<String>, read: impl FnOnce(&mut Self) -> R) -> R {
        self.below(Step::Key(key.value.clone(), key.span), read)
    }

    /// Does `read` for an item of a list.
    pub fn within_item<R>(&mut self, index: usize, read: impl FnOnce(&mut Self) -> R) -> R {
        self.below(Step::Item(index), read)
    }

    fn below<R>(&mut self, step: Step, read: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(step);
        let result = read(self);
        self.path.pop();
        result
    }

    /// What is being read, as messages call it: by the innermost key.
    pub fn subject(&self) -> String {
        let key = self.path.iter().rev().find_map(|step| match step {
            Step::Key(key, _) => Some(key),
            Step::Item(_) => None,
        });
        match (key, self.path.last()) {
            (Some(key), Some(Step::Item(_))) => format!("an item of `{key}`"),
            (Some(key), _) => format!("`{key}`"),
            (None, _) => "the value".to_owned(),
        }
    }

    /// Where the key of what is being read stands; none for an item of a list.
    pub fn key_span(&self) -> Option<Span> {
        match self.path.last()? {
            Step::Key(_, span) => Some(*span),
            Step::Item(_) => None,
        }
    }

    /// The keys that lead to what is being read: `guardrails.baseline.topics[2]`.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Key(key, _) if path.is_empty() => path.push_str(key),
                Step::Key(key, _) => path.extend([".", key]),
                Step::Item(index) => path.extend(["[", &index.to_string(), "]"]),
            }
        }
        path
    }
}
