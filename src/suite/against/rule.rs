//! What a guardrail is set to do about what a case is about.

use crate::kinds::guardrail::{
    BlockAction, Content, ContentFilterType, GroundingFilterType, ManagedWordList, Modality, PiiAction, PiiType,
    Strength, WordRule,
};
use crate::suite::words::{Confidence, Source};

/// What is sent, as far as a guardrail cares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// A prompt or an answer.
    pub(super) source: Source,
    /// Whether there is text.
    pub(super) text: bool,
    /// Whether there are images.
    pub(super) images: bool,
}

/// What a guardrail does about one thing in what is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    /// Whether it looks for it at all.
    pub(super) looks: bool,
    /// What it does, in the words of what it answers: `NONE`, `BLOCKED`, `ANONYMIZED`.
    pub(super) does: &'static str,
    /// What it takes.
    pub(super) from: From,
}

/// What a guardrail acts on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum From {
    /// Whatever is found.
    Found,
    /// What is found with this confidence or more.
    Confidence(Confidence),
    /// A score below this.
    Below(f64),
}

const fn blocks(action: BlockAction) -> &'static str {
    match action {
        BlockAction::None => "NONE",
        BlockAction::Block => "BLOCKED",
    }
}

const fn masks(action: PiiAction) -> &'static str {
    match action {
        PiiAction::None => "NONE",
        PiiAction::Anonymize => "ANONYMIZED",
        PiiAction::Block => "BLOCKED",
    }
}

/// The least confidence that a filter of this strength acts on; none at strength NONE (AWS user guide,
/// guardrails-content-filters-overview).
const fn least(strength: Strength) -> Option<Confidence> {
    match strength {
        Strength::None => None,
        Strength::Low => Some(Confidence::High),
        Strength::Medium => Some(Confidence::Medium),
        Strength::High => Some(Confidence::Low),
    }
}

impl Sent {
    fn side<T>(self, input: T, output: T) -> T {
        match self.source {
            Source::Input => input,
            Source::Output => output,
        }
    }

    fn blocked(self, enabled: (bool, bool), actions: (BlockAction, BlockAction)) -> Rule {
        let looks = self.side(enabled.0, enabled.1);
        Rule { looks, does: blocks(self.side(actions.0, actions.1)), from: From::Found }
    }

    fn masked(self, enabled: (bool, bool), actions: (PiiAction, PiiAction)) -> Rule {
        let looks = self.side(enabled.0, enabled.1);
        Rule { looks, does: masks(self.side(actions.0, actions.1)), from: From::Found }
    }

    fn word(self, rule: &WordRule) -> Rule {
        let WordRule { input_action, output_action, input_enabled, output_enabled } = *rule;
        self.blocked((input_enabled, output_enabled), (input_action, output_action))
    }

    pub(super) fn topic(self, content: &Content, name: &str) -> Option<Rule> {
        let topic = content.topic_policy.as_ref()?.topics.iter().find(|topic| topic.name == name)?;
        Some(self.blocked((topic.input_enabled, topic.output_enabled), (topic.input_action, topic.output_action)))
    }

    /// AWS matches words in any letter case (AWS user guide, guardrails-word-filters).
    pub(super) fn own_word(self, content: &Content, text: &str) -> Option<Rule> {
        let mut words = content.word_policy.as_ref()?.words.iter();
        words.find(|(word, _)| word.to_lowercase() == text.to_lowercase()).map(|(_, rule)| self.word(rule))
    }

    pub(super) fn list(self, content: &Content, list: ManagedWordList) -> Option<Rule> {
        content.word_policy.as_ref()?.managed_word_lists.get(&list).map(|rule| self.word(rule))
    }

    pub(super) fn pii(self, content: &Content, of: PiiType) -> Option<Rule> {
        let rule = content.sensitive_information_policy.as_ref()?.pii_entities.get(&of)?;
        Some(self.masked((rule.input_enabled, rule.output_enabled), (rule.input_action, rule.output_action)))
    }

    pub(super) fn regex(self, content: &Content, name: &str) -> Option<Rule> {
        let rule = content.sensitive_information_policy.as_ref()?.regexes.get(name)?;
        Some(self.masked((rule.input_enabled, rule.output_enabled), (rule.input_action, rule.output_action)))
    }

    pub(super) fn filter(self, content: &Content, of: ContentFilterType) -> Option<Rule> {
        let filter = content.content_policy.as_ref()?.filters.get(&of)?;
        let strength = self.side(filter.input, filter.output);
        let modalities = self.side(&filter.input_modalities, &filter.output_modalities);
        let sees = (self.text && modalities.contains(&Modality::Text))
            || (self.images && modalities.contains(&Modality::Image));
        let least = least(strength);
        Some(Rule {
            looks: sees && least.is_some() && self.side(filter.input_enabled, filter.output_enabled),
            does: blocks(self.side(filter.input_action, filter.output_action)),
            from: least.map_or(From::Found, From::Confidence),
        })
    }

    /// Grounding looks at answers only.
    pub(super) fn grounding(content: &Content, of: GroundingFilterType) -> Option<Rule> {
        let filter = content.contextual_grounding_policy.as_ref()?.filters.get(&of)?;
        Some(Rule { looks: filter.enabled, does: blocks(filter.action), from: From::Below(filter.threshold) })
    }
}
