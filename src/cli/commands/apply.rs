use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::aws::Access;
use crate::cli::advance;
use crate::cli::args::Global;
use crate::cli::audit;
use crate::cli::consent::{Allowed, Consent, declares_something};
use crate::cli::error::Error;
use crate::cli::execute::{Form, Job, execute};
use crate::cli::exit::Exit;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::promotion::Required;
use crate::cli::session::{self, Session};
use crate::cli::suites::rate;
use crate::kinds::Verb;
use crate::model::Digest;
use crate::plan::{Options, Plan, Purpose};
use crate::report::json::{PlanFile, Stale};
use crate::spec::top::ScanAccounts;

/// Plans and carries out the plan
///
/// Shows the plan, asks, and executes it in dependency order, as much at once
/// as order permits. What fails skips only what waits for it; a rerun
/// continues. With a saved plan it plans again and goes on only if nothing has
/// moved since, and with `--digest` only if it is the one that was reviewed.
///
///   bedrail apply --sandbox -f examples/organization --yes
///   bedrail apply --require-tests baseline.test.yaml
///
/// Exits with 0 when all is done, 3 if something needs a word of consent, 4 if
/// a saved plan is stale, 5 if something was done and something was not, 6 if
/// what the spec says does not pass the tests, or a stage is not in force.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// A plan saved with `plan --out`
    #[arg(value_name = "PLANFILE")]
    saved: Option<PathBuf>,
    /// Digest that PLANFILE has to have, as the plan that was reviewed shows it: `sha256:…`
    #[arg(long, value_name = "DIGEST", requires = "saved")]
    digest: Option<Digest>,
    /// Does not ask
    #[arg(short, long)]
    yes: bool,
    /// Hazards to allow, everywhere or where an address matches
    #[arg(long, value_name = "HAZARD[:PATTERN]", value_delimiter = ',')]
    allow: Vec<Allowed>,
    /// Takes over unmarked resources of a wanted name
    #[arg(long)]
    adopt: bool,
    /// Goes one stage on where a policy changes stage by stage, once all that `verify` looks at is so as far as it has come
    #[arg(long)]
    advance: bool,
    /// Tests what the spec says with this suite first, in temporary guardrails where AWS does not hold it yet, and goes on only if it
    /// passes; may be given several times
    #[arg(long, value_name = "SUITE")]
    require_tests: Vec<PathBuf>,
    /// Requests of the tests per second in each Region of an account. Default: AWS's quota there
    #[arg(long, value_name = "N", value_parser = rate, requires = "require_tests")]
    rate: Option<f64>,
    /// How many resources may be deleted at once; pruned versions are not counted
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_deletes: usize,
    /// Appends a line of JSON to FILE before and after every call of an action
    #[arg(long, value_name = "FILE")]
    audit_log: Option<PathBuf>,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output, interrupt: Interrupt) -> Result<Exit, Error> {
        let form = global.format(&[("text", Form::Text), ("json", Form::Json)])?;
        let saved = self.saved.as_deref().map(read_saved).transpose()?;
        if let (Some(saved), Some(reviewed)) = (&saved, self.digest) {
            is_reviewed(saved, reviewed)?;
        }
        let audit = audit::open(self.audit_log.as_deref())?;
        let mut checked = session::check(global);
        let required = Required::load(&self.require_tests, self.rate, &mut checked)?;
        // Its future is large, and every command's would be as large.
        let session = Box::pin(Session::of(checked, global, output, Access::ReadWrite, ScanAccounts::Declared)).await?;
        let chosen = Options { adopt: self.adopt, advance: self.advance, ..Options::default() };
        let (plan, chosen) = match &saved {
            Some(saved) => again(saved, &chosen, &session, global, output)?,
            None => (session.plan(global, &chosen, output)?, chosen),
        };
        declares_something(&plan, &session.sides.desired)?;
        if chosen.advance {
            advance::verified(&session, global.patience()).await?;
        }
        let consent = Consent { allowed: self.allow, max_deletes: Some(self.max_deletes), purpose: Purpose::Reconcile };
        let agreed = self.yes || saved.is_some();
        let (required, audit) = (required.as_ref(), audit.as_ref());
        let job =
            Job { session: &session, plan: &plan, consent: &consent, agreed, required, audit, form, global, output };
        let exit = execute(job, &interrupt).await;
        session.close().await;
        exit
    }
}

/// A plan that was saved.
pub(super) fn read_saved(path: &Path) -> Result<PlanFile, Error> {
    let failed = |source| Error::File { verb: "read", path: path.to_owned(), source };
    let mut bytes = Vec::new();
    // The length that a file states is not trusted: what is read may be a pipe.
    let limit = u64::try_from(PlanFile::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    PlanFile::read(&bytes).map_err(|source| Error::NotAPlan { path: path.to_owned(), source })
}

/// Whether the saved plan is the one that was reviewed.
fn is_reviewed(saved: &PlanFile, reviewed: Digest) -> Result<(), Error> {
    let digest = saved.digest();
    if digest == reviewed { Ok(()) } else { Err(Error::Stale(Stale::OtherPlan { saved: digest, reviewed })) }
}

/// Whether the saved plan holds everything that would be done now.
fn still_so(saved: &PlanFile, plan: &Plan, session: &Session) -> Result<(), Error> {
    PlanFile::compare(saved, &PlanFile::of(plan, &session.disclosure)).map_err(Error::Stale)
}

/// The plan that was saved, made again, and with what. Whether it was made with `--adopt` or `--advance` does not stand in it:
/// besides what is `chosen`, each is tried that may have been, and of the plans that the file holds the one that does the most
/// of it is the one.
fn again(
    saved: &PlanFile,
    chosen: &Options,
    session: &Session,
    global: &Global,
    output: &Output,
) -> Result<(Plan, Options), Error> {
    let adopts = saved.actions.iter().any(|action| action.verb == Verb::Adopt);
    let stages = !session.sides.desired.staged.is_empty();
    let mut made: Option<Result<(Plan, Options), Error>> = None;
    for (adopt, advance) in [(false, false), (true, false), (false, true), (true, true)] {
        let way = Options { adopt: chosen.adopt || adopt, advance: chosen.advance || advance, ..chosen.clone() };
        let may_be = (way.adopt == chosen.adopt || adopts) && (way.advance == chosen.advance || stages);
        let repeats = (adopt && chosen.adopt) || (advance && chosen.advance);
        let whole = |plan: &Plan| plan.actions.len() >= saved.actions.len();
        if !may_be || repeats || matches!(&made, Some(Ok((plan, _))) if whole(plan)) {
            continue;
        }
        let plan = session.plan(global, &way, output)?;
        let held = still_so(saved, &plan, session).map(|()| (plan, way));
        let better = match (&made, &held) {
            (None, _) | (Some(Err(_)), Ok(_)) => true,
            (Some(Ok((before, _))), Ok((plan, _))) => plan.actions.len() > before.actions.len(),
            (Some(_), Err(_)) => false,
        };
        if better {
            made = Some(held);
        }
    }
    let (plan, way) = made.unwrap_or_else(|| Ok((session.plan(global, chosen, output)?, chosen.clone())))?;
    // An attachment does not tell what the policy that it spreads says, nor does the file whether something was to be taken over:
    // what was reviewed is known by its spec.
    if (way.advance || way.adopt != chosen.adopt) && saved.spec != plan.spec.to_string() {
        return Err(Error::Stale(Stale::OtherSpec));
    }
    Ok((plan, way))
}

/// The plan that was saved, made again to tell what it will do. What of it is no more to be done has been done: of another spec, of
/// which that cannot be told, nothing is foretold.
///
/// # Errors
/// The saved plan is stale, or of another spec; no plan can be made.
pub(super) fn previewed(saved: &PlanFile, session: &Session, global: &Global, output: &Output) -> Result<Plan, Error> {
    let (plan, _) = again(saved, &Options::default(), session, global, output)?;
    if plan.actions.len() < saved.actions.len() && saved.spec != plan.spec.to_string() {
        return Err(Error::Stale(Stale::OtherSpec));
    }
    Ok(plan)
}
