use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Result, Value};

use super::{Change, Key, Part, change, misplaced, read};

/// Values by key. Reading it is reading a [`BTreeMap`].
#[derive(Clone, Debug)]
pub(crate) struct Entities<K, V> {
    entries: BTreeMap<K, V>,
    /// Put, borrowed to be changed, or removed.
    changed: BTreeSet<K>,
}

impl<K, V> Entities<K, V> {
    pub(crate) const fn new() -> Self {
        Self { entries: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

impl<K: Key, V> Entities<K, V> {
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.changed.insert(key.clone());
        self.entries.insert(key, value)
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (key, value) = self.entries.remove_entry(key)?;
        self.changed.insert(key);
        Some(value)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (key, _) = self.entries.get_key_value(key)?;
        self.changed.insert(key.clone());
        self.entries.get_mut(key.clone().borrow())
    }

    /// The value, to change it; made first if there is none.
    pub(crate) fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        self.changed.insert(key.clone());
        self.entries.entry(key).or_insert_with(value)
    }

    /// Changes every value.
    pub(crate) fn edit_all(&mut self, mut edit: impl FnMut(&K, &mut V)) {
        for (key, value) in &mut self.entries {
            edit(key, value);
            self.changed.insert(key.clone());
        }
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&K, &V) -> bool) {
        let gone: Vec<K> =
            self.entries.iter().filter(|(key, value)| !keep(key, value)).map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.entries.remove(&key);
            self.changed.insert(key);
        }
    }
}

impl<K, V> Default for Entities<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Deref for Entities<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl<K, V> From<BTreeMap<K, V>> for Entities<K, V> {
    fn from(entries: BTreeMap<K, V>) -> Self {
        Self { entries, changed: BTreeSet::new() }
    }
}

impl<K: Key, V> Extend<(K, V)> for Entities<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<'a, K, V> IntoIterator for &'a Entities<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = std::collections::btree_map::Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<K: Ord, V: PartialEq> PartialEq for Entities<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<K: Serialize, V: Serialize> Serialize for Entities<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.entries.serialize(serializer)
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for Entities<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Self::from)
    }
}

impl<K: Key, V: Serialize + DeserializeOwned> Part for Entities<K, V> {
    fn take_changes(&mut self, path: &mut Vec<String>, changes: &mut Vec<Change>) -> Result<()> {
        for key in std::mem::take(&mut self.changed) {
            path.push(key.text());
            changes.push(change(path, self.entries.get(&key))?);
            path.pop();
        }
        Ok(())
    }

    fn carry_out(&mut self, path: &[String], value: Option<Value>) -> Result<()> {
        let [key] = path else { return Err(misplaced(path)) };
        let key = K::parse(key).ok_or_else(|| misplaced(path))?;
        match value {
            Some(value) => self.entries.insert(key, read(value)?),
            None => self.entries.remove(&key),
        };
        Ok(())
    }

    fn forget_changes(&mut self) {
        self.changed.clear();
    }
}
