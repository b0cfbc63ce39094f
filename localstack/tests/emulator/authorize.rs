//! Calls are checked against the policies of whoever makes them.

use bedrail_localstack::{Config, Emulator, Options, Seed};
use serde_json::{Value, json};

use crate::client::{Answer, Client, MANAGEMENT, MEMBER, created, encoded, guardrail, published};

const PROD: &str = "333344445555";

/// The default seed, changed, and each call checked.
async fn checked(change: impl FnOnce(&mut Value)) -> Emulator {
    let mut seed: Value = serde_json::from_str(include_str!("../../seeds/default.json")).expect("JSON");
    seed["organization"]["policy_types"] =
        json!({"BEDROCK_POLICY": {"enabled": true}, "TAG_POLICY": {"enabled": true}});
    change(&mut seed);
    let options = Options { authorize: true, transition_ms: 0, ..Options::default() };
    Emulator::start(Config { seed: Seed::Value(seed), options, ..Config::default() }).await.expect("starts")
}

fn role(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:role/{name}")
}

/// The default seed with a role in every account that may what the statement says.
fn with_role(seed: &mut Value, name: &str, statement: &Value) {
    let trust = seed["iam"]["*"]["roles"]["BedrailRead"]["trust"].clone();
    let document = json!({"Version": "2012-10-17", "Statement": statement});
    seed["iam"]["*"]["roles"][name] = json!({"trust": trust, "inline": {"only": document}});
}

/// The code of an error, where its protocol has it.
fn code(answer: &Answer) -> String {
    if let Some((_, rest)) = answer.text.split_once("<Code>") {
        return rest.split('<').next().unwrap_or_default().to_owned();
    }
    let header = answer.header("x-amzn-errortype").map(str::to_owned);
    header.unwrap_or_else(|| answer.json()["__type"].as_str().unwrap_or_default().to_owned())
}

/// Every call that a plan makes, and every write: method or protocol, operation or path, input.
fn reads(id: &str, arn: &str) -> Vec<(&'static str, String, Value)> {
    let of = |method, path: &str, input| (method, path.to_owned(), input);
    vec![
        of("GET", "/guardrails", json!({})),
        of("GET", &format!("/guardrails?guardrailIdentifier={id}"), json!({})),
        of("GET", &format!("/guardrails/{id}?guardrailVersion=1"), json!({})),
        of("GET", "/enforcedGuardrailsConfiguration", json!({})),
        of("GET", &format!("/resource-policy/{}", encoded(arn)), json!({})),
        of("POST", "/listTagsForResource", json!({"resourceARN": arn})),
        of("GET", "/logging/modelinvocations", json!({})),
        of("GET", "/foundation-models", json!({})),
        of("organizations", "DescribeOrganization", json!({})),
        of("organizations", "ListRoots", json!({})),
        of("organizations", "ListAccounts", json!({})),
        of("organizations", "ListChildren", json!({"ParentId": "r-sand", "ChildType": "ACCOUNT"})),
        of("organizations", "ListPolicies", json!({"Filter": "BEDROCK_POLICY"})),
        of("organizations", "DescribePolicy", json!({"PolicyId": "p-FullAWSAccess"})),
        of("organizations", "ListTagsForResource", json!({"ResourceId": MEMBER})),
        of("iam", "ListPolicies", json!("")),
        of("iam", "GetRole", json!("RoleName=app-role")),
        of("iam", "GetRolePolicy", json!("RoleName=app-role&PolicyName=models")),
        of("iam", "ListAttachedRolePolicies", json!("RoleName=app-role")),
        of("sts", "GetCallerIdentity", json!("")),
    ]
}

fn writes(id: &str, arn: &str) -> Vec<(&'static str, String, Value)> {
    let of = |method, path: &str, input| (method, path.to_owned(), input);
    let policy = "PolicyArn=arn:aws:iam::111122223333:policy/p";
    let document = r#"{"Version":"2012-10-17","Statement":[]}"#;
    vec![
        of("POST", "/guardrails", guardrail("another")),
        of("PUT", &format!("/guardrails/{id}"), guardrail("changed")),
        of("POST", &format!("/guardrails/{id}"), json!({})),
        of("DELETE", &format!("/guardrails/{id}"), json!({})),
        of(
            "PUT",
            "/enforcedGuardrailsConfiguration",
            json!({"guardrailInferenceConfig": {"guardrailIdentifier": id, "guardrailVersion": "1"}}),
        ),
        of("DELETE", "/enforcedGuardrailsConfiguration/abc", json!({})),
        of("POST", "/resource-policy", json!({"resourceArn": arn, "resourcePolicy": document})),
        of("DELETE", &format!("/resource-policy/{}", encoded(arn)), json!({})),
        of("POST", "/tagResource", json!({"resourceARN": arn, "tags": [{"key": "a", "value": "b"}]})),
        of("POST", "/untagResource", json!({"resourceARN": arn, "tagKeys": ["a"]})),
        of("PUT", "/logging/modelinvocations", json!({"loggingConfig": {"textDataDeliveryEnabled": true}})),
        of("DELETE", "/logging/modelinvocations", json!({})),
        of("organizations", "EnablePolicyType", json!({"RootId": "r-sand", "PolicyType": "BEDROCK_POLICY"})),
        of("organizations", "DisablePolicyType", json!({"RootId": "r-sand", "PolicyType": "BEDROCK_POLICY"})),
        of(
            "organizations",
            "CreatePolicy",
            json!({"Name": "p", "Description": "", "Type": "BEDROCK_POLICY", "Content": "{}"}),
        ),
        of("organizations", "UpdatePolicy", json!({"PolicyId": "p-12345678", "Name": "q"})),
        of("organizations", "DeletePolicy", json!({"PolicyId": "p-12345678"})),
        of("organizations", "AttachPolicy", json!({"PolicyId": "p-12345678", "TargetId": "r-sand"})),
        of("organizations", "DetachPolicy", json!({"PolicyId": "p-12345678", "TargetId": "r-sand"})),
        of("organizations", "TagResource", json!({"ResourceId": MEMBER, "Tags": [{"Key": "a", "Value": "b"}]})),
        of("organizations", "UntagResource", json!({"ResourceId": MEMBER, "TagKeys": ["a"]})),
        of("organizations", "PutResourcePolicy", json!({"Content": document})),
        of("organizations", "DeleteResourcePolicy", json!({})),
        of(
            "organizations",
            "RegisterDelegatedAdministrator",
            json!({"AccountId": MEMBER, "ServicePrincipal": "bedrock.amazonaws.com"}),
        ),
        of("organizations", "EnableAWSServiceAccess", json!({"ServicePrincipal": "bedrock.amazonaws.com"})),
        of("iam", "CreatePolicy", json!("PolicyName=p&PolicyDocument=%7B%7D")),
        of("iam", "CreatePolicyVersion", json!(format!("{policy}&PolicyDocument=%7B%7D"))),
        of("iam", "SetDefaultPolicyVersion", json!(format!("{policy}&VersionId=v1"))),
        of("iam", "DeletePolicyVersion", json!(format!("{policy}&VersionId=v1"))),
        of("iam", "DeletePolicy", json!(policy)),
        of("iam", "AttachRolePolicy", json!(format!("{policy}&RoleName=app-role"))),
        of("iam", "DetachRolePolicy", json!(format!("{policy}&RoleName=app-role"))),
        of("iam", "PutRolePolicy", json!("RoleName=app-role&PolicyName=x&PolicyDocument=%7B%7D")),
        of("iam", "DeleteRolePolicy", json!("RoleName=app-role&PolicyName=models")),
        of("iam", "TagPolicy", json!(format!("{policy}&Tags.member.1.Key=a&Tags.member.1.Value=b"))),
        of("iam", "UntagPolicy", json!(format!("{policy}&TagKeys.member.1=a"))),
    ]
}

async fn call(client: &Client, (by, what, input): &(&str, String, Value)) -> Answer {
    match *by {
        "organizations" => client.organizations(what, input).await,
        "iam" | "sts" => client.query(by, what, input.as_str().unwrap_or_default()).await,
        method => client.bedrock(method, what, input).await,
    }
}

#[tokio::test]
async fn a_role_that_may_only_read_reads_all_and_writes_nothing() {
    let emulator = checked(|_| ()).await;
    let root = Client::of(&emulator);
    let (id, arn) = created(&root, &guardrail("g")).await;
    published(&root, &id).await;
    let reader = root.assume(&role(MANAGEMENT, "BedrailRead")).await;
    for read in reads(&id, &arn) {
        let answer = call(&reader, &read).await;
        let missing = read.1.starts_with("/resource-policy") && answer.status == 404;
        assert!(answer.status == 200 || missing, "{read:?}: {answer:?}");
    }
    let before = root.control("GET", "state", &json!({})).await.json();
    for write in writes(&id, &arn) {
        let answer = call(&reader, &write).await;
        let (status, denied) = match write.0 {
            "organizations" => (400, "AccessDeniedException"),
            "iam" => (403, "AccessDenied"),
            _ => (403, "AccessDeniedException"),
        };
        assert_eq!((answer.status, code(&answer).as_str()), (status, denied), "{write:?}: {answer:?}");
        assert!(answer.text.contains("because no identity-based policy allows the"), "{write:?}: {answer:?}");
    }
    assert_eq!(root.control("GET", "state", &json!({})).await.json(), before, "nothing was written");
    emulator.stop().await;
}

#[tokio::test]
async fn a_denial_names_who_what_and_why() {
    let emulator = checked(|_| ()).await;
    let root = Client::of(&emulator);
    let (id, arn) = created(&root, &guardrail("g")).await;
    let me = "arn:aws:sts::111122223333:assumed-role/BedrailRead/test";
    let reader = root.assume(&role(MANAGEMENT, "BedrailRead")).await;
    let message =
        reader.bedrock("DELETE", &format!("/guardrails/{id}"), &json!({})).await.refused(403, "AccessDeniedException");
    let action = "bedrock:DeleteGuardrail";
    let because = format!("because no identity-based policy allows the {action} action");
    assert_eq!(message, format!("User: {me} is not authorized to perform: {action} on resource: {arn} {because}"));
    let unnamed = reader.bedrock("POST", "/guardrails", &guardrail("h")).await.refused(403, "AccessDeniedException");
    assert!(unnamed.starts_with(&format!("User: {me} is not authorized to perform: bedrock:CreateGuardrail because")));
    let invalid = reader.bedrock("POST", "/guardrails", &json!({})).await;
    assert_eq!(code(&invalid), "ValidationException", "what is invalid is refused before");
    emulator.stop().await;
}

#[tokio::test]
async fn service_control_policies_bind_even_a_root() {
    let attach = |content: Value, node: &'static str, beside: bool| {
        move |seed: &mut Value| {
            let policy = json!({"name": "scp", "type": "SERVICE_CONTROL_POLICY", "content": content.to_string()});
            let attached = if beside { json!(["p-FullAWSAccess", "p-scp00000"]) } else { json!(["p-scp00000"]) };
            seed["organization"]["policies"] = json!({"p-scp00000": policy});
            seed["organization"]["policy_types"] = json!({"SERVICE_CONTROL_POLICY": {"enabled": true}});
            seed["organization"]["attachments"] = json!({node: {"SERVICE_CONTROL_POLICY": attached}});
        }
    };
    let statement = |effect: &str, action: &str| json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": "*"}});
    for (content, node, beside, because) in [
        (statement("Deny", "bedrock:*"), "r-sand", true, "with an explicit deny in a service control policy"),
        (
            statement("Allow", "iam:*"),
            "ou-sand-workload0",
            false,
            "because no service control policy allows the bedrock:ListGuardrails action",
        ),
    ] {
        let emulator = checked(attach(content, node, beside)).await;
        let client = Client::of(&emulator);
        client.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
        let admin = client.assume(&role(PROD, "OrganizationAccountAccessRole")).await;
        for bound in [client.account(PROD), admin] {
            let message = bound.bedrock("GET", "/guardrails", &json!({})).await.refused(403, "AccessDeniedException");
            assert!(message.ends_with(because), "{message}");
            assert_eq!(bound.query("iam", "ListRoles", "").await.status, 200, "another service");
            assert_eq!(bound.query("sts", "GetCallerIdentity", "").await.status, 200, "nobody can deny it");
        }
        emulator.stop().await;
    }
}

#[tokio::test]
async fn a_foreign_guardrail_is_read_with_leave_of_both_sides() {
    let emulator = checked(|seed| {
        with_role(seed, "blind", &json!({"Effect": "Allow", "Action": "bedrock:List*", "Resource": "*"}));
    })
    .await;
    let root = Client::of(&emulator);
    let (_, arn) = created(&root, &guardrail("g")).await;
    let path = format!("/guardrails/{}", encoded(&arn));
    let reader = root.assume(&role(PROD, "BedrailRead")).await;
    let blind = root.assume(&role(PROD, "blind")).await;
    let denied = |answer: Answer| answer.refused(403, "AccessDeniedException");
    let no_side = denied(reader.bedrock("GET", &path, &json!({})).await);
    assert!(no_side.contains("no resource-based policy allows"), "{no_side}");
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
        "Action": ["bedrock:GetGuardrail"], "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}}}]});
    let put = json!({"resourceArn": arn, "resourcePolicy": policy.to_string()});
    root.bedrock("POST", "/resource-policy", &put).await.ok(201);
    reader.bedrock("GET", &path, &json!({})).await.ok(200);
    let one_side = denied(blind.bedrock("GET", &path, &json!({})).await);
    assert!(one_side.contains("no identity-based policy allows"), "{one_side}");
    emulator.stop().await;
}

#[tokio::test]
async fn tags_conditions_and_session_policies_count() {
    let emulator = checked(|seed| {
        let only = |operator: &str, key: &str, value: &str| json!({operator: {key: value}});
        let statements = json!([
            {"Effect": "Allow", "Action": ["bedrock:CreateGuardrail", "sts:AssumeRole"], "Resource": "*"},
            {"Effect": "Allow", "Action": "bedrock:TagResource", "Resource": "*",
                "Condition": only("StringEquals", "aws:RequestTag/team", "claims")},
            {"Effect": "Allow", "Action": "organizations:ListPolicies", "Resource": "*",
                "Condition": only("StringEquals", "organizations:PolicyType", "BEDROCK_POLICY")},
            {"Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "arn:aws:iam::*:role/app-*",
                "Condition": only("ArnLike", "iam:PolicyARN", "arn:aws:iam::aws:policy/*")},
        ]);
        with_role(seed, "tagger", &statements);
    })
    .await;
    let root = Client::of(&emulator);
    let tagger = root.assume(&role(MANAGEMENT, "tagger")).await;
    let with_tag = |name: &str, team: &str| {
        let mut body = guardrail(name);
        body["tags"] = json!([{"key": "team", "value": team}]);
        body
    };
    tagger.bedrock("POST", "/guardrails", &guardrail("bare")).await.ok(202);
    tagger.bedrock("POST", "/guardrails", &with_tag("right", "claims")).await.ok(202);
    let message =
        tagger.bedrock("POST", "/guardrails", &with_tag("wrong", "x")).await.refused(403, "AccessDeniedException");
    assert!(message.contains("bedrock:TagResource on resource: arn:aws:bedrock:us-east-1:111122223333:guardrail/*"));

    tagger.organizations("ListPolicies", &json!({"Filter": "BEDROCK_POLICY"})).await.ok(200);
    let other = tagger.organizations("ListPolicies", &json!({"Filter": "TAG_POLICY"})).await;
    assert_eq!((other.status, code(&other).as_str()), (400, "AccessDeniedException"));

    let attach = |role: &str, policy: &str| format!("RoleName={role}&PolicyArn={policy}");
    let administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
    let allowed = tagger.query("iam", "AttachRolePolicy", &attach("app-role", administrator)).await;
    assert_eq!(allowed.status, 200, "{}", allowed.text);
    for form in [attach("BedrailRead", administrator), attach("app-role", "arn:aws:iam::111122223333:policy/own")] {
        tagger.query("iam", "AttachRolePolicy", &form).await.query_refused(403, "AccessDenied");
    }

    let narrow = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"bedrock:List*","Resource":"*"}}"#;
    let form = format!("RoleArn={}&RoleSessionName=narrow&Policy={}", role(MANAGEMENT, "BedrailRead"), encoded(narrow));
    let answer = root.query("sts", "AssumeRole", &form).await;
    let session = root.session(answer.xml("AccessKeyId"), Some(answer.xml("SessionToken")));
    session.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    let message = session.bedrock("GET", "/guardrails/abc", &json!({})).await.refused(403, "AccessDeniedException");
    assert!(message.ends_with("because no session policy allows the bedrock:GetGuardrail action"), "{message}");
    emulator.stop().await;
}

#[tokio::test]
async fn a_role_is_assumed_with_leave_of_both_sides() {
    let emulator = checked(|_| ()).await;
    let root = Client::of(&emulator);
    let assume = |account, name| format!("RoleArn={}&RoleSessionName=one", role(account, name));
    let reader = root.assume(&role(MANAGEMENT, "BedrailRead")).await;
    assert_eq!(reader.query("sts", "AssumeRole", &assume(PROD, "BedrailRead")).await.status, 200);
    // Trusts the management account, but the reader may not.
    reader.query("sts", "AssumeRole", &assume(PROD, "BedrailExecution")).await.query_refused(403, "AccessDenied");
    // Trusts its own account only.
    root.query("sts", "AssumeRole", &assume(PROD, "app-role")).await.query_refused(403, "AccessDenied");
    emulator.stop().await;
}

#[tokio::test]
async fn without_the_option_everybody_may() {
    let emulator = checked(|_| ()).await;
    let root = Client::of(&emulator);
    let reader = root.assume(&role(MANAGEMENT, "BedrailRead")).await;
    reader.bedrock("POST", "/guardrails", &guardrail("g")).await.refused(403, "AccessDeniedException");
    root.control("POST", "options", &json!({"authorize": false})).await.ok(200);
    reader.bedrock("POST", "/guardrails", &guardrail("g")).await.ok(202);
    root.control("POST", "options", &json!({"authorize": true})).await.ok(200);
    reader.bedrock("POST", "/guardrails", &guardrail("h")).await.refused(403, "AccessDeniedException");
    emulator.stop().await;
}

#[tokio::test]
async fn logging_to_a_log_group_takes_passing_its_role_to_bedrock() {
    let logs = role(MANAGEMENT, "app-role");
    let put = json!({"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/bedrock", "roleArn": logs}}});
    let without = json!({"loggingConfig": {"s3Config": {"bucketName": "acme-logs"}}});
    let action = "bedrock:PutModelInvocationLoggingConfiguration";
    let pass = |service: &str| {
        let to = json!({"StringEquals": {"iam:PassedToService": service}});
        json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": logs, "Condition": to})
    };
    let put_itself = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
    for (name, statements, may) in [
        ("neither", json!([put_itself]), false),
        ("elsewhere", json!([put_itself, pass("lambda.amazonaws.com")]), false),
        ("both", json!([put_itself, pass("bedrock.amazonaws.com")]), true),
    ] {
        let emulator = checked(|seed| with_role(seed, name, &statements)).await;
        let client = Client::of(&emulator).assume(&role(MANAGEMENT, name)).await;
        let answer = client.bedrock("PUT", "/logging/modelinvocations", &put).await;
        assert_eq!(code(&answer) != "AccessDeniedException", may, "{name}: {answer:?}");
        let answer = client.bedrock("PUT", "/logging/modelinvocations", &without).await;
        assert_ne!(code(&answer), "AccessDeniedException", "a bucket has no role: {answer:?}");
        emulator.stop().await;
    }
}
