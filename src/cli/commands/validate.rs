use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::{self, Checked};
use crate::report::diagnostics::{Form, render, summary};

/// Checks the spec offline
///
/// Reports every fault of the spec at once, each with its place, and asks AWS
/// nothing. With `--format json`, `github` (annotations) or `sarif` the
/// diagnostics are the result.
///
///   bedrail validate -f examples/organization
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(global: &Global, output: &Output) -> Result<Exit, Error> {
        let forms =
            [("text", None), ("json", Some(Form::Json)), ("github", Some(Form::Github)), ("sarif", Some(Form::Sarif))];
        let form = global.format(&forms, &[])?;
        let checked = session::check(global);
        let Checked { sources, diagnostics, .. } = &checked;
        let result = if let Some(form) = form {
            render(diagnostics, sources, form, output.width())
        } else {
            output.diagnostics(diagnostics, sources);
            match (diagnostics.is_empty(), diagnostics.has_errors()) {
                (true, _) => "The spec is sound.\n".to_owned(),
                (false, false) => format!("The spec is sound, with {}.\n", summary(diagnostics)),
                // The diagnostics end with how many there are.
                (false, true) => String::new(),
            }
        };
        output.result(&result)?;
        Ok(if checked.diagnostics.has_errors() { Exit::Failed } else { Exit::Done })
    }
}
