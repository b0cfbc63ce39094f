//! Whole entries, made of what differs from one to the next.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::subjection::{FREE, Subjection, Subjections};
use super::{Cause, Entry, Timeline};
use crate::clock::iso8601;

#[derive(Serialize)]
struct Whole<'a> {
    /// Counts from 1.
    seq: usize,
    time: String,
    cause: &'a Cause,
    scopes: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    account: &'a str,
    region: &'a str,
    #[serde(flatten)]
    subjection: &'a Subjection,
}

impl Timeline {
    /// The entries. Each has every account and Region that occurs in any of them, so that it can be read alone.
    pub(crate) fn report(&self) -> impl Serialize {
        let mut regions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (account, subjections) in self.entries.iter().flat_map(|entry| &entry.changed) {
            regions.entry(account).or_default().extend(subjections.keys().map(String::as_str));
        }
        let mut now: BTreeMap<&str, &Subjections> = BTreeMap::new();
        let mut whole = Vec::with_capacity(self.entries.len());
        for (before, Entry { at, cause, changed }) in self.entries.iter().enumerate() {
            now.extend(changed.iter().map(|(account, subjections)| (&**account, &**subjections)));
            let mut scopes = Vec::new();
            for (account, regions) in &regions {
                let held = now.get(account);
                scopes.extend(regions.iter().map(|region| {
                    let subjection = held.and_then(|held| held.get(*region)).unwrap_or(&FREE);
                    Row { account, region, subjection }
                }));
            }
            whole.push(Whole { seq: before + 1, time: iso8601(*at), cause, scopes });
        }
        whole
    }
}
