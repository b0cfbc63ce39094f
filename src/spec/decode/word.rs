//! AWS's words.

use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;
use crate::spec::node::Node;
use crate::spec::{codes, suggest};

use super::{Reading, literal};

/// Reads one of `all`, each with its word. `what` has an article: `a strength`.
pub fn decode_word<T: Copy>(node: &Node, what: &str, all: &[(&'static str, T)], cx: &mut Reading) -> Option<T> {
    let (text, scalar) = literal(node, what, cx)?;
    let shown = scalar.text.shown();
    read_word(text, &shown, node.span, what, all, cx)
}

/// Reads a word from a text at a place, which may also be a key. `shown` is how a message may cite it.
pub fn read_word<T: Copy>(
    text: &str,
    shown: &str,
    span: Span,
    what: &str,
    all: &[(&'static str, T)],
    cx: &mut Reading,
) -> Option<T> {
    if let Some((_, found)) = all.iter().find(|(word, _)| *word == text) {
        return Some(*found);
    }
    let words = all.iter().map(|(word, _)| *word);
    let fold = |text: &str| text.to_ascii_uppercase().replace(['-', ' '], "_");
    if let Some(word) = words.clone().find(|word| fold(word) == fold(text)) {
        let message = format!("`{shown}` is not {what}, though `{word}` is");
        cx.push(Diagnostic::at(span, codes::LETTER_CASE, message).help(format!("write `{word}`")));
    } else {
        let message = format!("`{shown}` is not {what}");
        cx.push(Diagnostic::at(span, codes::UNKNOWN_VALUE, message).maybe_help(suggest::advise(text, words)));
    }
    None
}
