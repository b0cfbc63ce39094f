//! Reading a spec: texts to decoded entries, with every fault at its place.

pub mod codes;
pub mod decode;
pub mod merge;
pub mod node;
pub mod sources;
pub mod suggest;
pub mod template;
pub mod yaml;
