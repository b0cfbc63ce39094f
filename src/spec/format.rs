//! One way to write a YAML file: indentation by two, one space behind a colon, a comma and a comment's `#`, at most one
//! empty line, no white space at the end of a line, LF, double quotes where a text needs no others, and lines of up to 120
//! columns where a list or map in brackets decides. Keys keep their order, comments and anchors their place.
//!
//! The printer is a library's (docs/adr/0012), so that what it prints is not trusted but read again: it must say the same
//! and print as itself, or the file is left as it is.

use std::panic::catch_unwind;

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, LineBreak, Quotes};
use yaml_parser::{SyntaxElement, SyntaxKind};

use super::codes::NOT_FORMATTED;
use super::node::Node;
use super::yaml;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{SourceId, Span};

/// Columns that a list or map in brackets may take before it is broken up.
const WIDTH: usize = 120;
/// How often the printer may change its mind before it is taken to have none.
const PASSES: usize = 4;
/// Columns that a line may be indented by, dashes among them: the library counts them in 64 bits.
const DEEPEST: usize = 60;
/// The library has a comment that keeps what follows as it is, and cannot be told to have none: before the first line it
/// holds for the file, before an entry for that, and before the first entry of a nested map for nothing. So it is promised to
/// nobody.
const IGNORE: &str = "bedrail-fmt-ignore";

/// `text` as it is written here; itself if it is so already. Reports why it cannot be read, or cannot be written without
/// changing what it says; `None` then.
pub fn format(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let mut found = Diagnostics::new();
    let have = yaml::parse_literal(source, text, &mut found);
    let sound = !found.has_errors();
    diagnostics.extend(found);
    if !sound {
        return None;
    }
    let written = print(text).filter(|written| says_the_same(source, have.as_ref(), text, written));
    if written.is_none() {
        let message = "the file cannot be written anew without changing what it says";
        let fault = Diagnostic::at(Span::new(source, 0, 0), NOT_FORMATTED, message);
        diagnostics.push(fault.help("it is left as it is; it can be used all the same"));
    }
    written
}

/// What the printer makes of a text, once it stays with it; `None` if it never does, or cannot take the text.
fn print(text: &str) -> Option<String> {
    let mut written = unmarked(text);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-', '?', '\t']).len();
    if written.lines().any(|line| indent(line) > DEEPEST) {
        return None;
    }
    for _ in 0..PASSES {
        // A panic of the library is one more text that it cannot take.
        let mut next = catch_unwind(|| pretty_yaml::format_text(&written, &options())).ok()?.ok()?;
        if next.trim().is_empty() {
            next.clear();
        } else if !next.ends_with('\n') {
            next.push('\n');
        }
        if next == written {
            return Some(written);
        }
        written = next;
    }
    None
}

fn options() -> FormatOptions {
    FormatOptions {
        layout: LayoutOptions { print_width: WIDTH, indent_width: 2, line_break: LineBreak::Lf },
        language: LanguageOptions {
            quotes: Quotes::PreferDouble,
            trailing_comma: false,
            format_comments: true,
            brace_spacing: false,
            // White space at the end of a line of a block scalar is text.
            trim_trailing_whitespaces: false,
            ignore_comment_directive: IGNORE.to_owned(),
            ..LanguageOptions::default()
        },
    }
}

/// Without byte order mark, and with LF wherever YAML sees the end of a line.
fn unmarked(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether both texts hold the same values, anchors, aliases and comments, in the same order.
fn says_the_same(source: SourceId, have: Option<&Node>, text: &str, written: &str) -> bool {
    let mut faults = Diagnostics::new();
    let want = yaml::parse_literal(source, written, &mut faults);
    let same = match (have, &want) {
        (Some(have), Some(want)) => have.says_the_same(want),
        (None, None) => true,
        _ => false,
    };
    let remarks = remarks(&unmarked(text));
    same && !faults.has_errors() && remarks.is_some() && remarks == self::remarks(written)
}

/// What stands in a text besides its values.
#[derive(Debug, PartialEq, Eq)]
enum Remark {
    /// A comment, without its `#` and the white space around it.
    Comment(String),
    /// The name of an anchor or an alias.
    Name(String),
    /// A value, by which comments have their place.
    Value,
}

/// The remarks of a text, in order; `None` if the library cannot read it.
fn remarks(text: &str) -> Option<Vec<Remark>> {
    let tree = catch_unwind(|| yaml_parser::parse(text)).ok()?.ok()?;
    let remark = |element: SyntaxElement| {
        let token = element.into_token()?;
        match token.kind() {
            SyntaxKind::COMMENT => Some(Remark::Comment(token.text().trim_start_matches('#').trim().to_owned())),
            SyntaxKind::ANCHOR_NAME => Some(Remark::Name(token.text().to_owned())),
            SyntaxKind::DOUBLE_QUOTED_SCALAR
            | SyntaxKind::SINGLE_QUOTED_SCALAR
            | SyntaxKind::PLAIN_SCALAR
            | SyntaxKind::BLOCK_SCALAR_TEXT => Some(Remark::Value),
            _ => None,
        }
    };
    Some(tree.descendants_with_tokens().filter_map(remark).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::sources::Sources;

    fn formatted(text: &str) -> Result<String, &'static str> {
        let (_, source) = Sources::one("a.yaml", text);
        let mut diagnostics = Diagnostics::new();
        let written = format(source, text, &mut diagnostics);
        written.ok_or_else(|| diagnostics.iter().next().map_or("", |fault| fault.code.id()))
    }

    #[test]
    fn there_is_one_way_to_write_it() {
        for (text, written) in [
            ("a:   1\n", "a: 1\n"),
            ("a: 1", "a: 1\n"),
            ("a: 1   \r\nb: 2\r\n", "a: 1\nb: 2\n"),
            ("\u{feff}a: 1\n", "a: 1\n"),
            ("a:\n    b:\n        - 1\n        -   2\n", "a:\n  b:\n    - 1\n    - 2\n"),
            ("a:\n- 1\n- b: 2\n  c: 3\n", "a:\n  - 1\n  - b: 2\n    c: 3\n"),
            ("a: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
            ("a: 1 #one\n#two\nb: 2\n", "a: 1 # one\n# two\nb: 2\n"),
            ("a: { b: 1,c: [ 1,2 ], }\n", "a: {b: 1, c: [1, 2]}\n"),
            ("a: 'b'\nc: 'CLM-\\d{8}'\nd: 'say \"a\"'\n", "a: \"b\"\nc: 'CLM-\\d{8}'\nd: 'say \"a\"'\n"),
            ("a: &x   1\nb:   *x\n", "a: &x 1\nb: *x\n"),
            ("a: |\n    x  \n\n\n    y\nb: >-\n      z\n", "a: |\n  x  \n\n\n  y\nb: >-\n  z\n"),
            ("# only a comment\n", "# only a comment\n"),
            ("", ""),
            ("\n\n", ""),
            (
                "z:   0\n# bedrail-fmt-ignore\na: {b:    1}\nc:   1\n",
                "z: 0\n# bedrail-fmt-ignore\na: {b:    1}\nc: 1\n",
            ),
        ] {
            assert_eq!(formatted(text).as_deref(), Ok(written), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_left() {
        for (text, code) in [("a: [", "E0101"), ("a: 1\na: 2\n", "E0102"), ("---\na: 1\n---\nb: 1\n", "E0104")] {
            assert_eq!(formatted(text), Err(code), "{text:?}");
        }
        for start in [" ", "- "] {
            let deep = |count: usize| format!("a:\n{}b: 1\n", start.repeat(count));
            assert_eq!(formatted(&deep(1 + DEEPEST)), Err("E0112"));
        }
    }

    #[test]
    fn a_lost_comment_or_anchor_is_seen() {
        let (_, source) = Sources::one("a.yaml", "");
        let same = |text: &str, written: &str| {
            let have = yaml::parse_literal(source, text, &mut Diagnostics::new());
            says_the_same(source, have.as_ref(), text, written)
        };
        let text = "a: &x 1 # one\nb: *x\n";
        assert!(same(text, "a:  &x 1   #one\nb: *x\n"));
        for written in [
            "a: &x 1\nb: *x\n",
            "a: 1 # one\nb: 1\n",
            "a: &y 1 # one\nb: *y\n",
            "a: &x 1\nb: *x # one\n",
            "a: &x 2 # one\nb: *x\n",
        ] {
            assert!(!same(text, written), "{written:?}");
        }
    }
}
