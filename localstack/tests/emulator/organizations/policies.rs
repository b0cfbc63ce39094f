//! Policy types, policies, attachments and tags through their lives.

use serde_json::{Value, json};

use super::aws::{Aws, PAYMENTS_PROD, ROOT, SANDBOX, naming};

async fn types(aws: &Aws) -> Value {
    aws.must("ListRoots", json!({})).await["Roots"][0]["PolicyTypes"].clone()
}

async fn attached(aws: &Aws, target: &str, policy_type: &str) -> Vec<String> {
    let found = aws.all("ListPoliciesForTarget", json!({"TargetId": target, "Filter": policy_type}), "Policies").await;
    found.iter().map(|row| row["Id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_type_is_pending_before_it_is_enabled_or_gone() {
    let aws = Aws::start().await;
    let of = |status: &str| json!([{"Type": "BEDROCK_POLICY", "Status": status}]);
    let input = json!({"RootId": ROOT, "PolicyType": "BEDROCK_POLICY"});
    assert_eq!(types(&aws).await, json!([]));
    let root = aws.must("EnablePolicyType", input.clone()).await;
    assert_eq!(root["Root"]["PolicyTypes"], of("PENDING_ENABLE"));
    assert_eq!(aws.refused("DisablePolicyType", input.clone()).await.code, "PolicyChangesInProgressException");
    aws.wait().await;
    assert_eq!(types(&aws).await, of("ENABLED"));

    let policy = aws.policy("p", &naming("aaa")).await;
    aws.attach(&policy, ROOT).await;
    aws.must("DisablePolicyType", input.clone()).await;
    assert_eq!(types(&aws).await, of("PENDING_DISABLE"));
    assert_eq!(aws.refused("EnablePolicyType", input).await.code, "PolicyChangesInProgressException");
    aws.wait().await;
    assert_eq!(types(&aws).await, json!([]));
    assert_eq!(attached(&aws, ROOT, "BEDROCK_POLICY").await, [] as [&str; 0], "attachments do not survive");
    let left = aws.must("ListPolicies", json!({"Filter": "BEDROCK_POLICY"})).await;
    assert_eq!(left["Policies"][0]["Id"], policy.as_str(), "documents do");
}

#[tokio::test]
async fn a_policy_is_stored_to_the_character_and_changed_in_part() {
    let aws = Aws::start().await;
    aws.enable().await;
    let content = format!("\n  {}  \n", naming("aaa"));
    let input = json!({"Name": "ünïcode", "Description": "", "Type": "BEDROCK_POLICY", "Content": content,
        "Tags": [{"Key": "bedrail:stack", "Value": "acme platform"}]});
    let created = aws.must("CreatePolicy", input).await["Policy"].clone();
    let id = created["PolicySummary"]["Id"].as_str().expect("an id").to_owned();
    assert_eq!(
        created,
        json!({"Content": content, "PolicySummary": {
            "Id": id,
            "Arn": format!("arn:aws:organizations::111122223333:policy/o-bedrailsand/bedrock_policy/{id}"),
            "Name": "ünïcode",
            "Description": "",
            "Type": "BEDROCK_POLICY",
            "AwsManaged": false,
        }})
    );
    let updated = aws.must("UpdatePolicy", json!({"PolicyId": id, "Description": "said"})).await["Policy"].clone();
    assert_eq!((&updated["PolicySummary"]["Description"], &updated["Content"]), (&json!("said"), &json!(content)));
    let updated = aws.must("UpdatePolicy", json!({"PolicyId": id, "Content": naming("bbb").to_string()})).await;
    assert_eq!(updated, aws.must("DescribePolicy", json!({"PolicyId": id})).await);
    assert_eq!(updated["Policy"]["PolicySummary"]["Name"], "ünïcode");

    let tags = json!([{"Key": "bedrail:stack", "Value": "acme platform"}]);
    assert_eq!(aws.must("ListTagsForResource", json!({"ResourceId": id})).await["Tags"], tags);
    assert_eq!(aws.must("DeletePolicy", json!({"PolicyId": id})).await, Value::Null);
    assert_eq!(aws.refused("DescribePolicy", json!({"PolicyId": id})).await.code, "PolicyNotFoundException");
    assert_eq!(aws.refused("ListTagsForResource", json!({"ResourceId": id})).await.code, "TargetNotFoundException");
}

#[tokio::test]
async fn attachments_keep_their_order_and_their_policy() {
    let aws = Aws::start().await;
    aws.enable().await;
    let (one, two) = (aws.policy("one", &naming("aaa")).await, aws.policy("two", &naming("bbb")).await);
    for target in [SANDBOX, ROOT, PAYMENTS_PROD] {
        aws.attach(&two, target).await;
    }
    aws.attach(&one, SANDBOX).await;
    assert_eq!(attached(&aws, SANDBOX, "BEDROCK_POLICY").await, [two.as_str(), &one]);
    let targets = aws.all("ListTargetsForPolicy", json!({"PolicyId": two}), "Targets").await;
    let kinds: Vec<(&Value, &Value)> = targets.iter().map(|row| (&row["TargetId"], &row["Type"])).collect();
    let want = [(ROOT, "ROOT"), (SANDBOX, "ORGANIZATIONAL_UNIT"), (PAYMENTS_PROD, "ACCOUNT")]
        .map(|(a, b)| (json!(a), json!(b)));
    assert_eq!(kinds, want.iter().map(|(id, kind)| (id, kind)).collect::<Vec<_>>());
    assert_eq!(aws.refused("DeletePolicy", json!({"PolicyId": one})).await.code, "PolicyInUseException");

    // Attaching again moves a policy behind the others.
    aws.detach(&two, SANDBOX).await;
    aws.attach(&two, SANDBOX).await;
    assert_eq!(attached(&aws, SANDBOX, "BEDROCK_POLICY").await, [one.as_str(), &two]);
    aws.detach(&one, SANDBOX).await;
    aws.must("DeletePolicy", json!({"PolicyId": one})).await;
}

#[tokio::test]
async fn service_control_policies_begin_with_full_access() {
    let aws = Aws::start().await;
    aws.must("EnablePolicyType", json!({"RootId": ROOT, "PolicyType": "SERVICE_CONTROL_POLICY"})).await;
    aws.wait().await;
    for target in [ROOT, SANDBOX, PAYMENTS_PROD] {
        assert_eq!(attached(&aws, target, "SERVICE_CONTROL_POLICY").await, ["p-FullAWSAccess"]);
    }
    let managed = aws.must("DescribePolicy", json!({"PolicyId": "p-FullAWSAccess"})).await["Policy"].clone();
    let arn = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess";
    assert_eq!(
        (&managed["PolicySummary"]["Arn"], &managed["PolicySummary"]["AwsManaged"]),
        (&json!(arn), &json!(true))
    );
    let last = aws.refused("DetachPolicy", json!({"PolicyId": "p-FullAWSAccess", "TargetId": ROOT})).await;
    assert_eq!(last.reason(), "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
}

#[tokio::test]
async fn ten_policies_are_the_most_on_one_node() {
    let aws = Aws::start().await;
    aws.enable().await;
    for number in 0..10 {
        let policy = aws.policy(&format!("p{number}"), &naming("aaa")).await;
        aws.attach(&policy, SANDBOX).await;
    }
    let eleventh = aws.policy("eleventh", &naming("aaa")).await;
    let refusal = aws.refused("AttachPolicy", json!({"PolicyId": eleventh, "TargetId": SANDBOX})).await;
    assert_eq!(refusal.reason(), "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
    aws.attach(&eleventh, ROOT).await;
}

#[tokio::test]
async fn tags_are_added_replaced_and_taken_away() {
    let aws = Aws::start().await;
    for resource in [ROOT, SANDBOX, PAYMENTS_PROD] {
        let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
        aws.must("TagResource", json!({"ResourceId": resource, "Tags": [tag("a", "1"), tag("b", "")]})).await;
        aws.must("TagResource", json!({"ResourceId": resource, "Tags": [tag("a", "2")]})).await;
        let tags = aws.must("ListTagsForResource", json!({"ResourceId": resource})).await;
        assert_eq!(tags, json!({"Tags": [tag("a", "2"), tag("b", "")]}));
        aws.must("UntagResource", json!({"ResourceId": resource, "TagKeys": ["a", "never"]})).await;
        assert_eq!(
            aws.must("ListTagsForResource", json!({"ResourceId": resource})).await["Tags"],
            json!([tag("b", "")])
        );
    }
    let many: Vec<Value> = (0..50).map(|number| json!({"Key": number.to_string(), "Value": ""})).collect();
    let refusal = aws.refused("TagResource", json!({"ResourceId": ROOT, "Tags": many})).await;
    assert_eq!(refusal.reason(), "MAX_TAG_LIMIT_EXCEEDED");
}
