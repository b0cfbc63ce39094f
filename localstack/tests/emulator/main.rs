//! The emulator as a client sees it: over HTTP, byte by byte where the protocols ask for it.

mod authorize;
mod client;
mod control;
mod corpus;
mod deletion;
mod enforcement;
mod faults;
mod guardrails;
mod iam;
mod identity;
mod models;
mod organization;
mod organizations;
mod persistence;
mod resource_policies;
mod rules;
mod runtime;
mod scale;
mod sessions;
mod simulation;
mod timeline;
mod versions;
