//! The workflows of GitHub: a plan is commented once, what was reviewed is what is applied, and one issue tells of drift.

use serde_json::{Value, json};

use super::bench::Bench;
use super::runner::{Job, contexts, run, wanted};
use crate::cli::SPEC;

const PLAN: &str = "examples/ci/github/bedrail-plan.yml";
const APPLY: &str = "examples/ci/github/bedrail-apply.yml";
const DRIFT: &str = "examples/ci/github/bedrail-drift.yml";

const HEAD: &str = "1111111111111111111111111111111111111111";
const MERGE: &str = "2222222222222222222222222222222222222222";
const HERE: &str = "acme/guardrails";

/// The same without a named version: what is enforced follows the content.
fn following() -> String {
    SPEC.replace("versions:\n  first: {guardrail: baseline}\n", "").replace(", version: first", "")
}

fn plan(bench: &Bench) -> Job {
    let event = [
        ("github.event.pull_request.number", "7"),
        ("github.event.pull_request.head.sha", HEAD),
        ("github.event.pull_request.head.repo.full_name", HERE),
    ];
    run(bench, PLAN, "plan", contexts(&event))
}

/// The merge of #7, and its successful plan in run 55.
fn merged(bench: &Bench) {
    let pull = json!({"number": 7, "merged_at": "2026-11-20T10:00:00Z", "merge_commit_sha": MERGE,
        "head": {"sha": HEAD, "repo": {"full_name": HERE}}});
    let of = |id: u32, repository: &str| {
        json!({"id": id, "run_number": id, "conclusion": "success", "head_sha": HEAD,
            "head_repository": {"full_name": repository}})
    };
    bench.keep(
        "routes.json",
        &json!({
            format!("commits/{MERGE}/pulls"): [pull],
            "actions/workflows/bedrail-plan.yml/runs": {"workflow_runs": [of(55, HERE), of(56, "mallory/guardrails")]},
        }),
    );
    let ran = bench.bash("rm -rf fakes/runs && mkdir -p fakes/runs/55 && cp -R artifacts/bedrail-plan fakes/runs/55/");
    assert_eq!(ran.code, 0, "{ran:?}");
}

fn reviewed(bench: &Bench) -> Job {
    run(bench, APPLY, "reviewed", contexts(&[("github.event_name", "push"), ("github.sha", MERGE)]))
}

fn apply(bench: &Bench, allow: &str) -> Job {
    let event = [
        ("github.sha", MERGE),
        ("needs.reviewed.result", "success"),
        ("needs.reviewed.outputs.changes", "3"),
        ("inputs.allow", allow),
    ];
    run(bench, APPLY, "apply", contexts(&event))
}

fn in_sync(bench: &Bench) -> bool {
    bench.bedrail("plan --detailed-exitcode -q").code == 0
}

#[test]
fn a_pull_request_has_one_comment_which_is_its_plan() {
    let Some(bench) = Bench::new(SPEC) else { return };
    bench.keep("comments.json", &json!([
        {"id": 1, "issue": 7, "user": {"login": "jane"}, "body": "<!-- bedrail:plan stack=acme digest=sha256:0 -->\nIs this it?"},
        {"id": 2, "issue": 7, "user": {"login": "github-actions[bot]"}, "body": "<!-- bedrail:plan stack=other digest=sha256:0 -->"},
    ]));
    let job = plan(&bench);
    assert!(!job.failed, "{}", job.log);
    let outputs =
        ["changes", "weakens", "accounts", "exit-code"].map(|name| job.output(&format!("plan.outputs.{name}")));
    assert_eq!(outputs, ["3", "0", "1", "2"], "{job:?}");
    let digest = job.output("plan.outputs.digest").to_owned();
    assert!(digest.starts_with("sha256:") && digest.len() == 71, "{digest}");
    assert!(job.summary.starts_with(&format!("<!-- bedrail:plan stack=acme digest={digest} -->")), "{}", job.summary);
    assert!(
        job.used.iter().any(|(action, with)| action.ends_with("/checkout") && with["persist-credentials"] == "false")
    );

    let comments = bench.kept("comments.json");
    let body = comments[2]["body"].as_str().expect("the comment");
    assert!(
        body.starts_with(&format!("<!-- bedrail:plan stack=acme digest={digest} -->\n### bedrail plan\n")),
        "{body}"
    );
    assert!(body.contains(&format!("Plan of {HEAD}, made by [this run]")), "{body}");

    // The next push changes the plan, and the comment with it.
    bench.desk.write("bedrail.yaml", &SPEC.replace("HATE: HIGH", "HATE: LOW"));
    let job = plan(&bench);
    assert!(!job.failed && job.output("plan.outputs.digest") != digest, "{}", job.log);
    let again = bench.kept("comments.json");
    assert_eq!(again.as_array().map(Vec::len), Some(3), "{again}");
    assert_eq!((&again[0], &again[1]), (&comments[0], &comments[1]), "those of others are left alone");
    let marker = format!("<!-- bedrail:plan stack=acme digest={} -->", job.output("plan.outputs.digest"));
    assert!(again[2]["body"].as_str().is_some_and(|body| body.starts_with(&marker)), "{again}");
    bench.done();
}

#[test]
fn a_fork_is_validated_and_never_planned() {
    let fork = |repository: &str| contexts(&[("github.event.pull_request.head.repo.full_name", repository)]);
    assert!(wanted(PLAN, "plan", &fork(HERE)) && wanted(PLAN, "validate", &fork("mallory/guardrails")));
    assert!(!wanted(PLAN, "plan", &fork("mallory/guardrails")) && !wanted(PLAN, "plan", &fork("")));

    let Some(bench) = Bench::new(&SPEC.replace("HATE: HIGH", "HATE: HIHG")) else { return };
    let job = run(&bench, PLAN, "validate", fork("mallory/guardrails"));
    assert!(job.failed && job.log.contains("::error file=bedrail.yaml,line="), "{}", job.log);
    // A plan that is none has no comment.
    let job = plan(&bench);
    assert!(job.failed && job.output("plan.outputs.exit-code") == "1", "{}", job.log);
    assert_eq!(bench.kept("comments.json"), json!([]));
    bench.desk.write("bedrail.yaml", SPEC);
    let job = run(&bench, PLAN, "validate", fork("mallory/guardrails"));
    assert!(!job.failed && job.used.iter().all(|(action, _)| !action.contains("credentials")), "{}", job.log);
    bench.done();
}

#[test]
fn what_was_reviewed_is_what_is_applied() {
    let Some(bench) = Bench::new(SPEC) else { return };
    assert!(!plan(&bench).failed);
    merged(&bench);
    let job = reviewed(&bench);
    assert!(!job.failed && job.output("find.outputs.changes") == "3", "{}", job.log);
    assert!(job.summary.starts_with("<!-- bedrail:plan stack=acme digest="), "{}", job.summary);
    let downloads = bench.desk.read("fakes/gh.log").lines().filter(|line| *line == "run download").count();
    assert_eq!(downloads, 1, "and not that of the fork's run");
    let bytes = |name: &str| bench.desk.read(name);
    assert_eq!(bytes("artifacts/bedrail-to-apply/plan.json"), bytes("artifacts/bedrail-plan/plan.json"));

    let job = apply(&bench, "");
    assert!(!job.failed && job.output("apply.outputs.exit-code") == "0", "{}", job.log);
    assert!(job.log.contains("Applied: 3 done."), "{}", job.log);
    assert!(bench.desk.read("artifacts/bedrail-audit-log-1/audit.jsonl").lines().count() > 3);
    assert!(in_sync(&bench));

    // Once more is nothing to do, which no one need approve, and which is recorded all the same.
    let none = [("needs.reviewed.result", "success"), ("needs.reviewed.outputs.changes", "0"), ("github.sha", MERGE)];
    assert!(!wanted(APPLY, "apply", &contexts(&none)) && wanted(APPLY, "applied", &contexts(&none)));
    let job = run(&bench, APPLY, "applied", contexts(&none));
    assert!(job.summary.contains(MERGE), "{job:?}");
    let failed = [("needs.apply.result", "failure"), ("needs.reviewed.outputs.changes", "3"), ("failure", "true")];
    assert!(!wanted(APPLY, "applied", &contexts(&failed)), "what failed is no applied commit");
    bench.done();
}

#[test]
fn what_nobody_reviewed_is_not_applied() {
    let Some(bench) = Bench::new(SPEC) else { return };
    assert!(!plan(&bench).failed);
    let refused = |bench: &Bench, why: &str| {
        let job = reviewed(bench);
        assert!(job.failed && job.log.contains(why) && job.log.contains("Run this workflow by hand"), "{}", job.log);
        assert!(!bench.desk.path("artifacts/bedrail-to-apply").exists());
        let _ = std::fs::remove_dir_all(bench.desk.path("reviewed"));
    };
    let edited = |edit: fn(&mut Value)| {
        merged(&bench);
        let mut routes = bench.kept("routes.json");
        edit(&mut routes);
        bench.keep("routes.json", &routes);
    };
    let pulls = format!("commits/{MERGE}/pulls");
    assert_eq!(pulls, "commits/2222222222222222222222222222222222222222/pulls");

    edited(|routes| routes["commits/2222222222222222222222222222222222222222/pulls"] = json!([]));
    refused(&bench, "is not the merge of a pull request");
    edited(|routes| {
        routes["commits/2222222222222222222222222222222222222222/pulls"][0]["head"]["repo"]["full_name"] =
            json!("mallory/guardrails");
    });
    refused(&bench, "is not the merge of a pull request");
    edited(|routes| {
        drop(
            routes["actions/workflows/bedrail-plan.yml/runs"]["workflow_runs"]
                .as_array_mut()
                .map(|runs| runs.remove(0)),
        );
    });
    refused(&bench, "has no successful run for");
    edited(|_| {});
    assert_eq!(bench.bash("rm -r fakes/runs/55").code, 0);
    refused(&bench, "cannot be downloaded");
    // The comment is of another plan than the artifact.
    merged(&bench);
    assert_eq!(bench.bash("sed -i '1s/digest=sha256:./digest=sha256:x/' fakes/runs/55/bedrail-plan/plan.md").code, 0);
    refused(&bench, "is of another plan");
    bench.done();
}

#[test]
fn a_stale_plan_changes_nothing_and_says_what_to_do() {
    let Some(bench) = Bench::new(SPEC) else { return };
    assert!(!plan(&bench).failed);
    merged(&bench);
    assert!(!reviewed(&bench).failed);
    // Behind the reviewer's back, somebody applies something else.
    bench.desk.write("other.yaml", &SPEC.replace("HATE: HIGH", "HATE: MEDIUM"));
    assert_eq!(bench.bedrail("apply -f other.yaml --yes --target 'guardrail/*' -q").code, 0);
    let job = apply(&bench, "");
    assert!(job.failed && job.output("apply.outputs.exit-code") == "4", "{}", job.log);
    assert!(job.log.contains("::error title=bedrail apply::the plan is stale, and nothing was changed"), "{}", job.log);
    assert!(job.summary.contains("### Not applied\n\nNothing was changed: the plan is stale"), "{}", job.summary);
    assert!(!in_sync(&bench));

    // By hand: a plan anew, of which the same approval is asked.
    let by_hand =
        [("github.event_name", "workflow_dispatch"), ("github.ref", "refs/heads/main"), ("github.sha", MERGE)];
    let job = run(&bench, APPLY, "anew", contexts(&by_hand));
    assert!(!job.failed && job.output("plan.outputs.changes") != "0", "{}", job.log);
    let job = apply(&bench, "");
    assert!(!job.failed, "{}", job.log);
    assert!(in_sync(&bench));
    bench.done();
}

#[test]
fn a_hazard_is_refused_until_a_person_allows_it() {
    let Some(bench) = Bench::new(&following()) else { return };
    assert_eq!(bench.bedrail("apply --yes -q").code, 0);
    bench.desk.write("bedrail.yaml", &following().replace("HATE: HIGH", "HATE: LOW"));
    let job = plan(&bench);
    assert!(!job.failed && job.output("plan.outputs.weakens") == "2", "{}", job.log);
    merged(&bench);
    assert!(!reviewed(&bench).failed);
    let job = apply(&bench, "");
    assert!(job.failed && job.output("apply.outputs.exit-code") == "3", "{}", job.log);
    assert!(job.summary.contains("the plan does what nobody has allowed"), "{}", job.summary);
    assert!(!in_sync(&bench));
    let job = apply(&bench, "weakens");
    assert!(!job.failed, "{}", job.log);
    assert!(in_sync(&bench));
    bench.done();
}

fn drift(bench: &Bench) -> Job {
    run(bench, DRIFT, "drift", contexts(&[("github.ref", "refs/heads/main")]))
}

#[test]
fn drift_has_one_issue_that_opens_and_closes() {
    let Some(bench) = Bench::new(&following()) else { return };
    // Nothing was applied: there is nothing to compare with.
    bench.keep("routes.json", &json!({"deployments": []}));
    let job = drift(&bench);
    assert!(job.failed && job.log.contains("has applied no commit yet"), "{}", job.log);
    // The newest deployment failed, the one before it is what holds.
    bench.keep(
        "routes.json",
        &json!({"deployments": [{"id": 3, "sha": HEAD}, {"id": 2, "sha": MERGE}],
            "deployments/3/statuses": [{"state": "failure"}],
            "deployments/2/statuses": [{"state": "inactive"}, {"state": "success"}]}),
    );
    assert_eq!(bench.bedrail("apply --yes -q").code, 0);
    let job = drift(&bench);
    assert!(!job.failed && bench.kept("issues.json") == json!([]), "{}", job.log);
    let checkout = job.used.iter().find(|(action, _)| action == "actions/checkout").expect("a checkout");
    assert_eq!(checkout.1["ref"], MERGE);

    bench.desk.write("other.yaml", &following().replace("HATE: HIGH", "HATE: MEDIUM"));
    let spoil =
        || assert_eq!(bench.bedrail("apply -f other.yaml --yes --target 'guardrail/*' --allow weakens -q").code, 0);
    spoil();
    let job = drift(&bench);
    assert!(!job.failed, "{}", job.log);
    let issues = bench.kept("issues.json");
    assert_eq!(
        (&issues[0]["labels"], &issues[0]["title"]),
        (&json!(["bedrail-drift"]), &json!("bedrail: drift of acme"))
    );
    assert!(
        issues[0]["body"].as_str().is_some_and(|body| body.starts_with("<!-- bedrail:drift stack=acme digest=")),
        "{issues}"
    );

    // The same drift the next night is no news.
    drift(&bench);
    assert_eq!((bench.kept("issues.json"), bench.kept("comments.json")), (issues.clone(), json!([])));
    // Another one is: in the same issue.
    bench.desk.write("other.yaml", &following().replace("HATE: HIGH", "HATE: LOW"));
    spoil();
    drift(&bench);
    let updated = bench.kept("issues.json");
    assert!(updated.as_array().map(Vec::len) == Some(1) && updated[0]["body"] != issues[0]["body"], "{updated}");
    assert_eq!(bench.kept("comments.json").as_array().map(Vec::len), Some(1));
    // What could not be read closes nothing.
    let sound = bench.desk.read("bedrail.yaml");
    bench.desk.write("bedrail.yaml", "format: 1\n");
    let job = drift(&bench);
    assert!(job.failed && bench.kept("issues.json") == updated, "{}", job.log);
    bench.desk.write("bedrail.yaml", &sound);
    // Nor does a report of the rest, where something could not be read.
    bench.desk.write("blind.md", "<!-- bedrail:drift stack=acme digest=sha256:0 -->\n");
    let rights = [("GH_TOKEN", "ghs_test"), ("GITHUB_REPOSITORY", HERE)];
    let ran = bench.script("issue.sh", "blind.md 1", &rights);
    assert!(ran.code == 0 && bench.kept("issues.json") == updated, "{ran:?}");

    assert_eq!(bench.bedrail("apply --yes -q").code, 0);
    let job = drift(&bench);
    assert!(!job.failed, "{}", job.log);
    let closed = bench.kept("issues.json");
    assert_eq!((&closed[0]["state"], &closed[0]["state_reason"]), (&json!("closed"), &json!("completed")));
    // The next drift opens the next issue.
    spoil();
    drift(&bench);
    assert_eq!(bench.kept("issues.json")[1]["state"], "open");
    bench.done();
}
