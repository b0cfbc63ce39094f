//! Versions, and what points at them.

use bedrail::aws::ApplyError;
use bedrail::kinds::account_enforcement::{self, Guarding, ModelEnforcement, SelectiveContentGuarding};
use bedrail::kinds::{Model, guardrail_version, resource_policy};
use bedrail::model::{Document, Evidence, Ref, RemoteId};
use serde_json::json;

use super::{Bench, at, create, parse, plain, word};

const REGION: &str = "us-east-1";

fn guardrail() -> String {
    at("guardrail", REGION, "baseline")
}

fn version(content: &bedrail::kinds::guardrail::Content) -> (String, guardrail_version::Model) {
    let digest = content.digest();
    let name = guardrail_version::implicit_name("baseline", &digest);
    let model = guardrail_version::Model {
        guardrail: Ref::To(parse(&guardrail())),
        release: guardrail_version::Release::Implicit,
        content: Some(digest),
        description: None,
    };
    (at("guardrail-version", REGION, &name), model)
}

pub(super) async fn published(bench: &Bench) -> RemoteId {
    bench.create(&guardrail(), plain("baseline")).await;
    let (address, model) = version(&plain("baseline").content);
    bench.create(&address, model).await
}

#[tokio::test]
async fn a_version_holds_what_it_was_published_for() {
    let bench = Bench::start().await;
    let id = published(&bench).await;
    assert!(id.as_str().ends_with(":1"), "{id}");
    let (address, want) = version(&plain("baseline").content);
    let raw = bench.read(&address, &id).await.expect("it exists");
    assert!(matches!(&raw.evidence, Evidence::Version { marker: Some(marker), .. } if marker.key.is_none()), "{raw:?}");
    let Some(Model::GuardrailVersion(have)) = raw.model else { panic!("a version") };
    assert_eq!(have.content, want.content);
}

#[tokio::test]
async fn the_same_publish_twice_makes_one_version() {
    let bench = Bench::start().await;
    let first = published(&bench).await;
    let (address, model) = version(&plain("baseline").content);
    assert_eq!(bench.carry_out(&create(&address, model)).await.expect("it is there"), first);
}

#[tokio::test]
async fn a_draft_that_somebody_changed_is_not_published() {
    let bench = Bench::start().await;
    bench.create(&guardrail(), plain("baseline")).await;
    let (address, model) = version(&word("another"));
    bench.sandbox.forget_requests().await;
    let error = bench.carry_out(&create(&address, model)).await.expect_err("it is refused");
    assert!(matches!(error, ApplyError::OtherContent { .. }), "{error}");
    assert!(!bench.sandbox.counts().await.contains_key("bedrock:CreateGuardrailVersion"));
}

#[tokio::test]
async fn a_version_goes_alone() {
    let bench = Bench::start().await;
    let id = published(&bench).await;
    let (address, _) = version(&plain("baseline").content);
    bench.delete(&address, &id).await;
    assert_eq!(bench.read(&address, &id).await, None);
    let (arn, _) = id.as_str().rsplit_once(':').expect("a number");
    assert!(bench.read(&guardrail(), &RemoteId::new(arn)).await.is_some());
}

fn enforcement(id: &RemoteId) -> account_enforcement::Model {
    account_enforcement::Model {
        version: Ref::Foreign(id.clone()),
        selective_content_guarding: SelectiveContentGuarding {
            system: Guarding::Selective,
            messages: Guarding::Comprehensive,
        },
        model_enforcement: ModelEnforcement {
            included_models: ["ALL".to_owned()].into(),
            excluded_models: ["amazon.titan-embed-text-v2:0".to_owned()].into(),
        },
        needs: Vec::new(),
    }
}

#[tokio::test]
async fn an_enforcement_is_changed_in_place() {
    let bench = Bench::start().await;
    let version = published(&bench).await;
    let address = at("account-enforcement", REGION, "account");
    let want = enforcement(&version);
    let id = bench.create(&address, want.clone()).await;
    assert_eq!(bench.model(&address, &id).await, want.clone().into());
    let default = account_enforcement::Model {
        selective_content_guarding: SelectiveContentGuarding::default(),
        model_enforcement: ModelEnforcement::default(),
        ..want.clone()
    };
    bench.update(&address, &id, default.clone()).await;
    let raw = bench.read(&address, &id).await.expect("it exists");
    assert_eq!((raw.id.clone(), raw.model), (id.clone(), Some(default.into())));
    // A create finds what it did not expect, and leaves it alone.
    let error = bench.carry_out(&create(&address, want)).await.expect_err("it is refused");
    assert!(matches!(error, ApplyError::Moved { .. }), "{error}");
    bench.delete(&address, &id).await;
    assert_eq!(bench.read(&address, &id).await, None);
}

#[tokio::test]
async fn a_resource_policy_replaces_nothing_unseen() {
    let bench = Bench::start().await;
    let guardrail_id = bench.create(&guardrail(), plain("baseline")).await;
    let document = |actions: &[&str]| {
        Document::from(json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow", "Principal": "*", "Action": actions, "Resource": guardrail_id.as_str(),
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}},
            }],
        }))
    };
    let want = |actions: &[&str]| resource_policy::Model {
        resource: Ref::Foreign(guardrail_id.clone()),
        document: document(actions),
    };
    let address = at("resource-policy", REGION, "baseline");
    let first = want(&["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"]);
    let id = bench.create(&address, first.clone()).await;
    assert_eq!(bench.create(&address, first.clone()).await, id, "a repeat is done");
    let second = want(&["bedrock:ApplyGuardrail"]);
    let error = bench.carry_out(&create(&address, second.clone())).await.expect_err("it is refused");
    assert!(matches!(error, ApplyError::Moved { .. }), "{error}");
    bench.update(&address, &id, second.clone()).await;
    assert_eq!(bench.model(&address, &id).await, second.into());
    bench.delete(&address, &id).await;
    assert_eq!(bench.read(&address, &id).await, None);
}
