//! Drift: what a plan says to one who did not expect it to hold anything. Every difference is a [`Finding`] with an id that is
//! the same in every run, so that an issue, a list of what is ignored and a code scanner can speak of it.

mod beside;
pub mod codes;
mod find;
mod finding;
mod ignore;
mod remedy;
mod went;

pub use beside::{Beside, Invalid, Settings, Shadowed, compare};
pub use find::find;
pub use finding::{Finding, FindingKind, Ignored};
pub use ignore::{IgnoreList, read, schema};
pub use remedy::Invocation;
pub use went::mirrored;

use crate::model::Direction;

/// What differs, the gravest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drift {
    /// Every difference, those that are ignored among them.
    pub findings: Vec<Finding>,
}

impl Drift {
    /// The differences that nobody has agreed to.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.ignored.is_none())
    }

    /// Whether there is something that somebody must look at. What is not ours never is.
    pub fn differs(&self) -> bool {
        self.open().any(|finding| finding.kind != FindingKind::Unmanaged)
    }

    /// How many of the open differences make AWS less strict than the spec.
    pub fn weaker(&self) -> usize {
        self.open().filter(|finding| finding.direction.is_some_and(Direction::loses)).count()
    }
}
