//! A read that fails leaves a blind spot, and never looks like absence.

use bedrail::aws::Survey;
use bedrail::kinds::Kind;
use bedrail::live;
use bedrail::model::{Evidence, Needed, Readings};
use serde_json::{Value, json};

use super::versions::published;
use super::{Bench, scope};

async fn readings(bench: &Bench, refuse: &[Value], survey: &Survey) -> Readings {
    bench.sandbox.set(json!({"refuse": refuse})).await;
    live::read(&bench.clients, survey, |readings| {
        let versions = readings.items.iter().filter(|item| item.kind == Kind::GuardrailVersion);
        Needed { recognised: versions.map(|item| item.id.clone()).collect(), ..Needed::default() }
    })
    .await
}

fn unread(readings: &Readings) -> Vec<(Kind, bool)> {
    let mut all: Vec<_> = readings.unread.iter().map(|unread| (unread.kind, unread.id.is_some())).collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn a_list_that_fails_hides_what_it_would_have_shown() {
    let bench = Bench::start().await;
    published(&bench).await;
    let survey = bench.survey(&["us-east-1", "eu-west-1"]).await;
    let refuse = [json!({"operation": "ListGuardrails", "region": "us-east-1"})];
    let readings = readings(&bench, &refuse, &survey).await;
    let kinds = [Kind::Guardrail, Kind::GuardrailVersion, Kind::ResourcePolicy];
    assert_eq!(unread(&readings), kinds.map(|kind| (kind, false)));
    assert!(readings.unread.iter().all(|unread| unread.scope == scope("us-east-1")));
    assert!(readings.unread[0].why.contains("AccessDenied"), "{:?}", readings.unread);
    assert!(readings.unread[0].why.contains("request "), "{:?}", readings.unread);
}

#[tokio::test]
async fn what_fails_for_one_resource_hides_that_one() {
    let bench = Bench::start().await;
    published(&bench).await;
    let survey = bench.survey(&["us-east-1"]).await;
    let get = readings(&bench, &[json!({"operation": "GetGuardrail"})], &survey).await;
    assert_eq!(unread(&get), [(Kind::Guardrail, true), (Kind::GuardrailVersion, true)]);
    let seen = get.items.iter().find(|item| item.kind == Kind::Guardrail).expect("it is seen");
    assert!(seen.model.is_none());

    let policy = readings(&bench, &[json!({"operation": "GetResourcePolicy"})], &survey).await;
    assert_eq!(unread(&policy), [(Kind::ResourcePolicy, true)]);

    let tags = readings(&bench, &[json!({"operation": "ListTagsForResource"})], &survey).await;
    let seen = tags.items.iter().find(|item| item.kind == Kind::Guardrail).expect("it is seen");
    assert!(matches!(&seen.evidence, Evidence::Unseen(why) if why.contains("AccessDenied")), "{seen:?}");

    let enforced = readings(&bench, &[json!({"operation": "ListEnforcedGuardrailsConfiguration"})], &survey).await;
    assert_eq!(unread(&enforced), [(Kind::AccountEnforcement, false)]);
}

#[tokio::test]
async fn a_region_that_is_not_enabled_is_a_fact() {
    let bench = Bench::start().await;
    let refuse = [json!({"operation": "*", "region": "eu-west-1", "code": "UnrecognizedClientException"})];
    let declared = bench.survey(&["us-east-1", "eu-west-1"]).await;
    let found = readings(&bench, &refuse, &declared).await;
    assert_eq!(found.unavailable.iter().map(|it| &it.scope).collect::<Vec<_>>(), [&scope("eu-west-1")]);
    assert!(found.unread.is_empty() && found.not_scanned.is_empty(), "{found:?}");

    let mut scanned = bench.survey(&["us-east-1"]).await;
    scanned.scanned_only = [scope("eu-west-1")].into();
    let found = readings(&bench, &refuse, &scanned).await;
    assert_eq!(found.not_scanned.iter().map(|it| &it.scope).collect::<Vec<_>>(), [&scope("eu-west-1")]);
    assert!(found.unread.is_empty() && found.unavailable.is_empty(), "{found:?}");

    let denied = [json!({"operation": "*", "region": "eu-west-1"})];
    let found = readings(&bench, &denied, &scanned).await;
    assert_eq!(found.not_scanned.len(), 1, "{found:?}");
    assert!(found.unread.is_empty(), "{found:?}");
}

#[tokio::test]
async fn bad_credentials_are_no_missing_region() {
    let bench = Bench::start().await;
    let survey = bench.survey(&["us-east-1"]).await;
    let refuse = [json!({"operation": "*", "region": "us-east-1", "code": "UnrecognizedClientException"})];
    let found = readings(&bench, &refuse, &survey).await;
    assert!(found.unavailable.is_empty() && !found.unread.is_empty(), "{found:?}");
}

#[tokio::test]
async fn without_the_policy_type_there_are_no_policies() {
    let bench = Bench::start().await;
    let survey = bench.survey(&["us-east-1"]).await;
    let refuse = [json!({"operation": "ListPolicies", "code": "PolicyTypeNotEnabledException"})];
    assert_eq!(unread(&readings(&bench, &refuse, &survey).await), []);
    let refuse = [json!({"operation": "ListPolicies"})];
    let kinds = [Kind::OrgPolicy, Kind::OrgPolicyAttachment];
    assert_eq!(unread(&readings(&bench, &refuse, &survey).await), kinds.map(|kind| (kind, false)));
}

#[tokio::test]
async fn an_empty_page_does_not_end_a_list() {
    let bench = Bench::start().await;
    published(&bench).await;
    let survey = bench.survey(&["us-east-1"]).await;
    let plain = readings(&bench, &[], &survey).await;
    bench.sandbox.set(json!({"empty_pages": true})).await;
    let paged = readings(&bench, &[], &survey).await;
    assert_eq!(plain, paged);
    assert!(plain.items.iter().any(|item| item.kind == Kind::GuardrailVersion && item.model.is_some()));
}
