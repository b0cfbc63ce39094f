//! When a version is published, what then points at it, and what goes.

use std::collections::BTreeMap;

use bedrail::plan::Options;
use bedrail_localstack::Partition;

use crate::support::{Sandbox, assert_in_sync, steps};

/// A spec whose baseline says `message`, with these tags and this much more.
fn spec(message: &str, tags: &str, more: &str) -> String {
    format!(
        r#"
format: 1
stack: acme
organization: {{management_account: "111122223333"}}
regions: [us-east-1, eu-west-1]
scan: {{regions: declared}}
guardrails:
  baseline:
    blocked_input_messaging: {message}
    blocked_outputs_messaging: Sorry, this answer is not available.
    content_policy: {{filters: {{HATE: HIGH, SEXUAL: LOW, VIOLENCE: {{input: HIGH, output: LOW, input_modalities: [TEXT, IMAGE]}}}}}}
    word_policy: {{words: [alpha, beta]}}
    sensitive_information_policy: {{pii_entities: {{EMAIL: BLOCK, PHONE: ANONYMIZE}}}}
    tags: {tags}
    keep_versions: 1
resource_policies:
  baseline: {{guardrail: baseline, share_with: organization}}
org_policies:
  org: {{enforce: [{{guardrail: baseline}}], attach: [root]}}
account_enforcement:
  management: {{guardrail: baseline}}
{more}
"#
    )
}

async fn published(sandbox: &Sandbox) -> usize {
    sandbox.counts().await.get("bedrock:CreateGuardrailVersion").copied().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_of_content_publishes_once_per_region_and_moves_every_reference() {
    let sandbox = Sandbox::start().await;
    for (message, prunes) in [("One", 0), ("Two", 0), ("Three", 2), ("Four", 2)] {
        sandbox.forget_requests().await;
        let text = spec(message, "{}", "");
        let plan = sandbox.apply(&text).await;
        assert_eq!(published(&sandbox).await, 2, "{message}");
        // One of those that nothing uses is kept besides the one in use; the rest is pruned in the same apply.
        assert_eq!(plan.actions.iter().filter(|action| action.prune).count(), prunes, "{message}: {:?}", steps(&plan));
        if prunes > 0 {
            let moved: Vec<_> = steps(&plan).into_iter().filter(|step| step.starts_with("update")).collect();
            assert_eq!(moved.len(), 2 + 2 + 1, "two drafts, two enforcements, one policy: {moved:?}");
        }
        assert_in_sync(&sandbox.plan(&text).await, &text);
    }
    // Content that a kept version still carries is not published again.
    sandbox.forget_requests().await;
    sandbox.apply(&spec("Three", "{}", "")).await;
    assert_eq!(published(&sandbox).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_publish_nothing_and_order_means_nothing() {
    let sandbox = Sandbox::start().await;
    let text = spec("One", "{}", "");
    sandbox.apply(&text).await;
    sandbox.forget_requests().await;
    let tagged = spec("One", "{team: ai, cost: '42'}", "");
    let plan = sandbox.apply(&tagged).await;
    assert_eq!(steps(&plan), ["update guardrail baseline", "update guardrail baseline"]);
    let counts = sandbox.counts().await;
    assert_eq!((counts.get("bedrock:TagResource"), counts.get("bedrock:UpdateGuardrail")), (Some(&2), None));
    assert_eq!(published(&sandbox).await, 0);
    let shuffled = tagged
        .replace("{HATE: HIGH, SEXUAL: LOW, ", "{SEXUAL: LOW, HATE: {output: HIGH, input: HIGH}, ")
        .replace("[TEXT, IMAGE]", "[IMAGE, TEXT]")
        .replace("[alpha, beta]", "[beta, {text: alpha}]")
        .replace("{EMAIL: BLOCK, PHONE: ANONYMIZE}", "{PHONE: {action: ANONYMIZE}, EMAIL: BLOCK}");
    assert_ne!(shuffled, tagged);
    assert_in_sync(&sandbox.plan(&shuffled).await, &shuffled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_version_never_changes_and_moves_only_by_name() {
    let sandbox = Sandbox::start().await;
    let with = |message: &str, versions: &str| {
        spec(message, "{}", &format!("versions: {versions}"))
            .replace("[{guardrail: baseline}]", "[{guardrail: baseline, version: release-1}]")
            .replace("management: {guardrail: baseline}", "management: {guardrail: baseline, version: release-1}")
    };
    let first = with("One", "{release-1: {guardrail: baseline}}");
    sandbox.apply(&first).await;
    // The draft follows the spec; what is enforced does not, until the spec names another release.
    let drafted = with("Two", "{release-1: {guardrail: baseline}}");
    let plan = sandbox.apply(&drafted).await;
    assert_eq!(steps(&plan), ["update guardrail baseline", "update guardrail baseline"]);
    assert!(
        plan.warnings.iter().any(|warning| warning.message.contains("no enforcement and no call by number gets it")),
        "{:?}",
        plan.warnings
    );
    let both = "{release-1: {guardrail: baseline}, release-2: {guardrail: baseline}}";
    let second = with("Two", both).replace("version: release-1", "version: release-2");
    let plan = sandbox.apply(&second).await;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for action in &plan.actions {
        *kinds.entry(action.address.kind.word()).or_default() += 1;
    }
    assert_eq!(kinds, BTreeMap::from([("guardrail-version", 2), ("account-enforcement", 2), ("org-policy", 1)]));
    assert_in_sync(&sandbox.plan(&second).await, &second);
}

#[tokio::test(flavor = "multi_thread")]
async fn existing_numbers_can_be_named() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&spec("One", "{}", "")).await;
    let numbered =
        spec("One", "{}", "versions: {legacy: {guardrail: baseline, numbers: {us-east-1: \"1\", eu-west-1: \"1\"}}}")
            .replace("management: {guardrail: baseline}", "management: {guardrail: baseline, version: legacy}");
    assert_in_sync(&sandbox.plan(&numbered).await, &numbered);
    let missing = numbered.replace("eu-west-1: \"1\"", "eu-west-1: \"7\"");
    let plan = sandbox.plan(&missing).await;
    let held: Vec<_> = plan.held.iter().map(|held| (held.address.to_string(), held.why.word())).collect();
    assert_eq!(
        held,
        [
            ("guardrail-version/111122223333/eu-west-1/legacy".to_owned(), "precondition"),
            ("account-enforcement/111122223333/eu-west-1/account".to_owned(), "needs")
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_partition_is_the_same_to_the_spec() {
    for (partition, regions) in
        [(Partition::UsGov, "[us-gov-west-1, us-gov-east-1]"), (Partition::Eusc, "[eusc-de-east-1]")]
    {
        let sandbox = Sandbox::of(partition).await;
        let text = spec("One", "{}", "").replace("[us-east-1, eu-west-1]", regions);
        sandbox.apply(&text).await;
        assert_in_sync(&sandbox.plan(&text).await, &text);
        let arn = format!("arn:{}:bedrock:", partition.id());
        let sides = sandbox.sides(&text).await.expect("both sides");
        let guardrails = sides.live.found.iter().filter(|(address, _)| address.kind.word() == "guardrail");
        assert!(guardrails.clone().count() > 0);
        assert!(guardrails.into_iter().all(|(_, found)| found.id.as_str().starts_with(&arn)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_of_another_stack_is_used_at_its_newest_version_or_at_a_number() {
    let sandbox = Sandbox::start().await;
    let platform = |message: &str| {
        format!(
            r#"
format: 1
stack: platform
regions: [us-east-1]
scan: {{regions: declared}}
guardrails:
  shared:
    blocked_input_messaging: {message}
    blocked_outputs_messaging: Sorry, this answer is not available.
    word_policy: {{managed_word_lists: [PROFANITY]}}
versions: {{"{}": {{guardrail: shared}}}}
"#,
            message.to_lowercase()
        )
    };
    sandbox.apply(&platform("One")).await;
    let mine = |version: &str| {
        format!(
            r"
format: 1
stack: mine
regions: [us-east-1]
scan: {{regions: declared}}
external_guardrails: {{theirs: {{from_stack: platform, name: shared}}}}
account_enforcement: {{all: {{guardrail: theirs{version}}}}}
"
        )
    };
    let newest = mine("");
    assert_eq!(steps(&sandbox.apply(&newest).await), ["create account-enforcement account"]);
    assert_in_sync(&sandbox.plan(&newest).await, &newest);
    assert_in_sync(&sandbox.plan(&mine(", version: \"1\"")).await, "the same version by number");
    // It carries no mark, and enforces what is not ours: to change it takes a word.
    let second = mine(", version: \"2\"");
    let held = sandbox.plan(&second).await;
    assert_eq!(held.held[0].why.word(), "not-ours", "{:?}", held.held);
    let held = sandbox.plan_with(&second, &Options { adopt: true, ..Options::default() }).await;
    assert_eq!(held.held[0].why.word(), "needs", "{:?}", held.held);
}
