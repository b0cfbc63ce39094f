//! The section `versions`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Model, Release, codes};
use crate::kinds::Kind;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::Spanned;
use crate::model::{Address, Ref, Region, Scope};
use crate::spec::decode::{Exact, Map, Text};
use crate::spec::lower::{DeclaredGuardrail, DeclaredVersion, Lowering};
use crate::spec::schema::SectionSchema;
use crate::spec::top::EntryKey;
use crate::spec::{Decoded, REGIONAL, Spec};

crate::text! { pub(crate) VersionNumber: "the number of a version", 1..=8, "[1-9][0-9]*", "a whole number from 1, such as `7`" }
crate::text! { pub(crate) VersionDescription: "the description of a version", 1..=120 }

crate::entry! {
    /// A named, immutable release of a guardrail's content; or, with `numbers`, a name for versions that exist already.
    pub(crate) struct Entry: "a version" {
        /// The key of the guardrail.
        required guardrail: Exact<EntryKey>,
        /// What it is, up to 120 characters.
        optional description: Text<VersionDescription>,
        /// The numbers of existing versions per Region. Nothing is published then.
        optional numbers: Map<Region, Exact<VersionNumber>, 1>,
    }
}

/// What the section says in the JSON Schema.
pub(crate) const SCHEMA: SectionSchema =
    SectionSchema::of::<Entry>("versions", "Named releases of guardrails by key. A key holds a letter.");

/// Words that stand for versions elsewhere in the format.
const RESERVED: [&str; 3] = ["any", "current", "draft"];

/// Reads the entries and reports their faults.
pub(crate) fn decode(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Decoded<Entry>> {
    spec.decode("versions", REGIONAL, diagnostics)
}

/// Reads the entries and adds what they want.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    for Decoded { key, entry } in decode(lowering.spec, lowering.diagnostics) {
        check_key(&key, lowering);
        let of = Spanned::new(entry.guardrail.value.as_str().to_owned(), entry.guardrail.span);
        let Some(guardrail) = lowering.guardrail(&of) else { continue };
        let numbers = entry.numbers.as_ref().map(|numbers| check_numbers(&key, &entry, numbers, &guardrail, lowering));
        if numbers.is_none() && guardrail.is_external() {
            let message = format!("`{}` is managed by others, so no version of it can be published", of.value);
            let fault = Diagnostic::at(of.span, codes::EXTERNAL_PUBLISH, message);
            let fault = fault.related(guardrail.key.span, "declared here");
            lowering.diagnostics.push(fault.help("name versions that exist, with `numbers`"));
            continue;
        }
        for scope in guardrail.scopes.keys() {
            let release = match (&numbers, &scope.region) {
                (None, _) => Release::Named(key.value.clone()),
                (Some(numbers), Some(region)) if !guardrail.is_external() => match numbers.get(region) {
                    Some(number) => Release::Numbered(key.value.clone(), number.clone()),
                    None => continue,
                },
                _ => continue,
            };
            want(&key, &entry, release, &guardrail, scope, lowering);
        }
        lowering.declare_version(DeclaredVersion { key, guardrail: of, numbers });
    }
}

fn want(
    key: &Spanned<String>,
    entry: &Entry,
    release: Release,
    guardrail: &DeclaredGuardrail,
    scope: &Scope,
    lowering: &mut Lowering<'_>,
) {
    let description = match &entry.description {
        Some(description) => match lowering.text(description, scope) {
            Some(description) => Some(description),
            None => return,
        },
        None => None,
    };
    let content = match release {
        Release::Numbered(..) => None,
        // What is at fault has been said; there is nothing to publish.
        Release::Named(_) | Release::Implicit => match guardrail.content(scope) {
            Some(content) => Some(content.digest()),
            None => return,
        },
    };
    let Some(of) = guardrail.address(scope) else { return };
    let model = Model { guardrail: Ref::To(of), release, content, description };
    let address = Address::new(Kind::GuardrailVersion, scope.clone(), key.value.as_str());
    lowering.want(address, model, &format!("versions.{}", key.value), key.span, Vec::new());
}

fn check_key(key: &Spanned<String>, lowering: &mut Lowering<'_>) {
    let message = if RESERVED.contains(&key.as_str()) {
        format!("`{}` has a meaning of its own and cannot be the key of a version", key.value)
    } else if key.chars().any(char::is_alphabetic) {
        return;
    } else {
        format!("the key `{}` of a version holds no letter, so it could be a number of AWS's", key.value)
    };
    let fault = Diagnostic::at(key.span, codes::VERSION_KEY, message);
    lowering.diagnostics.push(fault.help("choose a name such as `baseline-2026-11`"));
}

fn check_numbers(
    key: &Spanned<String>,
    entry: &Entry,
    numbers: &Spanned<Map<Region, Exact<VersionNumber>, 1>>,
    guardrail: &DeclaredGuardrail,
    lowering: &mut Lowering<'_>,
) -> BTreeMap<Region, String> {
    if let Some(description) = &entry.description {
        let message = format!("`{}` names versions that exist, whose descriptions cannot change", key.value);
        let fault = Diagnostic::at(description.span, codes::DESCRIBED_NUMBERS, message);
        lowering.diagnostics.push(fault.help("remove `description`"));
    }
    let accounts: BTreeSet<_> = guardrail.scopes.keys().map(|scope| &scope.account).collect();
    if accounts.len() > 1 {
        let message =
            format!("`{}` is in {} accounts, and each counts its versions itself", guardrail.key.value, accounts.len());
        let fault = Diagnostic::at(numbers.span, codes::NUMBER_ACCOUNTS, message);
        let fault = fault.related(guardrail.key.span, "declared here");
        lowering.diagnostics.push(fault.help("publish a version instead, without `numbers`"));
    }
    for (region, number) in numbers.iter() {
        if !guardrail.regions().any(|held| held == region) {
            let message = format!("the guardrail `{}` is not in {region}", guardrail.key.value);
            let fault = Diagnostic::at(number.key, codes::NUMBER_REGION, message);
            lowering.diagnostics.push(fault.related(guardrail.key.span, "declared here"));
        }
    }
    numbers.iter().map(|(region, number)| (region.clone(), number.value.value.as_str().to_owned())).collect()
}
