//! `--audit-log`: what it holds, what it survives, and what stops a run.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use bedrail::report::json::AuditLine;
use serde_json::{Value, json};

use super::served::Serving;
use super::{Desk, SPEC};

const APPLY: [&str; 5] = ["apply", "--sandbox", "--yes", "--audit-log", "audit.jsonl"];

impl Desk {
    fn audit(&self) -> Vec<AuditLine> {
        let text = self.read("audit.jsonl");
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }
}

/// The calls of one run that were begun and of which no end is told.
fn open(lines: &[AuditLine]) -> Vec<&AuditLine> {
    let started = lines.iter().filter(|line| line.outcome == "started");
    let ended = |line: &AuditLine| {
        lines.iter().any(|other| other.run == line.run && other.call == line.call && other.outcome != "started")
    };
    started.filter(|line| !ended(line)).collect()
}

#[test]
fn each_call_is_told_before_and_after_it() {
    let desk = Desk::new(SPEC);
    let serving = Serving::start(&desk);
    assert_eq!(desk.run(&["schema", "audit"]).code, 0);
    let ran = desk.run(&APPLY);
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines = desk.audit();
    assert_eq!(open(&lines), Vec::<&AuditLine>::new());
    assert!(lines.iter().filter(|line| line.outcome == "started").count() * 2 == lines.len());
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "audit"]).stdout).expect("JSON");
    for line in desk.read("audit.jsonl").lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        jsonschema::validate(&schema, &line).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    for line in &lines {
        line.time.parse::<jiff::Timestamp>().expect("a time");
        assert!(line.time.ends_with('Z') && line.principal == "arn:aws:iam::111122223333:root", "{line:?}");
        assert_eq!((line.account.as_str(), line.region.as_str()), ("111122223333", "us-east-1"));
        assert_eq!(line.request_id.is_some(), line.outcome != "started", "{line:?}");
    }
    let written: Vec<_> = lines.iter().filter(|line| line.writes && line.outcome == "ok").collect();
    let deeds: Vec<_> = written.iter().map(|line| (line.operation.as_str(), line.address.as_str())).collect();
    let at = |kind: &str| format!("{kind}/111122223333/us-east-1");
    assert_eq!(
        deeds,
        [
            ("bedrock:CreateGuardrail", format!("{}/baseline", at("guardrail")).as_str()),
            ("bedrock:CreateGuardrailVersion", format!("{}/first", at("guardrail-version")).as_str()),
            ("bedrock:PutEnforcedGuardrailConfiguration", format!("{}/account", at("account-enforcement")).as_str()),
        ]
    );
    assert!(written.iter().all(|line| line.digest.as_ref().is_some_and(|digest| digest.starts_with("sha256:"))));

    // What the local AWS saw is what was told.
    let requests = serving.ask("GET", "/_bedrail/requests", &Value::Null);
    let seen: BTreeMap<&str, &str> = requests
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|row| Some((row["request_id"].as_str()?, row["operation"].as_str()?)))
        .collect();
    for line in lines.iter().filter(|line| line.outcome != "started") {
        let operation = line.operation.split_once(':').expect("a service").1;
        assert_eq!(seen.get(line.request_id.as_deref().expect("an id")), Some(&operation));
    }

    // Another run adds to it, also behind half a line.
    desk.write("audit.jsonl", &(desk.read("audit.jsonl") + "{\"time\""));
    let destroy = ["destroy", "--sandbox", "--yes", "--allow", "deletes", "--audit-log", "audit.jsonl"];
    let ran = desk.run(&destroy);
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = desk.read("audit.jsonl");
    let whole = text.lines().filter(|line| line.ends_with('}'));
    let whole: Vec<AuditLine> = whole.map(|line| serde_json::from_str(line).expect("a line")).collect();
    assert_eq!(whole.iter().map(|line| line.run.as_str()).collect::<BTreeSet<_>>().len(), 2);
    let deletes = whole.iter().filter(|line| line.operation.contains(":Delete") && line.outcome == "ok").count();
    assert_eq!(deletes, 2, "the guardrail takes its version along");
    assert_eq!(text.lines().count(), whole.len() + 1);
    serving.stop();
}

#[test]
fn what_was_under_way_when_the_process_was_killed_is_told() {
    for (nth, operation) in [(1, "CreateGuardrail"), (1, "PutEnforcedGuardrailConfiguration")] {
        let desk = Desk::new(SPEC);
        let serving = Serving::start(&desk);
        let fault = json!({"kind": "latency", "operation": operation, "nth": nth, "ms": 60_000});
        serving.ask("POST", "/_bedrail/faults", &fault);
        let mut child = desk.command(&APPLY).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        let began = std::time::Instant::now();
        let under_way = |text: &str| {
            text.lines().any(|line| line.contains(&format!(":{operation}\"")) && line.contains("\"started\""))
        };
        while !std::fs::read_to_string(desk.path("audit.jsonl")).is_ok_and(|text| under_way(&text)) {
            assert!(began.elapsed().as_secs() < 60, "{operation} never begins");
            std::thread::yield_now();
        }
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        let lines = desk.audit();
        let open = open(&lines);
        assert_eq!(open.len(), 1, "{open:?}");
        assert!(open[0].operation.ends_with(operation) && open[0].request_id.is_none(), "{open:?}");
        serving.ask("DELETE", "/_bedrail/faults", &Value::Null);
        assert_eq!(desk.run(&APPLY).code, 0, "{operation}: a rerun continues");
        assert_eq!(serving.stop(), Some(0));
    }
}

#[test]
fn without_its_log_nothing_is_changed() {
    let desk = Desk::new(SPEC);
    for path in [".", "missing/audit.jsonl"] {
        let ran = desk.run(&["apply", "--sandbox", "--yes", "--audit-log", path]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains(&format!("cannot append to {path}")), "{ran:?}");
    }
    if cfg!(target_os = "linux") {
        let ran = desk.run(&["apply", "--sandbox", "--yes", "--audit-log", "/dev/full"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("not sent, since the audit log cannot be written: No space left"), "{ran:?}");
    }
    let plan = desk.run(&["plan", "--sandbox"]);
    assert!(plan.stdout.starts_with("Plan: 2 to create, 1 to publish."), "{plan:?}");
}
