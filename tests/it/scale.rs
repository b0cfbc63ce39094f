//! A whole organization at once: three hundred accounts in two Regions.

use std::collections::BTreeSet;

use bedrail::aws::Access;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::plan::Options;
use bedrail::reconcile::Sides;
use bedrail_localstack::{Config, Generate, Seed};
use serde_json::{Value, json};

use crate::support::{MANAGEMENT, Sandbox, assert_in_sync, spec, steps};

const TEXT: &str = r#"
format: 1
stack: acme
organization: {management_account: "111122223333"}
regions: [us-east-1, eu-west-1]
scan: {regions: declared}
guardrails:
  baseline:
    blocked_input_messaging: No.
    blocked_outputs_messaging: No.
    content_policy: {filters: {HATE: HIGH}}
resource_policies: {baseline: {guardrail: baseline, share_with: organization}}
account_enforcement: {everyone: {accounts: [all], guardrail: baseline}}
"#;

/// How many accounts deny entry.
const CLOSED_DOORS: usize = 20;

async fn holding(state: Value) -> Sandbox {
    Sandbox::seeded(Seed::Value(state)).await
}

/// The active members, in order.
fn members(state: &Value) -> Vec<String> {
    let accounts = state["organization"]["accounts"].as_object().expect("the accounts");
    let is_active = |account: &Value| account["state"].as_str().is_none_or(|state| state == "ACTIVE");
    let active = accounts.iter().filter(|(id, account)| *id != MANAGEMENT && is_active(account));
    active.map(|(id, _)| id.clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_accounts_in_two_regions() {
    let generate: Generate = "accounts=300,ous=20".parse().expect("a size");
    let sandbox = Sandbox::with(Config { generate, ..Config::default() }).await;
    let mut before = sandbox.state().await;
    let members_before = members(&before);
    let doors: Vec<&String> = members_before.iter().take(CLOSED_DOORS).collect();
    for account in &doors {
        before["iam"][account.as_str()] = json!({"roles": {}});
    }

    // Twenty deny entry: the rest is done, and the twenty are listed.
    let sandbox = holding(before.clone()).await;
    let (plan, outcome) = sandbox.apply_with(TEXT, &Options::default()).await;
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    let unseen: BTreeSet<String> = plan.blind.iter().map(|blind| blind.scope.account.to_string()).collect();
    assert_eq!(unseen, doors.iter().map(ToString::to_string).collect());
    let enforced = |steps: &[String]| steps.iter().filter(|step| step.contains("account-enforcement")).count();
    assert_eq!(enforced(&steps(&plan)), 2 * (members_before.len() + 1 - CLOSED_DOORS));
    let counts = sandbox.counts().await;
    // Here what reads and what writes are two runs, of which the second needs no closed door.
    assert_eq!(counts["sts:AssumeRole"], 2 * members_before.len() - CLOSED_DOORS, "one for each member and run");
    assert_eq!(plan.held.len(), 2 * CLOSED_DOORS);

    // The doors open: only what was missing is done, and then nothing is left to do.
    let mut open = sandbox.state().await;
    for account in &doors {
        open["iam"].as_object_mut().expect("a map").remove(account.as_str());
    }
    let sandbox = holding(open).await;
    let plan = sandbox.apply(TEXT).await;
    assert_eq!(enforced(&steps(&plan)), 2 * CLOSED_DOORS, "{:#?}", steps(&plan));
    assert_in_sync(&sandbox.plan(TEXT).await, TEXT);

    // One account is closed and one is new: just these are named.
    let mut after = sandbox.state().await;
    let accounts = after["organization"]["accounts"].as_object_mut().expect("the accounts");
    let (gone, new) = (members_before[40].clone(), "999988887777".to_owned());
    let mut made = accounts[&gone].clone();
    made["name"] = json!("brand-new");
    made["email"] = json!("brand-new@bedrail.example");
    accounts[&gone]["state"] = json!("CLOSED");
    accounts.insert(new.clone(), made);
    let sandbox = holding(after).await;
    let clients = sandbox.clients(Access::ReadOnly).await;
    let mut said = Diagnostics::default();
    sandbox.forget_requests().await;
    let sides = Sides::read(&spec(TEXT), &clients, &mut said).await.expect("both sides");
    let plan = sides.plan(&Options::default(), bedrail::model::Digest::of(&TEXT)).expect("a plan");
    let named: BTreeSet<String> = plan.actions.iter().map(|action| action.address.scope.account.to_string()).collect();
    assert_eq!(named, BTreeSet::from([new]), "{:#?}", steps(&plan));
    assert_eq!(plan.actions.len(), 2, "{:#?}", steps(&plan));
    let warnings: Vec<String> = said.iter().map(|one| one.message.clone()).collect();
    assert!(warnings.iter().any(|warning| warning.contains(&gone)), "{warnings:?}");
    assert_eq!(sandbox.counts().await["sts:AssumeRole"], members_before.len(), "one out, one in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_many_wait_for_is_read_once() {
    const ACCOUNTS: usize = 40;
    let generate: Generate = format!("accounts={ACCOUNTS},ous=5").parse().expect("a size");
    let sandbox = Sandbox::with(Config { generate, ..Config::default() }).await;
    let text = TEXT.replace("regions: [us-east-1, eu-west-1]", "regions: [us-east-1]");
    let one = |key: usize| {
        format!(
            "  spare-{key}: {{blocked_input_messaging: No., blocked_outputs_messaging: No., content_policy: {{filters: {{HATE: LOW}}}}}}\n"
        )
    };
    let spares: String = (0..6).map(one).collect();
    let with_spares = text.replace("resource_policies:", &format!("{spares}resource_policies:"));
    sandbox.apply(&with_spares).await;
    let clients = sandbox.clients(Access::ReadWrite).await;
    let sides = Sides::read(&spec(&text), &clients, &mut Diagnostics::new()).await.expect("both sides");
    let plan = sides.plan(&Options::default(), bedrail::model::Digest::of(&text)).expect("a plan");
    assert_eq!(steps(&plan).len(), 6, "{:#?}", steps(&plan));
    let places = sides.live.enforcements.len();
    sandbox.forget_requests().await;
    let outcome = sandbox.carry_out(&sides, &plan).await;
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    let reads = sandbox.counts().await["bedrock:ListEnforcedGuardrailsConfiguration"];
    // All six begin at once. One that begins while a place is read takes the next reading of it, as those after it do.
    assert!((places..=2 * places).contains(&reads), "{reads} reads of {places} places for 6 removals");
}
