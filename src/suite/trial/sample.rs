//! Suites and answers for tests.

use super::{Found, Reply, Usage};
use crate::model::diagnostic::Diagnostics;
use crate::spec::sources::Sources;
use crate::suite::{Action, Loaded, Suite, read};

/// A suite with these cases.
pub(crate) fn suite(cases: &str) -> Suite {
    suite_with("", cases)
}

/// The same with more at its top.
pub(crate) fn suite_with(top: &str, cases: &str) -> Suite {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("a.test.yaml", format!("guardrail: a\n{top}cases:\n{cases}"));
    let suite = read(source, sources.text(source), &mut diagnostics);
    suite.unwrap_or_else(|| panic!("{diagnostics:?}\n{cases}"))
}

/// The same, loaded: it names no images.
pub(crate) fn loaded(cases: &str) -> Loaded {
    Loaded::new(suite(cases), std::collections::BTreeMap::new()).expect("no image is named")
}

/// An answer that did nothing.
pub(crate) fn nothing() -> Reply {
    Reply { action: Action::None, outputs: Vec::new(), found: Found::default(), usage: Usage::default() }
}

/// An answer that did something, and found this.
pub(crate) fn intervened(outputs: &[&str], found: Found) -> Reply {
    let outputs = outputs.iter().map(|text| (*text).to_owned()).collect();
    Reply { action: Action::Intervened, outputs, found, usage: Usage::default() }
}
