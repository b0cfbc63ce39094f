//! The command line of bedrail.

fn main() {}
