//! An apply that fails in the middle is finished by the next one, without a second of anything.

use serde_json::Value;

use super::{destroying, guardrail, spec};
use crate::support::{Sandbox, assert_in_sync};

fn chain(word: &str) -> String {
    spec(&format!(
        "guardrails:\n{}versions: {{release-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [root, \"ou:Sandbox\"]}}}}\n\
         account_enforcement: {{here: {{guardrail: baseline}}}}\n",
        guardrail("baseline", word, ", tags: {a: b}")
    ))
}

const WRITES: &[&str] = &[
    "CreateGuardrail",
    "UpdateGuardrail",
    "CreateGuardrailVersion",
    "PutResourcePolicy",
    "PutEnforcedGuardrailConfiguration",
    "EnablePolicyType",
    "CreatePolicy",
    "UpdatePolicy",
    "AttachPolicy",
];

fn count(state: &Value, key: &str) -> usize {
    match state {
        Value::Object(entries) => entries
            .iter()
            .map(|(name, value)| match value {
                Value::Object(inner) if name == key => inner.len(),
                value => count(value, key),
            })
            .sum(),
        Value::Array(items) => items.iter().map(|item| count(item, key)).sum(),
        _ => 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_call_is_made_up_for() {
    for refused in WRITES {
        let sandbox = Sandbox::start().await;
        let first = chain("one");
        let second = chain("two").replace("guardrail: baseline}}}\nresource", "guardrail: baseline}}\nresource");
        for text in [&first, &second] {
            sandbox.refuse(&[refused]).await;
            sandbox.apply_with(text, &bedrail::plan::Options::default()).await;
            sandbox.refuse(&[]).await;
            sandbox.apply(text).await;
            assert_in_sync(&sandbox.plan(text).await, &format!("{refused}\n{text}"));
        }
        let state = sandbox.state().await;
        assert_eq!(count(&state, "guardrails"), 1, "{refused}");
        let versions = count(&state, "versions");
        assert!(versions == 2, "{refused}: {versions}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_was_refused_is_made_up_for() {
    let text = chain("one").replace("tags: {a: b}", "cross_region_profile: auto");
    for refused in [
        "DeleteGuardrail",
        "DeleteResourcePolicy",
        "DeleteEnforcedGuardrailConfiguration",
        "DetachPolicy",
        "DeletePolicy",
    ] {
        let sandbox = Sandbox::start().await;
        sandbox.apply(&text).await;
        sandbox.refuse(&[refused]).await;
        let (_, outcome) = sandbox.apply_with(&text, &destroying()).await;
        assert!(!outcome.is_complete(), "{refused}");
        sandbox.refuse(&[]).await;
        let (_, outcome) = sandbox.apply_with(&text, &destroying()).await;
        assert!(outcome.is_complete(), "{refused}: {:#?}", outcome.failed);
        let plan = sandbox.plan_with(&text, &destroying()).await;
        assert_in_sync(&plan, refused);
        assert!(plan.unmanaged.is_empty(), "{refused}: {:?}", plan.unmanaged);
        assert!(!sandbox.state().await.to_string().contains("BedrailAcme"), "{refused}: a profile stays shared");
    }
}
