//! A plan or drift as a comment on a pull request: the verdict first, the changes collapsed, cut to a budget from the
//! least important end, and with nothing in it that foreign text could use to leave its place.

mod budget;
mod drift;
pub(crate) mod escape;
mod report;

pub use drift::drift;
pub use report::plan;

#[cfg(test)]
mod tests;
