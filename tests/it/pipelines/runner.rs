//! Runs a job of a GitHub workflow on a bench: shell steps with bash, the action of this repository by its own `action.yml`,
//! artifacts as folders; the other actions are written down.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::bench::Bench;
use super::expression::{Contexts, Standing, filled, holds};
use super::{text_of, yaml};
use crate::source;

/// How a job ended.
#[derive(Debug, Default)]
pub(super) struct Job {
    pub(super) failed: bool,
    pub(super) log: String,
    /// What `GITHUB_STEP_SUMMARY` holds.
    pub(super) summary: String,
    /// The actions that were used, with what they were given.
    pub(super) used: Vec<(String, BTreeMap<String, String>)>,
    /// Its contexts at the end: `steps.plan.outputs.changes`.
    pub(super) contexts: Contexts,
    /// What it hands to the jobs that need it; an output that is empty is none.
    pub(super) outputs: BTreeMap<String, String>,
    /// Where its shell steps run.
    folder: PathBuf,
}

impl Job {
    /// What is at a path below `steps`.
    pub(super) fn step(&self, name: &str) -> String {
        self.contexts.get(&format!("steps.{name}")).text()
    }

    /// An output of the job.
    pub(super) fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }
}

const REPOSITORY: &str = "acme/guardrails";

/// The contexts that every job has.
pub(super) fn contexts(event: &[(&str, &str)]) -> Contexts {
    let usual = [("github.repository", REPOSITORY), ("github.token", "ghs_test"), ("github.run_attempt", "1")];
    Contexts::of(usual.iter().chain(event))
}

/// Whether a job would run, if those that it needs went well.
pub(super) fn wanted(workflow: &str, job: &str, contexts: &Contexts) -> bool {
    holds(&text_of(&yaml(workflow)["jobs"][job], "if"), contexts)
}

pub(super) fn run(bench: &Bench, workflow: &str, job: &str, contexts: Contexts) -> Job {
    assert!(wanted(workflow, job, &contexts), "{job} is skipped");
    let document = yaml(workflow);
    let definition = &document["jobs"][job];
    let mut ran = Job { contexts, folder: bench.desk.path(""), ..Job::default() };
    ran.contexts.set("runner.temp", &bench.temp().display().to_string());
    ran.contexts.set("github.workspace", &bench.desk.path("").display().to_string());
    let summary = bench.temp().join("summary");
    let _ = fs::remove_file(&summary);
    let _ = fs::remove_file(bench.temp().join("path"));
    ran.all(bench, &definition["steps"]);
    ran.summary = fs::read_to_string(summary).unwrap_or_default();
    ran.outputs = ran.filled(&definition["outputs"]);
    ran.outputs.retain(|_, value| !value.is_empty());
    ran
}

impl Job {
    fn all(&mut self, bench: &Bench, steps: &Value) {
        for step in steps.as_array().expect("steps") {
            self.contexts.standing = Standing { success: !self.failed, failure: self.failed, cancelled: false };
            let failed_before = self.failed;
            let outcome = if holds(&text_of(step, "if"), &self.contexts) {
                self.failed = false;
                match step["run"].as_str() {
                    Some(text) => self.shell(bench, step, text),
                    None => self.uses(bench, step),
                }
                if self.failed { "failure" } else { "success" }
            } else {
                "skipped"
            };
            self.failed |= failed_before;
            self.contexts.set(&format!("steps.{}.outcome", text_of(step, "id")), outcome);
        }
    }

    fn filled(&self, map: &Value) -> BTreeMap<String, String> {
        let entries = map.as_object().into_iter().flatten();
        entries
            .map(|(name, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (name.clone(), filled(&text, &self.contexts))
            })
            .collect()
    }

    fn shell(&mut self, bench: &Bench, step: &Value, text: &str) {
        assert_eq!(step["shell"], "bash", "{step}");
        let outputs = bench.temp().join("outputs");
        fs::write(&outputs, "").expect("a file");
        let mut environment = self.filled(&step["env"]);
        let file = |name: &str| bench.temp().join(name).display().to_string();
        environment.extend([
            ("RUNNER_TEMP".to_owned(), bench.temp().display().to_string()),
            ("GITHUB_ACTIONS".to_owned(), "true".to_owned()),
            ("GITHUB_REPOSITORY".to_owned(), REPOSITORY.to_owned()),
            ("GITHUB_RUN_ID".to_owned(), "77".to_owned()),
            ("GITHUB_OUTPUT".to_owned(), file("outputs")),
            ("GITHUB_STEP_SUMMARY".to_owned(), file("summary")),
            ("GITHUB_PATH".to_owned(), file("path")),
        ]);
        // What an earlier step put there stands first, as on GitHub.
        let added = fs::read_to_string(bench.temp().join("path")).unwrap_or_default();
        let path = added.lines().chain([bench.environment["PATH"].as_str()]).collect::<Vec<_>>().join(":");
        environment.insert("PATH".to_owned(), path);
        let folder = match text_of(step, "working-directory") {
            none if none.is_empty() => self.folder.clone(),
            named => self.folder.join(filled(&named, &self.contexts)),
        };
        let ran = bench.bash_in(&folder, text, &environment);
        self.failed |= ran.code != 0;
        self.log.extend([ran.stdout, ran.stderr]);
        let id = text_of(step, "id");
        for (name, value) in fs::read_to_string(outputs).expect("a file").lines().filter_map(|one| one.split_once('='))
        {
            self.contexts.set(&format!("steps.{id}.outputs.{name}"), value);
        }
    }

    fn uses(&mut self, bench: &Bench, step: &Value) {
        let uses = text_of(step, "uses");
        let action = uses.split('@').next().expect("a name").to_owned();
        let with = self.filled(&step["with"]);
        self.used.push((action.clone(), with.clone()));
        match action.as_str() {
            "OWNER/bedrail" => self.composite(bench, &text_of(step, "id"), &with),
            "actions/upload-artifact" => {
                let artifact = bench.desk.path("artifacts").join(&with["name"]);
                fs::create_dir_all(&artifact).expect("a folder");
                for path in with["path"].lines().filter(|line| !line.is_empty()) {
                    let from = bench.desk.path(path);
                    if from.exists() {
                        fs::copy(&from, artifact.join(from.file_name().expect("a name"))).expect("a copy");
                    } else {
                        assert_ne!(with["if-no-files-found"], "error", "{path} is not there: {}", self.log);
                    }
                }
            }
            "actions/download-artifact" => {
                fs::create_dir_all(&with["path"]).expect("a folder");
                for entry in fs::read_dir(bench.desk.path("artifacts").join(&with["name"])).expect("the artifact") {
                    let from = entry.expect("an entry").path();
                    let to = std::path::Path::new(&with["path"]).join(from.file_name().expect("a name"));
                    fs::copy(from, to).expect("a copy");
                }
            }
            "actions/checkout" => bench.check_out(&with),
            "aws-actions/configure-aws-credentials" => {}
            other => panic!("no stand-in for {other}"),
        }
    }

    /// The steps of `action.yml`, in contexts of their own.
    fn composite(&mut self, bench: &Bench, id: &str, with: &BTreeMap<String, String>) {
        let action = yaml("action.yml");
        let contexts = self.contexts.only(&["github.", "runner."]);
        let mut inner = Job { contexts, folder: self.folder.clone(), ..Self::default() };
        inner.contexts.set("github.action_path", &source::root().display().to_string());
        inner.contexts.set("github.action_repository", "OWNER/bedrail");
        for (name, input) in action["inputs"].as_object().expect("inputs") {
            let given = with.get(name).cloned();
            let value = given.unwrap_or_else(|| filled(&text_of(input, "default"), &self.contexts));
            inner.contexts.set(&format!("inputs.{name}"), &value);
        }
        for name in with.keys() {
            assert!(action["inputs"][name].is_object(), "the action has no input `{name}`");
        }
        inner.all(bench, &action["runs"]["steps"]);
        self.failed |= inner.failed;
        self.log += &inner.log;
        for (name, output) in action["outputs"].as_object().expect("outputs") {
            let value = filled(&text_of(output, "value"), &inner.contexts);
            self.contexts.set(&format!("steps.{id}.outputs.{name}"), &value);
        }
    }
}
