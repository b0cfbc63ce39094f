//! What a change takes away is refused until it is allowed by name.

use super::Desk;

fn spec(words: &str) -> String {
    format!(
        r#"
format: 1
stack: acme
organization: {{management_account: "111122223333"}}
regions: [us-east-1]
scan: {{regions: declared}}
guardrails:
  baseline:
    blocked_input_messaging: "No."
    blocked_outputs_messaging: "No."
    content_policy: {{filters: {words}}}
account_enforcement: {{here: {{guardrail: baseline}}}}
"#
    )
}

#[test]
fn a_weaker_guardrail_needs_a_word_for_each_place_that_it_weakens() {
    let desk = Desk::new(&spec("{HATE: HIGH, SEXUAL: HIGH}"));
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    desk.write("bedrail.yaml", &spec("{HATE: LOW, SEXUAL: HIGH}"));

    let refused = desk.run(&["apply", "--sandbox", "--yes"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert_eq!(
        refused.stderr,
        "error: refused, and nothing was changed: the plan does what has not been allowed\n\
         hint: to allow it, add --allow weakens\n"
    );
    insta::assert_snapshot!(refused.stdout, @r#"
    Plan: 1 to publish, 2 to update. 2 changes weaken protection.
    Stack acme. Looked at 1 account in 1 Region: us-east-1.

    Refused until it is allowed
      weakens  guardrail/111122223333/us-east-1/baseline
      weakens  account-enforcement/111122223333/us-east-1/account
      To allow it, add:  --allow weakens

    Preconditions: 1 unknown, 4 ok
      unknown whether every role that calls models in 1 account may apply what is enforced there [P0124]

    Step 1 of 3
      ~ update guardrail/111122223333/us-east-1/baseline  (guardrails.baseline)
          content_policy.filters.HATE.input   HIGH → LOW  weakens
          content_policy.filters.HATE.output  HIGH → LOW  weakens
          hazard                              weakens

    Step 2 of 3
      > publish guardrail-version/111122223333/us-east-1/baseline@7454002773b0  (guardrails.baseline)
          content  #7454002773b0

    Step 3 of 3
      ~ update account-enforcement/111122223333/us-east-1/account  (account_enforcement.here)
          version  weakens
            - guardrail-version/111122223333/us-east-1/baseline@787001cffb01
            + guardrail-version/111122223333/us-east-1/baseline@7454002773b0
            content_policy.filters.HATE.input   HIGH → LOW  weakens
            content_policy.filters.HATE.output  HIGH → LOW  weakens
          reaches                               1 account
          hazard                                weakens
    "#);

    let guardrails = desk.run(&["apply", "--sandbox", "--yes", "--allow", "weakens:guardrail/*"]);
    assert_eq!(guardrails.code, 3, "{guardrails:?}");
    let flag = "--allow weakens:account-enforcement/111122223333/us-east-1/account\n";
    assert!(guardrails.stderr.ends_with(flag), "{}", guardrails.stderr);
    let named = desk.run(&["plan", "--sandbox", "--fail-on", "weakens"]);
    assert_eq!(named.code, 3, "{named:?}");
    assert_eq!(desk.run(&["plan", "--sandbox", "--fail-on", "unranked,deletes"]).code, 0);

    let allowed = desk.run(&["apply", "--sandbox", "--yes", "--allow", "weakens:*/baseline,weakens:account-*"]);
    assert_eq!(allowed.code, 0, "{allowed:?}");

    // The way back is a gain, and asks for nothing.
    desk.write("bedrail.yaml", &spec("{HATE: HIGH, SEXUAL: HIGH}"));
    let stricter = desk.run(&["apply", "--sandbox", "--yes"]);
    assert_eq!(stricter.code, 0, "{stricter:?}");
    assert!(stricter.stdout.contains("strengthens") && !stricter.stdout.contains("weaken"), "{}", stricter.stdout);
}

#[test]
fn what_cannot_be_ranked_is_told_and_refused_to_who_asks() {
    let desk = Desk::new(&spec("{HATE: HIGH}"));
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    let standard = spec("{HATE: HIGH}").replace("filters:", "tier: STANDARD, filters:");
    desk.write(
        "bedrail.yaml",
        &standard.replace("    content_policy", "    cross_region_profile: auto\n    content_policy"),
    );
    let plan = desk.run(&["plan", "--sandbox", "--fail-on", "unranked"]);
    assert_eq!(plan.code, 3, "{plan:?}");
    assert!(plan.stdout.lines().next().is_some_and(|line| line.ends_with("2 changes cannot be ranked.")), "{plan:?}");
    assert!(plan.stderr.contains("the plan carries what --fail-on names: unranked"), "{}", plan.stderr);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
}

#[test]
fn the_json_plan_tells_which_way_each_field_goes() {
    let desk = Desk::new(&spec("{HATE: HIGH, SEXUAL: HIGH}"));
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    desk.write("bedrail.yaml", &spec("{HATE: LOW, SEXUAL: HIGH}"));
    let plan = desk.run(&["plan", "--sandbox", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).expect("JSON");
    assert_eq!(plan["summary"]["hazards"], serde_json::json!({"weakens": 2}));
    let action = |kind: &str| {
        let actions = plan["actions"].as_array().expect("actions");
        actions.iter().find(|action| action["kind"] == kind).cloned().expect("an action of the kind")
    };
    assert_eq!(action("guardrail-version")["direction"], "neutral");
    let enforcement = action("account-enforcement");
    assert_eq!((&enforcement["direction"], &enforcement["hazards"][0]), (&"weakens".into(), &"weakens".into()));
    let below = &enforcement["fields"][0]["below"];
    assert_eq!(below[0]["path"], "content_policy.filters.HATE.input");
    assert_eq!((&below[0]["have"], &below[0]["want"]), (&"HIGH".into(), &"LOW".into()));
    assert_eq!(below[0]["direction"], "weakens");
}

#[test]
fn a_pattern_that_allows_nothing_is_told() {
    let desk = Desk::new(&spec("{HATE: HIGH}"));
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    desk.write("bedrail.yaml", &spec("{HATE: LOW}"));
    let refused = desk.run(&["apply", "--sandbox", "--yes", "--allow", "weakens:guardrails.baseline,weakens:account*"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert_eq!(
        refused.stderr,
        "warning: --allow weakens:guardrails.baseline allows nothing of this plan: patterns match addresses\n\
         error: refused, and nothing was changed: the plan does what has not been allowed\n\
         hint: to allow it, add --allow weakens:guardrail/111122223333/us-east-1/baseline\n"
    );
    let empty = desk.run(&["apply", "--sandbox", "--yes", "--allow", "weakens:"]);
    assert_eq!(empty.code, 64, "{empty:?}");
    assert!(empty.stderr.contains("which addresses? write `weakens:PATTERN`"), "{empty:?}");
}
