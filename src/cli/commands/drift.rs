use super::Form;
use super::plan::exit;
use crate::aws::Access;
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::plan::Purpose;
use crate::report::json::{self, pretty};
use crate::report::{markdown, text};
use crate::spec::top::ScanAccounts;

/// Tells what has changed behind bedrail's back
///
/// Compares AWS with the spec given, for a timer to run: changes nothing,
/// whatever the credentials allow.
///
///   bedrail drift --sandbox -f examples/organization
///
/// Exits with 0 if all is in sync, with 2 if something differs, with 1 if
/// something could not be read.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Size of the markdown, cut from its least important part
    #[arg(long, value_name = "N", default_value_t = 60_000)]
    max_bytes: usize,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let form = global.format(&Form::NAMED, &["sarif", "junit"])?;
        let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::All).await?;
        let plan = session.plan(global, Purpose::Reconcile, false, output)?;
        let report = match form {
            Form::Text => text::drift(&plan, session.look(output)),
            Form::Json => pretty(&json::drift(&plan, &session.disclosure)),
            Form::Markdown => markdown::drift(&plan, &session.disclosure, &session.beyond, self.max_bytes),
        };
        output.result(&report)?;
        session.close().await;
        Ok(exit(&plan, true))
    }
}
