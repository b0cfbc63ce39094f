//! A guardrail as an entry of `guardrails`: the inverse of lowering. What has its default is left out, and short forms stand
//! where they say all.

use std::collections::BTreeMap;

use super::{
    AutomatedReasoningPolicy, BlockAction, Content, ContentFilter, ContentFilterType, ContentPolicy, GroundingFilter,
    GroundingPolicy, Modality, Model, PiiRule, RegexRule, SensitiveInformationPolicy, Strength, Tier, Topic,
    TopicPolicy, WordPolicy, WordRule,
};
use crate::model::{NAME_TAG, PROTECTED_TAG, Region, STACK_TAG};
use crate::spec::lower::profile_for;
use crate::spec::write::{Entry, Spell, Value};

/// The members of the entry `key` for this guardrail of a Region, its KMS key and tags among them. `text` says whether its
/// texts may hold expressions.
pub(crate) fn entry(key: &str, model: &Model, region: Option<&Region>, text: Spell) -> Vec<Entry> {
    let Model { name, description, kms_key_id, content, tags, failed: _ } = model;
    let Content {
        blocked_input_messaging,
        blocked_outputs_messaging,
        content_policy,
        topic_policy,
        word_policy,
        sensitive_information_policy,
        contextual_grounding_policy,
        automated_reasoning_policy,
        cross_region_profile,
    } = content;
    let mut members = Members::default();
    members.some("name", (name != key).then(|| text(name.clone())));
    members.some("description", description.clone().map(text));
    members.some("blocked_input_messaging", Some(text(blocked_input_messaging.clone())));
    members.some("blocked_outputs_messaging", Some(text(blocked_outputs_messaging.clone())));
    members.some("kms_key_id", kms_key_id.clone().map(text));
    let profile = cross_region_profile.as_ref().map(|profile| match region.and_then(profile_for) {
        Some(usual) if usual == profile => Value::text("auto"),
        _ => text(profile.clone()),
    });
    members.some("cross_region_profile", profile);
    members.some("content_policy", content_policy.as_ref().map(content_of));
    members.some("topic_policy", topic_policy.as_ref().map(|policy| topics(policy, text)));
    members.some("word_policy", word_policy.as_ref().map(|policy| words(policy, text)));
    members.some("sensitive_information_policy", sensitive_information_policy.as_ref().map(|it| sensitive(it, text)));
    members.some("contextual_grounding_policy", contextual_grounding_policy.as_ref().map(grounding));
    members.some("automated_reasoning_policy", automated_reasoning_policy.as_ref().map(|it| reasoning(it, text)));
    let ours = |key: &String| [STACK_TAG, NAME_TAG, PROTECTED_TAG].contains(&key.as_str()) || key.starts_with("aws:");
    let tags: Vec<Entry> = tags
        .iter()
        .filter(|(key, _)| !ours(key))
        .map(|(key, value)| Entry::new(key.as_str(), text(value.clone())))
        .collect();
    members.some("tags", (!tags.is_empty()).then_some(Value::Map(tags)));
    members.some("prevent_destroy", model.tags.contains_key(PROTECTED_TAG).then(|| Value::bool(true)));
    members.0
}

/// Members, those that are absent left out.
#[derive(Default)]
struct Members(Vec<Entry>);

impl Members {
    fn some(&mut self, key: &str, value: Option<Value>) {
        self.0.extend(value.map(|value| Entry::new(key, value)));
    }

    fn other<T: PartialEq + ToString>(&mut self, key: &str, value: &T, default: &T) {
        self.some(key, (value != default).then(|| Value::text(value.to_string())));
    }

    fn enabled(&mut self, key: &str, value: bool) {
        self.some(key, (!value).then(|| Value::bool(false)));
    }

    fn tier(&mut self, tier: Tier) {
        self.other("tier", &tier, &Tier::Classic);
    }
}

fn content_of(policy: &ContentPolicy) -> Value {
    let ContentPolicy { tier, filters } = policy;
    let filters = filters.iter().map(|(kind, rule)| Entry::new(kind.word(), filter(*kind, rule))).collect();
    let mut members = Members::default();
    members.tier(*tier);
    members.some("filters", Some(Value::Map(filters)));
    Value::Map(members.0)
}

fn filter(kind: ContentFilterType, rule: &ContentFilter) -> Value {
    let ContentFilter {
        input,
        output,
        input_modalities,
        output_modalities,
        input_action,
        output_action,
        input_enabled,
        output_enabled,
    } = rule;
    let mut members = Members::default();
    let text_only = std::collections::BTreeSet::from([Modality::Text]);
    for (key, modalities) in [("input_modalities", input_modalities), ("output_modalities", output_modalities)] {
        let words = Value::list(modalities.iter().map(|one| Value::text(one.word())));
        members.some(key, (*modalities != text_only).then_some(words));
    }
    members.other("input_action", input_action, &BlockAction::Block);
    members.other("output_action", output_action, &BlockAction::Block);
    members.enabled("input_enabled", *input_enabled);
    members.enabled("output_enabled", *output_enabled);
    let prompts_only = kind == ContentFilterType::PromptAttack;
    let short = if prompts_only { *output == Strength::None } else { input == output };
    if members.0.is_empty() && short {
        return Value::text(input.word());
    }
    let sides = [("input", input), ("output", output)].map(|(key, side)| Entry::new(key, Value::text(side.word())));
    Value::Inline(sides.into_iter().chain(members.0).collect())
}

/// The actions and switches of both sides, defaults left out.
fn sides<T: PartialEq + ToString>(actions: [&T; 2], default: &T, enabled: [bool; 2]) -> Members {
    let mut members = Members::default();
    members.other("input_action", actions[0], default);
    members.other("output_action", actions[1], default);
    members.enabled("input_enabled", enabled[0]);
    members.enabled("output_enabled", enabled[1]);
    members
}

fn topics(policy: &TopicPolicy, text: Spell) -> Value {
    let topic = |topic: &Topic| {
        let Topic { name, definition, examples, input_action, output_action, input_enabled, output_enabled } = topic;
        let mut members = Members::default();
        members.some("name", Some(text(name.clone())));
        members.some("definition", Some(text(definition.clone())));
        let phrases = Value::list(examples.iter().cloned().map(text));
        members.some("examples", (!examples.is_empty()).then_some(phrases));
        let flags = sides([input_action, output_action], &BlockAction::Block, [*input_enabled, *output_enabled]);
        members.0.extend(flags.0);
        Value::Map(members.0)
    };
    let mut members = Members::default();
    members.tier(policy.tier);
    members.some("topics", Some(Value::list(policy.topics.iter().map(topic))));
    Value::Map(members.0)
}

fn words(policy: &WordPolicy, text: Spell) -> Value {
    let WordPolicy { words, managed_word_lists } = policy;
    let flagged = |key: &str, value: Value, rule: &WordRule| {
        let WordRule { input_action, output_action, input_enabled, output_enabled } = rule;
        let flags = sides([input_action, output_action], &BlockAction::Block, [*input_enabled, *output_enabled]);
        if flags.0.is_empty() {
            return value;
        }
        Value::Inline(std::iter::once(Entry::new(key, value)).chain(flags.0).collect())
    };
    let mut members = Members::default();
    let list = Value::list(words.iter().map(|(word, rule)| flagged("text", text(word.clone()), rule)));
    members.some("words", (!words.is_empty()).then_some(list));
    let managed =
        Value::list(managed_word_lists.iter().map(|(kind, rule)| flagged("type", Value::text(kind.word()), rule)));
    members.some("managed_word_lists", (!managed_word_lists.is_empty()).then_some(managed));
    Value::Map(members.0)
}

fn sensitive(policy: &SensitiveInformationPolicy, text: Spell) -> Value {
    let SensitiveInformationPolicy { pii_entities, regexes } = policy;
    let entity = |rule: &PiiRule| {
        let PiiRule { action, input_action, output_action, input_enabled, output_enabled } = rule;
        let flags = sides([input_action, output_action], action, [*input_enabled, *output_enabled]);
        if flags.0.is_empty() {
            return Value::text(action.word());
        }
        let action = Entry::new("action", Value::text(action.word()));
        Value::Inline(std::iter::once(action).chain(flags.0).collect())
    };
    let entities: Vec<Entry> = pii_entities.iter().map(|(kind, rule)| Entry::new(kind.word(), entity(rule))).collect();
    let mut members = Members::default();
    members.some("pii_entities", (!entities.is_empty()).then_some(Value::Map(entities)));
    members.some("regexes", (!regexes.is_empty()).then(|| patterns(regexes, text)));
    Value::Map(members.0)
}

fn patterns(regexes: &BTreeMap<String, RegexRule>, text: Spell) -> Value {
    let regex = |(name, rule): (&String, &RegexRule)| {
        let RegexRule { pattern, description, action, input_action, output_action, input_enabled, output_enabled } =
            rule;
        let mut members = Members::default();
        members.some("name", Some(text(name.clone())));
        members.some("pattern", Some(text(pattern.clone())));
        members.some("action", Some(Value::text(action.word())));
        members.some("description", description.clone().map(text));
        let flags = sides([input_action, output_action], action, [*input_enabled, *output_enabled]);
        members.0.extend(flags.0);
        Value::Map(members.0)
    };
    Value::list(regexes.iter().map(regex))
}

fn grounding(policy: &GroundingPolicy) -> Value {
    let GroundingPolicy { tier, filters } = policy;
    let mut members = Members::default();
    for (kind, GroundingFilter { threshold, action, enabled }) in filters {
        let mut flags = Members::default();
        flags.other("action", action, &BlockAction::Block);
        flags.enabled("enabled", *enabled);
        let threshold = number(*threshold);
        let value = if flags.0.is_empty() {
            threshold
        } else {
            Value::Inline(std::iter::once(Entry::new("threshold", threshold)).chain(flags.0).collect())
        };
        members.some(kind.word(), Some(value));
    }
    members.tier(*tier);
    Value::Map(members.0)
}

fn reasoning(policy: &AutomatedReasoningPolicy, text: Spell) -> Value {
    let AutomatedReasoningPolicy { policies, confidence_threshold } = policy;
    let mut members = Members::default();
    members.some("policies", Some(Value::list(policies.iter().cloned().map(text))));
    members.some("confidence_threshold", confidence_threshold.map(number));
    Value::Map(members.0)
}

/// The shortest digits that read back as this number.
fn number(number: f64) -> Value {
    Value::Plain(number.to_string())
}
