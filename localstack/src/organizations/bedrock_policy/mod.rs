//! What a `BEDROCK_POLICY` document may say, and when a merged one is whole.

mod syntax;
mod validity;

pub(super) use syntax::check;
pub(super) use validity::{defects, identifiers};

/// `bedrock` and `guardrail_inference` lead to the Regions.
pub(super) const REGION_DEPTH: usize = 2;

/// `bedrock`, `guardrail_inference`, the Region and the configuration's name lead to a configuration.
pub(super) const CONFIGURATION_DEPTH: usize = 4;
