//! `use_kms_key`: guardrails under a customer key may be applied (Bedrock user guide, "guardrails-permissions-kms").

use super::texts;
use crate::kinds::iam_policy::document::{policy, statement};
use crate::model::Document;

/// Whoever applies a guardrail must decrypt with its key.
pub(in crate::kinds::iam_policy) fn use_kms_key(keys: &[String]) -> Document {
    policy([statement("UseKey", "Allow", &["kms:Decrypt"], texts(keys), None)])
}

/// Whoever makes one needs more.
pub(super) fn create_with(keys: &[String]) -> Document {
    let all = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];
    statement("CreateWithKey", "Allow", &all, texts(keys), None)
}
