//! What formatting would change in a file.

use super::clean;
use super::rows::{Piece, text_lines};
use super::style::{Style, Tone};

/// The lines of the file `name` that would change, `-` as they are and `+` as they would be. White space at the end of a
/// line, which is what many differ in, is made visible.
pub fn diff(name: &str, have: &str, want: &str, style: Style) -> String {
    let mut out = format!("{}\n", style.paint(Tone::Strong, clean::line(name)));
    for piece in text_lines(have, want) {
        match piece {
            Piece::Same(text) => push!(out, "    {}\n", clean::block(&text)),
            Piece::Gone(text) => push!(out, "{}\n", style.paint(Tone::Delete, format!("  - {}", visible(&text)))),
            Piece::New(text) => push!(out, "{}\n", style.paint(Tone::Create, format!("  + {}", visible(&text)))),
            Piece::Skipped => push!(out, "{}\n", style.paint(Tone::Quiet, "    …")),
        }
    }
    out
}

/// A line with what stands at its end: `·` for a space, `→` for a tab, `␍` for a carriage return.
fn visible(line: &str) -> String {
    let text = line.trim_end_matches([' ', '\t', '\r']);
    let end = line[text.len()..].chars().map(|blank| match blank {
        ' ' => '·',
        '\t' => '→',
        _ => '␍',
    });
    clean::block(text).chars().chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_can_be_seen() {
        let shown = diff("a.yaml", "a: 1  \r\nb: 2\n", "a: 1\nb: 2\n", Style::Plain);
        assert_eq!(shown, "a.yaml\n  - a: 1··␍\n  + a: 1\n    b: 2\n");
        assert!(!diff("\u{1b}[31m", "::error::a\n", "b: \u{1b}[31m\n", Style::Plain).contains(['\u{1b}']));
    }
}
