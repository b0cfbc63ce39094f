//! Custom words, exactly; managed words, by a short list.

use serde_json::json;

use super::lexicon::LEXICON;
use super::phrase::Haystack;
use super::{Found, Subject};
use crate::bedrock::content::WordPolicy;

pub(super) fn assess(policy: &WordPolicy, subject: &Subject<'_>) -> (Found, Found) {
    let texts: Vec<Haystack> = subject.guarded().map(Haystack::new).collect();
    let has = |phrase: &str| texts.iter().any(|text| text.has(phrase));
    let mut custom = Found::default();
    for word in &policy.words {
        if let Some(action) = subject.action(word.switches()).filter(|_| has(&word.text)) {
            custom.add(action, json!({ "match": word.text }));
        }
    }
    let mut managed = Found::default();
    for list in &policy.managed_word_lists {
        let Some(action) = subject.action(list.switches()) else { continue };
        for word in LEXICON.profanity.iter().filter(|word| has(word)) {
            managed.add(action, json!({ "match": word, "type": list.r#type }));
        }
    }
    (custom, managed)
}
