//! `--adopt` takes over what carries no mark, in one step.

use super::{adopting, guardrail, held, spec};
use crate::support::{Sandbox, assert_in_sync, steps};

#[tokio::test(flavor = "multi_thread")]
async fn adoption_is_one_apply() {
    let theirs = format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{name: org, enforce: [{{guardrail: baseline}}], attach: [root, \"ou:Sandbox\"]}}}}\n\
         account_enforcement: {{here: {{guardrail: baseline}}}}\n",
        guardrail("baseline", "one", "")
    );
    for word in ["one", "two"] {
        let sandbox = Sandbox::applied(&theirs).await;
        sandbox.unmark().await;
        let ours = format!(
            "guardrails:\n{}org_policies: {{org: {{name: org, enforce: [{{guardrail: baseline}}], attach: [\"111122223333\", \"ou:Sandbox\"]}}}}\n\
             account_enforcement: {{here: {{guardrail: baseline}}}}\n",
            guardrail("baseline", word, "")
        );
        let ours = spec(&ours).replace("attach: [\"111122223333\", \"ou:Sandbox\"]", "attach: [\"111122223333\"]");
        let plan = sandbox.plan(&ours).await;
        assert!(plan.actions.is_empty(), "{:#?}", steps(&plan));
        let (plan, outcome) = sandbox.apply_with(&ours, &adopting()).await;
        assert!(outcome.is_complete(), "{:#?}", outcome.failed);
        assert_in_sync(&sandbox.plan(&ours).await, &format!("{:#?}", steps(&plan)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_namesakes_is_not_guessed() {
    let both = format!("guardrails:\n{}{}", guardrail("a", "one", ", name: x"), guardrail("b", "two", ", name: y"));
    let sandbox = Sandbox::applied(&both).await;
    sandbox.unmark().await;
    sandbox
        .edit(|state| {
            let text = state.to_string().replace("\"name\":\"y\"", "\"name\":\"x\"");
            *state = serde_json::from_str(&text).expect("JSON");
        })
        .await;
    let one = spec(&format!("guardrails:\n{}", guardrail("a", "one", ", name: x")));
    let plan = sandbox.plan_with(&one, &adopting()).await;
    assert!(plan.actions.is_empty(), "{:#?}", steps(&plan));
    assert_eq!(held(&plan).len(), 1);
}
