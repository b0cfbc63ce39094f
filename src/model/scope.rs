//! Where a resource lives: an account, and a Region unless the kind is global.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An AWS account id: exactly twelve digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(String);

/// Text that is not an account id.
#[derive(Debug, thiserror::Error)]
#[error("an account id is twelve digits, found `{0}`")]
pub struct NotAnAccountId(String);

impl AccountId {
    /// The id as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = NotAnAccountId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnAccountId(text.to_owned()))
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A Region code such as `eu-west-1`. Its shape is checked where a spec is read; AWS's own answers are taken as they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Region(String);

impl Region {
    /// The Region of this code.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An AWS partition, the second segment of every ARN (`aws`, `aws-us-gov`, `aws-eusc`, `aws-cn`).
///
/// It is always taken from the caller's ARN, never from a literal: one spec serves every partition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Partition(String);

impl Partition {
    /// The partition of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// One account and, for a regional kind, one Region of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The account that owns the resource.
    pub account: AccountId,
    /// The Region; `None` for what is global in its partition.
    pub region: Option<Region>,
}

impl Scope {
    /// A Region of an account.
    pub fn regional(account: AccountId, region: Region) -> Self {
        Self { account, region: Some(region) }
    }

    /// The global part of an account.
    pub fn global(account: AccountId) -> Self {
        Self { account, region: None }
    }

    /// The Region's code, or `global`.
    pub fn region_name(&self) -> &str {
        self.region.as_ref().map_or("global", Region::as_str)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.account, self.region_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_twelve_digits() {
        assert!("111122223333".parse::<AccountId>().is_ok());
        for wrong in ["", "11112222333", "1111222233334", "11112222333a", "１１１１２２２２３３３３"] {
            assert!(wrong.parse::<AccountId>().is_err(), "{wrong}");
        }
    }
}
