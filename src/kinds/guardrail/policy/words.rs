//! `word_policy`: denied words.

use std::collections::BTreeMap;

use super::{InScope, on};
use crate::kinds::guardrail::{BlockAction, ManagedWordList, WordPolicy, WordRule, codes};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::decode::{List, Text};

crate::text! { pub(crate) Word: "a word", 1..=100 }

macro_rules! flagged {
    ($(#[doc = $doc:literal])+ $name:ident: $what:literal, $(#[doc = $key_doc:literal])+ $key:ident: $type:ty) => {
        crate::entry! {
            $(#[doc = $doc])+
            pub(crate) struct $name: $what {
                $(#[doc = $key_doc])+
                required $key: $type,
                /// What happens to a prompt: BLOCK (default) or NONE.
                optional input_action: BlockAction,
                /// What happens to an answer: BLOCK (default) or NONE.
                optional output_action: BlockAction,
                /// Whether prompts are examined. Default: true.
                optional input_enabled: bool,
                /// Whether answers are examined. Default: true.
                optional output_enabled: bool,
            }
            short $type => $key
        }

        impl $name {
            fn rule(&self, here: &InScope<'_, '_>) -> WordRule {
                WordRule {
                    input_action: here.block(self.input_action.as_ref()),
                    output_action: here.block(self.output_action.as_ref()),
                    input_enabled: on(self.input_enabled.as_ref()),
                    output_enabled: on(self.output_enabled.as_ref()),
                }
            }
        }
    };
}

flagged! {
    /// A denied word or phrase.
    WordEntry: "a word",
    /// The word or phrase, up to 100 characters.
    text: Text<Word>
}

flagged! {
    /// A word list of AWS's.
    ManagedEntry: "a managed word list",
    /// Which list: PROFANITY.
    r#type: ManagedWordList
}

crate::entry! {
    /// Denied words.
    pub(crate) struct WordPolicyEntry: "a word policy" {
        /// Up to 10,000 words or phrases; their letter case does not matter.
        optional words: List<WordEntry, 1, 10_000>,
        /// AWS's own lists.
        optional managed_word_lists: List<ManagedEntry, 1>,
    }
}

impl WordPolicyEntry {
    pub(in crate::kinds::guardrail) fn lower(
        &self,
        policy: &Spanned<Self>,
        here: &mut InScope<'_, '_>,
    ) -> Option<WordPolicy> {
        if self.words.is_none() && self.managed_word_lists.is_none() {
            let fault = Diagnostic::at(policy.span, codes::EMPTY_POLICY, "`word_policy` says nothing");
            here.report(fault.help("give it `words` or `managed_word_lists`, or remove it"));
            return None;
        }
        let mut words = BTreeMap::new();
        let mut places = Vec::new();
        let mut sound = true;
        for entry in self.words.iter().flat_map(|words| words.iter()) {
            let Some(text) = here.text(&entry.value.text) else {
                sound = false;
                continue;
            };
            places.push((text.clone(), entry.value.text.span));
            words.insert(text, entry.value.rule(here));
        }
        sound &= here.once_by("the word", places, str::to_lowercase);
        let listed = || self.managed_word_lists.iter().flat_map(|lists| lists.iter());
        let lists: Vec<_> =
            listed().map(|entry| (entry.value.r#type.value.word().to_owned(), entry.value.r#type.span)).collect();
        sound &= here.once("the list", lists);
        let managed_word_lists =
            listed().map(|entry| (entry.value.r#type.value, entry.value.rule(here))).collect::<BTreeMap<_, _>>();
        sound.then_some(WordPolicy { words, managed_word_lists })
    }
}
