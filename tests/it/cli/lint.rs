//! `bedrail lint`: what it looks at, how it says it, and how it ends.

use serde_json::Value;

use super::Desk;

const WRONG: &str = r#"{
	"Version": "2012-10-17",
	"Statement": {
		"Effect": "Deny",
		"Action": ["bedrock:InvokeModel", "bedrock:Converse"],
		"Resource": "*",
		"Condition": {"StringNotEquals": {"bedrock:GuardrailId": "abc"}}
	}
}
"#;

const RIGHT: &str = r#"{"Statement": {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*", "Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}}}}"#;

const SPEC: &str = r#"
format: 1
stack: acme
regions: [us-east-1]
guardrails:
  baseline:
    blocked_input_messaging: "Sorry, not this."
    blocked_outputs_messaging: "Sorry, not that."
    content_policy: {filters: {HATE: HIGH, PROMPT_ATTACK: HIGH}}
    sensitive_information_policy: {pii_entities: {PASSWORD: BLOCK}}
"#;

fn desk() -> Desk {
    let desk = Desk::new(SPEC);
    desk.write("wrong.json", WRONG);
    desk.write("right.yaml", RIGHT);
    desk.write("other.json", "{\"a\": 1}");
    desk.write("broken.json", "{");
    desk
}

#[test]
fn the_exit_code_says_what_was_found() {
    let desk = desk();
    for (files, code) in [
        (&["right.yaml"][..], 0),
        (&["wrong.json"], 2),
        (&["right.yaml", "wrong.json"], 2),
        (&["other.json"], 1),
        (&["broken.json"], 1),
        (&["missing.json"], 1),
        (&["wrong.json", "missing.json"], 1),
        (&["bedrail.yaml"], 1),
        (&["--format", "github", "right.yaml"], 64),
        (&["--format", "markdown"], 64),
        (&[], 0),
    ] {
        let ran = desk.run(&[&["lint"], files].concat());
        assert_eq!(ran.code, code, "{files:?}: {ran:?}");
        assert!(matches!(code, 0 | 2) || !ran.stderr.is_empty(), "a failure says why: {ran:?}");
    }
}

#[test]
fn findings_are_the_result_and_faults_are_not() {
    let desk = desk();
    let ran = desk.run(&["lint", "wrong.json", "other.json", "right.yaml"]);
    for said in [
        "warning[L0103]",
        "wrong.json:5:37",
        "bedrock:InvokeModelWithResponseStream",
        "note: ",
        "3 findings in 2 documents",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
    assert!(ran.stderr.contains("E0801") && !ran.stdout.contains("E0801"), "{ran:?}");
    assert_eq!(desk.run(&["lint", "right.yaml"]).stdout, "No findings in 1 document.\n");
    // Nothing listens there: a call would be an error.
    let ran = desk.run(&["lint", "--endpoint-url", "http://127.0.0.1:9", "right.yaml"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn json_has_everything_that_text_has() {
    let desk = desk();
    let ran = desk.run(&["lint", "--format", "json", "wrong.json", "other.json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{ran:?}");
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(
        (&report["format_version"], &report["documents"], &report["clean"]),
        (&"1".into(), &1.into(), &false.into())
    );
    assert_eq!(report["faults"][0]["code"], "E0801");
    let findings = report["findings"].as_array().expect("findings");
    let codes: Vec<&str> = findings.iter().filter_map(|finding| finding["code"].as_str()).collect();
    assert_eq!(codes, ["L0107", "L0103", "L0301"]);
    let invented = &findings[1];
    assert_eq!(
        (&invented["line"], &invented["column"], &invented["path"]),
        (&5.into(), &37.into(), &"Statement.Action[1]".into())
    );
    for member in ["message", "help", "why", "instead", "source", "file"] {
        assert!(invented[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {invented}");
    }
    assert_eq!(ran.stdout, desk.run(&["lint", "--format", "json", "wrong.json", "other.json"]).stdout);
}

#[test]
fn sarif_explains_its_rules() {
    let desk = desk();
    let ran = desk.run(&["lint", "--format", "sarif", "wrong.json"]);
    assert_eq!(ran.code, 2);
    let log: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!((log["version"].as_str(), results.len()), (Some("2.1.0"), 3));
    for result in results {
        let rule = run.pointer(&format!("/tool/driver/rules/{}", result["ruleIndex"])).expect("a rule");
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["fullDescription"]["text"].is_string() && rule["helpUri"].is_string(), "{rule}");
        assert_eq!(result["level"], "warning");
    }
}

#[test]
fn without_files_the_spec_is_looked_at() {
    let desk = desk();
    let ran = desk.run(&["lint"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "No findings in 1 document.\n"), "{ran:?}");
    desk.write("bedrail.yaml", &SPEC.replace(", PROMPT_ATTACK: HIGH", ""));
    let ran = desk.run(&["lint"]);
    assert!(ran.code == 2 && ran.stdout.contains("L0801") && ran.stdout.contains("bedrail.yaml:6:3"), "{ran:?}");
    desk.write("bedrail.yaml", &SPEC.replace("HATE", "HAET"));
    let ran = desk.run(&["lint"]);
    assert!(ran.code == 1 && ran.stdout.is_empty() && ran.stderr.contains("HAET"), "{ran:?}");
    // Documents need no spec.
    assert_eq!(desk.run(&["lint", "right.yaml"]).code, 0);
}

#[test]
fn hostile_documents_are_refused_within_limits() {
    let desk = desk();
    let deep = format!("{}1{}", "{\"Statement\": [".repeat(500), "]}".repeat(500));
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n\
                d: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e]\n";
    for (text, code) in [(deep.as_str(), "E0107"), (bomb, "E0108"), (&" ".repeat(9 * 1024 * 1024), "E0003")] {
        desk.write("hostile.json", text);
        let ran = desk.run(&["lint", "hostile.json"]);
        assert!(ran.code == 1 && ran.stderr.contains(code), "{code}: {}", ran.stderr);
    }
    // As many invented actions as a document can hold, and a pattern that retries at each letter.
    let actions: Vec<String> = (0..50_000).map(|number| format!("\"bedrock:Invented{number}\"")).collect();
    let many = format!(
        "{{\"Statement\": {{\"Effect\": \"Allow\", \"Action\": [{}, \"bedrock:{}\"], \"Resource\": \"{}\"}}}}",
        actions.join(","),
        "*a".repeat(900),
        "*a".repeat(900)
    );
    desk.write("hostile.json", &many);
    let started = std::time::Instant::now();
    assert_eq!(desk.run(&["lint", "--format", "json", "hostile.json"]).code, 2);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
