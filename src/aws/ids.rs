//! Addresses and the ids that AWS gave them, filled as actions are done.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use super::error::ApplyError;
use crate::model::{Address, Document, Names, Ref, RemoteId};

/// The id behind each address, shared by all actions of a run.
#[derive(Debug, Default)]
pub struct Ids {
    known: RwLock<BTreeMap<Address, RemoteId>>,
    /// What went by which address when the plan was made.
    planned: Names,
}

impl Ids {
    /// The ids that were there when the plan was made: of several that serve an address, the one to point at.
    pub fn of(planned: &Names) -> Self {
        let known = planned.serving().map(|(address, id)| (address.clone(), id.clone()));
        Self { known: RwLock::new(known.collect()), planned: planned.clone() }
    }

    /// What goes by which address by now, and what did when the plan was made.
    pub(crate) fn names(&self) -> Names {
        let mut names = self.planned.clone();
        for (address, id) in self.known.read().unwrap_or_else(PoisonError::into_inner).iter() {
            names.serve(address.clone(), id.clone());
        }
        names
    }

    /// The id of `address`, once it has one.
    pub fn get(&self, address: &Address) -> Option<RemoteId> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(address).cloned()
    }

    /// Notes the id of `address`.
    pub fn insert(&self, address: Address, id: RemoteId) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(address, id);
    }

    /// Forgets the id of `address`.
    pub fn remove(&self, address: &Address) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(address);
    }

    /// The id that a pointer stands for at this moment.
    ///
    /// # Errors
    /// [`ApplyError::Unresolved`] where the address has no id yet.
    pub fn resolve(&self, pointer: &Ref) -> Result<RemoteId, ApplyError> {
        match pointer {
            Ref::Foreign(id) => Ok(id.clone()),
            Ref::To(address) => self.get(address).ok_or_else(|| ApplyError::Unresolved(address.clone())),
        }
    }

    /// The document as AWS takes it: minified JSON, every reference an id.
    ///
    /// # Errors
    /// [`ApplyError::Unresolved`] where a reference has no id yet.
    pub fn render(&self, document: &Document) -> Result<String, ApplyError> {
        let ids = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let json = document.render(&|address| ids.get(address)).map_err(ApplyError::Unresolved)?;
        Ok(json.to_string())
    }
}

impl FromIterator<(Address, RemoteId)> for Ids {
    fn from_iter<I: IntoIterator<Item = (Address, RemoteId)>>(pairs: I) -> Self {
        Self { known: RwLock::new(pairs.into_iter().collect()), planned: Names::default() }
    }
}
