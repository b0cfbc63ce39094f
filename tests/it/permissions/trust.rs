//! Whom the roles of members let in.

use bedrail::permissions::paper::{Asked, Body, paper};
use bedrail::permissions::{Form, What, form};
use bedrail_localstack::{Config, Seed};
use serde_json::{Value, json};

use super::world::{May, World};
use super::{MORE, declared, documents};
use crate::source;
use crate::support::{MANAGEMENT, Sandbox};

const MEMBER: &str = "555566667777";

/// Only the roles that are printed for the home account enter members, each by its own role, and with the external id.
#[tokio::test(flavor = "multi_thread")]
async fn members_are_entered_by_the_roles_of_bedrail_and_by_nobody_else() {
    let mut seed: Value = serde_json::from_str(&source::text("localstack/seeds/default.json")).expect("JSON");
    let roles = &mut seed["iam"]["*"]["roles"];
    let anything = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let own = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
    ]});
    for name in ["permissions-plan", "permissions-apply", "Admin"] {
        roles[name] = json!({"trust": own, "inline": {"all": anything}});
    }
    for (name, read) in [("Apply", false), ("Read", true)] {
        roles[name] = json!({"trust": documents(MORE, What::Trust, read).swap_remove(0), "inline": {"all": anything}});
    }
    let mut config = Config { seed: Seed::Value(seed), ..Config::default() };
    config.options.authorize = true;
    let sandbox = Sandbox::with(config).await;
    let root = sandbox.root(MANAGEMENT);
    for (who, enters) in [("permissions-plan", "Read"), ("permissions-apply", "Apply"), ("Admin", "")] {
        let caller = root.enter(&format!("arn:aws:iam::{MANAGEMENT}:role/{who}"), "").await;
        let caller = caller.unwrap_or_else(|answer| panic!("{answer:?}"));
        for name in ["Apply", "Read"] {
            let role = format!("arn:aws:iam::{MEMBER}:role/{name}");
            let entered = caller.enter(&role, "&ExternalId=larkfield").await;
            assert_eq!(entered.is_ok(), name == enters, "{who} as {name}");
            assert!(caller.enter(&role, "").await.is_err(), "{who} as {name} without the external id");
        }
    }
    assert!(root.enter(&format!("arn:aws:iam::{MEMBER}:role/Apply"), "&ExternalId=larkfield").await.is_err());
}

/// A spec that does not name its organization has roles that enter no account of another.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_enters_another_organization() {
    let text = MORE.replace("id: o-bedrailsand, ", "");
    for what in [What::PlanRole, What::ApplyRole] {
        let home = documents(&text, what, false).iter().map(ToString::to_string).collect::<String>();
        assert!(home.contains(r#""aws:ResourceOrgID":"${aws:PrincipalOrgID}""#), "{home}");
    }
    let paper = paper(&declared(&text), What::PlanRole, &Asked::default()).expect("it can be printed");
    let print = |form| form::print(&paper, form).expect("it can be printed").0;
    for form in [Form::CloudFormation, Form::Terraform] {
        let text = print(form);
        // Neither takes it for a variable of its own.
        let escaped = if form == Form::Terraform { "$${aws:PrincipalOrgID}" } else { "${aws:PrincipalOrgID}" };
        assert!(text.contains(escaped), "{text}");
    }
    let world = World::start(&text, &May::write(&text)).await;
    world.live().await.expect("the role suffices");
}

#[test]
fn who_is_trusted_is_named_or_has_to_be() {
    let trusted = |text: &str, what, read| {
        let paper = paper(&declared(text), what, &Asked { read, ..Asked::default() }).expect("it can be printed");
        (paper.trusted.join(" "), paper.notes.join("\n"))
    };
    let role = |name: &str| format!("arn:aws:iam::{MANAGEMENT}:role/{name}");
    let (who, note) = trusted(MORE, What::Trust, false);
    assert_eq!(who, role("permissions-apply"));
    assert!(note.contains("--principal"), "{note}");
    assert_eq!(trusted(MORE, What::MemberRole, true).0, role("permissions-plan"));
    // One role for both is entered by both.
    let one = MORE.replace("member_read_role: Read, ", "");
    assert_eq!(
        trusted(&one, What::Trust, false).0,
        format!("{} {}", role("permissions-apply"), role("permissions-plan"))
    );
    let managed = MORE.replace("member_role: Apply", "member_role: Apply, management_role: Tooling");
    assert_eq!(trusted(&managed, What::Trust, false).0, role("Tooling"));
    // Who runs the pipeline no spec tells: that is a parameter without default.
    let home = paper(&declared(MORE), What::ApplyRole, &Asked::default()).expect("it can be printed");
    assert!(matches!(home.body, Body::Role { .. }) && home.trusted.is_empty());
    let (template, notes) = form::print(&home, Form::CloudFormation).expect("it can be printed");
    let template: Value = serde_json::from_str(&template).expect("JSON");
    assert_eq!(template["Parameters"]["TrustedPrincipals"].get("Default"), None);
    assert!(notes.iter().any(|note| note.contains("--principal")), "{notes:?}");
    let (terraform, _) = form::print(&home, Form::Terraform).expect("it can be printed");
    let variable = terraform.split("variable \"trusted_principals\"").nth(1).and_then(|rest| rest.split('}').next());
    assert!(variable.is_some_and(|variable| !variable.contains("default")), "{terraform}");
}
