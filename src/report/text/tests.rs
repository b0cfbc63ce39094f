use crate::drift::FindingKind;
use crate::kinds::Model;
use crate::plan::{Plan, Warning};
use crate::report::drift::tests::{agreed, drift_of};
use crate::report::{Disclosure, Look, Refusal, Style, sample};

fn shown(plan: &Plan, refusals: &[Refusal], width: usize) -> String {
    let disclosure = Disclosure::default();
    super::plan(plan, refusals, Look { style: Style::Plain, width, disclosure: &disclosure, beyond: &[] })
}

#[test]
fn a_first_plan() {
    insta::assert_snapshot!(shown(&sample::first(), &[], 100), @r#"
    Plan: 9 to create, 3 to publish; 12 unchanged.
    Stack acme-ai-safety. Looked at 1 account in 3 Regions: ap-southeast-2, eu-west-1, us-east-1.

    Step 1 of 4
      + create guardrail/111122223333/*/baseline  (guardrails.baseline)
          in ap-southeast-2, eu-west-1, us-east-1
          name                       acme-baseline
          description                Baseline guardrail for every account of the company
          blocked_input_messaging    (35 characters #b42029bae4b2)
          blocked_outputs_messaging  (36 characters #7f94cf4360e7)
          content_policy             HATE HIGH, PROMPT_ATTACK HIGH in
          tags                       owner=ai-platform
          topic_policy               1 topic: Legal advice
          word_policy                (3 words #b0d98a8599c0)

      + create org-policy-type/111122223333/global/BEDROCK_POLICY  (guardrails.baseline)

    Step 2 of 4
      > publish guardrail-version/111122223333/*/baseline-2026-11  (guardrails.baseline)
          in ap-southeast-2, eu-west-1, us-east-1
          content  #112214d6f5e2

      + create resource-policy/111122223333/*/baseline  (guardrails.baseline)
          in ap-southeast-2, eu-west-1, us-east-1
          allows  bedrock:ApplyGuardrail to everyone where aws:PrincipalOrgID is o-bedrailsand

    Step 3 of 4
      + create org-policy/111122223333/global/org-baseline  (guardrails.baseline)
          name          bedrail-org-baseline
          description   Baseline
          in us-east-1  guardrail-version/111122223333/us-east-1/baseline-2026-11

    Step 4 of 4
      + create org-policy-attachment/111122223333/global/org-baseline:r-sand  (guardrails.baseline)
          reaches  root (r-sand): 7 accounts
    "#);
}

#[test]
fn an_eventful_plan() {
    let plan = sample::eventful();
    let refusals = [Refusal::Hazard { hazard: crate::plan::Hazard::Deletes, address: plan.actions[3].address.clone() }];
    insta::assert_snapshot!(shown(&plan, &refusals, 80), @r#"
    Plan: 1 to publish, 2 to update, 1 to delete, 1 to prune; 1 held; 1 place not
    seen; 12 unchanged. 2 changes weaken protection; 2 cannot be ranked.
    Stack acme-ai-safety. Looked at 1 account in 2 Regions: ap-southeast-2,
    eu-west-1, and scanned 1 other.
    2 Regions are not enabled, so nothing of this stack can be in use there:
    af-south-1, me-south-1.
    1 Region refused the scan (AccessDenied): eu-central-2.

    Refused until it is allowed
      deletes  guardrail/111122223333/us-east-1/legacy
      To allow it, add:  --allow deletes:guardrail/111122223333/us-east-1/legacy

    Held, and not done: 1
      update account-enforcement/111122223333/eu-west-1/account  not-ours
          the account enforces guardrail/xyz789, which is not of this stack;
          `--adopt` takes it over

    Not seen, so nothing that depends on it is touched
      resource-policy/111122223333/eu-west-1/*
          AccessDenied: User: arn:aws:sts::111122223333:assumed-role/Plan/x is not
          authorized to perform: bedrock:GetResourcePolicy (request 1-2-3)

    Step 1 of 4
      ~ update guardrail/111122223333/us-east-1/baseline  (guardrails.baseline)
          blocked_input_messaging
            - (35 characters #b42029bae4b2)
            + (3 characters #a06fcf42f646)
          content_policy.filters.HATE.input   HIGH    → LOW  weakens
          content_policy.filters.VIOLENCE     + HIGH in and MEDIUM out  strengthens
          description                         Baseline guardrail for
                                              [-every-]{+each+} account of the
                                              company
          topic_policy.topics.Legal advice.definition  unranked
            Guidance on legal rights, [-disputes-]{+quarrels+} or court action.
          topic_policy.topics.Medical advice  + definition "Diagnosis or treatment
                                              of an illness.", examples (1 text
                                              #ed94ebbaaf83)  strengthens
          word_policy.words  strengthens
            - 3 words
            + 4 words (1 added)
          hazard                              weakens

    Step 2 of 4
      > publish guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de
          (guardrails.baseline)
          content  #112214d6f5e2

    Step 3 of 4
      ~ update org-policy/111122223333/global/org-baseline  (guardrails.baseline)
          document  mixed
                    "us-east-1": {
                      "config_1": {
                        "identifier": {
            -             "@@assign": "${guardrail-version/111122223333/us-east-1/baseline@0a0a0a0a0a0a}"
            +             "@@assign": "${guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de}"
                        },
                        "selective_content_guarding": {
                          "messages": {
          us-east-1.config_1.identifier         what it points at changes  mixed
            content_policy.filters.HATE.input   HIGH → LOW  weakens
            content_policy.filters.VIOLENCE     + HIGH in and MEDIUM out
                                                strengthens
            topic_policy.topics.Legal advice.definition  unranked
              Guidance on legal rights, [-disputes-]{+quarrels+} or court action.
            topic_policy.topics.Medical advice  + definition "Diagnosis or treatment
                                                of an illness.", examples (1 text
                                                #ed94ebbaaf83)  strengthens
            word_policy.words                   1 added  strengthens
          hazard                                weakens

    Step 4 of 4
      - delete guardrail/111122223333/us-east-1/legacy
          name  acme-baseline
          hazard  deletes

    Pruned at the end
      Published for earlier content, used by nothing that was seen, and beyond
      keep_versions.
      - prune guardrail-version/111122223333/us-east-1/baseline@0a0a0a0a0a0a

    Warnings
      guardrail/111122223333/us-east-1/draft-only: no version of this guardrail
      carries its current content, so nothing enforces it [W0902]

    Not ours, and left alone: 1
      guardrail/111122223333/us-east-1/team-chatbot  unmarked
    "#);
}

#[test]
fn nothing_to_do() {
    let plan = sample::Builder::default().plan();
    insta::assert_snapshot!(shown(&plan, &[], 80), @r#"
    Nothing to do: all 12 resources are as the spec says.
    Stack acme-ai-safety. Looked at 1 account in 3 Regions: ap-southeast-2,
    eu-west-1, us-east-1.
    "#);
}

/// What a terminal and a CI log see: nothing that they obey.
fn obeys_nothing(text: &str) {
    let disclosure = Disclosure { content: true, ..Disclosure::default() };
    let plan = sample::filled_with(text);
    let look = Look { style: Style::Plain, width: 60, disclosure: &disclosure, beyond: &[] };
    for report in [super::plan(&plan, &[], look), super::drift(&plan, &drift_of(&plan), look)] {
        assert!(!report.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{report:?}");
        for line in report.lines().map(str::trim_start) {
            assert!(!line.starts_with("::") && !line.starts_with("##"), "{line}");
        }
    }
}

#[test]
fn hostile_text_is_obeyed_by_nobody() {
    obeys_nothing(sample::HOSTILE);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_is_obeyed(text in r"([\s\S]{0,9}|::error::|##\[group\]|\x1b\[2J| ){0,9}") {
        obeys_nothing(&text);
    }
}

#[test]
fn secrets_are_in_no_report() {
    let plan = sample::filled_with("hunter2");
    let secrets = std::collections::BTreeSet::from(["hunter2".to_owned()]);
    let disclosure = Disclosure { content: true, secrets };
    let look = Look { style: Style::Plain, width: 80, disclosure: &disclosure, beyond: &[] };
    // Keys of the spec and names of Regions cannot come from the environment.
    let structure = |report: String| {
        ["/xhunter2", "Stack hunter2", ": hunter2.", "(hunter2)"]
            .iter()
            .fold(report, |rest, known| rest.replace(known, ""))
    };
    for report in [super::plan(&plan, &[], look), super::drift(&plan, &drift_of(&plan), look)].map(structure) {
        assert!(!report.contains("hunter2"), "{report}");
    }
}

#[test]
fn drift_tells_what_changed() {
    let disclosure = Disclosure::default();
    let look = Look { style: Style::Plain, width: 80, disclosure: &disclosure, beyond: &[] };
    let mut plan = sample::eventful();
    plan.held.clear();
    plan.blind.clear();
    insta::assert_snapshot!(super::drift(&plan, &drift_of(&plan), look), @r#"
    Drift: 2 modified, 1 missing, 2 left behind; 2 weaker than the spec; 12 as the
    spec says.
    Stack acme-ai-safety. Looked at 1 account in 2 Regions: ap-southeast-2,
    eu-west-1, and scanned 1 other.
    2 Regions are not enabled, so nothing of this stack can be in use there:
    af-south-1, me-south-1.
    1 Region refused the scan (AccessDenied): eu-central-2.

    Changed behind bedrail's back (what the spec says → what AWS has)
      ~ modified guardrail/111122223333/us-east-1/baseline  (guardrails.baseline)
          blocked_input_messaging
            - (3 characters #a06fcf42f646)
            + (35 characters #b42029bae4b2)
          content_policy.filters.HATE.input   LOW     → HIGH  strengthens
          content_policy.filters.VIOLENCE     - HIGH in and MEDIUM out  weakens
          description                         Baseline guardrail for
                                              [-each-]{+every+} account of the
                                              company
          topic_policy.topics.Legal advice.definition  unranked
            Guidance on legal rights, [-quarrels-]{+disputes+} or court action.
          topic_policy.topics.Medical advice  - definition "Diagnosis or treatment
                                              of an illness.", examples (1 text
                                              #ed94ebbaaf83)  weakens
          word_policy.words                   4 words → 3 words (1 removed)  weakens
          finding drift-76e59b785196
      ~ modified org-policy/111122223333/global/org-baseline  (guardrails.baseline)
          document  mixed
                    "us-east-1": {
                      "config_1": {
                        "identifier": {
            -             "@@assign": "${guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de}"
            +             "@@assign": "${guardrail-version/111122223333/us-east-1/baseline@0a0a0a0a0a0a}"
                        },
                        "selective_content_guarding": {
                          "messages": {
          us-east-1.config_1.identifier         what it points at changes  mixed
            content_policy.filters.HATE.input   LOW → HIGH  strengthens
            content_policy.filters.VIOLENCE     - HIGH in and MEDIUM out  weakens
            topic_policy.topics.Legal advice.definition  unranked
              Guidance on legal rights, [-quarrels-]{+disputes+} or court action.
            topic_policy.topics.Medical advice  - definition "Diagnosis or treatment
                                                of an illness.", examples (1 text
                                                #ed94ebbaaf83)  weakens
            word_policy.words                   1 removed  weakens
          finding drift-dc4edfe9d254

    Missing from AWS
      - missing guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de
          (guardrails.baseline)
          finding drift-679fafd6a819

    Left behind: ours, and no longer declared
      + left behind guardrail/111122223333/us-east-1/legacy
          name  acme-baseline
          finding drift-aa582fb84212
      + left behind guardrail-version/111122223333/us-east-1/baseline@0a0a0a0a0a0a
          finding drift-c0aeaf793874

    To bring AWS back to the spec
      bedrail apply --allow weakens,deletes

    Warnings
      guardrail/111122223333/us-east-1/draft-only: no version of this guardrail
      carries its current content, so nothing enforces it [W0902]

    Not ours, and left alone: 1
      guardrail/111122223333/us-east-1/team-chatbot  unmarked
    "#);
}

#[test]
fn what_was_agreed_to_is_not_mended_with_the_rest() {
    let disclosure = Disclosure::default();
    let look = Look { style: Style::Plain, width: 80, disclosure: &disclosure, beyond: &[] };
    let plan = sample::eventful();
    let mut drift = drift_of(&plan);
    agreed(&mut drift, FindingKind::LeftBehind);
    let shown = super::drift(&plan, &drift, look);
    let (_, commands) = shown.split_once("To bring AWS back to the spec\n").expect("commands");
    let commands: Vec<&str> = commands.lines().take_while(|line| !line.is_empty()).collect();
    let open = drift.open().filter(|finding| !finding.actions.is_empty()).count();
    assert!(open > 1 && commands.len() == open, "{commands:?}");
    assert!(commands.iter().all(|command| command.starts_with("  bedrail apply --target ")), "{commands:?}");
    assert!(!commands.iter().any(|command| command.contains("legacy")), "{commands:?}");
}

#[test]
fn what_is_said_of_many_stands_before_their_names() {
    let mut plan = sample::eventful();
    let warning = plan.warnings.remove(0);
    let of = |name: &str| Some(sample::address(&format!("guardrail/111122223333/us-east-1/{name}")));
    plan.warnings = ["a", "b", "c"].map(|name| Warning { address: of(name), ..warning.clone() }).to_vec();
    let shown = shown(&plan, &[], 80);
    let (_, warnings) = shown.split_once("\nWarnings\n").expect("warnings");
    insta::assert_snapshot!(warnings.split("\n\n").next().unwrap_or_default(), @r"
      no version of this guardrail carries its current content, so nothing enforces
      it [W0902]:
          guardrail/111122223333/us-east-1/a, guardrail/111122223333/us-east-1/b,
          guardrail/111122223333/us-east-1/c
    ");
}

#[test]
fn the_accounts_that_are_hurt_are_named_up_to_ten() {
    insta::assert_snapshot!(shown(&sample::hurting(), &[], 100), @"
    Plan: 1 to delete; 12 unchanged.
    Stack acme-ai-safety. Looked at 1 account in 3 Regions: ap-southeast-2, eu-west-1, us-east-1.

    Preconditions: 1 failed
      failed org-policy/111122223333/global/org-baseline: the resource policy of the guardrail leaves
      out 12 of 12 reached accounts [P0121]
          accounts: 222233334400, 222233334401, 222233334402, 222233334403, 222233334404, 222233334405,
          222233334406, 222233334407, 222233334408, 222233334409, and 2 more
          fix: share it

    What will be done
      - delete resource-policy/111122223333/us-east-1/baseline
          locks out  12 accounts: 222233334400, 222233334401, 222233334402, 222233334403, 222233334404,
                     222233334405, 222233334406, 222233334407, 222233334408, 222233334409, and 2 more
          hazard     deletes, lockout
    ");
}

/// The rows of an update of the guardrail or of a policy document, one a line.
fn rows_of(have: Model, want: Model, at: &str) -> String {
    let mut builder = sample::Builder::default();
    builder.add(at, Some(have), Some(want), &[]);
    shown(&builder.plan(), &[], 100)
}

#[test]
fn words_in_other_letter_case_are_the_same_words() {
    let with = |words: &[&str]| {
        let mut model = sample::guardrail();
        let policy = model.content.word_policy.as_mut().expect("words");
        let rule = policy.words.values().next().expect("a word").clone();
        policy.words = words.iter().map(|word| ((*word).to_owned(), rule.clone())).collect();
        Model::from(model)
    };
    let shown = rows_of(
        with(&["foo", "bar", "Baz"]),
        with(&["Foo", "bar", "new"]),
        "guardrail/111122223333/us-east-1/baseline",
    );
    assert!(shown.contains("3 words (1 added, 1 removed, 1 in other letter case)"), "{shown}");
    let shown = rows_of(with(&["foo"]), with(&["Foo"]), "guardrail/111122223333/us-east-1/baseline");
    assert!(shown.contains("1 word (1 in other letter case)"), "{shown}");
    assert!(!shown.contains("weakens") && !shown.contains("strengthens"), "{shown}");
}

#[test]
fn a_document_is_shown_once() {
    let have = sample::sharing();
    let mut want = have.clone();
    let narrower = serde_json::to_string(&want.document).expect("JSON").replace("o-bedrailsand", "o-another");
    want.document = serde_json::from_str::<serde_json::Value>(&narrower).expect("JSON").into();
    let shown = rows_of(have.into(), want.into(), "resource-policy/111122223333/us-east-1/baseline");
    assert_eq!(shown.matches("o-another").count(), 1, "{shown}");
    assert_eq!(shown.matches("o-bedrailsand").count(), 1, "{shown}");
}
