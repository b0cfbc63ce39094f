use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::kinds::guardrail::sample::{self, filter, silent};
use crate::kinds::guardrail::{ContentPolicy, PiiRule, RegexRule, SensitiveInformationPolicy, Tier, WordPolicy};

fn hating(input: Strength, input_action: BlockAction) -> Content {
    let filter = ContentFilter { input_action, ..filter(input, Strength::None) };
    let filters = BTreeMap::from([(ContentFilterType::Hate, filter)]);
    Content { content_policy: Some(ContentPolicy { tier: Tier::Classic, filters }), ..silent() }
}

const HATE: Control<'static> = Control::Filter(ContentFilterType::Hate, Modality::Text);

fn settings(contents: &[&Content]) -> Vec<(PiiAction, Degree, Vec<usize>)> {
    let union = Union::of(Side::Input, contents.iter().copied().enumerate());
    let found = union.controls().find(|(control, _)| **control == HATE).map(|(_, found)| found.settings.clone());
    found.unwrap_or_default().into_iter().map(|one| (one.action, one.degree, one.from)).collect()
}

#[test]
fn the_strictest_setting_of_each_action_counts() {
    let (low, high) = (hating(Strength::Low, BlockAction::Block), hating(Strength::High, BlockAction::Block));
    let reports = hating(Strength::Medium, BlockAction::None);
    let degree = Degree::Strength;
    assert_eq!(settings(&[&low, &high]), [(PiiAction::Block, degree(Strength::High), vec![1])]);
    assert_eq!(settings(&[&high, &high]), [(PiiAction::Block, degree(Strength::High), vec![0, 1])]);
    assert_eq!(settings(&[&high, &reports]), [(PiiAction::Block, degree(Strength::High), vec![0])], "it adds nothing");
    let both =
        [(PiiAction::Block, degree(Strength::Low), vec![0]), (PiiAction::None, degree(Strength::Medium), vec![1])];
    assert_eq!(settings(&[&low, &reports]), both);
    assert!(settings(&[&hating(Strength::None, BlockAction::Block), &silent()]).is_empty());
}

#[test]
fn what_is_the_same_under_another_name_is_one_control() {
    let rule = |action| RegexRule {
        pattern: "CLM-[0-9]".to_owned(),
        description: None,
        action,
        input_action: action,
        output_action: action,
        input_enabled: true,
        output_enabled: true,
    };
    let regex = |name: &str, action| Content {
        sensitive_information_policy: Some(SensitiveInformationPolicy {
            pii_entities: BTreeMap::from([(
                PiiType::Email,
                PiiRule {
                    action,
                    input_action: action,
                    output_action: action,
                    input_enabled: true,
                    output_enabled: false,
                },
            )]),
            regexes: BTreeMap::from([(name.to_owned(), rule(action))]),
        }),
        ..silent()
    };
    let word = |text: &str| {
        let words = BTreeMap::from([(text.to_owned(), sample::word())]);
        Content { word_policy: Some(WordPolicy { words, managed_word_lists: BTreeMap::new() }), ..silent() }
    };
    let contents =
        [regex("claim", PiiAction::Anonymize), regex("claims", PiiAction::Block), word("Zeus"), word("zeus")];
    let union = Union::of(Side::Input, contents.iter().enumerate());
    let names: Vec<(&str, PiiAction, usize)> = union
        .controls()
        .map(|(_, found)| (found.name, found.settings[0].action, found.settings[0].from.len()))
        .collect();
    assert_eq!(names, [("Zeus", PiiAction::Block, 2), ("EMAIL", PiiAction::Block, 1), ("claim", PiiAction::Block, 1)]);
    assert_eq!(Union::of(Side::Output, contents.iter().enumerate()).controls().count(), 2, "the entity is off there");
}

proptest! {
    /// What one of the guardrails would do alone is the least that all of them do, and something of them does it.
    #[test]
    fn the_union_is_the_severest_of_its_parts(
        all in prop::collection::vec((select(Strength::ALL), select(BlockAction::ALL)), 0..5),
        confidence in select(Strength::ALL),
    ) {
        let contents: Vec<Content> = all.iter().map(|(strength, action)| hating(*strength, *action)).collect();
        let union = Union::of(Side::Input, contents.iter().enumerate());
        let together = union.on(&HATE, |degree| degree.catches(confidence));
        let alone = contents.iter().filter_map(|content| {
            Union::of(Side::Input, [(0, content)]).on(&HATE, |degree| degree.catches(confidence))
        });
        prop_assert_eq!(together, alone.max());
    }
}
