//! Which versions must be read to know what they hold. Each costs a call, so only those whose content decides something.

use std::collections::{BTreeMap, BTreeSet};

use super::losing;
use super::moves::{Moves, promises};
use crate::kinds::guardrail_version::Release;
use crate::kinds::{Kind, Model};
use crate::model::{Address, Desired, Evidence, Facts, Marker, Needed, Owner, Raw, Readings, RemoteId, owner_of};

/// The versions whose content must be read: for each content that is wanted of a guardrail, those whose marker promises
/// it, since a marker is only a hint; and where none does, those without a marker, since any version with that content
/// serves. Besides, those that a moving pointer leaves or reaches, to compare them; and the enforced configurations and
/// the IAM policies of accounts that lose a permission.
pub fn contents_needed(readings: &Readings, desired: &Desired, facts: &Facts) -> Needed {
    let guardrails = addresses(readings, desired);
    let mut versions: BTreeMap<&RemoteId, Vec<(&Raw, Option<&Marker>)>> = BTreeMap::new();
    for raw in &readings.items {
        if let Evidence::Version { of, marker } = &raw.evidence {
            versions.entry(of).or_default().push((raw, marker.as_ref()));
        }
    }
    let mut needed = BTreeSet::new();
    for wanted in desired.resources.values() {
        let Model::GuardrailVersion(model) = &wanted.model else { continue };
        let (Release::Implicit, Some(content), Some(guardrail)) =
            (&model.release, &model.content, model.guardrail.address())
        else {
            continue;
        };
        let all =
            guardrails.iter().filter(|(_, address)| *address == guardrail).filter_map(|(arn, _)| versions.get(arn));
        for versions in all {
            let promised = |marker: Option<&Marker>| promises(marker, content);
            let ids = |select: &dyn Fn(Option<&Marker>) -> bool| -> Vec<RemoteId> {
                versions.iter().filter(|(_, marker)| select(*marker)).map(|(raw, _)| raw.id.clone()).collect()
            };
            let candidates = ids(&promised);
            needed.extend(if candidates.is_empty() {
                ids(&|marker: Option<&Marker>| marker.is_none())
            } else {
                candidates
            });
        }
    }
    needed.extend(pointed_at(readings, desired, &guardrails));
    let compared = Moves { readings, desired, addresses: guardrails, versions }.compared();
    let (enforcements, callers) = losing::besides(readings, desired, facts);
    Needed { recognised: needed, compared, enforcements, callers }
}

/// The named and numbered versions that something of the spec enforces, and whose content is not known to be the one that
/// the spec declares: whether they can be enforced is to be seen.
fn pointed_at(readings: &Readings, desired: &Desired, guardrails: &BTreeMap<&RemoteId, Address>) -> BTreeSet<RemoteId> {
    let is_pointer = |model: &&Model| matches!(model, Model::AccountEnforcement(_) | Model::OrgPolicy(_));
    let pointers = desired.resources.values().map(|wanted| &wanted.model).filter(is_pointer);
    let mut needed = BTreeSet::new();
    for address in pointers.flat_map(Model::requires).filter(|address| address.kind == Kind::GuardrailVersion) {
        let Some(Model::GuardrailVersion(version)) = desired.resources.get(&address).map(|wanted| &wanted.model) else {
            needed.extend(of_others(readings, desired, &address));
            continue;
        };
        let declared = version.guardrail.address().and_then(|guardrail| desired.resources.get(guardrail));
        let current = match declared.map(|wanted| &wanted.model) {
            Some(Model::Guardrail(model)) => Some(model.content.digest()),
            _ => None,
        };
        let is_it = |raw: &&Raw| {
            let Evidence::Version { of, marker } = &raw.evidence else { return false };
            let of_guardrail = guardrails.get(of) == version.guardrail.address();
            let as_declared =
                marker.as_ref().zip(current.as_ref()).is_some_and(|(marker, it)| marker.hint == it.short());
            let named = match &version.release {
                Release::Named(key) => marker.as_ref().is_some_and(|marker| marker.key.as_ref() == Some(key)),
                Release::Numbered(_, number) => raw.name == *number,
                Release::Implicit => false,
            };
            of_guardrail && named && !as_declared
        };
        needed.extend(readings.items.iter().filter(is_it).map(|raw| raw.id.clone()));
    }
    needed
}

/// The version of a guardrail of another stack that an address stands for: a number, or the newest.
pub(super) fn of_others(readings: &Readings, desired: &Desired, version: &Address) -> Option<RemoteId> {
    let (key, number) = version.name.split_once('@')?;
    let mark = desired.external.get(&Address::new(Kind::Guardrail, version.scope.clone(), key))?;
    let marked = |raw: &&Raw| match &raw.evidence {
        Evidence::Tags(tags) if raw.kind == Kind::Guardrail && raw.scope == version.scope => {
            owner_of(tags, &desired.stack) == (Owner::Other(mark.stack.clone()), Some(mark.name.clone()))
        }
        _ => false,
    };
    let arn = &readings.items.iter().find(marked)?.id;
    let versions =
        readings.items.iter().filter(|raw| matches!(&raw.evidence, Evidence::Version { of, .. } if of == arn));
    let mut numbered: Vec<(u32, &Raw)> = versions.filter_map(|raw| Some((raw.name.parse().ok()?, raw))).collect();
    numbered.sort_by_key(|(number, _)| *number);
    let found = match number.parse::<u32>() {
        Ok(number) => numbered.iter().find(|(other, _)| *other == number),
        Err(_) => numbered.last(),
    };
    found.map(|(_, raw)| raw.id.clone())
}

/// The addresses that guardrails and policies have by their marks, or would have if they were adopted.
pub(super) fn addresses<'a>(readings: &'a Readings, desired: &Desired) -> BTreeMap<&'a RemoteId, Address> {
    let address = |raw: &'a Raw| {
        let Evidence::Tags(tags) = &raw.evidence else { return None };
        let (owner, name) = owner_of(tags, &desired.stack);
        let by_mark = name.filter(|_| owner == Owner::Ours);
        let marked = by_mark.map(|name| Address::new(raw.kind, raw.scope.clone(), name));
        let staged = desired.staged.values().map(|staged| (&staged.next, &staged.wanted));
        let found = desired.resources.iter().chain(staged).find(|(address, wanted)| match &marked {
            Some(marked) => *address == marked || wanted.previously.contains(marked),
            None => {
                address.scope == raw.scope
                    && match &wanted.model {
                        Model::Guardrail(model) => raw.kind == Kind::Guardrail && model.name == raw.name,
                        Model::OrgPolicy(model) => {
                            raw.kind == Kind::OrgPolicy && model.is_namesake(&raw.name, raw.model.as_ref())
                        }
                        _ => false,
                    }
            }
        });
        found.map(|(address, _)| (&raw.id, address.clone()))
    };
    readings.items.iter().filter_map(address).collect()
}
