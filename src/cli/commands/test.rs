use std::path::PathBuf;
use std::sync::Arc;

use crate::aws::{Access, Deadlines, Wait};
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::execute::told;
use crate::cli::exit::Exit;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::session::{self, Checked, Session};
use crate::cli::suites::{self, Named, answering, rate};
use crate::kinds::Kind;
use crate::load;
use crate::model::Address;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::report::json::{self, pretty};
use crate::report::trial::{Against, Cases, Tested, Told, junit, text};
use crate::runner::{self, Going};
use crate::spec::lower::{Declared, declared};
use crate::spec::suggest;
use crate::spec::top::ScanAccounts;
use crate::suite::Version;
use crate::suite::trial::{Absent, Prices, Sight, Target, Trial, Verdict, aims, read_prices};

/// Sends prompts through guardrails and compares what they say
///
/// Each case of a suite goes to `ApplyGuardrail` in every Region of the suite,
/// at the pace of AWS's quota there (100 a second in the larger Regions, else
/// 25), which others in the account share: `--rate` leaves them room. What AWS
/// throttles is asked again more slowly. AWS charges for what it examines.
///
///   bedrail test --sandbox baseline.test.yaml
///   bedrail test baseline.test.yaml --against baseline-2026-11
///   bedrail test baseline.test.yaml --format junit --output tests.xml
///
/// `--format` is text, json or junit. Prompts, words and outputs are shown with
/// `--show-content` only.
///
/// Exits with 0 if all is as expected, or tolerated; with 6 if not; with 1 if
/// something has no answer and nothing is known to fail.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Files of suites, `<name>.test.yaml`
    #[arg(value_name = "SUITE", required = true)]
    suites: Vec<PathBuf>,
    /// Also asks this version (`draft`, `current` or a key of `versions`), and tells which cases it takes otherwise
    #[arg(long, value_name = "VERSION")]
    against: Option<String>,
    /// Requests per second in each Region of an account. Default: AWS's quota there
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    /// Also tells the cases that are as expected, with what the guardrail did; JSON and test reports have them anyway
    #[arg(long)]
    every_case: bool,
    /// A YAML file with what 1,000 of each unit cost; `bedrail schema prices` tells its form
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
}

#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
    Junit,
}

/// A suite, and the version that it is compared with.
struct Compared {
    named: Named,
    against: Option<Version>,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output, interrupt: Interrupt) -> Result<Exit, Error> {
        let form = global.format(&[("text", Form::Text), ("json", Form::Json), ("junit", Form::Junit)])?;
        let mut checked = session::check(global);
        let prices = self.prices(&mut checked);
        let suites = self.load(&mut checked)?;
        let session = Box::pin(Session::of(checked, global, output, Access::ReadOnly, ScanAccounts::Declared)).await?;
        let mut tested = Vec::new();
        let mut asked = Vec::new();
        for suite in &suites {
            let own = targets(&session, global, suite, &suite.named.loaded.suite().version).await;
            let other = match &suite.against {
                Some(version) => Some(targets(&session, global, suite, version).await),
                None => None,
            };
            asked.push((own, other));
        }
        check_target(global, &asked)?;
        let count = |targets: &[Result<Target, Absent>]| targets.iter().filter(|target| target.is_ok()).count();
        let requests = suites.iter().zip(&asked).map(|(suite, (own, other))| {
            let suite = suite.named.loaded.suite();
            let each = suite.cases.len() * suite.repeat as usize;
            each * (count(own) + other.as_deref().map_or(0, count))
        });
        let progress = Progress::bar(output, requests.sum());
        let wait = Wait::new(Deadlines::scaled(global.wait)).until(Arc::clone(interrupt.flag()));
        let answered = || progress.advance();
        let going = Going {
            rate: self.rate,
            parallelism: global.parallelism,
            wait: &wait,
            interrupted: interrupt.flag(),
            answered: &answered,
        };
        // From here on there is something to tell, however early the run is ended.
        interrupt.defer();
        let asking = Box::pin(async {
            for (suite, (own, other)) in suites.iter().zip(asked) {
                progress.text(suite.named.file.clone());
                tested.push(ask(&session, suite, own, other, going).await);
            }
        });
        tokio::select! {
            () = asking => {}
            () = told(&interrupt, output) => unreachable!("telling never ends"),
        }
        drop(progress);
        let answering = answering(global);
        let report = Told {
            suites: &tested,
            cases: if self.every_case { Cases::Every } else { Cases::Amiss },
            prices: prices.as_ref(),
            answering: &answering,
            disclosure: &session.disclosure,
        };
        output.result(&match form {
            Form::Text => text(report, session.look(output)),
            Form::Json => pretty(&json::test(report)),
            Form::Junit => junit(report),
        })?;
        let exit = match (tested.iter().any(|one| one.trial.interrupted), report.verdict()) {
            (true, _) => Exit::Interrupted,
            (false, Verdict::Failed) => Exit::ChecksFailed,
            (false, Verdict::Incomplete) => Exit::Failed,
            (false, Verdict::Passed) => Exit::Done,
        };
        session.close().await;
        Ok(exit)
    }

    /// The price table, if one is named. Its faults are among those of the check.
    fn prices(&self, checked: &mut Checked) -> Option<Prices> {
        let path = self.prices.as_ref()?;
        let mut faults = Diagnostics::new();
        let prices = match load::text(path) {
            Ok(text) => {
                let source = checked.sources.add(path.display().to_string(), text);
                read_prices(source, checked.sources.text(source), &mut faults)
            }
            Err(fault) => {
                // The advice is about the files of a spec.
                faults.push(Diagnostic { help: None, ..*fault });
                None
            }
        };
        checked.diagnostics.extend(faults);
        prices
    }

    /// The suites, as far as they are sound. Their faults are among those of the check.
    fn load(&self, checked: &mut Checked) -> Result<Vec<Compared>, Error> {
        let loaded = suites::load(&self.suites, checked);
        let mut suites: Vec<Compared> = loaded.into_iter().map(|named| Compared { named, against: None }).collect();
        let Checked { sources, spec, diagnostics } = checked;
        if let (Some(word), false) = (&self.against, diagnostics.has_errors()) {
            let source = sources.add("--against", word.as_str());
            let key = Spanned::new(word.clone(), Span::new(source, 0, 0));
            for suite in &mut suites {
                let guardrail = suite.named.loaded.suite().guardrail.as_str();
                suite.against = Some(other_version(&key, guardrail, declared(spec))?);
            }
        }
        Ok(suites)
    }
}

/// The version that `--against` names, of this guardrail.
fn other_version(word: &Spanned<String>, guardrail: &str, declared: Option<Declared>) -> Result<Version, Error> {
    let key = word.as_str();
    match key {
        "draft" => return Ok(Version::Draft),
        "current" => return Ok(Version::Current),
        _ => {}
    }
    let versions = declared.map(|declared| declared.versions).unwrap_or_default();
    let of_guardrail = versions.values().filter(|version| version.guardrail.as_str() == guardrail);
    let known: Vec<&str> = of_guardrail.map(|version| version.key.as_str()).collect();
    if known.contains(&key) {
        return Ok(Version::Named(word.clone()));
    }
    let advice = suggest::advise(key, ["draft", "current"].into_iter().chain(known));
    let advice = advice.map(|advice| format!(": {advice}")).unwrap_or_default();
    Err(Error::Usage(format!("--against: `{key}` is no version of `{guardrail}` in the spec{advice}")))
}

/// Where this version is asked, as far as `--target` lets it.
async fn targets(
    session: &Session,
    global: &Global,
    suite: &Compared,
    version: &Version,
) -> Vec<Result<Target, Absent>> {
    let suite = suite.named.loaded.suite();
    let sides = &session.sides;
    let sight = Sight { spec: &session.spec, home: sides.facts.home(), desired: &sides.desired, live: &sides.live };
    let mut targets = Vec::new();
    for aim in aims(sight, suite.guardrail.as_str(), version, &suite.regions) {
        let scope = match &aim {
            Ok(aim) => aim.scope.clone(),
            Err(absent) => absent.scope.clone(),
        };
        let address = Address::new(Kind::Guardrail, scope, suite.guardrail.as_str());
        if global.target.is_empty() || global.target.iter().any(|pattern| address.matches(pattern)) {
            targets.push(runner::settle(&session.clients, aim).await);
        }
    }
    targets
}

type Asked = (Vec<Result<Target, Absent>>, Option<Vec<Result<Target, Absent>>>);

/// Refuses patterns that leave nothing to ask.
fn check_target(global: &Global, asked: &[Asked]) -> Result<(), Error> {
    let nothing = asked.iter().all(|(own, _)| own.is_empty());
    if nothing && !global.target.is_empty() { Err(Error::NoTarget(global.target.clone())) } else { Ok(()) }
}

/// Puts one suite to its version, and then to the one that it is compared with: together they would share a quota.
async fn ask(
    session: &Session,
    suite: &Compared,
    own: Vec<Result<Target, Absent>>,
    other: Option<Vec<Result<Target, Absent>>>,
    going: Going<'_>,
) -> Tested {
    let Compared { named: Named { file, loaded }, against } = suite;
    let mut trial = runner::run(&session.clients, loaded, own, going).await;
    let against = match (against, other) {
        (Some(version), Some(targets)) => {
            let other: Trial = runner::run(&session.clients, loaded, targets, going).await;
            trial.interrupted |= other.interrupted;
            Some(Against { version: version.clone(), trial: other })
        }
        _ => None,
    };
    Tested { file: file.clone(), suite: loaded.suite().clone(), trial, against }
}
