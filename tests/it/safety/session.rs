//! Credentials that expire while an apply is under way.

use std::process::{Command, Output, Stdio};

use aws_config::BehaviorVersion;
use aws_sdk_sts::config::{Credentials, Region};
use serde_json::json;

use super::matrix::{EXAMPLES, Step, rerun, steps, struck};
use super::tally::Findings;
use crate::support::{MANAGEMENT, Sandbox};

/// The environment of a session that lasts a quarter of an hour.
async fn session(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(sandbox.endpoint())
        .credentials_provider(Credentials::new(format!("AKIA{MANAGEMENT}"), "sandbox", None, None, "test"))
        .build();
    let role = format!("arn:aws:iam::{MANAGEMENT}:role/BedrailExecution");
    let asked = aws_sdk_sts::Client::from_conf(config).assume_role().role_arn(role).role_session_name("apply");
    let answer = asked.duration_seconds(900).send().await.expect("the role may be assumed");
    let given = answer.credentials().expect("credentials");
    vec![
        ("AWS_ACCESS_KEY_ID", given.access_key_id().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", given.secret_access_key().to_owned()),
        ("AWS_SESSION_TOKEN", given.session_token().to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
    ]
}

async fn apply(step: &Step, sandbox: &Sandbox) -> Output {
    let folder = step.deed.written();
    let child = Command::new(env!("CARGO_BIN_EXE_bedrail"))
        .args(["apply", "--yes", "--wait", "0.5", "--endpoint-url", sandbox.endpoint(), "--spec", "."])
        .current_dir(folder.path())
        .env_clear()
        .envs(session(sandbox).await)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await;
    output.expect("it is waited for").expect("it ends")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_expires_is_reported_and_the_next_one_goes_on() {
    let mut findings = Findings::default();
    let steps = steps(EXAMPLES[1], &mut findings).await;
    let mut findings = Findings::default();
    for operation in ["CreateGuardrail", "PutResourcePolicy", "CreatePolicy"] {
        let sandbox = Sandbox::holding(steps[0].before.clone()).await;
        sandbox.fault(json!({"kind": "latency", "ms": 300, "operation": operation, "nth": 1})).await;
        let (ended, ()) = tokio::join!(apply(&steps[0], &sandbox), async {
            struck(&sandbox).await;
            sandbox.control("POST", "/_bedrail/clock", &json!({"advance_ms": 3_600_000})).await;
        });
        findings.runs += 1;
        findings.faults += 1;
        let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(5), "{operation}: {said}");
        assert!(said.contains("ExpiredToken") && said.contains("hint: log in"), "{operation}: {said}");
        sandbox.no_faults().await;
        let again = apply(&steps[0], &sandbox).await;
        findings.runs += 1;
        assert_eq!(again.status.code(), Some(0), "{operation}: {}", String::from_utf8_lossy(&again.stdout));
        rerun(&steps[0], &sandbox, operation, 1, &mut findings).await;
    }
    findings.settle("sessions that expire");
}
