//! `content_policy`: harmful content by category.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{InScope, on};
use crate::kinds::guardrail::{
    BlockAction, ContentFilter, ContentFilterType, ContentPolicy, Modality, Strength, Tier, codes,
};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::spec::decode::{Decode, List, Map, Reading, Shape};
use crate::spec::node::{Entry, Node, Value, Written};
use crate::spec::template::Template;

crate::entry! {
    /// One category of harmful content. A strength alone is that strength in both directions; for `PROMPT_ATTACK`, of the input.
    pub(crate) struct FilterEntry: "a content filter" {
        /// Strength on prompts: NONE, LOW, MEDIUM or HIGH.
        required input: Strength,
        /// Strength on answers: NONE, LOW, MEDIUM or HIGH. NONE for `PROMPT_ATTACK`.
        required output: Strength,
        /// What is examined in prompts: TEXT (default), IMAGE.
        optional input_modalities: List<Modality, 1, 2>,
        /// What is examined in answers: TEXT (default), IMAGE.
        optional output_modalities: List<Modality, 1, 2>,
        /// What happens to a prompt: BLOCK (default) or NONE.
        optional input_action: BlockAction,
        /// What happens to an answer: BLOCK (default) or NONE.
        optional output_action: BlockAction,
        /// Whether prompts are examined. Default: true.
        optional input_enabled: bool,
        /// Whether answers are examined. Default: true.
        optional output_enabled: bool,
    }
    short Strength => input, output
}

crate::entry! {
    /// Harmful content by category.
    pub(crate) struct ContentPolicyEntry: "a content policy" {
        /// CLASSIC (default), or STANDARD, which needs `cross_region_profile`.
        optional tier: Tier,
        /// The filters by category.
        required filters: Filters,
    }
}

/// Filters by category. A strength alone is of the input only where the category is `PROMPT_ATTACK`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filters(Map<ContentFilterType, FilterEntry, 1>);

impl Filters {
    fn spelled(node: &Node) -> Node {
        let Some(entries) = node.entries() else { return node.clone() };
        let spell = |Entry { key, value }: &Entry| {
            let prompts_only = key.value == ContentFilterType::PromptAttack.word() && value.as_scalar().is_some();
            let value = if prompts_only {
                let side = |name: &str, value| Entry { key: Spanned::new(name.to_owned(), node.span), value };
                let nothing = Node::scalar(value.span, Template::text(Strength::None.word()), Written::Computed);
                Node::new(value.span, Value::Map(vec![side("input", value.clone()), side("output", nothing)]))
            } else {
                value.clone()
            };
            Entry { key: key.clone(), value }
        };
        Node::new(node.span, Value::Map(entries.iter().map(spell).collect()))
    }
}

impl Decode for Filters {
    const SHAPE: Shape = Shape::Map;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        Map::decode(&Self::spelled(node), cx).map(Self)
    }

    fn expand(node: Node) -> Node {
        Map::<ContentFilterType, FilterEntry>::expand(Self::spelled(&node))
    }
}

impl JsonSchema for Filters {
    fn schema_name() -> Cow<'static, str> {
        "Filters".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Map::<ContentFilterType, FilterEntry, 1>::json_schema(generator)
    }
}

/// Where images can be examined in every category (AWS user guide, guardrails-mmfilter); elsewhere a preview at best.
const WITH_IMAGES: [&str; 4] = ["ap-northeast-1", "eu-central-1", "us-east-1", "us-west-2"];

impl ContentPolicyEntry {
    pub(in crate::kinds::guardrail) fn lower(&self, here: &mut InScope<'_, '_>) -> Option<ContentPolicy> {
        let tier = here.tier(self.tier.as_ref());
        let filters = &self.filters.value.0;
        let mut sound = true;
        if filters
            .values()
            .all(|filter| filter.value.input.value == Strength::None && filter.value.output.value == Strength::None)
        {
            let message = "every content filter has the strength NONE";
            let fault = Diagnostic::at(self.filters.span, codes::ALL_NONE, message);
            here.report(fault.help("give one of them a strength, or remove `content_policy`"));
            sound = false;
        }
        let mut lowered = ContentPolicy { tier: tier?, filters: std::collections::BTreeMap::new() };
        for (category, filter) in filters.iter() {
            if *category == ContentFilterType::PromptAttack && filter.value.output.value != Strength::None {
                let message = "the output strength of PROMPT_ATTACK must be NONE";
                let fault = Diagnostic::at(filter.value.output.span, codes::PROMPT_ATTACK_OUTPUT, message);
                here.report(fault.help("write `PROMPT_ATTACK: HIGH`, which is of the input only"));
                sound = false;
            }
            lowered.filters.insert(*category, filter.value.value.lower(here));
        }
        sound.then_some(lowered)
    }
}

impl FilterEntry {
    fn lower(&self, here: &mut InScope<'_, '_>) -> ContentFilter {
        ContentFilter {
            input: self.input.value,
            output: self.output.value,
            input_modalities: modalities(self.input_modalities.as_ref(), here),
            output_modalities: modalities(self.output_modalities.as_ref(), here),
            input_action: here.block(self.input_action.as_ref()),
            output_action: here.block(self.output_action.as_ref()),
            input_enabled: on(self.input_enabled.as_ref()),
            output_enabled: on(self.output_enabled.as_ref()),
        }
    }
}

fn modalities(listed: Option<&Spanned<List<Modality, 1, 2>>>, here: &mut InScope<'_, '_>) -> BTreeSet<Modality> {
    let Some(listed) = listed else { return BTreeSet::from([Modality::Text]) };
    let places = |item: &Spanned<Modality>| (item.value.word().to_owned(), item.span);
    here.once("the modality", listed.iter().map(places));
    let images: Option<Span> = listed.iter().find(|item| item.value == Modality::Image).map(|item| item.span);
    if let Some(span) = images
        && !WITH_IMAGES.contains(&here.region())
    {
        let message = format!("images may not be examined in {}", here.region());
        let fault = Diagnostic::at(span, codes::IMAGE_REGION, message);
        here.report(
            fault.help(format!("they are known to be in {}; elsewhere a preview at best", WITH_IMAGES.join(", "))),
        );
    }
    listed.iter().map(|item| item.value).collect()
}
