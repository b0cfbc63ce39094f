//! What people and pipelines read: a plan, an outcome, drift, in text, markdown, JSON, SARIF, as tests and as a graph.
//!
//! Everything here is pure and returns text; only `cli` prints. Text that came from a spec or from AWS passes through
//! [`clean`] on its way, and values pass through a [`Disclosure`], which hides what may not be shown.

/// Appends to a `String` as `format!` would write it.
macro_rules! push {
    ($out:expr, $($words:tt)+) => {{
        use std::fmt::Write as _;
        write!($out, $($words)+).expect("writing to a String never fails")
    }};
}
pub(crate) use push;

pub mod checks;
pub mod clean;
pub mod codes;
pub mod coverage;
pub mod diagnostics;
mod disclosure;
pub mod doctor;
pub mod drift;
pub mod explain;
mod fold;
pub mod format;
pub mod graph;
pub mod handed;
pub mod json;
mod junit;
pub mod markdown;
pub mod reference;
mod refusal;
mod rows;
#[cfg(test)]
mod sample;
mod sarif;
pub mod show;
mod style;
mod summary;
pub mod text;
pub mod trial;
mod unseen;
mod wrap;

pub use disclosure::Disclosure;
pub(crate) use disclosure::{NAMED, some};
pub use refusal::{Refusal, flags};
pub use style::{Look, Style, Tone};
pub use summary::{Summary, differs};
