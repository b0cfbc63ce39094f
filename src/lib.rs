//! bedrail reconciles Amazon Bedrock guardrail enforcement with one YAML spec.
//!
//! The crate is cut into four layers; each imports only what stands left of it:
//!
//! **core** ([`model`], [`kinds`]) → **pure** (`spec`, `suite`, `plan`, `drift`, `explain`, `coverage`, `lint`,
//! `permissions`, `import`, `checks`) → **effects** (`aws`, `kinds/*/aws.rs`, `live`, `apply`, `reconcile`, `doctor`,
//! `inventory`, `readiness`, `runner`, `verify`) → **face** (`load`, `report`, `cli`). No async, clock, environment,
//! random, print or SDK type stands in the first two, and a test reads the sources to make sure. So what a plan says
//! depends on the spec and on what AWS answered, and on nothing else.
//!
//! The way of the data: sources are *checked* offline; *facts* (caller, organization, tree) are read as far as the spec
//! needs them; spec and facts are *lowered* to a [`model::Desired`]; what AWS answers becomes a [`model::Live`]; both
//! together become a plan, which is printed, saved and executed as one value.

pub mod apply;
pub mod aws;
pub mod checks;
pub mod cli;
pub mod coverage;
pub mod doctor;
pub mod drift;
pub mod explain;
pub mod import;
pub mod inventory;
pub mod kinds;
pub mod lint;
pub mod live;
pub mod load;
pub mod model;
pub mod permissions;
pub mod plan;
pub mod readiness;
pub mod reconcile;
pub mod report;
pub mod runner;
pub mod spec;
pub mod suite;
pub mod verify;
