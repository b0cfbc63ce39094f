//! The section `external_guardrails`: guardrails that others manage.

use std::collections::BTreeMap;

use super::codes;
use crate::kinds::guardrail_version::section::VersionNumber;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::Spanned;
use crate::model::{AccountId, Region, Scope};
use crate::spec::decode::{Exact, Map, Text};
use crate::spec::lower::{DeclaredGuardrail, Lowering, Origin};
use crate::spec::schema::SectionSchema;
use crate::spec::top::{EntryKey, StackName};
use crate::spec::{Decoded, REGIONAL, Spec};

crate::text! { pub(crate) GuardrailArn: "the ARN of a guardrail", 1..=2048,
"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+",
"written like `arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123`, without a version" }

crate::entry! {
    /// A guardrail that others manage: usable wherever `guardrail` stands, never written. Either `arns` or `from_stack`.
    pub(crate) struct Entry: "an external guardrail" {
        /// Its ARN per Region, without version.
        optional arns: Map<Region, Text<GuardrailArn>, 1>,
        /// The number to use per Region where a reference names none.
        optional versions: Map<Region, Exact<VersionNumber>, 1>,
        /// The stack that declares it; it is found by its marks and used at its newest version.
        optional from_stack: Exact<StackName>,
        /// Its key in that stack. Default: the key here.
        optional name: Exact<EntryKey>,
    }
}

/// What the section says in the JSON Schema.
pub(crate) const SCHEMA: SectionSchema =
    SectionSchema::of::<Entry>("external_guardrails", "Guardrails that others manage, by key.");

/// Reads the entries and reports their faults.
pub(crate) fn decode(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Decoded<Entry>> {
    spec.decode("external_guardrails", REGIONAL, diagnostics)
}

/// Reads the entries and makes them known to references.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    for Decoded { key, entry } in decode(lowering.spec, lowering.diagnostics) {
        let spec = lowering.spec;
        if let Some(ours) = spec.section("guardrails").iter().find(|ours| ours.key == key) {
            let message = format!("`{}` is a key of `guardrails` too", key.value);
            let fault = Diagnostic::at(key.span, codes::KEY_TWICE, message).related(ours.key.span, "the other");
            lowering.diagnostics.push(fault.help("references could mean either; rename one of them"));
            continue;
        }
        let (origin, scopes) = match (&entry.arns, &entry.from_stack) {
            (Some(arns), None) => by_arn(arns, &entry, lowering),
            (None, Some(stack)) => by_mark(stack, &key, &entry, lowering),
            _ => {
                let message = "an external guardrail has either `arns` or `from_stack`";
                lowering.diagnostics.push(Diagnostic::at(key.span, codes::EXTERNAL_FORM, message));
                continue;
            }
        };
        lowering.declare(DeclaredGuardrail { key, origin, scopes });
    }
}

type Scopes = BTreeMap<Scope, Option<super::Model>>;

fn by_arn(
    arns: &Spanned<Map<Region, Text<GuardrailArn>, 1>>,
    entry: &Entry,
    lowering: &mut Lowering<'_>,
) -> (Origin, Scopes) {
    if let Some(name) = &entry.name {
        let message = "`name` belongs to `from_stack`";
        lowering.diagnostics.push(Diagnostic::at(name.span, codes::EXTERNAL_FORM, message));
    }
    let mut known = BTreeMap::new();
    let mut scopes = Scopes::new();
    for (region, arn) in arns.iter() {
        let home = lowering.facts.home_scope(region);
        let Some(text) = lowering.text(&arn.value, &home) else { continue };
        let mut segments = text.split(':').skip(3);
        let (of, account) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        if of != region.as_str() {
            let message = format!("this guardrail is of {of}, not of {region}");
            lowering.diagnostics.push(Diagnostic::at(arn.value.span, codes::ARN_REGION, message));
        }
        if let Ok(account) = account.parse::<AccountId>() {
            scopes.insert(Scope::regional(account, region.clone()), None);
        }
        known.insert(region.clone(), text);
    }
    let mut numbers = BTreeMap::new();
    for (region, number) in entry.versions.iter().flat_map(|versions| versions.iter()) {
        if !arns.contains_key(region) {
            let message = format!("there is a version in {region}, but no ARN");
            lowering.diagnostics.push(Diagnostic::at(number.key, codes::NUMBER_WITHOUT_ARN, message));
        }
        numbers.insert(region.clone(), number.value.value.as_str().to_owned());
    }
    (Origin::Arns { arns: known, numbers }, scopes)
}

fn by_mark(
    stack: &Spanned<Exact<StackName>>,
    key: &Spanned<String>,
    entry: &Entry,
    lowering: &mut Lowering<'_>,
) -> (Origin, Scopes) {
    if let Some(versions) = &entry.versions {
        let message = "`versions` belongs to `arns`: a guardrail of another stack is used at its newest version";
        lowering.diagnostics.push(Diagnostic::at(versions.span, codes::EXTERNAL_FORM, message));
    }
    if stack.value == lowering.top.stack.value {
        let fault = Diagnostic::at(stack.span, codes::OWN_STACK, format!("`{}` is this stack", stack.value));
        lowering.diagnostics.push(fault.help("a guardrail of this stack is declared under `guardrails`"));
    }
    let name = entry.name.as_ref().map_or(key.as_str(), |name| name.value.as_str()).to_owned();
    // Which Regions it is in is for AWS to say.
    let regions = lowering.facts.bedrock_regions.iter().chain(lowering.top.regions.iter().map(|region| &region.value));
    let scopes = regions.map(|region| (lowering.facts.home_scope(region), None)).collect();
    (Origin::Stack { stack: stack.value.as_str().to_owned(), name }, scopes)
}
