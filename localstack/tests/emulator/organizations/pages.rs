//! Lists come in pages; a page may be empty and not the last.

use serde_json::{Value, json};

use super::aws::{Aws, ROOT, naming};

async fn sizes(aws: &Aws, operation: &str, input: Value, member: &str) -> Vec<usize> {
    let (mut sizes, mut input) = (Vec::new(), input);
    loop {
        let page = aws.must(operation, input.clone()).await;
        sizes.push(page[member].as_array().expect("a list").len());
        input["NextToken"] = page["NextToken"].clone();
        if input["NextToken"].is_null() {
            return sizes;
        }
    }
}

#[tokio::test]
async fn pages_hold_what_is_asked_for_and_twenty_at_most() {
    let aws = Aws::start().await;
    aws.enable().await;
    for number in 0..23 {
        aws.policy(&format!("p{number}"), &naming("aaa")).await;
    }
    let filter = json!({"Filter": "BEDROCK_POLICY"});
    assert_eq!(sizes(&aws, "ListPolicies", filter.clone(), "Policies").await, [20, 0, 3], "an empty page");
    assert_eq!(sizes(&aws, "ListAccounts", json!({"MaxResults": 3}), "Accounts").await, [3, 0, 3, 1]);
    assert_eq!(sizes(&aws, "ListAccounts", json!({"MaxResults": 7}), "Accounts").await, [7]);

    aws.client().control("POST", "options", &json!({"empty_pages": true})).await.ok(200);
    assert_eq!(sizes(&aws, "ListPolicies", filter.clone(), "Policies").await, [0, 20, 3]);
    assert_eq!(sizes(&aws, "ListRoots", json!({}), "Roots").await, [0, 1]);
    assert_eq!(aws.all("ListPolicies", filter, "Policies").await.len(), 23);
    let none = json!({"TargetId": ROOT, "Filter": "BEDROCK_POLICY"});
    assert_eq!(sizes(&aws, "ListPoliciesForTarget", none, "Policies").await, [0]);
}

#[tokio::test]
async fn a_token_is_good_for_its_operation_only() {
    let aws = Aws::start().await;
    let token = aws.must("ListAccounts", json!({"MaxResults": 1})).await["NextToken"].clone();
    assert_eq!(aws.refused("ListRoots", json!({"NextToken": token})).await.reason(), "INVALID_NEXT_TOKEN");
    assert_eq!(
        aws.must("ListAccounts", json!({"NextToken": token})).await["Accounts"].as_array().map(Vec::len),
        Some(0),
        "an empty page, and the rest behind it"
    );
}
