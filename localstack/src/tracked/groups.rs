use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Result, Value};

use super::{Change, Key, Part, change, misplaced, read};

/// Parts by key. Reading it is reading a [`BTreeMap`].
#[derive(Clone, Debug)]
pub(crate) struct Groups<K, P> {
    entries: BTreeMap<K, P>,
    changed: BTreeMap<K, Extent>,
}

/// How much of an entry changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// What the part itself noted.
    Within,
    /// The entry came or went.
    Whole,
}

impl<K, P> Groups<K, P> {
    pub(crate) const fn new() -> Self {
        Self { entries: BTreeMap::new(), changed: BTreeMap::new() }
    }
}

impl<K: Key, P> Groups<K, P> {
    pub(crate) fn insert(&mut self, key: K, part: P) -> Option<P> {
        self.changed.insert(key.clone(), Extent::Whole);
        self.entries.insert(key, part)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut P>
    where
        K: Borrow<Q>,
    {
        let (key, _) = self.entries.get_key_value(key)?;
        self.changed.entry(key.clone()).or_insert(Extent::Within);
        self.entries.get_mut(key.clone().borrow())
    }

    /// The part, to change it; made first if there is none.
    pub(crate) fn get_or_insert_with(&mut self, key: K, part: impl FnOnce() -> P) -> &mut P {
        let extent = if self.entries.contains_key(&key) { Extent::Within } else { Extent::Whole };
        self.changed.entry(key.clone()).or_insert(extent);
        self.entries.entry(key).or_insert_with(part)
    }

    /// Changes every part.
    pub(crate) fn edit_all(&mut self, mut edit: impl FnMut(&K, &mut P)) {
        for (key, part) in &mut self.entries {
            edit(key, part);
            self.changed.entry(key.clone()).or_insert(Extent::Within);
        }
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&K, &P) -> bool) {
        let gone: Vec<K> =
            self.entries.iter().filter(|(key, part)| !keep(key, part)).map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.entries.remove(&key);
            self.changed.insert(key, Extent::Whole);
        }
    }
}

impl<K, P> Default for Groups<K, P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, P> Deref for Groups<K, P> {
    type Target = BTreeMap<K, P>;

    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl<'a, K, P> IntoIterator for &'a Groups<K, P> {
    type Item = (&'a K, &'a P);
    type IntoIter = std::collections::btree_map::Iter<'a, K, P>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<K: Ord, P: PartialEq> PartialEq for Groups<K, P> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<K: Serialize, P: Serialize> Serialize for Groups<K, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.entries.serialize(serializer)
    }
}

impl<'de, K: Deserialize<'de> + Ord, P: Deserialize<'de>> Deserialize<'de> for Groups<K, P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(|entries| Self { entries, changed: BTreeMap::new() })
    }
}

impl<K: Key, P: Part + Serialize + DeserializeOwned> Part for Groups<K, P> {
    fn take_changes(&mut self, path: &mut Vec<String>, changes: &mut Vec<Change>) -> Result<()> {
        for (key, extent) in std::mem::take(&mut self.changed) {
            path.push(key.text());
            match (self.entries.get_mut(&key), extent) {
                (Some(part), Extent::Within) => part.take_changes(path, changes)?,
                (Some(part), Extent::Whole) => {
                    part.forget_changes();
                    changes.push(change(path, Some(part))?);
                }
                (None, _) => changes.push(change::<P>(path, None)?),
            }
            path.pop();
        }
        Ok(())
    }

    fn carry_out(&mut self, path: &[String], value: Option<Value>) -> Result<()> {
        let (key, rest) = path.split_first().ok_or_else(|| misplaced(path))?;
        let key = K::parse(key).ok_or_else(|| misplaced(path))?;
        match (rest, value) {
            ([], Some(value)) => self.entries.insert(key, read(value)?).map(drop).unwrap_or_default(),
            ([], None) => self.entries.remove(&key).map(drop).unwrap_or_default(),
            (rest, value) => self.entries.get_mut(&key).ok_or_else(|| misplaced(path))?.carry_out(rest, value)?,
        }
        Ok(())
    }

    fn forget_changes(&mut self) {
        for key in std::mem::take(&mut self.changed).into_keys() {
            if let Some(part) = self.entries.get_mut(&key) {
                part.forget_changes();
            }
        }
    }
}
