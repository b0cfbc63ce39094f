use std::collections::BTreeMap;

use super::*;
use crate::kinds::guardrail::{WordPolicy, sample};
use crate::model::Direction::{self, Mixed, Neutral, Strengthens, Unranked, Weakens};
use crate::model::RemoteId;

fn content(words: &[&str]) -> Content {
    let words = words.iter().map(|word| ((*word).to_owned(), sample::word())).collect();
    Content { word_policy: Some(WordPolicy { words, managed_word_lists: BTreeMap::new() }), ..sample::silent() }
}

fn models(included: &[&str], excluded: &[&str]) -> ModelEnforcement {
    let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    ModelEnforcement { included_models: set(included), excluded_models: set(excluded) }
}

fn version(number: u32) -> Ref {
    Ref::Foreign(RemoteId::new(format!("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:{number}")))
}

fn mirrored(direction: Direction) -> Direction {
    match direction {
        Strengthens => Weakens,
        Weakens => Strengthens,
        same => same,
    }
}

fn together(fields: &[FieldDiff]) -> Direction {
    fields.iter().map(|field| field.direction).collect()
}

#[test]
fn more_models_are_stricter_and_more_exceptions_less() {
    let version = version(1);
    let guarding = SelectiveContentGuarding::default();
    let content = content(&["a"]);
    for (have, want, direction) in [
        (models(&["ALL"], &[]), models(&["m.a"], &[]), Weakens),
        (models(&["m.a"], &[]), models(&["m.a", "m.b"], &[]), Strengthens),
        (models(&["m.a"], &[]), models(&["m.b"], &[]), Mixed),
        (models(&["ALL"], &[]), models(&["ALL"], &["m.a"]), Weakens),
        (models(&["m.a", "m.b"], &["m.b"]), models(&["m.a"], &[]), Neutral),
        (models(&["m.a"], &[]), models(&["m.a"], &["m.b"]), Neutral),
        (models(&["ALL"], &["m.a"]), models(&["m.a"], &[]), Mixed),
    ] {
        let side = |models| Protection { version: &version, content: Ok(&content), guarding: &guarding, models };
        let (have, want) = (side(&have), side(&want));
        let compare = |from, to| together(&Protection::compare(Some(from), Some(to)));
        assert_eq!(compare(&have, &want), direction, "{have:?}\n{want:?}");
        assert_eq!(compare(&want, &have), mirrored(direction), "{have:?}\n{want:?}");
    }
}

#[test]
fn comprehensive_stands_over_selective() {
    let (version, models, content) = (version(1), ModelEnforcement::default(), content(&["a"]));
    let whole = SelectiveContentGuarding::default();
    let part = SelectiveContentGuarding { system: Guarding::Selective, ..whole.clone() };
    let side = |guarding| Protection { version: &version, content: Ok(&content), guarding, models: &models };
    let fields = Protection::compare(Some(&side(&whole)), Some(&side(&part)));
    assert_eq!((fields[0].path.as_str(), fields[0].direction), ("selective_content_guarding.system", Weakens));
    assert_eq!(together(&Protection::compare(Some(&side(&part)), Some(&side(&whole)))), Strengthens);
}

#[test]
fn what_comes_strengthens_and_what_goes_weakens() {
    let (version, models, content) = (version(1), ModelEnforcement::default(), content(&["a"]));
    let guarding = SelectiveContentGuarding::default();
    let side = Protection { version: &version, content: Ok(&content), guarding: &guarding, models: &models };
    assert_eq!(together(&Protection::compare(None, Some(&side))), Strengthens);
    assert_eq!(together(&Protection::compare(Some(&side), None)), Weakens);
}

#[test]
fn a_pointer_is_judged_by_what_it_leaves_and_reaches() {
    let (guarding, models) = (SelectiveContentGuarding::default(), ModelEnforcement::default());
    let (one, two) = (version(1), version(2));
    let (few, many) = (content(&["a"]), content(&["a", "b"]));
    let side = |version, content| Protection { version, content, guarding: &guarding, models: &models };
    let unread = || Err("AccessDenied: no".to_owned());
    for (have, want, direction) in [
        (Ok(&few), Ok(&many), Strengthens),
        (Ok(&many), Ok(&few), Weakens),
        (Ok(&few), Ok(&few), Neutral),
        (unread(), Ok(&few), Unranked),
        (Ok(&few), unread(), Unranked),
    ] {
        let fields = Protection::compare(Some(&side(&one, have)), Some(&side(&two, want)));
        assert_eq!((fields.len(), fields[0].path.as_str(), fields[0].direction), (1, "version", direction));
        assert_eq!(fields[0].why.is_some(), direction == Unranked);
        assert_eq!(fields[0].below.is_empty(), matches!(direction, Neutral | Unranked));
        assert!(fields[0].below.iter().all(|field| !field.path.contains(".b.")), "{fields:#?}");
    }
}
