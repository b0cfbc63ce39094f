//! What a guardrail makes of texts: pure, and the same in every run.
//!
//! Exact are the custom words, the regexes, and the personal information that has a pattern of its own, with its checksum where
//! there is one. **Approximated**, each by a rule of its module, are what AWS finds with models that are not public: topics,
//! content filters, contextual grounding, the managed words, and personal information that shows by its context only. Images are
//! counted and not looked at. Automated reasoning is not done: it finds no translation.

mod content_filters;
mod grounding;
mod lexicon;
mod mask;
mod phrase;
mod pii;
mod sensitive;
mod topics;
mod usage;
mod words;

use serde_json::{Map, Value, json};

pub(crate) use self::mask::Span;
pub(crate) use self::usage::{Coverage, Usage};
use crate::bedrock::content::{Action, Content, Switch};

/// Which way a text goes: to the model or from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Input,
    Output,
}

/// A text, and what it is there for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) text: String,
    /// Examined by every policy but contextual grounding.
    pub(crate) guarded: bool,
    /// What the answer has to be grounded in.
    pub(crate) is_source: bool,
    /// What the answer has to be relevant to.
    pub(crate) is_query: bool,
}

impl Passage {
    pub(crate) fn guarded(text: impl Into<String>) -> Self {
        Self { text: text.into(), guarded: true, ..Self::default() }
    }
}

/// What is to be assessed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) side: Side,
    pub(crate) passages: &'a [Passage],
    pub(crate) images: usize,
    /// Tell also what was looked for and not found; words and regexes are told only when found.
    pub(crate) full: bool,
    /// Whether prompt attacks are looked for: they are where the user's part of the prompt is known.
    pub(crate) prompt_attacks: bool,
}

/// How far a guardrail goes. The stricter is the greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    #[default]
    Pass,
    Masked,
    Blocked,
}

impl Verdict {
    /// What a finding comes to under its action.
    fn of(action: Action) -> Self {
        match action {
            Action::Block => Self::Blocked,
            Action::Anonymize => Self::Masked,
            Action::None => Self::Pass,
        }
    }

    /// The action as results call it.
    fn name(self) -> &'static str {
        match self {
            Self::Pass => "NONE",
            Self::Masked => "ANONYMIZED",
            Self::Blocked => "BLOCKED",
        }
    }
}

/// What one guardrail found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Assessment {
    pub(crate) verdict: Verdict,
    /// The policies' members of AWS's `GuardrailAssessment`.
    pub(crate) policies: Map<String, Value>,
    /// What has to be masked, for each passage.
    pub(crate) masks: Vec<Vec<Span>>,
    pub(crate) usage: Usage,
    pub(crate) coverage: Coverage,
}

/// What one policy found: entries of its assessment.
#[derive(Debug, Default)]
struct Found {
    verdict: Verdict,
    entries: Vec<Value>,
}

impl Found {
    /// Adds an entry about something found.
    fn add(&mut self, action: Action, entry: Value) {
        let verdict = Verdict::of(action);
        self.verdict = self.verdict.max(verdict);
        self.entries.push(with(entry, verdict, true));
    }

    /// Adds an entry about something that was not found.
    fn add_absent(&mut self, entry: Value) {
        self.entries.push(with(entry, Verdict::Pass, false));
    }
}

fn with(mut entry: Value, verdict: Verdict, detected: bool) -> Value {
    entry["action"] = json!(verdict.name());
    entry["detected"] = json!(detected);
    entry
}

impl Subject<'_> {
    /// The action of an entry on this side; none if it is switched off. An entry without an action blocks.
    fn action(&self, switches: [Switch; 2]) -> Option<Action> {
        let [input, output] = switches;
        let switch = match self.side {
            Side::Input => input,
            Side::Output => output,
        };
        switch.enabled.unwrap_or(true).then(|| switch.action.unwrap_or(Action::Block))
    }

    fn guarded(&self) -> impl Iterator<Item = &str> {
        self.passages.iter().filter(|passage| passage.guarded).map(|passage| passage.text.as_str())
    }
}

/// Holds the guardrail's content against the subject.
pub(crate) fn assess(content: &Content, subject: &Subject<'_>) -> Assessment {
    let mut assessment = Assessment {
        masks: vec![Vec::new(); subject.passages.len()],
        usage: usage::usage(content, subject),
        coverage: usage::coverage(content, subject),
        ..Assessment::default()
    };
    let mut take = |policy: &str, lists: Vec<(&str, Found)>| {
        if lists.iter().all(|(_, found)| found.entries.is_empty()) {
            return;
        }
        let mut members = Map::new();
        for (name, found) in lists {
            assessment.verdict = assessment.verdict.max(found.verdict);
            members.insert(name.to_owned(), Value::Array(found.entries));
        }
        assessment.policies.insert(policy.to_owned(), Value::Object(members));
    };
    if let Some(policy) = &content.topic_policy {
        take("topicPolicy", vec![("topics", topics::assess(policy, subject))]);
    }
    if let Some(policy) = &content.content_policy {
        take("contentPolicy", vec![("filters", content_filters::assess(policy, subject))]);
    }
    if let Some(policy) = &content.word_policy {
        let (custom, managed) = words::assess(policy, subject);
        take("wordPolicy", vec![("customWords", custom), ("managedWordLists", managed)]);
    }
    let mut masks = Vec::new();
    if let Some(policy) = &content.sensitive_information_policy {
        let (entities, regexes) = sensitive::assess(policy, subject, &mut masks);
        take("sensitiveInformationPolicy", vec![("piiEntities", entities), ("regexes", regexes)]);
    }
    if let Some(policy) = &content.contextual_grounding_policy {
        take("contextualGroundingPolicy", vec![("filters", grounding::assess(policy, subject))]);
    }
    if content.automated_reasoning_policy.is_some() && subject.side == Side::Output {
        let findings = json!({"findings": [{"noTranslations": {}}]});
        assessment.policies.insert("automatedReasoningPolicy".to_owned(), findings);
    }
    for (passage, span) in masks {
        assessment.masks[passage].push(span);
    }
    assessment
}

/// The text with the spans replaced by their labels.
pub(crate) fn masked(text: &str, spans: &[Span]) -> String {
    mask::apply(text, spans)
}

#[cfg(test)]
mod tests;
