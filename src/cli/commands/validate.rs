use std::path::PathBuf;

use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::{self, Checked};
use crate::load;
use crate::model::diagnostic::Diagnostics;
use crate::report::diagnostics::{Form, render, summary};
use crate::spec::sources::Sources;

/// Checks the spec offline
///
/// Reports every fault of the spec at once, each with its place, and asks AWS
/// nothing. A test suite that is named, `<name>.test.yaml`, is checked as well;
/// if the spec is named, too, then what the suite expects is held against what
/// the guardrail is set to do. Without `--env` the spec is
/// checked as it stands and in each of its environments. With `--format json`, `github`
/// (annotations) or `sarif` the diagnostics are the result.
///
///   bedrail validate -f examples/organization
///   bedrail validate -f bedrail.yaml -f baseline.test.yaml
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(global: &Global, output: &Output) -> Result<Exit, Error> {
        let forms =
            [("text", None), ("json", Some(Form::Json)), ("github", Some(Form::Github)), ("sarif", Some(Form::Sarif))];
        let form = global.format(&forms)?;
        let Looked { what, sources, diagnostics } = look(global);
        let result = if let Some(form) = form {
            render(&diagnostics, &sources, form, output.width())
        } else {
            output.diagnostics(&diagnostics, &sources);
            match (diagnostics.is_empty(), diagnostics.has_errors()) {
                (true, _) => format!("{what} sound.\n"),
                (false, false) => format!("{what} sound, with {}.\n", summary(&diagnostics)),
                // The diagnostics end with how many there are.
                (false, true) => String::new(),
            }
        };
        output.result(&result)?;
        Ok(if diagnostics.has_errors() { Exit::at_fault(&diagnostics) } else { Exit::Done })
    }
}

/// What was looked at, and what was found.
struct Looked {
    /// The subject of a sentence, with its verb.
    what: &'static str,
    sources: Sources,
    diagnostics: Diagnostics,
}

/// Checks the spec as it stands, and in each of its environments unless one is chosen. They are read from the same files in the
/// same order, so that a place is the same in all.
fn in_every_environment(global: &Global) -> Checked {
    let mut checked = session::check(global);
    if global.env.is_none() {
        for name in checked.spec.environments.clone() {
            let there = session::check(&Global { env: Some(name), ..global.clone() });
            checked.diagnostics.extend(there.diagnostics);
        }
    }
    checked
}

/// Checks the spec and the suites that are named; each suite against the spec, if there is one.
fn look(global: &Global) -> Looked {
    let is_suite = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(load::suite::is_suite);
    let (suites, spec): (Vec<PathBuf>, Vec<PathBuf>) = global.spec.iter().cloned().partition(is_suite);
    let (what, spec) = match (spec.is_empty(), suites.len()) {
        (true, 1) => ("The suite is", None),
        (true, _) => ("The suites are", None),
        (false, 0) => ("The spec is", Some(spec)),
        (false, 1) => ("The spec and the suite are", Some(spec)),
        (false, _) => ("The spec and the suites are", Some(spec)),
    };
    let checked = spec.map(|spec| in_every_environment(&Global { spec, ..global.clone() }));
    let (mut sources, spec, mut diagnostics) = match checked {
        Some(Checked { sources, spec, diagnostics }) => (sources, Some(spec), diagnostics),
        None => (Sources::new(), None, Diagnostics::new()),
    };
    for path in &suites {
        let read = load::suite::load(path, &mut sources, &mut diagnostics);
        if let Some(spec) = &spec {
            read.outline.check_against(spec, &mut diagnostics);
        }
    }
    Looked { what, sources, diagnostics: diagnostics.sorted() }
}
