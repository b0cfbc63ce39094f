//! Personal information and regexes.

use regex_lite::Regex;
use serde_json::json;

use super::mask::Span;
use super::{Found, Subject, pii};
use crate::bedrock::content::{Action, SensitiveInformationPolicy};

/// What is found, and what of it has to be masked, with the number of its passage.
pub(super) fn assess(
    policy: &SensitiveInformationPolicy,
    subject: &Subject<'_>,
    masks: &mut Vec<(usize, Span)>,
) -> (Found, Found) {
    let guarded: Vec<(usize, &str)> = subject
        .passages
        .iter()
        .enumerate()
        .filter_map(|(number, passage)| passage.guarded.then_some((number, passage.text.as_str())))
        .collect();
    let mut mask = |action, passage, range, label: &str| {
        if action == Action::Anonymize {
            masks.push((passage, Span { range, label: format!("{{{label}}}") }));
        }
    };
    let mut entities = Found::default();
    for entity in &policy.pii_entities {
        let Some(action) = subject.action(entity.switches()) else { continue };
        let before = entities.entries.len();
        for (passage, text) in &guarded {
            for range in pii::find(&entity.r#type, text) {
                entities.add(action, json!({ "match": text[range.clone()], "type": entity.r#type }));
                mask(action, *passage, range, &entity.r#type);
            }
        }
        if subject.full && entities.entries.len() == before {
            entities.add_absent(json!({ "match": "", "type": entity.r#type }));
        }
    }
    let mut regexes = Found::default();
    for entity in &policy.regexes {
        let Some(action) = subject.action(entity.switches()) else { continue };
        // The service takes patterns that do not compile; what they match is not known: nothing (inferred).
        let Ok(regex) = Regex::new(&entity.pattern) else { continue };
        for (passage, text) in &guarded {
            for found in regex.find_iter(text).filter(|found| !found.is_empty()) {
                let entry = json!({ "name": entity.name, "match": found.as_str(), "regex": entity.pattern });
                regexes.add(action, entry);
                mask(action, *passage, found.range(), &entity.name);
            }
        }
    }
    (entities, regexes)
}
