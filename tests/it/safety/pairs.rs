//! From any spec to any other, with something going wrong on the way.
//!
//! A case is known by its number alone, so that one that fails can be looked at again: `BEDRAIL_CASE=17`.

use std::sync::Arc;

use bedrail::plan::Purpose;
use futures::stream::{StreamExt as _, iter};
use serde_json::Value;

use super::deed::{Deed, ONCE};
use super::matrix::{Blow, Step, step, suffer};
use super::tally::Findings;
use crate::support::{Sandbox, random};

/// How many cases there are in a short run, and in a long one.
const CASES: [u64; 2] = [8, 250];
/// How many blows fall on the way of each.
const BLOWS: usize = 2;
const AT_ONCE: usize = 6;

/// Two specs, and where on the way from one to the other something happens.
#[derive(Debug)]
struct Case {
    number: u64,
    first: Value,
    second: Value,
    /// Which blow, and at which share of the calls.
    blows: Vec<(usize, f64)>,
}

impl Case {
    fn of(number: u64) -> Self {
        let blows = proptest::collection::vec((0..Blow::ALL.len(), 0.0..1.0), BLOWS);
        let all = (random::enforcing("r1"), random::enforcing("r2"), blows);
        let (first, second, blows) = random::known(number, all);
        Self { number, first, second, blows }
    }

    fn deed(&self, which: &str, spec: &Value) -> Deed {
        Deed::new(format!("case {}, {which}", self.number), vec![random::written(spec, 0)], Purpose::Reconcile)
    }

    /// Whether the second spec had anything to do that was done, and what was found.
    async fn run(&self) -> (bool, Findings) {
        let mut findings = Findings::default();
        let sandbox = Sandbox::start().await;
        let first = self.deed("first", &self.first);
        let attempt = first.attempt(&sandbox, ONCE).await;
        findings.runs += 1;
        if !attempt.is_complete() {
            findings.wrong.push(format!("{}: {}", first.name, attempt.told()));
        }
        sandbox.settle().await;
        let before = sandbox.state().await;
        let (second, complete, _) = Box::pin(step(self.deed("second", &self.second), before, &mut findings)).await;
        let calls: u64 = second.calls.values().sum();
        if !complete {
            return (false, findings);
        }
        let second: Arc<Step> = Arc::new(second);
        for (blow, share) in &self.blows {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a share of some hundred calls"
            )]
            let nth = 1 + (share * calls as f64) as u64;
            findings.add(suffer(&second, Blow::ALL[*blow], "*", nth).await);
        }
        (second.held.is_empty(), findings)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_any_spec_to_any_other_nobody_is_hurt() {
    let numbers: Vec<u64> = match super::one_case() {
        Some(number) => {
            let Case { first, second, blows, .. } = Case::of(number);
            println!("{}\n---\n{}\n# {blows:?}", random::written(&first, 0), random::written(&second, 0));
            vec![number]
        }
        None => (0..CASES[usize::from(super::all())]).collect(),
    };
    let cases = numbers.into_iter().map(|number| tokio::spawn(async move { Box::pin(Case::of(number).run()).await }));
    let runs: Vec<_> = iter(cases).buffer_unordered(AT_ONCE).collect().await;
    let mut findings = Findings::default();
    let (all, mut applied) = (runs.len(), 0);
    for run in runs {
        let (has_applied, found) = run.expect("no case panics");
        applied += usize::from(has_applied);
        findings.add(found);
    }
    findings.settle(&format!("pairs of specs ({applied} of {all} applied in full)"));
}
