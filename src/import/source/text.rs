//! The text of a file of others as YAML can have it.

use std::borrow::Cow;

use crate::spec::yaml::{STAND_IN, is_control};

/// `text` without what YAML cannot read although it may be in no value that matters.
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    let joined = joined(text);
    if joined.contains(is_control) { Cow::Owned(joined.replace(is_control, STAND_IN)) } else { joined }
}

/// JSON writes a character beyond U+FFFF as two escapes, which YAML does not know: each such pair as that character.
fn joined(text: &str) -> Cow<'_, str> {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((c, length)) = pair(rest) {
            out.push(c);
            rest = &rest[length..];
            continue;
        }
        // The backslash, and what it escapes: a second one begins nothing.
        let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn pair(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let units = [unit(0)?, unit(6)?];
    let mut chars = char::decode_utf16(units);
    match (chars.next(), chars.next()) {
        (Some(Ok(c)), None) => Some((c, 12)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::diagnostic::Diagnostics;
    use crate::model::span::SourceId;
    use crate::spec::yaml::parse_foreign;

    #[test]
    fn pairs_become_characters() {
        for (text, wanted) in [
            (r"a\ud83d\ude00b", "a😀b"),
            (r"a\\ud83d\ude00", r"a\\ud83d\ude00"),
            (r"\u00e9\ud83d", r"\u00e9\ud83d"),
            (r"\n\uD83D\uDE00\t", "\\n😀\\t"),
            ("plain", "plain"),
        ] {
            assert_eq!(joined(text), wanted);
        }
    }

    #[test]
    fn what_yaml_forbids_is_read_and_is_still_no_text_that_a_spec_can_hold() {
        assert_eq!(readable("a\tb\r\nc"), "a\tb\r\nc");
        let text = readable("{\"a\": \"b\u{7}c\u{0}\u{9b}\", \"d\u{7f}\": \"\\u0007\"}").into_owned();
        let node = parse_foreign(SourceId::new(0), &text, &mut Diagnostics::new()).expect("it is read");
        let texts: Vec<&str> = node.entries().unwrap_or_default().iter().filter_map(|e| e.value.literal()).collect();
        assert_eq!(
            texts.iter().map(|text| text.chars().filter(|c| is_control(*c)).count()).collect::<Vec<_>>(),
            [3, 1]
        );
        assert!(node.entries().unwrap_or_default()[1].key.value.contains(is_control));
    }
}
