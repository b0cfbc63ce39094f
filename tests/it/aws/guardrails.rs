//! Guardrails: what is sent is what is read, in every field, and with the fewest calls.

use std::collections::{BTreeMap, BTreeSet};

use bedrail::kinds::Model;
use bedrail::kinds::guardrail::{
    self, AutomatedReasoningPolicy, BlockAction, Content, ContentFilter, ContentFilterType, ContentPolicy,
    GroundingFilter, GroundingFilterType, GroundingPolicy, ManagedWordList, Modality, PiiAction, PiiRule, PiiType,
    RegexRule, SensitiveInformationPolicy, Strength, Tier, Topic, TopicPolicy, WordPolicy, WordRule,
};
use bedrail::model::RemoteId;

use super::{Bench, at, create, plain, word};

fn address() -> String {
    at("guardrail", "us-east-1", "baseline")
}

/// Every field, and none at its default.
fn full() -> Content {
    let filter = |input, output| ContentFilter {
        input,
        output,
        input_modalities: BTreeSet::from([Modality::Text, Modality::Image]),
        output_modalities: BTreeSet::from([Modality::Image]),
        input_action: BlockAction::None,
        output_action: BlockAction::None,
        input_enabled: false,
        output_enabled: false,
    };
    let attack = ContentFilter { output: Strength::None, ..filter(Strength::High, Strength::None) };
    let rule = WordRule {
        input_action: BlockAction::None,
        output_action: BlockAction::None,
        input_enabled: false,
        output_enabled: false,
    };
    let topic = |name: &str, examples: &[&str]| Topic {
        name: name.to_owned(),
        definition: format!("{name} and more."),
        examples: examples.iter().map(|example| (*example).to_owned()).collect(),
        input_action: BlockAction::None,
        output_action: BlockAction::None,
        input_enabled: false,
        output_enabled: false,
    };
    Content {
        blocked_input_messaging: "Nein — “not” allowed.".to_owned(),
        blocked_outputs_messaging: "Not available.".to_owned(),
        content_policy: Some(ContentPolicy {
            tier: Tier::Standard,
            filters: BTreeMap::from([
                (ContentFilterType::Violence, filter(Strength::Low, Strength::Medium)),
                (ContentFilterType::Hate, filter(Strength::High, Strength::None)),
                (ContentFilterType::PromptAttack, attack),
            ]),
        }),
        topic_policy: Some(TopicPolicy {
            tier: Tier::Standard,
            topics: vec![topic("Zoology", &["Which cat?", "A dog?"]), topic("Advice", &[])],
        }),
        word_policy: Some(WordPolicy {
            words: BTreeMap::from([("zeta".to_owned(), rule.clone()), ("alpha".to_owned(), rule.clone())]),
            managed_word_lists: BTreeMap::from([(ManagedWordList::Profanity, rule)]),
        }),
        sensitive_information_policy: Some(sensitive()),
        contextual_grounding_policy: Some(GroundingPolicy {
            tier: Tier::Standard,
            filters: BTreeMap::from([(
                GroundingFilterType::Relevance,
                GroundingFilter { threshold: 0.35, action: BlockAction::None, enabled: false },
            )]),
        }),
        automated_reasoning_policy: Some(AutomatedReasoningPolicy {
            policies: BTreeSet::from([
                "arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/abcdefghijkl:1".to_owned(),
            ]),
            confidence_threshold: Some(0.9),
        }),
        cross_region_profile: Some("us.guardrail.v1:0".to_owned()),
    }
}

fn sensitive() -> SensitiveInformationPolicy {
    let pii = PiiRule {
        action: PiiAction::Block,
        input_action: PiiAction::Anonymize,
        output_action: PiiAction::None,
        input_enabled: false,
        output_enabled: true,
    };
    let regex = |pattern: &str, description: Option<&str>| RegexRule {
        pattern: pattern.to_owned(),
        description: description.map(str::to_owned),
        action: PiiAction::Anonymize,
        input_action: PiiAction::Block,
        output_action: PiiAction::Anonymize,
        input_enabled: true,
        output_enabled: false,
    };
    SensitiveInformationPolicy {
        pii_entities: PiiType::ALL.iter().map(|kind| (*kind, pii.clone())).collect(),
        regexes: BTreeMap::from([
            ("claim".to_owned(), regex(r"CLM-\d{8}", Some("Claim numbers"))),
            ("badge".to_owned(), regex(r"B\d+", None)),
        ]),
    }
}

fn model(content: Content) -> guardrail::Model {
    guardrail::Model {
        description: Some("Company-wide".to_owned()),
        kms_key_id: Some("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
        content,
        ..plain("acme-baseline")
    }
}

async fn assert_reads(bench: &Bench, id: &RemoteId, want: &guardrail::Model) {
    let Model::Guardrail(have) = bench.model(&address(), id).await else { panic!("a guardrail") };
    assert_eq!(have, *want);
    assert_eq!(have.content.digest(), want.content.digest());
}

#[tokio::test]
async fn every_field_reads_as_it_was_sent() {
    let bench = Bench::start().await;
    let want = model(full());
    let id = bench.create(&address(), want.clone()).await;
    assert_reads(&bench, &id, &want).await;
}

#[tokio::test]
async fn an_update_takes_away_what_is_no_longer_wanted() {
    let bench = Bench::start().await;
    let id = bench.create(&address(), model(full())).await;
    for want in [plain("renamed"), model(Content { cross_region_profile: None, ..word("other") }), model(full())] {
        bench.update(&address(), &id, want.clone()).await;
        assert_reads(&bench, &id, &want).await;
    }
}

#[tokio::test]
async fn defaults_read_as_lowering_leaves_them() {
    let bench = Bench::start().await;
    let side = |action| PiiRule {
        action,
        input_action: action,
        output_action: action,
        input_enabled: true,
        output_enabled: true,
    };
    let filter = ContentFilter {
        input: Strength::High,
        output: Strength::High,
        input_modalities: BTreeSet::from([Modality::Text]),
        output_modalities: BTreeSet::from([Modality::Text]),
        input_action: BlockAction::Block,
        output_action: BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    };
    let topic = Topic {
        name: "Advice".to_owned(),
        definition: "Advice.".to_owned(),
        examples: Vec::new(),
        input_action: BlockAction::Block,
        output_action: BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    };
    let want = guardrail::Model {
        content: Content {
            content_policy: Some(ContentPolicy {
                tier: Tier::Classic,
                filters: BTreeMap::from([(ContentFilterType::Hate, filter)]),
            }),
            topic_policy: Some(TopicPolicy { tier: Tier::Classic, topics: vec![topic] }),
            sensitive_information_policy: Some(SensitiveInformationPolicy {
                pii_entities: BTreeMap::from([
                    (PiiType::Email, side(PiiAction::Anonymize)),
                    (PiiType::Name, side(PiiAction::None)),
                ]),
                regexes: BTreeMap::new(),
            }),
            contextual_grounding_policy: Some(GroundingPolicy {
                tier: Tier::Classic,
                filters: BTreeMap::from([(
                    GroundingFilterType::Grounding,
                    GroundingFilter { threshold: 0.75, action: BlockAction::Block, enabled: true },
                )]),
            }),
            ..word("projectx")
        },
        ..plain("acme-baseline")
    };
    let id = bench.create(&address(), want.clone()).await;
    assert_reads(&bench, &id, &want).await;
}

#[tokio::test]
async fn tags_change_without_touching_the_draft() {
    let bench = Bench::start().await;
    let mut want = plain("acme-baseline");
    want.tags.insert("a.b".to_owned(), "1".to_owned());
    want.tags.insert("gone".to_owned(), "1".to_owned());
    let id = bench.create(&address(), want.clone()).await;
    want.tags.remove("gone");
    want.tags.insert("a.b".to_owned(), "2".to_owned());
    bench.sandbox.forget_requests().await;
    bench.update(&address(), &id, want.clone()).await;
    let counts = bench.sandbox.counts().await;
    let writes: Vec<_> = counts.iter().filter(|(call, _)| call.contains("ag") && !call.contains(":List")).collect();
    assert!(!counts.contains_key("bedrock:UpdateGuardrail"), "{counts:?}");
    assert_eq!(
        (counts.get("bedrock:TagResource"), counts.get("bedrock:UntagResource")),
        (Some(&1), Some(&1)),
        "{writes:?}"
    );
    assert_reads(&bench, &id, &want).await;
}

#[tokio::test]
async fn the_same_create_twice_makes_one_guardrail() {
    let bench = Bench::start().await;
    let action = create(&address(), plain("acme-baseline"));
    let first = bench.carry_out(&action).await.expect("it is made");
    let second = bench.carry_out(&action).await.expect("it is made already");
    assert_eq!(first, second);
}

#[tokio::test]
async fn what_was_deleted_can_be_made_again() {
    let bench = Bench::start().await;
    let first = bench.create(&address(), plain("acme-baseline")).await;
    bench.delete(&address(), &first).await;
    assert_eq!(bench.read(&address(), &first).await, None);
    let second = bench.create(&address(), plain("acme-baseline")).await;
    assert_ne!(first, second, "Bedrock ignores a repeated token, and so would have made nothing");
    assert!(bench.read(&address(), &second).await.is_some());
}
