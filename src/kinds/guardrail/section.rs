//! The section `guardrails`.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::policy::{InScope, optional};
use super::{Content, Mode, Model, codes, place};
use crate::kinds::Kind;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::model::{AccountId, Address, Region, Scope};
use crate::spec::decode::{Reading, Regional};
use crate::spec::lower::{Alphabet, DeclaredGuardrail, Lowering, Origin};
use crate::spec::schema::SectionSchema;
use crate::spec::selector::Selector;
use crate::spec::{Decoded, REGIONAL, Spec};

/// What the section says in the JSON Schema.
pub(crate) const SCHEMA: SectionSchema = SectionSchema::of::<Regional<Entry>>("guardrails", "Guardrails by key.");

/// How many implicit versions stay where an entry says nothing.
const KEEP_VERSIONS: usize = 10;

/// Reads the entries and reports their faults.
pub(crate) fn decode(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Decoded<Regional<Entry>>> {
    spec.decode("guardrails", REGIONAL, diagnostics)
}

/// The selectors of an entry.
pub(crate) fn selectors(entry: &Regional<Entry>) -> impl Iterator<Item = &Selector> {
    let several = entry.base.accounts.iter().flat_map(|list| list.iter()).map(|selector| &*selector.value);
    entry.base.account.iter().map(|selector| &*selector.value).chain(several)
}

/// Reads the entries and adds what they want.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    let mut names = BTreeMap::new();
    let mut former = BTreeMap::new();
    for Decoded { key, entry } in decode(lowering.spec, lowering.diagnostics) {
        check_former_keys(&key, &entry.base, &mut former, lowering);
        let scopes = scopes(&key, &entry, lowering);
        let mut declared = DeclaredGuardrail { key: key.clone(), origin: Origin::Ours, scopes: BTreeMap::new() };
        for scope in scopes {
            let here = entry.in_region(scope.region_name());
            let overridden = !std::ptr::eq(here, &raw const entry.value.base);
            let model = lower_in(&key, here, overridden, &scope, lowering);
            if let Some(model) = &model {
                check_name(model, &key, here, &scope, &mut names, lowering);
                want(model.clone(), &key, here, &scope, lowering);
            }
            declared.scopes.insert(scope, model);
        }
        lowering.declare(declared);
    }
}

/// The scopes of an entry.
fn scopes(key: &Spanned<String>, entry: &Spanned<Regional<Entry>>, lowering: &mut Lowering<'_>) -> Vec<Scope> {
    let base = &entry.value.base;
    let regions: Vec<Region> = lowering.regions(base.regions.as_ref());
    let codes: Vec<&str> = regions.iter().map(Region::as_str).collect();
    let mut cx = Reading::default();
    entry.value.check_regions(&codes, &mut cx);
    lowering.diagnostics.extend(cx.diagnostics);
    let accounts = match (&base.account, &base.accounts) {
        (Some(one), Some(several)) => {
            let message = "a guardrail has either `account` or `accounts`";
            let fault = Diagnostic::at(several.span, codes::ACCOUNT_FORM, message);
            lowering.diagnostics.push(fault.related(one.span, "the other"));
            return Vec::new();
        }
        (Some(one), None) => lowering.holder(one).into_iter().collect(),
        (None, several) => lowering.accounts(several.as_ref(), None, key.span),
    };
    let in_account =
        |account: AccountId| regions.iter().map(move |region| Scope::regional(account.clone(), region.clone()));
    accounts.into_iter().flat_map(in_account).collect()
}

fn lower_in(
    key: &Spanned<String>,
    entry: &Entry,
    overridden: bool,
    scope: &Scope,
    lowering: &mut Lowering<'_>,
) -> Option<Model> {
    let protected = entry.prevent_destroy.as_ref().is_some_and(|protected| protected.value);
    let tags = lowering.tags(entry.tags.as_ref(), key, protected, scope, Alphabet::Bedrock);
    let mut here = InScope {
        lowering,
        scope,
        detect: entry.mode.as_ref().is_some_and(|mode| mode.value == Mode::Detect),
        has_profile: entry.cross_region_profile.is_some(),
    };
    let name = match &entry.name {
        Some(name) => here.text(name),
        None => Some(key.value.clone()),
    };
    let description = here.optional_text(entry.description.as_ref());
    let kms_key_id = optional(entry.kms_key_id.as_ref(), |key| place::kms_key(key, &mut here));
    let content = content(entry, &mut here);
    if content.as_ref().is_some_and(|content| !content.has_policy()) {
        let there = if overridden { format!(", and this has none in {}", scope.region_name()) } else { String::new() };
        let fault = Diagnostic::at(key.span, codes::NO_POLICY, format!("a guardrail needs at least one policy{there}"));
        here.report(fault.help("add one: `content_policy: {filters: {HATE: HIGH}}`, for instance"));
        return None;
    }
    Some(Model {
        name: name?,
        description: description.ok()?,
        kms_key_id: kms_key_id.ok()?,
        content: content?,
        tags,
        failed: false,
    })
}

fn content(entry: &Entry, here: &mut InScope<'_, '_>) -> Option<Content> {
    let blocked_input_messaging = here.text(&entry.blocked_input_messaging);
    let blocked_outputs_messaging = here.text(&entry.blocked_outputs_messaging);
    let cross_region_profile = optional(entry.cross_region_profile.as_ref(), |profile| place::profile(profile, here));
    let content_policy = optional(entry.content_policy.as_ref(), |policy| policy.value.lower(here));
    let topic_policy = optional(entry.topic_policy.as_ref(), |policy| policy.value.lower(here));
    let word_policy = optional(entry.word_policy.as_ref(), |policy| policy.value.lower(policy, here));
    let sensitive = entry.sensitive_information_policy.as_ref().map(|policy| policy.value.lower(policy, here));
    let grounding = optional(entry.contextual_grounding_policy.as_ref(), |policy| policy.value.lower(policy, here));
    let reasoning = optional(entry.automated_reasoning_policy.as_ref(), |policy| policy.value.lower(policy, here));
    Some(Content {
        blocked_input_messaging: blocked_input_messaging?,
        blocked_outputs_messaging: blocked_outputs_messaging?,
        content_policy: content_policy.ok()?,
        topic_policy: topic_policy.ok()?,
        word_policy: word_policy.ok()?,
        sensitive_information_policy: sensitive.transpose().ok()?.flatten(),
        contextual_grounding_policy: grounding.ok()?,
        automated_reasoning_policy: reasoning.ok()?,
        cross_region_profile: cross_region_profile.ok()?,
    })
}

fn check_name(
    model: &Model,
    key: &Spanned<String>,
    entry: &Entry,
    scope: &Scope,
    names: &mut BTreeMap<(Scope, String), Span>,
    lowering: &mut Lowering<'_>,
) {
    let span = entry.name.as_ref().map_or(key.span, |name| name.span);
    if let Some(first) = names.get(&(scope.clone(), model.name.clone())) {
        let message = format!("another guardrail is named `{}` too", model.name);
        let fault = Diagnostic::at(span, codes::SAME_NAME, message).related(*first, "the other");
        lowering
            .diagnostics
            .push(fault.help("bedrail recognises an unmarked guardrail by its name; give each its own"));
        return;
    }
    names.insert((scope.clone(), model.name.clone()), span);
}

fn check_former_keys(
    key: &Spanned<String>,
    entry: &Entry,
    claimed: &mut BTreeMap<String, Span>,
    lowering: &mut Lowering<'_>,
) {
    for former in entry.previously.iter().flat_map(|keys| keys.iter()) {
        let spec = lowering.spec;
        let present = spec.section("guardrails").iter().find(|entry| entry.key.as_str() == former.value.as_str());
        let taken = present.map(|entry| (entry.key.span, "declared here"));
        let taken = taken.or_else(|| claimed.get(former.value.as_str()).map(|span| (*span, "claimed here")));
        if let Some((span, label)) = taken {
            let message = format!("`{}` cannot be a former key of `{}`: it is in use", former.value, key.value);
            let fault = Diagnostic::at(former.span, codes::PREVIOUSLY_IN_USE, message);
            lowering.diagnostics.push(fault.related(span, label));
        }
        claimed.insert(former.value.as_str().to_owned(), former.span);
    }
}

fn want(model: Model, key: &Spanned<String>, entry: &Entry, scope: &Scope, lowering: &mut Lowering<'_>) {
    let at = |name: &str| Address::new(Kind::Guardrail, scope.clone(), name);
    let address = at(key);
    let keep = entry.keep_versions.as_ref().map_or(KEEP_VERSIONS, |keep| keep.value.0 as usize);
    lowering.desired.keep_versions.insert(address.clone(), keep);
    let former = entry.previously.iter().flat_map(|keys| keys.iter());
    let previously = former.map(|former| at(former.value.as_str())).collect();
    lowering.want(address, model, &format!("guardrails.{}", key.value), key.span, previously);
}
