//! Test suites on the command line: `validate` checks those that are named, and `schema test` tells what they look like.

use super::{Desk, SPEC};

const SUITE: &str = "guardrail: baseline\nversion: first\ncases:\n  - {name: a, text: a, expect: {action: NONE}}\n";

#[test]
fn a_suite_is_checked_alone_and_against_the_spec() {
    let desk = Desk::new(SPEC);
    desk.write("baseline.test.yaml", SUITE);
    desk.write("other.test.yml", &SUITE.replace("baseline", "base").replace("first", "firsts"));
    for (files, said) in [
        (&["-f", "baseline.test.yaml"][..], "The suite is sound.\n"),
        (&["-f", "baseline.test.yaml", "-f", "other.test.yml"], "The suites are sound.\n"),
        (&["-f", "bedrail.yaml", "-f", "baseline.test.yaml"], "The spec and the suite are sound.\n"),
    ] {
        let ran = desk.run(&[&["validate"], files].concat());
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, said, ""));
    }
    let ran = desk.run(&["validate", "-f", "bedrail.yaml", "-f", "other.test.yml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    for said in ["E0601", "E0603", "did you mean `first`?", "other.test.yml:1:12", "other.test.yml:2:10"] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    desk.write("picture.test.yaml", &SUITE.replace("text: a", "image: cat.png"));
    let ran = desk.run(&["validate", "-f", "picture.test.yaml", "--format", "json"]);
    assert!(ran.code == 1 && ran.stdout.contains("E0001"), "{ran:?}");
    desk.write("cat.png", "no picture");
    assert!(desk.run(&["validate", "-f", "picture.test.yaml"]).stderr.contains("E1108"));
}

#[test]
fn faults_of_spec_suite_and_image_are_told_in_one_run() {
    let desk = Desk::new(&SPEC.replacen("stack: ", "stak: ", 1));
    let suite =
        "guardrail: baseline\nrepeat: 0\ncases:\n  - {name: a, image: cat.png, expect: {topics: {Nowhere: BLOCKED}}}\n";
    desk.write("baseline.test.yaml", suite);
    let ran = desk.run(&["validate", "-f", "bedrail.yaml", "-f", "baseline.test.yaml"]);
    assert_eq!(ran.code, 1);
    for said in
        ["unknown key `stak`", "E0210", "E1111", "baseline.test.yaml:4:49", "the guardrail has no topic `Nowhere`"]
    {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    desk.write("baseline.test.yaml", &suite.replace("repeat: 0\n", ""));
    let ran = desk.run(&["validate", "-f", "bedrail.yaml", "-f", "baseline.test.yaml"]);
    for said in ["unknown key `stak`", "cannot read cat.png", "E1111"] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}

#[test]
fn the_schema_of_suites_is_printed() {
    let ran = Desk::new(SPEC).run(&["schema", "test"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let schema: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(schema, bedrail::suite::schema::schema());
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    assert!(!ran.stdout.contains("\\$"), "a suite has no variables: {}", ran.stdout);
}

#[test]
fn a_suite_that_is_named_where_a_spec_is_taken_is_one_error() {
    let desk = Desk::new(SPEC);
    desk.write("baseline.test.yaml", SUITE);
    desk.write("baseline.yaml", SUITE);
    for file in ["baseline.test.yaml", "baseline.yaml"] {
        for command in [&["plan"][..], &["apply", "--yes"], &["iam", "plan-role"], &["lint"], &["drift"]] {
            let ran = desk.run(&[command, &["-f", file]].concat());
            assert_eq!(ran.code, 1, "{ran:?}");
            assert_eq!((ran.stderr.matches("error[").count(), ran.stderr.matches("E0006").count()), (1, 1), "{ran:?}");
            assert!(ran.stderr.contains("is a test suite") && ran.stderr.contains("bedrail validate"), "{ran:?}");
        }
    }
    // Beside a spec it is one error as well.
    let ran = desk.run(&["lint", "-f", "bedrail.yaml", "-f", "baseline.test.yaml"]);
    assert!(ran.code == 1 && ran.stderr.matches("error[").count() == 1, "{ran:?}");
    let ran = desk.run(&["lint", "baseline.test.yaml"]);
    assert!(ran.code == 1 && ran.stderr.contains("this is a test suite"), "{ran:?}");
}
