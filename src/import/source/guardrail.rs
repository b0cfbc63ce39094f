//! A guardrail of any source in normal form. Each default that a source leaves out is settled here as lowering settles it.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::{Block, WEAKER};
use crate::import::notes::Note;
use crate::kinds::guardrail::spelled;
use crate::kinds::guardrail::{
    AutomatedReasoningPolicy, BlockAction, Content, ContentFilter, ContentFilterType, ContentPolicy, GroundingFilter,
    GroundingFilterType, GroundingPolicy, ManagedWordList, Modality, Model, PiiAction, PiiRule, PiiType, RegexRule,
    SensitiveInformationPolicy, Strength, Tier, Topic, TopicPolicy, WordPolicy, WordRule,
};
use crate::model::{Region, Tags};
use crate::spec::lower::profile_for;
use crate::spec::node::{Entry, Node};

/// Members that tell of the guardrail, and nothing of its content.
const ABOUT: [&str; 22] = [
    "arn",
    "guardrailArn",
    "guardrailId",
    "guardrailIdentifier",
    "id",
    "version",
    "status",
    "statusReasons",
    "failureRecommendations",
    "createdAt",
    "updatedAt",
    "clientRequestToken",
    "responseMetadata",
    "$metadata",
    "timeouts",
    "region",
    "tagsAll",
    "name",
    "description",
    "tags",
    "kmsKeyId",
    "kmsKeyArn",
];
/// Members that name the cross-Region profile: its id as it is sent, and what is read back.
const PROFILE: [&str; 2] = ["crossRegion", "crossRegionDetails"];

/// Whether a map is meant for a guardrail.
pub(super) fn is_guardrail(node: &Node) -> bool {
    spelled::is_guardrail(node) || PROFILE.iter().any(|name| spelled::member(node, name).is_some())
}

/// The guardrail that a map of a source describes; what it lacks is noted. `None` if it lacks what every guardrail has.
pub(super) fn model(node: &Node, at: &str, notes: &mut Vec<Note>) -> Option<Model> {
    let mut block = Block::new(node, at, notes);
    let known: Vec<&str> = ABOUT.into_iter().chain(spelled::MEMBERS).chain(PROFILE).collect();
    block.only(&known);
    let (name, input) = (block.required("name"), block.required("blockedInputMessaging"));
    let output = block.required("blockedOutputsMessaging");
    if name.is_none() || input.is_none() || output.is_none() {
        block.lost("the guardrail is not carried over: it takes a name and both messages");
        return None;
    }
    let kms_key_id = block.text("kmsKeyArn").or_else(|| block.text("kmsKeyId")).filter(|key| {
        let alias = key.starts_with("alias/") || key.contains(":alias/");
        if alias {
            block.lost(format!("`{key}` is not carried over: a key is named by its ARN or id, not by an alias"));
        }
        !alias
    });
    let content = Content {
        blocked_input_messaging: input?,
        blocked_outputs_messaging: output?,
        content_policy: policy(&mut block, "contentPolicy", content_policy),
        topic_policy: policy(&mut block, "topicPolicy", topic_policy),
        word_policy: policy(&mut block, "wordPolicy", word_policy),
        sensitive_information_policy: policy(&mut block, "sensitiveInformationPolicy", sensitive),
        contextual_grounding_policy: policy(&mut block, "contextualGroundingPolicy", grounding),
        automated_reasoning_policy: policy(&mut block, "automatedReasoningPolicy", reasoning),
        cross_region_profile: profile(&mut block),
    };
    let description = block.text("description");
    let tags = tags(&mut block);
    Some(Model { name: name?, description, kms_key_id, content, tags, failed: false })
}

/// One of the policies; without one that is there and cannot be read, the guardrail is weaker.
fn policy<T>(block: &mut Block<'_, '_>, name: &str, read: fn(Block<'_, '_>) -> Option<T>) -> Option<T> {
    let since = block.told();
    if let Some(inside) = block.inside(name) {
        return read(inside);
    }
    block.weakens(since, WEAKER);
    None
}

fn profile(block: &mut Block<'_, '_>) -> Option<String> {
    for member in PROFILE {
        let Some(mut inside) = block.inside(member) else { continue };
        for name in ["guardrailProfileIdentifier", "guardrailProfileId", "guardrailProfileArn"] {
            if let Some(text) = inside.text(name) {
                // The id is behind the last `/` of an ARN, which tells the Region too.
                let id = text.rsplit('/').next()?;
                let region = text.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2));
                let usual = region.and_then(|region| profile_for(&Region::new(region)));
                return Some(if usual == Some(id) { "auto".to_owned() } else { id.to_owned() });
            }
        }
    }
    None
}

/// A map, or a list of maps with `Key` and `Value`. Tags of `awscc` are such a list too.
pub(super) fn tags(block: &mut Block<'_, '_>) -> Tags {
    let Some(node) = block.get("tags") else { return Tags::new() };
    let pair = |item: &Node| {
        let of = |name: &str| spelled::member(item, name).map(|entry| entry.value.literal().map(str::to_owned));
        Some((of("key")??, of("value").unwrap_or_else(|| Some(String::new()))))
    };
    let pairs: Vec<(String, Option<String>)> = match (node.entries(), node.items()) {
        (Some(entries), _) => {
            let text = |entry: &Entry| (entry.key.value.clone(), entry.value.literal().map(str::to_owned));
            entries.iter().map(text).collect()
        }
        (_, Some(items)) => items.iter().filter_map(pair).collect(),
        _ => Vec::new(),
    };
    let mut tags = Tags::new();
    for (key, value) in pairs {
        match value {
            Some(value) => drop(tags.insert(key, value)),
            None => block.lost(format!("the tag `{key}` is not carried over: its value is not known")),
        }
    }
    tags
}

/// By what tells them apart. AWS refuses a second one, so what is there twice was never deployed.
fn once<K: Ord + std::fmt::Display, V>(all: Vec<(K, V)>, block: &mut Block<'_, '_>) -> BTreeMap<K, V> {
    let mut once = BTreeMap::new();
    for (key, value) in all {
        if once.contains_key(&key) {
            block.lost(format!("`{key}` stands twice, and is carried over once"));
        }
        once.entry(key).or_insert(value);
    }
    once
}

/// The tier. One that cannot be told is no reason to leave out what it is for.
fn tier(block: &mut Block<'_, '_>) -> Tier {
    let members = ["tier", "contentFiltersTier", "topicsTier"];
    let Some(member) = members.into_iter().find(|member| block.get(member).is_some()) else { return Tier::Classic };
    let since = block.told();
    let inside = block.inside(member);
    let tier = inside.and_then(|mut inside| inside.word("tierName", Tier::from_word, Some(Tier::Classic)));
    block.weakens(since, "; `CLASSIC` is written");
    tier.unwrap_or(Tier::Classic)
}

/// Both switches.
fn enabled(block: &mut Block<'_, '_>) -> [bool; 2] {
    [block.enabled("inputEnabled"), block.enabled("outputEnabled")]
}

fn blocks(block: &mut Block<'_, '_>) -> Option<[BlockAction; 2]> {
    let mut side = |name: &str| block.word(name, BlockAction::from_word, Some(BlockAction::Block));
    Some([side("inputAction")?, side("outputAction")?])
}

const SIDES: [&str; 4] = ["inputAction", "outputAction", "inputEnabled", "outputEnabled"];

fn with_sides<'k>(own: &[&'k str]) -> Vec<&'k str> {
    own.iter().copied().chain(SIDES).collect()
}

fn content_policy(mut block: Block<'_, '_>) -> Option<ContentPolicy> {
    block.only(&["filters", "tier", "contentFiltersTier"]);
    let filters = block.each("filters", filter);
    let filters = once(filters, &mut block);
    let tier = tier(&mut block);
    (!filters.is_empty()).then_some(ContentPolicy { tier, filters })
}

fn filter(mut block: Block<'_, '_>) -> Option<(ContentFilterType, ContentFilter)> {
    let own = ["type", "inputStrength", "outputStrength", "inputModalities", "outputModalities"];
    block.only(&with_sides(&own));
    let kind = block.word("type", ContentFilterType::from_word, None)?;
    let input = block.word("inputStrength", Strength::from_word, None)?;
    let output = block.word("outputStrength", Strength::from_word, None)?;
    let mut modalities = |name: &str| {
        let since = block.told();
        let words = block.texts(name);
        let known: BTreeSet<Modality> = words.iter().filter_map(|word| Modality::from_word(word)).collect();
        for strange in words.iter().filter(|word| Modality::from_word(word).is_none()) {
            block.lost(format!("`{}` has `{strange}`, which bedrail does not know", block.spelled(name)));
        }
        block.weakens(since, WEAKER);
        if known.is_empty() { BTreeSet::from([Modality::Text]) } else { known }
    };
    let (input_modalities, output_modalities) = (modalities("inputModalities"), modalities("outputModalities"));
    let [input_action, output_action] = blocks(&mut block)?;
    let [input_enabled, output_enabled] = enabled(&mut block);
    let filter = ContentFilter {
        input,
        output,
        input_modalities,
        output_modalities,
        input_action,
        output_action,
        input_enabled,
        output_enabled,
    };
    Some((kind, filter))
}

fn topic_policy(mut block: Block<'_, '_>) -> Option<TopicPolicy> {
    block.only(&["topics", "tier", "topicsTier"]);
    let topics = block.each("topics", |mut block| {
        block.only(&with_sides(&["name", "definition", "examples", "type"]));
        if let Some(kind) = block.text("type").filter(|kind| kind != "DENY") {
            block.lost(format!("not carried over: its type is `{kind}`, and topics are denied"));
            return None;
        }
        let (name, definition) = (block.required("name"), block.required("definition"));
        let examples = block.texts("examples");
        let [input_action, output_action] = blocks(&mut block)?;
        let [input_enabled, output_enabled] = enabled(&mut block);
        Some(Topic {
            name: name?,
            definition: definition?,
            examples,
            input_action,
            output_action,
            input_enabled,
            output_enabled,
        })
    });
    let tier = tier(&mut block);
    (!topics.is_empty()).then_some(TopicPolicy { tier, topics })
}

fn word_policy(mut block: Block<'_, '_>) -> Option<WordPolicy> {
    block.only(&["words", "managedWordLists"]);
    let rule = |block: &mut Block<'_, '_>| {
        let [input_action, output_action] = blocks(block)?;
        let [input_enabled, output_enabled] = enabled(block);
        Some(WordRule { input_action, output_action, input_enabled, output_enabled })
    };
    let words = block.each("words", |mut block| {
        block.only(&with_sides(&["text"]));
        Some((block.required("text")?, rule(&mut block)?))
    });
    let managed = block.each("managedWordLists", |mut block| {
        block.only(&with_sides(&["type"]));
        Some((block.word("type", ManagedWordList::from_word, None)?, rule(&mut block)?))
    });
    let policy = WordPolicy { words: once(words, &mut block), managed_word_lists: once(managed, &mut block) };
    (!policy.words.is_empty() || !policy.managed_word_lists.is_empty()).then_some(policy)
}

fn sensitive(mut block: Block<'_, '_>) -> Option<SensitiveInformationPolicy> {
    block.only(&["piiEntities", "regexes"]);
    let (entities, regexes) = (block.each("piiEntities", entity), block.each("regexes", regex));
    let (pii_entities, regexes) = (once(entities, &mut block), once(regexes, &mut block));
    let policy = SensitiveInformationPolicy { pii_entities, regexes };
    (!policy.pii_entities.is_empty() || !policy.regexes.is_empty()).then_some(policy)
}

/// The action, and those of both sides.
fn actions(block: &mut Block<'_, '_>) -> Option<[PiiAction; 3]> {
    let action = block.word("action", PiiAction::from_word, None)?;
    let mut side = |name: &str| block.word(name, PiiAction::from_word, Some(action));
    Some([action, side("inputAction")?, side("outputAction")?])
}

fn entity(mut block: Block<'_, '_>) -> Option<(PiiType, PiiRule)> {
    block.only(&with_sides(&["type", "action"]));
    let kind = block.word("type", PiiType::from_word, None)?;
    let [action, input_action, output_action] = actions(&mut block)?;
    let [input_enabled, output_enabled] = enabled(&mut block);
    Some((kind, PiiRule { action, input_action, output_action, input_enabled, output_enabled }))
}

fn regex(mut block: Block<'_, '_>) -> Option<(String, RegexRule)> {
    block.only(&with_sides(&["name", "pattern", "description", "action"]));
    let (name, pattern) = (block.required("name"), block.required("pattern"));
    let description = block.text("description");
    let [action, input_action, output_action] = actions(&mut block)?;
    let [input_enabled, output_enabled] = enabled(&mut block);
    let rule = RegexRule {
        pattern: pattern?,
        description,
        action,
        input_action,
        output_action,
        input_enabled,
        output_enabled,
    };
    Some((name?, rule))
}

fn grounding(mut block: Block<'_, '_>) -> Option<GroundingPolicy> {
    block.only(&["filters", "tier"]);
    let filters = block.each("filters", |mut block| {
        block.only(&["type", "threshold", "action", "enabled"]);
        let kind = block.word("type", GroundingFilterType::from_word, None)?;
        let threshold = block.number("threshold")?;
        let action = block.word("action", BlockAction::from_word, Some(BlockAction::Block))?;
        Some((kind, GroundingFilter { threshold, action, enabled: block.enabled("enabled") }))
    });
    let filters = once(filters, &mut block);
    let tier = tier(&mut block);
    (!filters.is_empty()).then_some(GroundingPolicy { tier, filters })
}

fn reasoning(mut block: Block<'_, '_>) -> Option<AutomatedReasoningPolicy> {
    block.only(&["policies", "confidenceThreshold"]);
    let since = block.told();
    let policies: BTreeSet<String> = block.texts("policies").into_iter().collect();
    block.weakens(since, WEAKER);
    let confidence_threshold = block.number("confidenceThreshold");
    (!policies.is_empty()).then_some(AutomatedReasoningPolicy { policies, confidence_threshold })
}
