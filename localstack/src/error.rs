//! A refusal, before it is put into a protocol's form.

use serde_json::{Map, Value};

/// What an operation answers when it does not do what it was asked.
///
/// `code` is the exception's name on the wire (`ValidationException`). Each protocol of [`crate::wire`] has its own place for
/// the code, the message and the further members.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) code: String,
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) members: Map<String, Value>,
}

impl ApiError {
    pub(crate) fn new(code: impl Into<String>, status: u16, message: impl Into<String>) -> Self {
        Self { code: code.into(), status, message: message.into(), members: Map::new() }
    }

    /// Adds a member of the modelled exception, such as `Reason`.
    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }
}
