//! What a guardrail does, control by control, for which way a change of it goes.
//!
//! A control is one rule on prompts or on answers. Every field of the content stands here: as a setting of a control, or
//! left out by name because it makes nothing more or less strict.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AutomatedReasoningPolicy, BlockAction, Content, ContentFilter, ContentPolicy, GroundingFilter, GroundingPolicy,
    Guardrail, PiiAction, PiiRule, RegexRule, SensitiveInformationPolicy, Strength, Tier, Topic, TopicPolicy,
    WordPolicy, WordRule,
};
use crate::kinds::ResourceKind;
use crate::model::{Controls, Direction, FieldDiff, Setting, diff, hidden_key};

/// The fields in which two contents differ, each with its direction.
pub fn compare(have: &Content, want: &Content) -> Vec<FieldDiff> {
    let tree = |content: &Content| serde_json::to_value(content).expect("content is always JSON");
    let mut fields = diff(&tree(have), &tree(want), Guardrail::GUARDED);
    judge(Some(have), Some(want), &mut fields);
    fields
}

/// Gives each of these fields its direction.
pub(super) fn judge(have: Option<&Content>, want: Option<&Content>, fields: &mut [FieldDiff]) {
    let controls = |one: Option<&Content>, other| one.map(|one| controls(one, other)).unwrap_or_default();
    let directions = Controls::directions(&controls(have, want), &controls(want, have));
    for field in fields {
        field.direction = directions.get(&field.path).copied().unwrap_or(Direction::Neutral);
    }
}

/// The controls of a content that is compared with `other`.
fn controls(content: &Content, other: Option<&Content>) -> Controls {
    let Content {
        blocked_input_messaging: _,
        blocked_outputs_messaging: _,
        content_policy,
        topic_policy,
        word_policy,
        sensitive_information_policy,
        contextual_grounding_policy,
        automated_reasoning_policy,
        cross_region_profile: _,
    } = content;
    let mut all = Controls::default();
    if let Some(policy) = content_policy {
        filters(policy, &mut all);
    }
    if let Some(policy) = topic_policy {
        topics(policy, &mut all);
    }
    if let Some(policy) = word_policy {
        words(policy, &mut all);
    }
    if let Some(policy) = sensitive_information_policy {
        let other = other.and_then(|other| other.sensitive_information_policy.as_ref());
        sensitive(policy, other, &mut all);
    }
    if let Some(policy) = contextual_grounding_policy {
        grounding(policy, &mut all);
    }
    if let Some(policy) = automated_reasoning_policy {
        reasoning(policy, &mut all);
    }
    all
}

impl From<Strength> for Setting {
    fn from(strength: Strength) -> Self {
        Self::rank(match strength {
            Strength::None => 0,
            Strength::Low => 1,
            Strength::Medium => 2,
            Strength::High => 3,
        })
    }
}

impl From<BlockAction> for Setting {
    fn from(action: BlockAction) -> Self {
        Self::switch(action == BlockAction::Block)
    }
}

impl From<PiiAction> for Setting {
    fn from(action: PiiAction) -> Self {
        Self::rank(match action {
            PiiAction::None => 0,
            PiiAction::Anonymize => 1,
            PiiAction::Block => 2,
        })
    }
}

fn tier(policy: &str, tier: Tier) -> (String, Setting) {
    (format!("{policy}.tier"), Setting::Text(tier.word().to_owned()))
}

fn filters(policy: &ContentPolicy, all: &mut Controls) {
    for (category, filter) in &policy.filters {
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
        let sides = [
            ("input", input, input_modalities, input_action, input_enabled),
            ("output", output, output_modalities, output_action, output_enabled),
        ];
        for (side, strength, modalities, action, enabled) in sides {
            let at = format!("content_policy.filters.{category}.{side}");
            let settings = [
                (format!("{at}_modalities"), Setting::Reach(modalities.iter().map(|of| of.word()).collect())),
                (format!("{at}_action"), (*action).into()),
                (format!("{at}_enabled"), Setting::switch(*enabled)),
                tier("content_policy", policy.tier),
                (at.clone(), (*strength).into()),
            ];
            all.add(at, settings);
        }
    }
}

fn topics(policy: &TopicPolicy, all: &mut Controls) {
    let order: Vec<&str> = policy.topics.iter().map(|topic| topic.name.as_str()).collect();
    for topic in &policy.topics {
        let Topic { name, definition, examples, input_action, output_action, input_enabled, output_enabled } = topic;
        let sides = [("input", input_action, input_enabled), ("output", output_action, output_enabled)];
        for (side, action, enabled) in sides {
            let at = format!("topic_policy.topics.{name}");
            let settings = [
                (format!("{at}.{side}_action"), (*action).into()),
                (format!("{at}.{side}_enabled"), Setting::switch(*enabled)),
                (format!("{at}.definition"), Setting::Text(definition.clone())),
                (format!("{at}.examples"), Setting::Text(format!("{examples:?}"))),
                ("topic_policy.topics.(order)".to_owned(), Setting::Text(format!("{order:?}"))),
                tier("topic_policy", policy.tier),
            ];
            all.add(format!("{at}.{side}"), settings);
        }
    }
}

fn words(policy: &WordPolicy, all: &mut Controls) {
    let WordPolicy { words, managed_word_lists } = policy;
    for (text, rule) in words {
        // Their letter case does not matter to AWS, so a word in other letters is the same control.
        let at = format!("word_policy.words.{}", hidden_key(text));
        flagged(&format!("word_policy.words {}", text.to_lowercase()), &at, rule, all);
    }
    for (list, rule) in managed_word_lists {
        let at = format!("word_policy.managed_word_lists.{list}");
        flagged(&at, &at, rule, all);
    }
}

fn flagged(name: &str, at: &str, rule: &WordRule, all: &mut Controls) {
    let WordRule { input_action, output_action, input_enabled, output_enabled } = rule;
    for (side, action, enabled) in [("input", input_action, input_enabled), ("output", output_action, output_enabled)] {
        let settings = [
            (format!("{at}.{side}_action"), (*action).into()),
            (format!("{at}.{side}_enabled"), Setting::switch(*enabled)),
        ];
        all.add(format!("{name} {side}"), settings);
    }
}

fn sensitive(policy: &SensitiveInformationPolicy, other: Option<&SensitiveInformationPolicy>, all: &mut Controls) {
    let SensitiveInformationPolicy { pii_entities, regexes } = policy;
    for (of, rule) in pii_entities {
        let at = format!("sensitive_information_policy.pii_entities.{of}");
        masked(&at, &at, rule, None, all);
    }
    let others = other.map(|other| &other.regexes);
    for (name, rule) in regexes {
        let at = format!("sensitive_information_policy.regexes.{name}");
        let (pattern, done) = decisive(rule);
        let control = if others.is_some_and(|others| is_renamed(name, rule, regexes, others)) {
            format!("sensitive_information_policy.regexes that {done:?} {pattern}")
        } else {
            at.clone()
        };
        masked(&control, &at, &done, Some(pattern), all);
    }
}

/// What a regex does, which is everything but its name and description: the name is no more than what stands in place of
/// what is masked.
fn decisive(rule: &RegexRule) -> (&String, PiiRule) {
    let RegexRule { pattern, description: _, action, input_action, output_action, input_enabled, output_enabled } =
        rule;
    let done = PiiRule {
        action: *action,
        input_action: *input_action,
        output_action: *output_action,
        input_enabled: *input_enabled,
        output_enabled: *output_enabled,
    };
    (pattern, done)
}

/// Whether a regex is only called something else on the other side, so that it is the same control there.
fn is_renamed(
    name: &str,
    rule: &RegexRule,
    these: &BTreeMap<String, RegexRule>,
    others: &BTreeMap<String, RegexRule>,
) -> bool {
    let mut only_there = others.iter().filter(|(other, _)| !these.contains_key(*other));
    !others.contains_key(name) && only_there.any(|(_, other)| decisive(other) == decisive(rule))
}

/// A control `name` of what is masked or blocked, its fields below `at`.
fn masked(name: &str, at: &str, rule: &PiiRule, pattern: Option<&String>, all: &mut Controls) {
    let PiiRule { action, input_action, output_action, input_enabled, output_enabled } = rule;
    for (side, own, enabled) in [("input", input_action, input_enabled), ("output", output_action, output_enabled)] {
        let mut settings = vec![
            (format!("{at}.{side}_action"), (*own).into()),
            (format!("{at}.{side}_enabled"), Setting::switch(*enabled)),
        ];
        // What both sides override decides nothing.
        if own == action {
            settings.push((format!("{at}.action"), (*action).into()));
        }
        settings.extend(pattern.map(|pattern| (format!("{at}.pattern"), Setting::Text(pattern.clone()))));
        all.add(format!("{name}.{side}"), settings);
    }
}

fn grounding(policy: &GroundingPolicy, all: &mut Controls) {
    let GroundingPolicy { tier: by, filters } = policy;
    for (of, filter) in filters {
        let GroundingFilter { threshold, action, enabled } = filter;
        let at = format!("contextual_grounding_policy.filters.{of}");
        let settings = [
            (format!("{at}.threshold"), Setting::Rank(*threshold)),
            (format!("{at}.action"), (*action).into()),
            (format!("{at}.enabled"), Setting::switch(*enabled)),
            tier("contextual_grounding_policy", *by),
        ];
        all.add(at, settings);
    }
}

fn reasoning(policy: &AutomatedReasoningPolicy, all: &mut Controls) {
    let AutomatedReasoningPolicy { policies, confidence_threshold } = policy;
    let versions = |policy: &str| -> BTreeSet<&str> {
        policies.iter().filter(|arn| unversioned(arn) == policy).map(String::as_str).collect()
    };
    for policy in policies.iter().map(|arn| unversioned(arn)) {
        let at = "automated_reasoning_policy";
        all.add(format!("{at} {policy}"), [(format!("{at}.policies"), Setting::switch(true))]);
        let text = Setting::Text(format!("{:?}", versions(policy)));
        all.add(format!("{at} {policy} version"), [(format!("{at}.policies"), text)]);
        let threshold = Setting::Text(format!("{confidence_threshold:?}"));
        all.add(format!("{at} {policy} threshold"), [(format!("{at}.confidence_threshold"), threshold)]);
    }
}

/// The ARN of an automated reasoning policy without its version: another version of it is another text.
fn unversioned(arn: &str) -> &str {
    let version = arn.rsplit_once(':').filter(|(_, last)| !last.contains('/') && !last.is_empty());
    version.map_or(arn, |(policy, _)| policy)
}

#[cfg(test)]
mod tests;
