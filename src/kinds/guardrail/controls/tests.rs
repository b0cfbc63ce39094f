//! Every control, both ways; and the laws that no rule may break.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::kinds::guardrail::{ContentFilterType, GroundingFilterType, ManagedWordList, Modality, PiiType};
use crate::model::Direction::{self, Mixed, Neutral, Strengthens, Unranked, Weakens};

fn filter(input: Strength, output: Strength) -> ContentFilter {
    ContentFilter {
        input,
        output,
        input_modalities: BTreeSet::from([Modality::Text]),
        output_modalities: BTreeSet::from([Modality::Text]),
        input_action: BlockAction::Block,
        output_action: BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    }
}

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

fn word() -> WordRule {
    WordRule {
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

fn block() -> impl Strategy<Value = BlockAction> {
    select(BlockAction::ALL)
}

fn content_policy() -> impl Strategy<Value = ContentPolicy> {
    let modalities = || btree_set(select(Modality::ALL), 1..=2);
    let side = || (select(Strength::ALL), modalities(), block(), any::<bool>());
    let filter = (side(), side()).prop_map(|((input, seen, acts, on), (output, shown, does, off))| ContentFilter {
        input,
        output,
        input_modalities: seen,
        output_modalities: shown,
        input_action: acts,
        output_action: does,
        input_enabled: on,
        output_enabled: off,
    });
    let filters = btree_map(select(ContentFilterType::ALL), filter, 0..4);
    (select(Tier::ALL), filters).prop_map(|(tier, filters)| ContentPolicy { tier, filters })
}

fn topic_policy() -> impl Strategy<Value = TopicPolicy> {
    let topic = (select(&["x", "y"]), vec(select(&["m", "n"]), 0..2), block(), block(), any::<bool>(), any::<bool>());
    let topics = btree_map(select(&["A", "B", "C"]), topic, 1..=3).prop_shuffle_map();
    (select(Tier::ALL), topics).prop_map(|(tier, topics)| {
        let topic = |(name, (definition, examples, acts, does, on, off)): (&str, TopicParts)| Topic {
            name: name.to_owned(),
            definition: definition.to_owned(),
            examples: examples.into_iter().map(str::to_owned).collect(),
            input_action: acts,
            output_action: does,
            input_enabled: on,
            output_enabled: off,
        };
        TopicPolicy { tier, topics: topics.into_iter().map(topic).collect() }
    })
}

type TopicParts = (&'static str, Vec<&'static str>, BlockAction, BlockAction, bool, bool);

trait ShuffleMap: Strategy<Value = BTreeMap<&'static str, TopicParts>> + Sized {
    fn prop_shuffle_map(self) -> impl Strategy<Value = Vec<(&'static str, TopicParts)>> {
        self.prop_map(|all| all.into_iter().collect::<Vec<_>>()).prop_shuffle()
    }
}

impl<S: Strategy<Value = BTreeMap<&'static str, TopicParts>>> ShuffleMap for S {}

fn word_rule() -> impl Strategy<Value = WordRule> {
    (block(), block(), any::<bool>(), any::<bool>()).prop_map(
        |(input_action, output_action, input_enabled, output_enabled)| WordRule {
            input_action,
            output_action,
            input_enabled,
            output_enabled,
        },
    )
}

fn pii_rule() -> impl Strategy<Value = PiiRule> {
    let action = || select(PiiAction::ALL);
    (action(), action(), action(), any::<bool>(), any::<bool>()).prop_map(
        |(action, input_action, output_action, input_enabled, output_enabled)| PiiRule {
            action,
            input_action,
            output_action,
            input_enabled,
            output_enabled,
        },
    )
}

fn sensitive_policy() -> impl Strategy<Value = SensitiveInformationPolicy> {
    let regex = (select(&["p", "q"]), pii_rule()).prop_map(|(pattern, rule)| RegexRule {
        pattern: pattern.to_owned(),
        description: None,
        action: rule.action,
        input_action: rule.input_action,
        output_action: rule.output_action,
        input_enabled: rule.input_enabled,
        output_enabled: rule.output_enabled,
    });
    let entities = btree_map(select(&PiiType::ALL[..3]), pii_rule(), 0..3);
    (entities, btree_map("[ab]", regex, 0..2))
        .prop_map(|(pii_entities, regexes)| SensitiveInformationPolicy { pii_entities, regexes })
}

fn grounding_policy() -> impl Strategy<Value = GroundingPolicy> {
    let filter = (0_u8..4, block(), any::<bool>()).prop_map(|(quarters, action, enabled)| GroundingFilter {
        threshold: f64::from(quarters) / 4.0,
        action,
        enabled,
    });
    (select(Tier::ALL), btree_map(select(GroundingFilterType::ALL), filter, 0..=2))
        .prop_map(|(tier, filters)| GroundingPolicy { tier, filters })
}

fn reasoning_policy() -> impl Strategy<Value = AutomatedReasoningPolicy> {
    let policies = btree_set(select(&["arn:x/a:1", "arn:x/a:2", "arn:x/b:1"]), 1..=2);
    let policies = policies.prop_map(|arns| arns.into_iter().map(str::to_owned).collect());
    (policies, option::of(select(&[0.5, 0.9])))
        .prop_map(|(policies, confidence_threshold)| AutomatedReasoningPolicy { policies, confidence_threshold })
}

fn content() -> impl Strategy<Value = Content> {
    let words = (btree_map("[abAB]", word_rule(), 0..3), btree_map(select(ManagedWordList::ALL), word_rule(), 0..=1));
    let words = words.prop_map(|(words, managed_word_lists)| WordPolicy { words, managed_word_lists });
    let policies = (
        option::of(content_policy()),
        option::of(topic_policy()),
        option::of(words),
        option::of(sensitive_policy()),
        option::of(grounding_policy()),
        option::of(reasoning_policy()),
    );
    (policies, select(&["No.", "Never."])).prop_map(
        |((content, topics, words, sensitive, grounding, reasoning), no)| Content {
            blocked_input_messaging: no.to_owned(),
            content_policy: content,
            topic_policy: topics,
            word_policy: words,
            sensitive_information_policy: sensitive,
            contextual_grounding_policy: grounding,
            automated_reasoning_policy: reasoning,
            ..base()
        },
    )
}

/// Something that acts and that the base does not have.
fn addition(content: &mut Content, which: usize) {
    match which {
        0 => {
            let policy =
                content.content_policy.get_or_insert(ContentPolicy { tier: Tier::Classic, filters: [].into() });
            policy.filters.insert(ContentFilterType::Sexual, filter(Strength::Low, Strength::None));
        }
        1 => {
            let policy = content.topic_policy.get_or_insert(TopicPolicy { tier: Tier::Classic, topics: Vec::new() });
            policy.topics.insert(0, topic("New"));
        }
        2 => {
            let none = WordPolicy { words: BTreeMap::new(), managed_word_lists: BTreeMap::new() };
            content.word_policy.get_or_insert(none).words.insert("new".to_owned(), word());
        }
        3 | 4 => {
            let none = SensitiveInformationPolicy { pii_entities: BTreeMap::new(), regexes: BTreeMap::new() };
            let policy = content.sensitive_information_policy.get_or_insert(none);
            if which == 3 {
                policy.pii_entities.insert(PiiType::Url, pii(PiiAction::Anonymize));
            } else {
                policy.regexes.insert("new".to_owned(), regex("new", PiiAction::Block));
            }
        }
        _ => {
            let none = AutomatedReasoningPolicy { policies: BTreeSet::new(), confidence_threshold: None };
            content.automated_reasoning_policy.get_or_insert(none).policies.insert("arn:x/new:1".to_owned());
        }
    }
}

proptest! {
    #[test]
    fn back_is_the_mirror_of_forth(have in content(), want in content()) {
        let directions = |from: &Content, to: &Content| -> BTreeMap<String, Direction> {
            compare(from, to).into_iter().map(|field| (field.path, field.direction)).collect()
        };
        let (forth, back) = (directions(&have, &want), directions(&want, &have));
        prop_assert!(forth.keys().eq(back.keys()));
        for (path, forth) in forth {
            let back = back[&path];
            // Where policies come or go and others change their version: a loss shows, and a gain is not claimed.
            let both = [(Weakens, Unranked), (Unranked, Weakens)].contains(&(forth, back));
            let mirror = forth == mirrored(back) || (both && path == "automated_reasoning_policy.policies");
            prop_assert!(mirror, "{path}: {forth:?} and {back:?}");
        }
    }

    #[test]
    fn nothing_changes_by_staying(content in content()) {
        prop_assert!(compare(&content, &content).is_empty());
    }

    #[test]
    fn what_is_added_strengthens(mut have in content(), which in 0_usize..6) {
        if let Some(policy) = &mut have.content_policy {
            policy.filters.remove(&ContentFilterType::Sexual);
        }
        let mut want = have.clone();
        addition(&mut want, which);
        let fields = compare(&have, &want);
        prop_assert_eq!(together(&fields), Strengthens, "{:#?}", fields);
    }
}
