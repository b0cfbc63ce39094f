//! The built-in lists of words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::bedrock::content::Strength;

#[derive(Debug, Deserialize)]
pub(super) struct Lexicon {
    pub(super) profanity: Vec<String>,
    /// For each content filter the phrases that make it `LOW`, `MEDIUM` or `HIGH` sure.
    pub(super) content: BTreeMap<String, BTreeMap<Strength, Vec<String>>>,
}

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/lexicon.json"))
        .expect("the built-in table is valid, which a test proves")
});
