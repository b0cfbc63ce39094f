//! The workflows of GitHub: a plan is commented once, what was reviewed is what is applied, and one issue tells of drift.

use serde_json::{Value, json};

use super::bench::Bench;
use super::expression::filled;
use super::runner::{Job, contexts, run, wanted};
use super::{following, yaml};
use crate::cli::SPEC;

const PLAN: &str = "examples/ci/github/bedrail-plan.yml";
const APPLY: &str = "examples/ci/github/bedrail-apply.yml";
const DRIFT: &str = "examples/ci/github/bedrail-drift.yml";

const HEAD: &str = "1111111111111111111111111111111111111111";
const MERGE: &str = "2222222222222222222222222222222222222222";
const HERE: &str = "acme/guardrails";

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
    let pull = json!({"number": 7, "merged_at": "2026-11-20T10:00:00Z", "merge_commit_sha": MERGE, "base": {"ref": "main"},
        "head": {"sha": HEAD, "repo": {"full_name": HERE}}});
    let of = |id: u32, repository: &str| {
        json!({"id": id, "run_number": id, "conclusion": "success", "head_sha": HEAD,
            "head_repository": {"full_name": repository}})
    };
    bench.keep(
        "routes.json",
        &json!({
            "pulls/7": pull.clone(),
            PULLS: [pull],
            "actions/workflows/bedrail-plan.yml/runs": {"workflow_runs": [of(55, HERE), of(56, "mallory/guardrails")]},
        }),
    );
    let ran = bench.bash("rm -rf fakes/runs && mkdir -p fakes/runs/55 && cp -R artifacts/bedrail-plan fakes/runs/55/");
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// Where GitHub tells of which pull request a commit is the merge.
const PULLS: &str = "commits/2222222222222222222222222222222222222222/pulls";

/// The branch is at this commit when #7 is applied by hand: something that is none of bedrail's was merged after it.
const LATER: &str = "3333333333333333333333333333333333333333";

fn of_apply(bench: &Bench, event: &[(&str, &str)]) -> Job {
    let _ = std::fs::remove_dir_all(bench.desk.path("artifacts/bedrail-to-apply"));
    let _ = std::fs::remove_dir_all(bench.temp().join("reviewed"));
    let usual = [("github.ref", "refs/heads/main"), ("github.ref_name", "main")];
    run(bench, APPLY, "plan", contexts(&[&usual[..], event].concat()))
}

fn reviewed(bench: &Bench) -> Job {
    of_apply(bench, &[("github.event_name", "push"), ("github.sha", MERGE)])
}

fn by_hand(bench: &Bench, number: &str, allow: &str) -> Job {
    let event = [("github.event_name", "workflow_dispatch"), ("github.sha", LATER), ("inputs.pull-request", number)];
    of_apply(bench, &[&event[..], &[("inputs.allow", allow)]].concat())
}

/// Applies what `planned` hands on, with the hazards that whoever started the workflow allows.
fn apply(bench: &Bench, planned: &Job, allow: &str) -> Job {
    let event = [
        ("github.sha", MERGE),
        ("needs.plan.outputs.to-do", planned.output("to-do")),
        ("needs.plan.outputs.digest", planned.output("digest")),
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
    let outputs = ["changes", "weakens", "accounts", "exit-code"].map(|name| job.step(&format!("plan.outputs.{name}")));
    assert_eq!(outputs, ["3", "0", "1", "2"], "{job:?}");
    let digest = job.step("plan.outputs.digest");
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
    assert!(!job.failed && job.step("plan.outputs.digest") != digest, "{}", job.log);
    let again = bench.kept("comments.json");
    assert_eq!(again.as_array().map(Vec::len), Some(3), "{again}");
    assert_eq!((&again[0], &again[1]), (&comments[0], &comments[1]), "those of others are left alone");
    let marker = format!("<!-- bedrail:plan stack=acme digest={} -->", job.step("plan.outputs.digest"));
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
    assert!(job.failed && job.step("plan.outputs.exit-code") == "1", "{}", job.log);
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
    let planned = reviewed(&bench);
    assert!(!planned.failed && planned.output("to-do") == "something", "{}", planned.log);
    let marker = format!("<!-- bedrail:plan stack=acme digest={} -->\n", planned.output("digest"));
    assert!(planned.summary.starts_with(&marker), "{}", planned.summary);
    let downloads = bench.desk.read("fakes/gh.log").lines().filter(|line| *line == "run download").count();
    assert_eq!(downloads, 1, "and not that of the fork's run");
    assert!(planned.used.iter().all(|(action, _)| !action.contains("credentials")), "{:?}", planned.used);
    let bytes = |name: &str| bench.desk.read(name);
    assert_eq!(bytes("artifacts/bedrail-to-apply/plan.json"), bytes("artifacts/bedrail-plan/plan.json"));

    let job = apply(&bench, &planned, "");
    assert!(!job.failed && job.step("apply.outputs.exit-code") == "0", "{}", job.log);
    assert!(job.log.contains("Applied: 3 done."), "{}", job.log);
    assert!(bench.desk.read("artifacts/bedrail-audit-log-1/audit.jsonl").lines().count() > 3);
    assert!(in_sync(&bench));

    // A change that does nothing is recorded without anybody's approval, once AWS has been asked whether that is still so.
    assert!(!plan(&bench).failed);
    merged(&bench);
    let planned = reviewed(&bench);
    assert!(!planned.failed && planned.output("to-do") == "nothing", "{}", planned.log);
    assert!(planned.used.iter().any(|(action, _)| action.contains("credentials")), "{:?}", planned.used);
    let job = run(
        &bench,
        APPLY,
        "applied",
        contexts(&[
            ("github.sha", MERGE),
            ("needs.plan.result", "success"),
            ("needs.plan.outputs.to-do", planned.output("to-do")),
        ]),
    );
    assert!(job.summary.contains(MERGE), "{job:?}");
    // What was merged before and was not applied is no part of that plan, so this commit is not what AWS is.
    bench.desk.write("bedrail.yaml", &SPEC.replace("Sorry, not this.", "Not this."));
    let job = reviewed(&bench);
    assert!(job.failed && job.log.contains("wait from before") && job.output("to-do").is_empty(), "{}", job.log);
    // Nor is it where what the spec wants is held: here a guardrail of others has the name.
    bench.desk.write("bedrail.yaml", SPEC);
    let others = SPEC.replace("stack: acme", "stack: others").replace("baseline", "extra");
    bench.desk.write("others.yaml", &others);
    assert_eq!(bench.bedrail("apply -f others.yaml --yes --target 'guardrail/*' -q").code, 0);
    let extra = &others[others.find("  extra:").unwrap_or_default()..others.find("versions:").unwrap_or_default()];
    bench.desk.write("bedrail.yaml", &SPEC.replace("versions:", &format!("{extra}versions:")));
    let job = by_hand(&bench, "", "");
    assert!(job.failed && job.log.contains("All of it is held") && job.outputs.is_empty(), "{}", job.log);
    bench.done();
}

#[test]
fn what_nobody_reviewed_is_not_applied() {
    let Some(bench) = Bench::new(SPEC) else { return };
    assert!(!plan(&bench).failed);
    let refused = |job: Job, why: &str| {
        assert!(job.failed && job.log.contains(why) && job.log.contains("Run this workflow by hand"), "{}", job.log);
        assert!(!bench.desk.path("artifacts/bedrail-to-apply").exists() && job.outputs.is_empty(), "{job:?}");
    };
    let edited = |edit: fn(&mut Value)| {
        merged(&bench);
        let mut routes = bench.kept("routes.json");
        edit(&mut routes);
        bench.keep("routes.json", &routes);
    };

    edited(|routes| routes[PULLS] = json!([]));
    refused(reviewed(&bench), "is not the merge of a pull request");
    edited(|routes| {
        for pull in ["/pulls~17", "/commits~12222222222222222222222222222222222222222~1pulls/0"] {
            routes.pointer_mut(pull).expect("a pull request")["head"]["repo"]["full_name"] =
                json!("mallory/guardrails");
        }
    });
    refused(reviewed(&bench), "is not the merge of a pull request");
    refused(by_hand(&bench, "7", ""), "#7 is no pull request that was merged into main");
    for (field, value) in
        [("merged_at", Value::Null), ("base", json!({"ref": "topic"})), ("head", json!({"repo": null}))]
    {
        merged(&bench);
        let mut routes = bench.kept("routes.json");
        routes["pulls/7"][field] = value;
        bench.keep("routes.json", &routes);
        refused(by_hand(&bench, "7", ""), "#7 is no pull request that was merged into main");
    }
    edited(|_| {});
    refused(by_hand(&bench, "8", ""), "#8 is no pull request");
    refused(by_hand(&bench, "7/../../other", ""), "is named by its number");
    edited(|routes| {
        drop(
            routes["actions/workflows/bedrail-plan.yml/runs"]["workflow_runs"]
                .as_array_mut()
                .map(|runs| runs.remove(0)),
        );
    });
    refused(reviewed(&bench), "has no successful run for");
    edited(|_| {});
    assert_eq!(bench.bash("rm -r fakes/runs/55").code, 0);
    refused(reviewed(&bench), "cannot be downloaded");
    // The comment is of another plan than the artifact.
    merged(&bench);
    assert_eq!(bench.bash("sed -i '1s/digest=sha256:./digest=sha256:x/' fakes/runs/55/bedrail-plan/plan.md").code, 0);
    refused(reviewed(&bench), "is of another plan");
    // The report is the one of the comment, and the file beside it is not.
    merged(&bench);
    let plan = bench.desk.read("fakes/runs/55/bedrail-plan/plan.json").replacen(
        "\"want\": \"sha256:",
        "\"want\": \"sha256:0",
        1,
    );
    bench.desk.write("fakes/runs/55/bedrail-plan/plan.json", &plan);
    let planned = reviewed(&bench);
    assert!(!planned.failed, "{}", planned.log);
    let job = apply(&bench, &planned, "");
    assert!(job.failed && job.step("apply.outputs.exit-code") == "4", "{}", job.log);
    assert!(job.log.contains(&format!(", and not {}", planned.output("digest"))), "{}", job.log);
    assert!(bench.bedrail("plan").stdout.starts_with("Plan: 2 to create, 1 to publish."));
    bench.done();
}

#[test]
fn a_stale_plan_changes_nothing_and_says_what_to_do() {
    let Some(bench) = Bench::new(SPEC) else { return };
    assert!(!plan(&bench).failed);
    merged(&bench);
    let planned = reviewed(&bench);
    assert!(!planned.failed);
    // Behind the reviewer's back, somebody applies something else.
    bench.desk.write("other.yaml", &SPEC.replace("HATE: HIGH", "HATE: MEDIUM"));
    assert_eq!(bench.bedrail("apply -f other.yaml --yes --target 'guardrail/*' -q").code, 0);
    let job = apply(&bench, &planned, "");
    assert!(job.failed && job.step("apply.outputs.exit-code") == "4", "{}", job.log);
    assert!(job.log.contains("::error title=bedrail apply::the plan is stale, and nothing was changed"), "{}", job.log);
    assert!(job.summary.contains("### Not applied\n\nNothing was changed: the plan is stale"), "{}", job.summary);
    assert!(!in_sync(&bench));

    // By hand: a plan anew, of which the same approval is asked.
    let planned = by_hand(&bench, "", "");
    assert!(!planned.failed && planned.output("to-do") == "something", "{}", planned.log);
    assert!(planned.summary.contains(planned.output("digest")), "{}", planned.summary);
    let job = apply(&bench, &planned, "");
    assert!(!job.failed, "{}", job.log);
    assert!(in_sync(&bench));
    bench.done();
}

#[test]
fn a_plan_that_weakens_is_applied_as_it_was_reviewed_once_a_person_allows_it() {
    let Some(bench) = Bench::new(&following()) else { return };
    assert_eq!(bench.bedrail("apply --yes -q").code, 0);
    bench.desk.write("bedrail.yaml", &following().replace("HATE: HIGH", "HATE: LOW"));
    let job = plan(&bench);
    assert!(!job.failed && job.step("plan.outputs.weakens") == "2", "{}", job.log);
    merged(&bench);
    let refused = |job: &Job, words: &str| {
        assert!(job.failed && job.log.contains("::error title=Somebody has to allow it::"), "{}", job.log);
        assert!(job.log.contains(words) && job.summary.contains(words), "{}\n{}", job.log, job.summary);
        assert!(job.outputs.is_empty() && !bench.desk.path("artifacts/bedrail-to-apply").exists(), "{job:?}");
    };
    // Nobody is asked to approve what would be refused; what to type is told.
    let weakens =
        "weakens:account-enforcement/111122223333/us-east-1/account,weakens:guardrail/111122223333/us-east-1/baseline";
    refused(&reviewed(&bench), &format!("by hand with pull-request: 7 and allow: {weakens}"));
    refused(&by_hand(&bench, "7", "deletes,lockout:weakens"), &format!("pull-request: 7 and allow: {weakens}"));
    refused(&by_hand(&bench, "", ""), &format!("by hand with allow: {weakens}"));

    // The plan of the pull request, and no other, though the branch has gone on.
    let planned = by_hand(&bench, "7", weakens);
    assert!(!planned.failed && planned.output("to-do") == "something", "{}", planned.log);
    let bytes = |name: &str| bench.desk.read(name);
    assert_eq!(bytes("artifacts/bedrail-to-apply/plan.json"), bytes("artifacts/bedrail-plan/plan.json"));
    assert!(planned.used.iter().all(|(action, _)| !action.contains("credentials")), "{:?}", planned.used);
    // Where the words do not cover the addresses, bedrail refuses; and what else the branch needs is not in the plan.
    let job = apply(&bench, &planned, "weakens:guardrail/*");
    assert!(job.failed && job.step("apply.outputs.exit-code") == "3", "{}", job.log);
    assert!(job.summary.contains("the plan does what nobody has allowed"), "{}", job.summary);
    let merged = bench.desk.read("bedrail.yaml");
    bench.desk.write("bedrail.yaml", &merged.replace("PROMPT_ATTACK: HIGH", "PROMPT_ATTACK: LOW"));
    let job = apply(&bench, &planned, weakens);
    assert!(job.failed && job.step("apply.outputs.exit-code") == "4", "{}", job.log);
    bench.desk.write("bedrail.yaml", &merged);
    let job = apply(&bench, &planned, weakens);
    assert!(!job.failed && in_sync(&bench), "{}", job.log);
    bench.done();
}

#[test]
fn who_approves_reads_what_is_allowed() {
    let run_name = |event: &[(&str, &str)]| filled(yaml(APPLY)["run-name"].as_str().expect("a name"), &contexts(event));
    let job_name = |event: &[(&str, &str)]| {
        filled(yaml(APPLY)["jobs"]["apply"]["name"].as_str().expect("a name"), &contexts(event))
    };
    let push = [("github.event_name", "push")];
    // Without a name of its own a run has that of its commit.
    assert_eq!((run_name(&push).as_str(), job_name(&push).as_str()), ("", "Apply"));
    let by_hand = |number, allow| {
        [("github.event_name", "workflow_dispatch"), ("inputs.pull-request", number), ("inputs.allow", allow)]
    };
    assert_eq!(run_name(&by_hand("", "")), "bedrail apply by hand: a new plan");
    assert_eq!(run_name(&by_hand("7", "weakens")), "bedrail apply by hand: the plan of #7, allowing weakens");
    assert_eq!(job_name(&by_hand("7", "weakens")), "Apply, allowing weakens");
}

fn drift(bench: &Bench) -> Job {
    run(bench, DRIFT, "drift", contexts(&[("github.ref", "refs/heads/main")]))
}

#[test]
fn drift_has_one_issue_that_opens_and_closes() {
    let Some(bench) = Bench::new(&following()) else { return };
    bench.commit("head", &[("bedrail.yaml", &following().replace("HATE: HIGH", "HATE: NONE"))]);
    bench.commit(MERGE, &[("bedrail.yaml", &following())]);
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
    bench.commit(MERGE, &[("bedrail.yaml", "format: 1\n")]);
    let job = drift(&bench);
    assert!(job.failed && bench.kept("issues.json") == updated, "{}", job.log);
    bench.commit(MERGE, &[("bedrail.yaml", &following())]);
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

#[test]
fn what_is_ignored_is_what_the_branch_says_now() {
    let Some(bench) = Bench::new(&following()) else { return };
    assert_eq!(bench.bedrail("apply --yes -q").code, 0);
    bench.desk.write("other.yaml", &following().replace("HATE: HIGH", "HATE: LOW"));
    assert_eq!(bench.bedrail("apply -f other.yaml --yes --allow weakens -q").code, 0);
    bench.keep(
        "routes.json",
        &json!({"deployments": [{"id": 2, "sha": MERGE}], "deployments/2/statuses": [{"state": "success"}]}),
    );
    let ignored =
        "ignore: [{address: '*', reason: Not yet, owner: me, expires: '2099-01-01', allow_weakening: true}]\n";
    let spec = following();

    // Merged after the last apply: it holds from now on.
    bench.commit(MERGE, &[("bedrail.yaml", &spec)]);
    bench.commit("head", &[("bedrail.yaml", "format: 2\n"), ("drift.ignore.yaml", ignored)]);
    let job = drift(&bench);
    assert!(!job.failed && bench.kept("issues.json") == json!([]) && job.summary.contains("Not yet"), "{}", job.log);
    assert!(!bench.desk.path("head/bedrail.yaml").exists(), "of the branch nothing else is taken");
    // Taken out after the last apply: it holds no more.
    bench.commit(MERGE, &[("bedrail.yaml", &spec), ("drift.ignore.yaml", ignored)]);
    std::fs::remove_file(bench.desk.path("commits/head/drift.ignore.yaml")).expect("a file");
    let job = drift(&bench);
    assert!(!job.failed && bench.kept("issues.json")[0]["state"] == "open", "{}", job.log);
    // One that is at fault ends the run, and the issue stays.
    bench.commit("head", &[("drift.ignore.yaml", "ignore: [{address: '*'}]\n")]);
    let job = drift(&bench);
    assert!(job.failed && bench.kept("issues.json")[0]["state"] == "open", "{}", job.log);
    bench.done();
}
