//! All state, behind one lock.

use std::collections::BTreeSet;

use crate::clock::{Clock, Millis};
use crate::config::{Options, Partition};
use crate::ids::Ids;
use crate::organizations::Organization;

/// Everything that the emulator remembers.
///
/// Reads go to the fields; changes go through the methods ending in `_mut`, which note the shard that has to be written to
/// disk before the reply is sent.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) partition: Partition,
    pub(crate) options: Options,
    /// Read here; change it through [`World::organization_mut`].
    pub(crate) organization: Organization,
    clock: Clock,
    ids: Ids,
    dirty: BTreeSet<Shard>,
}

/// The part of the state that is one file on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shard {
    /// Clock, ids and accounts. First in order, so that after a crash between two files no id is given twice.
    Meta,
    Organization,
}

impl World {
    pub(crate) fn new(partition: Partition, options: Options, organization: Organization) -> Self {
        Self { partition, options, organization, clock: Clock::default(), ids: Ids::default(), dirty: BTreeSet::new() }
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// A new id of `length` characters of `[a-z0-9]`; see [`Ids::lower`].
    pub(crate) fn new_id(&mut self, key: &str, length: usize) -> String {
        self.dirty.insert(Shard::Meta);
        self.ids.lower(key, length)
    }

    /// The organization, to change it.
    pub(crate) fn organization_mut(&mut self) -> &mut Organization {
        self.dirty.insert(Shard::Organization);
        &mut self.organization
    }
}
