//! Inline diffs of prose, lists and documents.

use serde_json::Value;
use similar::{Change, ChangeTag, TextDiff};

use super::beside::beside;
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

/// The lines in which two documents differ, with a little of what stands around them. Lists of documents are sets: what AWS
/// has is shown in the order of what is wanted, and a comma is no difference.
pub(crate) fn lines(have: &Value, want: &Value) -> Vec<Piece> {
    let pretty = |value: &Value| clean::block(&serde_json::to_string_pretty(value).unwrap_or_default());
    let (have, want) = (pretty(&beside(have, want)), pretty(want));
    let (have, want): (Vec<&str>, Vec<&str>) = (have.lines().collect(), want.lines().collect());
    let (bare_have, bare_want) = (bare(&have), bare(&want));
    let diff = TextDiff::from_slices(&bare_have, &bare_want);
    grouped(&diff, |change| {
        let shown = change.new_index().and_then(|at| want.get(at));
        shown.or_else(|| change.old_index().and_then(|at| have.get(at))).copied().unwrap_or_default()
    })
}

fn bare<'t>(lines: &[&'t str]) -> Vec<&'t str> {
    lines.iter().map(|line| line.strip_suffix(',').unwrap_or(line)).collect()
}

/// The lines in which two texts differ, with a little of what stands around them.
pub(crate) fn text_lines(have: &str, want: &str) -> Vec<Piece> {
    grouped(&TextDiff::from_lines(have, want), |change| change.value().trim_end_matches('\n'))
}

/// The changes with what stands around them; `shown` is the line of a change.
fn grouped<'t>(diff: &'t TextDiff<'t, 't, str>, shown: impl Fn(&Change<&'t str>) -> &'t str) -> Vec<Piece> {
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if at > 0 {
            lines.push(Piece::Skipped);
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            lines.push(piece(change.tag(), shown(&change)));
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

    /// The lines that come and go.
    fn changed(have: &Value, want: &Value) -> Vec<String> {
        let told = |piece: Piece| match piece {
            Piece::Gone(line) => Some(format!("- {}", line.trim())),
            Piece::New(line) => Some(format!("+ {}", line.trim())),
            Piece::Same(_) | Piece::Skipped => None,
        };
        lines(have, want).into_iter().filter_map(told).collect()
    }

    #[test]
    fn one_more_arn_is_one_line() {
        let statement = |sid: &str, key: &str, arns: &[&str]| {
            json!({"Sid": sid, "Effect": "Deny", "Action": ["a:B"], "Resource": ["*"],
                "Condition": {"ArnNotLike": {key: arns}}})
        };
        let spared = |arns: &[&str]| statement("Spared", "p", arns);
        let others = [statement("Before", "k", &["x"]), statement("Behind", "z", &["x", "y"])];
        let policy = |statements: &[&Value]| json!({ "Statement": statements });
        let want = policy(&[&others[0], &spared(&["arn:a", "arn:b"]), &others[1]]);
        // As it is aligned: what is the same in front, what differs behind it.
        let have = policy(&[&others[0], &others[1], &spared(&["arn:a"])]);
        assert_eq!(changed(&have, &want), ["+ \"arn:b\""]);
        assert_eq!(changed(&want, &have), ["- \"arn:b\""]);
        // Without a name in common the likeliest is the one, and a new name is one line more.
        let renamed = policy(&[&others[1], &statement("Other", "p", &["arn:b", "arn:a"]), &others[0]]);
        assert_eq!(changed(&renamed, &want), ["- \"Sid\": \"Other\"", "+ \"Sid\": \"Spared\""]);
        let fewer = policy(&[&others[1], &others[0]]);
        assert!(changed(&fewer, &want).iter().all(|line| line.starts_with('+')), "{:?}", changed(&fewer, &want));
        assert_eq!(changed(&want, &want), Vec::<String>::new());
    }
}
