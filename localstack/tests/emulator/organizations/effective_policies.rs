//! Effective policies as accounts and their administrators see them.

use bedrail_localstack::Config;
use serde_json::{Value, json};

use super::aws::{Answer, Aws, PAYMENTS_PROD, ROOT, SANDBOX, SANDBOX_1, document, naming, version};
use crate::client::MANAGEMENT;

async fn effective(aws: &Aws, account: &str) -> Answer {
    let input = json!({"PolicyType": "BEDROCK_POLICY", "TargetId": account});
    let found = aws.call("DescribeEffectivePolicy", input).await?;
    let content = found["EffectivePolicy"]["PolicyContent"].as_str().expect("a document").to_owned();
    Ok(serde_json::from_str(&content).expect("JSON"))
}

fn settings(content: &Value) -> &Value {
    &content["bedrock"]["guardrail_inference"]["us-east-1"]["config_1"]
}

#[tokio::test]
async fn a_change_is_seen_after_the_delay_and_in_plain_values() {
    let aws = Aws::start().await;
    aws.enable().await;
    let none = json!(["@@none"]);
    let whole = document(&json!({
        "@@operators_allowed_for_child_policies": none,
        "identifier": {"@@assign": version("aaa"), "@@operators_allowed_for_child_policies": none},
        "selective_content_guarding": {"system": {"@@assign": "selective"}},
        "model_enforcement": {"included_models": {"@@assign": ["ALL"]}, "excluded_models": {"@@assign": []}},
    }));
    let policy = aws.policy("whole", &whole).await;
    aws.attach(&policy, ROOT).await;
    assert_eq!(effective(&aws, SANDBOX_1).await.expect_err("not yet").code, "EffectivePolicyNotFoundException");
    aws.wait().await;
    let plain = json!({
        "identifier": version("aaa"),
        "selective_content_guarding": {"system": "selective"},
        "model_enforcement": {"included_models": ["ALL"], "excluded_models": []},
    });
    assert_eq!(effective(&aws, SANDBOX_1).await, Ok(document(&plain)));

    // The child's forbidden operator is ignored, and the merge stays valid.
    let child = aws.policy("child", &naming("bbb")).await;
    aws.attach(&child, SANDBOX).await;
    aws.wait().await;
    assert_eq!(effective(&aws, SANDBOX_1).await, Ok(document(&plain)));
    let broken = aws.must("ListAccountsWithInvalidEffectivePolicy", json!({"PolicyType": "BEDROCK_POLICY"})).await;
    assert_eq!(broken, json!({"Accounts": [], "PolicyType": "BEDROCK_POLICY"}));

    aws.must("UpdatePolicy", json!({"PolicyId": policy, "Content": naming("ccc").to_string()})).await;
    assert_eq!(settings(&effective(&aws, PAYMENTS_PROD).await.expect("still"))["identifier"], version("aaa"));
    aws.wait().await;
    assert_eq!(settings(&effective(&aws, PAYMENTS_PROD).await.expect("now"))["identifier"], version("ccc"));
    assert_eq!(settings(&effective(&aws, SANDBOX_1).await.expect("unlocked"))["identifier"], version("bbb"));
}

#[tokio::test]
async fn an_invalid_merge_is_reported_and_changes_nothing_until_repaired() {
    let aws = Aws::start().await;
    aws.enable().await;
    let base = aws.policy("base", &naming("aaa")).await;
    let half =
        aws.policy("half", &document(&json!({"model_enforcement": {"excluded_models": {"@@append": ["m"]}}}))).await;
    aws.attach(&base, ROOT).await;
    aws.wait().await;
    aws.attach(&half, SANDBOX).await;
    aws.wait().await;
    let broken = aws.must("ListAccountsWithInvalidEffectivePolicy", json!({"PolicyType": "BEDROCK_POLICY"})).await;
    let ids: Vec<&Value> = broken["Accounts"].as_array().expect("a list").iter().map(|row| &row["Id"]).collect();
    assert_eq!(ids, ["555566667777", "666677778888", "777788889999"]);
    let input = json!({"PolicyType": "BEDROCK_POLICY", "AccountId": SANDBOX_1});
    let report = aws.must("ListEffectivePolicyValidationErrors", input.clone()).await;
    let mut contributing = [base.as_str(), half.as_str()];
    contributing.sort_unstable();
    assert_eq!(
        report["EffectivePolicyValidationErrors"],
        json!([{
            "ErrorCode": "KEY_REQUIRED",
            "ErrorMessage": "included_models is required",
            "PathToError": "bedrock.guardrail_inference.us-east-1.config_1.model_enforcement.included_models",
            "ContributingPolicies": contributing,
        }])
    );
    assert_eq!(report["Path"], "o-bedrailsand/r-sand/ou-sand-sandbox0/555566667777/");
    assert_eq!(
        *settings(&effective(&aws, SANDBOX_1).await.expect("the last valid one")),
        json!({"identifier": version("aaa")})
    );

    aws.must("UpdatePolicy", json!({"PolicyId": base, "Content": naming("bbb").to_string()})).await;
    aws.wait().await;
    assert_eq!(settings(&effective(&aws, PAYMENTS_PROD).await.expect("valid"))["identifier"], version("bbb"));
    assert_eq!(settings(&effective(&aws, SANDBOX_1).await.expect("stale"))["identifier"], version("aaa"));
    aws.detach(&half, SANDBOX).await;
    aws.wait().await;
    assert_eq!(settings(&effective(&aws, SANDBOX_1).await.expect("repaired"))["identifier"], version("bbb"));
    let report = aws.must("ListEffectivePolicyValidationErrors", input).await;
    assert_eq!(report["EffectivePolicyValidationErrors"], json!([]));
}

#[tokio::test]
async fn accounts_ask_for_their_own_and_not_for_others() {
    let aws = Aws::start().await;
    aws.enable().await;
    let policy = aws.policy("p", &naming("aaa")).await;
    aws.attach(&policy, SANDBOX).await;
    aws.wait().await;
    let own = json!({"PolicyType": "BEDROCK_POLICY"});
    let found = aws.call_from(SANDBOX_1, "DescribeEffectivePolicy", own.clone()).await.expect("its own");
    assert_eq!(found["EffectivePolicy"]["TargetId"], SANDBOX_1);
    let rows = [
        (PAYMENTS_PROD, own.clone(), "EffectivePolicyNotFoundException"),
        (MANAGEMENT, own, "EffectivePolicyNotFoundException"),
        (SANDBOX_1, json!({"PolicyType": "BEDROCK_POLICY", "TargetId": MANAGEMENT}), "AccessDeniedException"),
        (MANAGEMENT, json!({"PolicyType": "BEDROCK_POLICY", "TargetId": SANDBOX}), "InvalidInputException"),
        (MANAGEMENT, json!({"PolicyType": "S3_POLICY", "TargetId": SANDBOX_1}), "EffectivePolicyNotFoundException"),
    ];
    for (account, input, code) in rows {
        let refusal = aws.call_from(account, "DescribeEffectivePolicy", input.clone()).await.expect_err(code);
        assert_eq!(refusal.code, code, "{account} {input}");
    }
}

#[tokio::test]
async fn what_is_pending_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = || Config { state_dir: Some(folder.path().to_owned()), ..Config::default() };
    let aws = Aws::start_with(config()).await;
    aws.enable().await;
    let policy = aws.policy("p", &naming("aaa")).await;
    aws.attach(&policy, ROOT).await;
    aws.stop().await;

    let aws = Aws::start_with(config()).await;
    assert!(effective(&aws, SANDBOX_1).await.is_err());
    aws.wait().await;
    assert_eq!(settings(&effective(&aws, SANDBOX_1).await.expect("due"))["identifier"], version("aaa"));
}

#[tokio::test]
async fn on_one_node_the_policy_attached_first_wins_until_it_is_attached_anew() {
    let aws = Aws::start().await;
    aws.enable().await;
    let (one, two) = (aws.policy("one", &naming("aaa")).await, aws.policy("two", &naming("bbb")).await);
    let wins = async || {
        aws.wait().await;
        settings(&effective(&aws, SANDBOX_1).await.expect("in effect"))["identifier"].clone()
    };
    aws.attach(&two, SANDBOX).await;
    aws.attach(&one, SANDBOX).await;
    assert_eq!(wins().await, version("bbb"));
    // Its place is that of its attachment, not of its last edit.
    aws.must("UpdatePolicy", json!({"PolicyId": two, "Content": naming("ccc").to_string()})).await;
    assert_eq!(wins().await, version("ccc"));
    aws.detach(&two, SANDBOX).await;
    aws.attach(&two, SANDBOX).await;
    assert_eq!(wins().await, version("aaa"));
}

#[tokio::test]
async fn an_effective_policy_is_not_a_document_of_its_own() {
    let aws = Aws::start().await;
    aws.enable().await;
    let old = document(&json!({"identifier": {"@@assign": version("aaa")}, "input_tags": {"@@assign": "honor"}}));
    let policy = aws.policy("old", &old).await;
    aws.attach(&policy, ROOT).await;
    aws.wait().await;
    let content = effective(&aws, SANDBOX_1).await.expect("in effect");
    assert_eq!(content, document(&json!({"identifier": version("aaa"), "input_tags": "honor"})));
    let input = json!({"Name": "copy", "Description": "", "Type": "BEDROCK_POLICY", "Content": content.to_string()});
    assert_eq!(aws.refused("CreatePolicy", input).await.code, "MalformedPolicyDocumentException");
}

/// One exception with two meanings, which only the message tells apart.
#[tokio::test]
async fn what_is_not_found_depends_on_who_asks() {
    let aws = Aws::start().await;
    let input = json!({"PolicyType": "BEDROCK_POLICY"});
    let message = async |account: &str| {
        let refusal = aws.call_from(account, "DescribeEffectivePolicy", input.clone()).await.expect_err("none");
        assert_eq!(refusal.code, "EffectivePolicyNotFoundException");
        refusal.body["Message"].as_str().expect("a message").to_owned()
    };
    assert!(message(MANAGEMENT).await.contains("not enabled"));
    assert!(message(PAYMENTS_PROD).await.contains("doesn't have an effective policy"));
    aws.enable().await;
    assert!(message(MANAGEMENT).await.contains("doesn't have an effective policy"));
    assert!(message(PAYMENTS_PROD).await.contains("doesn't have an effective policy"));
}

#[tokio::test]
async fn a_disabled_type_leaves_documents_and_nothing_in_effect() {
    let aws = Aws::start().await;
    aws.enable().await;
    let policy = aws.policy("p", &naming("aaa")).await;
    for target in [ROOT, SANDBOX, SANDBOX_1] {
        aws.attach(&policy, target).await;
    }
    aws.wait().await;
    let input = json!({"RootId": ROOT, "PolicyType": "BEDROCK_POLICY"});
    aws.must("DisablePolicyType", input.clone()).await;
    assert!(effective(&aws, SANDBOX_1).await.is_ok(), "until it is disabled");
    aws.wait().await;
    assert!(effective(&aws, SANDBOX_1).await.is_err());
    assert_eq!(aws.all("ListTargetsForPolicy", json!({"PolicyId": policy}), "Targets").await, [] as [Value; 0]);
    assert_eq!(
        aws.must("DescribePolicy", json!({"PolicyId": policy})).await["Policy"]["Content"],
        naming("aaa").to_string()
    );
    aws.enable().await;
    assert!(effective(&aws, SANDBOX_1).await.is_err(), "attachments do not come back");
}
