//! Organizations as clients meet it: raw HTTP against a running emulator.

mod client;
mod delegation;
mod effective_policies;
mod pages;
mod policies;
mod refusals;
mod tree;
