//! Inline diffs of prose, lists and documents.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{Piece, written};
use crate::report::clean;

/// Lines of a document that stay and are shown around those that change.
const CONTEXT: usize = 3;

/// The words in which two texts differ; runs of the same kind are one piece.
pub(crate) fn words(have: &str, want: &str) -> Vec<Piece> {
    let (have, want) = (clean::line(have), clean::line(want));
    let diff = TextDiff::from_words(&have, &want);
    let mut pieces: Vec<Piece> = Vec::new();
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), pieces.last_mut()) {
            (ChangeTag::Equal, Some(Piece::Same(last)))
            | (ChangeTag::Delete, Some(Piece::Gone(last)))
            | (ChangeTag::Insert, Some(Piece::New(last))) => last.push_str(text),
            (tag, _) => pieces.push(piece(tag, text)),
        }
    }
    pieces
}

/// The items that one list has and the other has not.
pub(crate) fn items(have: &[Value], want: &[Value]) -> Vec<Piece> {
    let only = |one: &[Value], other: &[Value]| -> Vec<String> {
        one.iter().filter(|item| !other.contains(item)).map(written).collect()
    };
    let gone = only(have, want).into_iter().map(Piece::Gone);
    gone.chain(only(want, have).into_iter().map(Piece::New)).collect()
}

/// The lines in which two documents differ, with a little of what stands around them.
pub(crate) fn lines(have: &Value, want: &Value) -> Vec<Piece> {
    let pretty = |value: &Value| clean::block(&serde_json::to_string_pretty(value).unwrap_or_default());
    text_lines(&pretty(have), &pretty(want))
}

/// The lines in which two texts differ, with a little of what stands around them.
pub(crate) fn text_lines(have: &str, want: &str) -> Vec<Piece> {
    let diff = TextDiff::from_lines(have, want);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if at > 0 {
            lines.push(Piece::Skipped);
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            lines.push(piece(change.tag(), change.value().trim_end_matches('\n')));
        }
    }
    lines
}

fn piece(tag: ChangeTag, text: &str) -> Piece {
    match tag {
        ChangeTag::Equal => Piece::Same(text.to_owned()),
        ChangeTag::Delete => Piece::Gone(text.to_owned()),
        ChangeTag::Insert => Piece::New(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_changes_is_marked() {
        let same = |text: &str| Piece::Same(text.to_owned());
        assert_eq!(
            words("for every account", "for each account"),
            [same("for "), Piece::Gone("every".to_owned()), Piece::New("each".to_owned()), same(" account")]
        );
        let lines = lines(&json!({"a": 1, "b": 2}), &json!({"a": 1, "b": 3}));
        assert_eq!(
            lines[1..4],
            [same("  \"a\": 1,"), Piece::Gone("  \"b\": 2".to_owned()), Piece::New("  \"b\": 3".to_owned())]
        );
    }
}
