//! Faults of keys and characters.

use std::borrow::Cow;

use super::super::codes;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;

pub(super) fn faulty_key(
    text: &str,
    span: Span,
    plain: bool,
    anchored: bool,
    first: Option<Span>,
) -> Option<Diagnostic> {
    if anchored || (plain && text.is_empty()) {
        let message = if anchored { "a key carries an anchor" } else { "a key is empty" };
        return Some(Diagnostic::at(span, codes::COMPLEX_KEY, message).help("write the key as simple text"));
    }
    if plain && text == "<<" {
        let help = "write the keys out, or give the whole value by an alias: `key: *name`";
        let fault = Diagnostic::at(span, codes::MERGE_KEY, "a merge key is not part of the format");
        return Some(fault.help(help));
    }
    let message = format!("the key `{text}` stands twice in this map");
    let fault = Diagnostic::at(span, codes::DUPLICATE_KEY, message).label("again here");
    first.map(|first| fault.related(first, "first here"))
}

pub(super) fn control_character(span: Span, found: char) -> Diagnostic {
    let message = format!("the text holds the control character U+{:04X}", u32::from(found));
    Diagnostic::at(span, codes::CONTROL_CHARACTER, message).help("remove it; only tabs and line breaks are allowed")
}

/// Stands for a control character in a file of others, where the parser takes none.
pub(crate) const STAND_IN: &str = "\u{10ffff}";

/// A text in which what stood for a control character is one.
pub(super) fn restored(text: &str) -> Cow<'_, str> {
    if text.contains(STAND_IN) { text.replace(STAND_IN, "\u{ffff}").into() } else { text.into() }
}

/// Whether YAML has no such character.
pub(crate) fn is_control(found: char) -> bool {
    match found {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        found => found.is_control(),
    }
}
