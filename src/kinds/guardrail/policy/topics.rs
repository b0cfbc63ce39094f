//! `topic_policy`: denied topics.

use super::{InScope, all, on};
use crate::kinds::guardrail::{BlockAction, Tier, Topic, TopicPolicy, codes};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::decode::{List, Text};

crate::text! { pub(crate) TopicName: "a topic name", 1..=100, "[0-9a-zA-Z_ !?.-]+", "made of letters, digits, spaces and `-_!?.`" }
crate::text! { pub(crate) Definition: "a definition", 1..=1000 }
crate::text! { pub(crate) Example: "an example", 1..=100 }

crate::entry! {
    /// A denied topic.
    pub(crate) struct TopicEntry: "a topic" {
        /// Its name, unique within the guardrail.
        required name: Text<TopicName>,
        /// What it is: up to 200 characters, with tier STANDARD up to 1000.
        required definition: Text<Definition>,
        /// Up to five phrases that belong to it; their order is significant.
        optional examples: List<Text<Example>, 1, 5>,
        /// What happens to a prompt: BLOCK (default) or NONE.
        optional input_action: BlockAction,
        /// What happens to an answer: BLOCK (default) or NONE.
        optional output_action: BlockAction,
        /// Whether prompts are examined. Default: true.
        optional input_enabled: bool,
        /// Whether answers are examined. Default: true.
        optional output_enabled: bool,
    }
}

crate::entry! {
    /// Denied topics.
    pub(crate) struct TopicPolicyEntry: "a topic policy" {
        /// CLASSIC (default), or STANDARD, which needs `cross_region_profile`.
        optional tier: Tier,
        /// One to thirty topics; their order is significant.
        required topics: List<TopicEntry, 1, 30>,
    }
}

/// The longest definition of tier CLASSIC, in characters (measured; STANDARD takes 1,000).
const CLASSIC_DEFINITION: usize = 200;

impl TopicPolicyEntry {
    pub(in crate::kinds::guardrail) fn lower(&self, here: &mut InScope<'_, '_>) -> Option<TopicPolicy> {
        let tier = here.tier(self.tier.as_ref());
        // A tier at fault is said once, not again for every definition that only its better would take.
        let judged_by = tier.unwrap_or(Tier::Standard);
        let topics = self.topics.iter().map(|topic| topic.value.lower(judged_by, here)).collect();
        let topics: Vec<Topic> = all(topics)?;
        let places = topics.iter().zip(self.topics.iter());
        let names: Vec<_> = places.map(|(topic, entry)| (topic.name.clone(), entry.value.name.span)).collect();
        let sound = here.once("the topic", names);
        Some(TopicPolicy { tier: tier?, topics }).filter(|_| sound)
    }
}

impl TopicEntry {
    fn lower(&self, tier: Tier, here: &mut InScope<'_, '_>) -> Option<Topic> {
        let name = here.text(&self.name);
        let definition = here.text(&self.definition).filter(|text| self.fits(text, tier, here));
        let listed = self.examples.iter().flat_map(|examples| examples.iter());
        let examples = listed.map(|example: &Spanned<_>| here.text(example)).collect();
        Some(Topic {
            examples: all(examples)?,
            name: name?,
            definition: definition?,
            input_action: here.block(self.input_action.as_ref()),
            output_action: here.block(self.output_action.as_ref()),
            input_enabled: on(self.input_enabled.as_ref()),
            output_enabled: on(self.output_enabled.as_ref()),
        })
    }

    fn fits(&self, definition: &str, tier: Tier, here: &mut InScope<'_, '_>) -> bool {
        let length = definition.chars().count();
        let fits = tier == Tier::Standard || length <= CLASSIC_DEFINITION;
        if !fits {
            let message =
                format!("a definition of tier CLASSIC has up to {CLASSIC_DEFINITION} characters, this has {length}");
            let fault = Diagnostic::at(self.definition.span, codes::DEFINITION_LENGTH, message);
            here.report(fault.help("shorten it, or set `tier: STANDARD`, which takes 1000"));
        }
        fits
    }
}
