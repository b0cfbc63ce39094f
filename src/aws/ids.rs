//! Addresses and the ids that AWS gave them, filled as actions are done.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use super::error::ApplyError;
use crate::model::{Address, Document, Ref, RemoteId};

/// The id behind each address, shared by all actions of a run.
#[derive(Debug, Default)]
pub struct Ids(RwLock<BTreeMap<Address, RemoteId>>);

impl Ids {
    /// The id of `address`, once it has one.
    pub fn get(&self, address: &Address) -> Option<RemoteId> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(address).cloned()
    }

    /// Notes the id of `address`.
    pub fn insert(&self, address: Address, id: RemoteId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(address, id);
    }

    /// Forgets the id of `address`.
    pub fn remove(&self, address: &Address) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(address);
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
        let ids = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let json = document.render(&|address| ids.get(address)).map_err(ApplyError::Unresolved)?;
        Ok(json.to_string())
    }
}

impl FromIterator<(Address, RemoteId)> for Ids {
    fn from_iter<I: IntoIterator<Item = (Address, RemoteId)>>(pairs: I) -> Self {
        Self(RwLock::new(pairs.into_iter().collect()))
    }
}
