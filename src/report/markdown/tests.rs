use serde_json::{Value, json};

use crate::report::drift::tests::drift_of;
use crate::report::json::PlanFile;
use crate::report::{Disclosure, sample};

const WIDE: usize = 60_000;

#[test]
fn an_eventful_plan() {
    let plan = sample::eventful();
    insta::assert_snapshot!(super::plan(&plan, &[], &Disclosure::default(), &[], WIDE), @r#"
    <!-- bedrail:plan stack=acme-ai-safety digest=sha256:1d3b84d1019388fd5d2d3c08fbd5cab2c1972f86560cc9ba5aa2106989d2d948 -->
    ### bedrail plan

    **Plan: 1 to publish, 2 to update, 1 to delete, 1 to prune; 1 held; 1 place not seen; 12 unchanged. 2 changes weaken protection; 2 cannot be ranked.**

    | change | count |
    |---|---:|
    | create | 0 |
    | publish | 1 |
    | update | 2 |
    | delete | 1 |
    | prune | 1 |
    | unchanged | 12 |
    | held | 1 |
    | not seen | 1 |
    | unmanaged | 1 |
    | **deletes** | **1** |
    | **weakens** | **2** |

    <code>Stack acme-ai-safety. Looked at 1 account in 2 Regions&#58; ap-southeast-2, eu-west-1, and scanned 1 other.</code>

    <code>2 Regions are not enabled, so nothing of this stack can be in use there&#58; af-south-1, me-south-1.</code>

    <code>1 Region refused the scan &#40;AccessDenied&#41;&#58; eu-central-2.</code>

    <details><summary><code>&#126;</code> update <code>guardrail/111122223333/us-east-1/baseline</code> <code>guardrails.baseline</code> **weakens** _unranked_</summary>

    ```diff
    - blocked_input_messaging: (35 characters #b42029bae4b2)
    + blocked_input_messaging: (3 characters #a06fcf42f646)
    - content_policy.filters.HATE.input: HIGH
    + content_policy.filters.HATE.input: LOW  # weakens
    + content_policy.filters.VIOLENCE: HIGH in and MEDIUM out  # strengthens
    - description: Baseline guardrail for every account of the company
    + description: Baseline guardrail for each account of the company
    - topic_policy.topics.Legal advice.definition: Guidance on legal rights, disputes or court action.
    + topic_policy.topics.Legal advice.definition: Guidance on legal rights, quarrels or court action.  # unranked
    + topic_policy.topics.Medical advice: definition "Diagnosis or treatment of an illness.", examples (1 text #ed94ebbaaf83)  # strengthens
    - word_policy.words: 3 words
    + word_policy.words: 4 words (1 added)  # strengthens
    ```

    </details>

    <details><summary><code>&#62;</code> publish <code>guardrail-version/111122223333/us-east-1/baseline&#64;1f3c9a0b77de</code> <code>guardrails.baseline</code></summary>

    ```diff
      content: #112214d6f5e2
    ```

    </details>

    <details><summary><code>&#126;</code> update <code>org-policy/111122223333/global/org-baseline</code> <code>guardrails.baseline</code> **weakens** _unranked_</summary>

    ```diff
      document:
            "us-east-1": {
              "config_1": {
                "identifier": {
    -             "@@assign": "${guardrail-version/111122223333/us-east-1/baseline@0a0a0a0a0a0a}"
    +             "@@assign": "${guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de}"
                },
                "selective_content_guarding": {
                  "messages": {
      us-east-1.config_1.identifier: what it points at changes  # mixed
    -   content_policy.filters.HATE.input: HIGH
    +   content_policy.filters.HATE.input: LOW  # weakens
    +   content_policy.filters.VIOLENCE: HIGH in and MEDIUM out  # strengthens
    -   topic_policy.topics.Legal advice.definition: Guidance on legal rights, disputes or court action.
    +   topic_policy.topics.Legal advice.definition: Guidance on legal rights, quarrels or court action.  # unranked
    +   topic_policy.topics.Medical advice: definition "Diagnosis or treatment of an illness.", examples (1 text #ed94ebbaaf83)  # strengthens
        word_policy.words: 1 added  # strengthens
    ```

    </details>

    <details><summary><code>-</code> delete <code>guardrail/111122223333/us-east-1/legacy</code> **deletes**</summary>

    ```diff
      name: acme-baseline
    ```

    </details>

    <details><summary><code>-</code> prune <code>guardrail-version/111122223333/us-east-1/baseline&#64;0a0a0a0a0a0a</code></summary></details>

    **Held, and not done**

    - update <code>account-enforcement/111122223333/eu-west-1/account</code> **not-ours** <code>the account enforces guardrail/xyz789, which is not of this stack; &#96;--adopt&#96; takes it over</code>

    **Not seen, so nothing that depends on it is touched**

    - <code>resource-policy/111122223333/eu-west-1/&#42;</code> <code>AccessDenied&#58; User&#58; arn&#58;aws&#58;sts&#58;&#58;111122223333&#58;assumed-role/Plan/x is not authorized to perform&#58; bedrock&#58;GetResourcePolicy &#40;request 1-2-3&#41;</code>

    **Warnings**

    - <code>guardrail/111122223333/us-east-1/draft-only</code> <code>no version of this guardrail carries its current content, so nothing enforces it</code> W0902

    **Not ours, and left alone**

    - <code>guardrail/111122223333/us-east-1/team-chatbot</code> <code>unmarked</code>
    "#);
}

/// The lines of a comment that are structure: everything outside fences, foreign text cut out.
fn structure(comment: &str) -> Vec<String> {
    let (mut fence, mut lines) = (None, Vec::new());
    for line in comment.lines() {
        let run = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if run >= open && line.trim_end_matches('`').is_empty() => fence = None,
            Some(_) => {}
            None if run >= 3 => fence = Some(run),
            None => {
                let mut outside = String::new();
                let mut rest = line;
                while let Some((before, after)) = rest.split_once("<code>") {
                    let (foreign, behind) = after.split_once("</code>").expect("code ends on its line");
                    assert!(!foreign.contains(['<', '>', '`', '|', '*', '[', '@', '\u{1b}']), "{foreign}");
                    outside += before;
                    outside.push('#');
                    rest = behind;
                }
                lines.push(outside + rest);
            }
        }
    }
    assert_eq!(fence, None, "every fence is closed");
    lines
}

fn keeps_its_structure(text: &str) {
    let disclosure = Disclosure { content: true, ..Disclosure::default() };
    let plan = sample::filled_with(text);
    for comment in
        [super::plan(&plan, &[], &disclosure, &[], WIDE), super::drift(&plan, &drift_of(&plan), &disclosure, &[], WIDE)]
    {
        let lines = structure(&comment);
        // The marker keeps letters and digits of the stack's name, and they stay within it.
        assert!(lines[0].starts_with("<!-- bedrail:") && lines[0].ends_with(" -->"), "{}", lines[0]);
        assert_eq!(lines[0].matches("--").count(), 2, "{}", lines[0]);
        let words = [
            "plan",
            "drift",
            "change",
            "count",
            "create",
            "delete",
            "update",
            "unchanged",
            "held",
            "not seen",
            "unmanaged",
            "**weakens**",
            "finding",
            "modified",
            "missing",
            "left behind",
            "as the spec says",
            "**weaker than the spec**",
        ];
        for line in &lines[1..] {
            let known = line.is_empty()
                || line.chars().all(|c| "|-: ".contains(c))
                || ["###", "|", "**", "- ", "<details>", "</details>", "in #", "#"]
                    .iter()
                    .any(|start| line.starts_with(start));
            assert!(known, "{line}");
            if let Some(cells) = line.strip_prefix("| ") {
                assert!(words.iter().any(|word| cells.starts_with(word)), "{line}");
            }
        }
        let text = lines[1..].join("\n");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        assert_eq!(text.matches('<').count(), 4 * text.matches("<details>").count(), "{text}");
        assert!(!comment.contains(|c: char| c.is_control() && c != '\n'));
    }
}

#[test]
fn hostile_text_changes_no_structure() {
    keeps_its_structure(sample::HOSTILE);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_changes_the_structure(text in r"[\s\S]{0,40}[`~<>|*_#@:\n\[\]()&;!-]{0,20}[\s\S]{0,20}") {
        keeps_its_structure(&text);
    }
}

#[test]
fn a_large_plan_fits_and_keeps_its_verdict() {
    let mut plan = sample::eventful();
    for number in 0..500 {
        let mut action = plan.actions[0].clone();
        action.id = crate::plan::ActionId(100 + number);
        action.address.name = format!("guardrail-{number}");
        plan.actions.push(action);
    }
    let whole = super::plan(&plan, &[], &Disclosure::default(), &[], usize::MAX);
    let cut = super::plan(&plan, &[], &Disclosure::default(), &[], WIDE);
    assert!(whole.len() > WIDE && cut.len() <= WIDE, "{} and {}", whole.len(), cut.len());
    assert!(cut.contains("502 to update") && cut.ends_with("has the whole of it._\n"));
    assert!(cut.contains("legacy"), "a delete outlives five hundred updates");
    structure(&cut);
}

#[test]
fn the_accounts_that_are_hurt_are_named_up_to_ten_and_the_json_has_them_all() {
    let plan = sample::hurting();
    let shown = super::plan(&plan, &[], &Disclosure::default(), &[], WIDE);
    let ten: Vec<String> = (0..10).map(|number| format!("2222333344{number:02}")).collect();
    let named = format!("{}, and 2 more", ten.join(", "));
    assert!(shown.contains(&format!("locks out: 12 accounts: {named}\n")), "{shown}");
    assert!(shown.contains(&format!("{named}</code>")), "{shown}");
    let json = serde_json::to_value(PlanFile::of(&plan, &Disclosure::default())).expect("JSON");
    for place in ["/preconditions/0/accounts", "/actions/0/locked_out"] {
        let accounts = json.pointer(place).and_then(Value::as_array).expect(place);
        assert_eq!((accounts.len(), &accounts[11]), (12, &json!("222233334411")), "{place}");
    }
    let precondition = json.pointer("/preconditions/0").and_then(Value::as_object).expect("one");
    let keys: Vec<&str> = precondition.keys().map(String::as_str).collect();
    assert_eq!(keys, ["accounts", "address", "code", "fix", "message", "state"]);
    let scalars = ["address", "code", "fix", "state"].map(|key| precondition[key].as_str().unwrap_or_default());
    assert_eq!(scalars, ["org-policy/111122223333/global/org-baseline", "P0121", "share it", "failed"]);
    let read: PlanFile = serde_json::from_value(json).expect("it is read again");
    assert_eq!(read.actions[0].locked_out.len(), 12);
}
