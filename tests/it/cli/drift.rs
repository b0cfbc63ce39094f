//! `drift` on the command line: its forms, its list of what is ignored, and the command that it hands findings to.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::{Desk, Ran, SPEC};

const GUARDRAIL: &str = "guardrail/111122223333/us-east-1/baseline";

/// A spec that was applied, and says now that HATE is to be blocked as well as it was not, and another description.
fn drifted() -> Desk {
    let desk = Desk::new(&SPEC.replace("HATE: HIGH", "HATE: LOW"));
    let applied = desk.run(&["apply", "--sandbox", "--yes", "-q"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    desk.write("bedrail.yaml", SPEC);
    desk
}

fn drift(desk: &Desk, more: &[&str]) -> Ran {
    desk.run(&[&["drift", "--sandbox"], more].concat())
}

fn json(desk: &Desk, more: &[&str]) -> Value {
    let ran = drift(desk, &[&["--format", "json"], more].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn ids(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn every_form_tells_the_same_findings() {
    let desk = drifted();
    let report = json(&desk, &[]);
    let all = ids(&report);
    // The guardrail, and what follows from its content: the named version was published from what it was.
    assert!(!all.is_empty() && all.iter().all(|id| id.len() == "drift-".len() + 12), "{report}");
    assert_eq!(ids(&json(&desk, &[])), all, "the same in the next run");
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "drift"]).stdout).expect("JSON");
    jsonschema::validate(&schema, &report).unwrap_or_else(|error| panic!("{error}"));
    let first = &report["findings"][0];
    assert_eq!(
        (&first["kind"], &first["address"], &first["direction"]),
        (&"modified".into(), &GUARDRAIL.into(), &"weakens".into())
    );

    let ran = drift(&desk, &["--format", "sarif"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (2, ""));
    let log: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((&log["version"], log["runs"].as_array().map(Vec::len)), (&"2.1.0".into(), Some(1)));
    let results = log["runs"][0]["results"].as_array().expect("results");
    let fingerprints = results.iter().map(|result| result["partialFingerprints"]["bedrailFinding/v1"].as_str());
    assert_eq!(fingerprints.flatten().collect::<Vec<_>>(), all);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "bedrail.yaml");
    assert_eq!(place["region"]["startLine"], 7, "where the entry stands: {place}");

    let ran = drift(&desk, &["--format", "junit"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (2, ""));
    let (mut reader, mut failures) = (Reader::from_str(&ran.stdout), 0);
    loop {
        match reader.read_event().expect("XML") {
            Event::Eof => break,
            Event::Start(start) if start.name().as_ref() == "failure" => failures += 1,
            _ => {}
        }
    }
    assert_eq!(failures, all.len(), "{}", ran.stdout);

    let ran = drift(&desk, &["--format", "markdown"]);
    assert!(ran.stdout.starts_with("<!-- bedrail:drift stack=acme digest=sha256:"), "{}", ran.stdout);
    let ran = drift(&desk, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("To bring AWS back to the spec\n  bedrail apply --sandbox"), "{}", ran.stdout);
}

fn list(desk: &Desk, more: &str) {
    desk.write(
        "drift.ignore.yaml",
        &format!("ignore:\n  - {{address: \"guardrail/*/baseline\", reason: A trial, owner: ai-platform, {more}}}\n"),
    );
}

/// A day that is not past, and not too far.
fn soon() -> String {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    today.saturating_add(60.days()).to_string()
}

#[test]
fn what_is_agreed_to_is_ignored_until_the_day_and_no_longer() {
    let desk = drifted();
    let soon = soon();
    for (more, code, said) in [
        ("expires: SOON, allow_weakening: true", 0, ""),
        ("expires: SOON, allow_weakening: true, path: \"content_policy.*\"", 0, ""),
        ("expires: SOON, allow_weakening: true, path: \"tags.*\"", 2, "W1202"),
        ("expires: SOON", 2, "W1203"),
        ("expires: 2001-01-31, allow_weakening: true", 2, "W1201"),
        ("expires: 2099-12-31, allow_weakening: true", 0, "W1205"),
    ] {
        list(&desk, &more.replace("SOON", &soon));
        let ran = drift(&desk, &[]);
        assert_eq!(ran.code, code, "{more}: {ran:?}");
        assert!(ran.stderr.contains(said) && ran.stderr.is_empty() == said.is_empty(), "{more}: {ran:?}");
        let report = json(&desk, &["-q"]);
        assert_eq!(report["findings"][0]["ignored"].is_object(), code == 0, "{more}: {report}");
        let warned = report["warnings"].as_array().expect("a list").iter().any(|one| one["code"] == said);
        assert_eq!(warned, !said.is_empty(), "{more}: {report}");
    }
    let finding = ids(&json(&desk, &["-q"])).remove(0);
    let by_id =
        format!("ignore: [{{address: {finding}, reason: r, owner: o, expires: {soon}, allow_weakening: true}}]\n");
    desk.write("other.yaml", &by_id);
    assert_eq!(drift(&desk, &["--ignore", "other.yaml"]).code, 0);
    let text = drift(&desk, &["--ignore", "other.yaml"]).stdout;
    assert!(text.contains("Ignored, as was agreed") && text.contains(&format!("until {soon} (o): r")), "{text}");
}

#[test]
fn a_list_at_fault_is_1_and_asks_nobody() {
    let desk = Desk::new(SPEC);
    let nowhere = ["--endpoint-url", "http://127.0.0.1:9"];
    let drift = |more: &[&str]| desk.run(&[&["drift"], &nowhere[..], more].concat());
    let missing = drift(&["--ignore", "missing.yaml"]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("cannot read missing.yaml"), "{missing:?}");
    for (entry, said) in [
        ("{address: a, reason: r, owner: o}", "expires"),
        ("{address: a, reason: r, owner: o, expires: 2026-02-30}", "E1201"),
        ("{address: a, reason: r, owner: o, expires: soon}", "E0208"),
        ("{address: a, reason: r, owner: o, expires: 2026-12-31, until: x}", "until"),
        ("{address: a, owner: o, expires: 2026-12-31}", "reason"),
    ] {
        desk.write("drift.ignore.yaml", &format!("ignore:\n  - {entry}\n"));
        let ran = drift(&[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{entry}: {ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {ran:?}");
    }
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "ignore"]).stdout).expect("JSON");
    let entry = serde_json::json!({"address": "a", "reason": "r", "owner": "o", "expires": "2026-12-31"});
    assert!(jsonschema::is_valid(&schema, &serde_json::json!({"ignore": [entry]})), "{schema}");
    assert!(!jsonschema::is_valid(&schema, &serde_json::json!({"ignore": [{"address": "a"}]})));
}

#[cfg(unix)]
#[test]
fn drift_is_handed_on_and_a_command_that_fails_is_told() {
    let desk = drifted();
    let handed = drift(&desk, &["--on-drift-exec", "cat > handed.json; echo told"]);
    assert_eq!(handed.code, 2, "{handed:?}");
    assert!(handed.stderr.contains("told") && !handed.stdout.contains("told"), "{handed:?}");
    let report: Value = serde_json::from_str(&desk.read("handed.json")).expect("JSON");
    assert_eq!(ids(&report), ids(&json(&desk, &[])));
    // It reads nothing, or not all.
    for command in ["true", "head -c 1 > /dev/null", "exec <&-"] {
        assert_eq!(drift(&desk, &["--on-drift-exec", command]).code, 2, "{command}");
    }
    for command in ["exit 3", "kill -9 $$", "no-such-command"] {
        let ran = drift(&desk, &["--on-drift-exec", command]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stdout.starts_with("Drift: ") && ran.stderr.contains("cannot hand drift on to"), "{ran:?}");
    }
    // Nothing to tell.
    list(&desk, &format!("expires: {}, allow_weakening: true", soon()));
    let empty = drift(&desk, &["--on-drift-exec", ""]);
    assert_eq!((empty.code, empty.stdout.as_str()), (64, ""), "{empty:?}");
    let quiet = drift(&desk, &["--on-drift-exec", "touch ran"]);
    assert!(quiet.code == 0 && !desk.path("ran").exists(), "{quiet:?}");
}
