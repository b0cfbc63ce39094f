//! What could not be read is told, and nothing that depends on it is told as fine: neither of a cell alone nor in the grid.

use std::time::Duration;

use bedrail::aws::Access;
use bedrail::coverage::{Extent, Grid, Passage, State, Way};
use bedrail::explain::{Cell, Hides, Verdict, chain_of, explain};
use bedrail::live::bearing;
use bedrail::model::{AccountId, Facts, Region};
use serde_json::json;

use super::facts;
use super::told::SPEC;
use crate::support::{MANAGEMENT, Sandbox};

fn id(text: &str) -> AccountId {
    text.parse().expect("an account id")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_not_read_is_told_as_fine() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(SPEC).await;
    tokio::time::sleep(Duration::from_millis(60)).await;
    let (account, region) = (id("333344445555"), Region::new("us-east-1"));
    let cell = Cell { account: &account, region: &region, model: None, role: None };
    for (operation, said, hides, verdict, state) in [
        ("GetGuardrail", " holds: ", Hides::Soundness, Verdict::Unknown, State::Unseen),
        ("GetResourcePolicy", " is shared with ", Hides::Soundness, Verdict::Unknown, State::Unseen),
        // What is in force AWS tells all the same; what is denied it does not.
        ("DescribePolicy", "what the policy acme-deny says", Hides::More, Verdict::Protected, State::Protected),
        ("ListPolicies", "the policies of the type SERVICE", Hides::More, Verdict::Protected, State::Protected),
        (
            "ListAccountsWithInvalidEffectivePolicy",
            "whether AWS calls the effective policy",
            Hides::Detail,
            Verdict::Protected,
            State::Protected,
        ),
    ] {
        sandbox.set(json!({"refuse": [{"operation": operation}]})).await;
        let clients = sandbox.clients(Access::ReadOnly).await;
        let facts = facts(&clients).await;
        let ground = bearing(&clients, &facts, &[cell]).await;
        let chain = chain_of(&ground, facts.organization.as_ref(), cell.account);
        let alone = explain(&ground, &facts, &chain, &cell);
        let here = alone.unseen.iter().find(|unseen| unseen.what.contains(said));
        assert_eq!(here.map(|unseen| unseen.hides), Some(hides), "{operation}: {:?}", alone.unseen);
        assert_eq!(alone.verdict(), verdict, "{operation}: {:?}", alone.unseen);
        let extent = Extent::of(&facts);
        let grid = Grid::of(&ground, &facts, &extent);
        let at = extent.accounts.iter().position(|known| known.id == account).expect("the account");
        let place = extent.regions.iter().position(|known| *known == region).expect("the Region");
        let judged = grid.cell(at, place);
        assert_eq!((judged.state, &judged.explanation.unseen), (state, &alone.unseen), "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_list_the_organization_is_told_so() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(SPEC).await;
    tokio::time::sleep(Duration::from_millis(60)).await;
    let (account, region) = (id(MANAGEMENT), Region::new("us-east-1"));
    let cell = Cell { account: &account, region: &region, model: None, role: None };
    let clients = sandbox.clients(Access::ReadOnly).await;
    let alone = Facts { organization: None, ..facts(&clients).await };
    let ground = bearing(&clients, &alone, &[cell]).await;
    let extent = Extent::of(&alone);
    let grid = Grid::of(&ground, &alone, &extent);
    let place = extent.regions.iter().position(|known| *known == region).expect("the Region");
    let judged = grid.cell(0, place);
    let told = &judged.explanation;
    assert!(told.unseen.iter().any(|one| one.what.contains("may not list the organization")), "{:?}", told.unseen);
    assert!(told.findings.is_empty(), "policies that nobody read differ from nothing: {:?}", told.findings);
    let mantle = judged.ways.iter().find(|around| around.way == Way::Mantle).expect("a way");
    assert_eq!(mantle.passage, Passage::Unknown, "{}", mantle.why);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_a_model_that_is_let_off_is_not_called_protected() {
    let sandbox = Sandbox::start().await;
    let lines = SPEC.lines().filter(|line| !line.starts_with("  deny:") && !line.starts_with("account_enforcement:"));
    sandbox
        .apply(&lines.collect::<Vec<_>>().join(
            "
",
        ))
        .await;
    tokio::time::sleep(Duration::from_millis(60)).await;
    let (account, region) = (id("333344445555"), Region::new("us-east-1"));
    for (model, verdict) in [
        ("amazon.nova-lite-v1:0", Verdict::NotProtected),
        ("us.amazon.nova-lite-v1:0", Verdict::Unknown),
        ("amazon.nova-lite-v1:0:300k", Verdict::Unknown),
        ("amazon.nova-pro-v1:0", Verdict::Protected),
    ] {
        let cell = Cell { account: &account, region: &region, model: Some(model), role: None };
        let found = super::explained(&sandbox, cell, |told| (told.verdict(), told.is_protected())).await;
        assert_eq!(found, (verdict, verdict == Verdict::Protected), "{model}");
    }
}
