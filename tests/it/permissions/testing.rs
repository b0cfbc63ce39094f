//! What it takes to run test suites, in addition to reading.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use bedrail::apply::{Tools, live_ids, make, remove};
use bedrail::aws::{Access, Deadlines, Retries, Run, Wait};
use bedrail::kinds::Kind;
use bedrail::model::Digest;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::plan::{Bearer, Options, Promoted, Purpose};
use bedrail::reconcile::Sides;
use bedrail::runner::{self, Going};
use bedrail::spec::sources::Sources;
use bedrail::suite::trial::{DRAFT, Sight, Target, Verdict, aims};
use bedrail::suite::{Loaded, Version, read};

use super::world::{May, World, lives};
use super::{actions, specs};
use crate::support::spec;

const APPLY: &str = "bedrock:ApplyGuardrail";

/// The guardrails of a spec.
fn keys(sides: &Sides) -> BTreeSet<String> {
    let guardrails = sides.desired.resources.keys().filter(|address| address.kind == Kind::Guardrail);
    guardrails.map(|address| address.name.clone()).collect()
}

/// A suite of one case for this guardrail.
fn suite_of(key: &str) -> Loaded {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let case = "{name: any, text: Good day., expect: {action: NONE}}";
    let source = sources.add("a.test.yaml", format!("guardrail: {key}\ncases: [{case}]\n"));
    let suite = read(source, sources.text(source), &mut diagnostics).expect("a suite");
    Loaded::new(suite, BTreeMap::new()).expect("no image is named")
}

/// How a suite of one case ends for each guardrail of the spec.
async fn verdicts(world: &World, text: &str) -> BTreeMap<String, Verdict> {
    let clients = world.sandbox.try_clients(Access::ReadOnly, Retries::default()).await.expect("the emulator answers");
    let spec = spec(text);
    let mut diagnostics = Diagnostics::default();
    // Reading is a long future, and the test would be as long.
    let sides = Box::pin(Sides::read(&spec, &clients, &mut diagnostics)).await.expect("sides");
    let sight = Sight { spec: &spec, home: sides.facts.home(), desired: &sides.desired, live: &sides.live };
    let mut verdicts = BTreeMap::new();
    for key in keys(&sides) {
        let mut targets = Vec::new();
        for aim in aims(sight, &key, &Version::Draft, &[]) {
            targets.push(runner::settle(&clients, aim).await);
        }
        assert!(!targets.is_empty() && targets.iter().all(Result::is_ok), "{key}: {targets:?}");
        let loaded = suite_of(&key);
        let (wait, interrupted) = (Wait::seeded(Deadlines::default(), 7), AtomicBool::new(false));
        let going = Going { rate: None, parallelism: 16, wait: &wait, interrupted: &interrupted, answered: &|| {} };
        let trial = runner::run(&clients, &loaded, targets, going).await;
        verdicts.insert(key, trial.totals(loaded.suite()).verdict);
    }
    verdicts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_test_applies_guardrails_and_whoever_only_reads_does_not() {
    let mut told = 0;
    for (name, text) in specs() {
        // What is enforced, whoever plans may apply: `verify` does.
        let without =
            |may: &May| -> BTreeSet<String> { actions(&may.home).into_iter().chain(actions(&may.member)).collect() };
        let reads = without(&May::read(&text));
        let (first, _) = lives(&text);
        let world = World::start(&text, &May::all()).await;
        world.carry_out(&first, Purpose::Reconcile).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let reading = (!reads.contains(APPLY)).then(|| (May::read(&text), Verdict::Incomplete));
        told += usize::from(reading.is_some());
        for (may, want) in [(May::test(&text), Verdict::Passed)].into_iter().chain(reading) {
            world.become_one_who(&may).await;
            let verdicts = verdicts(&world, &first).await;
            assert!(!verdicts.is_empty() && verdicts.values().all(|verdict| *verdict == want), "{name}: {verdicts:?}");
        }
        let more = without(&May::test(&text)).difference(&reads).all(|action| action == APPLY);
        assert!(more && without(&May::test(&text)).contains(APPLY), "{name}");
    }
    assert!(told >= 1, "every example enforces something");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_apply_and_test_makes_candidates_and_removes_them() {
    for (name, text) in specs() {
        let (first, _) = lives(&text);
        let world = World::start(&text, &May::promote(&text)).await;
        let clients = world.sandbox.try_clients(Access::ReadWrite, Retries::default()).await.expect("it answers");
        let mut diagnostics = Diagnostics::default();
        let sides = Box::pin(Sides::read(&spec(&first), &clients, &mut diagnostics)).await.expect("sides");
        let plan = sides.plan(&Options::default(), Digest::of(&first)).expect("a plan");
        let (desired, live) = (&sides.desired, &sides.live);
        let promoted = Promoted { plan: &plan, desired, live, targets: &[], run: name };
        let interrupted = AtomicBool::new(false);
        let run = Run::new(live_ids(live), Wait::seeded(Deadlines::scaled(0.5), 7), desired.stack.as_str(), None);
        let tools = Tools { clients: &clients, run: &run, desired, parallelism: 16, interrupted: &interrupted };
        let going = Going { rate: None, parallelism: 16, wait: &run.wait, interrupted: &interrupted, answered: &|| {} };
        for key in keys(&sides) {
            for bearer in promoted.bearers(&key) {
                let Bearer::Candidate(candidate) = bearer else { panic!("{name}: {bearer:?}") };
                let made = Box::pin(make(&candidate, tools)).await;
                let id = made.unwrap_or_else(|unmade| panic!("{name} {key}: {unmade:?}"));
                let scope = candidate.of.scope.clone();
                let target = Target { scope, guardrail: id.clone(), version: DRAFT.to_owned(), unlike_spec: false };
                let loaded = suite_of(&key);
                let trial = Box::pin(runner::run(&clients, &loaded, vec![Ok(target)], going)).await;
                assert_eq!(trial.totals(loaded.suite()).verdict, Verdict::Passed, "{name} {key}");
                Box::pin(remove(&candidate, id, tools)).await.unwrap_or_else(|left| panic!("{name} {key}: {left:?}"));
            }
        }
        let after = Box::pin(Sides::read(&spec(&first), &clients, &mut diagnostics)).await.expect("sides");
        assert!(after.live.guardrails.values().all(|count| *count == 0), "{name}: {:?}", after.live.guardrails);
        assert!(after.live.candidates.is_empty(), "{name}");
    }
}
