//! Organizations.

mod aws;
mod delegation;
mod effective_policies;
mod pages;
mod policies;
mod refusals;
mod seeds;
mod tree;
