//! bedrail

pub mod model;
