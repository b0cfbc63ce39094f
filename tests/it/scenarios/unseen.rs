//! What could not be read is not taken for absent, least of all when something is to go.

use serde_json::json;

use super::{guardrail, held, spec, targeting};
use crate::support::{Sandbox, steps};

fn chain() -> String {
    format!(
        "guardrails:\n{}{}versions: {{release-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [root]}}}}\n",
        guardrail("baseline", "one", ""),
        guardrail("other", "two", "")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_while_its_users_are_unseen() {
    let sandbox = Sandbox::applied(&chain()).await;
    let other = format!("guardrails:\n{}", guardrail("other", "two", ""));
    for (refused, deleted) in [
        ("ListTargetsForPolicy", vec![]),
        ("ListPolicies", vec![]),
        ("DescribePolicy", vec!["delete org-policy-attachment org:r-sand"]),
        (
            "ListEnforcedGuardrailsConfiguration",
            vec!["delete org-policy-attachment org:r-sand", "delete org-policy org"],
        ),
        ("ListGuardrails", vec!["delete org-policy-attachment org:r-sand", "delete org-policy org"]),
        ("ListTagsForResource", vec![]),
    ] {
        sandbox.refuse(&[refused]).await;
        let plan = sandbox.plan(&spec(&other)).await;
        assert_eq!(steps(&plan), deleted, "{refused}: {:#?}", held(&plan));
        assert!(!plan.blind.is_empty(), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_seen_in_part_is_not_cleared() {
    let in_regions = |regions: &str| {
        spec(&format!(
            "guardrails:\n{}versions: {{release-1: {{guardrail: baseline}}}}\n",
            guardrail("baseline", "one", &format!(", regions: {regions}"))
        ))
        .replace("regions: declared", "regions: all")
    };
    let sandbox = Sandbox::start().await;
    sandbox.apply(&in_regions("[us-east-1, eu-west-1]")).await;
    let refuse = json!([{"operation": "ListEnforcedGuardrailsConfiguration", "region": "eu-west-1"}]);
    sandbox.set(json!({ "refuse": refuse })).await;
    let plan = sandbox.plan(&in_regions("[us-east-1]")).await;
    assert!(plan.actions.is_empty(), "{:#?}", steps(&plan));
    assert_eq!(held(&plan), ["not-visible delete guardrail baseline"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_takes_along_what_uses_what_goes() {
    let sandbox = Sandbox::applied(&chain()).await;
    let other = format!("guardrails:\n{}", guardrail("other", "two", ""));
    let plan = sandbox.plan_with(&spec(&other), &targeting(&["guardrail/*/baseline"])).await;
    assert_eq!(
        steps(&plan),
        [
            "delete org-policy-attachment org:r-sand",
            "delete org-policy org",
            "delete resource-policy baseline",
            "delete guardrail baseline"
        ]
    );
}
