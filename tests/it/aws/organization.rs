//! Organizations: facts, policies, attachments; and what a lost reply leaves behind.

use std::collections::BTreeSet;

use bedrail::aws::{ApplyError, Declared, FactsError, organization};
use bedrail::kinds::{org_policy, org_policy_attachment, org_policy_type};
use bedrail::model::{Document, Ref, Tags};
use serde_json::json;

use super::versions::published;
use super::{Bench, at, create, marks, parse};
use crate::support::MANAGEMENT;

const TYPE: &str = "BEDROCK_POLICY";

fn declared() -> Declared {
    Declared { management_account: Some(MANAGEMENT.parse().expect("an account id")), ..Declared::default() }
}

#[tokio::test]
async fn the_organization_costs_its_pages_and_the_levels_that_paths_name() {
    let bench = Bench::start().await;
    bench.sandbox.forget_requests().await;
    let units = BTreeSet::from(["Workloads/Prod".to_owned()]);
    let found = organization(&bench.clients, &declared(), &units).await.expect("it answers").expect("it is declared");
    assert_eq!((found.id.as_str(), found.root.as_str()), ("o-bedrailsand", "r-sand"));
    assert_eq!(found.management_account.as_str(), MANAGEMENT);
    let prod = found.accounts.iter().find(|account| account.name == "payments-prod").expect("the account");
    assert_eq!(prod.ancestors, ["r-sand", "ou-sand-workload0", "ou-sand-wlprod00"]);
    assert!(found.accounts.iter().any(|account| account.name == "closed-co" && !account.active));
    let paths: Vec<&str> = found.units.iter().map(|unit| unit.path.as_str()).collect();
    assert_eq!(paths, ["Sandbox", "Security", "Workloads", "Workloads/Dev", "Workloads/Prod"]);
    let counts: Vec<_> = bench.sandbox.counts().await.into_iter().collect();
    let expected =
        [("DescribeOrganization", 1), ("ListAccounts", 1), ("ListOrganizationalUnitsForParent", 2), ("ListRoots", 1)];
    assert_eq!(counts, expected.map(|(operation, count)| (format!("organizations:{operation}"), count)));
    assert_eq!(found.all_features, Some(true));
    // A policy type that is enabled says that the organization has all features.
    bench.create(&at("org-policy-type", "global", TYPE), org_policy_type::Model {}).await;
    bench.sandbox.forget_requests().await;
    let found = organization(&bench.clients, &declared(), &units).await.expect("it answers").expect("it is declared");
    assert_eq!(found.all_features, Some(true));
    assert_eq!(bench.sandbox.counts().await.get("organizations:DescribeOrganization"), None);
}

#[tokio::test]
async fn a_caller_from_elsewhere_is_refused() {
    let bench = Bench::start().await;
    let other = "999988887777".parse().expect("an account id");
    let cases = [
        Declared { account: Some(other), ..Declared::default() },
        Declared { organization: Some("o-other".to_owned()), ..declared() },
        Declared { management_account: Some("222233334444".parse().expect("an account id")), ..declared() },
    ];
    for (index, declared) in cases.iter().enumerate() {
        let error = organization(&bench.clients, declared, &BTreeSet::new()).await.expect_err("it is refused");
        let expected = match index {
            0 => matches!(error, FactsError::OtherAccount { .. }),
            1 => matches!(error, FactsError::OtherOrganization { .. }),
            _ => matches!(error, FactsError::OtherManagement { .. }),
        };
        assert!(expected && error.hint().is_some(), "{error}");
    }
}

#[tokio::test]
async fn a_member_is_told_who_manages_the_organization() {
    let bench = Bench::start().await;
    let clients = bench.sandbox.clients_of("222233334444").await;
    let error = organization(&clients, &declared(), &BTreeSet::new()).await.expect_err("it is refused");
    assert!(
        matches!(&error, FactsError::NotManagement { management, .. } if management.as_str() == MANAGEMENT),
        "{error}"
    );
}

fn policy(version: &str, tags: Tags) -> org_policy::Model {
    let document = json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {
        "identifier": {"@@assign": version},
    }}}}});
    org_policy::Model {
        policy_type: bedrail::kinds::org_policy_type::PolicyType::Bedrock,
        name: "org-baseline".to_owned(),
        description: String::new(),
        document: org_policy::document::normal(Document::from(document)),
        tags,
        needs: Vec::new(),
    }
}

#[tokio::test]
async fn a_policy_is_enabled_made_attached_changed_and_taken_back() {
    let bench = Bench::start().await;
    let version = published(&bench).await;
    let kind = at("org-policy-type", "global", TYPE);
    let type_id = bench.create(&kind, org_policy_type::Model {}).await;
    assert_eq!(bench.create(&kind, org_policy_type::Model {}).await, type_id, "enabled already is done");
    assert!(bench.read(&kind, &type_id).await.is_some());

    let address = at("org-policy", "global", "baseline");
    let want = policy(version.as_str(), marks("baseline"));
    let id = bench.create(&address, want.clone()).await;
    assert_eq!(bench.model(&address, &id).await, want.clone().into());
    assert_eq!(bench.create(&address, want.clone()).await, id, "a policy of ours under that name is the lost one");

    let attachment = at("org-policy-attachment", "global", "baseline:r-sand");
    let link = org_policy_attachment::Model {
        policy: Ref::To(parse(&address)),
        target: "r-sand".to_owned(),
        policy_type: bedrail::kinds::org_policy_type::PolicyType::Bedrock,
        enabled: None,
    };
    let link_id = bench.create(&attachment, link.clone()).await;
    assert_eq!(bench.create(&attachment, link).await, link_id, "attached already is done");
    assert!(bench.read(&attachment, &link_id).await.is_some());

    let mut changed = want;
    changed.description = "Company-wide".to_owned();
    changed.tags.insert("team".to_owned(), "ai".to_owned());
    bench.sandbox.forget_requests().await;
    bench.update(&address, &id, changed.clone()).await;
    let counts = bench.sandbox.counts().await;
    let count = |operation: &str| counts.get(&format!("organizations:{operation}")).copied().unwrap_or_default();
    assert_eq!([count("UpdatePolicy"), count("TagResource"), count("UntagResource")], [1, 1, 0], "{counts:?}");
    assert_eq!(bench.model(&address, &id).await, changed.into());

    bench.delete(&attachment, &link_id).await;
    bench.delete(&address, &id).await;
    assert_eq!(bench.read(&address, &id).await, None);
    assert_eq!(bench.read(&attachment, &link_id).await, None);
}

#[tokio::test]
async fn a_name_that_others_hold_is_not_taken() {
    let bench = Bench::start().await;
    let version = published(&bench).await;
    bench.create(&at("org-policy-type", "global", TYPE), org_policy_type::Model {}).await;
    let address = at("org-policy", "global", "baseline");
    bench.create(&address, policy(version.as_str(), Tags::new())).await;
    let action = create(&address, policy(version.as_str(), marks("baseline")));
    let error = bench.carry_out(&action).await.expect_err("it is refused");
    assert!(matches!(&error, ApplyError::Aws(error) if error.is("DuplicatePolicy")), "{error}");
}
