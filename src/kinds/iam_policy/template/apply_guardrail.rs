//! `apply_guardrail`: guardrails may be applied, as every caller of a model must where one is enforced.

use super::{Guardrails, Place, applies};
use crate::kinds::iam_policy::document::policy;
use crate::model::Document;

/// The guardrails may be applied, and the profiles that they use.
pub(in crate::kinds::iam_policy) fn apply_guardrail(guardrails: &Guardrails, place: &Place<'_>) -> Document {
    policy([applies(guardrails, place)])
}
