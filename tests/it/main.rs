//! Everything that is tested from outside, in one binary: linking it once is what makes a test run short.

#![allow(clippy::disallowed_methods, reason = "tests ask the environment what they should do")]

mod aws;
mod behind;
mod cli;
mod converge;
mod coverage;
mod documents;
mod editors;
mod exact;
mod examples;
mod explain;
mod formatting;
mod fuzz;
mod hostile;
mod house;
mod import;
mod layers;
mod leaks;
mod lint_cases;
mod pages;
mod permissions;
mod pipelines;
mod publish;
mod reading;
mod release;
mod safety;
mod scale;
mod scenarios;
mod source;
mod spec_cases;
mod stable;
mod suite_cases;
mod support;
mod yaml;
