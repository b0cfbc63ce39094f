//! Contextual grounding, approximated by the words that carry meaning: an answer is as grounded as the share of its words that
//! the source has, and as relevant as the share of the query's words that it has itself. Only answers are checked, and only
//! where source and query are marked.

use std::collections::BTreeSet;

use serde_json::json;

use super::phrase::significant;
use super::{Found, Passage, Side, Subject, Verdict, with};
use crate::bedrock::content::{Action, GroundingPolicy};

pub(super) fn assess(policy: &GroundingPolicy, subject: &Subject<'_>) -> Found {
    let mut found = Found::default();
    if !applies(subject) {
        return found;
    }
    let words = |chosen: fn(&Passage) -> bool| -> BTreeSet<String> {
        subject
            .passages
            .iter()
            .filter(|passage| chosen(passage))
            .flat_map(|passage| significant(&passage.text))
            .collect()
    };
    let (source, query) = (words(|passage| passage.is_source), words(|passage| passage.is_query));
    let answer = words(is_answer);
    for filter in policy.filters.iter().filter(|filter| filter.enabled.unwrap_or(true)) {
        let score = if filter.r#type == "GROUNDING" { share(&answer, &source) } else { share(&query, &answer) };
        let entry = json!({ "type": filter.r#type, "threshold": filter.threshold, "score": score });
        if score < filter.threshold {
            let verdict = Verdict::of(filter.action.unwrap_or(Action::Block));
            found.verdict = found.verdict.max(verdict);
            found.entries.push(with(entry, verdict, true));
        } else if subject.full {
            found.add_absent(entry);
        }
    }
    found
}

/// Whether there is anything to check.
pub(super) fn applies(subject: &Subject<'_>) -> bool {
    let any = |chosen: fn(&Passage) -> bool| subject.passages.iter().any(chosen);
    subject.side == Side::Output && any(|passage| passage.is_source) && any(|passage| passage.is_query)
}

fn is_answer(passage: &Passage) -> bool {
    passage.guarded && !passage.is_source && !passage.is_query
}

/// How many of the words are among the others, from 0 to 1.
fn share(words: &BTreeSet<String>, others: &BTreeSet<String>) -> f64 {
    if words.is_empty() {
        return 1.0;
    }
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let share = count(words.intersection(others).count()) / count(words.len());
    (share * 100.0).round() / 100.0
}
