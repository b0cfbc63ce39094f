//! Sessions of roles: who gets one, what it is good for, and how long.

use bedrail_localstack::{Config, Emulator, Partition, Seed};
use serde_json::{Value, json};

use crate::client::{Client, MANAGEMENT, MEMBER, emulator, encoded};

const ROLE: &str = "arn:aws:iam::222233334444:role/BedrailRead";

/// An emulator whose member has the role `door`, with that trust policy. Another one has the roles of the default seed's names.
async fn with_door(trust: &Value, max_session_duration: u32) -> Emulator {
    let door = json!({"path": "/doors/", "trust": trust, "max_session_duration": max_session_duration});
    let open = json!({"trust": allow(&json!({"AWS": MANAGEMENT}), &json!({}))});
    let others = json!({"roles": {"BedrailExecution": open, "BedrailRead": open}});
    let seed = Seed::Value(json!({"iam": {MEMBER: {"roles": {"door": door}}, "333344445555": others}}));
    Emulator::start(Config { seed, ..Config::default() }).await.expect("starts")
}

const DOOR: &str = "RoleArn=arn:aws:iam::222233334444:role/doors/door&RoleSessionName=run-1";

fn allow(principal: &Value, condition: &Value) -> Value {
    let actions = json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": actions, "Condition": condition}],
    })
}

#[tokio::test]
async fn a_session_acts_as_its_role() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let answer = client.query("sts", "AssumeRole", &format!("RoleArn={ROLE}&RoleSessionName=run-1")).await;
    assert_eq!(answer.xml("Arn"), "arn:aws:sts::222233334444:assumed-role/BedrailRead/run-1");
    assert_eq!(answer.xml("SecretAccessKey").len(), 40);
    assert!(answer.xml("Expiration").ends_with('Z') && answer.xmls("PackedPolicySize").is_empty(), "{}", answer.text);
    let session = client.session(answer.xml("AccessKeyId"), Some(answer.xml("SessionToken")));
    let identity = session.query("sts", "GetCallerIdentity", "").await;
    assert_eq!(identity.xml("Arn"), answer.xml("Arn"));
    assert_eq!((identity.xml("Account"), identity.xml("UserId")), (MEMBER, answer.xml("AssumedRoleId")));
    let role = session.query("iam", "GetRole", "RoleName=BedrailRead").await;
    assert_eq!(format!("{}:run-1", role.xml("RoleId")), answer.xml("AssumedRoleId"));
    session.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    let again = client.query("sts", "AssumeRole", &format!("RoleArn={ROLE}&RoleSessionName=run-1")).await;
    assert_ne!(again.xml("SessionToken"), answer.xml("SessionToken"), "each call begins another");
    emulator.stop().await;
}

#[tokio::test]
async fn credentials_that_do_not_belong_together_are_nobodys() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let begin = async || client.query("sts", "AssumeRole", &format!("RoleArn={ROLE}&RoleSessionName=run-1")).await;
    let (one, other) = (begin().await, begin().await);
    for token in [None, Some(other.xml("SessionToken")), Some("x")] {
        let session = client.session(one.xml("AccessKeyId"), token);
        session.query("sts", "GetCallerIdentity", "").await.query_refused(403, "InvalidClientTokenId");
        session.bedrock("GET", "/guardrails", &json!({})).await.refused(403, "UnrecognizedClientException");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn a_session_ends_by_the_emulators_clock() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let form = format!("RoleArn={ROLE}&RoleSessionName=run-1&DurationSeconds=900");
    let short = client.query("sts", "AssumeRole", &form).await;
    let short = client.session(short.xml("AccessKeyId"), Some(short.xml("SessionToken")));
    let long = client.assume(ROLE).await;
    client.wait(899_000).await;
    short.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    client.wait(1_000).await;
    short.bedrock("GET", "/guardrails", &json!({})).await.refused(403, "ExpiredTokenException");
    short.query("sts", "GetCallerIdentity", "").await.query_refused(403, "ExpiredToken");
    let target = [("x-amz-target", "AWSOrganizationsV20161128.ListRoots")];
    let answer = short.signed("organizations", "POST", "/", &target, "{}").await;
    assert_eq!((answer.status, &answer.json()["__type"]), (400, &json!("ExpiredTokenException")));
    long.bedrock("GET", "/guardrails", &json!({})).await.ok(200);
    client.wait(2_700_000).await;
    long.bedrock("GET", "/guardrails", &json!({})).await.refused(403, "ExpiredTokenException");
    emulator.stop().await;
}

#[tokio::test]
async fn a_session_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config { state_dir: Some(folder.path().to_owned()), ..Config::default() };
    let emulator = Emulator::start(config.clone()).await.expect("starts");
    let client = Client::of(&emulator);
    let answer = client.query("sts", "AssumeRole", &format!("RoleArn={ROLE}&RoleSessionName=run-1")).await;
    emulator.stop().await;
    let emulator = Emulator::start(config).await.expect("starts");
    let session = Client::of(&emulator).session(answer.xml("AccessKeyId"), Some(answer.xml("SessionToken")));
    assert_eq!(session.query("sts", "GetCallerIdentity", "").await.xml("Arn"), answer.xml("Arn"));
    emulator.stop().await;
}

#[tokio::test]
async fn a_trust_policy_says_who_gets_in() {
    let none = json!({});
    let external = json!({"StringEquals": {"sts:ExternalId": "secret"}});
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}});
    let named = json!({"StringLike": {"sts:RoleSessionName": "run-*"}});
    let tagged = json!({"StringEquals": {"aws:RequestTag/team": "pay"}});
    for (principal, condition, extra, gets_in) in [
        (json!({"AWS": "arn:aws:iam::111122223333:root"}), &none, "", true),
        (json!({"AWS": "111122223333"}), &none, "", true),
        (json!({"AWS": ["222233334444", "111122223333"]}), &none, "", true),
        (json!("*"), &none, "", true),
        (json!({"AWS": "222233334444"}), &none, "", false),
        (json!({"AWS": "arn:aws:iam::111122223333:role/other"}), &none, "", false),
        (json!({"Service": "ecs-tasks.amazonaws.com"}), &none, "", false),
        (json!("*"), &external, "&ExternalId=secret", true),
        (json!("*"), &external, "&ExternalId=other", false),
        (json!("*"), &external, "", false),
        (json!("*"), &organization, "", true),
        (json!("*"), &named, "", true),
        (json!("*"), &tagged, "&Tags.member.1.Key=team&Tags.member.1.Value=pay", true),
        (json!("*"), &tagged, "&Tags.member.1.Key=team&Tags.member.1.Value=hr", false),
    ] {
        let emulator = with_door(&allow(&principal, condition), 3600).await;
        let answer = Client::of(&emulator).query("sts", "AssumeRole", &format!("{DOOR}{extra}")).await;
        if gets_in {
            assert_eq!(answer.status, 200, "{principal} {condition} {extra}: {}", answer.text);
        } else {
            assert_eq!(
                answer.query_refused(403, "AccessDenied"),
                "User: arn:aws:iam::111122223333:root is not authorized to perform: sts:AssumeRole on resource: \
                 arn:aws:iam::222233334444:role/doors/door",
                "{principal} {condition} {extra}"
            );
        }
        emulator.stop().await;
    }
}

#[tokio::test]
async fn a_role_can_let_in_sessions_of_another_role() {
    let trust = allow(&json!({"AWS": "arn:aws:iam::333344445555:role/BedrailExecution"}), &json!({}));
    let emulator = with_door(&trust, 43200).await;
    let client = Client::of(&emulator);
    let first = client.assume("arn:aws:iam::333344445555:role/BedrailExecution").await;
    let other = client.assume("arn:aws:iam::333344445555:role/BedrailRead").await;
    assert_eq!(first.query("sts", "AssumeRole", DOOR).await.status, 200);
    let refused = other.query("sts", "AssumeRole", DOOR).await.query_refused(403, "AccessDenied");
    assert!(refused.starts_with("User: arn:aws:sts::333344445555:assumed-role/BedrailRead/test is not"), "{refused}");
    let long = first.query("sts", "AssumeRole", &format!("{DOOR}&DurationSeconds=3601")).await;
    assert_eq!(
        long.query_refused(400, "ValidationError"),
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
    );
    emulator.stop().await;
}

#[tokio::test]
async fn tags_and_source_identity_need_permission_and_go_on() {
    let only = json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}});
    let tag = "&Tags.member.1.Key=Team&Tags.member.1.Value=pay";
    let emulator = with_door(&only, 3600).await;
    let client = Client::of(&emulator);
    for (extra, action) in [(tag, "sts:TagSession"), ("&SourceIdentity=me", "sts:SetSourceIdentity")] {
        let answer = client.query("sts", "AssumeRole", &format!("{DOOR}{extra}")).await;
        assert!(answer.query_refused(403, "AccessDenied").contains(action), "{}", answer.text);
    }
    emulator.stop().await;

    let emulator = with_door(&allow(&json!("*"), &json!({})), 3600).await;
    let client = Client::of(&emulator);
    let form = format!("{DOOR}{tag}&TransitiveTagKeys.member.1=Team&SourceIdentity=me");
    let first = client.query("sts", "AssumeRole", &form).await;
    assert_eq!(first.xml("SourceIdentity"), "me");
    let chained = client.session(first.xml("AccessKeyId"), Some(first.xml("SessionToken")));
    assert_eq!(chained.query("sts", "AssumeRole", DOOR).await.xml("SourceIdentity"), "me", "it stays");
    let again =
        chained.query("sts", "AssumeRole", &format!("{DOOR}&Tags.member.1.Key=team&Tags.member.1.Value=x")).await;
    assert!(again.query_refused(400, "InvalidParameterValue").contains("conflicts with a transitive tag key"));
    let other = client.query("sts", "AssumeRole", &format!("{DOOR}{tag}&TransitiveTagKeys.member.1=Other")).await;
    assert!(other.query_refused(400, "InvalidParameterValue").contains("must be included in the requested tags"));
    let twice =
        client.query("sts", "AssumeRole", &format!("{DOOR}{tag}&Tags.member.2.Key=team&Tags.member.2.Value=")).await;
    assert!(twice.query_refused(400, "InvalidParameterValue").starts_with("Duplicate tag keys found."));
    emulator.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told() {
    let policy = encoded(&json!({"Statement": {"Effect": "Allow", "Action": "a:B", "Resource": "*"}}).to_string());
    let long = policy.replace('B', &"B".repeat(2000));
    let administrator = "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/AdministratorAccess";
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    for (form, status, code, part) in [
        (String::new(), 400, "ValidationError", "Value null at 'roleArn'"),
        ("RoleSessionName=a".to_owned(), 400, "ValidationError", "2 validation errors detected"),
        (
            "RoleArn=nothing-valid-in-here&RoleSessionName=ab".to_owned(),
            400,
            "ValidationError",
            "nothing-valid-in-here is invalid",
        ),
        ("RoleArn=arn:aws:iam::222233334444:role/none&RoleSessionName=ab".to_owned(), 403, "AccessDenied", "role/none"),
        (
            "RoleArn=arn:aws:iam::222233334444:role/x/BedrailRead&RoleSessionName=ab".to_owned(),
            403,
            "AccessDenied",
            "role/x/",
        ),
        (
            "RoleArn=arn:aws-cn:iam::222233334444:role/BedrailRead&RoleSessionName=ab".to_owned(),
            403,
            "AccessDenied",
            "aws-cn",
        ),
        (
            "RoleArn=arn:aws:iam::777788889999:role/BedrailRead&RoleSessionName=ab".to_owned(),
            403,
            "AccessDenied",
            "777788889999",
        ),
        (format!("RoleArn={ROLE}&RoleSessionName=a:b"), 400, "ValidationError", "Value 'a:b' at 'roleSessionName'"),
        (
            format!("RoleArn={ROLE}&RoleSessionName=ab&DurationSeconds=899"),
            400,
            "ValidationError",
            "at 'durationSeconds'",
        ),
        (format!("RoleArn={ROLE}&RoleSessionName=ab&DurationSeconds=x"), 400, "MalformedInput", "durationSeconds"),
        (
            format!("RoleArn={ROLE}&RoleSessionName=ab&DurationSeconds=3601"),
            400,
            "ValidationError",
            "exceeds the MaxSessionDuration",
        ),
        (format!("RoleArn={ROLE}&RoleSessionName=ab&Policy=x"), 400, "MalformedPolicyDocument", ""),
        (format!("RoleArn={ROLE}&RoleSessionName=ab&Policy={long}"), 400, "PackedPolicyTooLarge", "2048"),
        (format!("RoleArn={ROLE}&RoleSessionName=ab&{administrator}x"), 400, "ValidationError", "AdministratorAccessx"),
        (
            format!("RoleArn={ROLE}&RoleSessionName=ab&TokenCode=123456&SerialNumber=arn:aws:iam"),
            403,
            "AccessDenied",
            "MultiFactor",
        ),
        (format!("RoleArn={ROLE}&RoleSessionName=ab&ExternalId=a"), 400, "ValidationError", "at 'externalId'"),
    ] {
        let answer = client.query("sts", "AssumeRole", &form).await;
        let message = answer.query_refused(status, code);
        assert!(message.contains(part), "{form}: {message}");
    }
    let form =
        format!("RoleArn={ROLE}&RoleSessionName=ab&Policy={policy}&{administrator}&MinimumSessionTokenSize=4096");
    let answer = client.query("sts", "AssumeRole", &form).await;
    assert_eq!((answer.xml("SessionTokenSize"), answer.xml("SessionTokenUtilization")), ("4096", "100"));
    assert!(answer.xml("PackedPolicySize").parse::<u32>().is_ok_and(|packed| (1..=100).contains(&packed)));
    assert_eq!(answer.xml("SessionToken").len(), 4096);
    emulator.stop().await;
}

#[tokio::test]
async fn a_region_has_to_be_enabled_for_sts() {
    let emulator = emulator().await;
    let form = format!("RoleArn={ROLE}&RoleSessionName=run-1");
    let answer = Client::of(&emulator).region("eu-south-1").query("sts", "AssumeRole", &form).await;
    answer.query_refused(403, "RegionDisabledException");
    assert_eq!(Client::of(&emulator).region("eu-west-1").query("sts", "AssumeRole", &form).await.status, 200);
    emulator.stop().await;
}

#[tokio::test]
async fn each_partition_has_its_own_sessions() {
    for (partition, id, region) in
        [(Partition::UsGov, "aws-us-gov", "us-gov-east-1"), (Partition::China, "aws-cn", "cn-northwest-1")]
    {
        let emulator = Emulator::start(Config { partition, ..Config::default() }).await.expect("starts");
        let client = Client::of(&emulator).region(region);
        let session = client.assume(&format!("arn:{id}:iam::{MEMBER}:role/OrganizationAccountAccessRole")).await;
        let identity = session.query("sts", "GetCallerIdentity", "").await;
        let arn = format!("arn:{id}:sts::{MEMBER}:assumed-role/OrganizationAccountAccessRole/test");
        assert_eq!(identity.xml("Arn"), arn);
        emulator.stop().await;
    }
}
