//! Delegated administrators and the resource policy.

use serde_json::{Value, json};

use super::aws::{Aws, PAYMENTS_DEV, PAYMENTS_PROD, ROOT, SANDBOX, SANDBOX_1, SECURITY, naming};

const SERVICE: &str = "bedrock.amazonaws.com";

fn statement(account: &str, actions: &[&str], policy_type: &str) -> Value {
    json!({
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{account}:root")},
        "Action": actions,
        "Resource": "*",
        "Condition": {"StringLikeIfExists": {"organizations:PolicyType": [policy_type]}},
    })
}

async fn put(aws: &Aws, statements: Value) {
    let content = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    aws.must("PutResourcePolicy", json!({"Content": content})).await;
}

#[tokio::test]
async fn an_administrator_of_a_service_reads_and_does_not_write() {
    let aws = Aws::start().await;
    aws.enable().await;
    let registration = json!({"AccountId": SECURITY, "ServicePrincipal": SERVICE});
    let early = aws.refused("RegisterDelegatedAdministrator", registration.clone()).await;
    assert_eq!(early.reason(), "SERVICE_ACCESS_NOT_ENABLED");
    aws.must("EnableAWSServiceAccess", json!({"ServicePrincipal": SERVICE})).await;
    aws.must("RegisterDelegatedAdministrator", registration.clone()).await;

    let listed = aws.must("ListDelegatedAdministrators", json!({"ServicePrincipal": SERVICE})).await;
    assert_eq!(listed["DelegatedAdministrators"][0]["Id"], SECURITY);
    let services = aws.must("ListDelegatedServicesForAccount", json!({"AccountId": SECURITY})).await;
    assert_eq!(services["DelegatedServices"][0]["ServicePrincipal"], SERVICE);

    let filter = json!({"PolicyType": "BEDROCK_POLICY"});
    for (operation, input) in [("ListAccounts", json!({})), ("ListAccountsWithInvalidEffectivePolicy", filter)] {
        assert!(aws.call_from(SECURITY, operation, input.clone()).await.is_ok(), "{operation}");
        let refusal = aws.call_from(PAYMENTS_PROD, operation, input).await.expect_err(operation);
        assert_eq!(refusal.code, "AccessDeniedException");
    }
    let tagging = json!({"ResourceId": ROOT, "Tags": []});
    assert_eq!(
        aws.call_from(SECURITY, "TagResource", tagging).await.expect_err("a write").code,
        "AccessDeniedException"
    );

    aws.must("DeregisterDelegatedAdministrator", registration.clone()).await;
    assert!(aws.call_from(SECURITY, "ListAccounts", json!({})).await.is_err());
    let again = aws.refused("DeregisterDelegatedAdministrator", registration).await;
    assert_eq!(again.code, "AccountNotRegisteredException");
}

#[tokio::test]
async fn the_resource_policy_admits_whom_it_names_to_what_it_names() {
    let aws = Aws::start().await;
    aws.enable().await;
    let policy = aws.policy("p", &naming("aaa")).await;
    let actions = ["organizations:List*", "organizations:AttachPolicy", "organizations:DetachPolicy"];
    put(&aws, json!([statement(SECURITY, &actions, "BEDROCK_POLICY")])).await;

    let attachment = json!({"PolicyId": policy, "TargetId": SANDBOX});
    let full_access = json!({"PolicyId": "p-FullAWSAccess", "TargetId": SANDBOX});
    let rows = [
        (SECURITY, "AttachPolicy", attachment.clone(), true),
        (SECURITY, "DetachPolicy", attachment.clone(), true),
        (SECURITY, "ListPolicies", json!({"Filter": "BEDROCK_POLICY"}), true),
        (SECURITY, "ListRoots", json!({}), true),
        (SECURITY, "ListPolicies", json!({"Filter": "TAG_POLICY"}), false),
        (SECURITY, "AttachPolicy", full_access, false),
        (SECURITY, "DeletePolicy", json!({"PolicyId": policy}), false),
        (SECURITY, "ListAccountsWithInvalidEffectivePolicy", json!({"PolicyType": "BEDROCK_POLICY"}), false),
        (SECURITY, "PutResourcePolicy", json!({"Content": "{}"}), false),
        (SANDBOX_1, "AttachPolicy", attachment, false),
    ];
    for (account, operation, input, admitted) in rows {
        let answer = aws.call_from(account, operation, input.clone()).await;
        let denied = answer.as_ref().is_err_and(|refusal| refusal.code == "AccessDeniedException");
        assert_eq!(!denied, admitted, "{account} {operation} {input}: {answer:?}");
    }

    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "organizations:ListRoots", "Resource": "*"});
    put(&aws, json!([statement(SECURITY, &actions, "*"), deny])).await;
    assert!(aws.call_from(SECURITY, "ListRoots", json!({})).await.is_err());
    assert!(aws.call_from(SECURITY, "ListAccounts", json!({})).await.is_ok());
    aws.must("DeleteResourcePolicy", json!({})).await;
    assert!(aws.call_from(SECURITY, "ListAccounts", json!({})).await.is_err());
}

#[tokio::test]
async fn a_resource_policy_keeps_its_id_and_is_replaced_as_a_whole() {
    let aws = Aws::start().await;
    put(&aws, json!([statement(SECURITY, &["organizations:ListRoots"], "*")])).await;
    let one = aws.must("DescribeResourcePolicy", json!({})).await["ResourcePolicy"].clone();
    put(&aws, json!([statement(SECURITY, &["organizations:ListAccounts"], "*")])).await;
    let two = aws.must("DescribeResourcePolicy", json!({})).await["ResourcePolicy"].clone();
    assert_eq!(one["ResourcePolicySummary"], two["ResourcePolicySummary"]);
    assert_ne!(one["Content"], two["Content"]);
    let arn = one["ResourcePolicySummary"]["Arn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:organizations::111122223333:resourcepolicy/o-bedrailsand/rp-"), "{arn}");
}

#[tokio::test]
async fn a_service_that_limits_its_administrators_has_no_more() {
    let accounts = [SECURITY, PAYMENTS_PROD, PAYMENTS_DEV, SANDBOX_1, "666677778888"];
    let limited = "member.org.stacksets.cloudformation.amazonaws.com";
    let seed: Value = serde_json::from_str(include_str!("../../../seeds/default.json")).expect("JSON");
    let mut organization = seed["organization"].clone();
    organization["accounts"]["888899990000"] =
        json!({"name": "sixth", "email": "sixth@example.com", "parent": SANDBOX});
    let aws = Aws::start_from(organization).await;
    for service in [limited, SERVICE] {
        aws.must("EnableAWSServiceAccess", json!({"ServicePrincipal": service})).await;
        for account in accounts {
            let registration = json!({"AccountId": account, "ServicePrincipal": service});
            aws.must("RegisterDelegatedAdministrator", registration.clone()).await;
            let again = aws.refused("RegisterDelegatedAdministrator", registration).await;
            assert_eq!(again.code, "AccountAlreadyRegisteredException");
        }
    }
    let sixth = |service: &str| json!({"AccountId": "888899990000", "ServicePrincipal": service});
    let refusal = aws.refused("RegisterDelegatedAdministrator", sixth(limited)).await;
    assert_eq!(refusal.reason(), "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED");
    aws.must("RegisterDelegatedAdministrator", sixth(SERVICE)).await;
    let one_less = json!({"AccountId": SECURITY, "ServicePrincipal": limited});
    aws.must("DeregisterDelegatedAdministrator", one_less).await;
    aws.must("RegisterDelegatedAdministrator", sixth(limited)).await;
}

#[tokio::test]
async fn a_resource_policy_delegates_what_can_be_delegated() {
    let aws = Aws::start().await;
    let edited = |edit: Value| {
        let mut statement = statement(SECURITY, &["organizations:ListRoots"], "BEDROCK_POLICY");
        for (key, value) in edit.as_object().expect("an object") {
            match value {
                Value::Null => drop(statement.as_object_mut().expect("an object").remove(key)),
                _ => statement[key] = value.clone(),
            }
        }
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    };
    let condition = |value: &str| json!({"StringEquals": {"organizations:PolicyType": value}});
    let policy_arn = "arn:aws:organizations::111122223333:policy/o-bedrailsand/bedrock_policy/*";
    let (action, json_fault) = ("UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", "INVALID_RESOURCE_POLICY_JSON");
    let resource = "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY";
    let rows = [
        (json!({}), ""),
        (json!({"Principal": {"AWS": [SECURITY, "arn:aws:iam::222233334444:role/x"]}}), ""),
        (json!({"Action": ["organizations:Describe*", "organizations:TagResource"], "Resource": [policy_arn]}), ""),
        (json!({"Action": "organizations:ListEffectivePolicyValidationErrors"}), action),
        (json!({"Action": "organizations:ListAccountsWithInvalidEffectivePolicy"}), action),
        (json!({"Action": "organizations:PutResourcePolicy"}), action),
        (json!({"Action": "bedrock:CreateGuardrail"}), action),
        (json!({"Action": null, "NotAction": "organizations:TagResource"}), action),
        (json!({"Action": null}), json_fault),
        (json!({"Effect": "Permit"}), json_fault),
        (json!({"Resource": null}), json_fault),
        (json!({"Comment": "x"}), json_fault),
        (json!({"Resource": null, "NotResource": "*"}), resource),
        (json!({"Resource": "arn:aws:s3:::bucket"}), resource),
        (json!({"Principal": null}), "INVALID_PRINCIPAL"),
        (json!({"Principal": {"Service": "bedrock.amazonaws.com"}}), "INVALID_PRINCIPAL"),
        (json!({"Principal": {"AWS": "security"}}), "INVALID_PRINCIPAL"),
        (json!({"Condition": condition("GUARDRAIL_POLICY")}), "UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY"),
        (json!({"Condition": condition("SERVICE_CONTROL_POLICY")}), ""),
    ];
    for (edit, reason) in rows {
        match aws.call("PutResourcePolicy", json!({"Content": edited(edit.clone())})).await {
            Ok(_) => assert_eq!(reason, "", "{edit}"),
            Err(refusal) => assert_eq!(refusal.reason(), reason, "{edit}: {refusal:?}"),
        }
    }
    let long = format!("{}{}", edited(json!({})), " ".repeat(40_000));
    assert_eq!(aws.refused("PutResourcePolicy", json!({"Content": long})).await.reason(), "MAX_LENGTH_EXCEEDED");
    let tags = json!({"Content": edited(json!({})), "Tags": [{"Key": "k", "Value": ""}]});
    assert_eq!(aws.refused("PutResourcePolicy", tags).await.reason(), "INVALID_LIST_MEMBER");
}

#[tokio::test]
async fn everything_that_a_request_names_has_to_be_allowed() {
    let aws = Aws::start().await;
    aws.enable().await;
    let policy = aws.policy("p", &naming("aaa")).await;
    let policy_arn = format!("arn:aws:organizations::111122223333:policy/o-bedrailsand/bedrock_policy/{policy}");
    let unit_arn = format!("arn:aws:organizations::111122223333:ou/o-bedrailsand/{SANDBOX}");
    let over = |resources: Value, effect: &str| {
        let mut statement = statement(SECURITY, &["organizations:AttachPolicy"], "BEDROCK_POLICY");
        statement["Resource"] = resources;
        statement["Effect"] = json!(effect);
        statement
    };
    let every = || over(json!("*"), "Allow");
    let rows = [
        (json!([over(json!([policy_arn, unit_arn]), "Allow")]), true),
        (json!([over(json!(policy_arn), "Allow"), over(json!(unit_arn), "Allow")]), true),
        (json!([over(json!(policy_arn), "Allow")]), false),
        (json!([over(json!(unit_arn), "Allow")]), false),
        (json!([every(), over(json!(policy_arn), "Deny")]), false),
        (json!([every(), over(json!(unit_arn), "Deny")]), false),
        (json!([every(), over(json!(format!("{unit_arn}x")), "Deny")]), true),
    ];
    for (statements, admitted) in rows {
        put(&aws, statements.clone()).await;
        let attachment = json!({"PolicyId": policy, "TargetId": SANDBOX});
        let answer = aws.call_from(SECURITY, "AttachPolicy", attachment.clone()).await;
        let denied = answer.as_ref().is_err_and(|refusal| refusal.code == "AccessDeniedException");
        assert_eq!(!denied, admitted, "{statements}: {answer:?}");
        if admitted {
            aws.must("DetachPolicy", attachment).await;
        }
    }
}
