//! A guardrail of any source in normal form. Each default that a source leaves out is settled here as lowering settles it.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::Block;
use crate::import::notes::Note;
use crate::kinds::guardrail::spelled;
use crate::kinds::guardrail::{
    AutomatedReasoningPolicy, BlockAction, Content, ContentFilter, ContentFilterType, ContentPolicy, GroundingFilter,
    GroundingFilterType, GroundingPolicy, ManagedWordList, Modality, Model, PiiAction, PiiRule, PiiType, RegexRule,
    SensitiveInformationPolicy, Strength, Tier, Topic, TopicPolicy, WordPolicy, WordRule,
};
use crate::model::{Region, Tags};
use crate::spec::lower::profile_for;
use crate::spec::node::Node;

/// Members that tell of the guardrail, and nothing of its content.
const ABOUT: [&str; 22] = [
    "arn",
    "guardrailarn",
    "guardrailid",
    "guardrailidentifier",
    "id",
    "version",
    "status",
    "statusreasons",
    "failurerecommendations",
    "createdat",
    "updatedat",
    "clientrequesttoken",
    "responsemetadata",
    "$metadata",
    "timeouts",
    "region",
    "tagsall",
    "name",
    "description",
    "tags",
    "kmskeyid",
    "kmskeyarn",
];
/// Members that name the cross-Region profile: its id as it is sent, and what is read back.
const PROFILE: [&str; 2] = ["crossregion", "crossregiondetails"];

/// Whether a map is meant for a guardrail.
pub(super) fn is_guardrail(node: &Node) -> bool {
    spelled::is_guardrail(node) || PROFILE.iter().any(|name| spelled::member(node, name).is_some())
}

/// The guardrail that a map of a source describes; what it lacks is noted. `None` if it lacks what every guardrail has.
pub(super) fn model(node: &Node, at: &str, notes: &mut Vec<Note>) -> Option<Model> {
    let mut block = Block::new(node, at, notes);
    let known: Vec<&str> = ABOUT.into_iter().chain(spelled::MEMBERS).chain(PROFILE).collect();
    block.only(&known);
    let (name, input) = (block.required("name"), block.required("blockedinputmessaging"));
    let output = block.required("blockedoutputsmessaging");
    if name.is_none() || input.is_none() || output.is_none() {
        block.lost("the guardrail is not carried over: it takes a name and both messages");
        return None;
    }
    let kms_key_id = block.text("kmskeyarn").or_else(|| block.text("kmskeyid")).filter(|key| {
        let alias = key.starts_with("alias/") || key.contains(":alias/");
        if alias {
            block.lost(format!("`{key}` is not carried over: a key is named by its ARN or id, not by an alias"));
        }
        !alias
    });
    let content = Content {
        blocked_input_messaging: input?,
        blocked_outputs_messaging: output?,
        content_policy: block.inside("contentpolicy").and_then(content_policy),
        topic_policy: block.inside("topicpolicy").and_then(topic_policy),
        word_policy: block.inside("wordpolicy").and_then(word_policy),
        sensitive_information_policy: block.inside("sensitiveinformationpolicy").and_then(sensitive),
        contextual_grounding_policy: block.inside("contextualgroundingpolicy").and_then(grounding),
        automated_reasoning_policy: block.inside("automatedreasoningpolicy").and_then(reasoning),
        cross_region_profile: profile(&mut block),
    };
    let description = block.text("description");
    let tags = tags(&block);
    Some(Model { name: name?, description, kms_key_id, content, tags, failed: false })
}

fn profile(block: &mut Block<'_, '_>) -> Option<String> {
    for member in PROFILE {
        let Some(mut inside) = block.inside(member) else { continue };
        for name in ["guardrailprofileidentifier", "guardrailprofileid", "guardrailprofilearn"] {
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
pub(super) fn tags(block: &Block<'_, '_>) -> Tags {
    let Some(node) = block.first(&["tags"]) else { return Tags::new() };
    let pair = |item: &Node| {
        let of = |name: &str| spelled::member(item, name)?.value.literal().map(str::to_owned);
        Some((of("key")?, of("value").unwrap_or_default()))
    };
    match (node.entries(), node.items()) {
        (Some(entries), _) => entries
            .iter()
            .filter_map(|entry| Some((entry.key.value.clone(), entry.value.literal()?.to_owned())))
            .collect(),
        (_, Some(items)) => items.iter().filter_map(pair).collect(),
        _ => Tags::new(),
    }
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

fn tier(block: &mut Block<'_, '_>) -> Option<Tier> {
    for member in ["tier", "contentfilterstier", "topicstier"] {
        if block.get(member).is_some() {
            return block.inside(member)?.word("tiername", Tier::from_word, Some(Tier::Classic));
        }
    }
    Some(Tier::Classic)
}

/// Both switches.
fn enabled(block: &mut Block<'_, '_>) -> [bool; 2] {
    [block.enabled("inputenabled"), block.enabled("outputenabled")]
}

fn blocks(block: &mut Block<'_, '_>) -> Option<[BlockAction; 2]> {
    let mut side = |name: &str| block.word(name, BlockAction::from_word, Some(BlockAction::Block));
    Some([side("inputaction")?, side("outputaction")?])
}

const SIDES: [&str; 4] = ["inputaction", "outputaction", "inputenabled", "outputenabled"];

fn with_sides<'k>(own: &[&'k str]) -> Vec<&'k str> {
    own.iter().copied().chain(SIDES).collect()
}

fn content_policy(mut block: Block<'_, '_>) -> Option<ContentPolicy> {
    block.only(&["filters", "tier", "contentfilterstier"]);
    let filters = block.each("filters", filter);
    let filters = once(filters, &mut block);
    let tier = tier(&mut block)?;
    (!filters.is_empty()).then_some(ContentPolicy { tier, filters })
}

fn filter(mut block: Block<'_, '_>) -> Option<(ContentFilterType, ContentFilter)> {
    let own = ["type", "inputstrength", "outputstrength", "inputmodalities", "outputmodalities"];
    block.only(&with_sides(&own));
    let kind = block.word("type", ContentFilterType::from_word, None)?;
    let input = block.word("inputstrength", Strength::from_word, None)?;
    let output = block.word("outputstrength", Strength::from_word, None)?;
    let mut modalities = |name: &str| {
        let words = block.texts(name);
        let known: BTreeSet<Modality> = words.iter().filter_map(|word| Modality::from_word(word)).collect();
        if known.len() < words.len() {
            block.lost(format!("`{name}` has what bedrail does not know"));
        }
        if known.is_empty() { BTreeSet::from([Modality::Text]) } else { known }
    };
    let (input_modalities, output_modalities) = (modalities("inputmodalities"), modalities("outputmodalities"));
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
    block.only(&["topics", "tier", "topicstier"]);
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
    let tier = tier(&mut block)?;
    (!topics.is_empty()).then_some(TopicPolicy { tier, topics })
}

fn word_policy(mut block: Block<'_, '_>) -> Option<WordPolicy> {
    block.only(&["words", "managedwordlists"]);
    let rule = |block: &mut Block<'_, '_>| {
        let [input_action, output_action] = blocks(block)?;
        let [input_enabled, output_enabled] = enabled(block);
        Some(WordRule { input_action, output_action, input_enabled, output_enabled })
    };
    let words = block.each("words", |mut block| {
        block.only(&with_sides(&["text"]));
        Some((block.required("text")?, rule(&mut block)?))
    });
    let managed = block.each("managedwordlists", |mut block| {
        block.only(&with_sides(&["type"]));
        Some((block.word("type", ManagedWordList::from_word, None)?, rule(&mut block)?))
    });
    let policy = WordPolicy { words: once(words, &mut block), managed_word_lists: once(managed, &mut block) };
    (!policy.words.is_empty() || !policy.managed_word_lists.is_empty()).then_some(policy)
}

fn sensitive(mut block: Block<'_, '_>) -> Option<SensitiveInformationPolicy> {
    block.only(&["piientities", "regexes"]);
    let (entities, regexes) = (block.each("piientities", entity), block.each("regexes", regex));
    let (pii_entities, regexes) = (once(entities, &mut block), once(regexes, &mut block));
    let policy = SensitiveInformationPolicy { pii_entities, regexes };
    (!policy.pii_entities.is_empty() || !policy.regexes.is_empty()).then_some(policy)
}

/// The action, and those of both sides.
fn actions(block: &mut Block<'_, '_>) -> Option<[PiiAction; 3]> {
    let action = block.word("action", PiiAction::from_word, None)?;
    let mut side = |name: &str| block.word(name, PiiAction::from_word, Some(action));
    Some([action, side("inputaction")?, side("outputaction")?])
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
    let tier = tier(&mut block)?;
    (!filters.is_empty()).then_some(GroundingPolicy { tier, filters })
}

fn reasoning(mut block: Block<'_, '_>) -> Option<AutomatedReasoningPolicy> {
    block.only(&["policies", "confidencethreshold"]);
    let policies: BTreeSet<String> = block.texts("policies").into_iter().collect();
    let confidence_threshold = block.number("confidencethreshold");
    (!policies.is_empty()).then_some(AutomatedReasoningPolicy { policies, confidence_threshold })
}
