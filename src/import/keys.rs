//! Keys of entries, made of the names that things have.

use std::collections::BTreeSet;

/// The longest key (`EntryKey`).
const LONGEST: usize = 47;

/// The keys of one section, none twice.
#[derive(Debug, Default)]
pub(super) struct Keys(BTreeSet<String>);

impl Keys {
    /// A key like `name` that is free; `ending` tells it from others, if it must be.
    pub(super) fn of(&mut self, name: &str, ending: &str) -> String {
        let plain = key(name, "");
        let told = if ending.is_empty() { plain.clone() } else { key(name, &format!("-{ending}")) };
        let numbered = (2_u32..).map(|number| key(name, &format!("-{number}")));
        let mut candidates = [plain, told].into_iter().chain(numbered);
        let free = candidates.find(|key| !self.0.contains(key)).unwrap_or_default();
        self.0.insert(free.clone());
        free
    }

    /// Takes this very key, if it is one and free.
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        key(wanted, "") == wanted && self.0.insert(wanted.to_owned())
    }
}

/// `name` in the letters of keys.
pub(super) fn key_of(name: &str) -> String {
    key(name, "")
}

/// A name without its expressions: an entry stands for all places.
fn plain(name: &str) -> String {
    let mut parts = name.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('}').map_or(part, |(_, behind)| behind))
}

/// `name` in the letters of keys, and then `ending`.
fn key(name: &str, ending: &str) -> String {
    let mut key = String::new();
    for c in plain(name).chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => key.push(c),
            _ if key.is_empty() || key.ends_with('-') => {}
            _ => key.push('-'),
        }
    }
    if key.is_empty() {
        key.push_str("unnamed");
    }
    let ending: String =
        ending.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    key.truncate(LONGEST.saturating_sub(ending.len()));
    key.truncate(key.trim_end_matches('-').len());
    key + &ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_valid_and_unique() {
        let mut keys = Keys::default();
        assert_eq!(keys.of("Acme_Baseline", ""), "acme-baseline");
        assert_eq!(keys.of("acme-baseline", "us-east-1"), "acme-baseline-us-east-1");
        assert_eq!(keys.of("acme--baseline", "us-east-1"), "acme-baseline-2");
        assert_eq!(keys.of("___", ""), "unnamed");
        assert_eq!(keys.of("chat-${region}-${account}", ""), "chat");
        assert_eq!(keys.of("${region}-bot", ""), "bot");
        assert_eq!(keys.of("x".repeat(50).as_str(), "").len(), 47);
        assert_eq!(keys.of("x".repeat(60).as_str(), "v1"), format!("{}-v1", "x".repeat(44)));
        assert!(keys.take("own") && !keys.take("own") && !keys.take("Not-A-Key"));
    }
}
