//! SHA-256 digests of canonical JSON, the identity of content that has no name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest in lower-case hex, 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of `value` as canonical JSON (RFC 8785), so that equal values have equal digests in every release.
    pub fn of<T: Serialize>(value: &T) -> Self {
        let canonical = serde_json_canonicalizer::to_vec(value).expect("a model is always JSON");
        Self::of_bytes(&canonical)
    }

    /// The digest of these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        use std::fmt::Write as _;
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(bytes) {
            write!(hex, "{byte:02x}").expect("writing to a String never fails");
        }
        Self(hex)
    }

    /// The first twelve hex digits: what addresses and version markers carry.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }

    /// All 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `sha256:` and all 64 digits, the form of every report.
impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "sha256:{}", self.0)
    }
}

/// As it is shown, of all 64 digits.
impl FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = |hex: &&str| hex.len() == 64 && hex.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
        let hex = text.strip_prefix("sha256:").filter(is_hex);
        hex.map(|hex| Self(hex.to_owned())).ok_or_else(|| "a digest is `sha256:` and 64 hexadecimal digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_shown() {
        let digest = Digest::of(&1);
        assert_eq!(digest.to_string().parse(), Ok(digest.clone()));
        for text in ["", digest.as_str(), "sha256:", "sha256:1d5c56f61d14", &digest.to_string().to_uppercase()] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_order_of_keys_does_not_matter() {
        let one = serde_json::json!({"a": 1, "b": [true, null]});
        let two: serde_json::Value = serde_json::from_str(r#"{"b":[true,null],"a":1}"#).expect("JSON");
        assert_eq!(Digest::of(&one), Digest::of(&two));
        assert_eq!(Digest::of(&one).short().len(), 12);
    }
}
