//! AWS's event streams: messages of headers and a payload, with checksums (Smithy, "Amazon Event Stream Specification").
//!
//! ```text
//! total length, headers' length, CRC-32 of these two | headers | payload | CRC-32 of all before
//! ```

use serde_json::Value;

pub(super) const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// Lengths and checksums: three numbers before the headers and one at the end.
const OVERHEAD: usize = 16;
/// A header's value that is a text.
const TEXT: u8 = 7;

/// The stream of the events, each an object of its type and its content.
pub(super) fn encode(events: &Value) -> Vec<u8> {
    let events = events.as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
    events.flat_map(|(kind, content)| message(kind, content.to_string().as_bytes())).collect()
}

fn message(kind: &str, payload: &[u8]) -> Vec<u8> {
    let headers: Vec<u8> = [(":event-type", kind), (":content-type", "application/json"), (":message-type", "event")]
        .into_iter()
        .flat_map(|(name, value)| header(name, value))
        .collect();
    let mut message = Vec::with_capacity(OVERHEAD + headers.len() + payload.len());
    message.extend(number(OVERHEAD + headers.len() + payload.len()));
    message.extend(number(headers.len()));
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(headers);
    message.extend(payload);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}

fn header(name: &str, value: &str) -> Vec<u8> {
    let name_length = u8::try_from(name.len()).expect("the names above are short");
    let value_length = u16::try_from(value.len()).expect("types of events are short");
    [&[name_length], name.as_bytes(), &[TEXT], &value_length.to_be_bytes(), value.as_bytes()].concat()
}

fn number(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("no event of the emulator has gigabytes").to_be_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_laid_out_as_specified() {
        let stream = encode(&json!([{"messageStop": {"a": 1}}]));
        let at = |from: usize| u32::from_be_bytes(stream[from..from + 4].try_into().expect("four bytes"));
        let headers = usize::try_from(at(4)).expect("small");
        assert_eq!(usize::try_from(at(0)).expect("small"), stream.len());
        assert_eq!(at(8), crc32fast::hash(&stream[..8]));
        assert_eq!(&stream[12..26], b"\x0b:event-type\x07\x00", "a header's name, the kind and length of its value");
        assert_eq!(&stream[12 + headers..stream.len() - 4], br#"{"a":1}"#);
        assert_eq!(at(stream.len() - 4), crc32fast::hash(&stream[..stream.len() - 4]));
        // The checksum of the specification's polynomial (ISO 3309).
        assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
    }
}
