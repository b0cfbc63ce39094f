//! Which ids serve which addresses, as far as AWS has been read.

use std::collections::{BTreeMap, BTreeSet};

use super::address::Address;
use super::reference::{Ref, RemoteId};

/// The ids behind our addresses, and the address that an id goes by.
///
/// One address may be served by several ids: any version with the wanted content serves an implicit version. One id may
/// serve several addresses: a named version also serves the implicit address of its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    serving: BTreeMap<Address, BTreeSet<RemoteId>>,
    known_as: BTreeMap<RemoteId, Address>,
}

impl Names {
    /// Notes that `id` serves `address`. The first address noted for an id is the one it goes by.
    pub fn serve(&mut self, address: Address, id: RemoteId) {
        self.known_as.entry(id.clone()).or_insert_with(|| address.clone());
        self.serving.entry(address).or_default().insert(id);
    }

    /// Notes that `address` exists under an id that is another thing's: a resource policy goes by the ARN of its guardrail
    /// or profile, and where that ARN stands in a document, it does not mean the policy.
    pub fn attach(&mut self, address: Address, id: RemoteId) {
        self.serving.entry(address).or_default().insert(id);
    }

    /// Notes that `id` goes by `address` in reports, without serving it: its content has not been read, so nothing is
    /// pointed at it on the strength of a marker.
    pub fn call(&mut self, address: Address, id: RemoteId) {
        self.known_as.entry(id).or_insert(address);
    }

    /// The ids that serve `address`, least first.
    pub fn ids(&self, address: &Address) -> impl DoubleEndedIterator<Item = &RemoteId> {
        self.serving.get(address).into_iter().flatten()
    }

    /// Every address with the id to point at: of several the one that sorts last, which for versions of one guardrail is
    /// one of the newer.
    pub fn serving(&self) -> impl Iterator<Item = (&Address, &RemoteId)> {
        self.serving.iter().filter_map(|(address, ids)| Some((address, ids.last()?)))
    }

    /// The address that `id` goes by.
    pub fn address(&self, id: &RemoteId) -> Option<&Address> {
        self.known_as.get(id)
    }

    /// Whether a pointer as read from AWS already points at what is wanted.
    pub fn satisfies(&self, have: &Ref, want: &Ref) -> bool {
        match (have, want) {
            (Ref::Foreign(id), Ref::To(address)) => self.ids(address).any(|serving| serving == id),
            _ => have == want,
        }
    }

    /// A pointer as read from AWS in the words of `want`, or else by the address it goes by.
    pub fn align(&self, have: &mut Ref, want: Option<&Ref>) {
        if let Some(want) = want
            && self.satisfies(have, want)
        {
            *have = want.clone();
        } else if let Ref::Foreign(id) = have
            && let Some(address) = self.address(id)
        {
            *have = Ref::To(address.clone());
        }
    }
}
