//! Everything that is tested from outside, in one binary: linking it once is what makes a test run short.

mod aws;
mod behind;
mod converge;
mod reading;
mod support;
