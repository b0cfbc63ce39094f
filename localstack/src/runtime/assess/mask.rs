//! Replacing parts of a text.

use std::ops::Range;

/// A part of a text, in bytes, and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) range: Range<usize>,
    pub(crate) label: String,
}

/// Of spans that overlap the one that begins first holds, and of those the longest.
pub(super) fn apply(text: &str, spans: &[Span]) -> String {
    let mut ordered: Vec<&Span> = spans.iter().collect();
    ordered.sort_by_key(|span| (span.range.start, std::cmp::Reverse(span.range.end)));
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for Span { range, label } in ordered {
        if range.start >= done {
            masked.push_str(&text[done..range.start]);
            masked.push_str(label);
            done = range.end;
        }
    }
    masked.push_str(&text[done..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_longest_of_overlapping_spans_holds() {
        let span = |start, end, label: &str| Span { range: start..end, label: label.to_owned() };
        let spans = [span(4, 6, "{B}"), span(0, 3, "{A}"), span(4, 8, "{C}"), span(7, 9, "{D}")];
        assert_eq!(apply("abc defghi", &spans), "{A} {C}hi");
        assert_eq!(apply("äöü", &[]), "äöü");
    }
}
