//! The laws that no rule may break, whatever the content.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

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
