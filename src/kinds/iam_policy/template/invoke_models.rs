//! `invoke_models`: models may be called.

use super::texts;
use crate::kinds::iam_policy::document::{INVOKE, policy, statement};
use crate::model::Document;

/// These models may be called, whole or streaming. `Converse` is authorised as the same two actions.
pub(in crate::kinds::iam_policy) fn invoke_models(models: &[String]) -> Document {
    policy([statement("InvokeModels", "Allow", &INVOKE, texts(models), None)])
}
