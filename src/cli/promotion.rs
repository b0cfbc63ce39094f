//! `--require-tests`: what the spec says is tested before the plan is carried out, in candidates where AWS does not hold it yet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use futures::future::join_all;

use super::error::Error;
use super::execute::{Form, Job, told};
use super::interrupt::Interrupt;
use super::output::Output;
use super::progress::Progress;
use super::session::Checked;
use super::suites::{self, Named, answering};
use crate::apply::{Left, Tools, Unmade, make, remove, sweep};
use crate::aws::{Run, chain};
use crate::model::{Address, RemoteId, Scope};
use crate::plan::{Bearer, Candidate, Promoted, no_room};
use crate::report::trial::promotion::{Bore, Promotion, failing, left as told_of, text, unanswered};
use crate::report::trial::{Cases, Tested, Told};
use crate::report::{Disclosure, clean, json};
use crate::runner::{self, Going};
use crate::spec::lower::{Origin, declared};
use crate::suite::Version;
use crate::suite::trial::{Absent, DRAFT, Target, Trial, Verdict, number_of};

/// The suites that what the spec says has to pass.
#[derive(Debug)]
pub(crate) struct Required {
    suites: Vec<Named>,
    rate: Option<f64>,
}

/// What came of them.
pub(crate) struct Tests {
    /// The report, in the form of the run.
    pub(crate) report: String,
    /// Why the plan is not carried out, if it is not.
    pub(crate) fault: Option<Error>,
    /// The candidates that are left.
    pub(crate) left: Vec<Left>,
}

/// By what one guardrail is tested in one place.
struct Stand {
    of: Option<(Address, Bore)>,
    target: Result<Target, Absent>,
    made: Option<(Candidate, RemoteId)>,
}

/// What is known by the end.
#[derive(Default)]
struct Record {
    tested: BTreeMap<usize, Tested>,
    bore: BTreeMap<Address, Bore>,
    left: Vec<Left>,
}

impl Required {
    /// The suites in these files; `None` where none is required. Their faults are among those of the check.
    ///
    /// # Errors
    /// A suite that is not about what the spec says now.
    pub(crate) fn load(paths: &[PathBuf], rate: Option<f64>, checked: &mut Checked) -> Result<Option<Self>, Error> {
        if paths.is_empty() {
            return Ok(None);
        }
        let suites = suites::load(paths, checked);
        if !checked.diagnostics.has_errors() {
            let guardrails = declared(&checked.spec).map(|declared| declared.guardrails).unwrap_or_default();
            for Named { file, loaded } in &suites {
                let (key, version) = (loaded.suite().guardrail.as_str(), &loaded.suite().version);
                let refuse = |why: String| Err(Error::Usage(format!("--require-tests: {file} is for {why}")));
                if let Version::Named(version) = version {
                    return refuse(format!(
                        "the version `{}` of `{key}`, and what is tested is what the spec says now: leave its `version` out",
                        version.value
                    ));
                }
                if guardrails.get(key).is_none_or(|guardrail| guardrail.origin != Origin::Ours) {
                    return refuse(format!("`{key}`, which others manage: no plan of this spec changes it"));
                }
            }
        }
        Ok(Some(Self { suites, rate }))
    }

    /// Puts the suites to what the spec says. The plan has been agreed to; nothing of it has been done.
    ///
    /// # Errors
    /// An interrupt. Candidates are removed before.
    pub(crate) async fn test(&self, job: Job<'_>, run: &Run, interrupt: &Interrupt) -> Result<Tests, Error> {
        let Job { session, plan, form, global, output, .. } = job;
        let name = format!("{}-{}", jiff::Timestamp::now(), std::process::id());
        let sides = &session.sides;
        let (desired, live) = (&sides.desired, &sides.live);
        let promoted = Promoted { plan, desired, live, targets: &global.target, run: &name };
        interrupt.defer();
        let record = tokio::select! {
            record = Box::pin(self.ask(job, promoted, run, interrupt)) => record,
            () = told(interrupt, output) => unreachable!("telling never ends"),
        };
        let tested: Vec<Tested> = record.tested.into_values().collect();
        if interrupt.flag().load(Ordering::Relaxed) {
            output.say("Nothing of the plan was done.");
            return Err(Error::Interrupted);
        }
        let untested = promoted.untested(&record.bore.keys().cloned().collect());
        let (answering, disclosure) = (answering(global), &session.disclosure);
        let told = Told { suites: &tested, cases: Cases::Amiss, prices: None, answering: &answering, disclosure };
        let left = record.left;
        let promotion = Promotion { told, bore: &record.bore, untested: &untested, left: &left };
        let report = match form {
            Form::Text => text(promotion, session.look(output)),
            Form::Json => json::line(&json::tests(promotion)),
        };
        let still = || told_of(&left, disclosure);
        let fault = match told.verdict() {
            Verdict::Passed => None,
            Verdict::Failed => Some(Error::TestsFailed { told: failing(&tested, disclosure), left: still() }),
            Verdict::Incomplete => {
                Some(Error::TestsUnanswered { told: unanswered(&tested, disclosure), left: still() })
            }
        };
        Ok(Tests { report, fault, left })
    }

    /// Asks guardrail by guardrail, so that a Region needs room for one candidate at a time.
    async fn ask(&self, job: Job<'_>, promoted: Promoted<'_>, run: &Run, interrupt: &Interrupt) -> Record {
        let Job { output, session, .. } = job;
        let tools = job.tools(run, interrupt);
        let progress = Progress::spinner(output, "Removing what an earlier run left");
        let swept = swept(job, tools, &progress).await;
        let mut record = Record { left: swept.left.clone(), ..Record::default() };
        let mut keys: Vec<&str> = Vec::new();
        for suite in &self.suites {
            let key = suite.loaded.suite().guardrail.as_str();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        for key in keys {
            let suites =
                || self.suites.iter().enumerate().filter(move |(_, one)| one.loaded.suite().guardrail.as_str() == key);
            let bearers = promoted.bearers(key).into_iter();
            let asked = bearers.filter(|bearer| suites().any(|(_, suite)| bearer.is_in(&suite.loaded.suite().regions)));
            progress.text(format!("Making what `{key}` is tested with"));
            let stands = join_all(asked.map(|bearer| stand(bearer, &swept, tools, job))).await;
            let mut all = Vec::new();
            for (stand, left) in stands {
                record.left.extend(left);
                record.bore.extend(stand.of.clone());
                all.push(stand);
            }
            for (number, suite) in suites() {
                progress.text(suite.file.clone());
                let tested = self.put(job, suite, &all, tools).await;
                record.tested.insert(number, tested);
            }
            progress.text(format!("Removing what `{key}` was tested with"));
            let made = all.into_iter().filter_map(|stand| stand.made);
            for end in join_all(made.map(|(candidate, id)| async move { remove(&candidate, id, tools).await })).await {
                if let Err(left) = end {
                    say_left(&left, output, &session.disclosure);
                    record.left.push(left);
                }
            }
        }
        record
    }

    /// Puts one suite to what stands in its Regions.
    async fn put(&self, job: Job<'_>, suite: &Named, stands: &[Stand], tools: Tools<'_>) -> Tested {
        let regions = &suite.loaded.suite().regions;
        let is_asked =
            |scope: &Scope| regions.is_empty() || scope.region.as_ref().is_some_and(|region| regions.contains(region));
        // What stands in one place shares the quota of that place, so one comes after the other.
        let mut rounds: Vec<Vec<&Stand>> = Vec::new();
        for stand in stands.iter().filter(|stand| is_asked(stand.scope())) {
            let is_free = |round: &&mut Vec<&Stand>| round.iter().all(|other| other.scope() != stand.scope());
            match rounds.iter_mut().find(is_free) {
                Some(round) => round.push(stand),
                None => rounds.push(vec![stand]),
            }
        }
        let going = Going {
            rate: self.rate,
            parallelism: job.global.parallelism,
            wait: &tools.run.wait,
            interrupted: tools.interrupted,
            answered: &|| {},
        };
        let mut trial = Trial { places: Vec::new(), interrupted: false };
        for round in rounds {
            let targets: Vec<Result<Target, Absent>> = round.iter().map(|stand| stand.target.clone()).collect();
            let Trial { places, interrupted } =
                Box::pin(runner::run(&job.session.clients, &suite.loaded, targets, going)).await;
            trial.places.extend(places);
            trial.interrupted |= interrupted;
        }
        trial.places.sort_by(|one, other| one.scope.cmp(&other.scope));
        Tested { file: suite.file.clone(), suite: suite.loaded.suite().clone(), trial, against: None }
    }
}

impl Stand {
    const fn scope(&self) -> &Scope {
        match &self.target {
            Ok(target) => &target.scope,
            Err(absent) => &absent.scope,
        }
    }

    const fn none(absent: Absent) -> Self {
        Self { of: None, target: Err(absent), made: None }
    }
}

/// What bears the content there, made if it has to be; and whether something is left of an attempt.
async fn stand(bearer: Bearer, swept: &Swept, tools: Tools<'_>, job: Job<'_>) -> (Stand, Option<Left>) {
    let version = |address: &Address, id: &RemoteId, version: String| Target {
        scope: address.scope.clone(),
        guardrail: id.clone(),
        version,
        unlike_spec: false,
    };
    let target = |address: &Address, id: &RemoteId| version(address, id, DRAFT.to_owned());
    let candidate = match bearer {
        Bearer::None(absent) => return (Stand::none(absent), None),
        Bearer::Draft(address, id) => {
            let target = target(&address, &id);
            return (Stand { of: Some((address, Bore::Draft)), target: Ok(target), made: None }, None);
        }
        Bearer::Version(reached, guardrail) => {
            let number = number_of(&reached.id).unwrap_or_default();
            let target = version(&reached.guardrail, &guardrail, number.clone());
            let of = Some((reached.address, Bore::Version(number)));
            return (Stand { of, target: Ok(target), made: None }, None);
        }
        Bearer::Candidate(candidate) => candidate,
    };
    if tools.interrupted.load(Ordering::Relaxed) {
        let absent = Absent { scope: candidate.of.scope, why: "interrupted".to_owned(), hint: None };
        return (Stand::none(absent), None);
    }
    let live = &job.session.sides.live;
    if let Some(absent) = no_room(&candidate, live, swept.count(&candidate.of.scope)) {
        return (Stand::none(absent), None);
    }
    match Box::pin(make(&candidate, tools)).await {
        Ok(id) => {
            let of = Some((candidate.of.clone(), Bore::Candidate(candidate.address.clone())));
            let target = Ok(target(&candidate.of, &id));
            (Stand { of, target, made: Some((candidate, id)) }, None)
        }
        Err(Unmade { error, left }) => {
            if let Some(left) = &left {
                say_left(left, job.output, &job.session.disclosure);
            }
            let why = format!("the candidate {} could not be made: {}", candidate.address, chain(&error));
            (Stand::none(Absent { scope: candidate.of.scope, why, hint: error.hint() }), left)
        }
    }
}

/// What earlier runs had left, and is gone.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    removed: BTreeSet<Address>,
    /// What of it is still there.
    pub(crate) left: Vec<Left>,
}

impl Swept {
    fn count(&self, scope: &Scope) -> usize {
        self.removed.iter().filter(|address| address.scope == *scope).count()
    }
}

/// Removes the candidates that earlier runs have left, and says so.
pub(crate) async fn swept(job: Job<'_>, tools: Tools<'_>, progress: &Progress) -> Swept {
    let Job { session, output, .. } = job;
    let mut swept = Swept::default();
    for end in Box::pin(sweep(&session.sides.live, tools)).await {
        progress.suspend(|| match end {
            Ok(address) => {
                output.say(&format!("Removed {}, which an earlier run left.", clean::line(&address.to_string())));
                swept.removed.insert(address);
            }
            Err(left) => {
                say_left(&left, output, &session.disclosure);
                swept.left.push(left);
            }
        });
    }
    swept
}

fn say_left(left: &Left, output: &Output, disclosure: &Disclosure) {
    for line in told_of(std::slice::from_ref(left), disclosure) {
        output.say(&format!("warning: {line}"));
    }
}
