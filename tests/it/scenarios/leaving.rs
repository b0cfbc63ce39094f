//! What is taken out of a spec.

use super::{comes_after, destroying, guardrail, held, spec};
use crate::support::{Sandbox, assert_in_sync, steps};

fn released(versions: &str, version: &str) -> String {
    format!(
        "guardrails:\n{}versions: {versions}\naccount_enforcement: {{here: {{guardrail: baseline{version}}}}}\n",
        guardrail("baseline", "one", "")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_go_while_its_version_stays_in_use() {
    let named = released("{release-1: {guardrail: baseline}}", ", version: release-1");
    for other in [
        // By the content that it still has, by its number, and by another key for that number.
        released("{}", ""),
        released("{}", ", version: \"1\""),
        released("{legacy: {guardrail: baseline, numbers: {us-east-1: \"1\"}}}", ", version: legacy"),
    ] {
        let sandbox = Sandbox::applied(&named).await;
        let plan = sandbox.plan(&spec(&other)).await;
        assert!(plan.actions.is_empty(), "{:#?}\n{other}", steps(&plan));
        sandbox.settles(&other).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_goes_after_its_last_user() {
    let two = "{release-1: {guardrail: baseline}, release-2: {guardrail: baseline}}";
    let sandbox = Sandbox::applied(&released(two, ", version: release-1")).await;
    let plan = sandbox.settles(&released("{release-2: {guardrail: baseline}}", ", version: release-2")).await;
    assert!(comes_after(&plan, "delete guardrail-version release-1", "update account-enforcement account"));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_in_the_order_of_need() {
    let chain = format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [root]}}}}\n",
        guardrail("baseline", "one", ", cross_region_profile: auto")
    );
    let sandbox = Sandbox::applied(&chain).await;
    let plan = sandbox.plan_with(&spec(&chain), &destroying()).await;
    let (detach, profile) = ("delete org-policy-attachment org:r-sand", "delete resource-policy us.guardrail.v1:0");
    assert!(comes_after(&plan, "delete resource-policy baseline", detach), "{plan:#?}");
    assert!(comes_after(&plan, profile, detach), "who may use the profile is asked of every call: {:#?}", steps(&plan));
    let (_, outcome) = sandbox.apply_with(&spec(&chain), &destroying()).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failed);
    assert_in_sync(&sandbox.plan_with(&spec(&chain), &destroying()).await, "destroyed");
    sandbox.settles(&chain).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_left_before_its_policy_goes() {
    let with = |profile: &str| {
        format!(
            "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
             org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [root]}}}}\n",
            guardrail("baseline", "one", profile)
        )
    };
    let sandbox = Sandbox::applied(&with(", cross_region_profile: auto")).await;
    let plan = sandbox.settles(&with("")).await;
    assert!(
        comes_after(&plan, "delete resource-policy us.guardrail.v1:0", "update org-policy org"),
        "{:#?}",
        steps(&plan)
    );
    sandbox.settles(&with(", cross_region_profile: auto")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_a_pinned_version_uses_keeps_its_policy() {
    let with = |profile: &str| {
        format!(
            "guardrails:\n{}versions: {{release-1: {{guardrail: baseline}}}}\n\
             resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
             org_policies: {{org: {{enforce: [{{guardrail: baseline, version: release-1}}], attach: [root]}}}}\n",
            guardrail("baseline", "one", profile)
        )
    };
    let sandbox = Sandbox::applied(&with(", cross_region_profile: auto")).await;
    let plan = sandbox.settles(&with("")).await;
    assert_eq!(steps(&plan), ["update guardrail baseline"]);
    // Once it is pinned no longer, the policy goes, however often that fails.
    let next = with("").replace("release-1", "release-2");
    sandbox.refuse(&["DeleteResourcePolicy"]).await;
    sandbox.apply_with(&spec(&next), &bedrail::plan::Options::default()).await;
    sandbox.refuse(&[]).await;
    let plan = sandbox.plan(&spec(&next)).await;
    assert_eq!(steps(&plan).len(), 4, "in each Region of the profile, and the version: {:?}", steps(&plan));
    sandbox.settles(&next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_guardrail_keeps_who_may_use_it() {
    let chain = |protected: &str| {
        format!(
            "guardrails:\n{}{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
            guardrail("baseline", "one", protected),
            guardrail("other", "two", "")
        )
    };
    let sandbox = Sandbox::applied(&chain(", prevent_destroy: true")).await;
    let without = format!("guardrails:\n{}", guardrail("other", "two", ""));
    let plan = sandbox.plan(&spec(&without)).await;
    assert_eq!(held(&plan), ["precondition delete guardrail baseline", "precondition delete resource-policy baseline"]);
    assert!(plan.actions.is_empty(), "{:#?}", steps(&plan));
    let plan = sandbox.plan_with(&spec(&chain("")), &destroying()).await;
    assert_eq!(steps(&plan), ["delete guardrail other"], "lifting and deleting are two applies");
    sandbox.settles(&chain("")).await;
    sandbox.settles(&without).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bearers_of_a_mark_are_held_even_when_nobody_wants_them() {
    let both = format!("guardrails:\n{}{}", guardrail("a", "one", ""), guardrail("b", "two", ""));
    let sandbox = Sandbox::applied(&both).await;
    sandbox
        .edit(|state| {
            let text = state.to_string().replace("\"bedrail:name\":\"b\"", "\"bedrail:name\":\"a\"");
            *state = serde_json::from_str(&text).expect("JSON");
        })
        .await;
    let other = format!("guardrails:\n{}", guardrail("c", "three", ""));
    let plan = sandbox.plan(&spec(&other)).await;
    assert_eq!(held(&plan), ["duplicate-mark delete guardrail a"]);
    let plan = sandbox.plan_with(&spec(&other), &destroying()).await;
    assert_eq!(held(&plan), ["duplicate-mark delete guardrail a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_can_be_taken_back() {
    let in_regions = |regions: &str| {
        format!(
            "guardrails:\n{}account_enforcement: {{here: {{guardrail: baseline, regions: {regions}}}}}\n",
            guardrail("baseline", "one", &format!(", regions: {regions}"))
        )
    };
    let two = spec(&in_regions("[us-east-1, eu-west-1]")).replace("regions: declared", "regions: all");
    let one = spec(&in_regions("[us-east-1]")).replace("regions: declared", "regions: all");
    let sandbox = Sandbox::start().await;
    sandbox.apply(&two).await;
    let plan = sandbox.apply(&one).await;
    assert_eq!(steps(&plan), ["delete account-enforcement account", "delete guardrail baseline"]);
    assert_in_sync(&sandbox.plan(&one).await, &one);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_left_has_the_name_under_which_it_was_reached() {
    let attached = |to: &str| {
        format!(
            "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
             org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [{to}]}}}}\n",
            guardrail("baseline", "one", "")
        )
    };
    let sandbox = Sandbox::applied(&attached("root, \"ou:Workloads/Dev\"")).await;
    let plan = sandbox.plan(&spec(&attached("root"))).await;
    let leaving = plan.actions.iter().find(|action| action.address.name.ends_with("ou-sand-wldev000"));
    assert_eq!(leaving.expect("it is detached").target.as_deref(), Some("Workloads/Dev"));
    // It is a name and no more: where the OUs cannot be listed, the id does.
    sandbox.refuse(&["ListOrganizationalUnitsForParent"]).await;
    let plan = sandbox.plan(&spec(&attached("root"))).await;
    let leaving = plan.actions.iter().find(|action| action.address.name.ends_with("ou-sand-wldev000"));
    assert_eq!(leaving.expect("it is detached").target.as_deref(), Some("ou-sand-wldev000"));
    assert!(plan.blind.is_empty(), "{:?}", plan.blind);
}
