//! A local AWS for Amazon Bedrock guardrail enforcement.
#![allow(
    dead_code,
    clippy::unused_self,
    clippy::unnecessary_literal_bound,
    reason = "a skeleton: the wire and the services come with the next commits"
)]

mod caller;
mod clock;
mod config;
mod error;
mod ids;
mod organizations;
mod world;

pub use config::{Config, Options, Partition, Refusal, Seed};
