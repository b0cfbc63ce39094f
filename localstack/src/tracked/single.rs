use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Result, Value};

use super::{Change, Part, change, misplaced, read};

/// One value. Whoever borrows it to change it is taken to have changed it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Single<T> {
    value: T,
    changed: bool,
}

impl<T> Single<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value, changed: false }
    }
}

impl<T> Deref for Single<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Single<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }
}

impl<T> From<T> for Single<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: PartialEq> PartialEq for Single<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Serialize> Serialize for Single<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Single<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

impl<T: Serialize + DeserializeOwned> Part for Single<T> {
    fn take_changes(&mut self, path: &mut Vec<String>, changes: &mut Vec<Change>) -> Result<()> {
        if std::mem::take(&mut self.changed) {
            changes.push(change(path, Some(&self.value))?);
        }
        Ok(())
    }

    fn carry_out(&mut self, path: &[String], value: Option<Value>) -> Result<()> {
        match (path, value) {
            ([], Some(value)) => read(value).map(|value| self.value = value),
            _ => Err(misplaced(path)),
        }
    }

    fn forget_changes(&mut self) {
        self.changed = false;
    }
}
