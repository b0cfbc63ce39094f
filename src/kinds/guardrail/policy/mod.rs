//! The six policies as a spec writes them, each with its way into normal form and the rules that AWS holds it to.

mod content;
mod grounding;
mod reasoning;
mod regex;
mod sensitive;
mod topics;
mod words;

use std::collections::BTreeMap;

pub(crate) use content::ContentPolicyEntry;
pub(crate) use grounding::GroundingPolicyEntry;
pub(crate) use reasoning::ReasoningPolicyEntry;
pub(crate) use sensitive::SensitivePolicyEntry;
pub(crate) use topics::TopicPolicyEntry;
pub(crate) use words::WordPolicyEntry;

use super::{BlockAction, Tier, codes};
use crate::model::Scope;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::spec::decode::{Faulty, Text, TextRule};
use crate::spec::lower::Lowering;

crate::decodes_as_word! {
    super::Strength: "a strength";
    BlockAction: "an action";
    super::PiiAction: "an action";
    Tier: "a tier";
    super::Modality: "a modality";
    super::ContentFilterType: "a category of content";
    super::ManagedWordList: "a managed word list";
    super::PiiType: "a type of personal data";
    super::GroundingFilterType: "a grounding check";
}

/// Documented to be without tier STANDARD (AWS user guide, guardrails-tiers).
const WITHOUT_STANDARD: [&str; 2] = ["sa-east-1", "us-gov-east-1"];

/// A guardrail in one of its scopes, while it is lowered there.
pub(super) struct InScope<'l, 'a> {
    pub(super) lowering: &'l mut Lowering<'a>,
    pub(super) scope: &'l Scope,
    /// Whether nothing is blocked or masked, only reported.
    pub(super) detect: bool,
    /// Whether the entry names a cross-Region profile, be it a wrong one.
    pub(super) has_profile: bool,
}

impl InScope<'_, '_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.lowering.diagnostics.push(diagnostic);
    }

    pub(super) fn text<R: TextRule>(&mut self, text: &Spanned<Text<R>>) -> Option<String> {
        self.lowering.text(text, self.scope)
    }

    pub(super) fn optional_text<R: TextRule>(
        &mut self,
        text: Option<&Spanned<Text<R>>>,
    ) -> Result<Option<String>, Faulty> {
        optional(text, |text| self.text(text))
    }

    pub(super) fn region(&self) -> &str {
        self.scope.region_name()
    }

    fn block(&self, action: Option<&Spanned<BlockAction>>) -> BlockAction {
        if self.detect { BlockAction::None } else { action.map_or(BlockAction::Block, |action| action.value) }
    }

    fn tier(&mut self, tier: Option<&Spanned<Tier>>) -> Option<Tier> {
        let Some(tier) = tier else { return Some(Tier::Classic) };
        if tier.value == Tier::Standard && WITHOUT_STANDARD.contains(&self.region()) {
            let message = format!("tier STANDARD does not exist in {}", self.region());
            let fault = Diagnostic::at(tier.span, codes::TIER_NOT_THERE, message);
            self.report(fault.help("use CLASSIC there, with `region_overrides`"));
            return None;
        }
        if tier.value == Tier::Standard && !self.has_profile {
            let fault =
                Diagnostic::at(tier.span, codes::TIER_NEEDS_PROFILE, "tier STANDARD needs a cross-Region profile");
            self.report(fault.help("add `cross_region_profile: auto` to the guardrail"));
            return None;
        }
        Some(tier.value)
    }

    /// Reports what stands twice; `what` is a noun such as `the word`. Whether nothing does.
    fn once(&mut self, what: &str, items: impl IntoIterator<Item = (String, Span)>) -> bool {
        self.once_by(what, items, str::to_owned)
    }

    /// The same for items that are alike if `fold` makes them so.
    fn once_by(
        &mut self,
        what: &str,
        items: impl IntoIterator<Item = (String, Span)>,
        fold: impl Fn(&str) -> String,
    ) -> bool {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut sound = true;
        for (item, span) in items {
            if let Some(first) = seen.get(&fold(&item)) {
                let fault = Diagnostic::at(span, codes::TWICE, format!("{what} `{item}` stands twice"));
                self.report(fault.related(*first, "first here"));
                sound = false;
            } else {
                seen.insert(fold(&item), span);
            }
        }
        sound
    }
}

/// What `lower` makes of an entry that may be absent.
pub(super) fn optional<T, U>(
    entry: Option<&Spanned<T>>,
    lower: impl FnOnce(&Spanned<T>) -> Option<U>,
) -> Result<Option<U>, Faulty> {
    entry.map(|entry| lower(entry).ok_or(Faulty)).transpose()
}

fn on(enabled: Option<&Spanned<bool>>) -> bool {
    enabled.is_none_or(|enabled| enabled.value)
}

/// All of them, if none is missing.
fn all<T, C: FromIterator<T>>(parts: Vec<Option<T>>) -> Option<C> {
    parts.into_iter().collect()
}
