//! Every control, both ways.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::kinds::guardrail::sample::{filter, word};
use crate::kinds::guardrail::{ContentFilterType, GroundingFilterType, ManagedWordList, Modality, PiiType};
use crate::model::Direction::{self, Mixed, Neutral, Strengthens, Unranked, Weakens};

mod laws;

fn topic(name: &str) -> Topic {
    Topic {
        name: name.to_owned(),
        definition: "What it is.".to_owned(),
        examples: vec!["one".to_owned(), "two".to_owned()],
        input_action: BlockAction::Block,
        output_action: BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    }
}

fn pii(action: PiiAction) -> PiiRule {
    PiiRule { action, input_action: action, output_action: action, input_enabled: true, output_enabled: true }
}

fn regex(pattern: &str, action: PiiAction) -> RegexRule {
    RegexRule {
        pattern: pattern.to_owned(),
        description: None,
        action,
        input_action: action,
        output_action: action,
        input_enabled: true,
        output_enabled: true,
    }
}

fn grounded(threshold: f64) -> GroundingFilter {
    GroundingFilter { threshold, action: BlockAction::Block, enabled: true }
}

/// One of everything, all of it acting.
fn base() -> Content {
    Content {
        blocked_input_messaging: "No.".to_owned(),
        blocked_outputs_messaging: "No.".to_owned(),
        content_policy: Some(ContentPolicy {
            tier: Tier::Classic,
            filters: BTreeMap::from([
                (ContentFilterType::Hate, filter(Strength::Medium, Strength::Medium)),
                (ContentFilterType::PromptAttack, filter(Strength::High, Strength::None)),
            ]),
        }),
        topic_policy: Some(TopicPolicy { tier: Tier::Classic, topics: vec![topic("A"), topic("B.b")] }),
        word_policy: Some(WordPolicy {
            words: BTreeMap::from([("Zeus".to_owned(), word())]),
            managed_word_lists: BTreeMap::from([(ManagedWordList::Profanity, word())]),
        }),
        sensitive_information_policy: Some(SensitiveInformationPolicy {
            pii_entities: BTreeMap::from([(PiiType::Email, pii(PiiAction::Anonymize))]),
            regexes: BTreeMap::from([("id".to_owned(), regex("[0-9]{9}", PiiAction::Anonymize))]),
        }),
        contextual_grounding_policy: Some(GroundingPolicy {
            tier: Tier::Classic,
            filters: BTreeMap::from([(GroundingFilterType::Grounding, grounded(0.5))]),
        }),
        automated_reasoning_policy: Some(AutomatedReasoningPolicy {
            policies: BTreeSet::from([
                "arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/a:1".to_owned()
            ]),
            confidence_threshold: Some(0.5),
        }),
        cross_region_profile: None,
    }
}

fn together(fields: &[FieldDiff]) -> Direction {
    fields.iter().map(|field| field.direction).collect()
}

fn mirrored(direction: Direction) -> Direction {
    match direction {
        Strengthens => Weakens,
        Weakens => Strengthens,
        same => same,
    }
}

macro_rules! hate {
    ($content:ident) => {
        $content.content_policy.as_mut().unwrap().filters.get_mut(&ContentFilterType::Hate).unwrap()
    };
}
macro_rules! topics {
    ($content:ident) => {
        $content.topic_policy.as_mut().unwrap().topics
    };
}
macro_rules! words {
    ($content:ident) => {
        $content.word_policy.as_mut().unwrap().words
    };
}
macro_rules! email {
    ($content:ident) => {
        $content.sensitive_information_policy.as_mut().unwrap().pii_entities.get_mut(&PiiType::Email).unwrap()
    };
}
macro_rules! regexes {
    ($content:ident) => {
        $content.sensitive_information_policy.as_mut().unwrap().regexes
    };
}
macro_rules! grounding {
    ($content:ident) => {
        $content.contextual_grounding_policy.as_mut().unwrap().filters
    };
}

type Rule = (&'static str, fn(&mut Content), Direction);

/// The field by the end of its path, what happens to the base, and which way that goes.
const RULES: &[Rule] = &[
    ("blocked_input_messaging", |c| c.blocked_input_messaging = "Never.".to_owned(), Neutral),
    ("cross_region_profile", |c| c.cross_region_profile = Some("us.guardrail.v1:0".to_owned()), Neutral),
    ("filters.HATE.input", |c| hate!(c).input = Strength::High, Strengthens),
    ("filters.HATE.input", |c| hate!(c).input = Strength::Low, Weakens),
    ("filters.HATE.output", |c| hate!(c).output = Strength::None, Weakens),
    ("filters.HATE.input_action", |c| hate!(c).input_action = BlockAction::None, Weakens),
    ("filters.HATE.output_enabled", |c| hate!(c).output_enabled = false, Weakens),
    ("filters.HATE.input_modalities", |c| hate!(c).input_modalities.extend([Modality::Image]), Strengthens),
    ("filters.HATE.input_modalities", |c| hate!(c).input_modalities = [Modality::Image].into(), Mixed),
    ("content_policy.tier", |c| c.content_policy.as_mut().unwrap().tier = Tier::Standard, Unranked),
    ("topic_policy.tier", |c| c.topic_policy.as_mut().unwrap().tier = Tier::Standard, Unranked),
    ("topics.A.definition", |c| topics!(c)[0].definition = "Something else.".to_owned(), Unranked),
    ("topics.A.examples", |c| topics!(c)[0].examples.reverse(), Unranked),
    ("topics.(order)", |c| topics!(c).reverse(), Unranked),
    ("topics.B.b.input_action", |c| topics!(c)[1].input_action = BlockAction::None, Weakens),
    ("topics.A.output_enabled", |c| topics!(c)[0].output_enabled = false, Weakens),
    ("topics.B.b.input_action", |c| topics!(c).truncate(1), Weakens),
    ("topics.C.input_action", |c| topics!(c).push(topic("C")), Strengthens),
    ("topics.C.definition", |c| topics!(c).push(topic("C")), Neutral),
    (".input_action", |c| words!(c).values_mut().for_each(|rule| rule.input_action = BlockAction::None), Weakens),
    (".output_enabled", |c| words!(c).values_mut().for_each(|rule| rule.output_enabled = false), Weakens),
    (".input_action", |c| words!(c).extend([("ajax".to_owned(), word())]), Strengthens),
    (".input_action", |c| words!(c).clear(), Weakens),
    ("PROFANITY.input_action", |c| c.word_policy.as_mut().unwrap().managed_word_lists.clear(), Weakens),
    ("EMAIL.action", |c| *email!(c) = pii(PiiAction::Block), Strengthens),
    ("EMAIL.input_action", |c| email!(c).input_action = PiiAction::Block, Strengthens),
    ("EMAIL.output_action", |c| email!(c).output_action = PiiAction::None, Weakens),
    ("EMAIL.output_enabled", |c| email!(c).output_enabled = false, Weakens),
    ("EMAIL.input_action", |c| c.sensitive_information_policy.as_mut().unwrap().pii_entities.clear(), Weakens),
    ("regexes.id.pattern", |c| regexes!(c).get_mut("id").unwrap().pattern = "[0-9]+".to_owned(), Unranked),
    ("regexes.id.description", |c| regexes!(c).get_mut("id").unwrap().description = Some("x".to_owned()), Neutral),
    ("regexes.id.input_action", |c| regexes!(c).get_mut("id").unwrap().input_action = PiiAction::None, Weakens),
    ("regexes.b.input_action", |c| regexes!(c).extend([("b".to_owned(), regex("b", PiiAction::Block))]), Strengthens),
    ("regexes.id.output_action", |c| regexes!(c).clear(), Weakens),
    ("GROUNDING.threshold", |c| grounding!(c).extend([(GroundingFilterType::Grounding, grounded(0.7))]), Strengthens),
    ("GROUNDING.threshold", |c| grounding!(c).extend([(GroundingFilterType::Grounding, grounded(0.0))]), Weakens),
    ("RELEVANCE.threshold", |c| grounding!(c).extend([(GroundingFilterType::Relevance, grounded(0.1))]), Strengthens),
    ("GROUNDING.action", |c| grounding!(c).values_mut().for_each(|it| it.action = BlockAction::None), Weakens),
    ("GROUNDING.enabled", |c| grounding!(c).values_mut().for_each(|it| it.enabled = false), Weakens),
    (
        "automated_reasoning_policy.policies",
        |c| c.automated_reasoning_policy.as_mut().unwrap().policies = ["arn:x/b:1".to_owned()].into(),
        Mixed,
    ),
    (
        "automated_reasoning_policy.policies",
        |c| {
            let arn = "arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/a:2".to_owned();
            c.automated_reasoning_policy.as_mut().unwrap().policies = [arn].into();
        },
        Unranked,
    ),
    ("automated_reasoning_policy.policies", |c| c.automated_reasoning_policy = None, Weakens),
    (
        "automated_reasoning_policy.confidence_threshold",
        |c| c.automated_reasoning_policy.as_mut().unwrap().confidence_threshold = Some(0.9),
        Unranked,
    ),
];

#[test]
fn every_rule_holds_both_ways() {
    for (number, (path, change, direction)) in RULES.iter().enumerate() {
        let (have, mut want) = (base(), base());
        change(&mut want);
        for (from, to, expected) in [(&have, &want, *direction), (&want, &have, mirrored(*direction))] {
            let fields = compare(from, to);
            let field = fields.iter().find(|field| field.path.ends_with(path));
            let found = field.map(|field| field.direction);
            assert_eq!(found, Some(expected), "rule {number}: {path}\n{fields:#?}");
        }
    }
}

#[test]
fn what_is_off_on_both_sides_cannot_weaken() {
    let mut have = base();
    hate!(have).input_enabled = false;
    let mut want = have.clone();
    hate!(want).input = Strength::Low;
    hate!(want).input_action = BlockAction::None;
    assert_eq!(together(&compare(&have, &want)), Neutral);
    // What is switched on strengthens, though the strength on paper is less than it was.
    hate!(want).input_enabled = true;
    hate!(want).input_action = BlockAction::Block;
    let fields = compare(&have, &want);
    assert_eq!(together(&fields), Strengthens, "{fields:#?}");
}

#[test]
fn letter_case_makes_no_other_word() {
    let (have, mut want) = (base(), base());
    words!(want) = BTreeMap::from([("ZEUS".to_owned(), word())]);
    let fields = compare(&have, &want);
    assert!(!fields.is_empty());
    assert_eq!(together(&fields), Neutral, "{fields:#?}");
}

#[test]
fn a_guardrail_that_comes_strengthens() {
    let mut fields = diff(&serde_json::Value::Null, &serde_json::to_value(base()).unwrap(), Guardrail::GUARDED);
    judge(None, Some(&base()), &mut fields);
    assert_eq!(together(&fields), Strengthens, "{fields:#?}");
}

#[test]
fn a_regex_under_another_name_does_the_same() {
    let named = |name: &str, rule: RegexRule| {
        let mut content = base();
        regexes!(content) = BTreeMap::from([(name.to_owned(), rule)]);
        content
    };
    let told = |have: &Content, want: &Content| -> BTreeSet<Direction> {
        compare(have, want).into_iter().map(|field| field.direction).collect()
    };
    let have = named("id", regex("[0-9]{9}", PiiAction::Anonymize));
    let renamed = named("number", regex("[0-9]{9}", PiiAction::Anonymize));
    assert_eq!(told(&have, &renamed), [Neutral].into());
    assert_eq!(told(&renamed, &have), [Neutral].into());
    // Described anew, it is still the same; with another action or pattern one comes and one goes.
    let described = RegexRule { description: Some("x".to_owned()), ..regex("[0-9]{9}", PiiAction::Anonymize) };
    assert_eq!(told(&have, &named("number", described)), [Neutral].into());
    for other in [regex("[0-9]{9}", PiiAction::Block), regex("[0-9]+", PiiAction::Anonymize)] {
        assert_eq!(told(&have, &named("number", other)), [Neutral, Weakens, Strengthens].into());
    }
    // One that stays under its name is not what the other has become.
    let mut both = have.clone();
    regexes!(both).insert("number".to_owned(), regex("[0-9]{9}", PiiAction::Anonymize));
    assert!(told(&have, &both).contains(&Strengthens));
}
