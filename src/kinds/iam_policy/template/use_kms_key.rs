//! `use_kms_key`: guardrails under a customer key may be applied (Bedrock user guide, "guardrails-permissions-kms").

use super::texts;
use crate::kinds::guardrail::key_policy::{APPLY, CREATE, FOR_SERVICE, GRANT};
use crate::kinds::iam_policy::document::{condition, policy, statement};
use crate::model::Document;

/// Whoever applies a guardrail must decrypt with its key.
pub(in crate::kinds::iam_policy) fn use_kms_key(keys: &[String]) -> Document {
    policy([statement("UseKey", "Allow", &APPLY, texts(keys), None)])
}

/// Whoever makes one needs more; a grant is asked for by Bedrock on behalf of whoever does, and by nobody else.
pub(super) fn create_with(keys: &[String]) -> [Document; 2] {
    let asked_for = condition("Bool", FOR_SERVICE, vec![Document::text("true")]);
    [
        statement("CreateWithKey", "Allow", &CREATE, texts(keys), None),
        statement("GrantWithKey", "Allow", &[GRANT], texts(keys), Some(asked_for)),
    ]
}
