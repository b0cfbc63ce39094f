//! IAM: managed policies and their versions, roles and what they have. Messages are those recorded from AWS.

use bedrail_localstack::{Config, Emulator, Partition, Seed};
use serde_json::{Value, json};

use crate::client::{Answer, Client, MANAGEMENT, emulator};

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// A form's value, all but letters and digits escaped.
pub(crate) fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn document(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}).to_string()
}

fn policy(name: &str) -> String {
    format!("PolicyName={name}&PolicyDocument={}", escaped(&document("a:B")))
}

async fn ok(client: &Client, action: &str, form: &str) -> Answer {
    let answer = client.query("iam", action, form).await;
    assert_eq!(answer.status, 200, "{action} {form}: {}", answer.text);
    answer
}

async fn refused(client: &Client, action: &str, form: &str, status: u16, code: &str) -> String {
    client.query("iam", action, form).await.query_refused(status, code)
}

#[tokio::test]
async fn a_managed_policy_is_made_read_and_deleted() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let form =
        format!("{}&Path=/bedrail/&Description=why&Tags.member.1.Key=a&Tags.member.1.Value=%C3%BC", policy("guard"));
    let made = ok(&client, "CreatePolicy", &form).await;
    let arn = made.xml("Arn").to_owned();
    assert_eq!(arn, format!("arn:aws:iam::{MANAGEMENT}:policy/bedrail/guard"));
    assert_eq!((made.xml("Value"), made.xmls("Description")), ("ü", vec![]), "the answer leaves the description out");
    let read = ok(&client, "GetPolicy", &format!("PolicyArn={arn}")).await;
    for (name, value) in [
        ("PolicyName", "guard"),
        ("Path", "/bedrail/"),
        ("DefaultVersionId", "v1"),
        ("AttachmentCount", "0"),
        ("PermissionsBoundaryUsageCount", "0"),
        ("IsAttachable", "true"),
        ("Description", "why"),
        ("PolicyId", made.xml("PolicyId")),
    ] {
        assert_eq!(read.xml(name), value, "{name}");
    }
    let id = made.xml("PolicyId");
    assert!(id.len() == 21 && id.starts_with("ANPA"), "{id}");
    let date = read.xml("CreateDate");
    assert!(date.len() == 20 && date.ends_with('Z') && date == read.xml("UpdateDate"), "{date}");
    assert!(read.text.contains("xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\""));
    let taken = refused(&client, "CreatePolicy", &policy("GUARD"), 409, "EntityAlreadyExists").await;
    assert_eq!(taken, "A policy called GUARD already exists. Duplicate names are not allowed.");
    ok(&client, "DeletePolicy", &format!("PolicyArn={arn}")).await;
    let gone = refused(&client, "GetPolicy", &format!("PolicyArn={arn}"), 404, "NoSuchEntity").await;
    assert_eq!(gone, format!("Policy {arn} was not found."));
    let again = ok(&client, "CreatePolicy", &form).await;
    assert_ne!(again.xml("PolicyId"), id, "it is another policy");
    emulator.stop().await;
}

#[tokio::test]
async fn a_policy_has_five_versions_and_no_number_comes_again() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let arn = ok(&client, "CreatePolicy", &policy("guard")).await.xml("Arn").to_owned();
    let version = |action: &str| format!("PolicyArn={arn}&PolicyDocument={}", escaped(&document(action)));
    let of = |number: u32| format!("PolicyArn={arn}&VersionId=v{number}");
    for number in 2..=5_u32 {
        let form = format!("{}&SetAsDefault={}", version(&format!("a:{number}")), number == 3);
        let made = ok(&client, "CreatePolicyVersion", &form).await;
        assert_eq!(made.xml("VersionId"), format!("v{number}"));
        assert_eq!(made.xml("IsDefaultVersion"), (number == 3).to_string());
        assert_eq!(made.xmls("Document"), [""; 0]);
    }
    let full = refused(&client, "CreatePolicyVersion", &version("a:6"), 409, "LimitExceeded").await;
    assert!(full.starts_with("A managed policy can have up to 5 versions."), "{full}");
    let default = refused(&client, "DeletePolicyVersion", &of(3), 409, "DeleteConflict").await;
    assert_eq!(default, "Cannot delete the default version of a policy.");
    let read = ok(&client, "GetPolicyVersion", &of(3)).await;
    assert_eq!(read.xml("Document"), escaped(&document("a:3")).replace("%2D", "-").replace("%2E", "."));
    ok(&client, "DeletePolicyVersion", &of(5)).await;
    let next = ok(&client, "CreatePolicyVersion", &version("a:6")).await;
    assert_eq!(next.xml("VersionId"), "v6");
    ok(&client, "SetDefaultPolicyVersion", &of(1)).await;
    let list = ok(&client, "ListPolicyVersions", &format!("PolicyArn={arn}")).await;
    assert_eq!(list.xmls("VersionId"), ["v6", "v4", "v3", "v2", "v1"], "newest first");
    assert_eq!(list.xmls("IsDefaultVersion"), ["false", "false", "false", "false", "true"]);
    for action in ["GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"] {
        let missing = refused(&client, action, &of(9), 404, "NoSuchEntity").await;
        assert_eq!(missing, format!("Policy {arn} version v9 does not exist or is not attachable."));
        refused(&client, action, &format!("PolicyArn={arn}&VersionId=9"), 400, "ValidationError").await;
    }
    let more = refused(&client, "DeletePolicy", &format!("PolicyArn={arn}"), 409, "DeleteConflict").await;
    assert!(more.starts_with("This policy has more than one version."), "{more}");
    emulator.stop().await;
}

#[tokio::test]
async fn roles_have_managed_policies() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let arn = ok(&client, "CreatePolicy", &format!("{}&Path=/bedrail/", policy("guard"))).await.xml("Arn").to_owned();
    let on = |arn: &str| format!("RoleName=app-role&PolicyArn={arn}");
    for attached in [arn.as_str(), arn.as_str(), ADMINISTRATOR] {
        ok(&client, "AttachRolePolicy", &on(attached)).await;
    }
    let list = ok(&client, "ListAttachedRolePolicies", "RoleName=app-role").await;
    assert_eq!(list.xmls("PolicyArn"), [arn.as_str(), ADMINISTRATOR], "once each, in order");
    let list = ok(&client, "ListAttachedRolePolicies", "RoleName=app-role&PathPrefix=/bedrail/").await;
    assert_eq!(list.xmls("PolicyName"), ["guard"]);
    let of = |filter: &str| format!("PolicyArn={arn}&{filter}");
    for (filter, roles) in [
        ("", vec!["app-role"]),
        ("EntityFilter=Role&PolicyUsageFilter=PermissionsPolicy", vec!["app-role"]),
        ("EntityFilter=User", vec![]),
        ("PathPrefix=/elsewhere/", vec![]),
        ("PolicyUsageFilter=PermissionsBoundary", vec![]),
    ] {
        let entities = ok(&client, "ListEntitiesForPolicy", &of(filter)).await;
        assert_eq!(entities.xmls("RoleName"), roles, "{filter}");
    }
    assert_eq!(ok(&client, "GetPolicy", &of("")).await.xml("AttachmentCount"), "1");
    let attached = ok(&client, "ListPolicies", "OnlyAttached=true").await;
    assert_eq!(attached.xmls("PolicyName"), ["guard", "AdministratorAccess"]);
    for (scope, names) in [("Local", vec!["guard"]), ("AWS", vec!["AWSDenyAll", "AdministratorAccess"])] {
        let list = ok(&client, "ListPolicies", &format!("Scope={scope}")).await;
        assert_eq!((list.xmls("PolicyName"), list.xmls("Description")), (names, vec![]), "{scope}");
    }
    let used = refused(&client, "DeletePolicy", &of(""), 409, "DeleteConflict").await;
    assert_eq!(used, "Cannot delete a policy attached to entities.");
    ok(&client, "DetachRolePolicy", &on(&arn)).await;
    let missing = refused(&client, "DetachRolePolicy", &on(&arn), 404, "NoSuchEntity").await;
    assert_eq!(missing, format!("Policy {arn} was not found."));
    let missing = refused(&client, "AttachRolePolicy", &on(&format!("{arn}x")), 404, "NoSuchEntity").await;
    assert_eq!(missing, format!("Policy {arn}x does not exist or is not attachable."));
    let wrong = refused(&client, "AttachRolePolicy", &on("longpolicynamebutnoarn"), 400, "ValidationError").await;
    assert_eq!(wrong, "ARN longpolicynamebutnoarn is not valid.");
    let missing = format!("RoleName=none&PolicyArn={arn}");
    let missing = refused(&client, "AttachRolePolicy", &missing, 404, "NoSuchEntity").await;
    assert_eq!(missing, "The role with name none cannot be found.");
    for number in 0..19 {
        let made = ok(&client, "CreatePolicy", &policy(&format!("p{number}"))).await;
        ok(&client, "AttachRolePolicy", &on(made.xml("Arn"))).await;
    }
    let full = refused(&client, "AttachRolePolicy", &on(&arn), 409, "LimitExceeded").await;
    assert_eq!(full, "Cannot exceed quota for PoliciesPerRole: 20");
    emulator.stop().await;
}

#[tokio::test]
async fn roles_have_inline_policies() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let put = |document: &str| format!("RoleName=app-role&PolicyName=extra&PolicyDocument={}", escaped(document));
    ok(&client, "PutRolePolicy", &put(&document("a:B"))).await;
    ok(&client, "PutRolePolicy", &put(&document("a:C"))).await;
    assert_eq!(ok(&client, "ListRolePolicies", "RoleName=app-role").await.xmls("member"), ["extra", "models"]);
    let one = "RoleName=app-role&PolicyName=extra";
    let read = ok(&client, "GetRolePolicy", one).await;
    assert!(read.xml("PolicyDocument").contains("%22a%3AC%22"), "{}", read.text);
    assert_eq!((read.xml("RoleName"), read.xml("PolicyName")), ("app-role", "extra"));
    let long = put(&document(&format!("a:{}", "B".repeat(10_300))));
    let long = refused(&client, "PutRolePolicy", &long, 409, "LimitExceeded").await;
    assert_eq!(long, "Maximum policy size of 10240 bytes exceeded for role app-role");
    for document in ["{", "[]", r#"{"Statement": {"Effect": "Allow", "Action": "a:B"}}"#] {
        refused(&client, "PutRolePolicy", &put(document), 400, "MalformedPolicyDocument").await;
    }
    ok(&client, "DeleteRolePolicy", one).await;
    for action in ["GetRolePolicy", "DeleteRolePolicy"] {
        let missing = refused(&client, action, one, 404, "NoSuchEntity").await;
        assert_eq!(missing, "The role policy with name extra cannot be found.");
    }
    let missing = refused(&client, "ListRolePolicies", "RoleName=none", 404, "NoSuchEntity").await;
    assert_eq!(missing, "The role with name none cannot be found.");
    emulator.stop().await;
}

#[tokio::test]
async fn roles_are_listed_and_read() {
    let boundary = "arn:aws:iam::111122223333:policy/limits";
    let versions = json!({"1": {"document": document("a:B")}});
    let trust = r#"{"Id": "a~", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:*"}}"#;
    let roles = json!({
        "app": {"path": "/apps/", "trust": trust, "description": "d", "permissions_boundary": boundary,
                "max_session_duration": 7200, "tags": {"k": "v"}},
        "aws": {"path": "/aws-service-role/x.amazonaws.com/", "trust": trust},
    });
    let policies = json!({"limits": {"versions": versions, "default_version": 1, "last_version": 1}});
    let seed = Seed::Value(json!({"iam": {MANAGEMENT: {"roles": roles, "policies": policies}}}));
    let emulator = Emulator::start(Config { seed, ..Config::default() }).await.expect("starts");
    let client = Client::of(&emulator);
    let app = ok(&client, "GetRole", "RoleName=app").await;
    for (name, value) in [
        ("Path", "/apps/"),
        ("Arn", "arn:aws:iam::111122223333:role/apps/app"),
        ("AssumeRolePolicyDocument", &escaped(trust).replace("%7E", "~")),
        ("Description", "d"),
        ("MaxSessionDuration", "7200"),
        ("PermissionsBoundaryType", "Policy"),
        ("PermissionsBoundaryArn", boundary),
        ("Key", "k"),
        ("RoleLastUsed", ""),
        // In the emulator's default organization the management account joined first.
        ("CreateDate", "2025-01-01T00:00:00Z"),
    ] {
        assert_eq!(app.xml(name), value, "{name}");
    }
    let list = ok(&client, "ListRoles", "PathPrefix=/apps").await;
    assert_eq!(list.xmls("RoleName"), ["app"]);
    for left_out in ["PermissionsBoundary", "Tags", "RoleLastUsed"] {
        assert_eq!(list.xmls(left_out), [""; 0], "{left_out}");
    }
    let limits = format!("PolicyArn={boundary}");
    assert_eq!(ok(&client, "GetPolicy", &limits).await.xml("PermissionsBoundaryUsageCount"), "1");
    assert_eq!(ok(&client, "ListEntitiesForPolicy", &limits).await.xmls("RoleName"), ["app"]);
    refused(&client, "DeletePolicy", &limits, 409, "DeleteConflict").await;
    let service = format!("RoleName=aws&PolicyArn={boundary}");
    refused(&client, "AttachRolePolicy", &service, 400, "UnmodifiableEntity").await;
    let name = refused(&client, "GetRole", "RoleName=a:b", 400, "ValidationError").await;
    assert_eq!(
        name,
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
    );
    emulator.stop().await;
}

#[tokio::test]
async fn everything_that_roles_may_do_is_one_list() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let arn = ok(&client, "CreatePolicy", &policy("guard")).await.xml("Arn").to_owned();
    for attached in [arn.as_str(), ADMINISTRATOR] {
        ok(&client, "AttachRolePolicy", &format!("RoleName=app-role&PolicyArn={attached}")).await;
    }
    let all = ok(&client, "GetAccountAuthorizationDetails", "").await;
    assert_eq!(all.xmls("RoleName"), ["BedrailExecution", "BedrailRead", "app-role"]);
    assert_eq!(all.xmls("PolicyArn"), [arn.as_str(), ADMINISTRATOR], "what the role has");
    assert_eq!(all.xmls("VersionId"), ["v1", "v1"], "and AWSDenyAll, which nobody has, is not told");
    assert_eq!(
        all.xmls("Document").first(),
        Some(&escaped(&document("a:B")).replace("%2D", "-").replace("%2E", ".").as_str())
    );
    assert_eq!(all.xmls("AssumeRolePolicyDocument").len(), 3);
    assert_eq!(all.xmls("MaxSessionDuration"), [""; 0]);
    let local = ok(&client, "GetAccountAuthorizationDetails", "Filter.member.1=LocalManagedPolicy").await;
    assert_eq!((local.xmls("RoleName"), local.xmls("Document").len()), (vec![], 1));
    // Roles and policies share a page.
    let (mut rows, mut form) = (Vec::new(), "MaxItems=2".to_owned());
    loop {
        let page = ok(&client, "GetAccountAuthorizationDetails", &form).await;
        let shown = [page.xmls("RoleId"), page.xmls("PolicyId")].concat();
        assert!(shown.len() <= 2, "{}", page.text);
        rows.extend(shown.into_iter().map(str::to_owned));
        let Some(marker) = page.xmls("Marker").first().map(|marker| escaped(marker)) else { break };
        form = format!("MaxItems=2&Marker={marker}");
    }
    assert_eq!(rows, [all.xmls("RoleId"), all.xmls("PolicyId")].concat());
    refused(&client, "GetAccountAuthorizationDetails", "Filter.member.1=Robot", 400, "ValidationError").await;
    emulator.stop().await;
}

#[tokio::test]
async fn lists_have_pages() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (mut names, mut form) = (Vec::new(), "MaxItems=2".to_owned());
    loop {
        let page = ok(&client, "ListRoles", &form).await;
        let roles = page.xmls("RoleName");
        assert!(roles.len() <= 2);
        names.extend(roles.into_iter().map(str::to_owned));
        assert_eq!(page.xmls("Marker").is_empty(), page.xml("IsTruncated") == "false");
        let Some(marker) = page.xmls("Marker").first().map(|marker| escaped(marker)) else { break };
        form = format!("MaxItems=2&Marker={marker}");
    }
    assert_eq!(names, ["BedrailExecution", "BedrailRead", "app-role"]);
    refused(&client, "ListRoles", "Marker=x", 400, "ValidationError").await;
    let long = refused(&client, "ListRoles", "MaxItems=1001", 400, "ValidationError").await;
    assert!(long.contains("Value at 'maxItems' failed to satisfy constraint"), "{long}");
    emulator.stop().await;
}

#[tokio::test]
async fn policies_have_tags() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let arn = ok(&client, "CreatePolicy", &policy("guard")).await.xml("Arn").to_owned();
    let tags = |tags: &[(&str, &str)]| {
        let tags = tags.iter().zip(1..);
        let form = tags.map(|((key, value), n)| format!("&Tags.member.{n}.Key={key}&Tags.member.{n}.Value={value}"));
        form.fold(format!("PolicyArn={arn}"), |form, tag| form + &tag)
    };
    ok(&client, "TagPolicy", &tags(&[("a", "1"), ("A", "2"), ("b", "")])).await;
    ok(&client, "TagPolicy", &tags(&[("a", "3")])).await;
    let list = ok(&client, "ListPolicyTags", &format!("PolicyArn={arn}")).await;
    assert_eq!((list.xmls("Key"), list.xmls("Value")), (vec!["A", "a", "b"], vec!["2", "3", ""]));
    let twice = refused(&client, "TagPolicy", &tags(&[("a", ""), ("a", "")]), 400, "InvalidInput").await;
    assert_eq!(twice, "Duplicate tag keys found.");
    let wrong = refused(&client, "TagPolicy", &tags(&[("%2A", "")]), 400, "ValidationError").await;
    assert!(wrong.starts_with("1 validation error detected: Value at 'tags.1.member.key' failed"), "{wrong}");
    ok(&client, "UntagPolicy", &format!("PolicyArn={arn}&TagKeys.member.1=a&TagKeys.member.2=none")).await;
    let keys: Vec<String> = (0..49).map(|number| format!("k{number}")).collect();
    let many: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "")).collect();
    refused(&client, "TagPolicy", &tags(&many), 409, "LimitExceeded").await;
    let read = ok(&client, "GetPolicy", &format!("PolicyArn={arn}")).await;
    assert_eq!(read.xmls("Key"), ["A", "b"]);
    emulator.stop().await;
}

#[tokio::test]
async fn what_is_not_the_callers_is_denied() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let foreign = "PolicyArn=arn:aws:iam::222233334444:policy/guard";
    let told = refused(&client, "GetPolicy", foreign, 403, "AccessDenied").await;
    assert!(
        told.starts_with("User: arn:aws:iam::111122223333:root is not authorized to perform: iam:GetPolicy"),
        "{told}"
    );
    let aws = format!("PolicyArn={ADMINISTRATOR}");
    let read = ok(&client, "GetPolicyVersion", &format!("{aws}&VersionId=v1")).await;
    assert!(read.xml("Document").contains("%22Action%22%3A%20%22%2A%22"), "{}", read.text);
    for (action, rest) in [
        ("DeletePolicy", String::new()),
        ("TagPolicy", "&Tags.member.1.Key=a&Tags.member.1.Value=b".to_owned()),
        ("CreatePolicyVersion", format!("&PolicyDocument={}", escaped(&document("a:B")))),
        ("SetDefaultPolicyVersion", "&VersionId=v1".to_owned()),
    ] {
        refused(&client, action, &format!("{aws}{rest}"), 403, "AccessDenied").await;
    }
    let other = client.account("222233334444");
    ok(&client, "CreatePolicy", &policy("guard")).await;
    ok(&other, "CreatePolicy", &policy("guard")).await;
    emulator.stop().await;
}

#[tokio::test]
async fn iam_has_one_region_in_each_partition() {
    for (partition, home, other) in [
        (Partition::Aws, "us-east-1", "eu-west-1"),
        (Partition::UsGov, "us-gov-west-1", "us-gov-east-1"),
        (Partition::China, "cn-north-1", "cn-northwest-1"),
    ] {
        let emulator = Emulator::start(Config { partition, ..Config::default() }).await.expect("starts");
        let client = Client::of(&emulator);
        ok(&client.region(home), "ListRoles", "").await;
        let told = refused(&client.region(other), "ListRoles", "", 403, "SignatureDoesNotMatch").await;
        assert!(told.starts_with("Credential should be scoped to a valid region"), "{told}");
        emulator.stop().await;
    }
}

#[tokio::test]
async fn changes_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config { state_dir: Some(folder.path().to_owned()), ..Config::default() };
    let emulator = Emulator::start(config.clone()).await.expect("starts");
    let client = Client::of(&emulator);
    let arn = ok(&client, "CreatePolicy", &policy("guard")).await.xml("Arn").to_owned();
    ok(&client, "AttachRolePolicy", &format!("RoleName=app-role&PolicyArn={arn}")).await;
    let before = client.control("GET", "state", &Value::Null).await.ok(200);
    emulator.stop().await;
    let emulator = Emulator::start(config).await.expect("starts");
    let client = Client::of(&emulator);
    assert_eq!(client.control("GET", "state", &Value::Null).await.ok(200), before);
    assert_eq!(ok(&client, "GetPolicy", &format!("PolicyArn={arn}")).await.xml("AttachmentCount"), "1");
    ok(&client, "GetRole", "RoleName=BedrailRead").await;
    emulator.stop().await;
}
