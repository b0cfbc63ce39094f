//! Reading a spec: texts to decoded entries, with every fault at its place.
//!
//! [`yaml`] turns each text into [`node`]s, [`read()`] makes one map of them, [`interpolate`] puts variables in place,
//! [`top`] is the top level, and [`decode`] is what entries are declared with. All of it is pure: the texts, the
//! variables and the environment are handed in.

mod assemble;
pub mod codes;
pub mod decode;
pub mod environment;
pub mod format;
pub mod interpolate;
pub mod lower;
pub mod merge;
pub mod node;
mod read;
pub mod schema;
pub mod selector;
pub mod sources;
pub mod suggest;
pub mod template;
pub mod top;
pub mod write;
pub mod yaml;

pub use read::{Decoded, GLOBAL, Input, REGIONAL, SectionEntry, Spec, read};
