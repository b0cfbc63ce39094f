//! Attachments through time, on the built-in seed's tree.

use serde_json::{Value, json};

use crate::clock::Millis;
use crate::organizations::Organization;
use crate::organizations::policy_type::PolicyType;
use crate::organizations::sample::{
    PAYMENTS_DEV, PAYMENTS_PROD, PROD, ROOT, SANDBOX, SANDBOX_1, WORKLOADS, document, naming, value, version,
    with_policies,
};

const BEDROCK: PolicyType = PolicyType::BedrockPolicy;
const DELAY: Millis = 500;

fn attach(organization: &mut Organization, now: Millis, node: &str, policy: &str) {
    organization.attach(node, BEDROCK, policy);
    organization.propagate(BEDROCK, now, now + DELAY);
}

fn detach(organization: &mut Organization, now: Millis, node: &str, policy: &str) {
    organization.detach(node, BEDROCK, policy);
    organization.propagate(BEDROCK, now, now + DELAY);
}

/// The guardrail version that governs an account in us-east-1.
fn governs(organization: &Organization, account: &str, now: Millis) -> Option<String> {
    let document = organization.effective(BEDROCK, account, now).document?;
    let identifier = document.pointer("/bedrock/guardrail_inference/us-east-1/config_1/identifier")?;
    identifier.as_str().map(str::to_owned)
}

fn aaa() -> String {
    version("aaa", 1)
}

fn bbb() -> String {
    version("bbb", 1)
}

#[test]
fn attachments_reach_what_is_below_after_the_delay() {
    let mut organization = with_policies(&[("p-aaaaaaaa", naming("aaa", 1)), ("p-bbbbbbbb", naming("bbb", 1))]);
    attach(&mut organization, 1_000, ROOT, "p-aaaaaaaa");
    assert_eq!(governs(&organization, SANDBOX_1, 1_499), None);
    attach(&mut organization, 2_000, PROD, "p-bbbbbbbb");
    let rows = [
        (PAYMENTS_PROD, 2_499, Some(aaa())),
        (PAYMENTS_PROD, 2_500, Some(bbb())),
        (PAYMENTS_DEV, 2_500, Some(aaa())),
        ("111122223333", 2_500, Some(aaa())),
    ];
    for (account, now, want) in rows {
        assert_eq!(governs(&organization, account, now), want, "{account} at {now}");
    }
    detach(&mut organization, 3_000, ROOT, "p-aaaaaaaa");
    assert_eq!(governs(&organization, PAYMENTS_DEV, 3_499), Some(aaa()));
    assert_eq!(governs(&organization, PAYMENTS_DEV, 3_500), None);
    assert_eq!(governs(&organization, PAYMENTS_PROD, 3_500), Some(bbb()));
}

#[test]
fn a_child_takes_up_what_its_parent_still_has_pending() {
    let mut organization = with_policies(&[("p-aaaaaaaa", naming("aaa", 1)), ("p-bbbbbbbb", naming("bbb", 1))]);
    attach(&mut organization, 1_000, ROOT, "p-aaaaaaaa");
    attach(&mut organization, 1_200, SANDBOX_1, "p-bbbbbbbb");
    let have = [1_499, 1_500, 1_700].map(|now| governs(&organization, SANDBOX_1, now));
    assert_eq!(have, [None, Some(aaa()), Some(bbb())]);
}

#[test]
fn an_invalid_merge_keeps_the_last_valid_one_and_names_the_policies() {
    let lists = document(&json!({"model_enforcement": {"included_models": {"@@assign": ["ALL"]}}}));
    let mut organization = with_policies(&[("p-aaaaaaaa", naming("aaa", 1)), ("p-llllllll", lists)]);
    attach(&mut organization, 0, WORKLOADS, "p-aaaaaaaa");
    attach(&mut organization, 1_000, PROD, "p-llllllll");
    let effective = organization.effective(BEDROCK, PAYMENTS_PROD, 1_500);
    let found: Vec<(&str, String, &[String])> =
        effective.defects.iter().map(|one| (one.code.as_str(), one.path.join("."), one.policies.as_slice())).collect();
    let place = "bedrock.guardrail_inference.us-east-1.config_1.model_enforcement.excluded_models";
    let policies = ["p-aaaaaaaa".to_owned(), "p-llllllll".to_owned()];
    assert_eq!(found, [("KEY_REQUIRED", place.to_owned(), policies.as_slice())]);
    assert_eq!(governs(&organization, PAYMENTS_PROD, 1_500), Some(aaa()));
    assert!(organization.effective(BEDROCK, PAYMENTS_DEV, 1_500).defects.is_empty());

    // No change comes through until the merge is valid again.
    detach(&mut organization, 2_000, WORKLOADS, "p-aaaaaaaa");
    assert_eq!(governs(&organization, PAYMENTS_PROD, 9_000), Some(aaa()));
    detach(&mut organization, 9_000, PROD, "p-llllllll");
    assert_eq!(governs(&organization, PAYMENTS_PROD, 9_500), None);
}

#[test]
fn enforcement_is_what_is_in_effect_not_what_is_attached() {
    let mut organization = with_policies(&[("p-aaaaaaaa", naming("aaa", 2))]);
    attach(&mut organization, 0, SANDBOX, "p-aaaaaaaa");
    let arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/aaa";
    let rows = [
        (499, arn, None, false),
        (500, arn, None, true),
        (500, arn, Some("2"), true),
        (500, arn, Some("1"), false),
        (500, "arn:aws:bedrock:us-east-1:111122223333:guardrail/aa", None, false),
    ];
    for (now, arn, number, want) in rows {
        assert_eq!(organization.enforces(now, arn, number), want, "{arn} {number:?} at {now}");
    }
    let mut childless = with_policies(&[("p-aaaaaaaa", naming("aaa", 2))]);
    childless.accounts.retain(|_, account| account.parent != SANDBOX);
    attach(&mut childless, 0, SANDBOX, "p-aaaaaaaa");
    assert!(!childless.enforces(500, arn, None), "an OU without accounts enforces nothing");
}

#[test]
fn a_state_keeps_what_is_pending_and_one_edited_by_hand_is_in_effect_at_once() {
    let mut organization = with_policies(&[("p-aaaaaaaa", naming("aaa", 1)), ("p-bbbbbbbb", naming("bbb", 1))]);
    attach(&mut organization, 1_000, ROOT, "p-aaaaaaaa");
    let mut saved = serde_json::to_value(&organization).expect("JSON");
    let read = |saved: &Value| serde_json::from_value::<Organization>(saved.clone()).expect("a valid organization");
    assert_eq!(read(&saved), organization);
    assert_eq!([1_499, 1_500].map(|now| governs(&read(&saved), SANDBOX_1, now)), [None, Some(aaa())]);

    saved["attachments"][ROOT]["BEDROCK_POLICY"] = json!(["p-bbbbbbbb"]);
    assert_eq!(governs(&read(&saved), SANDBOX_1, 1_000), Some(bbb()));
    saved["attachments"] = json!({});
    assert_eq!(governs(&read(&saved), SANDBOX_1, 1_000), None);

    let mut written = value();
    written["policy_types"] = json!({"BEDROCK_POLICY": {"enabled": true}});
    let content = naming("aaa", 1).to_string();
    written["policies"] = json!({"p-aaaaaaaa": {"name": "a", "type": "BEDROCK_POLICY", "content": content}});
    written["attachments"] = json!({SANDBOX: {"BEDROCK_POLICY": ["p-aaaaaaaa"]}});
    assert_eq!(governs(&read(&written), SANDBOX_1, 0), Some(aaa()));
}

#[test]
fn thousands_of_accounts_below_one_attachment_share_one_merge() {
    let mut organization = with_policies(&[("p-aaaaaaaa", naming("aaa", 1))]);
    let account = organization.accounts[SANDBOX_1].clone();
    organization.accounts.extend((0..5_000).map(|number| (format!("8{number:011}"), account.clone())));
    attach(&mut organization, 0, ROOT, "p-aaaaaaaa");
    assert_eq!(organization.effective[&BEDROCK].len(), 1);
    assert_eq!(governs(&organization, "800000004999", 500), Some(aaa()));
}
