use std::path::PathBuf;

use crate::aws::Access;
use crate::cli::args::Global;
use crate::cli::audit;
use crate::cli::consent::{Allowed, Consent};
use crate::cli::error::Error;
use crate::cli::execute::{Form, Job, execute};
use crate::cli::exit::Exit;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::plan::{Options, Purpose};
use crate::spec::top::ScanAccounts;

/// Removes everything that is ours
///
/// In reverse order of what was built, protection last. What `prevent_destroy`
/// protects stays.
///
///   bedrail destroy --sandbox -f examples/organization --allow deletes --yes
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Does not ask
    #[arg(short, long)]
    yes: bool,
    /// `deletes`, everywhere or where an address matches
    #[arg(long, value_name = "HAZARD[:PATTERN]", value_delimiter = ',')]
    allow: Vec<Allowed>,
    /// Appends a line of JSON to FILE before and after every call of an action
    #[arg(long, value_name = "FILE")]
    audit_log: Option<PathBuf>,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output, interrupt: Interrupt) -> Result<Exit, Error> {
        let form = global.format(&[("text", Form::Text), ("json", Form::Json)])?;
        let audit = audit::open(self.audit_log.as_deref())?;
        let session = Session::open(global, output, Access::ReadWrite, ScanAccounts::All).await?;
        let plan = session.plan(global, &Options { purpose: Purpose::Destroy, ..Options::default() }, output)?;
        let consent = Consent { allowed: self.allow, max_deletes: None, purpose: Purpose::Destroy };
        let (agreed, audit) = (self.yes, audit.as_ref());
        let job = Job {
            session: &session,
            plan: &plan,
            consent: &consent,
            agreed,
            required: None,
            audit,
            form,
            global,
            output,
        };
        let exit = execute(job, &interrupt).await;
        session.close().await;
        exit
    }
}
