//! What bedrail reasons about, free of effects.

pub mod diagnostic;
pub mod span;
