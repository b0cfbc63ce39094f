//! GitLab's pipeline: its jobs in the order of its stages, in one checkout.

use serde_json::{Value, json};

use super::bench::Bench;
use super::{following, text_of, texts, yaml};
use crate::cli::{Ran, SPEC};

const FILE: &str = "examples/ci/gitlab/.gitlab-ci.yml";

/// A key of a job, or of what the job extends.
fn looked_up(pipeline: &Value, job: &str, key: &str) -> Value {
    let this = &pipeline[job];
    if this[key].is_null() && this["extends"].is_string() {
        return looked_up(pipeline, &text_of(this, "extends"), key);
    }
    this[key].clone()
}

/// The lines of a list of commands; a list of a job and a key stands for what is there.
fn lines(pipeline: &Value, commands: &Value) -> Vec<String> {
    let items = commands.as_array().into_iter().flatten();
    items
        .flat_map(|item| match item.as_array().map(Vec::as_slice) {
            Some([Value::String(job), Value::String(key)]) => lines(pipeline, &looked_up(pipeline, job, key)),
            _ => texts(item),
        })
        .collect()
}

fn job(bench: &Bench, name: &str) -> Ran {
    job_with(bench, name, &[])
}

/// The same, started by hand with variables.
fn job_with(bench: &Bench, name: &str, given: &[(&str, &str)]) -> Ran {
    let pipeline = yaml(FILE);
    let mut script = lines(&pipeline, &looked_up(&pipeline, name, "before_script"));
    script.extend(lines(&pipeline, &pipeline[name]["script"]));
    let mut environment: Vec<(String, String)> = vec![
        ("BEDRAIL_ID_TOKEN".to_owned(), "token".to_owned()),
        ("BEDRAIL_PLAN_ROLE_ARN".to_owned(), "arn:aws:iam::111122223333:role/acme-plan".to_owned()),
        ("BEDRAIL_APPLY_ROLE_ARN".to_owned(), "arn:aws:iam::111122223333:role/acme-apply".to_owned()),
        ("CI_JOB_ID".to_owned(), "1".to_owned()),
    ];
    for (name, value) in pipeline["variables"].as_object().expect("variables") {
        environment.push((name.clone(), value.as_str().expect("text").to_owned()));
    }
    environment.push(("BEDRAIL_VERSION".to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    environment.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    bench.bash_with(&format!("set -e\n{}\n", script.join("\n")), &environment.into_iter().collect())
}

#[test]
fn the_pipeline_plans_applies_and_looks_for_drift() {
    let Some(bench) = Bench::new(SPEC) else { return };
    bench.vendor();
    let git = "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@a; git";
    let begin = "init --quiet --bare origin.git && git init --quiet . && git remote add origin \"$PWD/origin.git\" &&
        git add bedrail.yaml && git commit --quiet -m one && git push --quiet origin HEAD:refs/heads/main";
    let ran = bench.bash(&format!("{git} {begin}"));
    assert_eq!(ran.code, 0, "{ran:?}");

    let ran = job(&bench, "validate");
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = job(&bench, "drift");
    assert!(ran.code == 1 && ran.stderr.contains("has never succeeded"), "{ran:?}");

    let ran = job(&bench, "plan");
    assert!(ran.code == 0 && ran.stdout.contains("<!-- bedrail:plan stack=acme digest="), "{ran:?}");
    let report: Value = serde_json::from_str(&bench.desk.read("bedrail-out/report.json")).expect("JSON");
    assert_eq!(report, json!({"create": 3, "update": 0, "delete": 0}));

    // What was planned is what is applied: not a later state of the spec.
    let ran = job(&bench, "apply");
    assert!(ran.code == 0 && ran.stdout.contains("Applied: 3 done."), "{ran:?}");
    assert!(bench.desk.read("bedrail-applied/audit.jsonl").lines().count() > 3);
    // GitLab keeps a ref for the deployment; numbers are compared as numbers.
    let refs = "push --quiet origin HEAD:refs/environments/bedrail-production/deployments/9";
    assert_eq!(bench.bash(&format!("{git} {refs}")).code, 0);
    assert_eq!(job(&bench, "drift").code, 0);

    // Merged and not yet applied is no drift.
    let stricter = SPEC.replace("HATE: HIGH", "HATE: LOW");
    bench.desk.write("bedrail.yaml", &stricter);
    assert_eq!(bench.bash(&format!("{git} commit --quiet -am two")).code, 0);
    let ran = job(&bench, "drift");
    assert!(ran.code == 0 && bench.desk.read("bedrail.yaml") == stricter, "{ran:?}");
    assert!(bench.desk.read("bedrail-out/drift.md").starts_with("<!-- bedrail:drift stack=acme"));
    // The tenth deployment is newer than the ninth.
    assert_eq!(bench.bash(&format!("{git} reset --quiet --hard && git push --quiet origin HEAD:refs/environments/bedrail-production/deployments/10")).code, 0);
    let ran = job(&bench, "drift");
    assert!(ran.code == 2 && ran.stderr.contains("AWS is not as the spec says"), "{ran:?}");

    // An agreement holds from when it is merged, and not from when something is applied next; and it ends so.
    let ignored =
        "ignore: [{address: '*', reason: Not yet, owner: me, expires: '2099-01-01', allow_weakening: true}]\n";
    bench.desk.write("drift.ignore.yaml", ignored);
    let ran = job(&bench, "drift");
    assert!(ran.code == 0 && bench.desk.read("bedrail-out/drift.md").contains("Not yet"), "{ran:?}");
    let refs = "add drift.ignore.yaml && git commit --quiet -m three &&
        git push --quiet origin HEAD:refs/environments/bedrail-production/deployments/11";
    assert_eq!(bench.bash(&format!("{git} {refs} && rm drift.ignore.yaml")).code, 0);
    assert_eq!(job(&bench, "drift").code, 2);
    bench.done();
}

#[test]
fn a_hazard_is_allowed_by_who_presses_the_button() {
    let Some(bench) = Bench::new(&following()) else { return };
    bench.vendor();
    assert_eq!((job(&bench, "plan").code, job(&bench, "apply").code), (0, 0));
    bench.desk.write("bedrail.yaml", &following().replace("HATE: HIGH", "HATE: LOW"));
    assert_eq!(job(&bench, "plan").code, 0);
    let ran = job(&bench, "apply");
    assert!(ran.code == 3 && ran.stderr.contains("it takes a person to permit it"), "{ran:?}");
    let ran = job_with(&bench, "apply", &[("BEDRAIL_ALLOW", "weakens")]);
    assert!(ran.code == 0 && ran.stdout.contains("Applied:"), "{ran:?}");
    bench.done();
}

#[test]
fn a_stale_plan_is_refused() {
    let Some(bench) = Bench::new(SPEC) else { return };
    bench.vendor();
    assert_eq!(job(&bench, "plan").code, 0);
    bench.desk.write("other.yaml", &SPEC.replace("HATE: HIGH", "HATE: LOW"));
    assert_eq!(bench.bedrail("apply -f other.yaml --yes --target 'guardrail/*' -q").code, 0);
    let ran = job(&bench, "apply");
    assert!(ran.code == 4 && ran.stderr.contains("the plan is stale, and nothing was changed"), "{ran:?}");
    bench.done();
}
