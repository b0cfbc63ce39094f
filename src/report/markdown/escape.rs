//! Foreign text in a comment.

use crate::report::clean;

/// Foreign text on one line, as code: every character that Markdown or HTML reads as syntax is an entity, which Markdown
/// never takes for structure.
pub(crate) fn code(text: &str) -> String {
    let mut out = "<code>".to_owned();
    for c in clean::line(text).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '/' | '-' | '.' | ',' | ';') {
            out.push(c);
        } else {
            push!(out, "&#{};", u32::from(c));
        }
    }
    out + "</code>"
}

/// Foreign lines in a fenced block of this language, with a fence that is longer than any run of its character within.
pub(crate) fn fenced(language: &str, lines: &str) -> String {
    let longest = lines.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_becomes_text() {
        assert_eq!(code("a*b</code>\n@x"), "<code>a&#42;b&#60;/code&#62; &#64;x</code>");
        assert!(fenced("diff", "```\n````\nx").starts_with("`````diff\n"));
    }
}
