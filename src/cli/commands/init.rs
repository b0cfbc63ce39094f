use std::path::{Path, PathBuf};

use crate::aws::AwsError;
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::new_files::{check_links, write_missing};
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::sandbox::Local;
use crate::cli::session;
use crate::import::scaffold::scaffold;
use crate::inventory::surroundings;
use crate::report::clean;

/// The file that the others are about.
const SPEC: (&str, &str) = ("bedrail.yaml", include_str!("starter/bedrail.yaml"));
/// What the guardrail of the starter is to say; of another spec it would be wrong.
const SUITE: (&str, &str) = ("baseline.test.yaml", include_str!("starter/baseline.test.yaml"));
/// The pipelines of the examples, where GitHub looks for them.
const GITHUB: [(&str, &str); 3] = [
    (".github/workflows/bedrail-plan.yml", include_str!("../../../examples/ci/github/bedrail-plan.yml")),
    (".github/workflows/bedrail-apply.yml", include_str!("../../../examples/ci/github/bedrail-apply.yml")),
    (".github/workflows/bedrail-drift.yml", include_str!("../../../examples/ci/github/bedrail-drift.yml")),
];

/// Writes a starter spec, a test suite and pipelines
///
/// Into DIR, or here. Never overwrites: a file that is there stays, a link to
/// what does not exist is refused, and where there is a spec, no suite for
/// another one is written. The pipelines plan pull requests, apply on merge and
/// look for drift on GitHub; those of GitLab, `CodePipeline` and Kubernetes are
/// among the examples, whose README says what to set up.
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
    /// Which pipelines to write
    #[arg(long, value_name = "KIND", default_value = "github")]
    ci: Pipelines,
}

/// Which pipelines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Pipelines {
    /// Those of GitHub Actions.
    #[value(name = "github")]
    GitHub,
    /// None.
    None,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        global.format(&[("text", ())])?;
        let has_spec = self.folder.join(SPEC.0).exists();
        let pipelines: &[(&str, &str)] = if self.ci == Pipelines::GitHub { &GITHUB } else { &[] };
        let suite = (!has_spec).then_some(SUITE);
        let mut files: Vec<(String, String)> = std::iter::once(SPEC)
            .chain(suite)
            .chain(pipelines.iter().copied())
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        check_links(&self.folder, &files)?;
        if let Some((_, text)) = files.first_mut().filter(|_| self.from_org && !has_spec) {
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
            output.say("There is a spec already, so no test suite was written: it would be about another one.");
        }
        Ok(Exit::Done)
    }
}

/// The starter, for the organization of the caller.
async fn of_organization(starter: &str, global: &Global, output: &Output) -> Result<String, Error> {
    let progress = Progress::spinner(output, "Asking AWS what there is");
    let local = Local::asked_for(global.sandbox.as_deref()).await?;
    let connection = session::bare_connection(global, None, local.as_ref());
    let found = Box::pin(surroundings(connection)).await;
    drop(progress);
    if let Some(local) = local {
        local.close().await;
    }
    let (facts, regions) = found.map_err(|error: AwsError| Error::Aws(error))?;
    scaffold(starter, &facts, &regions).ok_or(Error::NoOrganization)
}
