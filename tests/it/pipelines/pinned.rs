//! What holds of every workflow: actions are pinned, rights are few, and nothing that a stranger writes is run.

use serde_json::Value;

use super::{text_of, yaml};
use crate::source;

fn workflows() -> Vec<String> {
    let files = source::files("examples/ci/github", ".yml");
    assert_eq!(files.len(), 3, "{files:?}");
    files
}

/// Those that users copy, and those of the project itself.
fn all_workflows() -> Vec<String> {
    let own = source::files(".github/workflows", ".yml");
    assert_eq!(own, [".github/workflows/ci.yml", ".github/workflows/release.yml"]);
    [workflows(), own].concat()
}

/// The steps of a workflow or of an action.
fn steps(document: &Value) -> Vec<Value> {
    let jobs = document["jobs"].as_object().into_iter().flatten().map(|(_, job)| &job["steps"]);
    let lists = jobs.chain([&document["runs"]["steps"]]);
    lists.flat_map(|steps| steps.as_array().into_iter().flatten().cloned()).collect()
}

#[test]
fn actions_are_pinned_by_commit_with_their_version() {
    for file in all_workflows() {
        for line in source::text(&file).lines().filter(|line| line.contains("uses:")) {
            let (action, comment) =
                line.split_once("uses: ").and_then(|(_, rest)| rest.split_once(" # ")).expect("a comment");
            let (name, commit) = action.split_once('@').expect("a pin");
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
            assert!(is_commit, "{file}: {line}");
            // No release of ours is known to a file that is part of it: zeros are nobody's commit.
            let is_ours = name == "OWNER/bedrail";
            assert_eq!(is_ours, commit.bytes().all(|byte| byte == b'0'), "{file}: {line}");
            let version = comment.strip_prefix('v').unwrap_or_default();
            assert!(
                is_ours || version.split('.').filter(|part| part.parse::<u32>().is_ok()).count() == 3,
                "{file}: {line}"
            );
        }
    }
    assert!(!source::text("action.yml").contains("uses:"), "the action brings no other along");
}

#[test]
fn nothing_is_filled_into_shell() {
    for file in all_workflows().into_iter().chain(["action.yml".to_owned()]) {
        let runs: Vec<String> =
            steps(&yaml(&file)).iter().map(|step| text_of(step, "run")).filter(|run| !run.is_empty()).collect();
        for run in &runs {
            assert!(!run.contains("${{"), "{file}: hand it over in `env`:\n{run}");
            assert!(run.starts_with("set -euo pipefail\n"), "{file}:\n{run}");
        }
        assert!(file.ends_with("plan.yml") || !runs.is_empty(), "{file}");
    }
    for file in source::files("examples/ci/scripts", ".sh") {
        assert!(source::text(&file).contains("\nset -euo pipefail\n"), "{file}");
    }
}

#[test]
fn rights_are_given_to_each_job_and_are_few() {
    for file in workflows() {
        let workflow = yaml(&file);
        assert!(workflow["permissions"].as_object().is_some_and(serde_json::Map::is_empty), "{file}");
        assert!(workflow["concurrency"]["group"].is_string(), "{file}");
        let text = source::text(&file);
        let events = workflow["on"].as_object().expect("events");
        assert!(!events.contains_key("pull_request_target"), "{file}");
        for (name, job) in workflow["jobs"].as_object().expect("jobs") {
            let rights = job["permissions"].as_object().unwrap_or_else(|| panic!("{file}: {name} has no permissions"));
            let written: Vec<&str> =
                rights.iter().filter(|(_, right)| *right == "write").map(|(right, _)| right.as_str()).collect();
            let expected: &[&str] = match name.as_str() {
                "plan" if file.ends_with("plan.yml") => &["id-token", "pull-requests"],
                "drift" => &["id-token", "issues"],
                "plan" | "apply" => &["id-token"],
                _ => &[],
            };
            assert_eq!(written, expected, "{file}: {name}");
            assert!(job["timeout-minutes"].is_u64(), "{file}: {name}");
            // Who may write to AWS is approved by a person.
            let writes = job.to_string().contains("BEDRAIL_APPLY_ROLE_ARN");
            assert_eq!(writes, job["environment"] == "bedrail-production", "{file}: {name}");
        }
        let checkouts = text.matches("actions/checkout@").count();
        assert_eq!(checkouts, text.matches("persist-credentials: false").count(), "{file}");
    }
}

#[test]
fn what_builds_a_release_cannot_publish_it() {
    for file in [".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        let workflow = yaml(file);
        assert!(workflow["permissions"].as_object().is_some_and(serde_json::Map::is_empty), "{file}");
        let text = source::text(file);
        assert!(!text.contains("pull_request_target") && !text.contains("secrets."), "{file}");
        assert_eq!(text.matches("actions/checkout@").count(), text.matches("persist-credentials: false").count());
        for (name, job) in workflow["jobs"].as_object().expect("jobs") {
            let rights = job["permissions"].as_object().unwrap_or_else(|| panic!("{file}: {name} has no permissions"));
            let writes = rights.values().any(|right| right == "write");
            assert_eq!(
                writes,
                job["environment"] == "release",
                "{file}: {name} is approved by a person, or writes nothing"
            );
            assert!(job["timeout-minutes"].is_u64(), "{file}: {name}");
        }
    }
}

#[test]
fn the_roles_of_gitlab_and_codebuild_are_apart() {
    let pipeline = yaml("examples/ci/gitlab/.gitlab-ci.yml");
    for (name, job) in pipeline.as_object().expect("jobs") {
        let writes = job["script"].to_string().contains("BEDRAIL_APPLY_ROLE_ARN");
        assert_eq!(writes, job["environment"]["name"] == "bedrail-production", "{name}");
        assert!(!writes || job["rules"][0]["when"] == "manual", "{name}");
    }
    let template = source::text("examples/ci/codebuild/pipeline.yml");
    for role in ["PlanRoleArn", "ApplyRoleArn"] {
        assert_eq!(
            template.matches(&format!("Action: \"sts:AssumeRole\", Resource: !Ref {role}")).count(),
            1,
            "{role}"
        );
    }
}
