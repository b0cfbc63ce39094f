//! The tree of the built-in seed.

use bedrail_localstack::Partition;
use serde_json::{Value, json};

use super::aws::{Aws, PAYMENTS_PROD, ROOT};
use crate::client::MANAGEMENT;

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["Id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn the_way_down_and_the_way_up_agree() {
    let aws = Aws::start().await;
    let (mut parents, mut accounts) = (vec![ROOT.to_owned()], Vec::new());
    while let Some(parent) = parents.pop() {
        let under = json!({"ParentId": parent});
        let units = aws.all("ListOrganizationalUnitsForParent", under.clone(), "OrganizationalUnits").await;
        let here = aws.all("ListAccountsForParent", under, "Accounts").await;
        for (kind, rows) in [("ORGANIZATIONAL_UNIT", &units), ("ACCOUNT", &here)] {
            let children = aws.all("ListChildren", json!({"ParentId": parent, "ChildType": kind}), "Children").await;
            assert_eq!(ids(&children), ids(rows));
            assert!(children.iter().all(|child| child["Type"] == kind));
        }
        for child in ids(&units).into_iter().chain(ids(&here)) {
            let kind = if parent == ROOT { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
            let found = aws.must("ListParents", json!({"ChildId": child})).await;
            assert_eq!(found["Parents"], json!([{"Id": parent, "Type": kind}]));
        }
        parents.extend(ids(&units).into_iter().map(str::to_owned));
        accounts.extend(here);
    }
    accounts.sort_by_key(|row| row["Id"].to_string());
    assert_eq!(aws.all("ListAccounts", json!({}), "Accounts").await, accounts);
    assert_eq!(accounts.len(), 7);
}

#[tokio::test]
async fn rows_say_what_the_model_says() {
    let aws = Aws::start().await;
    let account = aws.must("DescribeAccount", json!({"AccountId": PAYMENTS_PROD})).await;
    assert_eq!(
        account["Account"],
        json!({
            "Id": PAYMENTS_PROD,
            "Arn": "arn:aws:organizations::111122223333:account/o-bedrailsand/333344445555",
            "Email": "payments-prod@bedrail.example",
            "Name": "payments-prod",
            "Status": "ACTIVE",
            "State": "ACTIVE",
            "Paths": ["o-bedrailsand/r-sand/ou-sand-workload0/ou-sand-wlprod00/333344445555/"],
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": 1_735_776_000.0,
        })
    );
    let unit = aws.must("DescribeOrganizationalUnit", json!({"OrganizationalUnitId": "ou-sand-wlprod00"})).await;
    assert_eq!(
        unit["OrganizationalUnit"],
        json!({
            "Id": "ou-sand-wlprod00",
            "Arn": "arn:aws:organizations::111122223333:ou/o-bedrailsand/ou-sand-wlprod00",
            "Name": "Prod",
            "Path": "o-bedrailsand/r-sand/ou-sand-workload0/ou-sand-wlprod00/",
        })
    );
    let suspended = aws.must("DescribeAccount", json!({"AccountId": "777788889999"})).await;
    assert_eq!(
        (&suspended["Account"]["State"], &suspended["Account"]["Status"]),
        (&json!("SUSPENDED"), &json!("SUSPENDED"))
    );
}

#[tokio::test]
async fn every_account_may_ask_for_the_organization() {
    let aws = Aws::start().await;
    for account in [MANAGEMENT, PAYMENTS_PROD] {
        let answer = aws.call_from(account, "DescribeOrganization", json!({})).await.expect("allowed");
        assert_eq!(answer["Organization"]["MasterAccountId"], MANAGEMENT);
        assert_eq!(answer["Organization"]["FeatureSet"], "ALL");
    }
}

#[tokio::test]
async fn arns_are_of_the_partition() {
    for (partition, id) in [(Partition::UsGov, "aws-us-gov"), (Partition::Eusc, "aws-eusc")] {
        let aws = Aws::start_in(partition).await;
        let root = &aws.must("ListRoots", json!({})).await["Roots"][0];
        assert_eq!(root["Arn"], format!("arn:{id}:organizations::111122223333:root/o-bedrailsand/r-sand"));
    }
}

/// Each state, and the word of the older `Status` that goes with it.
#[tokio::test]
async fn accounts_have_a_state_and_an_older_status() {
    let rows = [
        ("PENDING_ACTIVATION", "ACTIVE"),
        ("ACTIVE", "ACTIVE"),
        ("SUSPENDED", "SUSPENDED"),
        ("PENDING_CLOSURE", "PENDING_CLOSURE"),
        ("CLOSED", "SUSPENDED"),
    ];
    let seed: serde_json::Value = serde_json::from_str(include_str!("../../../seeds/default.json")).expect("JSON");
    let mut organization = seed["organization"].clone();
    for (number, (state, _)) in rows.iter().enumerate() {
        organization["accounts"][format!("90000000000{number}")] =
            json!({"name": state, "email": format!("{number}@example.com"), "parent": ROOT, "state": state});
    }
    let aws = Aws::start_from(organization).await;
    let service = json!({"ServicePrincipal": "bedrock.amazonaws.com"});
    aws.must("EnableAWSServiceAccess", service).await;
    let found = aws.all("ListAccountsForParent", json!({"ParentId": ROOT}), "Accounts").await;
    for (state, status) in rows {
        let row = found.iter().find(|row| row["Name"] == state).expect(state);
        assert_eq!((&row["State"], &row["Status"]), (&json!(state), &json!(status)));
        let registration = json!({"AccountId": row["Id"], "ServicePrincipal": "bedrock.amazonaws.com"});
        let registered = aws.call("RegisterDelegatedAdministrator", registration).await;
        match state {
            "ACTIVE" => assert!(registered.is_ok()),
            _ => assert_eq!(
                registered.expect_err(state).reason(),
                "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR"
            ),
        }
    }
}
