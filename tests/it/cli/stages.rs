//! A change that goes from stage to stage, as it is typed.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use super::served::Serving;
use super::{Desk, SPEC};

const POLICY: &str = "\
organization: {management_account: \"111122223333\"}
resource_policies: {baseline: {guardrail: baseline, share_with: organization}}
org_policies:
  all:
    name: acme-all
    enforce: [{guardrail: baseline}]
    attach: [root]
    stages: [[\"ou:Sandbox\"], [root]]
";

const OTHERS: &str = "\
format: 1
stack: others
organization: {management_account: \"111122223333\"}
regions: [us-east-1]
scan: {regions: declared}
guardrails:
  own: {blocked_input_messaging: No., blocked_outputs_messaging: No., word_policy: {words: [x]}}
resource_policies: {own: {guardrail: own, share_with: organization}}
org_policies:
  own: {enforce: [{guardrail: own}], attach: [\"account:sandbox-1\"]}
";

fn staged(word: &str) -> String {
    let spec = SPEC.replace("internal-codename", word);
    let (spec, _) = spec.split_once("versions:").expect("its versions");
    format!("{spec}{POLICY}")
}

#[test]
fn what_cannot_be_seen_is_not_gone_on_from() {
    let desk = Desk::new(&staged("zeus"));
    let serving = Serving::start(&desk);
    let apply = |more: &[&str]| desk.run(&[&["apply", "--sandbox", "--yes", "-q"], more].concat());
    assert_eq!(apply(&[]).code, 0);
    desk.write("bedrail.yaml", &staged("hera"));
    assert_eq!(apply(&["--allow", "weakens"]).code, 0);
    let plan = desk.run(&["plan", "--sandbox", "-q"]).stdout;
    // Whether the effective policies are valid is not told.
    serving.set(&json!({"refuse": [{"operation": "ListAccountsWithInvalidEffectivePolicy"}]}));
    let refused = apply(&["--advance", "--allow", "weakens"]);
    assert!(refused.code == 1 && refused.stderr.contains("not advanced"), "{refused:?}");
    assert!(refused.stderr.contains("valid-policy of") && refused.stderr.contains("AccessDenied"), "{refused:?}");
    // Nor is how far it has come.
    serving.set(&json!({"refuse": [{"operation": "ListTargetsForPolicy"}]}));
    let refused = apply(&["--advance", "--allow", "weakens"]);
    assert!(refused.code == 1 && refused.stderr.contains("how far org-policy/111122223333/global/all"), "{refused:?}");
    serving.set(&json!({"refuse": []}));
    assert_eq!(desk.run(&["plan", "--sandbox", "-q"]).stdout, plan, "nothing was changed");
    assert_eq!(apply(&["--advance", "--allow", "weakens"]).code, 0);
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn each_advance_goes_one_stage_on_if_the_one_before_is_in_effect() {
    let desk = Desk::new(&staged("zeus"));
    desk.write("others.yaml", OTHERS);
    let apply = |more: &[&str]| desk.run(&[&["apply", "--sandbox", "--yes", "-q"], more].concat());
    assert_eq!(apply(&[]).code, 0);
    let changed = staged("hera").replace("name: acme-all", "name: acme-everyone");
    desk.write("bedrail.yaml", &changed);
    let begun = apply(&["--allow", "weakens"]);
    assert_eq!(begun.code, 0, "{begun:?}");
    assert!(
        begun.stdout.contains("~ update org-policy/111122223333/global/all "),
        "its name at once: {}",
        begun.stdout
    );
    let plan = desk.run(&["plan", "--sandbox", "-q"]).stdout;
    assert!(plan.contains("stage 1 of 2 (ou:Sandbox) bears what is new"), "{plan}");
    assert_eq!(desk.run(&["drift", "--sandbox", "-q"]).code, 0, "what is on its way is no drift");

    let shadow = apply(&["-f", "others.yaml", "--allow", "displaces,weakens"]);
    assert_eq!(shadow.code, 0, "{shadow:?}");
    // AWS, and the local one, take a while to work it out.
    let worked_out = (0..80).any(|_| {
        sleep(Duration::from_millis(250));
        desk.run(&["drift", "--sandbox", "-q"]).code == 2
    });
    assert!(worked_out, "what others do is drift");
    let refused = apply(&["--advance"]);
    assert_eq!(refused.code, 6, "{refused:?}");
    assert!(refused.stderr.contains("not advanced") && refused.stderr.contains("others-own"), "{refused:?}");

    let gone = desk.run(&["destroy", "--sandbox", "-f", "others.yaml", "--yes", "-q", "--allow", "deletes"]);
    assert_eq!(gone.code, 0, "{gone:?}");
    let settled = (0..80).any(|_| {
        sleep(Duration::from_millis(250));
        desk.run(&["drift", "--sandbox", "-q"]).code == 0
    });
    assert!(settled, "it is gone");
    let last = desk.run(&["plan", "--sandbox", "--advance", "-q"]).stdout;
    assert!(last.contains("stage 2 of 2, the last"), "{last}");
    let advanced = apply(&["--advance", "--allow", "weakens"]);
    assert_eq!(advanced.code, 0, "{advanced:?}");
    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode", "-q"]).code, 0);
}

#[test]
fn a_saved_plan_goes_on_if_it_was_made_to() {
    let desk = Desk::new(&staged("zeus"));
    let run = |arguments: &[&str]| desk.run(&[&["--sandbox", "-q"], arguments].concat());
    assert_eq!(run(&["apply", "--yes"]).code, 0);
    desk.write("bedrail.yaml", &staged("hera"));
    assert_eq!(run(&["apply", "--yes", "--allow", "weakens"]).code, 0);
    assert_eq!(run(&["plan", "--out", "stays.json"]).code, 0);
    assert_eq!(run(&["plan", "--advance", "--out", "goes.json"]).code, 0);
    let settled = (0..80).any(|_| {
        sleep(Duration::from_millis(250));
        run(&["verify"]).code == 0
    });
    assert!(settled, "the first stage is in force");
    assert_eq!(run(&["apply", "stays.json", "--advance"]).code, 4, "nobody has reviewed a step");
    let stays = run(&["apply", "stays.json"]);
    assert!(stays.code == 0 && stays.stdout.contains("stage 1 of 2"), "{stays:?}");

    desk.write("bedrail.yaml", &staged("ares"));
    let other = run(&["apply", "goes.json", "--allow", "weakens"]);
    assert!(other.code == 4 && !other.stdout.contains("done"), "what it would spread was not reviewed: {other:?}");
    desk.write("bedrail.yaml", &staged("hera"));

    let goes = run(&["apply", "goes.json", "--allow", "weakens"]);
    assert!(goes.code == 0 && goes.stdout.contains("stage 2 of 2, the last"), "{goes:?}");
    let plan = run(&["plan"]).stdout;
    assert!(plan.contains("Nothing to do") && !plan.contains("W0908"), "{plan}");
    assert_eq!(run(&["apply", "goes.json"]).code, 0, "what is done need not be done again");
}
