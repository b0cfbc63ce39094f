//! Reading is as cheap as it can be.

use bedrail::kinds::{Kind, org_policy_type};
use bedrail::live;
use bedrail::model::Needed;

use super::versions::published;
use super::{Bench, at, plain, scope, word};

#[tokio::test]
async fn reading_takes_no_more_calls_than_there_are_things_to_know() {
    let bench = Bench::start().await;
    published(&bench).await;
    for (region, name) in [("us-east-1", "second"), ("eu-west-1", "third")] {
        let mut foreign = plain(name);
        foreign.tags.clear();
        foreign.content = word(name);
        bench.create(&at("guardrail", region, name), foreign).await;
    }
    bench.create(&at("org-policy-type", "global", "BEDROCK_POLICY"), org_policy_type::Model {}).await;
    let mut survey = bench.survey(&["us-east-1", "eu-west-1"]).await;
    survey.names = [(scope("eu-west-1"), "third".to_owned())].into();
    survey.profiles = [(scope("us-west-2"), "us.guardrail.v1:0".to_owned())].into();
    bench.sandbox.forget_requests().await;
    let readings = live::read(&bench.clients, &survey, |readings| {
        let versions = readings.items.iter().filter(|item| item.kind == Kind::GuardrailVersion);
        Needed { recognised: versions.map(|item| item.id.clone()).collect(), ..Needed::default() }
    })
    .await;
    assert!(readings.unread.is_empty(), "{:?}", readings.unread);
    let counts = bench.sandbox.counts().await;
    let count = |operation: &str| counts.get(operation).copied().unwrap_or_default();
    // Two Regions; three guardrails, of which one is neither ours nor in the way; one version; one profile.
    assert_eq!(count("bedrock:ListGuardrails"), 2 + 2, "{counts:?}");
    assert_eq!(count("bedrock:ListEnforcedGuardrailsConfiguration"), 2, "{counts:?}");
    assert_eq!(count("bedrock:ListTagsForResource"), 3, "{counts:?}");
    assert_eq!(count("bedrock:GetGuardrail"), 2 + 1, "{counts:?}");
    assert_eq!(count("bedrock:GetResourcePolicy"), 2 + 1, "{counts:?}");
    assert_eq!(count("organizations:ListPolicies"), 1, "{counts:?}");
    let bedrock: usize = counts.iter().filter(|(call, _)| call.starts_with("bedrock:")).map(|(_, count)| count).sum();
    let (regions, guardrails, versions, profiles) = (2, 3, 1, 1);
    assert!(bedrock <= 2 * regions + 4 * guardrails + versions + profiles, "{counts:?}");
}
