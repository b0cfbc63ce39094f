//! What `coverage` says on the command line, and how it ends.

use serde_json::{Value, json};

use super::served::Serving;
use super::{Desk, SPEC};

fn coverage(desk: &Desk, more: &[&str]) -> super::Ran {
    desk.run(&[&["coverage", "--sandbox"], more].concat())
}

const ORGANIZATION: &str = r#"
format: 1
stack: acme
organization: {management_account: "111122223333"}
regions: [us-east-1, us-west-2]
scan: {regions: declared}
guardrails:
  baseline:
    blocked_input_messaging: "No."
    blocked_outputs_messaging: "No."
    content_policy: {filters: {HATE: HIGH}}
    word_policy: {words: [internal-codename]}
resource_policies: {baseline: {guardrail: baseline, share_with: organization}}
org_policies:
  org: {enforce: [{guardrail: baseline}], attach: ["ou:Workloads"]}
  bypass: {type: SERVICE_CONTROL_POLICY, template: deny_bypass, attach: [root]}
  regions: {type: SERVICE_CONTROL_POLICY, template: deny_unlisted_regions, attach: ["ou:Workloads/Prod"]}
account_enforcement: {prod: {accounts: ["account:payments-prod"], guardrail: baseline, regions: [us-east-1]}}
"#;

/// The cell of an account in a Region.
fn cell<'j>(json: &'j Value, account: &str, region: &str, side: &str) -> &'j Value {
    let regions = json["regions"].as_array().expect("Regions");
    let place = regions.iter().position(|known| known == region).expect("a Region");
    let mut accounts = json["accounts"].as_array().expect("accounts").iter();
    let row = &accounts.find(|known| known["name"] == account).expect("an account")[side];
    &json["cells"][usize::try_from(row["cells"][place].as_u64().expect("a place")).expect("a place")]
}

fn passage(cell: &Value, way: &str) -> String {
    let mut ways = cell["ways"].as_array().expect("ways").iter();
    ways.find(|around| around["way"] == way)
        .map_or("", |around| around["passage"].as_str().unwrap_or_default())
        .to_owned()
}

#[test]
fn it_tells_now_and_when_a_plan_is_done() {
    let desk = Desk::new(ORGANIZATION);
    let serving = Serving::start(&desk);
    // What takes minutes in AWS is no matter here.
    serving.set(&json!({"propagation_ms": 0}));
    let bare = coverage(&desk, &[]);
    assert_eq!((bare.code, bare.stderr.as_str()), (0, ""), "{bare:?}");
    assert!(bare.stdout.starts_with("6 accounts in 33 Regions\n"), "{}", bare.stdout);
    assert!(bare.stdout.contains("unprotected") && !bare.stdout.contains("Enforced"), "{}", bare.stdout);
    assert_eq!(coverage(&desk, &["--fail-uncovered"]).code, 2);

    assert_eq!(desk.run(&["plan", "--sandbox", "--out", "p.json"]).code, 0);
    let both = coverage(&desk, &["--plan", "p.json"]);
    assert_eq!(both.code, 0, "{both:?}");
    for said in ["6 accounts in 33 Regions, now and when the plan is done", "none → org+account", "none → denied"] {
        assert!(both.stdout.contains(said), "{said}: {}", both.stdout);
    }
    let markdown = coverage(&desk, &["--plan", "p.json", "--format", "markdown"]).stdout;
    assert!(markdown.contains("When the plan is done: **") && markdown.contains("| none → org+account "), "{markdown}");
    let planned: Value =
        serde_json::from_str(&coverage(&desk, &["--plan", "p.json", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(
        (planned["from"].as_str(), cell(&planned, "payments-prod", "us-east-1", "have")["state"].as_str()),
        (Some("plan"), Some("unprotected"))
    );

    let applied = desk.run(&["apply", "--sandbox", "--yes", "-q"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let done = coverage(&desk, &["--format", "json"]);
    let json: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!((done.code, json["from"].as_str(), json["want"].is_null()), (0, Some("live"), true), "{}", done.stderr);
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "coverage"]).stdout).expect("JSON");
    for told in [&json, &planned] {
        jsonschema::validate(&schema, told).expect("what is printed is of the schema");
    }
    // What was foretold is what came.
    for (account, region) in [
        ("payments-prod", "us-east-1"),
        ("payments-prod", "us-west-2"),
        ("payments-prod", "eu-west-1"),
        ("payments-dev", "us-east-1"),
        ("security-audit", "us-east-1"),
    ] {
        let (foretold, came) = (cell(&planned, account, region, "want"), cell(&json, account, region, "have"));
        assert_eq!((&foretold["state"], &foretold["levels"]), (&came["state"], &came["levels"]), "{account} {region}");
        let ways = |cell: &Value| {
            let all = cell["ways"].as_array().expect("ways").iter();
            all.map(|around| (around["way"].clone(), around["passage"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(ways(foretold), ways(came), "{account} {region}");
    }
    let prod = cell(&json, "payments-prod", "us-east-1", "have");
    assert_eq!((&prod["state"], &prod["levels"]), (&json!("protected"), &json!(["organization", "account"])));
    assert_eq!(passage(prod, "mantle"), "closed");
    assert_eq!(passage(prod, "long-term-keys"), "closed");
    assert_eq!((passage(prod, "async-calls"), passage(prod, "batch-jobs")), ("unknown".into(), "unknown".into()));
    let elsewhere = cell(&json, "payments-prod", "eu-west-1", "have");
    assert_eq!(elsewhere["state"], "denied", "calls are kept to the listed Regions: {elsewhere:#}");
    assert!(
        elsewhere["verdict"].as_str().is_some_and(|words| words.starts_with("Denied: the policy")),
        "{elsewhere:#}"
    );
    let home = json["accounts"][0]["name"].as_str().expect("the management account");
    assert_eq!(passage(cell(&json, home, "us-east-1", "have"), "mantle"), "open", "no such policy affects it");
    let root = &json["nodes"][0];
    let states = ["protected", "denied", "invalid", "unprotected", "unavailable", "unseen"];
    let sum: u64 = states.iter().map(|state| root["have"][state].as_u64().expect("a count")).sum();
    assert_eq!((sum, &root["have"]), (6 * 33, &json["have"]));
    assert!(!done.stdout.contains("internal-codename"), "words are counted");

    let html = coverage(&desk, &["--format", "html", "--output", "coverage.html"]);
    assert_eq!((html.code, html.stdout.as_str()), (0, ""));
    let page = desk.read("coverage.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Content-Security-Policy"), "{page:.300}");
    assert_eq!(coverage(&desk, &["--plan", "p.json"]).code, 0, "the plan is done, and nothing is left of it");
    desk.write("bedrail.yaml", &ORGANIZATION.replace("HATE: HIGH", "HATE: LOW"));
    let stale = coverage(&desk, &["--plan", "p.json"]);
    assert_eq!((stale.code, stale.stdout.as_str()), (4, ""), "{stale:?}");
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn a_plan_tells_which_version_comes_and_is_told_whole() {
    let desk = Desk::new(ORGANIZATION);
    assert_eq!(desk.run(&["plan", "--sandbox", "--out", "first.json"]).code, 0);
    let targeted = coverage(&desk, &["--plan", "first.json", "--target", "guardrail/*"]);
    assert_eq!(targeted.code, 64, "{targeted:?}");
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    // The same accounts are protected at the same levels, by another version.
    let weaker = ORGANIZATION.replace("HATE: HIGH", "HATE: LOW");
    desk.write("bedrail.yaml", &weaker);
    assert_eq!(desk.run(&["plan", "--sandbox", "--out", "weaker.json"]).code, 0);
    let told = coverage(&desk, &["--plan", "weaker.json"]);
    assert_eq!(told.code, 0, "{told:?}");
    let changed = told.stdout.lines().find(|line| line.contains("org ") && line.contains(" → org "));
    let changed = changed.unwrap_or_else(|| panic!("{}", told.stdout)).to_owned();
    let (have, want) = changed.split_once(" → ").expect("both");
    let version =
        |text: &str| text.split("org ").last().unwrap_or_default().split(' ').next().unwrap_or_default().to_owned();
    assert_ne!(version(have), version(want), "{changed}");
    assert!(told.stdout.contains(" → 0 cells)"), "what the plan ends is told: {}", told.stdout);
    // A plan of another spec, of which nothing is left to do here, foretells nothing.
    desk.write("bedrail.yaml", ORGANIZATION);
    for command in [
        vec!["coverage", "--sandbox", "--plan", "weaker.json"],
        vec![
            "explain",
            "--sandbox",
            "--account",
            "account:payments-prod",
            "--region",
            "us-east-1",
            "--from",
            "weaker.json",
        ],
    ] {
        let other = desk.run(&command);
        assert_eq!((other.code, other.stdout.as_str()), (4, ""), "{other:?}");
        assert!(other.stderr.contains("of another spec"), "{}", other.stderr);
    }
}

#[test]
fn a_guardrail_of_others_is_read_before_a_plan_points_at_it() {
    let organization = "organization: {management_account: \"111122223333\"}\n";
    let desk = Desk::new(&format!("{organization}{}", SPEC.split("account_enforcement:").next().expect("a head")));
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    let shown: Value =
        serde_json::from_str(&desk.run(&["show", "--sandbox", "--format", "json"]).stdout).expect("JSON");
    let text = shown.to_string();
    let is_guardrail = |word: &&str| word.contains(":guardrail/") && !word.ends_with(":1");
    let arn = text.split('"').find(is_guardrail).expect("an ARN");
    let head = format!("format: 1\nstack: other\nregions: [us-east-1]\nscan: {{regions: declared}}\n{organization}");
    let corp = format!("{{arns: {{us-east-1: \"{arn}\"}}, versions: {{us-east-1: \"1\"}}}}");
    let enforced = "account_enforcement: {home: {guardrail: corp}}\n";
    desk.write("bedrail.yaml", &format!("{head}external_guardrails: {{corp: {corp}}}\n{enforced}"));
    let planned = desk.run(&["plan", "--sandbox", "--out", "p.json"]);
    assert_eq!(planned.code, 0, "{planned:?}");
    let told = coverage(&desk, &["--plan", "p.json", "--format", "json"]);
    let json: Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!((told.code, &json["unseen"], json["want"]["protected"].as_u64()), (0, &json!([]), Some(1)));
    let cell = ["--account", "management", "--region", "us-east-1", "--from", "spec"];
    let alone = desk.run(&[&["explain", "--sandbox"][..], &cell].concat());
    assert_eq!(alone.code, 0, "{alone:?}");
    assert!(alone.stdout.contains("content    sha256:") && !alone.stdout.contains("Not seen"), "{}", alone.stdout);
}

#[test]
fn one_account_without_a_spec_or_an_organization_of_its_own() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    std::fs::remove_file(desk.path("bedrail.yaml")).expect("it is there");
    let ran = coverage(&desk, &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stdout.contains("account: first, arn:aws:bedrock:us-east-1:"), "{}", ran.stdout);
}

#[test]
fn what_is_not_seen_is_told_and_is_no_protection() {
    let desk = Desk::new(ORGANIZATION);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);
    let serving = Serving::start(&desk);
    let refused = json!({"operation": "ListEnforcedGuardrailsConfiguration", "account": "222233334444"});
    serving.set(&json!({"refuse": [refused]}));
    let ran = coverage(&desk, &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("Not seen") && ran.stdout.contains("222233334444"), "{}", ran.stdout);
    assert_eq!(coverage(&desk, &["--fail-uncovered"]).code, 2, "a finding goes first");
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn what_is_asked_wrongly_is_told() {
    let desk = Desk::new(SPEC);
    for (more, code, said) in [
        (["--format", "sarif"], 64, "text, json, markdown, html"),
        (["--plan", "none.json"], 1, "none.json"),
        (["--plan", "bedrail.yaml"], 1, "not a saved plan"),
    ] {
        let ran = coverage(&desk, &more);
        assert_eq!(ran.code, code, "{more:?} {ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}
