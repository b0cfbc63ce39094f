use std::path::PathBuf;

use super::Form;
use crate::aws::Access;
use crate::cli::args::Global;
use crate::cli::consent::{Allowed, Consent, FailOn, declares_something, fail_on};
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::{Output, write_file};
use crate::cli::session::Session;
use crate::plan::{Options, Plan, Purpose};
use crate::report::json::{PlanFile, pretty};
use crate::report::{Disclosure, differs, markdown, text};
use crate::spec::top::ScanAccounts;

/// Reads AWS and shows what apply would do
///
/// Changes nothing, whatever the credentials allow. With `--out` the plan is
/// saved for `apply`, holding digests in place of guarded text and secrets.
/// `--format json` is the machine's form, `--format markdown` a comment for a
/// pull request.
///
///   bedrail plan --sandbox -f examples/organization --out plan.json
///
/// Exits with 0; with 1 if something could not be read; with
/// `--detailed-exitcode` 2 if there is something to do.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Saves the plan for `apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exits with 2 if there is something to do
    #[arg(long)]
    detailed_exitcode: bool,
    /// Size of the markdown, cut from its least important part
    #[arg(long, value_name = "N", default_value_t = 60_000)]
    max_bytes: usize,
    /// Exits with 3 if the plan carries one of these hazards, or a change that is `unranked`
    #[arg(long, value_name = "HAZARD", value_delimiter = ',')]
    fail_on: Vec<FailOn>,
    /// Hazards that apply will be allowed, everywhere or where an address matches
    #[arg(long, value_name = "HAZARD[:PATTERN]", value_delimiter = ',')]
    allow: Vec<Allowed>,
    /// Takes over unmarked resources of a wanted name
    #[arg(long)]
    adopt: bool,
    /// Goes one stage on where a policy changes stage by stage
    #[arg(long)]
    advance: bool,
    /// How many resources apply may delete at once
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_deletes: usize,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let form = global.format(&Form::NAMED)?;
        let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::Declared).await?;
        let chosen = Options { adopt: self.adopt, advance: self.advance, ..Options::default() };
        let plan = session.plan(global, &chosen, output)?;
        let refusals =
            Consent { allowed: self.allow, max_deletes: Some(self.max_deletes), purpose: Purpose::Reconcile }
                .refusals(&plan);
        let report = match form {
            Form::Text => text::plan(&plan, &refusals, session.look(output)),
            Form::Json => pretty(&PlanFile::of(&plan, &session.disclosure)),
            Form::Markdown => markdown::plan(&plan, &refusals, &session.disclosure, &session.beyond, self.max_bytes),
        };
        output.result(&report)?;
        if declares_something(&plan, &session.sides.desired).is_err() {
            output.say("The spec declares nothing: apply will refuse this plan, and only `bedrail destroy` removes everything.");
        }
        if let Some(path) = &self.out {
            // Whatever is shown, a saved plan holds no guarded text.
            let hidden = Disclosure { content: false, ..session.disclosure.clone() };
            write_file(path, pretty(&PlanFile::of(&plan, &hidden)).as_bytes())?;
            output.say(&format!("Saved the plan to {0}; `bedrail apply {0}` carries it out.", path.display()));
        }
        session.close().await;
        fail_on(&plan, &self.fail_on)?;
        Ok(exit(&plan, self.detailed_exitcode))
    }
}

/// Differences win over what could not be seen.
pub(super) fn exit(plan: &Plan, differences: bool) -> Exit {
    match (differences && differs(plan), plan.blind.is_empty()) {
        (true, _) => Exit::Differs,
        (false, false) => Exit::Failed,
        (false, true) => Exit::Done,
    }
}
