//! How the policies on the way from the root to an account become one effective document.
//!
//! The rules are those of AWS's declarative policies (user guide, "Inheritance operators" and "Inheritance examples"): pure functions
//! of documents, without clock or state, and the same for every declarative policy type. What a type demands of its documents is
//! checked elsewhere.

mod element;
mod merge;
mod operators;

pub(super) use element::{Element, Fault};
pub(super) use merge::effective;
pub(super) use operators::{Allowed, Operator};

/// The key under which a policy restricts the policies below it.
pub(super) const CHILD_CONTROL: &str = "@@operators_allowed_for_child_policies";

#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;
