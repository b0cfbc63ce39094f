//! The seeds beside the built-in one, as a first look at them sees them.

use std::path::Path;

use bedrail_localstack::{Config, Seed};
use serde_json::{Value, json};

use super::aws::{Aws, PAYMENTS_DEV, SANDBOX_1, SECURITY, naming};

async fn start(seed: &str) -> Aws {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(seed);
    Aws::start_with(Config { seed: Seed::File(file), ..Config::default() }).await
}

#[tokio::test]
async fn brownfield_has_foreign_guardrails_policies_and_enforcement() {
    let aws = start("brownfield.json").await;
    let guardrails = aws.client().bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    let names: Vec<&Value> =
        guardrails["guardrails"].as_array().expect("a list").iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["checkout-safety", "legacy-filter"]);
    for account in ["111122223333", "333344445555"] {
        let path = "/enforcedGuardrailsConfiguration";
        let enforced = aws.client().account(account).bedrock("GET", path, &json!({})).await.ok(200);
        assert_eq!(enforced["guardrailsConfig"].as_array().map(Vec::len), Some(1), "{account}");
    }
    let policies = aws.all("ListPolicies", json!({"Filter": "BEDROCK_POLICY"}), "Policies").await;
    let names: Vec<&Value> = policies.iter().map(|row| &row["Name"]).collect();
    assert_eq!(names, ["checkout", "hand-made"]);
    for account in [PAYMENTS_DEV, SANDBOX_1] {
        let own = aws.call_from(account, "DescribeEffectivePolicy", json!({"PolicyType": "BEDROCK_POLICY"})).await;
        assert!(own.is_ok(), "{account}: {own:?}");
    }
}

#[tokio::test]
async fn delegated_lets_a_member_manage_bedrock_policies() {
    let aws = start("delegated.json").await;
    let content = naming("aaa").to_string();
    let create = |policy_type: &str| json!({"Name": "p", "Description": "", "Type": policy_type, "Content": content});
    assert!(aws.call_from(SECURITY, "CreatePolicy", create("BEDROCK_POLICY")).await.is_ok());
    let refusal = aws.call_from(SECURITY, "CreatePolicy", create("TAG_POLICY")).await.expect_err("another type");
    assert_eq!(refusal.code, "AccessDeniedException");
}
