//! `bedrail import`, `bedrail init` and the ids that `show` hands out, as a user runs them.

use std::fs;

use serde_json::json;

use super::served::Serving;
use super::{Desk, SPEC};

#[test]
fn files_are_written_where_there_are_none_and_never_over_others() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    let ran = desk.run(&["import", "--sandbox", "--stack", "acme", "--regions", "us-east-1", "--out", "spec/new"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert_eq!(ran.stdout, "spec/new/bedrail.yaml\nspec/new/guardrails.yaml\nspec/new/enforcement.yaml\n");
    let left: Vec<_> = fs::read_dir(desk.path("spec/new")).expect("a folder").collect();
    assert_eq!(left.len(), 3, "{left:?}");
    for arguments in [&["validate"][..], &["fmt", "--check"], &["plan", "--sandbox", "--detailed-exitcode"]] {
        let ran = desk.run(&[arguments, &["-f", "spec/new"]].concat());
        assert_eq!(ran.code, 0, "{arguments:?} {ran:?}");
    }
    let before = desk.read("spec/new/guardrails.yaml");
    let ran = desk.run(&["import", "--sandbox", "--out", "spec/new"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{ran:?}");
    assert!(ran.stderr.contains("is there already"), "{ran:?}");
    assert_eq!(desk.read("spec/new/guardrails.yaml"), before);
    // One file that is in the way keeps all of them out.
    fs::create_dir(desk.path("other")).expect("a folder");
    desk.write("other/mine.yaml", "a: 1\n");
    let ran = desk.run(&["import", "--sandbox", "--out", "other"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(fs::read_dir(desk.path("other")).expect("a folder").count(), 1);
}

#[test]
fn a_file_is_converted_without_any_call() {
    let desk = Desk::new("");
    desk.write(
        "guardrail.json",
        r#"{"name": "One", "blockedInputMessaging": "no", "blockedOutputsMessaging": "no",
            "wordPolicyConfig": {"wordsConfig": [{"text": "x"}]}, "surprise": 1}"#,
    );
    let arguments =
        ["import", "--from", "api", "guardrail.json", "--regions", "eu-west-1", "--endpoint-url", "http://127.0.0.1:1"];
    let ran = desk.run(&arguments);
    assert_eq!(ran.code, 5, "what is not known may be a control: {ran:?}");
    assert!(
        ran.stdout.contains("\nregions: [eu-west-1]\n") && ran.stdout.contains("\n  one:\n    name: One\n"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("`surprise`") && ran.stdout.contains("# - the guardrail `One`: `surprise`"), "{ran:?}");
    desk.write("made.yaml", &ran.stdout);
    assert_eq!(desk.run(&["validate", "-f", "made.yaml"]).code, 0);
    assert_eq!(desk.run(&["fmt", "--check", "made.yaml"]).code, 0);
    let input = desk.read("guardrail.json");
    let piped = desk.run_with(&["import", "--from", "api", "-", "--regions", "eu-west-1"], &input);
    assert_eq!(piped.stdout.replace("<stdin>", "guardrail.json"), ran.stdout);
    for (arguments, code) in [
        (&["import", "--from", "terraform", "guardrail.json"][..], 1),
        (&["import", "--from", "api", "missing.json"], 1),
        (&["import", "--from", "pulumi", "guardrail.json"], 64),
        (&["import", "guardrail.json"], 64),
        (&["import", "--stack", "No"], 64),
        (&["import", "--accounts", "nobody"], 64),
    ] {
        let ran = desk.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{arguments:?} {ran:?}");
    }
    desk.write("bad.json", r#"{"name": "One", "blockedInputMessaging": "no"}"#);
    let ran = desk.run(&["import", "--from", "api", "bad.json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
    assert!(ran.stderr.contains("nothing could be carried over"), "{ran:?}");
}

#[test]
fn a_region_that_is_asked_for_by_name_is_read_or_told() {
    let desk = Desk::new(SPEC);
    for (named, meant) in [("us-esat-1", "us-east-1"), ("eu-wst-1", "eu-west-1"), ("us-east-1,us_west_2", "us-west-2")]
    {
        let ran = desk.run(&["import", "--sandbox", "--regions", named]);
        assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{ran:?}");
        assert!(ran.stderr.contains(&format!("did you mean `{meant}`?")), "{ran:?}");
    }
    let serving = Serving::start(&desk);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    serving.set(&json!({"refuse": [{"operation": "ListGuardrails", "region": "eu-west-1"}]}));
    let import = |regions: &str| desk.run(&["import", "--sandbox", "--stack", "acme", "--regions", regions]);
    let both = import("us-east-1,eu-west-1");
    assert_eq!(both.code, 5, "{both:?}");
    assert!(both.stdout.contains("\n  baseline:\n"), "{both:?}");
    assert!(both.stderr.contains("note: 111122223333/eu-west-1: guardrail"), "{both:?}");
    assert!(both.stderr.contains("could not be read: AccessDenied"), "{both:?}");
    assert!(both.stderr.contains("error: the spec is not complete: 1 thing is not carried over\n"), "{both:?}");
    // One alone, that refuses or is not enabled, leaves nothing to write.
    for (regions, why) in
        [("eu-west-1", "AccessDenied"), ("af-south-1", "the Region is not enabled, or has no Bedrock")]
    {
        let ran = import(regions);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
        assert!(ran.stderr.contains(why), "{ran:?}");
    }
    // Nobody asked for it by name: it is told, and all the others are there.
    let all = import("all");
    assert_eq!(all.code, 0, "{all:?}");
    assert!(
        all.stderr.contains("note: Refused to be read, so that what is there was not seen: eu-west-1 ("),
        "{all:?}"
    );
    let head = all.stdout.split("\n\n").next().unwrap_or_default();
    assert!(head.contains("Refused to be read") && head.contains("Not enabled everywhere"), "{head}");
    assert_eq!(serving.stop(), Some(0));
}

const TEMPLATE: &str = r#"
Parameters: {Strength: {Type: String}}
Resources:
  Baseline:
    Type: AWS::Bedrock::Guardrail
    Properties:
      Name: baseline
      BlockedInputMessaging: "No."
      BlockedOutputsMessaging: "No."
      ContentPolicyConfig:
        FiltersConfig:
          - {Type: HATE, InputStrength: !Ref Strength, OutputStrength: !Ref Strength}
          - {Type: VIOLENCE, InputStrength: HIGH, OutputStrength: HIGH}
"#;

#[test]
fn what_makes_a_spec_weaker_than_its_source_is_said_aloud() {
    let desk = Desk::new("");
    desk.write("template.yaml", TEMPLATE);
    let import = ["import", "--from", "cloudformation", "template.yaml"];
    for quiet in [&[][..], &["--quiet"]] {
        let ran = desk.run(&[&import[..], quiet].concat());
        assert_eq!(ran.code, 5, "{ran:?}");
        let error = "error: the spec protects less than its source: 1 thing is not carried over that protects\n";
        assert!(ran.stderr.contains(error), "{ran:?}");
        assert!(ran.stdout.contains("\n# PROTECTS LESS than its source"), "{ran:?}");
        let warned =
            ran.stderr.starts_with("warning: Resources.Baseline.ContentPolicyConfig.FiltersConfig[0] (HATE): ");
        assert_eq!(warned, quiet.is_empty(), "{ran:?}");
    }
    // Given on the command line or in a file, of which the command line goes first.
    desk.write("map.yaml", "Strength: HIGH\n");
    desk.write("list.json", r#"[{"ParameterKey": "Strength", "ParameterValue": "LOW"}]"#);
    for (given, strength) in [
        (&["--var", "Strength=HIGH"][..], "HIGH"),
        (&["--var-file", "map.yaml"], "HIGH"),
        (&["--var-file", "list.json"], "LOW"),
        (&["--var-file", "list.json", "--var", "Strength=MEDIUM"], "MEDIUM"),
    ] {
        let ran = desk.run(&[&import[..], given].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        assert!(ran.stdout.contains(&format!("        HATE: {strength}\n")), "{ran:?}");
    }
    desk.write("none.yaml", "- a\n");
    for (given, code, said) in [
        (&["--var", "Strenght=HIGH"][..], 64, "did you mean `Strength`?"),
        (&["--var-file", "none.yaml"], 1, "this holds no parameters of a template"),
        (&["--accounts", "all"], 64, "cannot be used with"),
    ] {
        let ran = desk.run(&[&import[..], given].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{given:?} {ran:?}");
        assert!(ran.stderr.contains(said), "{given:?} {ran:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_says_what_to_convert_instead() {
    let desk = Desk::new("");
    fs::write(desk.path("plan.tfplan"), b"PK\x03\x04\xff\xfe").expect("a file");
    fs::write(desk.path("large.tfstate"), vec![b' '; 8 * 1024 * 1024 + 1]).expect("a file");
    for (file, said) in [
        ("plan.tfplan", "convert what `terraform show -json PLAN` prints"),
        ("large.tfstate", "keep what is about Bedrock: `jq"),
    ] {
        let ran = desk.run(&["import", "--from", "terraform", file]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    }
}

#[test]
fn a_beginning_is_sound_and_overwrites_nothing() {
    let desk = Desk::new("");
    fs::remove_file(desk.path("bedrail.yaml")).expect("a file");
    let ran = desk.run(&["init"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stdout.contains("wrote ./bedrail.yaml\n"), "{ran:?}");
    for arguments in [
        &["validate", "-f", "bedrail.yaml", "-f", "baseline.test.yaml"][..],
        &["fmt", "--check", "bedrail.yaml", "baseline.test.yaml"],
        &["apply", "--sandbox", "--yes"],
        &["plan", "--sandbox", "--detailed-exitcode"],
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?} {ran:?}");
    }
    desk.write("bedrail.yaml", "mine: 1\n");
    fs::remove_file(desk.path("baseline.test.yaml")).expect("a file");
    fs::remove_file(desk.path(".github/workflows/bedrail-drift.yml")).expect("a file");
    let ran = desk.run(&["init"]);
    let said = "kept ./bedrail.yaml\nkept ./.github/workflows/bedrail-plan.yml\nkept ./.github/workflows/bedrail-apply.yml\n\
        wrote ./.github/workflows/bedrail-drift.yml\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, said), "{ran:?}");
    assert_eq!(desk.read("bedrail.yaml"), "mine: 1\n");
    assert!(!desk.path("baseline.test.yaml").exists(), "it would be about another spec");
}

#[test]
fn a_beginning_from_an_organization_names_what_is_there() {
    let desk = Desk::new("");
    let ran = desk.run(&["init", "--from-org", "--sandbox", "--ci", "none", "org"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert_eq!(ran.stdout, "wrote org/bedrail.yaml\nwrote org/baseline.test.yaml\n");
    let spec = desk.read("org/bedrail.yaml");
    for said in [
        "management_account: \"111122223333\"",
        "# ou:Workloads/Prod\n#   333344445555 payments-prod\n",
        "sandbox-1",
        "share_with: organization",
    ] {
        assert!(spec.contains(said), "{said}\n{spec}");
    }
    for arguments in [
        &["validate", "-f", "org/bedrail.yaml", "-f", "org/baseline.test.yaml"][..],
        &["fmt", "--check", "org/bedrail.yaml"],
        &["apply", "--sandbox", "--yes", "-f", "org"],
        &["plan", "--sandbox", "--detailed-exitcode", "-f", "org"],
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?} {ran:?}\n{spec}");
    }
}

#[test]
fn ids_are_handed_to_applications() {
    let desk = Desk::new(SPEC);
    let ran = desk.run(&["show", "--sandbox", "--format", "env"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stderr.contains("does not exist yet"), "{ran:?}");
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    let ran = desk.run(&["show", "--sandbox", "--format", "env"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let names: Vec<&str> = ran.stdout.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    let wanted = [
        "BEDRAIL_GUARDRAIL_BASELINE_ARN_US_EAST_1",
        "BEDRAIL_GUARDRAIL_BASELINE_ID_US_EAST_1",
        "BEDRAIL_GUARDRAIL_BASELINE_VERSION_US_EAST_1",
        "BEDRAIL_VERSION_FIRST_GUARDRAIL_ARN_US_EAST_1",
        "BEDRAIL_VERSION_FIRST_NUMBER_US_EAST_1",
    ];
    assert_eq!(names, wanted, "the current content is that of a named version, whose number it has");
    let before = ran.stdout;
    assert!(before.contains("_BASELINE_VERSION_US_EAST_1=1\n"), "{before}");
    // Another Region brings names of its own, and a pattern leaves some out; none that was there goes or changes.
    desk.write("bedrail.yaml", &SPEC.replace("regions: [us-east-1]", "regions: [us-east-1, eu-west-1]"));
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    let both = desk.run(&["show", "--sandbox", "--format", "env"]).stdout;
    assert!(both.lines().count() == 10 && before.lines().all(|line| both.lines().any(|other| line == other)), "{both}");
    let one = desk.run(&["show", "--sandbox", "--format", "env", "*/us-east-1/*"]);
    assert_eq!(one.stdout, before, "{one:?}");
    desk.write("bedrail.yaml", SPEC);
    // Content that no version carries has no number, and that is said.
    desk.write("bedrail.yaml", &SPEC.replace("HATE: HIGH", "HATE: MEDIUM"));
    let ran = desk.run(&["show", "--sandbox", "--format", "env"]);
    assert!(
        !ran.stdout.contains("_VERSION_US") && ran.stderr.contains("no version carries what the spec says"),
        "{ran:?}"
    );
    desk.write("bedrail.yaml", SPEC);
    let ran = desk.run(&["show", "--sandbox", "--format", "tfvars", "guardrail/*"]);
    assert!(
        ran.stdout
            .starts_with("bedrail_guardrails = {\n  \"baseline\" = {\n    \"111122223333/us-east-1\" = { arn = \"arn:"),
        "{ran:?}"
    );
}
