//! The section `account_enforcement`.

use std::collections::{BTreeMap, BTreeSet};

use super::enforced::{Enforced, GuardingEntry, ModelsEntry, VersionName, guarding, models};
use super::{Model, NAME, codes};
use crate::kinds::Kind;
use crate::kinds::resource_policy::section::of_guardrail;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::model::{AccountId, Address, Region, Scope};
use crate::spec::decode::{Exact, List};
use crate::spec::lower::{DeclaredGuardrail, Lowering};
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
        let accounts = lowering.accounts(entry.accounts.as_ref(), entry.except.as_ref(), key.span);
        lower_entry(&key, &entry, &accounts, &mut taken, lowering);
    }
}

/// The resource policies of the spec that let the account of `scope` apply a guardrail of another account: AWS takes no
/// enforcement of one that the account may not apply.
fn permissions(declared: &DeclaredGuardrail, scope: &Scope, lowering: &Lowering<'_>) -> Vec<Address> {
    let held = declared.scope_for(scope, lowering.facts.home());
    let held = held.filter(|held| !declared.is_external() && held.account != scope.account);
    held.map(|held| of_guardrail(declared, held, lowering)).unwrap_or_default()
}

fn lower_entry(
    key: &Spanned<String>,
    entry: &Entry,
    accounts: &BTreeSet<AccountId>,
    taken: &mut BTreeMap<Address, (String, Span)>,
    lowering: &mut Lowering<'_>,
) {
    let Entry { guardrail, version, regions, .. } = entry;
    let enforced = Enforced { guardrail, version: version.as_ref(), regions: regions.as_ref() };
    let Some(declared) = lowering.guardrail(&enforced.key()) else { return };
    let regions = enforced.regions(&declared, lowering);
    let scopes =
        regions.iter().flat_map(|region| accounts.iter().map(|account| (account.clone(), region.value.clone())));
    let mut met = None;
    for (account, region) in scopes {
        let scope = Scope::regional(account, region);
        let address = Address::new(Kind::AccountEnforcement, scope.clone(), NAME);
        if let Some((other, span)) = taken.get(&address) {
            met.get_or_insert_with(|| (scope, other.clone(), *span));
            continue;
        }
        taken.insert(address.clone(), (key.value.clone(), key.span));
        let Some(version) = enforced.version_in(&scope, lowering) else { continue };
        let model = Model {
            version,
            selective_content_guarding: guarding(entry.selective_content_guarding.as_ref()),
            model_enforcement: models(entry.model_enforcement.as_ref()),
            needs: permissions(&declared, &scope, lowering),
        };
        lowering.want(address, model, &format!("{SECTION}.{}", key.value), key.span, Vec::new());
    }
    if let Some((scope, other, span)) = met {
        let place = lowering.place(&scope);
        let message = format!("`{}` and `{other}` both enforce a guardrail in {place}", key.value);
        let fault = Diagnostic::at(key.span, codes::TWICE, message).related(span, "the other one");
        let advice = "AWS has one enforcement per account and Region; narrow the `accounts` or `regions` of one";
        lowering.diagnostics.push(fault.help(advice));
    }
}
