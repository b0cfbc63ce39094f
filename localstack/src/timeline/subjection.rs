//! What an account in a Region is subject to.

use std::collections::BTreeMap;

use serde::Serialize;

/// What an account is subject to in each Region; nothing in those that are not here.
pub(super) type Subjections = BTreeMap<String, Subjection>;

/// Nothing, to begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Subjection {
    /// The organization's first.
    pub(super) enforced: Vec<Enforced>,
    pub(super) inference: Inference,
    /// Why inference is not possible.
    pub(super) why: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Enforced {
    pub(super) level: Level,
    pub(super) guardrail_arn: String,
    pub(super) guardrail_version: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Level {
    Organization,
    Account,
}

/// Subject to nothing.
pub(super) static FREE: Subjection = Subjection { enforced: Vec::new(), inference: Inference::Ok, why: None };

/// Whether models can be called, the worst last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Inference {
    #[default]
    Ok,
    /// Not by some role that could otherwise.
    Denied,
    /// Not by anyone.
    Invalid,
}

impl Subjection {
    /// Adds what one guardrail means for inference. The worst counts; of two as bad the first.
    pub(super) fn suffer(&mut self, inference: Inference, why: &str) {
        if inference > self.inference {
            self.inference = inference;
            self.why = Some(why.to_owned());
        }
    }
}
