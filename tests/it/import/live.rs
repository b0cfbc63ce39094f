//! Everything that is enforced, as somebody else left it.

use bedrail::import::{Imported, Weight};
use bedrail::inventory::Wanted;
use bedrail::model::Region;
use bedrail::plan::{Options, Purpose};
use bedrail::spec::selector::Selector;
use serde_json::json;

use super::corpus::{create, publish, ready};
use super::{adopt, assert_formatted, imported};
use crate::support::{MANAGEMENT, Sandbox, random};

const THEIRS: &str = r#"
format: 1
stack: imported
organization: {management_account: "111122223333"}
regions: [us-east-1, eu-west-1]
guardrails:
  baseline:
    name: Acme_Baseline
    blocked_input_messaging: "No: $${region}"
    blocked_outputs_messaging: 'No "way" $${x}'
    cross_region_profile: auto
    content_policy: {tier: STANDARD, filters: {HATE: HIGH, VIOLENCE: {input: LOW, output: HIGH, input_action: NONE}}}
  plain:
    blocked_input_messaging: "yes"
    blocked_outputs_messaging: "111122223333"
    regions: [us-east-1]
    word_policy: {words: ["a: b", '#c', "no"], managed_word_lists: [PROFANITY]}
    tags: {team: ai}
resource_policies:
  baseline: {guardrail: baseline, share_with: organization, actions: [ApplyGuardrail, GetGuardrail]}
  plain: {guardrail: plain, share_with: {organizational_units: ["ou:Workloads/Prod", "ou:Sandbox"]}}
org_policies:
  org:
    enforce:
      - {guardrail: baseline, regions: [us-east-1, eu-west-1], selective_content_guarding: {system: SELECTIVE}}
    lock: true
    attach: ["ou:Workloads/Prod", account:sandbox-1]
  second:
    description: Said
    enforce: [{guardrail: plain, regions: [us-east-1], model_enforcement: {included_models: [ALL], excluded_models: ["amazon.titan-embed-text-v2:0"]}}]
    attach: ["ou:Sandbox"]
  deny:
    type: SERVICE_CONTROL_POLICY
    template: deny_unlisted_regions
    attach: ["ou:Sandbox"]
account_enforcement:
  all: {accounts: [management, account:sandbox-1], guardrail: baseline}
invocation_logging:
  all: {accounts: [management, account:sandbox-1], s3: {bucket: acme-logs, key_prefix: "a/"}, data: [TEXT]}
"#;

/// A local AWS in which this spec was applied.
async fn applied(text: &str) -> Sandbox {
    let sandbox = Sandbox::start().await;
    sandbox.apply(text).await;
    sandbox
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_organization_enforces_is_imported_and_adopted() {
    let sandbox = applied(THEIRS).await;
    sandbox.unmark().await;
    let accounts = ["management", "account:sandbox-1"].map(|text| Selector::of_argument(text).expect("a selector"));
    let imported = imported(&sandbox, Wanted { accounts: accounts.to_vec(), ..Wanted::default() }).await;
    assert_formatted(&imported.text);
    assert!(!imported.is_partial(), "{:#?}\n{}", imported.notes, imported.text);
    for said in [
        "  acme-baseline:\n    name: Acme_Baseline\n",
        "cross_region_profile: auto",
        "share_with: organization",
        "    share_with: {organizational_units: [ou:Sandbox, ou:Workloads/Prod]}",
        "    lock: true\n",
        "      - ou:Workloads/Prod\n",
        "\" # sandbox-1\n",
        "selective_content_guarding: {system: SELECTIVE}",
        "    type: SERVICE_CONTROL_POLICY\n",
        "    tags:\n      team: ai\n",
    ] {
        assert!(imported.text.contains(said), "{said}\n{}", imported.text);
    }
    adopt(&sandbox, &imported.text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn existing_versions_keep_their_numbers() {
    let sandbox = Sandbox::start().await;
    let root = sandbox.root(MANAGEMENT);
    let body = |word: &str| {
        json!({"name": "words", "blockedInputMessaging": "no", "blockedOutputsMessaging": "no",
            "wordPolicyConfig": {"wordsConfig": [{"text": word}]}})
    };
    for (region, words) in [("us-east-1", ["one", "two"]), ("eu-west-1", ["two", "two"])] {
        let id = create(&root, region, &body(words[0])).await;
        publish(&root, region, &id).await;
        let path = format!("/guardrails/{id}");
        assert_eq!(root.bedrock_in(region, "PUT", &path, &body(words[1])).await.status, 202);
        ready(&root, region, &id).await;
        publish(&root, region, &id).await;
    }
    let imported = imported(&sandbox, Wanted::default()).await;
    assert_eq!(imported.notes, [], "{}", imported.text);
    assert_eq!(imported.text.matches("    word_policy:").count(), 1, "both are one entry\n{}", imported.text);
    // What two Regions have in common is one release, whatever its numbers.
    assert!(imported.text.contains("numbers: {us-east-1: \"1\"}"), "{}", imported.text);
    assert!(
        imported.text.contains("eu-west-1: \"1\"") && imported.text.contains("us-east-1: \"2\""),
        "{}",
        imported.text
    );
    let plan = adopt(&sandbox, &imported.text).await;
    // Nobody has needed to read what these versions hold, so nobody can say that none holds what the draft does.
    assert!(plan.warnings.iter().all(|warning| warning.code != "W0902"), "{:#?}", plan.warnings);
}

#[tokio::test(flavor = "multi_thread")]
async fn namesakes_and_other_stacks_are_told_and_left() {
    let sandbox = applied(&THEIRS.replace("stack: imported", "stack: platform")).await;
    let root = sandbox.root(MANAGEMENT);
    for _ in 0..2 {
        let body = json!({"name": "twin", "blockedInputMessaging": "no", "blockedOutputsMessaging": "no",
            "wordPolicyConfig": {"managedWordListsConfig": [{"type": "PROFANITY"}]}});
        let answer = root.bedrock("POST", "/guardrails", &body).await;
        if answer.status != 202 {
            // A namesake that AWS refuses needs no telling.
            assert!(answer.text.contains("name"), "{}", answer.text);
        }
    }
    let one = Wanted { regions: [Region::new("us-east-1")].into(), ..Wanted::default() };
    let imported = imported(&sandbox, one).await;
    let told = |weight: Weight, word: &str| {
        imported.notes.iter().any(|note| note.weight == weight && note.to_string().contains(word))
    };
    assert!(told(Weight::Aside, "belongs to the stack `platform`"), "{:#?}", imported.notes);
    assert_formatted(&imported.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_enforces_a_guardrail_goes_with_it() {
    let sandbox = applied(&THEIRS.replace("stack: imported", "stack: platform")).await;
    let wanted = |account: &str| {
        let accounts = vec![Selector::of_argument(account).expect("a selector")];
        Wanted { accounts, regions: [Region::new("us-east-1")].into(), ..Wanted::default() }
    };
    // It carries no mark, and all of it was written by one role: whose it is, its guardrail says.
    let of_others = imported(&sandbox, wanted("management")).await;
    let told = |imported: &Imported, words: &[&str]| {
        let mut notes = imported.notes.iter().map(ToString::to_string);
        let found = notes.any(|note| words.iter().all(|word| note.contains(word)));
        assert!(found, "{words:?}\n{:#?}\n{}", imported.notes, imported.text);
    };
    told(&of_others, &["not carried over: it enforces arn:", "of the stack `platform`"]);
    assert!(!of_others.text.contains("account_enforcement:"), "{}", of_others.text);
    assert!(!of_others.is_partial(), "{:#?}", of_others.notes);

    // Somebody who reads a member alone cannot know.
    let of_member = imported(&sandbox, wanted("account:sandbox-1")).await;
    told(&of_member, &["which is not among what was read"]);
    assert!(of_member.text.contains("external_guardrails:"), "{}", of_member.text);
    assert_formatted(&of_member.text);
    let destroy = Options { purpose: Purpose::Destroy, ..Options::default() };
    let plan = sandbox.plan_with(&of_member.text, &destroy).await;
    assert!(plan.actions.is_empty(), "{:#?}", crate::support::steps(&plan));

    // Whose it is that could not be read is left alone.
    sandbox.set(json!({"refuse": [{"operation": "ListTagsForResource"}]})).await;
    let unseen = imported(&sandbox, wanted("management")).await;
    told(&unseen, &["not carried over: it enforces arn:", "whose that is could not be read"]);
    assert!(unseen.is_partial() && !unseen.text.contains("account_enforcement:"), "{}", unseen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_is_written_again_from_its_marks() {
    // What differs between the Regions of one entry stays one entry.
    let differing = THEIRS.replace("No: $${region}", "No: ${region}");
    let sandbox = applied(&differing).await;
    let accounts = ["management", "account:sandbox-1"].map(|text| Selector::of_argument(text).expect("a selector"));
    let wanted = Wanted { accounts: accounts.to_vec(), stack: "imported".to_owned(), ..Wanted::default() };
    let imported = imported(&sandbox, wanted).await;
    assert!(imported.text.contains("\n    region_overrides:\n"), "{}", imported.text);
    assert!(imported.text.contains("\n  baseline:\n"), "the key of the mark\n{}", imported.text);
    let plan = sandbox.plan(&imported.text).await;
    assert!(plan.actions.is_empty() && plan.held.is_empty(), "{:#?}\n{}", crate::support::steps(&plan), imported.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told() {
    let sandbox = applied(THEIRS).await;
    sandbox.unmark().await;
    sandbox.set(json!({"refuse": [{"operation": "GetResourcePolicy"}]})).await;
    let imported = imported(&sandbox, Wanted::default()).await;
    assert!(imported.is_partial(), "{}", imported.text);
    assert!(imported.text.contains("# Not carried over:\n"), "{}", imported.text);
    assert!(imported.notes.iter().any(|note| note.what.contains("could not be read")), "{:#?}", imported.notes);
}

/// What a spec wants, but for what is not carried over: IAM policies, and service control policies that are about more.
fn declared(number: u64, release: &'static str) -> serde_json::Value {
    let mut spec = random::known(number, random::spec(release));
    if let Some(sections) = spec.as_object_mut() {
        sections.remove("iam_policies");
        if let Some(policies) = sections.get_mut("org_policies").and_then(serde_json::Value::as_object_mut) {
            policies.remove("deny");
        }
    }
    spec
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_spec_made_is_written_again() {
    for number in 0..8 {
        let made = random::written(&declared(number, "r1"), 0);
        let sandbox = applied(&made).await;
        let all = Selector::of_argument("all").expect("a selector");
        let wanted = Wanted { accounts: vec![all], stack: "acme".to_owned(), ..Wanted::default() };
        let imported = imported(&sandbox, wanted).await;
        assert_formatted(&imported.text);
        assert!(!imported.is_partial(), "{number}: {:#?}\n{made}\n{}", imported.notes, imported.text);
        let plan = sandbox.plan(&imported.text).await;
        let fields: Vec<_> = plan.actions.iter().map(|action| (action.address.to_string(), &action.fields)).collect();
        assert!(fields.is_empty() && plan.held.is_empty(), "{number}: {fields:#?}\n{made}\n{}", imported.text);
    }
}
