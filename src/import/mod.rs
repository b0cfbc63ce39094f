//! The way in: from what exists to a spec that declares it.
//!
//! [`stock`] is what there is, in normal form, whoever told: [`live`] takes it from what AWS answered, [`source`] from files of
//! others. [`paper`] makes the entries of a spec of it, and [`settle`] sees to it that what is written is a sound spec: an entry that
//! is not is left out, and told.

mod guardrails;
mod keys;
pub mod live;
mod notes;
mod paper;
mod pointing;
pub mod scaffold;
pub mod settle;
pub mod source;
pub mod stock;

pub use notes::{Note, Weight};
pub use paper::Home;
pub use settle::{Imported, import};
