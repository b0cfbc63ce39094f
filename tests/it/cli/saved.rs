//! Saved plans: what makes one stale, what does not, and which files are no plan at all; and specs that declare nothing.

use serde_json::{Value, json};

use super::served::Serving;
use super::{Desk, Ran, SPEC};

const OTHER: &str = "
  other:
    blocked_input_messaging: no
    blocked_outputs_messaging: no
    word_policy: {words: [w]}
";

fn two() -> String {
    SPEC.replace("\nversions:", &format!("{OTHER}versions:"))
}

fn saved(desk: &Desk) -> Value {
    let ran = desk.run(&["plan", "--sandbox", "--out", "plan.json", "-q"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&desk.read("plan.json")).expect("JSON")
}

fn applied(desk: &Desk, plan: &Value) -> Ran {
    desk.write("plan.json", &plan.to_string());
    desk.run(&["apply", "--sandbox", "plan.json"])
}

fn nothing_was_changed(desk: &Desk) {
    assert!(desk.run(&["plan", "--sandbox"]).stdout.starts_with("Plan: 2 to create, 1 to publish."));
}

#[test]
fn a_file_that_is_no_plan_of_this_release_is_refused() {
    let desk = Desk::new(SPEC);
    let good = saved(&desk);
    let with = |edit: fn(&mut Value)| {
        let mut plan = good.clone();
        edit(&mut plan);
        plan.to_string()
    };
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let cases: Vec<(&str, String, &str)> = vec![
        ("empty", String::new(), "EOF"),
        ("half", good.to_string()[..200].to_owned(), "EOF"),
        ("a spec", SPEC.to_owned(), "expected ident"),
        ("another form", json!({"format_version": "2", "plans": []}).to_string(), "its format_version is 2, and this"),
        ("an older form", with(|plan| plan["format_version"] = json!("0")), "its format_version is 0, and this"),
        ("no version", json!({"stack": "acme"}).to_string(), "missing field `format_version`"),
        ("more than a plan", with(|plan| plan["run"] = json!("rm -rf")), "unknown field `run`"),
        ("another verb", with(|plan| plan["actions"][0]["verb"] = json!("explode")), "unknown variant `explode`"),
        ("drift", with(|plan| plan["findings"] = json!([])), "it is a report of drift"),
        (
            "nested",
            with(|plan| plan["actions"][0]["fields"][0]["have"] = json!("deep")).replace("\"deep\"", &deep),
            "recursion",
        ),
        ("escapes", json!({"format_version": "1", "\u{1b}]0;x\u{7}\n::error::y": 1}).to_string(), "unknown field"),
    ];
    for (what, text, told) in cases {
        desk.write("plan.json", &text);
        let ran = desk.run(&["apply", "--sandbox", "plan.json"]);
        assert_eq!(ran.code, 1, "{what}: {ran:?}");
        let first = ran.stderr.lines().next().unwrap_or_default();
        assert!(first.contains("plan.json is not a saved plan of this release"), "{what}: {ran:?}");
        assert!(first.contains(told) && ran.stderr.contains("bedrail plan --out FILE"), "{what}: {ran:?}");
        let obeyed = ran.stderr.contains('\u{1b}') || ran.stderr.lines().any(|line| line.starts_with("::"));
        assert!(!obeyed && ran.stderr.len() < 2_000, "{what}: {ran:?}");
    }
    for bytes in [&b"\xff\xfe{}"[..], b"\xef\xbb\xbf{}", b"{\"format_version\": \"1\0\"}"] {
        std::fs::write(desk.path("plan.json"), bytes).expect("a file");
        assert_eq!(desk.run(&["apply", "--sandbox", "plan.json"]).code, 1, "{bytes:?}");
    }
    nothing_was_changed(&desk);
}

type Edit = fn(&mut Value);

#[test]
fn a_plan_that_was_tampered_with_or_is_of_another_stack_is_stale() {
    let desk = Desk::new(SPEC);
    let good = saved(&desk);
    let guardrail = "guardrail/111122223333/us-east-1/baseline";
    let cases: [(Edit, String); 4] = [
        (|plan| drop(plan["actions"].as_array_mut().expect("a list").remove(0)), format!("{guardrail} needs a change")),
        (|plan| plan["actions"][0]["want"] = json!("sha256:0"), format!("{guardrail} is wanted otherwise")),
        (|plan| plan["actions"][0]["verb"] = json!("delete"), format!("{guardrail} needs another kind of change")),
        (|plan| plan["stack"] = json!("other"), "is of the stack `other`, and the spec of `acme`".to_owned()),
    ];
    for (edit, told) in cases {
        let mut plan = good.clone();
        edit(&mut plan);
        let ran = applied(&desk, &plan);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.stderr.contains(&told) && ran.stderr.lines().count() <= 3, "{ran:?}");
    }
    nothing_was_changed(&desk);
}

#[test]
fn only_the_plan_that_was_reviewed_is_carried_out() {
    let desk = Desk::new(SPEC);
    let good = saved(&desk);
    let markdown = desk.run(&["plan", "--sandbox", "--format", "markdown"]).stdout;
    let digest = markdown.split("digest=").nth(1).and_then(|rest| rest.split(' ').next()).expect("a digest").to_owned();
    let mut edited = good.clone();
    edited["actions"][0]["want"] = json!("sha256:0");
    desk.write("other.json", &edited.to_string());
    for (file, digest, code, told) in [
        ("other.json", digest.as_str(), 4, format!(", and not {digest}, and nothing was changed")),
        ("plan.json", "sha256:0", 64, "a digest is `sha256:` and 64 hexadecimal digits".to_owned()),
    ] {
        // Nothing is asked of AWS: no sandbox is made.
        let ran = desk.run(&["apply", "--sandbox=none", file, "--digest", digest]);
        assert!(ran.code == code && ran.stderr.contains(&told), "{ran:?}");
        assert!(!desk.path("none").exists(), "{ran:?}");
    }
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "--digest", &digest]).code, 64, "it is of a file");
    nothing_was_changed(&desk);
    let ran = desk.run(&["apply", "--sandbox", "plan.json", "--digest", &digest]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn what_is_beside_the_point_makes_no_plan_stale() {
    let desk = Desk::new(SPEC);
    let plan = saved(&desk);
    // A foreign guardrail comes about, and the spec gets a comment and another order.
    let foreign = Desk::new(&two().replace("stack: acme", "stack: foreign").replace("baseline", "theirs"));
    let sandbox = format!("--sandbox={}", desk.path(".bedrail/sandbox").display());
    assert_eq!(foreign.run(&["apply", &sandbox, "--yes", "--target", "guardrail/*/other"]).code, 0);
    desk.write("bedrail.yaml", &format!("# Reviewed.\n{SPEC}"));
    let ran = applied(&desk, &plan);
    assert_eq!(ran.code, 0, "{ran:?}");
    // What is done need not be done again.
    let again = applied(&desk, &plan);
    assert_eq!((again.code, again.stdout.contains("all 3 resources are as the spec says")), (0, true), "{again:?}");
}

#[test]
fn a_plan_that_was_half_carried_out_is_gone_on_with() {
    let desk = Desk::new(&two());
    let serving = Serving::start(&desk);
    let plan = saved(&desk);
    let refuse = |operations: Value| serving.set(&json!({ "refuse": operations }));
    refuse(json!([{"operation": "CreateGuardrailVersion"}]));
    assert_eq!(applied(&desk, &plan).code, 5);
    refuse(json!([]));
    let ran = applied(&desk, &plan);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.ends_with("\nApplied: 2 done.\n"), "{ran:?}");
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn a_spec_that_declares_nothing_removes_nothing() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    for nothing in [
        "format: 1\nstack: acme\nregions: [us-east-1]\n",
        "format: 1\nstack: acme\nregions: [us-east-1]\nguardrails: {}\n",
    ] {
        desk.write("bedrail.yaml", nothing);
        let ran = desk.run(&["apply", "--sandbox", "--yes", "--allow", "deletes", "--max-deletes", "99"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(
            ran.stderr.contains("the spec declares nothing, so that 2 resources of the stack `acme` would go"),
            "{ran:?}"
        );
        assert!(ran.stderr.contains("`bedrail destroy`"), "{ran:?}");
        let plan = desk.run(&["plan", "--sandbox"]);
        assert!(plan.stderr.contains("apply will refuse this plan"), "{plan:?}");
    }
    desk.write("bedrail.yaml", "\n# nothing yet\n");
    let ran = desk.run(&["apply", "--sandbox", "--yes", "--allow", "deletes"]);
    assert!(ran.code == 1 && ran.stderr.contains("E0004"), "{ran:?}");

    // A section that is gone is refused by its hazards, each by name.
    desk.write("bedrail.yaml", &SPEC[..SPEC.find("account_enforcement").expect("the last section")]);
    let ran = desk.run(&["apply", "--sandbox", "--yes"]);
    let told = "--allow deletes:account-enforcement/111122223333/us-east-1/account";
    assert!(ran.code == 3 && ran.stderr.contains(told), "{ran:?}");
    desk.write("bedrail.yaml", SPEC);
    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode"]).code, 0, "all of it is still there");
}
