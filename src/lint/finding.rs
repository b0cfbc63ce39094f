//! What was found, with the path that leads to it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::span::Span;
use crate::spec::node::{Node, Value};

/// Findings, and the path of each place in its document: `Statement[0].Action[2]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Each finding, in the order of place once [`Self::sorted`].
    pub diagnostics: Diagnostics,
    /// The path to each place that a finding names.
    pub paths: BTreeMap<Span, String>,
}

impl Findings {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Whether something with one of these codes was found.
    pub(super) fn has(&self, codes: &[Code]) -> bool {
        self.diagnostics.iter().any(|one| codes.contains(&one.code))
    }

    /// Without the findings of some codes.
    #[must_use]
    pub(super) fn without(self, codes: &[Code]) -> Self {
        Self { diagnostics: self.diagnostics.into_iter().filter(|one| !codes.contains(&one.code)).collect(), ..self }
    }

    /// Adds what another document has.
    pub fn extend(&mut self, other: Self) {
        let Self { diagnostics, paths } = other;
        self.diagnostics.extend(diagnostics);
        self.paths.extend(paths);
    }

    /// In the order of place, each once.
    #[must_use]
    pub fn sorted(self) -> Self {
        Self { diagnostics: self.diagnostics.sorted(), ..self }
    }

    /// Adds a finding: what is wrong, and what to write instead.
    pub(super) fn find(&mut self, span: Span, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::at(span, code, message).help(help));
    }

    /// Says of each finding to which of several documents it belongs.
    pub(super) fn belong_to(&mut self, member: &str) {
        if !member.is_empty() {
            let label = |finding: &Diagnostic| finding.clone().label(format!("of `{member}`"));
            self.diagnostics = self.diagnostics.iter().map(label).collect();
        }
    }

    /// Notes the paths to the places that have been found below `root`, which `prefix` leads to and `key` names.
    pub(super) fn locate(&mut self, root: &Node, prefix: &str, key: Option<Span>) {
        for finding in &self.diagnostics {
            if let Some(span) = finding.span {
                self.paths.entry(span).or_default();
            }
        }
        if let Some(key) = key {
            note(key, prefix, &mut self.paths);
        }
        let mut path = prefix.to_owned();
        walk(root, &mut path, &mut self.paths);
    }
}

/// The first path to a place is the one that counts: an alias leads there on others.
fn walk(node: &Node, path: &mut String, paths: &mut BTreeMap<Span, String>) {
    note(node.span, path, paths);
    note(node.span.at_start(), path, paths);
    let length = path.len();
    match &node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Seq(items) => {
            for (at, item) in items.iter().enumerate() {
                let _ = write!(path, "[{at}]");
                walk(item, path, paths);
                path.truncate(length);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(&entry.key.value);
                note(entry.key.span, path, paths);
                note(Span { end: entry.value.span.end, ..entry.key.span }, path, paths);
                walk(&entry.value, path, paths);
                path.truncate(length);
            }
        }
    }
}

fn note(span: Span, path: &str, paths: &mut BTreeMap<Span, String>) {
    if let Some(noted) = paths.get_mut(&span).filter(|noted| noted.is_empty()) {
        // The document itself.
        if path.is_empty() { "$" } else { path }.clone_into(noted);
    }
}
