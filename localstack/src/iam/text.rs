//! The text of a policy document.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A policy document, as it was sent to the character. Copies share it, since thousands of accounts may have the same one.
///
/// A state written by hand may hold the document itself in place of its text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text(Arc<str>);

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.into())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self::new(&text)),
            document @ Value::Object(_) => Ok(Self::new(&document.to_string())),
            other => Err(D::Error::custom(format_args!("a policy document cannot be {other}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_can_be_given_as_text_or_as_itself() {
        let read = |value: Value| serde_json::from_value::<Text>(value).map(|text| text.to_string());
        assert_eq!(read(json!("{ }")).ok().as_deref(), Some("{ }"));
        assert_eq!(read(json!({"Version": "2012-10-17"})).ok().as_deref(), Some(r#"{"Version":"2012-10-17"}"#));
        assert!(read(json!(["a"])).is_err());
    }
}
