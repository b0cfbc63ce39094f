//! Policies as IAM answers with them: JSON that is percent-encoded.

use serde_json::Value;

/// The document.
///
/// # Errors
/// What is wrong with the text, for the error that says where it stood.
pub(crate) fn encoded_json(text: &str) -> Result<Value, String> {
    let text = decoded(text).ok_or("the document is not percent-encoded UTF-8")?;
    serde_json::from_str(&text).map_err(|error| format!("the document is no JSON: {error}"))
}

/// Percent-encoding undone as RFC 3986 has it: a `+` stays one. The SDK leaves it to its caller.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |digit: Option<u8>| char::from(digit?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(if byte == b'%' { hex(rest.next())? * 16 + hex(rest.next())? } else { byte });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded_as_rfc_3986_has_it() {
        assert_eq!(decoded("%7B%22a%22%3A%22b+c%C3%A9%22%7D").as_deref(), Some("{\"a\":\"b+c\u{e9}\"}"));
        assert_eq!(decoded("%7"), None);
        assert_eq!(decoded("%C3"), None);
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert_eq!(encoded_json("%7B%22a%22%3A1%7D"), Ok(serde_json::json!({"a": 1})));
        assert!(encoded_json("%C3").is_err_and(|why| why.contains("percent-encoded")));
        assert!(encoded_json("%7B").is_err_and(|why| why.contains("no JSON")));
    }
}
