//! Organizations.

mod aws;
mod delegation;
mod documents;
mod effective_policies;
mod pages;
mod policies;
mod refusals;
mod seeds;
mod tree;
