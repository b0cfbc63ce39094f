//! After an apply there is nothing to do, whatever was applied.

use std::time::Duration;

use serde_json::json;

use super::{comes_after, guardrail, held, spec, targeting};
use crate::support::{Sandbox, assert_in_sync, steps};

fn enforced(more: &str, rest: &str) -> String {
    format!(
        "guardrails:\n{}account_enforcement: {{here: {{guardrail: baseline}}}}\n{rest}",
        guardrail("baseline", "one", more)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_any_key() {
    for tags in [
        "tags: {\"a.b\": x, \"tags.c\": y, \"s p\": \"\", \"k:=+@/-_\": \"v v\"}",
        "tags: {\"a\": x, \"name\": n, \"tags\": t}",
        "tags: {}",
    ] {
        let sandbox = Sandbox::applied(&enforced("", "")).await;
        let plan = sandbox.settles(&enforced(&format!(", {tags}"), "")).await;
        assert!(
            plan.actions.iter().all(|action| action.address.kind.word() == "guardrail"),
            "{tags}: {:?}",
            steps(&plan)
        );
        sandbox.settles(&enforced("", "")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_about_a_guardrail_can_change_and_change_back() {
    let key = "\"arn:aws:kms:${region}:${account}:key/11111111-2222-3333-4444-555555555555\"";
    let shared = "resource_policies: {baseline: {guardrail: baseline, share_with: organization}}\n\
        org_policies: {org: {enforce: [{guardrail: baseline}], attach: [root]}}\n";
    let sandbox = Sandbox::applied(&enforced("", shared)).await;
    for more in [
        ", cross_region_profile: auto".to_owned(),
        ", cross_region_profile: auto, content_policy: {tier: STANDARD, filters: {HATE: HIGH}}".to_owned(),
        format!(", kms_key_id: {key}"),
        ", name: renamed".to_owned(),
        ", mode: DETECT".to_owned(),
        ", description: words".to_owned(),
        ", prevent_destroy: true".to_owned(),
        ", keep_versions: 0".to_owned(),
    ] {
        sandbox.settles(&enforced(&more, shared)).await;
        sandbox.settles(&enforced("", shared)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_documents() {
    let raw = r#"
resource_policies:
  baseline:
    guardrail: baseline
    document:
      Statement:
        - {Sid: One, Action: [bedrock:GetGuardrail, bedrock:ApplyGuardrail], Effect: Allow, Principal: {AWS: ["arn:${partition}:iam::${account}:root"]}, Resource: "${guardrail.baseline.arn}"}
        - {Action: bedrock:ApplyGuardrail, Effect: Allow, Principal: "*", Resource: ["${guardrail.baseline.arn}"], Condition: {StringEquals: {"aws:PrincipalOrgID": "${organization_id}"}}}
      Version: "2012-10-17"
versions: {rel-1: {guardrail: baseline}}
org_policies:
  raw:
    document: {bedrock: {guardrail_inference: {us-east-1: {config_1: {identifier: {"@@assign": "${guardrail.baseline.current}"}, model_enforcement: {included_models: {"@@assign": []}, excluded_models: {"@@append": [a.b]}}}}}}}
    attach: ["account:payments-prod"]
  other:
    document: {bedrock: {guardrail_inference: {us-east-1: {config_1: {identifier: {"@@assign": "${version.rel-1}"}, "@@operators_allowed_for_child_policies": "@@none"}}}}}
    attach: ["ou:Sandbox"]
"#;
    let sandbox = Sandbox::applied(&enforced("", raw)).await;
    let two = enforced("", raw).replace("words: [one]", "words: [two]");
    let plan = sandbox.settles(&two).await;
    let changed: Vec<_> = steps(&plan).into_iter().filter(|step| step.starts_with("update org-policy")).collect();
    assert_eq!(changed, ["update org-policy raw"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_pages_hide_nothing() {
    let shared = "resource_policies: {baseline: {guardrail: baseline, share_with: organization}}\n\
        org_policies: {org: {enforce: [{guardrail: baseline}], attach: [root, \"ou:Sandbox\"]}}\n";
    let sandbox = Sandbox::start().await;
    sandbox.set(json!({"empty_pages": true})).await;
    sandbox.settles(&enforced("", shared)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_not_enabled_holds_what_is_declared_there_alone() {
    let two = spec(&enforced("", "")).replace("[us-east-1]", "[us-east-1, eu-west-1]");
    let sandbox = Sandbox::start().await;
    let refuse = json!([{"operation": "*", "region": "eu-west-1", "code": "UnrecognizedClientException"}]);
    sandbox.set(json!({ "refuse": refuse })).await;
    let plan = sandbox.apply(&two).await;
    assert_eq!(plan.actions.len(), 3, "{:?}", steps(&plan));
    let again = sandbox.plan(&two).await;
    assert!(again.actions.is_empty() && again.blind.is_empty(), "{:?}", again.blind);
    assert_eq!(again.held.len(), 3, "{:?}", held(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_type_that_was_disabled_comes_back() {
    let shared = "resource_policies: {baseline: {guardrail: baseline, share_with: organization}}\n\
        org_policies: {org: {enforce: [{guardrail: baseline}], attach: [root]}}\n";
    let sandbox = Sandbox::applied(&enforced("", shared)).await;
    sandbox
        .edit(|state| {
            state["organization"]["policy_types"]["BEDROCK_POLICY"] = json!({"enabled": false});
            let attachments = state["organization"]["attachments"].as_object_mut().expect("attachments");
            for types in attachments.values_mut() {
                types.as_object_mut().expect("types").remove("BEDROCK_POLICY");
            }
        })
        .await;
    let text = spec(&enforced("", shared));
    let plan = sandbox.apply(&text).await;
    assert!(steps(&plan).contains(&"create org-policy-type BEDROCK_POLICY".to_owned()), "{:?}", steps(&plan));
    assert_in_sync(&sandbox.plan(&text).await, &format!("{:?}", steps(&plan)));
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_versions_are_room_enough() {
    let sandbox = Sandbox::start().await;
    let at = |word: usize| {
        format!(
            "guardrails:\n{}account_enforcement: {{here: {{guardrail: baseline}}}}\n",
            guardrail("baseline", &format!("word{word}"), ", keep_versions: 19")
        )
    };
    for word in 0..23 {
        sandbox.apply(&spec(&at(word))).await;
    }
    assert_in_sync(&sandbox.plan(&spec(&at(22))).await, "twenty");
    // What was published before is used again, not published once more.
    let plan = sandbox.settles(&at(15)).await;
    assert!(!steps(&plan).iter().any(|step| step.starts_with("create")), "{:?}", steps(&plan));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_takes_along_what_it_needs_and_no_more() {
    let shared = "resource_policies: {baseline: {guardrail: baseline, share_with: organization}}\n\
        org_policies: {org: {enforce: [{guardrail: baseline}], attach: [root]}}\n";
    let sandbox = Sandbox::start().await;
    let text = spec(&enforced("", shared));
    let plan = sandbox.plan_with(&text, &targeting(&["account-enforcement/*"])).await;
    let kinds: Vec<_> = plan.actions.iter().map(|action| action.address.kind.word()).collect();
    assert_eq!(kinds, ["guardrail", "guardrail-version", "account-enforcement"]);
    let plan = sandbox.plan_with(&text, &targeting(&["org-policy-attachment/*"])).await;
    assert_eq!(plan.actions.len(), 6, "{:?}", steps(&plan));
    assert!(comes_after(&plan, "create org-policy-attachment org:r-sand", "create resource-policy baseline"));
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_move_without_a_gap() {
    let at = |targets: &str| {
        enforced(
            "",
            &format!(
                "resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
                 org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [{targets}]}}}}\n"
            ),
        )
    };
    let sandbox = Sandbox::applied(&at("\"account:sandbox-1\"")).await;
    let plan = sandbox.settles(&at("\"ou:Sandbox\"")).await;
    assert!(comes_after(
        &plan,
        "delete org-policy-attachment org:555566667777",
        "create org-policy-attachment org:ou-sand-sandbox0"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_versions_keeps_its_meaning() {
    let with = |word: &str, regions: &str, key: &str| {
        spec(&format!(
            "guardrails:\n{}versions: {{{key}: {{guardrail: baseline}}}}\n\
             account_enforcement: {{here: {{guardrail: baseline, version: {key}}}}}\n",
            guardrail("baseline", word, "")
        ))
        .replace("[us-east-1]", regions)
    };
    let sandbox = Sandbox::start().await;
    sandbox.apply(&with("one", "[us-east-1]", "rel-1")).await;
    let moved = with("two", "[us-east-1, eu-west-1]", "rel-1");
    let plan = sandbox.plan(&moved).await;
    assert_eq!(
        held(&plan),
        ["content-moved create guardrail-version rel-1", "needs create account-enforcement account"]
    );
    let renamed = with("two", "[us-east-1, eu-west-1]", "rel-2");
    sandbox.apply(&renamed).await;
    assert_in_sync(&sandbox.plan(&renamed).await, &renamed);
    // The key that was given up may not come back for other content while its marks tell of it.
    sandbox
        .edit(|state| {
            let regions =
                state.pointer_mut("/bedrock/111122223333").and_then(|it| it.as_object_mut()).expect("Regions");
            for region in regions.values_mut() {
                for guardrail in region["guardrails"].as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
                    guardrail["versions"] = json!({});
                }
            }
        })
        .await;
    let plan = sandbox.plan(&renamed).await;
    assert!(
        held(&plan).iter().any(|line| line.starts_with("content-moved create guardrail-version rel-2")),
        "{:?}",
        held(&plan)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_and_went_comes_again_as_often_as_it_is_wanted() {
    let with = enforced(", keep_versions: 0", "");
    let without = format!("guardrails:\n{}", guardrail("baseline", "one", ", keep_versions: 0"));
    let neither = format!("guardrails:\n{}", guardrail("other", "two", ""));
    let mut sandbox = Sandbox::start().await;
    sandbox.visible = Duration::from_millis(100);
    // A version of one and the same draft, and then the guardrail itself with one and the same content.
    for round in [&with, &without, &with, &without, &with, &without, &with, &neither, &with, &neither, &with] {
        let (plan, outcome) = sandbox.apply_with(&spec(round), &bedrail::plan::Options::default()).await;
        assert!(outcome.is_complete(), "{:#?}\n{:#?}", steps(&plan), outcome.failed);
        assert_in_sync(&sandbox.plan(&spec(round)).await, round);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_given_up_together_with_a_region_is_free_at_once() {
    let policies = |q: &str| {
        format!(
            "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\norg_policies:\n{q}",
            guardrail("baseline", "one", "")
        )
    };
    let in_both =
        |sections: &str| spec(sections).replace("regions: [us-east-1]\n", "regions: [us-east-1, eu-west-1]\n");
    let sandbox = Sandbox::start().await;
    sandbox
        .apply(&in_both(&policies("  q: {name: old, enforce: [{guardrail: baseline}], attach: [\"ou:Sandbox\"]}\n")))
        .await;
    let then = in_both(&policies(
        "  q: {name: new, enforce: [{guardrail: baseline, regions: [us-east-1]}], attach: [\"ou:Sandbox\"]}\n\
         \x20 p: {name: old, enforce: [{guardrail: baseline}], attach: [\"ou:Security\"]}\n",
    ));
    let plan = sandbox.apply(&then).await;
    assert!(comes_after(&plan, "create org-policy p", "update org-policy q"), "{:#?}", steps(&plan));
    assert_in_sync(&sandbox.plan(&then).await, &then);
}
