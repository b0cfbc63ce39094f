use super::checked::Form;
use crate::aws::Access;
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::session::Session;
use crate::readiness::readiness;
use crate::spec::top::ScanAccounts;

/// Tells whom the spec would cut off, before it is applied
///
/// Looks into every account that the spec's enforcement reaches, for roles that
/// may call models and may not apply the guardrail that would be enforced on
/// them: from then on their calls fail with `AccessDenied`. Where the spec
/// requires calls to name a guardrail, it looks for the roles of agents and
/// knowledge bases, too, whose own calls name none. IAM is asked what it would
/// decide (`iam:SimulatePrincipalPolicy`), with the policies that the spec is
/// to attach. Changes nothing and calls no model.
///
///   bedrail readiness --sandbox -f examples/organization
///
/// `--format` is text, markdown, json or junit.
///
/// Exits with 0 if nobody is cut off, with 6 if somebody is, and with 1 if not
/// everything could be seen and nobody is known to be.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {}

impl Args {
    pub(crate) async fn run(global: &Global, output: &Output) -> Result<Exit, Error> {
        let form = Form::of(global, "readiness")?;
        let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::Declared).await?;
        let progress = Progress::spinner(output, "Asking IAM what the roles may do");
        let report = Box::pin(readiness(&session.clients, &session.sides)).await;
        drop(progress);
        let exit = form.tell(&report, "readiness", &session, output)?;
        session.close().await;
        Ok(exit)
    }
}
