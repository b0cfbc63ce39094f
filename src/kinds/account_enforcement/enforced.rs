//! What an enforcement says, whether for one account or through the organization.

use std::collections::BTreeSet;

use super::codes;
use super::models::{EVERY_MODEL, ExcludedModel, IncludedModel};
use super::{Guarding, ModelEnforcement, SelectiveContentGuarding};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{Ref, Region, Scope};
use crate::spec::decode::{Exact, List};
use crate::spec::lower::codes::NOT_IN_REGION;
use crate::spec::lower::{DeclaredGuardrail, Lowering};
use crate::spec::suggest;
use crate::spec::top::EntryKey;

crate::decodes_as_word! { Guarding: "a way of guarding"; }
crate::text! {
    pub(crate) VersionName: "a version", 1..=47, "[1-9][0-9]{0,7}|[a-z0-9-]*[a-z][a-z0-9-]*",
    "a key of `versions`, or a number in quotes"
}

crate::entry! {
    /// What of a call is examined: `COMPREHENSIVE` (default) examines all, `SELECTIVE` what the caller has tagged.
    pub(crate) struct GuardingEntry: "`selective_content_guarding`" {
        /// System prompts. With `SELECTIVE`, a prompt without tags is not examined at all.
        optional system: Guarding,
        /// Messages. With `SELECTIVE`, messages without tags are examined whole.
        optional messages: Guarding,
    }
}

crate::entry! {
    /// Which models are held to the guardrail.
    pub(crate) struct ModelsEntry: "`model_enforcement`" {
        /// Model ids, or `ALL` (default; an empty list says the same).
        optional included_models: List<IncludedModel>,
        /// Model ids that are let off, even if included. Default: none.
        optional excluded_models: List<ExcludedModel>,
    }
}

/// What is examined, defaults filled in.
pub(crate) fn guarding(entry: Option<&Spanned<GuardingEntry>>) -> SelectiveContentGuarding {
    let default = SelectiveContentGuarding::default();
    let Some(GuardingEntry { system, messages }) = entry.map(|entry| &entry.value) else { return default };
    SelectiveContentGuarding {
        system: system.as_ref().map_or(default.system, |value| value.value),
        messages: messages.as_ref().map_or(default.messages, |value| value.value),
    }
}

/// Which models are meant, defaults filled in.
pub(crate) fn models(entry: Option<&Spanned<ModelsEntry>>) -> ModelEnforcement {
    let Some(ModelsEntry { included_models, excluded_models }) = entry.map(|entry| &entry.value) else {
        return ModelEnforcement::default();
    };
    let mut included: BTreeSet<String> =
        included_models.iter().flat_map(|ids| ids.iter()).map(|id| id.0.clone()).collect();
    if included.is_empty() {
        included.insert(EVERY_MODEL.to_owned());
    }
    let excluded = excluded_models.iter().flat_map(|ids| ids.iter()).map(|id| id.0.clone()).collect();
    ModelEnforcement { included_models: included, excluded_models: excluded }
}

/// The guardrail of an enforcement, its version, and where it is enforced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Enforced<'e> {
    /// The key of the guardrail.
    pub(crate) guardrail: &'e Spanned<Exact<EntryKey>>,
    /// The version: a key, a number, or none for the current content.
    pub(crate) version: Option<&'e Spanned<Exact<VersionName>>>,
    /// The Regions, as far as they are named.
    pub(crate) regions: Option<&'e Spanned<List<Region, 1>>>,
}

impl Enforced<'_> {
    /// The key of the guardrail, as references are made of it.
    pub(crate) fn key(&self) -> Spanned<String> {
        Spanned::new(self.guardrail.as_str().to_owned(), self.guardrail.span)
    }

    /// The Regions in which it is enforced, each with the place that says so: those named, else the default Regions in
    /// which the guardrail is. Reports a Region without the guardrail, and a number in several Regions.
    pub(crate) fn regions(&self, declared: &DeclaredGuardrail, lowering: &mut Lowering<'_>) -> Vec<Spanned<Region>> {
        let regions = match self.regions {
            Some(named) => Self::named(named, declared, lowering),
            None => self.default_regions(declared, lowering),
        };
        if let Some(version) = self.version.filter(|version| is_number(version.as_str()) && regions.len() > 1) {
            let message =
                format!("version {} of `{}` is another one in each Region", version.as_str(), declared.key.value);
            let fault = Diagnostic::at(version.span, codes::NUMBER_IN_REGIONS, message);
            let advice =
                "name one Region, or declare a key under `versions`, with its `numbers` if the versions exist already";
            lowering.diagnostics.push(fault.help(advice));
            return Vec::new();
        }
        regions
    }

    fn named(
        named: &[Spanned<Region>],
        declared: &DeclaredGuardrail,
        lowering: &mut Lowering<'_>,
    ) -> Vec<Spanned<Region>> {
        lowering.check_regions(named);
        let mut once = BTreeSet::new();
        let distinct = named.iter().filter(|region| once.insert(&region.value)).cloned();
        let is_there = |region: &Spanned<Region>| declared.regions().any(|there| *there == region.value);
        let (found, absent): (Vec<_>, Vec<_>) = distinct.partition(is_there);
        for region in absent {
            lowering.not_in(&region, declared);
        }
        found
    }

    fn default_regions(&self, declared: &DeclaredGuardrail, lowering: &mut Lowering<'_>) -> Vec<Spanned<Region>> {
        let there: BTreeSet<&Region> = declared.regions().collect();
        let default = lowering.top.regions.iter().filter(|region| there.contains(&region.value));
        let default: Vec<_> = default.map(|region| Spanned::new(region.value.clone(), self.guardrail.span)).collect();
        if default.is_empty() && !there.is_empty() {
            let message = format!("the guardrail `{}` is in none of the default Regions", declared.key.value);
            let fault = Diagnostic::at(self.guardrail.span, NOT_IN_REGION, message);
            lowering.diagnostics.push(fault.help("name its `regions` here"));
        }
        default
    }

    /// The version for something in `scope`; reports one that nobody declares.
    pub(crate) fn version_in(&self, scope: &Scope, lowering: &mut Lowering<'_>) -> Option<Ref> {
        let version = self.version.map(|version| Spanned::new(version.as_str().to_owned(), version.span));
        lowering.version(&self.key(), version.as_ref(), scope)
    }
}

fn is_number(version: &str) -> bool {
    version.bytes().all(|byte| byte.is_ascii_digit())
}

impl Lowering<'_> {
    fn not_in(&mut self, region: &Spanned<Region>, declared: &DeclaredGuardrail) {
        let message = format!("the guardrail `{}` is not in {}", declared.key.value, region.value);
        let fault = Diagnostic::at(region.span, NOT_IN_REGION, message).related(declared.key.span, "declared here");
        let all = suggest::list(declared.regions().map(Region::as_str));
        self.diagnostics.push(fault.maybe_help(all.map(|all| format!("it is in {all}"))));
    }
}
