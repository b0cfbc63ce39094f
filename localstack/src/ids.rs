//! Ids that look like AWS's and are the same in every run.
//!
//! An id is the hash of what it is for (its *key*) and of how many ids that key had before. So two runs that do the same
//! things get the same ids, whatever the order in which independent calls arrive.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::tracked::{Change, Entities, Part};

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &[u8] = b"0123456789abcdef";

/// How many ids each key has had.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ids {
    given: Entities<String, u64>,
}

impl Part for Ids {
    fn take_changes(&mut self, path: &mut Vec<String>, changes: &mut Vec<Change>) -> serde_json::Result<()> {
        self.given.take_changes(path, changes)
    }

    fn carry_out(&mut self, path: &[String], value: Option<Value>) -> serde_json::Result<()> {
        self.given.carry_out(path, value)
    }

    fn forget_changes(&mut self) {
        self.given.forget_changes();
    }
}

impl Ids {
    /// A new id of `length` characters of `[a-z0-9]`, such as a guardrail's (12). `key` says what it is for, for instance
    /// `guardrail/111122223333/us-east-1/checkout`.
    pub(crate) fn lower(&mut self, key: &str, length: usize) -> String {
        text(LOWER, &self.next(key), length)
    }

    /// The same of `[A-Z2-7]`, such as a managed policy's in IAM (17, after `ANPA`).
    pub(crate) fn upper(&mut self, key: &str, length: usize) -> String {
        upper(&self.next(key), length)
    }

    fn next(&mut self, key: &str) -> String {
        let given = self.given.get_or_insert_with(key.to_owned(), || 0);
        *given += 1;
        format!("{key}#{given}")
    }
}

/// The `length` characters of `[A-Z2-7]` that belong to a text: the ids of IAM.
pub(crate) fn upper(text_of: &str, length: usize) -> String {
    text(UPPER, text_of, length)
}

/// The UUID that belongs to a text: request ids, KMS keys behind aliases.
pub(crate) fn uuid(text_of: &str) -> String {
    let hex = text(HEX, text_of, 32);
    [&hex[0..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]].join("-")
}

fn text(alphabet: &[u8], seed: &str, length: usize) -> String {
    let mut out = String::with_capacity(length);
    let mut block = 0_u32;
    while out.len() < length {
        let hash = Sha256::digest(format!("{seed}/{block}"));
        let room = length - out.len();
        out.extend(hash.iter().take(room).map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])));
        block += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_histories_give_equal_ids() {
        let (mut one, mut other) = (Ids::default(), Ids::default());
        let (a, b) = (one.lower("a", 12), one.lower("b", 12));
        assert_eq!((other.lower("b", 12), other.lower("a", 12)), (b, a.clone()));
        assert_ne!(one.lower("a", 12), a, "a key gives each id once");
    }

    #[test]
    fn ids_have_their_shape() {
        let id = Ids::default().lower("x", 40);
        assert!(id.len() == 40 && id.bytes().all(|byte| LOWER.contains(&byte)));
        assert_eq!(uuid("x").split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
