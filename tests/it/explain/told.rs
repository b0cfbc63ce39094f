//! What is told of a cell beside the union: where it comes from, what is shadowed, what ought not to be so, and what was not seen;
//! and that a plan is told as it comes to be.

use bedrail::aws::Access;
use bedrail::explain::{
    Cell, Explanation, FindingKind, GapKind, Ground, Guard, Level, Part, Planned, chain_of, explain,
};
use bedrail::live::bearing;
use bedrail::model::{AccountId, Facts, Region};
use bedrail::plan::Options;
use serde_json::json;

use super::{explained, facts};
use crate::support::{MANAGEMENT, Sandbox};

const MEMBER: &str = "333344445555";

pub(super) const SPEC: &str = r#"
format: 1
stack: acme
organization: {management_account: "111122223333"}
regions: [us-east-1]
scan: {regions: declared}
guardrails:
  strong:
    blocked_input_messaging: "No."
    blocked_outputs_messaging: "No."
    content_policy: {filters: {HATE: HIGH, VIOLENCE: LOW}}
    word_policy: {words: [zeus]}
  own:
    blocked_input_messaging: "No."
    blocked_outputs_messaging: "No."
    content_policy: {filters: {HATE: LOW, VIOLENCE: MEDIUM}}
versions: {strong-1: {guardrail: strong}}
resource_policies:
  strong: {guardrail: strong, share_with: organization}
  own: {guardrail: own, share_with: organization}
org_policies:
  org:
    enforce:
      - guardrail: strong
        version: strong-1
        selective_content_guarding: {system: SELECTIVE}
        model_enforcement: {included_models: [ALL], excluded_models: ["amazon.nova-lite-v1:0"]}
    attach: [root]
  deny: {type: SERVICE_CONTROL_POLICY, template: require_guardrail, guardrails: [own], attach: ["ou:Workloads"]}
account_enforcement: {prod: {accounts: ["account:payments-prod"], guardrail: own}}
"#;

fn place() -> (AccountId, Region) {
    (MEMBER.parse().expect("an account id"), Region::new("us-east-1"))
}

/// What matters to a reader, without the ids that AWS gives.
fn gist(explanation: &Explanation<'_>) -> serde_json::Value {
    let models: Vec<_> = explanation
        .models
        .iter()
        .map(|models| {
            let of = |part: Part| {
                let union = explanation.union(models, part);
                union.controls().map(|(control, found)| format!("{control:?} {found:?}")).collect::<Vec<_>>()
            };
            json!([format!("{:?}", models.which), Part::ALL.iter().map(|part| of(*part)).collect::<Vec<_>>()])
        })
        .collect();
    let guards: Vec<_> = explanation
        .guards
        .iter()
        .map(|guard| format!("{:?} {:?} {:?} {:?}", guard.level, guard.guarding, guard.models, guard.troubles))
        .collect();
    let demanded: Vec<_> = explanation
        .demanded
        .iter()
        .map(|one| format!("{} {:?} {}", one.policy, one.node, one.asks.named().len()))
        .collect();
    json!({"models": models, "guards": guards, "demanded": demanded, "gaps": format!("{:?}", explanation.gaps),
        "findings": format!("{:?}", explanation.findings), "protected": explanation.is_protected()})
}

fn of_ground(ground: &Ground, facts: &Facts, cell: &Cell<'_>) -> serde_json::Value {
    let chain = chain_of(ground, facts.organization.as_ref(), cell.account);
    gist(&explain(ground, facts, &chain, cell))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_told_as_it_comes_to_be() {
    let sandbox = Sandbox::start().await;
    let (account, region) = place();
    let cell = Cell { account: &account, region: &region, model: None, role: None };
    // From nothing; then what stands is changed, and at last all but the guardrails goes.
    let weaker = SPEC
        .replace("HATE: HIGH", "HATE: MEDIUM")
        .replace("strong-1", "strong-2")
        .replace("attach: [root]", "attach: [\"ou:Workloads\"]");
    let without = SPEC.split("org_policies:").next().expect("a head").to_owned();
    for text in [SPEC, &weaker, &without] {
        let clients = sandbox.clients(Access::ReadOnly).await;
        let facts_before = facts(&clients).await;
        let before = bearing(&clients, &facts_before, &[cell]).await;
        let sides = sandbox.sides(text).await.unwrap_or_else(|failure| panic!("{failure:?}"));
        let plan = sides
            .plan(&Options::default(), bedrail::model::Digest::of(&text))
            .unwrap_or_else(|failure| panic!("{failure:?}"));
        assert!(plan.held.is_empty(), "{:?}", plan.held);
        let planned = Planned { actions: &plan.actions, desired: &sides.desired, live: &sides.live };
        let said = of_ground(&before.after(planned), &facts_before, &cell);
        sandbox.apply(text).await;
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        let found = explained(&sandbox, cell, gist).await;
        assert_eq!(said, found, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_guardrail_is_told_with_what_it_leaves_open() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(SPEC).await;
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    let (account, region) = place();
    let cell = Cell { account: &account, region: &region, model: None, role: None };
    explained(&sandbox, cell, |explanation| {
        let levels: Vec<Level> = explanation.guards.iter().map(|guard| guard.level).collect();
        assert_eq!(levels, [Level::Organization, Level::Account]);
        assert!(explanation.is_protected() && explanation.findings.is_empty(), "{:?}", explanation.findings);
        let excluded = explanation.gaps.iter().find(|gap| gap.kind == GapKind::Models).expect("a model is let off");
        assert_eq!((excluded.guards.as_slice(), excluded.models.len()), (&[0][..], 1));
        let prompts =
            explanation.gaps.iter().find(|gap| gap.kind == GapKind::SystemPrompts).expect("they are selective");
        // The account's guardrail examines them, and blocks hate from a higher confidence on.
        assert_eq!(prompts.controls.iter().map(String::as_str).collect::<Vec<_>>(), ["HATE", "words"]);
        let [demanded] = explanation.demanded.as_slice() else { panic!("{:?}", explanation.demanded) };
        assert_eq!((demanded.policy, demanded.node), ("acme-deny", Some("ou-sand-workload0")));
    })
    .await;
    // The role may apply both by a policy of its own. Without that it may apply neither, and it is told of each.
    let cell = Cell { role: Some("app-role"), ..cell };
    let certain = |explanation: &Explanation<'_>| {
        let of = |guard: &Guard<'_>| guard.troubles.iter().map(|trouble| trouble.is_certain).collect::<Vec<_>>();
        explanation.guards.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(explained(&sandbox, cell, certain).await, [[true; 0], []]);
    let form = "RoleName=app-role&PolicyName=models";
    assert_eq!(sandbox.root(MEMBER).iam("DeleteRolePolicy", form).await.status, 200);
    assert_eq!(explained(&sandbox, cell, certain).await, [[true], [true]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_and_what_is_not_seen_is_told() {
    let sandbox = Sandbox::start().await;
    sandbox.set(json!({"propagation_ms": 3_600_000})).await;
    let management = sandbox.root(MANAGEMENT);
    let manage = async |operation: &str, body: serde_json::Value| {
        let answer = management.organizations(operation, &body).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text);
        answer.json()
    };
    manage("EnablePolicyType", json!({"RootId": "r-sand", "PolicyType": "BEDROCK_POLICY"})).await;
    sandbox.control("POST", "/_bedrail/clock", &json!({"advance_ms": 3_600_000})).await;
    let content = json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {"identifier":
        {"@@assign": format!("arn:aws:bedrock:us-east-1:{MANAGEMENT}:guardrail/abc:1")}}}}}});
    let made = manage(
        "CreatePolicy",
        json!({"Name": "new", "Description": "", "Type": "BEDROCK_POLICY", "Content": content.to_string()}),
    )
    .await;
    manage("AttachPolicy", json!({"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": "r-sand"})).await;
    let (account, region) = place();
    let cell = Cell { account: &account, region: &region, model: None, role: None };
    let kinds = |explanation: &Explanation<'_>| explanation.findings.iter().map(|one| one.kind).collect::<Vec<_>>();
    let (found, protected) =
        explained(&sandbox, cell, |explanation| (kinds(explanation), explanation.is_protected())).await;
    assert_eq!(
        (found.as_slice(), protected),
        (&[FindingKind::EffectiveDiffers][..], false),
        "AWS has not worked it out"
    );
    sandbox.control("POST", "/_bedrail/clock", &json!({"advance_ms": 3_600_000})).await;
    assert_eq!(explained(&sandbox, cell, kinds).await, [FindingKind::CallsFail], "there is no such guardrail");
    sandbox.set(json!({"refuse": [{"operation": "DescribeEffectivePolicy"}]})).await;
    let unseen = explained(&sandbox, cell, |explanation| explanation.unseen.clone()).await;
    assert!(unseen.len() == 1 && unseen[0].what.contains("what AWS says is in effect"), "{unseen:?}");
    sandbox.set(json!({"refuse": [{"operation": "ListEnforcedGuardrailsConfiguration"}]})).await;
    let unseen = explained(&sandbox, cell, |explanation| explanation.unseen.clone()).await;
    assert!(unseen.len() == 1 && unseen[0].what.contains("enforces on itself"), "{unseen:?}");
}
