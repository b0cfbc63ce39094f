//! Two applies at once, of one spec and of two: nothing is there twice, nobody is hurt, and one rerun settles it.

use std::time::Duration;

use bedrail::plan::{Purpose, Why};
use serde_json::Value;

use super::deed::{AGAIN, Deed};
use super::end::unowned;
use super::judge::gaps;
use super::matrix::{EXAMPLES, finish, steps};
use super::tally::Findings;
use crate::support::{Sandbox, random};

/// How long after the first the second begins, in milliseconds.
const LATER: [u64; 3] = [0, 150, 400];

/// Both at once; what the second says, and whether it is through with all.
async fn race(one: &Deed, other: &Deed, sandbox: &Sandbox, later: u64) -> Vec<String> {
    let second = async {
        tokio::time::sleep(Duration::from_millis(later)).await;
        Box::pin(other.attempt(sandbox, AGAIN)).await
    };
    let (one, other) = tokio::join!(Box::pin(one.attempt(sandbox, AGAIN)), second);
    [one, other].into_iter().filter(|attempt| !attempt.is_complete()).map(|attempt| attempt.told()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_applies_of_one_spec_do_the_work_of_one() {
    let mut findings = Findings::default();
    let steps = steps(EXAMPLES[3], &mut findings).await;
    let mut findings = Findings::default();
    for step in &steps {
        for later in LATER {
            let sandbox = Sandbox::holding(step.before.clone()).await;
            let run = format!("{} twice, {later} ms apart", step.deed.name);
            let losers = race(&step.deed, &step.deed, &sandbox, later).await;
            findings.runs += 2;
            if losers.len() > 1 {
                findings.wrong.push(format!("{run}: both lost: {losers:?}"));
            }
            if losers.iter().any(String::is_empty) {
                findings.wrong.push(format!("{run}: the loser does not say why"));
            }
            finish(step, &sandbox, &run, 1, &mut findings).await;
        }
    }
    findings.settle("two applies of one spec");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_applies_of_two_specs_leave_nothing_twice() {
    let mut all = Findings::default();
    let before = Sandbox::start().await.state().await;
    let numbers = super::one_case().map_or(0..if super::all() { 24 } else { 4 }, |number| number..number + 1);
    for number in numbers {
        let mut findings = Findings::default();
        let [first, one, other] = random::triple(number);
        let deed =
            |spec: &Value| Deed::new(format!("race {number}"), vec![random::written(spec, 0)], Purpose::Reconcile);
        let (first, one, other) = (deed(&first), deed(&one), deed(&other));
        let sandbox = Sandbox::holding(before.clone()).await;
        let attempt = first.attempt(&sandbox, AGAIN).await;
        assert!(attempt.is_complete(), "{}", attempt.told());
        sandbox.settle().await;
        let sandbox = Sandbox::holding(sandbox.state().await).await;
        let losers = race(&one, &other, &sandbox, 0).await;
        findings.runs += 2;
        if losers.iter().any(String::is_empty) {
            findings.wrong.push(format!("race {number}: the loser does not say why"));
        }
        let attempt = other.attempt(&sandbox, AGAIN).await;
        findings.runs += 1;
        if !attempt.is_complete() {
            findings.wrong.push(format!("race {number}: the rerun after {losers:?}: {}", attempt.told()));
        }
        let plan = other.plan(&sandbox).await;
        // A version that is named by its number may never come to be; all else that is held would be somebody's doing.
        let held = plan.held.iter().filter(|held| !matches!(held.why, Why::Precondition | Why::Needs));
        let left = plan.actions.iter().map(|action| action.address.to_string());
        let left: Vec<String> = left.chain(held.map(|held| format!("{}: {}", held.address, held.hint))).collect();
        if !left.is_empty() || !plan.blind.is_empty() {
            findings.wrong.push(format!("race {number} left {left:?}, unseen {:?}; after {losers:?}", plan.blind));
        }
        let state = sandbox.state().await;
        findings.wrong.extend(unowned(&state, other.stack()).into_iter().map(|what| format!("race {number}: {what}")));
        sandbox.settle().await;
        findings.gaps(&format!("race {number}"), &gaps(&sandbox.timeline().await));
        // Two specs that want different things may each take away what the other counts on; that is promised nowhere.
        all.add(findings.gaps_known());
    }
    all.settle("two applies of two specs");
}
