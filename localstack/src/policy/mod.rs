//! The policy language: documents of every kind, and what one document says to one request. Pure.
//!
//! ```text
//! document   text → statements, or what is wrong and where
//! kind       what a kind of policy demands of its statements
//! request    who, what, on what, in which context
//! evaluate   a document's answer to a request
//! principal, condition, compare, pattern   parts of the answer
//! ```
//!
//! What several documents together decide is none of its business: that is in [`crate::authorize`]. Why this is not a crate of
//! somebody else's: ADR 0008. AWS's behaviour is taken from the IAM user guide; where it says nothing, the place says *inferred*.

mod compare;
mod condition;
#[cfg(test)]
mod corpus;
mod document;
mod evaluate;
mod kind;
mod pattern;
mod principal;
mod request;

pub(crate) use condition::Family;
pub(crate) use document::{Document, Effect, Malformed, Scope, Statement, Version};
pub(crate) use evaluate::{Decision, Grantee};
pub(crate) use kind::Kind;
pub(crate) use pattern::{action_fits, like};
pub(crate) use principal::Principals;
pub(crate) use request::{Context, Principal, Request};
