//! bedrail
