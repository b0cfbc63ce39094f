//! Which versions must be read to know what they hold. Each costs a call, so only those whose content decides something.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::guardrail::Content;
use crate::kinds::guardrail_version::Release;
use crate::kinds::{Kind, Model};
use crate::model::{Address, Desired, Evidence, Marker, Owner, Raw, Readings, RemoteId, owner_of};

/// The versions whose content must be read: for each content that is wanted of a guardrail, those whose marker promises
/// it, since a marker is only a hint; and where none does, those without a marker, since any version with that content
/// serves.
pub fn contents_needed(readings: &Readings, desired: &Desired) -> BTreeSet<RemoteId> {
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
            let promised = |marker: Option<&Marker>| {
                marker.is_some_and(|marker| marker.scheme == Content::DIGEST_SCHEME && marker.hint == content.short())
            };
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
    needed
}

/// The addresses that guardrails have by their marks, or would have if they were adopted.
fn addresses<'a>(readings: &'a Readings, desired: &Desired) -> BTreeMap<&'a RemoteId, Address> {
    let guardrails = readings.items.iter().filter(|raw| raw.kind == Kind::Guardrail);
    let address = |raw: &'a Raw| {
        let Evidence::Tags(tags) = &raw.evidence else { return None };
        let (owner, name) = owner_of(tags, &desired.stack);
        let by_mark = name.filter(|_| owner == Owner::Ours);
        let marked = by_mark.map(|name| Address::new(Kind::Guardrail, raw.scope.clone(), name));
        let found = desired.resources.iter().find(|(address, wanted)| match &marked {
            Some(marked) => *address == marked || wanted.previously.contains(marked),
            None => {
                address.scope == raw.scope && matches!(&wanted.model, Model::Guardrail(model) if model.name == raw.name)
            }
        });
        found.map(|(address, _)| (&raw.id, address.clone()))
    };
    guardrails.filter_map(address).collect()
}
