//! JSON writes a character beyond U+FFFF as two escapes, which YAML does not know.

use std::borrow::Cow;

/// `text` with each such pair as the character that it stands for.
pub(super) fn joined(text: &str) -> Cow<'_, str> {
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
    use super::joined;

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
}
