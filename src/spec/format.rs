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

/// `text` as it is written here; itself if it is so already. Reports why it cannot be read, or the place that cannot be
/// written without changing what it says; `None` then.
pub fn format(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let mut found = Diagnostics::new();
    let have = yaml::parse_literal(source, text, &mut found);
    let sound = !found.has_errors();
    diagnostics.extend(found);
    if !sound {
        return None;
    }
    let written =
        print(text).and_then(|written| difference(source, have.as_ref(), text, &written).map_or(Ok(written), Err));
    let at = match written {
        Ok(written) => return Some(written),
        Err(at) => original(text, at),
    };
    let message = "what stands here cannot be written anew without changing what the file says";
    let fault = Diagnostic::at(Span::new(source, at, at), NOT_FORMATTED, message);
    diagnostics.push(fault.help("the file is left as it is, and can be used all the same"));
    None
}

/// Where in the [`unmarked`] text something stands that cannot be written anew.
type Stuck = usize;

/// What the printer makes of a text, once it stays with it. Fails where it never does, or cannot take the text.
fn print(text: &str) -> Result<String, Stuck> {
    let mut written = unmarked(text);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-', '?', '\t']).len();
    let mut start = 0;
    for line in written.split_inclusive('\n') {
        if indent(line) > DEEPEST {
            return Err(start + indent(line));
        }
        start += line.len();
    }
    for pass in 1..=PASSES {
        // A panic of the library is one more text that it cannot take.
        let printed = catch_unwind(|| pretty_yaml::format_text(&written, &options())).map_err(|_| 0_usize)?;
        let mut next = closed(printed.map_err(|fault| if pass == 1 { fault.offset() } else { 0 })?);
        if next.trim().is_empty() {
            next.clear();
        } else if !next.ends_with('\n') {
            next.push('\n');
        }
        if next == written {
            return Ok(written);
        }
        if pass == PASSES {
            return Err(counterpart(text, &written, common(&written, &next)));
        }
        written = next;
    }
    Err(0)
}

/// How many bytes two texts begin with alike.
fn common(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count()
}

/// The place in the unmarked `text` of what stands at a place of what was made of it: both have the same remarks.
fn counterpart(text: &str, made: &str, at: usize) -> Stuck {
    let before = remarks(made).map_or(0, |all| all.iter().filter(|(_, start)| *start <= at).count());
    let all = remarks(&unmarked(text)).unwrap_or_default();
    all.get(before.saturating_sub(1)).map_or(0, |(_, start)| *start)
}

/// Without the empty lines that the printer puts between a comment and the bracket behind it, where nothing else stands in
/// the brackets.
fn closed(printed: String) -> String {
    let Some(tree) = catch_unwind(|| yaml_parser::parse(&printed)).ok().and_then(Result::ok) else { return printed };
    let mut text = String::with_capacity(printed.len());
    let (mut behind_comment, mut held) = (false, String::new());
    for token in tree.descendants_with_tokens().filter_map(SyntaxElement::into_token) {
        match token.kind() {
            SyntaxKind::WHITESPACE if behind_comment => held.push_str(token.text()),
            kind => {
                let closes = matches!(kind, SyntaxKind::R_BRACKET | SyntaxKind::R_BRACE);
                let kept = if closes { held.rfind('\n').map_or(0, |last| last) } else { 0 };
                text.push_str(&held[kept..]);
                held.clear();
                text.push_str(token.text());
                behind_comment = kind == SyntaxKind::COMMENT;
            }
        }
    }
    text + &held
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

/// Without byte order mark, with LF wherever YAML sees the end of a line, and without the indentation of the comments at the
/// head, by which the library would take what follows to be indented.
fn unmarked(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let (head, rest) = text.split_at(head(&text));
    head.split_inclusive('\n').map(flush).collect::<String>() + rest
}

/// How many bytes the comments and empty lines at the head of a text take.
fn head(text: &str) -> usize {
    let is_head = |line: &&str| flush(line).starts_with('#') || line.trim().is_empty();
    text.split_inclusive('\n').take_while(is_head).map(str::len).sum()
}

/// A line without its indentation.
fn flush(line: &str) -> &str {
    line.trim_start_matches([' ', '\t'])
}

/// The byte of `text` that stands at a place of it [`unmarked`].
fn original(text: &str, at: Stuck) -> u32 {
    let mark = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let indented = text[mark..].replace("\r\n", "\n").replace('\r', "\n");
    let removed: usize =
        indented[..head(&indented)].split_inclusive('\n').map(|line| line.len() - flush(line).len()).sum();
    // Within the head there is nothing that could be at fault.
    let at = at + removed;
    let (mut passed, mut place) = (0, mark);
    let mut bytes = text.bytes().skip(mark).peekable();
    while let (true, Some(byte)) = (passed < at, bytes.next()) {
        place += 1;
        if byte != b'\r' || bytes.peek() != Some(&b'\n') {
            passed += 1;
        }
    }
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Where two texts first differ in their values, anchors, aliases and comments, or in the order of these.
fn difference(source: SourceId, have: Option<&Node>, text: &str, written: &str) -> Option<Stuck> {
    let mut faults = Diagnostics::new();
    let want = yaml::parse_literal(source, written, &mut faults);
    let same = match (have, &want) {
        (Some(have), Some(want)) => have.says_the_same(want),
        (None, None) => true,
        _ => false,
    };
    let (Some(mine), Some(others)) = (remarks(&unmarked(text)), remarks(written)) else { return Some(0) };
    let kept = mine.iter().zip(&others).take_while(|((one, _), (other, _))| one == other).count();
    if kept < mine.len().max(others.len()) {
        return Some(mine.get(kept).or(mine.last()).map_or(0, |(_, start)| *start));
    }
    (!same || faults.has_errors()).then(|| {
        // A value that is another one now; the texts have as many of them.
        let values = |text: &str, all: &[(Remark, usize)]| -> Vec<(usize, String)> {
            let start = |(remark, start): &(Remark, usize)| (*remark == Remark::Value).then_some(*start);
            let said = |start: usize| text[start..].lines().next().unwrap_or_default().trim().to_owned();
            all.iter().filter_map(start).map(|start| (start, said(start))).collect()
        };
        let unmarked = unmarked(text);
        let (mine, others) = (values(&unmarked, &mine), values(written, &others));
        mine.iter().zip(&others).find(|((_, one), (_, other))| one != other).map_or(0, |((start, _), _)| *start)
    })
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

/// The remarks of a text, each with the byte at which it stands, in order; `None` if the library cannot read it.
fn remarks(text: &str) -> Option<Vec<(Remark, usize)>> {
    let tree = catch_unwind(|| yaml_parser::parse(text)).ok()?.ok()?;
    let remark = |element: SyntaxElement| {
        let token = element.into_token()?;
        let remark = match token.kind() {
            SyntaxKind::COMMENT => Remark::Comment(token.text().trim_start_matches('#').trim().to_owned()),
            SyntaxKind::ANCHOR_NAME => Remark::Name(token.text().to_owned()),
            SyntaxKind::DOUBLE_QUOTED_SCALAR
            | SyntaxKind::SINGLE_QUOTED_SCALAR
            | SyntaxKind::PLAIN_SCALAR
            | SyntaxKind::BLOCK_SCALAR_TEXT => Remark::Value,
            _ => return None,
        };
        Some((remark, usize::from(token.text_range().start())))
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
    fn how_far_the_first_comment_is_indented_is_no_matter() {
        let rest = "# one\na:\n  - &b \"c\"\n\nd: &e\n  f: g\nh: *e\n";
        for comment in ["#said\n", " # said\n", "\n      # said\n\n"] {
            let written = formatted(&format!("{comment}{rest}")).expect("it is sound");
            assert_eq!(written.replace("said\n\n", "said\n"), format!("# said\n{rest}"), "{comment:?}");
        }
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
            ("a: [ # c0\n # c1\n]\nb: 1\n", "a: [\n  # c0\n  # c1\n]\nb: 1\n"),
            ("a: {b: [ # c0\n\n]}\n", "a: {\n  b: [\n    # c0\n  ]\n}\n"),
            ("a: [ # c0\n\n # c1\n 1, # c2\n\n 2 # c3\n]\n", "a: [\n  # c0\n\n  # c1\n  1, # c2\n\n  2 # c3\n]\n"),
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
    fn what_is_left_is_named_where_it_stands() {
        for (text, place) in [
            (format!("a: 1\r\nb:\r\n{}c: 1\r\n", " ".repeat(1 + DEEPEST)), "c: 1"),
            (format!("\u{feff}é: 1\nb:\n{}c: 1\n", " ".repeat(1 + DEEPEST)), "c: 1"),
        ] {
            let (_, source) = Sources::one("a.yaml", text.as_str());
            let mut faults = Diagnostics::new();
            assert_eq!(format(source, &text, &mut faults), None);
            let span = faults.iter().next().and_then(|fault| fault.span).expect("a place");
            assert!(text[span.start as usize..].starts_with(place), "{text:?}: {span:?}");
        }
        let (_, source) = Sources::one("a.yaml", "");
        let at = |text: &'static str, written: &str| -> Option<&'static str> {
            let have = yaml::parse_literal(source, text, &mut Diagnostics::new());
            difference(source, have.as_ref(), text, written).map(|at| &text[at..])
        };
        assert_eq!(at("a: 1\nb: 2 # x\nc: 3\n", "a: 1\nb: 2\nc: 3\n"), Some("# x\nc: 3\n"));
        assert_eq!(at("a: 1\nb: 2\n", "a: 1\nb: 3\n"), Some("b: 2\n"), "the entry");
        assert_eq!(at("a: 1\n", "a: 1\n"), None);
    }

    #[test]
    fn a_lost_comment_or_anchor_is_seen() {
        let (_, source) = Sources::one("a.yaml", "");
        let same = |text: &str, written: &str| {
            let have = yaml::parse_literal(source, text, &mut Diagnostics::new());
            difference(source, have.as_ref(), text, written).is_none()
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
