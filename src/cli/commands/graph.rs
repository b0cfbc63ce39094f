use clap::ValueEnum;

use crate::aws::Access;
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::plan::Options;
use crate::report::graph::{Graph, GraphForm};
use crate::spec::top::ScanAccounts;

/// Prints the dependency graph of the plan or of the spec
///
/// An arrow leads from what comes first to what waits for it.
///
///   bedrail graph spec --sandbox -f examples/organization --format mermaid
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Of what
    #[arg(value_name = "WHAT", default_value = "plan")]
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The actions that apply would carry out, in their order.
    Plan,
    /// The resources of the spec, and what they need.
    Spec,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let forms = [("text", GraphForm::Text), ("mermaid", GraphForm::Mermaid), ("dot", GraphForm::Dot)];
        let form = global.format(&forms)?;
        let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::Declared).await?;
        let graph = match self.what {
            What::Plan => Graph::of_plan(&session.plan(global, &Options::default(), output)?),
            What::Spec => Graph::of_spec(&session.sides.desired),
        };
        output.result(&graph.render(form))?;
        session.close().await;
        Ok(Exit::Done)
    }
}
