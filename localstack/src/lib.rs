//! A local AWS for Amazon Bedrock guardrail enforcement.
//!
//! An [`Emulator`] plays the Bedrock control plane and runtime, Organizations, IAM and STS over their wire protocols on one
//! loopback address, so that the AWS SDKs, boto3 and the AWS CLI are its clients: give them [`Emulator::endpoint`] as their endpoint, the access key
//! `AKIA` followed by an account's twelve digits, and any secret. Account, Region and service come from the signature, which is
//! read but **not verified**: whoever reaches the address is trusted.
//!
//! Plain HTTP under `/_bedrail/` is for tests and people: `state`, `reset`, `operations`, `requests`, `clock`, `options` and
//! `faults`; `timeline` judges what accounts were subject to.
//!
//! # The way of a request
//!
//! `server` reads it and takes the lock; `pipeline` leads it through its stages: `operations` finds what it asks for, through the
//! protocols of `wire`; `caller` tells who sends it; `faults` and `throttle` may turn it away; `shape` holds it against the
//! service's model; `authorize` asks the policies, in the language of `policy`, whether the caller may; the operation, in
//! `bedrock`, `runtime`, `organizations`, `iam` or `sts`, works on the `world`. Then `timeline` notes what that means for
//! accounts, `store` writes what changed, which `tracked` knows, and the answer leaves; where a fault cuts the `connection`, it
//! does not. `past` holds what a stale read sees.
//!
//! `control` serves `/_bedrail/`. What AWS does where no source tells is in `inferred`.

mod authorize;
mod bedrock;
mod caller;
mod clock;
mod config;
mod connection;
mod control;
mod error;
mod faults;
mod generate;
mod iam;
mod ids;
mod inferred;
mod operations;
mod options;
mod organizations;
mod paging;
mod past;
mod pipeline;
mod policy;
mod regions;
mod requests;
mod runtime;
mod seed;
mod server;
mod shape;
mod store;
mod sts;
mod throttle;
mod timeline;
mod tracked;
mod wire;
mod world;

pub use config::{Config, NoAccess, Options, Partition, Refusal, Seed};
pub use error::StartError;
pub use generate::{Generate, GenerateError};
pub use server::Emulator;
pub use store::StoreError;
