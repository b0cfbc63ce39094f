//! Diagnostics as text with snippets, as JSON, as GitHub annotations and as SARIF.

mod machine;
mod text;

use std::collections::BTreeSet;

use crate::lint::Findings;
use crate::lint::explain::{self, Explanation};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::spec::sources::Sources;

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// With snippets, for people.
    Text(Paint),
    /// One JSON object.
    Json,
    /// GitHub Actions workflow commands, one line each.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

/// Whether text carries colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// ANSI colours.
    Colour,
    /// None.
    Plain,
}

/// Writes `diagnostics`, in their order, on `width` columns where that matters. Ends with a line break unless empty.
pub fn render(diagnostics: &Diagnostics, sources: &Sources, form: Form, width: usize) -> String {
    match form {
        Form::Text(paint) => text::render(diagnostics, sources, paint, width),
        Form::Json => machine::json(diagnostics, sources),
        Form::Github => machine::github(diagnostics, sources),
        Form::Sarif => machine::sarif(diagnostics, sources),
    }
}

/// What `lint` has to say.
#[derive(Clone, Copy, Debug)]
pub struct Lint<'a> {
    /// What was found.
    pub findings: &'a Findings,
    /// What could not be looked at.
    pub faults: &'a Diagnostics,
    /// How many documents were looked at, a spec being one.
    pub documents: usize,
    /// The texts.
    pub sources: &'a Sources,
}

impl Lint<'_> {
    /// Writes it. As text without the faults, which are no result; each explanation stands with the first finding that
    /// needs it.
    pub fn render(&self, form: Form, width: usize) -> String {
        match form {
            Form::Json => machine::lint(self),
            Form::Text(paint) => self.text(paint, width),
            Form::Github | Form::Sarif => {
                let found = self.findings.diagnostics.iter();
                render(&self.faults.iter().chain(found).cloned().collect(), self.sources, form, width)
            }
        }
    }

    fn text(&self, paint: Paint, width: usize) -> String {
        let mut explained = BTreeSet::new();
        let note = |finding: &Diagnostic| {
            let Explanation { why, instead: _, source } = explain::of(finding.code)?;
            explained.insert(finding.code).then(|| format!("{why} See {source}"))
        };
        let found = &self.findings.diagnostics;
        let text = text::each(found, self.sources, paint, width, "lint", note);
        let plural =
            |count: usize, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
        match (found.len(), self.documents) {
            (_, 0) => text,
            (0, documents) => format!("No findings in {}.\n", plural(documents, "document")),
            (findings, documents) => {
                format!("{text}{} in {}\n", plural(findings, "finding"), plural(documents, "document"))
            }
        }
    }
}

/// `2 errors, 1 warning`.
pub fn summary(diagnostics: &Diagnostics) -> String {
    let count = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{count} {word}s")),
    };
    let counts = [count(diagnostics.errors(), "error"), count(diagnostics.warnings(), "warning")];
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
