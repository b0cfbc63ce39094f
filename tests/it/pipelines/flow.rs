//! Which jobs of a workflow are run, by what became of those that they need: as GitHub decides it, without running any.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::expression::{Contexts, Standing, comparisons, holds};
use super::{text_of, texts, yaml};
use crate::source;

/// What became of a job, and what it hands on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fate {
    pub(super) result: &'static str,
    pub(super) outputs: &'static [(&'static str, &'static str)],
}

const SKIPPED: Fate = Fate { result: "skipped", outputs: &[] };

/// What becomes of each job of a workflow, where one that is run ends as `fate` says.
pub(super) fn fates(workflow: &str, event: &Contexts, fate: impl Fn(&str) -> Fate) -> BTreeMap<String, Fate> {
    let document = yaml(workflow);
    let jobs = document["jobs"].as_object().expect("jobs");
    let mut ended: BTreeMap<String, Fate> = BTreeMap::new();
    while ended.len() < jobs.len() {
        let ready = |name: &&String| {
            !ended.contains_key(*name) && needed(&jobs[*name]).iter().all(|one| ended.contains_key(one))
        };
        let name = jobs.keys().find(ready).expect("no job needs itself").clone();
        let job = &jobs[&name];
        let mut contexts = event.clone();
        for need in needed(job) {
            let Fate { result, outputs } = ended[&need];
            contexts.set(&format!("needs.{need}.result"), result);
            for (output, value) in outputs {
                contexts.set(&format!("needs.{need}.outputs.{output}"), value);
            }
        }
        let before: Vec<&str> = all_needed(jobs, &name).iter().map(|one| ended[one].result).collect();
        contexts.standing = Standing {
            success: before.iter().all(|result| *result == "success"),
            failure: before.contains(&"failure"),
            cancelled: ended.values().any(|one| one.result == "cancelled"),
        };
        let is_run = holds(&text_of(job, "if"), &contexts);
        ended.insert(name.clone(), if is_run { fate(&name) } else { SKIPPED });
    }
    ended
}

fn needed(job: &Value) -> Vec<String> {
    texts(&job["needs"])
}

/// The jobs that a job needs, and those that these need.
fn all_needed(jobs: &serde_json::Map<String, Value>, name: &str) -> BTreeSet<String> {
    let direct = needed(&jobs[name]);
    direct.iter().flat_map(|one| all_needed(jobs, one)).chain(direct.iter().cloned()).collect()
}

const APPLY: &str = "examples/ci/github/bedrail-apply.yml";

/// Each way in which a job can end, `plan` with each output that it can have: or none, if its last step was cut off.
fn ends(job: &str) -> Vec<Fate> {
    let outputs: &[&'static [(&'static str, &'static str)]] = match job {
        "plan" => &[&[], &[("to-do", "nothing")], &[("to-do", "something")]],
        _ => &[&[]],
    };
    let results = ["success", "failure", "cancelled"];
    results.iter().flat_map(|result| outputs.iter().map(|outputs| Fate { result, outputs })).collect()
}

#[test]
fn a_commit_is_recorded_as_applied_only_if_it_is() {
    let push = ("github.event_name", "push");
    let by_hand = ("github.event_name", "workflow_dispatch");
    let main = ("github.ref", "refs/heads/main");
    let events: [&[(&str, &str)]; 4] = [
        &[push, main],
        &[by_hand, main, ("inputs.pull-request", ""), ("inputs.allow", "")],
        &[by_hand, main, ("inputs.pull-request", "7"), ("inputs.allow", "weakens")],
        &[by_hand, ("github.ref", "refs/heads/topic"), ("inputs.pull-request", "7"), ("inputs.allow", "")],
    ];
    let mut ways = 0;
    for event in events {
        for (plan, apply) in
            ends("plan").into_iter().flat_map(|plan| ends("apply").into_iter().map(move |apply| (plan, apply)))
        {
            let of = |job: &str| match job {
                "plan" => plan,
                "apply" => apply,
                _ => Fate { result: "success", outputs: &[] },
            };
            let ended = fates(APPLY, &Contexts::of(event), of);
            let result = |job: &str| ended[job].result;
            let planned = event.contains(&main) && plan.result == "success";
            let has = |what: &str| planned && plan.outputs.contains(&("to-do", what));
            assert_eq!(result("plan") != "skipped", event.contains(&main), "{event:?} {ended:?}");
            assert_eq!(result("apply") != "skipped", has("something"), "{event:?} {ended:?}");
            let is_applied = has("nothing") || has("something") && apply.result == "success";
            assert_eq!(result("applied") == "success", is_applied, "{event:?} {ended:?}");
            ways += 1;
        }
    }
    assert_eq!(ways, 4 * 9 * 3);
}

/// Whether this text of an expression is a literal that is equal to what is missing, save for the empty text, which says so.
fn is_like_nothing(literal: &str) -> bool {
    let text = literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match text {
        Some("") => false,
        Some(text) => super::expression::Value::Text(text.to_owned()).number() == 0.0,
        None => ["null", "false"].contains(&literal) || literal.parse::<f64>() == Ok(0.0),
    }
}

/// Every condition and every expression in braces of a document.
fn expressions(document: &Value) -> Vec<String> {
    match document {
        Value::Object(map) => {
            let within = map.iter().flat_map(|(key, value)| match value {
                Value::String(text) if key == "if" => vec![text.clone()],
                other => expressions(other),
            });
            within.collect()
        }
        Value::Array(items) => items.iter().flat_map(expressions).collect(),
        Value::String(text) => {
            text.split("${{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn nothing_that_may_be_missing_is_compared_with_what_is_like_it() {
    let files = [source::files("examples/ci/github", ".yml"), source::files(".github/workflows", ".yml")].concat();
    let mut compared = 0;
    for file in files.into_iter().chain(["action.yml".to_owned()]) {
        for expression in expressions(&yaml(&file)) {
            for (one, other) in comparisons(&expression) {
                assert!(
                    !is_like_nothing(&one) && !is_like_nothing(&other),
                    "{file}: `{expression}` holds where `{one}` or `{other}` is missing: null == '0' on GitHub"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 10, "{compared}");
    for (literal, expected) in [
        ("'0'", true),
        ("0", true),
        ("false", true),
        ("null", true),
        ("' '", true),
        ("'0.0'", true),
        ("''", false),
        ("'no'", false),
        ("steps.a.outputs.b", false),
        ("'1'", false),
    ] {
        assert_eq!(is_like_nothing(literal), expected, "{literal}");
    }
}
