//! `sandbox serve`, and commands that meet it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{Desk, SPEC};
use crate::support::http;

/// A served local AWS; ended with its signal, so that the end is tested too.
pub(crate) struct Serving {
    child: Child,
    pub(crate) endpoint: String,
    region: String,
}

impl Serving {
    pub(crate) fn start(desk: &Desk) -> Self {
        Self::start_with(desk, &[])
    }

    pub(crate) fn start_with(desk: &Desk, further: &[&str]) -> Self {
        let mut command = desk.command(&[&["sandbox", "serve", "--port", "0"], further].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
        let lines: Vec<String> = BufReader::new(child.stdout.take().expect("piped"))
            .lines()
            .take(5)
            .map(|line| line.expect("a line"))
            .collect();
        let endpoint = lines[0].strip_prefix("export AWS_ENDPOINT_URL=").expect("the endpoint").to_owned();
        assert_eq!(lines[1..3], ["export AWS_ACCESS_KEY_ID=AKIA111122223333", "export AWS_SECRET_ACCESS_KEY=sandbox"]);
        let region = lines[4].strip_prefix("export AWS_REGION=").expect("the Region");
        assert_eq!(lines[3], format!("export AWS_DEFAULT_REGION={region}"), "the older name, for boto3");
        Self { child, endpoint, region: region.to_owned() }
    }

    /// What its control interface answers.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(http::call(&self.endpoint, method, path, body))
    }

    /// Has it behave otherwise from here on.
    pub(crate) fn set(&self, options: &Value) {
        self.ask("POST", "/_bedrail/options", options);
    }

    pub(crate) fn stop(mut self) -> Option<i32> {
        interrupt(&self.child);
        self.child.wait().expect("it ends").code()
    }
}

fn interrupt(child: &Child) {
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
}

#[test]
fn a_served_local_aws_is_used_and_its_state_stays() {
    let desk = Desk::new(SPEC);
    let serving = Serving::start(&desk);
    let applied = desk.run(&["apply", "--sandbox", "--yes"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let status = desk.run(&["sandbox", "status"]);
    assert!(status.stdout.contains(&format!("served at {}", serving.endpoint)), "{status:?}");
    assert_eq!(serving.stop(), Some(0));

    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode"]).code, 0, "the state outlives the server");
    assert_eq!(desk.run(&["sandbox", "reset"]).code, 0);
    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode"]).code, 2);
}

#[test]
fn a_killed_local_aws_goes_on_where_it_was() {
    let desk = Desk::new(SPEC);
    let mut serving = Serving::start(&desk);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    serving.child.kill().expect("it runs");
    serving.child.wait().expect("it ends");
    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode"]).code, 0, "what was told is there");
    let serving = Serving::start(&desk);
    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode"]).code, 0);
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn a_large_organization_is_generated_once() {
    let desk = Desk::new(SPEC);
    let sizes = ["--generate", "accounts=40,ous=9,guardrails=3", "--host", "0.0.0.0"];
    let serving = Serving::start_with(&desk, &sizes);
    assert!(serving.endpoint.starts_with("http://127.0.0.1:"), "{}", serving.endpoint);
    let status = desk.run(&["sandbox", "status"]).stdout;
    assert!(status.contains("accounts 40,") && status.contains("111122223333 us-east-1: guardrails 3"), "{status}");
    assert_eq!(serving.stop(), Some(0));

    let again = desk.run(&["sandbox", "serve", "--generate", "ous=9"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("holds a state already") && again.stderr.contains("--generate"), "{again:?}");
    for (sizes, message) in [("users=1", "accounts=N"), ("guardrails=101", "the 100 that AWS allows")] {
        let refused = desk.run(&["sandbox", "serve", "--generate", sizes]);
        assert_eq!(refused.code, 64);
        assert!(refused.stderr.contains(message), "{refused:?}");
    }
}

#[test]
fn every_partition_is_played_with_its_home() {
    let homes = [("aws-us-gov", "us-gov-west-1"), ("aws-eusc", "eusc-de-east-1"), ("aws-cn", "cn-northwest-1")];
    for (partition, home) in homes {
        let desk = Desk::new(SPEC);
        let serving = Serving::start_with(&desk, &["--partition", partition]);
        assert_eq!(serving.region, home);
        let status = desk.run(&["sandbox", "status"]).stdout;
        assert!(status.contains(&format!("plays the partition {partition}.")), "{status}");
        assert_eq!(serving.stop(), Some(0));
    }
}

#[test]
fn a_taken_port_is_told() {
    let desk = Desk::new(SPEC);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let ran = desk.run(&["sandbox", "serve", "--port", &port]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("--port"), "{ran:?}");
}

#[test]
fn ctrl_c_finishes_what_is_in_flight_and_a_rerun_continues() {
    let desk = Desk::new(SPEC);
    let serving = Serving::start(&desk);
    serving.set(&json!({"latency_ms": 150}));

    let mut command = desk.command(&["apply", "--sandbox", "--yes", "--format", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("an event").expect("a line");
    assert!(first.contains("\"started\""), "{first}");
    interrupt(&child);
    let rest: Vec<String> = lines.map(|line| line.expect("a line")).collect();
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest:?}");
    assert!(rest[0].contains("\"done\""), "what was begun is finished: {rest:?}");
    assert!(rest.last().is_some_and(|last| last.contains("\"summary\"") && last.contains("\"done\":1")), "{rest:?}");

    serving.set(&json!({"latency_ms": 0}));
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    assert_eq!(serving.stop(), Some(0));
}
