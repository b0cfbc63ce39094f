//! The commands, one file each.

mod apply;
mod checked;
mod completions;
mod coverage;
mod destroy;
mod doctor;
mod drift;
mod explain;
mod fmt;
mod graph;
mod iam;
mod import;
mod in_force;
mod init;
mod lint;
mod man;
mod plan;
mod readiness;
mod sandbox;
mod schema;
mod show;
mod test;
mod validate;
mod verify;

use clap::Subcommand;

use super::args::Global;
use super::error::Error;
use super::exit::Exit;
use super::interrupt::Interrupt;
use super::output::Output;

/// The forms of a report that people and machines read.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
    Markdown,
}

impl Form {
    /// Each by its word after `--format`.
    const NAMED: [(&str, Self); 3] = [("text", Self::Text), ("json", Self::Json), ("markdown", Self::Markdown)];
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Args),
    Validate(validate::Args),
    Fmt(fmt::Args),
    Lint(lint::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Drift(drift::Args),
    Explain(explain::Args),
    Coverage(coverage::Args),
    Readiness(readiness::Args),
    Verify(verify::Args),
    Destroy(destroy::Args),
    Test(test::Args),
    Doctor(doctor::Args),
    Show(show::Args),
    Import(import::Args),
    Schema(schema::Args),
    Graph(graph::Args),
    Iam(iam::Args),
    Sandbox(sandbox::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, global: &Global, output: &Output, interrupt: Interrupt) -> Result<Exit, Error> {
        match self {
            Self::Init(args) => args.run(global, output).await,
            Self::Validate(_) => validate::Args::run(global, output),
            Self::Fmt(args) => args.run(global, output),
            Self::Lint(args) => args.run(global, output),
            Self::Plan(args) => args.run(global, output).await,
            Self::Apply(args) => args.run(global, output, interrupt).await,
            Self::Drift(args) => args.run(global, output).await,
            Self::Explain(args) => args.run(global, output).await,
            Self::Coverage(args) => args.run(global, output).await,
            Self::Readiness(_) => readiness::Args::run(global, output).await,
            Self::Verify(args) => args.run(global, output, interrupt).await,
            Self::Destroy(args) => args.run(global, output, interrupt).await,
            Self::Test(args) => args.run(global, output, interrupt).await,
            Self::Doctor(args) => args.run(global, output).await,
            Self::Show(args) => args.run(global, output).await,
            Self::Import(args) => args.run(global, output).await,
            Self::Schema(args) => args.run(output),
            Self::Graph(args) => args.run(global, output).await,
            Self::Iam(args) => args.run(global, output),
            Self::Sandbox(args) => args.run(global, output, interrupt).await,
            Self::Completions(args) => args.run(output),
            Self::Man(args) => args.run(output),
        }
    }
}
