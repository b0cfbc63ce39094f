//! What `doctor` tells of callers, doors, Regions and quotas, each put out of order in the local AWS.

use bedrail::aws::Access;
use bedrail::doctor::{Check, Report, Scope, State, Subject, Surroundings, examine};
use bedrail::model::diagnostic::Diagnostics;
use bedrail_localstack::Seed;
use serde_json::json;

use super::{guardrail, spec};
use crate::support::{self, Sandbox};

fn everywhere() -> String {
    spec(&format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [\"ou:Sandbox\"]}}}}\n\
         account_enforcement: {{members: {{accounts: [\"ou:Workloads/Prod\"], guardrail: baseline}}}}\n",
        guardrail("baseline", "one", "")
    ))
}

async fn told(sandbox: &Sandbox, text: Option<&str>, around: &Surroundings, write_roles: bool) -> Report {
    let clients = sandbox.clients(Access::ReadOnly).await;
    let spec = text.map(support::spec);
    let scope = Scope { spec: spec.as_ref(), around, write_roles };
    examine(&clients, scope, &mut Diagnostics::new()).await
}

fn around() -> Surroundings {
    Surroundings { endpoint: Some("the local AWS".to_owned()), ..Surroundings::default() }
}

async fn with_spec(sandbox: &Sandbox, text: &str) -> Report {
    told(sandbox, Some(text), &around(), false).await
}

fn of(report: &Report, subject: Subject) -> Vec<&Check> {
    report.checks.iter().filter(|check| check.subject == subject).collect()
}

fn failed(report: &Report) -> Vec<Subject> {
    report.checks.iter().filter(|check| check.state == State::Failed).map(|check| check.subject).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_there_in_a_sound_organization() {
    let sandbox = Sandbox::start().await;
    let report = with_spec(&sandbox, &everywhere()).await;
    assert!(report.is_sound(), "{report:#?}");
    assert_eq!(of(&report, Subject::Caller)[0].values["account"], "111122223333");
    let organization = of(&report, Subject::Organization)[0];
    assert_eq!(organization.values["all_features"], true);
    assert_eq!((&organization.values["accounts"], &organization.values["active_accounts"]), (&json!(7), &json!(6)));
    let roles = of(&report, Subject::Roles)[0];
    assert_eq!(roles.values["entered"], roles.values["of"]);
    let quotas: Vec<&str> = of(&report, Subject::Quotas).iter().map(|check| check.message.as_str()).collect();
    assert!(quotas.iter().any(|quota| quota.starts_with("guardrails: at most 0 of 100")), "{quotas:?}");
    assert!(quotas.iter().any(|quota| quota.starts_with("attached BEDROCK_POLICY: at most 0 of 10")), "{quotas:?}");
    assert!(quotas.iter().any(|quota| quota.starts_with("org policies: the document has ")), "{quotas:?}");
    // It only reads: once more after an apply, versions and attachments are counted.
    sandbox.apply(&everywhere()).await;
    let report = with_spec(&sandbox, &everywhere()).await;
    let quotas: Vec<&str> = of(&report, Subject::Quotas).iter().map(|check| check.message.as_str()).collect();
    assert!(quotas.contains(&"versions: at most 1 of 20 of one guardrail"), "{quotas:?}");
    assert!(quotas.contains(&"attached BEDROCK_POLICY: at most 1 of 10 on one node"), "{quotas:?}");
    assert_eq!(of(&report, Subject::PolicyTypes)[0].values["types"]["BEDROCK_POLICY"], "ENABLED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_be_entered_is_a_failure_with_its_reason() {
    let sandbox = Sandbox::start().await;
    sandbox.edit(|state| state["iam"]["333344445555"] = json!({"roles": {}})).await;
    let report = told(&sandbox, Some(&everywhere()), &around(), true).await;
    assert_eq!(
        failed(&report),
        [Subject::Roles, Subject::Roles],
        "the role to write is the same one: {:?}",
        report.checks.iter().filter(|check| check.state == State::Failed).collect::<Vec<_>>()
    );
    for check in of(&report, Subject::Roles) {
        let places: Vec<&str> = check.refused.iter().map(|one| one.place.as_str()).collect();
        assert_eq!(places, ["333344445555"]);
        assert!(check.refused[0].why.contains("AccessDenied"), "{check:?}");
        assert!(check.fix.is_some() && check.message.contains(" can be entered to "), "{check:?}");
    }
    // What is not seen there is told by its door alone.
    assert_eq!(of(&report, Subject::Reads)[0].state, State::Ok, "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_and_where_nothing_answers_is_told() {
    let sandbox = Sandbox::start().await;
    sandbox.refuse(&["ListPolicies"]).await;
    let report = with_spec(&sandbox, &everywhere()).await;
    assert_eq!(failed(&report), [Subject::Reads], "{report:#?}");
    assert!(of(&report, Subject::Reads)[0].refused[0].why.contains("AccessDenied"), "{report:#?}");

    let closed = [json!({"operation": "*", "region": "eu-west-1", "code": "UnrecognizedClientException"})];
    sandbox.set(json!({ "refuse": closed })).await;
    let two = everywhere().replace("regions: [us-east-1]", "regions: [us-east-1, eu-west-1]");
    assert!(two.contains("eu-west-1"), "{two}");
    let report = with_spec(&sandbox, &two).await;
    assert!(failed(&report).contains(&Subject::Regions), "{report:#?}");
    let regions = of(&report, Subject::Regions)[0];
    assert!(regions.refused.iter().all(|one| one.place.ends_with("eu-west-1")), "{regions:?}");
    // Without a spec it is no more than a fact.
    let report = told(&sandbox, None, &around(), false).await;
    assert!(report.is_sound(), "{report:#?}");
    let closed = &of(&report, Subject::Regions)[0].values["not_enabled"];
    assert!(closed.as_array().is_some_and(|all| all.contains(&json!("eu-west-1"))), "{closed}");
    assert_eq!(of(&report, Subject::Organization)[0].values["management_account"], "111122223333");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_organization_or_account_is_told_with_the_right_one() {
    let sandbox = Sandbox::start().await;
    let elsewhere = everywhere().replace("111122223333", "222233334444");
    let report = with_spec(&sandbox, &elsewhere).await;
    assert!(!report.is_sound() && of(&report, Subject::Roles).is_empty(), "{report:#?}");
    let messages: Vec<&str> = of(&report, Subject::Organization).iter().map(|check| check.message.as_str()).collect();
    assert!(messages.iter().any(|message| message.contains("and it is 111122223333")), "{messages:?}");
    assert!(messages.iter().any(|message| message.starts_with("o-")), "where the caller is, is told: {messages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegate_learns_what_is_delegated() {
    let seed = Seed::File(crate::source::root().join("localstack/seeds/delegated.json"));
    let mut sandbox = Sandbox::seeded(seed).await;
    let shared = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    );
    let ours = super::enforcing_theirs(&sandbox, &shared).await;
    "222233334444".clone_into(&mut sandbox.account);
    let report = with_spec(&sandbox, &ours).await;
    let delegated = of(&report, Subject::Organization)[1];
    assert_eq!(delegated.state, State::Ok, "{report:#?}");
    assert!(delegated.details.iter().any(|one| one.contains("member account 222233334444")), "{delegated:?}");
    // A member that nothing is delegated to may know its organization, and no more.
    "444455556666".clone_into(&mut sandbox.account);
    let report = told(&sandbox, None, &around(), false).await;
    assert!(of(&report, Subject::Organization)[0].details[0].contains("may not list it"), "{report:#?}");
    assert!(failed(&with_spec(&sandbox, &ours).await).contains(&Subject::Organization));
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_credentials_are_warned_of() {
    let sandbox = Sandbox::start().await;
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(4);
    let odd = Surroundings {
        bearer_token: true,
        endpoint_variables: vec!["AWS_ENDPOINT_URL_BEDROCK".to_owned()],
        endpoint: None,
        expiration: Some(soon.to_string()),
    };
    let report = told(&sandbox, None, &odd, false).await;
    let messages: Vec<(State, &str)> =
        of(&report, Subject::Credentials).iter().map(|check| (check.state, check.message.as_str())).collect();
    for (state, part) in [
        (State::Warning, "root user"),
        (State::Warning, "AWS_BEARER_TOKEN_BEDROCK"),
        (State::Warning, "AWS_ENDPOINT_URL_BEDROCK"),
        (State::Warning, "ends in "),
    ] {
        assert!(messages.iter().any(|(found, text)| *found == state && text.contains(part)), "{part}: {messages:?}");
    }
    assert!(!messages.iter().any(|(_, text)| text.contains("clock")), "one machine has one clock: {messages:?}");
    let gone = Surroundings { expiration: Some("2020-01-01T00:00:00Z".to_owned()), ..around() };
    assert_eq!(failed(&told(&sandbox, None, &gone, false).await), [Subject::Credentials]);
    let quiet = told(&sandbox, None, &Surroundings { endpoint: None, ..around() }, false).await;
    assert!(of(&quiet, Subject::Credentials).iter().all(|check| check.state != State::Failed), "{quiet:#?}");
}
