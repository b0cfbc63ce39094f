//! What happens behind bedrail's back is told as what it is: one finding, of its kind, with an id that stays.

use std::time::Duration;

use bedrail::aws::Access;
use bedrail::drift::{Beside, Drift, Finding, FindingKind, Invocation, find};
use bedrail::live;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::model::{Blind, Digest, Direction};
use bedrail::plan::Options;
use bedrail::reconcile::Sides;
use serde_json::{Value, json};

use super::{enforcing_theirs, guardrail, spec};
use crate::behind;
use crate::support::{MANAGEMENT, Sandbox};

const SANDBOX_1: &str = "555566667777";
/// Longer than the local AWS takes here.
const PATIENCE: Duration = Duration::from_secs(3);

/// A guardrail that everybody below one unit is under, and the home account by itself.
fn sections() -> String {
    format!(
        "guardrails:\n{}resource_policies: {{strong: {{guardrail: strong, share_with: organization}}}}\n\
         org_policies: {{top: {{enforce: [{{guardrail: strong}}], attach: [\"ou:Sandbox\"]}}}}\n\
         account_enforcement: {{home: {{guardrail: strong}}}}\n",
        guardrail("strong", "zeus", "")
    )
}

/// What differs, and what could not be seen.
async fn watched(sandbox: &Sandbox, text: &str) -> (Drift, Vec<Blind>) {
    let clients = sandbox.clients(Access::ReadOnly).await;
    let sides = Sides::read(&crate::support::spec(text), &clients, &mut Diagnostics::default()).await;
    let sides = sides.unwrap_or_else(|failure| panic!("{failure:?}"));
    let plan = sides.plan(&Options::default(), Digest::of(&text)).unwrap_or_else(|failure| panic!("{failure:?}"));
    let beside: Beside = live::beside(&clients, &sides.live, &sides.facts, PATIENCE).await;
    let drift = find(&plan, &beside, &Invocation::default(), &[]);
    (drift, plan.blind.into_iter().chain(beside.blind).collect())
}

/// What differs, told twice, with everything in sight.
async fn drift(sandbox: &Sandbox, sections: &str) -> Drift {
    let (first, blind) = watched(sandbox, &spec(sections)).await;
    assert_eq!(blind, []);
    let (second, _) = watched(sandbox, &spec(sections)).await;
    assert_eq!(first, second, "a second look tells the same");
    first
}

/// `kind address` of what somebody must look at.
fn told(drift: &Drift) -> Vec<String> {
    let ours = drift.findings.iter().filter(|finding| finding.kind != FindingKind::Unmanaged);
    let address = |finding: &Finding| finding.address.as_ref().map(ToString::to_string).unwrap_or_default();
    ours.map(|finding| format!("{} {}", finding.kind.word(), address(finding))).collect()
}

fn only(drift: &Drift) -> &Finding {
    let ours: Vec<&Finding> = drift.open().filter(|finding| finding.kind != FindingKind::Unmanaged).collect();
    let [finding] = ours[..] else { panic!("{ours:#?}") };
    assert!(drift.differs());
    finding
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_is_modified_and_another_change_is_another_finding() {
    let sandbox = Sandbox::applied(&sections()).await;
    assert_eq!(told(&drift(&sandbox, &sections()).await), [""; 0]);
    let mut ids = Vec::new();
    for text in ["Yes.", "Maybe."] {
        let set =
            |state: &mut Value| behind::guardrail(state)["draft"]["content"]["blockedInputMessaging"] = json!(text);
        sandbox.edit(set).await;
        let drift = drift(&sandbox, &sections()).await;
        assert_eq!(told(&drift), [format!("modified guardrail/{MANAGEMENT}/us-east-1/strong")]);
        let finding = only(&drift);
        assert_eq!(
            finding.differing().map(|field| field.path.as_str()).collect::<Vec<_>>(),
            ["blocked_input_messaging"]
        );
        assert!(finding.remedy.starts_with("bedrail apply --target guardrail/111122223333/us-east-1/strong"));
        ids.push(finding.id.clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_an_enforcement_is_told_and_what_is_gone_is_missing() {
    let sandbox = Sandbox::applied(&sections()).await;
    let home = sandbox.root(MANAGEMENT);
    let listed = home.bedrock("GET", "/enforcedGuardrailsConfiguration", &json!({})).await.json();
    let found = &listed["guardrailsConfig"][0];
    let weaker = json!({"configId": found["configId"], "guardrailInferenceConfig": {
        "guardrailIdentifier": found["guardrailId"], "guardrailVersion": found["guardrailVersion"],
        "selectiveContentGuarding": {"system": "SELECTIVE", "messages": "SELECTIVE"}}});
    let changed = home.bedrock("PUT", "/enforcedGuardrailsConfiguration", &weaker).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let modified = drift(&sandbox, &sections()).await;
    let finding = only(&modified);
    assert_eq!((finding.kind, finding.direction), (FindingKind::Modified, Some(Direction::Weakens)), "{finding:#?}");
    assert_eq!(finding.updated_by.as_deref(), Some("arn:aws:iam::111122223333:root"));

    let id = found["configId"].as_str().expect("an id");
    let gone = home.bedrock("DELETE", &format!("/enforcedGuardrailsConfiguration/{id}"), &json!({})).await;
    assert_eq!(gone.status, 200, "{gone:?}");
    let missing = drift(&sandbox, &sections()).await;
    assert_eq!(told(&missing), [format!("missing account-enforcement/{MANAGEMENT}/us-east-1/account")]);
    assert_eq!(only(&missing).direction, Some(Direction::Weakens));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_declared_is_left_behind_and_what_others_make_is_unmanaged() {
    let more = sections().replace("resource_policies:", &(guardrail("extra", "ajax", "") + "resource_policies:"));
    let sandbox = Sandbox::applied(&more).await;
    let theirs = json!({"name": "theirs", "blockedInputMessaging": "No.", "blockedOutputsMessaging": "No.",
        "wordPolicyConfig": {"wordsConfig": [{"text": "tulip"}]}});
    let made = sandbox.root(MANAGEMENT).bedrock("POST", "/guardrails", &theirs).await;
    assert_eq!(made.status, 202, "{made:?}");
    let left = drift(&sandbox, &sections()).await;
    assert_eq!(told(&left), [format!("left-behind guardrail/{MANAGEMENT}/us-east-1/extra")]);
    let finding = only(&left);
    assert!(finding.remedy.ends_with("--allow deletes:guardrail/111122223333/us-east-1/extra"), "{}", finding.remedy);

    let foreign = drift(&sandbox, &more).await;
    let [theirs] = &foreign.findings[..] else { panic!("{foreign:#?}") };
    assert_eq!(theirs.kind, FindingKind::Unmanaged);
    assert_eq!(theirs.address.as_ref().map(|address| address.name.as_str()), Some("theirs"));
    assert!(!foreign.differs(), "what is not ours changes no exit code");
}

/// A policy of others, attached to a node; its configuration of one Region is this.
async fn attach_theirs(sandbox: &Sandbox, node: &str, region: &str, configuration: &Value) {
    let home = sandbox.root(MANAGEMENT);
    let content = json!({"bedrock": {"guardrail_inference": {region: {"config_1": configuration}}}}).to_string();
    let policy = json!({"Name": "theirs", "Description": "", "Type": "BEDROCK_POLICY", "Content": content});
    let made = home.organizations("CreatePolicy", &policy).await;
    let id = made.json()["Policy"]["PolicySummary"]["Id"].clone();
    assert!(id.is_string(), "{made:?}");
    let attached = home.organizations("AttachPolicy", &json!({"PolicyId": id, "TargetId": node})).await;
    assert_eq!(attached.status, 200, "{attached:?}");
    // Until AWS has worked it out.
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_others_further_down_shadows_ours() {
    let sandbox = Sandbox::applied(&sections()).await;
    let models = json!({"model_enforcement": {
        "included_models": {"@@assign": ["ALL"]}, "excluded_models": {"@@assign": ["amazon.nova-pro-v1:0"]}}});
    attach_theirs(&sandbox, SANDBOX_1, "us-east-1", &models).await;
    let drift = drift(&sandbox, &sections()).await;
    assert_eq!(told(&drift), [format!("shadowed org-policy/{MANAGEMENT}/global/top")]);
    let finding = only(&drift);
    assert_eq!(finding.accounts.iter().map(ToString::to_string).collect::<Vec<_>>(), [SANDBOX_1]);
    assert_eq!(finding.reach, Some(1));
    assert!(
        finding.message.contains("but amazon.nova-pro-v1:0") && finding.message.contains("theirs (p-"),
        "{finding:#?}"
    );
    let counts = sandbox.counts().await;
    assert!(counts.contains_key("organizations:ListAccountsWithInvalidEffectivePolicy"), "{counts:#?}");
}

/// AWS works it out later: that is told if it lasts, and not before.
#[tokio::test(flavor = "multi_thread")]
async fn what_aws_has_yet_to_work_out_is_waited_for() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&spec(&sections())).await;
    for (delay, expected) in [(1_500, None), (60_000, Some("shadowed"))] {
        sandbox.set(json!({"propagation_ms": 20})).await;
        let home = sandbox.root(MANAGEMENT);
        let listed = home.organizations("ListPolicies", &json!({"Filter": "BEDROCK_POLICY"})).await.json();
        let id = listed["Policies"][0]["Id"].clone();
        let target = json!({"PolicyId": id, "TargetId": "ou-sand-sandbox0"});
        assert_eq!(home.organizations("DetachPolicy", &target).await.status, 200);
        tokio::time::sleep(Duration::from_millis(200)).await;
        sandbox.set(json!({"propagation_ms": delay})).await;
        assert_eq!(home.organizations("AttachPolicy", &target).await.status, 200);
        let (drift, blind) = watched(&sandbox, &spec(&sections())).await;
        assert_eq!(blind, []);
        let kinds: Vec<&str> = drift.findings.iter().map(|finding| finding.kind.word()).collect();
        assert_eq!(kinds, expected.into_iter().collect::<Vec<_>>(), "{drift:#?}");
        if expected.is_some() {
            assert_eq!(only(&drift).direction, Some(Direction::Weakens));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_calls_invalid_is_told_with_the_accounts() {
    let sandbox = Sandbox::applied(&sections()).await;
    attach_theirs(
        &sandbox,
        SANDBOX_1,
        "eu-west-1",
        &json!({"selective_content_guarding": {"system": {"@@assign": "selective"}}}),
    )
    .await;
    let drift = drift(&sandbox, &sections()).await;
    assert_eq!(told(&drift), [format!("invalid-effective org-policy/{MANAGEMENT}/global/top")]);
    let finding = only(&drift);
    assert_eq!(finding.accounts.iter().map(ToString::to_string).collect::<Vec<_>>(), [SANDBOX_1]);
    assert!(finding.remedy.ends_with("--account-id 555566667777"), "{}", finding.remedy);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_no_longer_share_is_a_precondition_that_was_lost() {
    let sandbox = Sandbox::start().await;
    let theirs = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    );
    let text = enforcing_theirs(&sandbox, &theirs).await;
    sandbox.apply(&text).await;
    let (peace, blind) = watched(&sandbox, &text).await;
    assert!(told(&peace).is_empty() && blind.is_empty(), "{peace:#?}");
    let arn = text.split('"').find(|part| part.contains(":guardrail/")).expect("an ARN").replace([':', '/'], "%");
    let arn = arn.replace(
        "arn%aws%bedrock%us-east-1%111122223333%guardrail%",
        "arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aguardrail%2F",
    );
    let gone = sandbox.root(MANAGEMENT).bedrock("DELETE", &format!("/resource-policy/{arn}"), &json!({})).await;
    assert_eq!(gone.status, 200, "{gone:?}");
    let (lost, _) = watched(&sandbox, &text).await;
    assert_eq!(told(&lost), [format!("precondition-lost org-policy/{MANAGEMENT}/global/org")]);
    assert!(only(&lost).message.ends_with("[P0121]"), "{lost:#?}");
    assert!(only(&lost).may_weaken());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_apply_would_hold_is_judged_like_what_it_would_mend() {
    let sandbox = Sandbox::applied(&sections()).await;
    let weaker = |state: &mut Value| {
        let draft = &mut behind::guardrail(state)["draft"];
        draft["content"]["wordPolicy"] = json!(null);
        draft["content"]["blockedInputMessaging"] = json!("Maybe.");
    };
    sandbox.edit(weaker).await;
    let mended = drift(&sandbox, &sections()).await;
    let mended = only(&mended);
    sandbox.edit(|state| behind::guardrail(state)["tags"] = json!({})).await;
    let held = drift(&sandbox, &sections()).await;
    let held = held.open().find(|finding| finding.address == mended.address).unwrap_or_else(|| panic!("{held:#?}"));
    assert!(held.actions.is_empty() && held.remedy.contains("--adopt"), "{held:#?}");
    assert_eq!((held.kind, held.direction), (FindingKind::Modified, mended.direction), "{held:#?}");
    for field in &mended.fields {
        assert!(held.fields.contains(field), "{field:?} in {held:#?}");
    }
    assert!(held.may_weaken());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_what_could_not_be_read_may_be_as_it_should_be() {
    let sandbox = Sandbox::applied(&sections()).await;
    sandbox.refuse(&["ListGuardrails"]).await;
    let (drift, blind) = watched(&sandbox, &spec(&sections())).await;
    assert_eq!(told(&drift), [""; 0], "{drift:#?}");
    assert!(!blind.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_joins_is_new() {
    let members =
        sections().replace("{home: {guardrail: strong}}", "{all: {accounts: [\"ou:Sandbox\"], guardrail: strong}}");
    let sandbox = Sandbox::applied(&members).await;
    sandbox.edit(|state| state["organization"]["accounts"]["444455556666"]["parent"] = json!("ou-sand-sandbox0")).await;
    let drift = drift(&sandbox, &members).await;
    assert_eq!(told(&drift), ["new-account account-enforcement/444455556666/us-east-1/account"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_effect_and_cannot_be_read_is_not_seen() {
    let sandbox = Sandbox::applied(&sections()).await;
    for operation in ["DescribeEffectivePolicy", "ListAccountsWithInvalidEffectivePolicy"] {
        sandbox.refuse(&[operation]).await;
        let (drift, blind) = watched(&sandbox, &spec(&sections())).await;
        assert_eq!(told(&drift), [""; 0]);
        let [blind] = &blind[..] else { panic!("{blind:#?}") };
        assert!(blind.name.as_ref().is_some_and(|name| name.starts_with("effective-policy:")), "{blind:#?}");
    }
    // One call for all accounts that are below the same policies.
    sandbox.set(json!({"refuse": []})).await;
    sandbox.forget_requests().await;
    watched(&sandbox, &spec(&sections())).await;
    assert_eq!(sandbox.counts().await["organizations:DescribeEffectivePolicy"], 1);
}
