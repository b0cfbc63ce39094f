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

const RIGHT: &str = r#"{"Statement": {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*", "Condition": {"StringNotLike": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:111122223333:guardrail/abcdef123456:*"}}}}"#;

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
fn what_iam_prints_is_read_from_a_pipe_and_each_finding_says_of_which() {
    let desk = desk();
    for form in ["json", "cloudformation"] {
        for what in ["plan-role", "apply-role"] {
            let printed = desk.run(&["iam", what, "--format", form]);
            assert_eq!(printed.code, 0, "{printed:?}");
            let ran = desk.run_with(&["lint", "-"], &printed.stdout);
            assert!(ran.code == 0 && ran.stdout.starts_with("No findings in "), "{what} {form}: {ran:?}");
        }
    }
    desk.write("list.json", &format!("[{RIGHT}, {WRONG}]").replace('\t', ""));
    let ran = desk.run(&["lint", "list.json"]);
    assert!(ran.code == 2 && ran.stdout.contains("of `[1]`") && !ran.stdout.contains("of `[0]`"), "{ran:?}");
    let ran = desk.run_with(&["lint", "--format", "json", "-"], "[{}]");
    assert!(ran.code == 1 && ran.stdout.contains("<stdin>"), "{ran:?}");
}

#[test]
fn what_the_text_does_not_tell_is_said_by_kind() {
    let desk = desk();
    let policy = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail",
        "Resource": "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc"}}"#;
    desk.write("endpoint.json", policy);
    for (words, code) in [
        (&["endpoint.json"][..], 2),
        (&["--kind", "endpoint", "endpoint.json"], 0),
        (&["--kind", "guardrail-policy", "endpoint.json"], 2),
        (&["--kind", "bedrock", "endpoint.json"], 1),
        (&["--kind", "endpoint"], 64),
        (&["--kind", "other", "endpoint.json"], 64),
    ] {
        let ran = desk.run(&[&["lint"], words].concat());
        assert_eq!(ran.code, code, "{words:?}: {ran:?}");
    }
    assert!(desk.run(&["lint", "endpoint.json"]).stdout.contains("--kind endpoint"));
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
fn one_unreadable_document_hides_no_finding_of_the_others() {
    let desk = desk();
    let wide = |what: &str| {
        format!("{{\"Type\": \"AWS::IAM::ManagedPolicy\", \"Properties\": {{\"PolicyDocument\": {what}}}}}")
    };
    let policy = r#"{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}"#;
    let template = |first: &str| format!("{{\"Resources\": {{\"A\": {}, \"B\": {}}}}}", wide(first), wide(policy));
    for (first, code, said) in [
        ("{\"a\": 1}", 1, "E0801"),
        ("\"{]\"", 1, "E0803"),
        ("{\"Fn::ImportValue\": \"x\"}", 2, "note[L0901]"),
        ("{\"Fn::Sub\": \"${X}\"}", 2, "note[L0901]"),
    ] {
        desk.write("template.json", &template(first));
        let ran = desk.run(&["lint", "broken.json", "template.json"]);
        assert!(ran.code == 1 && ran.stderr.contains("E0101") && ran.stdout.contains("L0102"), "{first}: {ran:?}");
        let ran = desk.run(&["lint", "template.json"]);
        assert!(ran.code == code && ran.stdout.contains("L0102"), "{first}: {ran:?}");
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains(said), "{first}: {ran:?}");
        let sarif = desk.run(&["lint", "--format", "sarif", "template.json"]).stdout;
        assert_eq!(sarif.contains("\"level\": \"note\""), code == 2, "{first}: {sarif}");
    }
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
    // As many invented actions as a document can hold, and patterns of many wildcards.
    let actions: Vec<String> = (0..50_000).map(|number| format!("\"bedrock:Invented{number}\"")).collect();
    let many = format!(
        "{{\"Statement\": {{\"Effect\": \"Allow\", \"Action\": [{}, \"bedrock:{}\"], \"Resource\": \"{}\"}}}}",
        actions.join(","),
        "*a".repeat(900),
        "*a".repeat(900)
    );
    desk.write("hostile.json", &many);
    // A pattern that retries at each letter would not come to an end.
    assert_eq!(desk.run(&["lint", "--format", "json", "hostile.json"]).code, 2);
}
