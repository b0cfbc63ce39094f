//! Pointers that will move, and the versions that must be compared to judge it: the one at which an enforcement or policy
//! of the spec points, where it will point at another; and that other one, where it exists. What the plan publishes is
//! known without a call.

use std::collections::BTreeMap;

use super::contents::of_others;
use super::guardrails::guardrail_of;
use crate::kinds::guardrail::Content;
use crate::kinds::guardrail_version::{Model as Version, Release};
use crate::kinds::{Kind, Model, account_enforcement, org_policy};
use crate::model::{Address, Desired, Digest, Marker, Raw, Readings, Ref, Region, RemoteId, Scope};

/// What the lists tell of pointers and versions.
pub(super) struct Moves<'a> {
    pub(super) readings: &'a Readings,
    pub(super) desired: &'a Desired,
    /// The addresses that guardrails and policies have by their marks, or would have if they were adopted.
    pub(super) addresses: BTreeMap<&'a RemoteId, Address>,
    /// The versions by guardrail.
    pub(super) versions: BTreeMap<&'a RemoteId, Vec<(&'a Raw, Option<&'a Marker>)>>,
}

impl<'a> Moves<'a> {
    pub(super) fn compared(&self) -> BTreeMap<RemoteId, Scope> {
        let mut compared = BTreeMap::new();
        for raw in &self.readings.items {
            for Pointer { have, want, from } in self.pointers(raw) {
                let reached = self.reached(&want);
                let stays = match &reached {
                    Reached::Version(id) => *id == have,
                    Reached::Content(of, content) => {
                        let have_of = guardrail_of(&have).and_then(|of| self.addresses.get(&of));
                        have_of == Some(of) && promises(self.marker_of(&have), content)
                    }
                    Reached::Unknown => false,
                };
                if stays {
                    continue;
                }
                if let Reached::Version(id) = reached {
                    let from = self.from(&id, &from);
                    compared.insert(id, from);
                }
                let from = self.from(&have, &from);
                compared.insert(have, from);
            }
        }
        compared
    }

    /// Where a version is read: in the account that owns it, if that is one of the spec's, else where something points at it.
    fn from(&self, version: &RemoteId, pointed: &Scope) -> Scope {
        let mut place = version.as_str().split(':').skip(3);
        let (region, account) = (place.next(), place.next().and_then(|account| account.parse().ok()));
        match (region, account) {
            (Some(region), Some(account)) if self.desired.accounts.contains(&account) => {
                Scope::regional(account, Region::new(region))
            }
            _ => pointed.clone(),
        }
    }

    /// The pointers of an enforcement or policy that the spec wants, where they point and where they are wanted to point.
    fn pointers(&self, raw: &Raw) -> Vec<Pointer> {
        let address = match raw.kind {
            Kind::AccountEnforcement => Some(Address::new(raw.kind, raw.scope.clone(), account_enforcement::NAME)),
            _ => self.addresses.get(&raw.id).cloned(),
        };
        let wanted = address.and_then(|address| self.desired.wanted(&address));
        match (&raw.model, wanted.map(|wanted| &wanted.model)) {
            (Some(Model::AccountEnforcement(have)), Some(Model::AccountEnforcement(want))) => {
                Pointer::of(&have.version, &want.version, raw.scope.clone()).into_iter().collect()
            }
            (Some(Model::OrgPolicy(have)), Some(Model::OrgPolicy(want))) => {
                let want = org_policy::configurations(&want.document);
                let both = org_policy::configurations(&have.document).into_iter().filter_map(|(place, have)| {
                    let from = Scope::regional(raw.scope.account.clone(), Region::new(place.0.as_str()));
                    Pointer::of(&have?.version, &want.get(&place)?.as_ref()?.version, from)
                });
                both.collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a pointer will point at.
    fn reached(&self, want: &Ref) -> Reached {
        let address = match want {
            Ref::Foreign(id) => return Reached::Version(id.clone()),
            Ref::To(address) => address,
        };
        let Some(Model::GuardrailVersion(Version { guardrail, release, content, .. })) =
            self.desired.resources.get(address).map(|wanted| &wanted.model)
        else {
            return of_others(self.readings, self.desired, address).map_or(Reached::Unknown, Reached::Version);
        };
        let mut versions = guardrail.address().into_iter().flat_map(|of| self.versions_of(of)).flatten();
        let found = match (release, content) {
            (Release::Implicit, Some(content)) => match guardrail.address() {
                Some(of) => return Reached::Content(of.clone(), content.clone()),
                None => None,
            },
            (Release::Implicit, None) => None,
            (Release::Named(key), _) => {
                let bears = |marker: Option<&Marker>| marker.is_some_and(|it| it.key.as_ref() == Some(key));
                versions.find(|(_, marker)| bears(*marker))
            }
            (Release::Numbered(_, number), _) => versions.find(|(raw, _)| raw.name == *number),
        };
        found.map_or(Reached::Unknown, |(raw, _)| Reached::Version(raw.id.clone()))
    }

    fn versions_of(&self, guardrail: &Address) -> impl Iterator<Item = &Vec<(&'a Raw, Option<&'a Marker>)>> {
        let arns = self.addresses.iter().filter(move |(_, address)| *address == guardrail);
        arns.filter_map(|(arn, _)| self.versions.get(arn))
    }

    /// The marker of a version that was seen.
    fn marker_of(&self, version: &RemoteId) -> Option<&'a Marker> {
        let versions = self.versions.get(&guardrail_of(version)?)?;
        versions.iter().find(|(raw, _)| raw.id == *version)?.1
    }
}

/// Where something points, and where it is wanted to point.
struct Pointer {
    have: RemoteId,
    want: Ref,
    /// From where both can be read.
    from: Scope,
}

impl Pointer {
    fn of(have: &Ref, want: &Ref, from: Scope) -> Option<Self> {
        match have {
            Ref::Foreign(id) if guardrail_of(id).is_some() => Some(Self { have: id.clone(), want: want.clone(), from }),
            _ => None,
        }
    }
}

/// What a pointer will point at, as far as the lists tell.
enum Reached {
    /// A version that exists.
    Version(RemoteId),
    /// Any version of this guardrail with this content.
    Content(Address, Digest),
    /// A version that does not exist yet, or that nobody sees.
    Unknown,
}

pub(super) fn promises(marker: Option<&Marker>, content: &Digest) -> bool {
    marker.is_some_and(|marker| marker.scheme == Content::DIGEST_SCHEME && marker.hint == content.short())
}
