//! A plan or drift as a comment on a pull request: the verdict first, the changes collapsed, cut to a budget from the
//! least important end, and with nothing in it that foreign text could use to leave its place.

mod budget;
pub(crate) mod escape;
mod report;

pub use report::{drift, plan};

#[cfg(test)]
mod tests;
