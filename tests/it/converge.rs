//! The promise of a reconciler: after an apply there is nothing to do, whatever the spec, and from wherever it came.

use bedrail::plan::Plan;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{Sandbox, assert_in_sync, random};

/// How many random specs a run tries; `PROPTEST_CASES` says otherwise.
fn runner(cases: u32) -> TestRunner {
    let standard = Config::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    TestRunner::new(Config { cases: if asked { standard.cases } else { cases }, failure_persistence: None, ..standard })
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}

/// Everything of a plan but the digest of the text it was made from.
fn shown(plan: &Plan) -> String {
    let Plan { stack, scanned, preconditions, actions, unchanged, held, blind, unmanaged, warnings, spec: _ } = plan;
    format!(
        "{stack:?} {scanned:?} {preconditions:?} {actions:?} {unchanged:?} {held:?} {blind:?} {unmanaged:?} {warnings:?}"
    )
}

#[test]
fn after_an_apply_nothing_is_left_to_do() {
    let strategy = (random::spec("r1"), 1_u64..u64::MAX);
    let run = |(spec, seed)| {
        on_a_runtime(async {
            let sandbox = Sandbox::start().await;
            let (text, shuffled) = (random::written(&spec, 0), random::written(&spec, seed));
            let plan = sandbox.plan(&text).await;
            prop_assert_eq!(shown(&plan), shown(&sandbox.plan(&shuffled).await), "a shuffled spec plans the same");
            sandbox.apply(&text).await;
            assert_in_sync(&sandbox.plan(&text).await, &text);
            assert_in_sync(&sandbox.plan(&shuffled).await, &shuffled);
            Ok(())
        })
    };
    runner(16).run(&strategy, run).expect("every spec converges");
}

#[test]
fn from_any_spec_to_any_other_one_apply_is_enough() {
    let strategy = (random::spec("r1"), random::spec("r2"), random::spec("r3"));
    let run = |(first, second, third)| {
        on_a_runtime(async {
            let sandbox = Sandbox::start().await;
            for spec in [&first, &second, &third, &first] {
                let text = random::written(spec, 0);
                // A key that was deleted is published anew, since nothing in AWS remembers it.
                sandbox.apply(&text).await;
                assert_in_sync(&sandbox.plan(&text).await, &text);
            }
            Ok(())
        })
    };
    runner(7).run(&strategy, run).expect("every change converges");
}
