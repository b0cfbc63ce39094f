//! Which guardrails are ours while what AWS answered is being recognised, and where their versions belong.

use std::collections::{BTreeMap, BTreeSet};

pub(super) use crate::kinds::guardrail_version::guardrail_of;
use crate::kinds::guardrail_version::{self, Release, external_name};
use crate::kinds::{Kind, Model};
use crate::model::{
    Address, Desired, Document, Evidence, Found, Live, Marker, Owner, Raw, Ref, RemoteId, SeenVersion, Unmanaged,
};

/// The guardrails that have an address, by ARN.
#[derive(Default)]
pub(super) struct Guardrails {
    known: BTreeMap<RemoteId, (Address, Owner)>,
    external: BTreeMap<RemoteId, Address>,
    /// The highest version of each external guardrail.
    newest: BTreeMap<RemoteId, (u32, RemoteId)>,
}

impl Guardrails {
    pub(super) fn ours(&mut self, arn: RemoteId, address: Address, owner: Owner) {
        self.known.insert(arn, (address, owner));
    }

    pub(super) fn external(&mut self, arn: RemoteId, address: Address) {
        self.external.insert(arn, address);
    }

    pub(super) fn get(&self, arn: &RemoteId) -> Option<&(Address, Owner)> {
        self.known.get(arn)
    }

    /// The guardrail of a version's `ARN:number`.
    pub(super) fn of_version(&self, version: &RemoteId) -> Option<&(Address, Owner)> {
        self.known.get(&guardrail_of(version)?)
    }

    /// Whether the guardrail of a version carries this stack's mark.
    pub(super) fn owns_version(&self, version: &RemoteId) -> bool {
        self.of_version(version).is_some_and(|(_, owner)| *owner == Owner::Ours)
    }

    /// Gives a version its addresses: by key, by number, and by content where that was read.
    pub(super) fn version(&mut self, raw: &Raw, desired: &Desired, live: &mut Live) {
        let Evidence::Version { of, marker } = &raw.evidence else { return };
        let Ok(number) = raw.name.parse::<u32>() else { return };
        if let Some(external) = self.external.get(of) {
            let name = external_name(&external.name, Some(&raw.name));
            live.names.serve(Address::new(raw.kind, raw.scope.clone(), name), raw.id.clone());
            let newest = self.newest.entry(of.clone()).or_insert((number, raw.id.clone()));
            if newest.0 < number {
                *newest = (number, raw.id.clone());
            }
        }
        let Some((guardrail, owner)) = self.known.get(of) else { return };
        let content = match &raw.model {
            Some(Model::GuardrailVersion(model)) => model.content.clone(),
            _ => None,
        };
        let at = |name: String| Address::new(Kind::GuardrailVersion, raw.scope.clone(), name);
        let mut addresses = Vec::new();
        if let Some(key) = marker.as_ref().and_then(|marker| marker.key.as_ref()) {
            let address = at(key.clone());
            // A key that now belongs to another guardrail is not served by the version that bore it here.
            let elsewhere = match desired.resources.get(&address).map(|wanted| &wanted.model) {
                Some(Model::GuardrailVersion(want)) => want.guardrail.address() != Some(guardrail),
                _ => false,
            };
            if !elsewhere {
                addresses.push(address);
            }
        }
        addresses.extend(numbered(desired, guardrail, &raw.name));
        if let Some(content) = &content {
            addresses.push(at(guardrail_version::implicit_name(&guardrail.name, content)));
        }
        for address in &addresses {
            live.names.serve(address.clone(), raw.id.clone());
        }
        let release = |address: &Address| match (desired.resources.get(address).map(|wanted| &wanted.model), marker) {
            (Some(Model::GuardrailVersion(want)), _) => want.release.clone(),
            (_, Some(Marker { key: Some(key), .. })) => Release::Named(key.clone()),
            _ => Release::Implicit,
        };
        match (addresses.first(), marker) {
            (Some(address), _) => {
                let model = guardrail_version::Model {
                    guardrail: Ref::To(guardrail.clone()),
                    release: release(address),
                    content: content.clone(),
                    description: None,
                };
                let found = Found {
                    id: raw.id.clone(),
                    model: model.into(),
                    owner: owner.clone(),
                    fact: raw.fact.clone(),
                    changed_at: raw.changed_at.clone(),
                };
                // Of several versions with one implicit address the newest stands for it.
                live.found.insert(address.clone(), found);
            }
            // Its content was not read, so it has a name for reports and serves nothing.
            (None, Some(marker)) => {
                live.names.call(at(format!("{}@{}", guardrail.name, marker.hint)), raw.id.clone());
            }
            (None, None) => live.unmanaged.push(Unmanaged {
                address: at(format!("{}@{}", guardrail.name, raw.name)),
                id: raw.id.clone(),
                note: "a version that bedrail did not publish".to_owned(),
            }),
        }
        let seen =
            SeenVersion { number, id: raw.id.clone(), marker: marker.clone(), content, profile: raw.profile.clone() };
        live.versions.entry(guardrail.clone()).or_default().push(seen);
    }

    /// A reference to a guardrail of another stack without a version means its newest one.
    pub(super) fn settle_external(&self, live: &mut Live) {
        for (arn, (_, version)) in &self.newest {
            if let Some(guardrail) = self.external.get(arn) {
                let name = external_name(&guardrail.name, None);
                let address = Address::new(Kind::GuardrailVersion, guardrail.scope.clone(), name);
                live.names.serve(address, version.clone());
            }
        }
    }
}

/// The keys under `versions` that name this number.
fn numbered<'a>(desired: &'a Desired, guardrail: &'a Address, number: &'a str) -> impl Iterator<Item = Address> + 'a {
    desired.resources.iter().filter_map(move |(address, wanted)| match &wanted.model {
        Model::GuardrailVersion(model)
            if model.guardrail.address() == Some(guardrail)
                && matches!(&model.release, Release::Numbered(_, wanted) if wanted == number) =>
        {
            Some(address.clone())
        }
        _ => None,
    })
}

/// The versions that a document of AWS's names; and of a guardrail any of whose versions it names, the ARN.
pub(super) fn identifiers(document: &Document) -> BTreeSet<RemoteId> {
    let named = |text: String| match text.strip_suffix(":*") {
        Some(arn) if arn.contains(":guardrail/") => Some(RemoteId::new(arn)),
        _ => Some(RemoteId::new(text)).filter(|id| guardrail_of(id).is_some()),
    };
    document.texts().filter_map(named).collect()
}
