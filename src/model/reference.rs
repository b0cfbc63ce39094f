//! How one resource points at another.

use std::fmt;

use serde::{Serialize, Serializer};

use super::address::Address;

/// What AWS calls a resource: an ARN, `ARN:number` for a guardrail version, a policy id, a target id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RemoteId(String);

impl RemoteId {
    /// The id as AWS wrote it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RemoteId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A pointer from one resource to another: by our address, or by an id that is not ours.
///
/// There is no third case: an id that AWS has yet to give is an address until the moment of the call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ref {
    /// Something that this spec declares, or that carries our mark.
    To(Address),
    /// Something that others manage.
    Foreign(RemoteId),
}

impl Ref {
    /// The address, unless the target is foreign.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::To(address) => Some(address),
            Self::Foreign(_) => None,
        }
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(address) => address.fmt(out),
            Self::Foreign(id) => id.fmt(out),
        }
    }
}

impl Serialize for Ref {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
