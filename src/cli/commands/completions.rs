use clap_complete::{Shell, generate};

use crate::cli::args::command;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;

/// Prints completions for a shell
///
///   bedrail completions bash > bedrail.bash
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

impl Args {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Error> {
        let mut script = Vec::new();
        generate(self.shell, &mut command(), "bedrail", &mut script);
        output.result(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Done)
    }
}
