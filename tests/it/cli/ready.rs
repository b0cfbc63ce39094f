//! What a newcomer does: validate, plan, apply, plan again, drift, destroy.

use super::{Desk, SPEC};

#[test]
fn from_nothing_to_nothing() {
    let desk = Desk::new(SPEC);
    let sound = desk.run(&["validate"]);
    assert_eq!((sound.code, sound.stdout.as_str(), sound.stderr.as_str()), (0, "The spec is sound.\n", ""));

    let plan = desk.run(&["plan", "--sandbox"]);
    assert_eq!((plan.code, plan.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(plan.stdout, @r#"
    Plan: 2 to create, 1 to publish.
    Stack acme. Looked at 1 account in 1 Region: us-east-1.

    Preconditions: 1 unknown, 4 ok
      unknown whether every role that calls models in 1 account may apply what is enforced there [P0124]

    Step 1 of 3
      + create guardrail/111122223333/us-east-1/baseline  (guardrails.baseline)
          name                       baseline
          description                Baseline of the company
          blocked_input_messaging    (16 characters #61b05a491e32)
          blocked_outputs_messaging  (16 characters #42fd27c54a10)
          content_policy             HATE HIGH, PROMPT_ATTACK HIGH in
          word_policy                (1 word #8269cbf4bc0c)

    Step 2 of 3
      > publish guardrail-version/111122223333/us-east-1/first  (versions.first)
          content  #397533889318

    Step 3 of 3
      + create account-enforcement/111122223333/us-east-1/account  (account_enforcement.home)
          version  guardrail-version/111122223333/us-east-1/first
          reaches  1 account

    Warnings
      calls of models by a role that may not `bedrock:ApplyGuardrail` there fail with AccessDenied
      [W0904]
    "#);

    let applied = desk.run(&["apply", "--sandbox", "--yes"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert!(applied.stdout.ends_with("\nApplied: 3 done.\n"), "{}", applied.stdout);
    assert_eq!(applied.stderr.matches("done    ").count(), 3, "{}", applied.stderr);

    for command in ["plan", "apply", "drift"] {
        let again = desk.run(&[command, "--sandbox"]);
        assert_eq!(again.code, 0, "{again:?}");
        assert!(again.stdout.contains("all 3 resources are as the spec says"), "{}", again.stdout);
    }

    let shown = desk.run(&["show", "--sandbox", "--format", "json", "guardrail-version/*"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).expect("JSON");
    assert_eq!(shown[0]["version"], "1");
    assert_eq!(shown[0]["users"][0], "account-enforcement/111122223333/us-east-1/account");

    let refused = desk.run(&["destroy", "--sandbox", "--yes"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.stderr.contains("--allow deletes"), "{}", refused.stderr);
    let destroyed = desk.run(&["destroy", "--sandbox", "--yes", "--allow", "deletes"]);
    assert_eq!(destroyed.code, 0, "{destroyed:?}");
    let plan = desk.run(&["plan", "--sandbox", "--detailed-exitcode"]);
    assert_eq!(plan.code, 2, "{plan:?}");
}

#[test]
fn a_change_is_shown_word_by_word_and_words_are_counted() {
    let desk = Desk::new(SPEC);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes"]).code, 0);
    let changed = SPEC.replace("of the company", "of our company").replace("[internal-codename]", "[projectx, zeus]");
    desk.write("bedrail.yaml", &changed);
    let plan = desk.run(&["plan", "--sandbox", "-q"]);
    insta::assert_snapshot!(plan.stdout, @r#"
    Plan: 1 to update; 2 unchanged. 1 change weakens protection.
    Stack acme. Looked at 1 account in 1 Region: us-east-1.

    Refused until it is allowed
      weakens  guardrail/111122223333/us-east-1/baseline
      To allow it, add:  --allow weakens:guardrail/111122223333/us-east-1/baseline

    Preconditions: 1 unknown, 3 ok
      unknown whether every role that calls models in 1 account may apply what is enforced there [P0124]

    What will be done
      ~ update guardrail/111122223333/us-east-1/baseline  (guardrails.baseline)
          description        Baseline of [-the-]{+our+} company
          word_policy.words  1 word → 2 words (2 added, 1 removed)  mixed
          hazard             weakens

    Warnings
      guardrail/111122223333/us-east-1/baseline: no version carries the current content, so no
      enforcement and no call by number gets it [W0902]
    "#);
    let plan = desk.run(&["plan", "--sandbox", "-q", "--show-content"]);
    assert!(plan.stdout.contains("projectx") && plan.stdout.contains("internal-codename"), "{}", plan.stdout);
    let drift = desk.run(&["drift", "--sandbox", "-q"]);
    assert_eq!(drift.code, 2);
    insta::assert_snapshot!(drift.stdout, @r#"
    Drift: 1 modified; 1 weaker than the spec; 2 as the spec says.
    Stack acme. Looked at 1 account in 1 Region: us-east-1.

    Changed behind bedrail's back (what the spec says → what AWS has)
      ~ modified guardrail/111122223333/us-east-1/baseline  (guardrails.baseline)
          description        Baseline of [-our-]{+the+} company
          word_policy.words  2 words → 1 word (1 added, 2 removed)  mixed
          finding drift-6c34607254a8

    To bring AWS back to the spec
      bedrail apply --sandbox --target guardrail/111122223333/us-east-1/baseline --allow weakens:guardrail/111122223333/us-east-1/baseline

    Warnings
      guardrail/111122223333/us-east-1/baseline: no version carries the current content, so no
      enforcement and no call by number gets it [W0902]
    "#);
}
