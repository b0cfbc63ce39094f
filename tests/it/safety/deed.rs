//! A spec that is applied or destroyed, in this process.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bedrail::apply::{Happened, Outcome, Tools, apply, live_ids};
use bedrail::aws::{Access, Deadlines, Retries, Run, Wait};
use bedrail::load::load;
use bedrail::model::Digest;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::plan::{Options, Plan, Purpose};
use bedrail::reconcile::Sides;
use bedrail::spec::lower::check;
use bedrail::spec::sources::Sources;
use bedrail::spec::{Input, Spec, read};
use bedrail_localstack::Seed;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::source;
use crate::support::{Sandbox, VISIBLE};

/// A spec, and what is done with it.
#[derive(Debug)]
pub(super) struct Deed {
    /// For people.
    pub(super) name: String,
    pub(super) spec: Spec,
    pub(super) purpose: Purpose,
    texts: Vec<String>,
    digest: Digest,
}

/// What came of a deed.
#[derive(Debug)]
pub(super) struct Attempt {
    /// What was to be done; `None` if not even that could be known.
    pub(super) plan: Option<Plan>,
    /// What became of it, or why there was no plan.
    pub(super) outcome: Result<Outcome, String>,
}

/// Calls are tried once: what happens to one breaks what it belongs to.
pub(super) const ONCE: Retries = retries(1);
/// The SDK tries again, as it does in earnest but without the rests.
pub(super) const AGAIN: Retries = retries(3);

const fn retries(attempts: u32) -> Retries {
    Retries { attempts, first_rest: Duration::from_millis(1), longest_rest: Duration::from_millis(2) }
}

impl Deed {
    /// The spec in a folder of the repository, with these words in place of others.
    pub(super) fn of_example(folder: &str, purpose: Purpose, replace: (&str, &str)) -> Self {
        let (mut files, mut unread) = (Sources::new(), Diagnostics::default());
        let ids = load(&[source::root().join(folder)], &mut files, &mut unread);
        assert!(unread.is_empty(), "{unread:?}");
        let texts: Vec<String> = ids.iter().map(|id| files.text(*id).replace(replace.0, replace.1)).collect();
        Self::new(format!("{} of {folder}", word(purpose)), texts, purpose)
    }

    /// The spec that these texts are together.
    pub(super) fn new(name: String, texts: Vec<String>, purpose: Purpose) -> Self {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::default());
        let files: Vec<_> = texts
            .iter()
            .enumerate()
            .map(|(number, text)| sources.add(format!("{number}.yaml"), text.clone()))
            .collect();
        let environment = BTreeMap::new();
        let input = Input { sources: &sources, files: &files, given: Vec::new(), environment: &environment, env: None };
        let spec = read(input, &mut diagnostics);
        check(&spec, &mut diagnostics);
        let errors: Vec<_> = diagnostics.iter().filter(|fault| fault.code.id().starts_with('E')).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{texts:?}");
        let digest = Digest::of(&texts);
        Self { name, spec, purpose, texts, digest }
    }

    /// The files of the spec, in a folder of their own.
    pub(super) fn written(&self) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (number, text) in self.texts.iter().enumerate() {
            std::fs::write(folder.path().join(format!("{number}.yaml")), text).expect("a writable folder");
        }
        folder
    }

    /// The stack whose marks the spec gives.
    pub(super) fn stack(&self) -> &str {
        let top = self.spec.top.as_ref().expect("a sound spec has a top level");
        top.stack.value.as_str()
    }

    /// What there is to do, read without any fault.
    pub(super) async fn plan(&self, sandbox: &Sandbox) -> Plan {
        let clients = sandbox.try_clients_of(&self.spec, Access::ReadOnly, Retries::default()).await;
        let clients = clients.expect("the emulator answers");
        let sides = Box::pin(Sides::read(&self.spec, &clients, &mut Diagnostics::default())).await;
        let sides = sides.expect("the facts are there");
        sides.plan(&self.options(), self.digest.clone()).expect("the spec fits")
    }

    /// Does it once, from reading to the end.
    pub(super) async fn attempt(&self, sandbox: &Sandbox, retries: Retries) -> Attempt {
        let deadlines = Deadlines { visible: VISIBLE, ..Deadlines::scaled(0.2) };
        self.attempt_within(sandbox, retries, deadlines).await
    }

    /// As [`Self::attempt`], waiting so long at most.
    pub(super) async fn attempt_within(&self, sandbox: &Sandbox, retries: Retries, deadlines: Deadlines) -> Attempt {
        let unplanned = |why: String| Attempt { plan: None, outcome: Err(why) };
        let clients = match sandbox.try_clients_of(&self.spec, Access::ReadWrite, retries).await {
            Ok(clients) => clients,
            Err(error) => return unplanned(error.to_string()),
        };
        let sides = match Box::pin(Sides::read(&self.spec, &clients, &mut Diagnostics::default())).await {
            Ok(sides) => sides,
            Err(failure) => return unplanned(format!("{failure:?}")),
        };
        let plan = match sides.plan(&self.options(), self.digest.clone()) {
            Ok(plan) => plan,
            Err(failure) => return unplanned(format!("{failure:?}")),
        };
        let root = sides.facts.organization.as_ref().map(|organization| organization.root.clone());
        let wait = Wait::new(deadlines);
        let run = Run::new(live_ids(&sides.live), wait, sides.desired.stack.as_str(), root);
        let interrupted = AtomicBool::new(false);
        let tools =
            Tools { clients: &clients, run: &run, desired: &sides.desired, parallelism: 16, interrupted: &interrupted };
        let outcome = Box::pin(apply(&plan, tools, &mut |_| {})).await;
        Attempt { plan: Some(plan), outcome: Ok(outcome) }
    }

    fn options(&self) -> Options {
        Options { purpose: self.purpose, ..Options::default() }
    }
}

/// The command for this.
pub(super) fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Reconcile => "apply",
        Purpose::Destroy => "destroy",
    }
}

impl Attempt {
    /// Whether everything was seen and done.
    pub(super) fn is_complete(&self) -> bool {
        let seen = self.plan.as_ref().is_some_and(|plan| plan.blind.is_empty());
        seen && self.outcome.as_ref().is_ok_and(Outcome::is_complete)
    }

    /// What failed, for people.
    pub(super) fn told(&self) -> String {
        let outcome = match &self.outcome {
            Ok(outcome) => outcome,
            Err(why) => return why.clone(),
        };
        let failed = outcome.failed.iter().map(|event| match &event.happened {
            Happened::Failed { error, .. } => format!("{}: {error}", event.address),
            other => format!("{}: {other:?}", event.address),
        });
        let blind = self.plan.iter().flat_map(|plan| &plan.blind).map(|blind| format!("unseen: {blind:?}"));
        failed.chain(blind).collect::<Vec<_>>().join("; ")
    }
}

/// How long Organizations takes to compute effective policies: long enough for what does not wait to be seen not to.
const PROPAGATION_MS: u32 = 250;

impl Sandbox {
    /// One that goes on from a state that another was in.
    pub(super) async fn holding(state: Value) -> Self {
        let sandbox = Self::seeded(Seed::Value(state)).await;
        sandbox.set(json!({ "propagation_ms": PROPAGATION_MS })).await;
        sandbox
    }

    /// Lets all that is under way in AWS come to its end.
    pub(super) async fn settle(&self) {
        self.control("POST", "/_bedrail/clock", &json!({"advance_ms": 5_000})).await;
    }

    pub(super) async fn timeline(&self) -> Value {
        self.control("GET", "/_bedrail/timeline", &Value::Null).await
    }

    /// Sets faults besides those that are set.
    pub(super) async fn fault(&self, faults: Value) {
        self.control("POST", "/_bedrail/faults", &faults).await;
    }

    /// How often the first of the faults happened.
    pub(super) async fn fired(&self) -> u64 {
        self.control("GET", "/_bedrail/faults", &Value::Null).await[0]["fired"].as_u64().unwrap_or_default()
    }

    pub(super) async fn no_faults(&self) {
        self.control("DELETE", "/_bedrail/faults", &Value::Null).await;
    }
}
