//! What could not be carried over.

use std::fmt;

/// How much is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Something that protects: what is written protects less than what it was made from, and applying it takes that away.
    Weaker,
    /// Something as a whole that a spec could declare.
    Lost,
    /// A detail, or what no spec declares.
    Aside,
}

/// Something that is not in the spec, or not as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// How much is missing.
    pub weight: Weight,
    /// What it is about: an ARN, an address of the source.
    pub at: String,
    /// What became of it and why, in lower case.
    pub what: String,
}

impl Note {
    /// What is written protects less.
    pub fn weaker(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { weight: Weight::Weaker, at: at.into(), what: what.into() }
    }

    /// Something is missing as a whole.
    pub fn lost(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { weight: Weight::Lost, at: at.into(), what: what.into() }
    }

    /// A detail is missing, or something that no spec declares.
    pub fn aside(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { weight: Weight::Aside, at: at.into(), what: what.into() }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.at, self.what)
    }
}
