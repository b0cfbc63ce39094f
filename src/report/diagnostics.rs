//! Diagnostics as text with snippets, as JSON, as GitHub annotations and as SARIF.

mod machine;
mod text;

use crate::model::diagnostic::Diagnostics;
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
