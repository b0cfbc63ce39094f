//! The section `account_enforcement`.

use std::collections::BTreeMap;

use super::enforced::{Enforced, GuardingEntry, ModelsEntry, VersionName, guarding, models};
use super::{Model, NAME, codes};
use crate::kinds::Kind;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::model::{Address, Region, Scope};
use crate::spec::codes::LATER;
use crate::spec::decode::{Exact, List};
use crate::spec::lower::Lowering;
use crate::spec::schema::SectionSchema;
use crate::spec::selector::{AccountSelector, Selector};
use crate::spec::top::EntryKey;
use crate::spec::{Decoded, REGIONAL, Spec};

crate::entry! {
    /// A guardrail that every model call of an account meets. AWS has one per account and Region.
    pub(crate) struct Entry: "an account enforcement" {
        /// The accounts. Default: the management account, or the caller's without `organization`.
        optional accounts: List<AccountSelector, 1>,
        /// Accounts that are left out.
        optional except: List<AccountSelector>,
        /// The Regions. Default: the Regions of the spec in which the guardrail is.
        optional regions: List<Region, 1>,
        /// The guardrail: a key of `guardrails` or `external_guardrails`.
        required guardrail: Exact<EntryKey>,
        /// The version: a key of `versions`, or a quoted number for one Region. Default: the current content.
        optional version: Exact<VersionName>,
        /// What of a call is examined.
        optional selective_content_guarding: GuardingEntry,
        /// Which models are held to the guardrail.
        optional model_enforcement: ModelsEntry,
    }
}

/// What the section adds to the schema.
pub(crate) const SCHEMA: SectionSchema = SectionSchema::of::<Entry>(
    SECTION,
    "Guardrails enforced on single accounts, by key. AWS has one per account and Region.",
);

/// The name of the section.
const SECTION: &str = "account_enforcement";

/// Reads the entries and reports their faults.
pub(crate) fn decode(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Decoded<Entry>> {
    spec.decode(SECTION, REGIONAL, diagnostics)
}

/// The selectors of an entry.
pub(crate) fn selectors(entry: &Entry) -> impl Iterator<Item = &Selector> {
    let accounts = entry.accounts.iter().flat_map(|list| list.iter());
    let except = entry.except.iter().flat_map(|list| list.iter());
    accounts.chain(except).map(|selector| &*selector.value)
}

/// Reads the entries and adds what they want.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    let mut taken = BTreeMap::new();
    for Decoded { key, entry } in decode(lowering.spec, lowering.diagnostics) {
        if selects_home(&entry, &key, lowering) {
            lower_entry(&key, &entry, &mut taken, lowering);
        }
    }
}

/// Whether the home account is selected, the only one that can be. Reports selectors of others.
fn selects_home(entry: &Entry, key: &Spanned<String>, lowering: &mut Lowering<'_>) -> bool {
    let Some(accounts) = &entry.accounts else {
        return !excepted(entry, key.span, lowering);
    };
    let mut all_home = true;
    for selector in accounts.iter() {
        if !lowering.is_home(selector) {
            let message = format!(
                "`{}` reaches into member accounts, which comes with a later release of bedrail",
                *selector.value
            );
            let fault = Diagnostic::at(selector.span, LATER, message);
            lowering.diagnostics.push(fault.help("enforce in members through `org_policies` for now"));
            all_home = false;
        }
    }
    all_home && !excepted(entry, accounts.span, lowering)
}

fn excepted(entry: &Entry, span: Span, lowering: &mut Lowering<'_>) -> bool {
    let home = entry
        .except
        .iter()
        .flat_map(|list| list.iter())
        .find(|selector| lowering.is_home(selector) || matches!(*selector.value, Selector::All));
    let Some(selector) = home else { return false };
    let fault = Diagnostic::at(span, codes::NO_ACCOUNT, "no account is left").related(selector.span, "excepted here");
    lowering.diagnostics.push(fault.help("remove the entry, or the exception"));
    true
}

fn lower_entry(
    key: &Spanned<String>,
    entry: &Entry,
    taken: &mut BTreeMap<Address, (String, Span)>,
    lowering: &mut Lowering<'_>,
) {
    let Entry { guardrail, version, regions, .. } = entry;
    let enforced = Enforced { guardrail, version: version.as_ref(), regions: regions.as_ref() };
    let Some(declared) = lowering.guardrail(&enforced.key()) else { return };
    for region in enforced.regions(&declared, lowering) {
        let scope = Scope::regional(lowering.facts.home().clone(), region.value.clone());
        let address = Address::new(Kind::AccountEnforcement, scope.clone(), NAME);
        if let Some((other, span)) = taken.get(&address) {
            let message = format!("`{}` and `{other}` both enforce a guardrail in {}", key.value, scope.region_name());
            let fault = Diagnostic::at(key.span, codes::TWICE, message).related(*span, "the other one");
            lowering
                .diagnostics
                .push(fault.help("AWS has one enforcement per account and Region; narrow the `regions` of one"));
            continue;
        }
        taken.insert(address.clone(), (key.value.clone(), key.span));
        let Some(version) = enforced.version_in(&scope, lowering) else { continue };
        let model = Model {
            version,
            selective_content_guarding: guarding(entry.selective_content_guarding.as_ref()),
            model_enforcement: models(entry.model_enforcement.as_ref()),
        };
        lowering.want(address, model, &format!("{SECTION}.{}", key.value), key.span, Vec::new());
    }
}
