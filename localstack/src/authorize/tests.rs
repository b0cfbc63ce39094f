//! Decisions in the world of a seed.

use serde_json::{Value, json};

use super::verdict::{Group, Why};
use super::{Ask, Verdict, Who, decide};
use crate::caller::Identity;
use crate::config::{Options, Partition};
use crate::policy::Context;
use crate::seed;
use crate::world::World;

const MANAGEMENT: &str = "111122223333";
const PROD: &str = "333344445555";
const DEV: &str = "444455556666";
const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0";
const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc";

/// The default seed with a part of it replaced.
fn world(change: impl FnOnce(&mut Value)) -> World {
    let mut state: Value = serde_json::from_str(include_str!("../../seeds/default.json")).expect("JSON");
    change(&mut state);
    World::new(seed::complete(state, Partition::Aws).expect("a state"), Options::default())
}

fn session(role: &str, policies: &[&str]) -> Identity {
    Identity::Session {
        role: role.to_owned(),
        name: "me".to_owned(),
        policies: policies.iter().map(|&text| text.to_owned()).collect(),
    }
}

fn ask(world: &World, account: &str, identity: &Identity, ask: &Ask<'_>) -> Verdict {
    decide(world, Who { account, identity, region: "us-east-1", carried: None }, ask)
}

fn implicit(group: Group) -> Verdict {
    Verdict::Denied(Why::Implicit(group))
}

fn explicit(group: Group) -> Verdict {
    Verdict::Denied(Why::Explicit(group))
}

/// Service control policies, on, and attached where they are said to be beside the managed one.
fn scp(state: &mut Value, content: &Value, node: &str, managed: bool) {
    let organization = &mut state["organization"];
    organization["policies"] =
        json!({"p-scp00000": {"name": "scp", "type": "SERVICE_CONTROL_POLICY", "content": content.to_string()}});
    organization["policy_types"] = json!({"SERVICE_CONTROL_POLICY": {"enabled": true}});
    let attached = if managed { json!(["p-FullAWSAccess", "p-scp00000"]) } else { json!(["p-scp00000"]) };
    organization["attachments"] = json!({node: {"SERVICE_CONTROL_POLICY": attached}});
}

#[test]
fn a_role_may_what_its_policies_say() {
    let world = world(|_| ());
    for (role, action, resource, want) in [
        ("app-role", "bedrock:InvokeModel", MODEL, Verdict::Allowed),
        ("app-role", "bedrock:ListGuardrails", "*", implicit(Group::Identity)),
        ("BedrailRead", "bedrock:ListGuardrails", "*", Verdict::Allowed),
        ("BedrailRead", "bedrock:CreateGuardrail", "*", implicit(Group::Identity)),
        ("OrganizationAccountAccessRole", "bedrock:CreateGuardrail", "*", Verdict::Allowed),
        ("gone", "bedrock:InvokeModel", MODEL, implicit(Group::Identity)),
    ] {
        assert_eq!(ask(&world, DEV, &session(role, &[]), &Ask::new(action, resource)), want, "{role} {action}");
    }
    assert_eq!(ask(&world, DEV, &Identity::Root, &Ask::new("bedrock:CreateGuardrail", "*")), Verdict::Allowed);
}

#[test]
fn a_session_may_no_more_than_its_policies_say() {
    let world = world(|_| ());
    let narrow = r#"{"Statement": {"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": "*"}}"#;
    let ask_for = |action| ask(&world, DEV, &session("app-role", &[narrow]), &Ask::new(action, MODEL));
    assert_eq!(ask_for("bedrock:ApplyGuardrail"), Verdict::Allowed);
    assert_eq!(ask_for("bedrock:InvokeModel"), implicit(Group::Session));
    assert_eq!(ask_for("bedrock:GetGuardrail"), implicit(Group::Identity));
}

#[test]
fn a_boundary_is_one_of_the_accounts_policies() {
    let policy = |action: &str| {
        json!({"versions": {"1": {"document": {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}}},
            "default_version": 1, "last_version": 1})
    };
    let world = world(|state| {
        let template = &mut state["iam"]["*"];
        template["policies"] =
            json!({"limit": policy("bedrock:InvokeModel*"), "apply": policy("bedrock:GetGuardrail")});
        template["roles"]["app-role"]["permissions_boundary"] = json!("arn:{partition}:iam::{account}:policy/limit");
        template["roles"]["app-role"]["attached"] = json!(["arn:{partition}:iam::{account}:policy/apply"]);
        template["roles"]["BedrailRead"]["permissions_boundary"] = json!("arn:{partition}:iam::{account}:policy/gone");
        template["roles"]["BedrailExecution"]["attached"] = json!(["arn:{partition}:iam::{account}:policy/limit"]);
    });
    for (role, action, want) in [
        ("app-role", "bedrock:InvokeModel", Verdict::Allowed),
        ("app-role", "bedrock:ApplyGuardrail", implicit(Group::Boundary)),
        ("app-role", "bedrock:GetGuardrail", implicit(Group::Boundary)),
        ("BedrailRead", "bedrock:GetGuardrail", implicit(Group::Boundary)),
        ("BedrailExecution", "bedrock:InvokeModel", Verdict::Allowed),
    ] {
        assert_eq!(ask(&world, DEV, &session(role, &[]), &Ask::new(action, MODEL)), want, "{role} {action}");
    }
}

#[test]
fn service_control_policies_bind_members_from_above() {
    let deny =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "bedrock:Create*", "Resource": "*"}});
    let only_iam =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}});
    let create = Ask::new("bedrock:CreateGuardrail", "*");
    for (content, node, managed, account, want) in [
        (&deny, "r-sand", true, PROD, explicit(Group::ServiceControl)),
        (&deny, "ou-sand-wlprod00", true, PROD, explicit(Group::ServiceControl)),
        (&deny, PROD, true, PROD, explicit(Group::ServiceControl)),
        (&deny, "ou-sand-wldev000", true, PROD, Verdict::Allowed),
        (&deny, "r-sand", true, MANAGEMENT, Verdict::Allowed),
        (&only_iam, "ou-sand-workload0", false, PROD, implicit(Group::ServiceControl)),
        (&only_iam, "ou-sand-workload0", true, PROD, Verdict::Allowed),
        (&only_iam, "r-sand", false, MANAGEMENT, Verdict::Allowed),
    ] {
        let world = world(|state| scp(state, content, node, managed));
        assert_eq!(ask(&world, account, &Identity::Root, &create), want, "{content} at {node} for {account}");
    }
    let pending = world(|state| {
        scp(state, &deny, "r-sand", true);
        state["organization"]["policy_types"]["SERVICE_CONTROL_POLICY"]["from"] = json!(4_102_444_800_000_u64);
    });
    assert_eq!(ask(&pending, PROD, &Identity::Root, &create), Verdict::Allowed, "not enabled yet");
}

#[test]
fn the_resources_of_another_account_need_both_sides() {
    let admits = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
        "Action": "bedrock:ApplyGuardrail", "Resource": GUARDRAIL,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}}}})
    .to_string();
    let world = world(|_| ());
    let apply = Ask { resource_policy: Some(&admits), ..Ask::new("bedrock:ApplyGuardrail", GUARDRAIL) };
    let closed = Ask { resource_policy: None, ..apply.clone() };
    for (account, identity, asked, want) in [
        (DEV, session("app-role", &[]), &apply, Verdict::Allowed),
        (DEV, session("nobody", &[]), &apply, implicit(Group::Identity)),
        (DEV, session("app-role", &[]), &closed, implicit(Group::Resource)),
        (DEV, Identity::Root, &apply, Verdict::Allowed),
        (DEV, Identity::Root, &closed, implicit(Group::Resource)),
        ("999999999999", Identity::Root, &apply, implicit(Group::Resource)),
        (MANAGEMENT, Identity::Root, &closed, Verdict::Allowed),
        (MANAGEMENT, session("nobody", &[]), &apply, Verdict::Allowed),
    ] {
        assert_eq!(ask(&world, account, &identity, asked), want, "{account} {identity:?} {asked:?}");
    }
}

#[test]
fn conditions_see_who_and_where() {
    let allow = |operator: &str, key: &str, value: &str| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {key: value}}}})
    };
    for (operator, key, value) in [
        ("StringEquals", "aws:PrincipalAccount", DEV),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::444455556666:role/team/app-role"),
        ("StringEquals", "aws:PrincipalOrgID", "o-bedrailsand"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-bedrailsand/*/ou-sand-wldev000/*"),
        ("StringEquals", "aws:PrincipalType", "AssumedRole"),
        ("StringLike", "aws:userid", "AROA*:me"),
        ("StringEquals", "aws:PrincipalTag/team", "claims"),
        ("StringEquals", "aws:RequestedRegion", "us-east-1"),
        ("StringEquals", "aws:ResourceAccount", DEV),
        ("StringEquals", "aws:ResourceOrgID", "o-bedrailsand"),
        ("StringEquals", "aws:ResourceTag/team", "claims"),
        ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"),
        ("NumericGreaterThan", "aws:EpochTime", "1577836800"),
        ("Bool", "aws:SecureTransport", "true"),
        ("Bool", "aws:PrincipalIsAWSService", "false"),
        ("IpAddress", "aws:SourceIp", "127.0.0.0/8"),
        ("StringEquals", "bedrock:GuardrailIdentifier", GUARDRAIL),
    ] {
        let world = world(|state| {
            let role = &mut state["iam"]["*"]["roles"]["app-role"];
            role["inline"] = json!({"p": allow(operator, key, value)});
            role["tags"] = json!({"team": "claims"});
            role["path"] = json!("/team/");
        });
        let context = Context::default().with("bedrock:GuardrailIdentifier", GUARDRAIL);
        let asked = Ask { context, ..Ask::new("iam:GetRole", "arn:aws:iam::444455556666:role/team/app-role") };
        assert_eq!(ask(&world, DEV, &session("app-role", &[]), &asked), Verdict::Allowed, "{operator} {key} {value}");
    }
}

#[test]
fn policies_of_the_organization_are_told_by_their_tags() {
    let world = world(|state| {
        let content =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "x:y", "Resource": "*"}});
        let policy =
            |name: &str| json!({"name": name, "type": "SERVICE_CONTROL_POLICY", "content": content.to_string()});
        state["organization"]["policies"] = json!({"p-ours00000": policy("ours"), "p-theirs000": policy("theirs")});
        state["organization"]["tags"] = json!({"p-ours00000": {"team": "claims"}});
        state["iam"]["*"]["roles"]["app-role"]["inline"] = json!({"p": {"Version": "2012-10-17", "Statement":
            {"Effect": "Allow", "Action": "organizations:UpdatePolicy", "Resource": "*",
             "Condition": {"StringEquals": {"aws:ResourceTag/team": "claims"}}}}});
    });
    for (id, want) in [("p-ours00000", Verdict::Allowed), ("p-theirs000", implicit(Group::Identity))] {
        let arn = format!("arn:aws:organizations::{MANAGEMENT}:policy/o-bedrailsand/service_control_policy/{id}");
        let asked = Ask::new("organizations:UpdatePolicy", &arn);
        assert_eq!(ask(&world, MANAGEMENT, &session("app-role", &[]), &asked), want, "{id}");
    }
}
