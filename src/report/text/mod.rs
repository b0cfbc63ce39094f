//! Reports for a terminal. They read as prose: the verdict first, then what stands in the way, then what is done.

mod drift;
mod entry;
mod notes;
mod outcome;
mod plan;
mod show;

pub use drift::drift;
pub use outcome::{event, left, outcome};
pub use plan::plan;
pub(crate) use plan::verdict;
pub use show::show;
pub(crate) use {drift::signed_word as drift_mark, drift::verdict as drift_verdict};
pub(crate) use {notes::looked_at, notes::refused_scan};

#[cfg(test)]
mod tests;
