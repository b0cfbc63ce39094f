//! What others made stays as it is.

use super::{adopting, destroying, guardrail, held, spec};
use crate::support::{Sandbox, assert_in_sync, steps};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_hung_on_a_guardrail_of_others() {
    let alone = format!(
        "guardrails:\n{}account_enforcement: {{here: {{guardrail: baseline}}}}\n",
        guardrail("baseline", "one", "")
    );
    let shared = format!("{alone}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n");
    for mark in [None, Some("another")] {
        let sandbox = Sandbox::applied(&alone).await;
        match mark {
            None => sandbox.unmark().await,
            Some(stack) => {
                sandbox
                    .edit(|state| {
                        let text = state
                            .to_string()
                            .replace("\"bedrail:stack\":\"acme\"", &format!("\"bedrail:stack\":\"{stack}\""));
                        *state = serde_json::from_str(&text).expect("JSON");
                    })
                    .await;
            }
        }
        let plan = sandbox.plan(&spec(&shared)).await;
        assert!(plan.actions.is_empty(), "{mark:?}: {:#?}", steps(&plan));
        sandbox
            .edit(|state| {
                let found = state
                    .pointer_mut("/bedrock/111122223333/us-east-1")
                    .and_then(|it| it.as_object_mut())
                    .expect("a Region");
                let gone: Vec<String> = found.keys().filter(|key| key.contains("enforced")).cloned().collect();
                for key in gone {
                    found.remove(&key);
                }
            })
            .await;
        let plan = sandbox.plan(&spec(&shared)).await;
        assert!(plan.actions.is_empty(), "{mark:?}: {:#?}", steps(&plan));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_of_others_can_be_enforced() {
    let theirs = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    );
    let sandbox = Sandbox::start().await;
    let their_spec = spec(&theirs).replace("stack: acme", "stack: platform");
    sandbox.apply(&their_spec).await;
    let sides = sandbox.sides(&their_spec).await.expect("both sides");
    let arn =
        sides.live.found.iter().find(|(address, _)| address.kind.word() == "guardrail").expect("theirs").1.id.clone();
    for external in [
        "{shared: {from_stack: platform, name: baseline}}".to_owned(),
        format!("{{shared: {{arns: {{us-east-1: \"{arn}\"}}, versions: {{us-east-1: \"1\"}}}}}}"),
    ] {
        let ours = format!(
            "external_guardrails: {external}\naccount_enforcement: {{here: {{guardrail: shared}}}}\n\
             org_policies: {{org: {{enforce: [{{guardrail: shared}}], attach: [\"ou:Sandbox\"]}}}}\n"
        );
        sandbox.settles(&ours).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_enforces_the_guardrail_of_another_stack_is_not_ours_whoever_wrote_it() {
    let sandbox = Sandbox::start().await;
    let theirs = format!(
        "guardrails:\n{}account_enforcement: {{here: {{guardrail: baseline}}}}\n",
        guardrail("baseline", "one", "")
    );
    sandbox.apply(&spec(&theirs).replace("stack: acme\n", "stack: platform\n")).await;
    let ours = |more: &str| {
        spec(&format!(
            "external_guardrails: {{shared: {{from_stack: platform, name: baseline}}}}\n\
             account_enforcement: {{here: {{guardrail: shared{more}}}}}\n"
        ))
    };
    assert_in_sync(&sandbox.plan(&ours("")).await, "it is as wanted");
    let plan = sandbox.plan_with(&ours(""), &destroying()).await;
    assert!(plan.actions.is_empty() && plan.held.is_empty(), "{:#?}\n{:#?}", steps(&plan), plan.held);
    let mut notes = plan.unmanaged.iter().map(|one| one.note.as_str());
    assert!(notes.any(|note| note == "enforces a guardrail that is not of this stack"), "{:#?}", plan.unmanaged);
    let changed = ours(", selective_content_guarding: {system: SELECTIVE}");
    assert_eq!(held(&sandbox.plan(&changed).await), ["not-ours adopt account-enforcement account"]);
    let plan = sandbox.plan_with(&changed, &adopting()).await;
    assert_eq!(steps(&plan), ["adopt account-enforcement account"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_enforces_from_outside_is_not_cut_off() {
    let chain = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    );
    let sandbox = Sandbox::applied(&chain).await;
    let outside = "external_guardrails: {shared: {from_stack: acme, name: baseline}}\n\
        org_policies: {org: {enforce: [{guardrail: shared}], attach: [\"ou:Sandbox\"]}}\n";
    sandbox.apply(&spec(outside).replace("stack: acme\n", "stack: outside\n")).await;
    let other = format!("guardrails:\n{}", guardrail("other", "two", ""));
    let plan = sandbox.plan(&spec(&other)).await;
    assert_eq!(held(&plan), ["precondition delete guardrail baseline", "precondition delete resource-policy baseline"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_doubted_policy_points_at_stays() {
    let chain = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}, v-2: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies:\n  a: {{enforce: [{{guardrail: baseline, version: v-1}}], attach: [\"ou:Sandbox\"]}}\n  \
         b: {{enforce: [{{guardrail: baseline, version: v-1}}], attach: [\"ou:Security\"]}}\n",
        guardrail("baseline", "one", "")
    );
    let sandbox = Sandbox::applied(&chain).await;
    sandbox
        .edit(|state| {
            let text = state.to_string().replace("\"bedrail:name\":\"b\"", "\"bedrail:name\":\"a\"");
            *state = serde_json::from_str(&text).expect("JSON");
        })
        .await;
    let other = format!(
        "guardrails:\n{}versions: {{v-2: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    );
    let plan = sandbox.plan(&spec(&other)).await;
    assert!(plan.actions.is_empty(), "{:#?}", steps(&plan));
    assert_eq!(held(&plan), ["precondition delete guardrail-version v-1", "duplicate-mark delete org-policy a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_another_guardrail_takes_is_held() {
    let of = |guardrail_key: &str| {
        spec(&format!(
            "guardrails:\n{}{}versions: {{v-1: {{guardrail: {guardrail_key}}}}}\n\
             account_enforcement: {{here: {{guardrail: {guardrail_key}, version: v-1}}}}\n",
            guardrail("one", "one", ""),
            guardrail("two", "two", "")
        ))
    };
    let sandbox = Sandbox::start().await;
    sandbox.apply(&of("one")).await;
    let plan = sandbox.plan(&of("two")).await;
    assert!(plan.actions.is_empty(), "{:#?}", steps(&plan));
    assert_eq!(held(&plan), ["content-moved create guardrail-version v-1", "needs update account-enforcement account"]);
}
