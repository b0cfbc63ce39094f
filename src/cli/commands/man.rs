use std::path::PathBuf;

use crate::cli::args::command;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::version;

/// Writes man pages into a folder
///
/// One page for bedrail and one for each command; the folder is made if need
/// be.
///
///   bedrail man /usr/local/share/man/man1
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Args {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Error> {
        let Self { folder } = self;
        // The release alone: pages of equal command lines are equal, whatever commit they are of.
        let command = command().version(version::RELEASE).long_version(None::<&str>);
        let written = std::fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(command, &folder));
        written.map_err(|source| Error::File { verb: "write", path: folder.clone(), source })?;
        output.say(&format!("Wrote the man pages into {}.", folder.display()));
        Ok(Exit::Done)
    }
}
