//! The union of the guardrails that one text meets: for each control the strictest setting, and where it comes from. All of
//! them examine the text, and the most restrictive verdict counts (Bedrock user guide, "guardrails-enforcements").
//!
//! A control is one thing that is looked for. Two guardrails that look for the same may differ in what they do about it and
//! in how much it takes, so that both count: one may block hate from a high confidence on, another report it from a low one.
//! Automated reasoning has no part here: it reports, and where it is enforced, calls fail.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::part::Side;
use crate::kinds::guardrail::{
    BlockAction, Content, ContentFilter, ContentFilterType, GroundingFilterType, ManagedWordList, Modality, PiiAction,
    PiiType, Strength,
};

/// One thing that guardrails look for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Control<'c> {
    /// Harmful content of a category, in text or in images.
    Filter(ContentFilterType, Modality),
    /// A denied topic. Two that share a name and say something else are two.
    Topic {
        /// Its name.
        name: &'c str,
        /// What it is.
        definition: &'c str,
        /// Phrases of it.
        examples: &'c [String],
    },
    /// A denied word in lower case: letter case does not matter to AWS.
    Word(Cow<'c, str>),
    /// A word list of AWS's.
    Managed(ManagedWordList),
    /// Personal data of a type.
    Pii(PiiType),
    /// A regular expression.
    Regex(&'c str),
    /// A check of answers against their sources.
    Grounding(GroundingFilterType),
}

/// How much it takes for a control to act. More is stricter.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Degree {
    /// It acts on whatever it finds.
    Whole,
    /// A filter of this strength.
    Strength(Strength),
    /// Answers that score below this are caught.
    Threshold(f64),
}

impl Degree {
    /// Whether a filter of this strength acts on what it is this sure of: the stronger, the less sure it has to be (Bedrock user
    /// guide, "guardrails-content-filters").
    pub fn catches(self, confidence: Strength) -> bool {
        let Self::Strength(strength) = self else { return confidence != Strength::None };
        match strength {
            Strength::None => false,
            Strength::Low => confidence >= Strength::High,
            Strength::Medium => confidence >= Strength::Medium,
            Strength::High => confidence >= Strength::Low,
        }
    }
}

/// The strictest setting of a control for one action.
#[derive(Clone, Debug, PartialEq)]
pub struct Strictest {
    /// What is done; `NONE` only reports.
    pub action: PiiAction,
    /// How much it takes.
    pub degree: Degree,
    /// The guardrails that do this, by their place among those that are met.
    pub from: Vec<usize>,
}

/// What the guardrails come to on one side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Union<'c>(BTreeMap<Control<'c>, Found<'c>>);

/// What was found of one control.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'c> {
    /// What the first guardrail that has it calls it.
    pub name: &'c str,
    /// The strictest setting of each action, the severest first; one that another of them makes idle is left out.
    pub settings: Vec<Strictest>,
}

impl<'c> Union<'c> {
    /// The union of these contents, each with its place among the guardrails that are met.
    pub fn of(side: Side, contents: impl IntoIterator<Item = (usize, &'c Content)>) -> Self {
        let mut union = Self::default();
        for (place, content) in contents {
            for acts in acts(content, side) {
                union.add(place, acts);
            }
        }
        union.0.values_mut().for_each(Found::settle);
        union
    }

    /// Every control that looks for something, with what comes of it.
    pub fn controls(&self) -> impl Iterator<Item = (&Control<'c>, &Found<'c>)> {
        self.0.iter()
    }

    /// What becomes of what this control finds; `None` where nobody looks for it, or what is found does not suffice.
    pub fn on(&self, control: &Control<'c>, suffices: impl Fn(Degree) -> bool) -> Option<PiiAction> {
        let found = self.0.get(control)?;
        found.settings.iter().find(|setting| suffices(setting.degree)).map(|setting| setting.action)
    }

    fn add(&mut self, place: usize, Acts { control, name, action, degree }: Acts<'c>) {
        let found = self.0.entry(control).or_insert_with(|| Found { name, settings: Vec::new() });
        let Some(known) = found.settings.iter_mut().find(|setting| setting.action == action) else {
            found.settings.push(Strictest { action, degree, from: vec![place] });
            return;
        };
        match known.degree.partial_cmp(&degree) {
            Some(std::cmp::Ordering::Less) => *known = Strictest { action, degree, from: vec![place] },
            Some(std::cmp::Ordering::Equal) if !known.from.contains(&place) => known.from.push(place),
            _ => {}
        }
    }
}

impl Found<'_> {
    fn settle(&mut self) {
        self.settings.sort_by_key(|setting| std::cmp::Reverse(setting.action));
        let mut strictest: Option<Degree> = None;
        self.settings.retain(|setting| {
            let adds = strictest.is_none_or(|degree| setting.degree > degree);
            strictest = if adds { Some(setting.degree) } else { strictest };
            adds
        });
    }
}

/// What a guardrail does about one thing.
struct Acts<'c> {
    control: Control<'c>,
    name: &'c str,
    action: PiiAction,
    degree: Degree,
}

/// An action of the policies that never mask.
const fn of(action: BlockAction) -> PiiAction {
    match action {
        BlockAction::None => PiiAction::None,
        BlockAction::Block => PiiAction::Block,
    }
}

/// Everything that a guardrail looks for on one side. What is switched off is not there.
fn acts(content: &Content, side: Side) -> Vec<Acts<'_>> {
    let mut all = Vec::new();
    filters(content, side, &mut all);
    let chosen = |input: (bool, PiiAction), output: (bool, PiiAction)| {
        let (enabled, action) = if side == Side::Input { input } else { output };
        enabled.then_some(action)
    };
    let mut add = |control, name, action: Option<PiiAction>| {
        all.extend(action.map(|action| Acts { control, name, action, degree: Degree::Whole }));
    };
    for topic in content.topic_policy.iter().flat_map(|policy| &policy.topics) {
        let control =
            Control::Topic { name: &topic.name, definition: &topic.definition, examples: topic.examples.as_slice() };
        let (input, output) =
            ((topic.input_enabled, of(topic.input_action)), (topic.output_enabled, of(topic.output_action)));
        add(control, topic.name.as_str(), chosen(input, output));
    }
    if let Some(policy) = &content.word_policy {
        let words = policy.words.iter().map(|(text, rule)| (Control::Word(lowered(text)), text.as_str(), rule));
        let lists = policy.managed_word_lists.iter().map(|(list, rule)| (Control::Managed(*list), list.word(), rule));
        for (control, name, rule) in words.chain(lists) {
            let (input, output) =
                ((rule.input_enabled, of(rule.input_action)), (rule.output_enabled, of(rule.output_action)));
            add(control, name, chosen(input, output));
        }
    }
    if let Some(policy) = &content.sensitive_information_policy {
        for (kind, rule) in &policy.pii_entities {
            let (input, output) = ((rule.input_enabled, rule.input_action), (rule.output_enabled, rule.output_action));
            add(Control::Pii(*kind), kind.word(), chosen(input, output));
        }
        for (name, rule) in &policy.regexes {
            let (input, output) = ((rule.input_enabled, rule.input_action), (rule.output_enabled, rule.output_action));
            add(Control::Regex(&rule.pattern), name.as_str(), chosen(input, output));
        }
    }
    let grounding = content.contextual_grounding_policy.iter().flat_map(|policy| &policy.filters);
    // No score is below 0.
    let checks = grounding.filter(|(_, filter)| side == Side::Output && filter.enabled && filter.threshold > 0.0);
    all.extend(checks.map(|(kind, filter)| Acts {
        control: Control::Grounding(*kind),
        name: kind.word(),
        action: of(filter.action),
        degree: Degree::Threshold(filter.threshold),
    }));
    all
}

fn filters<'c>(content: &'c Content, side: Side, all: &mut Vec<Acts<'c>>) {
    for (category, filter) in content.content_policy.iter().flat_map(|policy| &policy.filters) {
        let ContentFilter {
            input,
            output,
            input_modalities,
            output_modalities,
            input_action,
            output_action,
            input_enabled,
            output_enabled,
        } = filter;
        let (strength, modalities, action, enabled) = match side {
            Side::Input => (input, input_modalities, input_action, input_enabled),
            Side::Output => (output, output_modalities, output_action, output_enabled),
        };
        if *enabled && *strength != Strength::None {
            all.extend(modalities.iter().map(|modality| Acts {
                control: Control::Filter(*category, *modality),
                name: category.word(),
                action: of(*action),
                degree: Degree::Strength(*strength),
            }));
        }
    }
}

/// Most words are in lower case already.
fn lowered(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_uppercase) { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests;
