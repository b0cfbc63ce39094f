//! Denied topics, approximated: a text is on a topic if it has all words of the topic's name, or if it has at least half, and
//! no fewer than three, of the words of the definition or of one example. Only words that carry meaning count.

use std::collections::BTreeSet;

use serde_json::json;

use super::phrase::significant;
use super::{Found, Subject};
use crate::bedrock::content::{Topic, TopicPolicy};

pub(super) fn assess(policy: &TopicPolicy, subject: &Subject<'_>) -> Found {
    let texts: Vec<BTreeSet<String>> = subject.guarded().map(|text| significant(text).into_iter().collect()).collect();
    let mut found = Found::default();
    for topic in &policy.topics {
        let Some(action) = subject.action(topic.switches()) else { continue };
        let entry = json!({ "name": topic.name, "type": topic.r#type });
        if texts.iter().any(|text| is_on(topic, text)) {
            found.add(action, entry);
        } else if subject.full {
            found.add_absent(entry);
        }
    }
    found
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
