//! Values that must not be shown, taken out of text.

use std::collections::BTreeSet;
use std::ops::Range;

/// Stands where a value came from the environment.
pub const SECRET: &str = "(secret)";

/// `text` without any of `secrets`. Where one begins within another, what either covers is gone: replacing one after the
/// other would leave the rest of the second.
pub fn hide(text: &str, secrets: &BTreeSet<String>) -> String {
    let mut covered: Vec<Range<usize>> = Vec::new();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| rest.find(secret.as_str())) {
            let start = from + found;
            covered.push(start..start + secret.len());
            // One may overlap itself, too.
            from = start + secret.chars().next().map_or(1, char::len_utf8);
        }
    }
    covered.sort_by_key(|range| (range.start, range.end));
    let (mut out, mut behind) = (String::with_capacity(text.len()), 0);
    for range in covered {
        if range.start >= behind {
            out.push_str(text.get(behind..range.start).unwrap_or_default());
            out.push_str(SECRET);
        }
        behind = behind.max(range.end);
    }
    out.push_str(text.get(behind..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str, secrets: &[&str]) -> String {
        hide(text, &secrets.iter().map(|secret| (*secret).to_owned()).collect())
    }

    #[test]
    fn nothing_is_left_of_a_secret_that_another_overlaps() {
        assert_eq!(hidden("a token b", &["token"]), "a (secret) b");
        assert_eq!(hidden("token-2 and token", &["token", "token-2"]), "(secret) and (secret)");
        assert_eq!(hidden("abcd", &["abc", "bcd"]), "(secret)");
        assert_eq!(hidden("ééé", &["éé"]), "(secret)");
        assert_eq!(hidden("xyxy", &["xy"]), "(secret)(secret)");
        assert_eq!(hidden("it is secret", &["secret", "(secret)"]), "it is (secret)");
        assert_eq!(hidden("as it was", &["", "other"]), "as it was");
    }
}
