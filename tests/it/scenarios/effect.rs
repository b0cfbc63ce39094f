//! Policies of the organization are judged by what they come to for the accounts.

use bedrail::kinds::Kind;
use bedrail::model::Direction;
use bedrail::plan::{Hazard, Phase, Plan, Until};

use serde_json::{Value, json};

use super::{comes_after, spec};
use crate::support::{Sandbox, assert_in_sync, steps};

const GUARDRAILS: &str = "guardrails:
  strong: {blocked_input_messaging: No., blocked_outputs_messaging: No., content_policy: {filters: {HATE: HIGH}}}
  weak: {blocked_input_messaging: No., blocked_outputs_messaging: No., content_policy: {filters: {HATE: LOW}}}
resource_policies:
  strong: {guardrail: strong, share_with: organization}
  weak: {guardrail: weak, share_with: organization}
";

fn enforcing(policies: &str) -> String {
    format!("{GUARDRAILS}org_policies:\n{policies}")
}

/// The direction of each action on an attachment or policy, and whether it weakens.
fn verdicts(plan: &Plan) -> Vec<(String, Direction, bool)> {
    let of_interest = |kind| matches!(kind, Kind::OrgPolicy | Kind::OrgPolicyAttachment);
    let all = plan.actions.iter().zip(steps(plan)).filter(|(action, _)| of_interest(action.address.kind));
    all.map(|(action, step)| (step, action.direction, action.hazards.contains(&Hazard::Weakens))).collect()
}

fn verdict(plan: &Plan, step: &str) -> (Direction, bool) {
    let all = verdicts(plan);
    let (_, direction, weakens) = all.iter().find(|(found, ..)| found == step).unwrap_or_else(|| panic!("{all:#?}"));
    (*direction, *weakens)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weaker_policy_further_down_weakens() {
    let above = "  top: {enforce: [{guardrail: strong}], attach: [root]}\n";
    let sandbox = Sandbox::applied(&enforcing(above)).await;
    let below = |guardrail: &str| {
        format!("{above}  low: {{enforce: [{{guardrail: {guardrail}}}], attach: [\"ou:Sandbox\"]}}\n")
    };
    let attach = "create org-policy-attachment low:ou-sand-sandbox0";
    let plan = sandbox.plan(&spec(&enforcing(&below("weak")))).await;
    assert_eq!(verdict(&plan, attach), (Direction::Weakens, true), "{:#?}", verdicts(&plan));
    let plan = sandbox.plan(&spec(&enforcing(&below("strong")))).await;
    assert_eq!(verdict(&plan, attach), (Direction::Neutral, false), "{:#?}", verdicts(&plan));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_policy_goes_on_to_protect_is_not_lost() {
    let one = "  one: {enforce: [{guardrail: strong}], attach: [root, \"ou:Sandbox\"]}\n";
    let sandbox = Sandbox::applied(&enforcing(one)).await;
    let plan = sandbox.settles(&enforcing(&one.replace(", \"ou:Sandbox\"", ""))).await;
    let detach = "delete org-policy-attachment one:ou-sand-sandbox0";
    assert_eq!(verdict(&plan, detach), (Direction::Neutral, false), "{:#?}", verdicts(&plan));
    let plan = sandbox.plan(&spec(&enforcing(&one.replace("root, ", "")))).await;
    let detach = "delete org-policy-attachment one:r-sand";
    assert_eq!(verdict(&plan, detach), (Direction::Weakens, true), "{:#?}", verdicts(&plan));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_others_above_is_displaced() {
    let theirs = enforcing("  top: {enforce: [{guardrail: strong}], attach: [root]}\n");
    let theirs =
        spec(&theirs.replace("strong", "theirs").replace("weak", "others")).replace("stack: acme", "stack: other");
    let sandbox = Sandbox::start().await;
    sandbox.apply(&theirs).await;
    let ours = "  low: {enforce: [{guardrail: strong}], attach: [\"ou:Sandbox\"]}\n";
    let plan = sandbox.plan(&spec(&enforcing(ours))).await;
    let attach = plan.actions.iter().find(|action| action.address.kind == Kind::OrgPolicyAttachment);
    let attach = attach.unwrap_or_else(|| panic!("{:#?}\n{:#?}", steps(&plan), plan.held));
    assert!(attach.hazards.contains(&Hazard::Displaces), "{:#?} {:#?}", steps(&plan), plan.unmanaged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_policy_is_widened_before_and_narrowed_after() {
    let shared = |unit: &str| {
        format!(
            "guardrails:\n  strong: {{blocked_input_messaging: No., blocked_outputs_messaging: No., content_policy: {{filters: {{HATE: HIGH}}}}}}\n\
             resource_policies: {{strong: {{guardrail: strong, share_with: {{organizational_units: [\"ou:{unit}\"]}}}}}}\n\
             org_policies: {{one: {{enforce: [{{guardrail: strong}}], attach: [\"ou:{unit}\"]}}}}\n"
        )
    };
    let sandbox = Sandbox::applied(&shared("Sandbox")).await;
    let text = spec(&shared("Workloads"));
    let plan = sandbox.plan(&text).await;
    let of_policy = plan.actions.iter().filter(|action| action.address.kind == Kind::ResourcePolicy);
    let phases: Vec<_> = of_policy.map(|action| (action.phase, action.id)).collect();
    let [(Some(Phase::Widen), widen), (Some(Phase::Narrow), narrow)] = phases[..] else { panic!("{phases:?}") };
    let at = |step: &str| bedrail::plan::ActionId(steps(&plan).iter().position(|other| other == step).expect(step));
    let (attach, detach) = (
        at("create org-policy-attachment one:ou-sand-workload0"),
        at("delete org-policy-attachment one:ou-sand-sandbox0"),
    );
    assert!(widen < attach && attach < detach && detach < narrow, "{:#?}", steps(&plan));
    assert!(!plan.actions[narrow.0].until.is_empty(), "it waits for the effective policies");
    sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_protects_stays_while_its_replacement_is_held_or_unseen() {
    let before = "  one: {enforce: [{guardrail: strong}], attach: [\"ou:Sandbox\"]}\n\
                  \x20 two: {enforce: [{guardrail: strong}], attach: [\"ou:Workloads\"]}\n";
    let after = "  two: {enforce: [{guardrail: strong}], attach: [\"ou:Workloads\", \"ou:Sandbox\"]}\n";
    let text = spec(&enforcing(after));
    let gone =
        ["create org-policy-attachment two:ou-sand-sandbox0", "delete org-policy-attachment one:ou-sand-sandbox0"];
    let sandbox = Sandbox::applied(&enforcing(before)).await;
    let plan = sandbox.plan(&text).await;
    assert!(gone.iter().all(|step| steps(&plan).iter().any(|found| found == step)), "{:#?}", steps(&plan));

    sandbox.refuse(&["ListTargetsForPolicy"]).await;
    let plan = sandbox.plan(&text).await;
    assert!(steps(&plan).is_empty(), "where they are attached is unseen: {:#?}", steps(&plan));

    sandbox.set(json!({"refuse": []})).await;
    sandbox
        .edit(|state| {
            let policies = state.pointer("/organization/policies").and_then(Value::as_object).expect("policies");
            let two = policies.iter().find(|(_, policy)| policy["name"] == "acme-two").expect("the policy").0.clone();
            state.pointer_mut("/organization/tags").and_then(Value::as_object_mut).expect("tags").remove(&two);
        })
        .await;
    let plan = sandbox.plan(&text).await;
    assert!(steps(&plan).is_empty(), "the other is not ours any more: {:#?}", steps(&plan));
    let stays = "the spec wants in the place of what goes is held";
    assert!(
        plan.held.iter().any(|held| held.address.name == "one:ou-sand-sandbox0" && held.hint.contains(stays)),
        "{:#?}",
        plan.held
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_in_place_before_anything_below_it() {
    let nodes = "attach: [\"account:payments-prod\", \"ou:Workloads/Prod\"]";
    let (account, unit) =
        ("create org-policy-attachment one:333344445555", "create org-policy-attachment one:ou-sand-wlprod00");
    for (lock, waits) in [("true", true), ("false", false)] {
        let sandbox = Sandbox::start().await;
        let one = format!("  one: {{enforce: [{{guardrail: strong}}], {nodes}, lock: {lock}}}\n");
        let plan = sandbox.plan(&spec(&enforcing(&one))).await;
        assert_eq!(comes_after(&plan, account, unit), waits, "{:#?}", steps(&plan));
        assert!(!comes_after(&plan, unit, account));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_stays_until_what_it_hides_is_gone() {
    let both = "  top: {enforce: [{guardrail: strong}], attach: [root]}\n\
                \x20 low: {enforce: [{guardrail: weak}], attach: [\"ou:Sandbox\"]}\n";
    let (upper, lower) =
        ("delete org-policy-attachment top:r-sand", "delete org-policy-attachment low:ou-sand-sandbox0");
    for locked in [true, false] {
        let sandbox = Sandbox::applied(&enforcing(both)).await;
        if locked {
            sandbox.edit(lock_top).await;
        }
        let plan = sandbox.plan(&spec(GUARDRAILS)).await;
        assert_eq!(comes_after(&plan, upper, lower), locked, "{:#?}", steps(&plan));
        assert!(!comes_after(&plan, lower, upper));
    }
}

/// Somebody locks the policy on the root, which a spec could not do above another that it hides.
fn lock_top(state: &mut Value) {
    let policies = state.pointer_mut("/organization/policies").and_then(Value::as_object_mut).expect("policies");
    let top = policies.values_mut().find(|policy| policy["name"] == "acme-top").expect("the policy");
    let mut content: Value = serde_json::from_str(top["content"].as_str().expect("a text")).expect("JSON");
    let region = content.pointer_mut("/bedrock/guardrail_inference/us-east-1").and_then(Value::as_object_mut);
    for configuration in region.expect("a Region").values_mut() {
        configuration["@@operators_allowed_for_child_policies"] = json!(["@@none"]);
    }
    top["content"] = Value::String(content.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn until_a_policy_says_less_what_it_says_will_do() {
    let policies = |regions: &str| {
        format!(
            "  top: {{enforce: [{{guardrail: strong}}], attach: [\"ou:Workloads\"]}}\n\
             \x20 low: {{enforce: [{{guardrail: weak, regions: [{regions}]}}], attach: [\"ou:Workloads/Prod\"]}}\n"
        )
    };
    let in_both = |policies: &str| {
        spec(&enforcing(policies)).replace("regions: [us-east-1]\n", "regions: [us-east-1, eu-west-1]\n")
    };
    let sandbox = Sandbox::start().await;
    sandbox.apply(&in_both(&policies("us-east-1, eu-west-1"))).await;
    let plan = sandbox.plan(&in_both(&policies("us-east-1"))).await;
    let [update] = &plan.actions[..] else { panic!("{:#?}", steps(&plan)) };
    let [Until::Protected { account, region, by }] = &update.until[..] else { panic!("{:#?}", update.until) };
    assert_eq!((account.as_str(), region.as_str(), by.len()), ("333344445555", "eu-west-1", 2), "{by:?}");
}
