use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::checked::Form;
use crate::aws::{Access, Deadlines};
use crate::cli::args::{Global, minutes, region};
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::session::Session;
use crate::model::Region;
use crate::spec::top::ScanAccounts;
use crate::verify::{Invocation, Options, verify};

/// Proves that what the spec enforces is in force, after it is applied
///
/// Looks into every account and Region that the spec's enforcement reaches:
/// whether the effective policy is what the policies of the spec come to, and
/// valid; whether the enforced configuration is as declared; whether the
/// versions exist and are READY; whether `ApplyGuardrail` works from there; and
/// whether IAM denies model calls without the guardrail that a policy requires,
/// and allows them with it. AWS spreads changes with delays, so what is not so
/// yet is looked at again for up to `--timeout`.
///
/// With `--invoke` it also calls a model, by `Converse`, `ConverseStream`,
/// `InvokeModel` and its stream: without a guardrail, where the answer must tell
/// of the enforced ones on input and output; and as the roles to which the spec
/// attaches a policy that requires one, without it, which must be denied, and
/// with it. Each is a short question and answer, which AWS charges for.
///
///   bedrail verify --sandbox -f examples/organization
///   bedrail verify --invoke amazon.nova-lite-v1:0 --format junit --output verify.xml
///
/// `--format` is text, markdown, json or junit.
///
/// Exits with 0 if all is as it must be, with 6 if something is not, and with 1
/// if not everything could be seen and nothing is known to be wrong.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Also calls this model: its id, that of an inference profile, or an ARN. `REGION=MODEL` names another one for that Region;
    /// may be given several times
    #[arg(long, value_name = "MODEL", value_parser = model)]
    invoke: Vec<(Option<Region>, String)>,
    /// Role that is assumed in each account to call the model. Default: `organization.member_role` in members, the caller itself at
    /// home. The session may do nothing but call models and apply guardrails
    #[arg(long, value_name = "ROLE", requires = "invoke")]
    invoke_role: Option<String>,
    /// How long AWS may take until all is as it must be. Default: 15, which `--wait` scales
    #[arg(long, value_name = "MINUTES", value_parser = minutes)]
    timeout: Option<f64>,
}

/// A model, or that of one Region.
fn model(text: &str) -> Result<(Option<Region>, String), String> {
    let (of, model) = match text.split_once('=') {
        Some((of, model)) => (Some(region(of)?), model),
        None => (None, text),
    };
    if model.is_empty() { Err("a model, or REGION=MODEL".to_owned()) } else { Ok((of, model.to_owned())) }
}

/// The model of each Region, and of all others.
///
/// # Errors
/// Two for the same.
fn models(named: Vec<(Option<Region>, String)>) -> Result<BTreeMap<Option<Region>, String>, Error> {
    let mut models: BTreeMap<Option<Region>, String> = BTreeMap::new();
    for (of, model) in named {
        let place = of.as_ref().map_or_else(|| "every Region".to_owned(), ToString::to_string);
        if let Some(other) = models.insert(of, model.clone()).filter(|other| *other != model) {
            return Err(Error::Usage(format!(
                "--invoke: `{other}` and `{model}` are two models for {place}, of which one can be called: `REGION=MODEL` names one for \
                 that Region alone"
            )));
        }
    }
    Ok(models)
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output, interrupt: Interrupt) -> Result<Exit, Error> {
        let form = Form::of(global, "verify")?;
        let models = models(self.invoke)?;
        let propagation = Deadlines::scaled(global.wait).propagation;
        let timeout = self.timeout.map_or(propagation, |minutes| Duration::from_mins(1).mul_f64(minutes));
        let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::Declared).await?;
        let progress = Progress::spinner(output, "Looking until all is as it must be, or --timeout is over");
        let role = self.invoke_role;
        let invoke = (!models.is_empty()).then_some(Invocation { models, role });
        let interrupted = Arc::clone(interrupt.flag());
        let options = Options { timeout, invoke, interrupted, ..Options::default() };
        // From here on there is something to tell, however early the run is ended.
        interrupt.defer();
        // Most of its future is not polled in a run.
        let report = Box::pin(verify(&session.clients, &session.sides, &options)).await;
        drop(progress);
        let exit = form.tell(&report, "verify", &session, output)?;
        session.close().await;
        Ok(if options.interrupted.load(Ordering::Relaxed) { Exit::Interrupted } else { exit })
    }
}
