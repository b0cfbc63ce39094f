//! How a guardrail or version stands, beyond what the spec says of it: what decides whether it can be enforced.

use super::document::Document;

/// What was seen of a guardrail's draft, or of one version. What was not is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// AWS's status: `READY`, `FAILED`, or a word for what is under way.
    pub status: Option<String>,
    /// Whether it holds automated reasoning, which fails every model call where it is enforced (Bedrock user guide,
    /// "guardrails-enforcements").
    pub automated_reasoning: Option<bool>,
    /// The customer key that it is encrypted with, if any.
    pub key: Option<Option<String>>,
}

/// What could be learnt of a version that the spec points at by its ARN, and that others manage. Nothing of ours depends on
/// being able to read it, so what could not be read is no blind spot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointed {
    /// How it stands, `None` where it does not exist; or why that could not be read.
    pub version: Result<Option<Standing>, String>,
    /// The resource policy of its guardrail, if it has one; or why that could not be read.
    pub policy: Result<Option<Document>, String>,
}
