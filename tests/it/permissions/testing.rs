//! What it takes to run test suites, in addition to reading.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use bedrail::aws::{Access, Deadlines, Retries, Wait};
use bedrail::kinds::Kind;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::plan::Purpose;
use bedrail::reconcile::Sides;
use bedrail::runner::{self, Going};
use bedrail::spec::sources::Sources;
use bedrail::suite::trial::{Sight, Verdict, aims};
use bedrail::suite::{Loaded, Version, read};

use super::world::{May, World, lives};
use super::{actions, specs};
use crate::support::spec;

const APPLY: &str = "bedrock:ApplyGuardrail";

/// How a suite of one case ends for each guardrail of the spec.
async fn verdicts(world: &World, text: &str) -> BTreeMap<String, Verdict> {
    let clients = world.sandbox.try_clients(Access::ReadOnly, Retries::default()).await.expect("the emulator answers");
    let spec = spec(text);
    let mut diagnostics = Diagnostics::default();
    // Reading is a long future, and the test would be as long.
    let sides = Box::pin(Sides::read(&spec, &clients, &mut diagnostics)).await.expect("sides");
    let sight = Sight { spec: &spec, home: sides.facts.home(), desired: &sides.desired, live: &sides.live };
    let guardrails = sides.desired.resources.keys().filter(|address| address.kind == Kind::Guardrail);
    let keys: BTreeSet<String> = guardrails.map(|address| address.name.clone()).collect();
    let mut verdicts = BTreeMap::new();
    for key in keys {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let case = "{name: any, text: Good day., expect: {action: NONE}}";
        let source = sources.add("a.test.yaml", format!("guardrail: {key}\ncases: [{case}]\n"));
        let suite = read(source, sources.text(source), &mut diagnostics).expect("a suite");
        let mut targets = Vec::new();
        for aim in aims(sight, &key, &Version::Draft, &[]) {
            targets.push(runner::settle(&clients, aim).await);
        }
        assert!(!targets.is_empty() && targets.iter().all(Result::is_ok), "{key}: {targets:?}");
        let loaded = Loaded::new(suite, BTreeMap::new()).expect("no image is named");
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
