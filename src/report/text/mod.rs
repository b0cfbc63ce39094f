//! Reports for a terminal. They read as prose: the verdict first, then what stands in the way, then what is done.

mod entry;
mod notes;
mod plan;

pub use plan::plan;

#[cfg(test)]
mod tests;
