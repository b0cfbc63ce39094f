//! The name of a resource before AWS has answered: `<kind>/<account>/<region or global>/<name>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::scope::{AccountId, Region, Scope};
use crate::kinds::Kind;

/// Where a resource stands and what we call it. It holds every immutable attribute of its kind, so that nothing is ever
/// replaced: a change of the address is another resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The kind, first in every rendering and in every order.
    pub kind: Kind,
    /// Account and Region.
    pub scope: Scope,
    /// The name within kind and scope; its form is the kind's own (see the table in the command reference).
    pub name: String,
}

impl Address {
    /// The address of `name` in `scope`.
    pub fn new(kind: Kind, scope: Scope, name: impl Into<String>) -> Self {
        Self { kind, scope, name: name.into() }
    }

    /// Whether `pattern` names this address; `*` stands for any characters, also none.
    pub fn matches(&self, pattern: &str) -> bool {
        wildcard(pattern.as_bytes(), self.to_string().as_bytes())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}/{}", self.kind, self.scope, self.name)
    }
}

/// Text that is not an address.
#[derive(Debug, thiserror::Error)]
#[error("an address is `<kind>/<account>/<region or global>/<name>`, found `{0}`")]
pub struct NotAnAddress(String);

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAnAddress(text.to_owned());
        let mut parts = text.splitn(4, '/');
        let mut part = || parts.next().filter(|part| !part.is_empty()).ok_or_else(wrong);
        let kind = part()?.parse().map_err(|_| wrong())?;
        let account = part()?.parse::<AccountId>().map_err(|_| wrong())?;
        let region = match part()? {
            "global" => None,
            code => Some(Region::new(code)),
        };
        Ok(Self::new(kind, Scope { account, region }, part()?))
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether a pattern, in which `*` stands for any characters, is all of a text.
pub(crate) fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    matches(pattern, text, None)
}

/// Whether a pattern of IAM, in which `*` stands for any characters and `?` for one, is all of a text.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    matches(pattern.as_bytes(), text.as_bytes(), Some(b'?'))
}

/// Linear in both lengths: on a mismatch only the last `*` takes one more byte.
fn matches(pattern: &[u8], text: &[u8], any_one: Option<u8>) -> bool {
    let (mut at, mut in_text, mut retry) = (0, 0, None);
    while in_text < text.len() {
        if at < pattern.len() && pattern[at] == b'*' {
            retry = Some((at, in_text));
            at += 1;
        } else if at < pattern.len() && (pattern[at] == text[in_text] || Some(pattern[at]) == any_one) {
            at += 1;
            in_text += 1;
        } else if let Some((star, taken)) = retry {
            retry = Some((star, taken + 1));
            at = star + 1;
            in_text = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        for text in [
            "guardrail/111122223333/us-east-1/baseline",
            "guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de",
            "resource-policy/111122223333/us-west-2/us.guardrail.v1:0",
            "org-policy-attachment/111122223333/global/org-baseline:r-sand",
        ] {
            let address: Address = text.parse().expect("an address");
            assert_eq!(address.to_string(), text);
        }
        for wrong in [
            "",
            "guardrail",
            "guardrail/1/us-east-1/x",
            "widget/111122223333/global/x",
            "guardrail/111122223333/us-east-1/",
        ] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        let address: Address = "guardrail/111122223333/us-east-1/baseline".parse().expect("an address");
        for pattern in [
            "*",
            "guardrail/*",
            "*baseline",
            "guardrail/*/us-east-1/*",
            "*us*base*",
            "guardrail/111122223333/us-east-1/baseline",
        ] {
            assert!(address.matches(pattern), "{pattern}");
        }
        for pattern in ["", "guardrail", "*west*", "guardrail/*/x", "*baseline-2"] {
            assert!(!address.matches(pattern), "{pattern}");
        }
    }
}
