//! Quotas, and what else of AWS's own state keeps something from being made.

use bedrail::plan::{Plan, Precondition, State};
use serde_json::{Value, json};

use super::{enforcing_theirs, guardrail, held, spec};
use crate::support::{Sandbox, steps};

fn found<'p>(plan: &'p Plan, code: &str) -> &'p Precondition {
    let mut all = plan.preconditions.iter().filter(|one| one.code.id() == code);
    all.next().unwrap_or_else(|| panic!("{code}: {:?}", plan.preconditions))
}

fn state(plan: &Plan, code: &str) -> State {
    found(plan, code).state
}

/// The guardrails of the management account in us-east-1, as the local AWS keeps them.
fn guardrails(state: &mut Value) -> &mut serde_json::Map<String, Value> {
    let all = state.pointer_mut("/bedrock/111122223333/us-east-1/guardrails").and_then(Value::as_object_mut);
    all.expect("guardrails")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_room_for_a_hundred_guardrails() {
    let sandbox = Sandbox::applied(&format!("guardrails:\n{}", guardrail("a", "one", ""))).await;
    let fill = |count: usize| {
        sandbox.edit(move |state| {
            let all = guardrails(state);
            let like = all.values().next().expect("one").clone();
            for number in all.len()..count {
                let mut another = like.clone();
                another["draft"]["content"]["name"] = json!(format!("filler-{number}"));
                another["tags"] = json!({});
                all.insert(format!("filler{number:06}"), another);
            }
        })
    };
    let three = ["a", "b", "c"].map(|key| guardrail(key, "one", "")).concat();
    let text = spec(&format!("guardrails:\n{three}"));
    fill(98).await;
    assert_eq!(state(&sandbox.plan(&text).await, "P0142"), State::Ok);
    fill(99).await;
    let plan = sandbox.plan(&text).await;
    assert_eq!((state(&plan, "P0142"), steps(&plan)), (State::Failed, vec!["create guardrail b".to_owned()]));
    assert!(found(&plan, "P0142").message.contains("99 of 100"), "{:?}", found(&plan, "P0142"));
    assert_eq!(held(&plan), ["precondition create guardrail c"], "the other has room");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_has_room_for_twenty_versions() {
    let named = |count: usize| {
        let versions: Vec<String> =
            (1..=count).map(|number| format!("r-{number:02}: {{guardrail: baseline}}")).collect();
        format!("guardrails:\n{}versions: {{{}}}\n", guardrail("baseline", "one", ""), versions.join(", "))
    };
    let sandbox = Sandbox::applied(&named(19)).await;
    let plan = sandbox.plan(&spec(&named(20))).await;
    assert_eq!((state(&plan, "P0143"), held(&plan)), (State::Ok, Vec::new()));
    let plan = sandbox.plan(&spec(&named(21))).await;
    assert_eq!(
        (state(&plan, "P0143"), held(&plan)),
        (State::Failed, vec!["quota create guardrail-version r-21".to_owned()])
    );
    assert!(found(&plan, "P0143").fix.as_ref().is_some_and(|fix| fix.contains("keep_versions")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_type_that_is_being_disabled_takes_no_policy_until_it_is() {
    let org = format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [root]}}}}\n",
        guardrail("baseline", "one", "")
    );
    let sandbox = Sandbox::applied(&org).await;
    // As somebody disables it, its policies leave their nodes, and the type its root after a while.
    sandbox
        .edit(|state| {
            let types = &mut state["organization"]["policy_types"]["BEDROCK_POLICY"];
            *types = json!({"enabled": false, "from": 4_000_000_000_000_u64});
            state["organization"]["attachments"] = json!({});
        })
        .await;
    let plan = sandbox.plan(&spec(&org)).await;
    assert_eq!(state(&plan, "P0102"), State::Failed);
    let found = found(&plan, "P0102");
    assert!(found.message.contains("is being disabled"), "{found:?}");
    assert!(found.fix.as_ref().is_some_and(|fix| fix.contains("enable-policy-type")), "{found:?}");
    assert_eq!(
        held(&plan),
        ["precondition create org-policy-type BEDROCK_POLICY", "needs create org-policy-attachment org:r-sand"]
    );
    assert_eq!(steps(&plan), Vec::<String>::new());
}

/// A guardrail of another stack with its version 1, which a policy of ours would enforce on the OU Sandbox.
async fn pinned(more: &str) -> (Sandbox, String) {
    let theirs = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", more)
    );
    let sandbox = Sandbox::start().await;
    let ours = enforcing_theirs(&sandbox, &theirs).await;
    (sandbox, ours)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_with_automated_reasoning_is_not_enforced() {
    let (sandbox, ours) = pinned("").await;
    assert_eq!(state(&sandbox.plan(&ours).await, "P0112"), State::Ok);
    sandbox
        .edit(|state| {
            for guardrail in guardrails(state).values_mut() {
                let arn = "arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/abcdefghijkl:1";
                guardrail["versions"]["1"]["content"]["automatedReasoningPolicy"] = json!({ "policies": [arn] });
            }
        })
        .await;
    let plan = sandbox.plan(&ours).await;
    let accounts: Vec<&str> = found(&plan, "P0112").accounts.iter().map(bedrail::model::AccountId::as_str).collect();
    assert_eq!((state(&plan, "P0112"), accounts), (State::Failed, vec!["555566667777", "666677778888"]));
    assert_eq!(
        held(&plan),
        ["precondition create org-policy org", "needs create org-policy-attachment org:ou-sand-sandbox0"]
    );
    let hint = &plan.held[0].hint;
    assert!(hint.contains("sandbox-1 (555566667777), sandbox-2 (666677778888)"), "whom it would hurt: {hint}");
    sandbox.refuse(&["GetGuardrail"]).await;
    let plan = sandbox.plan(&ours).await;
    assert_eq!((state(&plan, "P0113"), held(&plan)), (State::Unknown, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_members_may_not_use_is_not_enforced() {
    let (sandbox, _) = pinned(", cross_region_profile: auto").await;
    let ours = spec(
        "external_guardrails: {shared: {from_stack: platform, name: baseline}}\n\
         org_policies: {org: {enforce: [{guardrail: shared}], attach: [\"ou:Sandbox\"]}}\n",
    );
    let plan = sandbox.plan(&ours).await;
    assert_eq!((state(&plan, "P0122"), held(&plan)), (State::Ok, Vec::new()));
    // In one of the Regions to which the profile sends content, somebody has let another organization use it instead.
    sandbox
        .edit(|state| {
            let policies = state.pointer_mut("/bedrock/111122223333/us-east-2/resource_policies");
            for policy in policies.and_then(Value::as_object_mut).expect("policies").values_mut() {
                *policy = json!(policy.as_str().expect("a text").replace("o-bedrailsand", "o-otherothers"));
            }
        })
        .await;
    let plan = sandbox.plan(&ours).await;
    let accounts: Vec<&str> = found(&plan, "P0122").accounts.iter().map(bedrail::model::AccountId::as_str).collect();
    assert_eq!((state(&plan, "P0122"), accounts), (State::Failed, vec!["555566667777", "666677778888"]));
    assert!(found(&plan, "P0122").message.contains("us-east-2"), "{:?}", found(&plan, "P0122"));
    assert_eq!(state(&plan, "P0121"), State::Ok);
    let attachment = "precondition create org-policy-attachment org:ou-sand-sandbox0".to_owned();
    assert!(held(&plan).contains(&attachment), "{:?}", held(&plan));
    sandbox.refuse(&["GetResourcePolicy"]).await;
    assert_eq!(state(&sandbox.plan(&ours).await, "P0122"), State::Unknown);
}
