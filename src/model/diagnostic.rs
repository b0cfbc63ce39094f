//! Faults and warnings as values; `report` renders them.

use std::collections::BTreeSet;
use std::fmt;

use super::secret::hide;
use super::span::Span;

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The spec cannot be used.
    Error,
    /// The spec can be used, though perhaps not as meant.
    Warning,
    /// Something was not looked at.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The lasting identity of a kind of diagnostic: `E`, `W` or `L` and four digits. Declared with [`codes!`](crate::codes)
/// beside the rule that uses it.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    id: &'static str,
    meaning: &'static str,
}

impl Code {
    /// A code and the sentence that documents it. Only `codes!` calls this.
    pub const fn new(id: &'static str, meaning: &'static str) -> Self {
        Self { id, meaning }
    }

    /// `E0101`, for instance.
    pub const fn id(self) -> &'static str {
        self.id
    }

    /// What it means, for the list of codes.
    pub const fn meaning(self) -> &'static str {
        self.meaning
    }

    /// Told by the first letter: what is found by `lint`, `L`, is a warning as `W` is, and what it cannot look at, `L09`, a
    /// note.
    pub const fn severity(self) -> Severity {
        match self.id.as_bytes() {
            [b'L', b'0', b'9', ..] => Severity::Note,
            [b'W' | b'L', ..] => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id.cmp(other.id)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Declares codes, and `CODES` with all of them. A module has one such list; `spec::codes` collects the lists.
///
/// ```
/// bedrail::codes! {
///     /// A guardrail without any policy.
///     NO_POLICY = "E1001": "a guardrail has no policy, and AWS requires at least one";
/// }
/// assert_eq!(CODES, &[NO_POLICY]);
/// ```
#[macro_export]
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal: $meaning:literal;)+) => {
        $($(#[$doc])* pub const $name: $crate::model::diagnostic::Code =
            $crate::model::diagnostic::Code::new($id, $meaning);)+
        /// Every code of this module.
        pub const CODES: &[$crate::model::diagnostic::Code] = &[$($name),+];
    };
}

/// One fault or warning. The message says what is wrong, in lower case and without advice; the help says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of fault.
    pub code: Code,
    /// Told by the code.
    pub severity: Severity,
    /// What is wrong, and with which object.
    pub message: String,
    /// Where; absent for a fault of the whole.
    pub span: Option<Span>,
    /// A few words to stand under the marked text.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that matter, with a few words each.
    pub related: Vec<(Span, String)>,
}

impl Diagnostic {
    /// A diagnostic without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let severity = code.severity();
        Self { code, severity, message: message.into(), span: None, label: None, help: None, related: Vec::new() }
    }

    /// A diagnostic at a place.
    pub fn at(span: Span, code: Code, message: impl Into<String>) -> Self {
        Self { span: Some(span), ..Self::new(code, message) }
    }

    /// With words to stand under the marked text.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With advice, if there is any.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<impl Into<String>>) -> Self {
        self.help = help.map(Into::into);
        self
    }

    /// With another place that matters.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }
}

/// The faults and warnings of one run, gathered so that all are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many are errors.
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// How many are warnings.
    pub fn warnings(&self) -> usize {
        self.0.len() - self.errors()
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each of them, in the order of their adding, or of place once `sorted`.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Each without the values that must not be shown. The lines that are quoted with them hold expressions, not values.
    #[must_use]
    pub fn without(self, secrets: &BTreeSet<String>) -> Self {
        if secrets.is_empty() {
            return self;
        }
        let hide = |text: String| hide(&text, secrets);
        let hidden = |Diagnostic { code, severity, message, span, label, help, related }| Diagnostic {
            code,
            severity,
            message: hide(message),
            span,
            label: label.map(hide),
            help: help.map(hide),
            related: related.into_iter().map(|(span, label)| (span, hide(label))).collect(),
        };
        self.0.into_iter().map(hidden).collect()
    }

    /// In the order of place, code and message, each once. One without a place stands first.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.0.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        self.0.dedup_by(|a, b| (a.span, a.code, &a.message) == (b.span, b.code, &b.message));
        self
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::span::SourceId;

    const FAULT: Code = Code::new("E0001", "a fault");
    const DOUBT: Code = Code::new("W0001", "a doubt");

    #[test]
    fn sorting_orders_by_place_and_drops_repeats() {
        let at = |start| Span::new(SourceId::new(0), start, start + 1);
        let all: Diagnostics = [
            Diagnostic::at(at(9), FAULT, "b"),
            Diagnostic::at(at(2), DOUBT, "z"),
            Diagnostic::at(at(9), FAULT, "b").help("said twice"),
            Diagnostic::new(FAULT, "whole"),
        ]
        .into_iter()
        .collect();
        let sorted = all.sorted();
        assert_eq!(sorted.iter().map(|d| d.message.as_str()).collect::<Vec<_>>(), ["whole", "z", "b"]);
        assert_eq!((sorted.errors(), sorted.warnings()), (2, 1));
        assert!(sorted.has_errors());
    }
}
