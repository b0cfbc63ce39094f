//! Denied topics, approximated: a text is on a topic if one of the topic's examples is in it, if it has all words of the
//! topic's name, or if it has at least half, and no fewer than three, of the words of the definition or of one example. Only
//! words that carry meaning count.

use std::collections::BTreeSet;

use serde_json::json;

use super::phrase::{Haystack, significant};
use super::{Found, Subject};
use crate::bedrock::content::{Topic, TopicPolicy};

pub(super) fn assess(policy: &TopicPolicy, subject: &Subject<'_>) -> Found {
    let texts: Vec<_> = subject.guarded().map(|text| (Haystack::new(text), distinct(text))).collect();
    let mut found = Found::default();
    for topic in &policy.topics {
        let Some(action) = subject.action(topic.switches()) else { continue };
        let entry = json!({ "name": topic.name, "type": topic.r#type });
        if texts.iter().any(|(text, words)| has_example(topic, text) || is_on(topic, words)) {
            found.add(action, entry);
        } else if subject.full {
            found.add_absent(entry);
        }
    }
    found
}

/// Whether an example is there as it stands, but for the marks around it: it may have fewer words than [`is_on`] takes.
fn has_example(topic: &Topic, text: &Haystack) -> bool {
    topic.examples.iter().any(|example| text.has(example.trim_matches(|letter: char| !letter.is_alphanumeric())))
}

fn is_on(topic: &Topic, text: &BTreeSet<String>) -> bool {
    let name = distinct(&topic.name.replace(['-', '_'], " "));
    let shares = |other: &String| {
        let words = distinct(other);
        let shared = words.intersection(text).count();
        shared >= 3 && shared * 2 >= words.len()
    };
    (!name.is_empty() && name.is_subset(text)) || topic.examples.iter().chain([&topic.definition]).any(shares)
}

fn distinct(text: &str) -> BTreeSet<String> {
    significant(text).into_iter().collect()
}
