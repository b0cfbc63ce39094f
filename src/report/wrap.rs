//! Text that fits a width.

use unicode_width::UnicodeWidthStr;

/// How many columns `text` takes on a terminal; its colours take none.
pub(crate) fn columns(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// `text` followed by spaces up to `width` columns.
pub(crate) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// `text` in lines of at most `width` columns, broken at spaces. A longer word stands on a line of its own: to cut an
/// address or an ARN would spoil it.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let wide = columns(word);
        if taken > 0 && taken + 1 + wide > width {
            lines.push(String::new());
            taken = 0;
        }
        let line = lines.last_mut().expect("there is always a line");
        if taken > 0 {
            line.push(' ');
            taken += 1;
        }
        line.push_str(word);
        taken += wide;
    }
    lines
}

/// `text` in lines of at most `width` columns in all, each behind `indent` spaces, each ended.
pub(crate) fn indented(text: &str, indent: usize, width: usize) -> String {
    let mut out = String::new();
    for line in wrap(text, width.saturating_sub(indent)) {
        push!(out, "{:indent$}{line}\n", "");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_words_stay_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a arn:aws:bedrock:x b", 8), ["a", "arn:aws:bedrock:x", "b"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(columns("誰"), 2);
        assert_eq!(indented("one two", 2, 6), "  one\n  two\n");
    }
}
