//! Every example is a promise: its spec is sound, its plan is the one that it shows, and once applied nothing is left to do.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Map, Value};

use crate::support::{MANAGEMENT, Sandbox};
use crate::{source, yaml};

/// The specs of an example, each applied on top of the one before: its folder, then its numbered folders.
fn stages(example: &str) -> Vec<String> {
    let mut stages: Vec<String> = source::files(example, "bedrail.yaml")
        .iter()
        .filter_map(|file| file.strip_suffix("/bedrail.yaml").map(str::to_owned))
        .collect();
    stages.sort();
    stages
}

fn examples() -> Vec<String> {
    let folders = fs::read_dir(source::root().join("examples")).expect("the examples");
    let mut names: Vec<String> = folders
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        // Pipelines are no spec; `pipelines` runs them.
        .filter(|path| !path.ends_with("ci"))
        .map(|path| format!("examples/{}", path.file_name().expect("a name").to_string_lossy()))
        .collect();
    names.sort();
    names
}

fn bedrail(folder: &Path, words: &[&str], spec: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bedrail"))
        .args(words)
        .arg(format!("--sandbox={}", folder.display()))
        .args(["-f", spec])
        .current_dir(source::root())
        .env_clear()
        .env("HOME", folder)
        .output()
        .expect("bedrail runs")
}

/// What it printed, which is an exit with `code`.
fn printed(output: Output, code: i32, what: &str) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(code), "{what}\n{text}\n{said}");
    text
}

fn walk(example: &str) {
    let sandbox = tempfile::tempdir().expect("a folder");
    for spec in stages(example) {
        let plan = printed(bedrail(sandbox.path(), &["plan"], &spec), 0, &spec);
        let expected = format!("{spec}/expected-plan.txt");
        if source::bless() {
            fs::write(source::root().join(&expected), &plan).expect("the plan can be written");
        }
        assert_eq!(plan, source::text(&expected), "{expected}; if the plan is right, write it with BEDRAIL_BLESS=1");
        printed(bedrail(sandbox.path(), &["apply", "--yes"], &spec), 0, &spec);
        printed(bedrail(sandbox.path(), &["plan", "--detailed-exitcode"], &spec), 0, &spec);
        printed(bedrail(sandbox.path(), &["drift"], &spec), 0, &spec);
        for suite in source::files(&spec, ".test.yaml") {
            printed(bedrail(sandbox.path(), &["test", &suite], &spec), 0, &suite);
        }
    }
    let last = stages(example).pop().expect("an example has a spec");
    // What is protected stays until the spec no longer says so.
    let protected =
        source::files(&last, ".yaml").iter().any(|file| source::text(file).contains("prevent_destroy: true"));
    if !protected {
        printed(bedrail(sandbox.path(), &["destroy", "--yes", "--allow", "deletes"], &last), 0, example);
    }
}

#[test]
fn quickstart_is_applied_and_stays() {
    walk("examples/quickstart");
}

#[test]
fn organization_is_applied_and_stays() {
    walk("examples/organization");
}

#[test]
fn staged_rollout_is_applied_step_by_step() {
    assert_eq!(stages("examples/staged-rollout").len(), 3);
    walk("examples/staged-rollout");
}

#[test]
fn full_surface_is_applied_and_stays() {
    walk("examples/full-surface");
}

#[test]
fn multi_account_is_applied_and_stays() {
    walk("examples/multi-account");
}

#[test]
fn logging_is_applied_and_stays() {
    walk("examples/logging");
}

#[test]
fn kms_encrypted_is_applied_and_stays() {
    walk("examples/kms-encrypted");
}

#[test]
fn least_privilege_app_is_applied_and_stays() {
    walk("examples/least-privilege-app");
}

#[test]
fn story_lambda_is_applied_and_stays() {
    walk("examples/story-lambda");
}

#[test]
fn story_organization_is_applied_and_stays() {
    walk("examples/story-organization");
}

#[test]
fn story_assistant_is_applied_and_stays() {
    walk("examples/story-assistant");
}

/// The id of the guardrail that the local AWS has.
async fn only_guardrail(sandbox: &Sandbox) -> String {
    let mut state = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    let guardrails = crate::behind::find(&mut state, "guardrails").and_then(|all| all.as_object().cloned());
    guardrails.and_then(|all| all.keys().next().cloned()).expect("a guardrail")
}

#[tokio::test(flavor = "multi_thread")]
async fn story_lambda_answers_with_the_guardrail_and_says_access_denied_without() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&source::text("examples/story-lambda/bedrail.yaml")).await;
    let id = only_guardrail(&sandbox).await;
    let role = sandbox.session(MANAGEMENT, "app-role").await;
    let model = "amazon.nova-lite-v1:0";
    let answered = role.invoke(model, Some((&id, "1"))).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    for guardrail in [None, Some((id.as_str(), "DRAFT"))] {
        let denied = role.invoke(model, guardrail).await;
        assert!(denied.status == 403 && denied.text.contains("not authorized"), "{guardrail:?}: {denied:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn story_organization_holds_a_member_to_the_guardrail_and_nobody_else() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&source::text("examples/story-organization/bedrail.yaml")).await;
    sandbox.control("POST", "/_bedrail/clock", &serde_json::json!({"advance_ms": 3_600_000})).await;
    let id = only_guardrail(&sandbox).await;
    let ask = serde_json::json!({"messages": [{"role": "user", "content": [{"text": "My password is hunter2222."}]}]});
    // An account of the unit, and one outside of it.
    for (account, held) in [("555566667777", true), ("444455556666", false)] {
        let member = sandbox.session(account, "app-role").await;
        let answer = member.bedrock("POST", "/model/amazon.nova-lite-v1%3A0/converse", &ask).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json()["stopReason"] == "guardrail_intervened", held, "{account}: {answer:?}");
        assert_eq!(answer.text.contains("Larkfield does not allow this request."), held, "{account}: {answer:?}");
        // What it is held to is not its own to change.
        let changed = member.bedrock("DELETE", &format!("/guardrails/{id}"), &Value::Null).await;
        assert!(changed.status >= 400, "{changed:?}");
    }
}

/// What a newcomer types, in a folder of its own, twice: the second time there is nothing to do.
#[test]
fn each_story_is_told_by_one_command() {
    for story in ["story-lambda", "story-organization", "story-assistant"] {
        let folder = tempfile::tempdir().expect("a folder");
        let binary = Path::new(env!("CARGO_BIN_EXE_bedrail")).parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        for again in [false, true] {
            let output = Command::new("sh")
                .arg(source::root().join("examples").join(story).join("run.sh"))
                .current_dir(folder.path())
                .env_clear()
                .env("PATH", format!("{}:{path}", binary.display()))
                .output()
                .expect("sh runs");
            let told = printed(output, 0, story);
            let plan = if again { "Nothing to do" } else { "Plan: " };
            assert!(told.starts_with(plan), "{story}: {told}");
        }
    }
}

/// The role of the example, once it has nothing but what the example gives it.
#[tokio::test(flavor = "multi_thread")]
async fn least_privilege_app_may_what_it_says_and_nothing_else() {
    let sandbox = Sandbox::start().await;
    let root = sandbox.root(MANAGEMENT);
    let listed = root.iam("ListRolePolicies", "RoleName=app-role").await.text;
    for name in listed.split("<member>").skip(1).filter_map(|rest| rest.split('<').next()) {
        assert_eq!(root.iam("DeleteRolePolicy", &format!("RoleName=app-role&PolicyName={name}")).await.status, 200);
    }
    sandbox.apply(&source::text("examples/least-privilege-app/bedrail.yaml")).await;
    let id = only_guardrail(&sandbox).await;
    sandbox.set(serde_json::json!({"authorize": true})).await;
    let role = sandbox.session(MANAGEMENT, "app-role").await;
    let model = "amazon.nova-pro-v1:0";
    assert_eq!(role.converse(model, Some((&id, "1"))).await, 200, "the model with the guardrail");
    assert_eq!(role.converse(model, None).await, 403, "without the guardrail");
    assert_eq!(role.converse("amazon.nova-lite-v1:0", Some((&id, "1"))).await, 403, "another model");
    assert_eq!(role.iam("ListPolicies", "Scope=Local").await.status, 403, "anything else");
}

#[test]
fn no_example_is_left_out() {
    let walked = [
        "full-surface",
        "kms-encrypted",
        "least-privilege-app",
        "logging",
        "multi-account",
        "organization",
        "quickstart",
        "staged-rollout",
        "story-assistant",
        "story-lambda",
        "story-organization",
    ];
    assert_eq!(examples(), walked.map(|name| format!("examples/{name}")));
    for example in examples() {
        assert!(source::root().join(&example).join("README.md").exists(), "{example} has no README.md");
    }
}

/// The files of a spec as one value, merged by key as bedrail does.
fn merged(spec: &str) -> Value {
    let mut merged = Map::new();
    for entry in fs::read_dir(source::root().join(spec)).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.to_string_lossy();
        if !name.ends_with(".yaml") || name.ends_with(".test.yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        let Value::Object(entries) = yaml::ours(&path.display().to_string(), &text) else {
            panic!("{}", path.display())
        };
        for (key, value) in entries {
            match (merged.get_mut(&key), value) {
                (Some(Value::Object(have)), Value::Object(more)) => have.extend(more),
                (_, value) => drop(merged.insert(key, value)),
            }
        }
    }
    Value::Object(merged)
}

#[test]
fn every_example_is_what_the_schema_describes() {
    let schema = Command::new(env!("CARGO_BIN_EXE_bedrail")).arg("schema").output().expect("bedrail runs");
    let schema = serde_json::from_str(&printed(schema, 0, "schema")).expect("JSON");
    let validator = jsonschema::draft7::new(&schema).expect("a schema of draft 7");
    for spec in examples().iter().flat_map(|example| stages(example)) {
        let faults: Vec<String> =
            validator.iter_errors(&merged(&spec)).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{spec}\n{}", faults.join("\n"));
    }
}
