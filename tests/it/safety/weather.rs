//! AWS on a bad day: an apply ends within its time, with a bounded number of calls, and once the sky is clear a rerun ends
//! where it would have ended.

use std::time::{Duration, Instant};

use bedrail::aws::{Deadlines, Retries};
use serde_json::{Value, json};

use super::deed::ONCE;
use super::matrix::{EXAMPLES, Step, finish, rerun, steps};
use super::tally::Findings;
use crate::support::Sandbox;

/// As in earnest, with rests of milliseconds.
const PATIENT: Retries =
    Retries { attempts: 8, first_rest: Duration::from_millis(5), longest_rest: Duration::from_millis(40) };

/// A bad day.
struct Weather {
    name: &'static str,
    faults: Value,
    options: Value,
    /// Whether the apply is to be through with all, in spite of it.
    survived: bool,
    /// Whether it makes AWS spend a number that no undisturbed run spends.
    spends: bool,
}

impl Weather {
    fn faults(name: &'static str, survived: bool, faults: Value) -> Self {
        Self { name, faults, options: json!({}), survived, spends: false }
    }

    fn options(name: &'static str, survived: bool, options: Value) -> Self {
        Self { name, faults: json!([]), options, survived, spends: false }
    }

    /// Applies under it, and again without it.
    async fn befalls(&self, step: &Step) -> Findings {
        let mut findings = Findings { runs: 1, ..Findings::default() };
        let run = format!("{} under {}", step.deed.name, self.name);
        let sandbox = Sandbox::holding(step.before.clone()).await;
        sandbox.fault(self.faults.clone()).await;
        sandbox.set(self.options.clone()).await;
        let deadlines = Deadlines { visible: Duration::from_secs(2), ..Deadlines::scaled(0.05) };
        let started = Instant::now();
        let attempt = step.deed.attempt_within(&sandbox, PATIENT, deadlines).await;
        let took = started.elapsed();
        findings.faults += usize::try_from(sandbox.all_fired().await).expect("not that many");
        let requests = sandbox.requests().await.len();
        if attempt.is_complete() != self.survived {
            findings.wrong.push(format!("{run}: complete is {}: {}", attempt.is_complete(), attempt.told()));
        }
        if !attempt.is_complete() && attempt.told().is_empty() {
            findings.wrong.push(format!("{run}: it does not say why"));
        }
        // Each action has its own deadline, and they follow one another; a call has eight attempts.
        if took > Duration::from_mins(1) {
            findings.wrong.push(format!("{run}: it took {took:?}"));
        }
        let clear: u64 = step.calls.values().sum();
        if requests as u64 > 6 * clear + 100 {
            findings.wrong.push(format!("{run}: {requests} requests, {clear} without it"));
        }
        sandbox.no_faults().await;
        sandbox.set(json!({"throttle": false, "latency_ms": 0, "refuse": [], "propagation_ms": 50})).await;
        sandbox.settle().await;
        if self.spends {
            rerun(step, &sandbox, &run, 1, &mut findings).await;
        } else {
            finish(step, &sandbox, &run, 1, &mut findings).await;
        }
        findings
    }
}

impl Sandbox {
    async fn all_fired(&self) -> u64 {
        let faults = self.control("GET", "/_bedrail/faults", &Value::Null).await;
        faults.as_array().expect("a list").iter().filter_map(|fault| fault["fired"].as_u64()).sum()
    }
}

async fn endured(specs: &[&str], weathers: &[Weather]) {
    let mut findings = Findings::default();
    let steps = steps(specs, &mut findings).await;
    // The steps are judged by the matrix.
    let mut findings = Findings::default();
    for weather in weathers {
        for step in &steps {
            findings.add(weather.befalls(step).await);
        }
    }
    findings.settle(&format!("weather over {}", specs[0]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttling_failures_and_delays_are_sat_out() {
    let weathers = [
        Weather::faults("throttling at 30 %", true, json!({"kind": "throttle", "probability": 0.3, "seed": 1})),
        Weather::faults("failures at 10 %", true, json!({"kind": "error", "probability": 0.1, "seed": 2})),
        Weather::faults(
            "lost connections at 5 %",
            true,
            json!([
                {"kind": "reset", "probability": 0.05, "seed": 3},
                {"kind": "lost-reply", "probability": 0.05, "seed": 4},
            ]),
        ),
        Weather::options("a propagation of a second", true, json!({"propagation_ms": 1000})),
        Weather::options("slow answers", true, json!({"latency_ms": 20})),
        Weather::options("empty pages", true, json!({"empty_pages": true})),
    ];
    endured(EXAMPLES[1], &weathers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_lag_behind_writes_are_sat_out() {
    let stale = |ms: u32| json!({"kind": "stale-read", "ms": ms, "probability": 0.5, "seed": 5});
    endured(EXAMPLES[1], &[Weather::faults("stale reads", true, stale(400))]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_gets_stuck_or_fails_is_reported_and_made_up_for() {
    for (operation, first) in [("CreateGuardrail", 0), ("UpdateGuardrail", 1), ("CreateGuardrailVersion", 0)] {
        for fault in [json!({"kind": "stuck", "ms": 4500}), json!({"kind": "fail"})] {
            let mut fault = fault;
            fault["operation"] = json!(operation);
            let mut findings = Findings::default();
            let steps = steps(EXAMPLES[3], &mut findings).await;
            let name = if fault["kind"] == "fail" { "failed changes" } else { "stuck changes" };
            let mut findings = Findings::default();
            let mut weather = Weather::faults(name, false, fault);
            weather.spends = name == "failed changes" && operation == "CreateGuardrailVersion";
            findings.add(weather.befalls(&steps[first]).await);
            findings.settle(&format!("{name} of {operation}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_change_of_the_organization_is_waited_for_and_then_reported() {
    let refuse = |operation: &str| json!({"operation": operation, "code": "ConcurrentModificationException"});
    let mut findings = Findings::default();
    let steps = steps(EXAMPLES[1], &mut findings).await;
    let mut findings = Findings::default();
    for operation in ["CreatePolicy", "AttachPolicy", "EnablePolicyType"] {
        let name = "somebody who changes the organization all the time";
        let weather = Weather::options(name, false, json!({"refuse": [refuse(operation)]}));
        findings.add(weather.befalls(&steps[0]).await);

        // Until it is over: then the apply goes on.
        let sandbox = Sandbox::holding(steps[0].before.clone()).await;
        sandbox.set(json!({"refuse": [refuse(operation)]})).await;
        let (attempt, ()) = tokio::join!(steps[0].deed.attempt(&sandbox, ONCE), async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            sandbox.set(json!({"refuse": []})).await;
        });
        findings.runs += 1;
        if !attempt.is_complete() {
            findings.wrong.push(format!("{operation}, busy for two seconds: {}", attempt.told()));
        }
        finish(&steps[0], &sandbox, operation, 1, &mut findings).await;
    }
    findings.settle("a busy organization");
}
