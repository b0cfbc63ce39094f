use std::path::{Path, PathBuf};

use crate::aws::AwsError;
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::new_files::write_missing;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::sandbox::Local;
use crate::cli::session;
use crate::import::scaffold::scaffold;
use crate::inventory::surroundings;
use crate::report::clean;

/// The files of a beginning, each with the place that it is written to. More of them, such as pipelines, are more lines here.
const FILES: &[(&str, &str)] =
    &[(SPEC, include_str!("starter/bedrail.yaml")), ("baseline.test.yaml", include_str!("starter/baseline.test.yaml"))];
/// The file that the others are about.
const SPEC: &str = "bedrail.yaml";

/// Writes a starter spec and a test suite
///
/// Into DIR, or here. Never overwrites: a file that is there stays, and where
/// there is a spec, nothing that is about another one is written.
///
///   bedrail init && bedrail plan --sandbox
///
/// `--from-org` reads the organization of the caller instead, and writes a spec
/// that names it, its OUs, accounts and the Regions in which Bedrock answers.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Scaffolds from the organization of the caller
    #[arg(long)]
    from_org: bool,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        global.format(&[("text", ())], &[])?;
        let mut files: Vec<(String, String)> =
            FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let has_spec = self.folder.join(SPEC).exists();
        if has_spec {
            files.retain(|(name, _)| name == SPEC);
        } else if self.from_org
            && let Some((_, text)) = files.iter_mut().find(|(name, _)| name == SPEC)
        {
            *text = of_organization(text, global, output).await?;
        }
        let written = write_missing(&self.folder, &files)?;
        let line = |word: &str, path: &Path| format!("{word} {}\n", clean::line(&path.display().to_string()));
        let said: String = files
            .iter()
            .map(|(name, _)| self.folder.join(name))
            .map(|path| line(if written.contains(&path) { "wrote" } else { "kept" }, &path))
            .collect();
        output.result(&said)?;
        if has_spec {
            output.say("There is a spec already, so nothing was written beside it.");
        }
        Ok(Exit::Done)
    }
}

/// The starter, for the organization of the caller.
async fn of_organization(starter: &str, global: &Global, output: &Output) -> Result<String, Error> {
    let progress = Progress::spinner(output, "Asking AWS what there is");
    let local = match &global.sandbox {
        Some(folder) => Some(Local::open(folder).await?),
        None => None,
    };
    let connection = session::bare_connection(global, None, local.as_ref());
    let found = Box::pin(surroundings(connection)).await;
    drop(progress);
    if let Some(local) = local {
        local.close().await;
    }
    let (facts, regions) = found.map_err(|error: AwsError| Error::Aws(error))?;
    scaffold(starter, &facts, &regions).ok_or(Error::NoOrganization)
}
