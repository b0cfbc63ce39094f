//! What a reader is shown of one action: a few rows, the same in a terminal and in markdown.

mod beside;
mod brief;
mod condition;
mod diffs;
mod policy;
mod update;

use serde_json::Value;

pub(crate) use diffs::{lines as document_lines, text_lines};

use super::disclosure::{NAMED, counted, some};
use super::{Disclosure, clean};
use crate::model::Direction;
use crate::plan::{Action, Change};

/// One row below an action's headline. All text in it is clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// What the row is about.
    pub(crate) label: String,
    /// What it says.
    pub(crate) says: Says,
    /// Which way what changes goes.
    pub(crate) direction: Direction,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// Something that is set.
    Value(String),
    /// A field that changes from one value to another; `None` is unset.
    Change { have: Option<String>, want: Option<String> },
    /// Words that change within a text, or items within a list.
    Words(Vec<Piece>),
    /// Lines that change within a document.
    Lines(Vec<Piece>),
}

/// A word or line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// It stays.
    Same(String),
    /// It goes, from left to right.
    Gone(String),
    /// It comes, from left to right.
    New(String),
    /// What stays and is not worth showing.
    Skipped,
}

impl Piece {
    fn map(&self, words: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Same(text) => Self::Same(words(text)),
            Self::Gone(text) => Self::Gone(words(text)),
            Self::New(text) => Self::New(words(text)),
            Self::Skipped => Self::Skipped,
        }
    }
}

impl Row {
    /// Something that is set.
    pub(crate) fn value(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), says: Says::Value(value.into()), direction: Direction::Neutral }
    }

    /// The row with every value of it put into other words.
    pub(crate) fn map(&self, words: impl Fn(&str) -> String) -> Self {
        let optional = |text: &Option<String>| text.as_deref().map(&words);
        let pieces = |pieces: &[Piece]| pieces.iter().map(|piece| piece.map(&words)).collect();
        let says = match &self.says {
            Says::Value(text) => Says::Value(words(text)),
            Says::Change { have, want } => Says::Change { have: optional(have), want: optional(want) },
            Says::Words(all) => Says::Words(pieces(all)),
            Says::Lines(all) => Says::Lines(pieces(all)),
        };
        Self { label: self.label.clone(), says, direction: self.direction }
    }

    /// The word behind the row; none where nothing gets more or less strict.
    pub(crate) fn verdict(&self) -> Option<&'static str> {
        (self.direction != Direction::Neutral).then(|| self.direction.word())
    }
}

/// The rows of `action`.
pub(crate) fn rows(action: &Action, disclosure: &Disclosure) -> Vec<Row> {
    let kind = action.address.kind;
    let mut rows = match &action.change {
        Change::Create { want } => brief::resource(kind, &disclosure.fields(kind, &want.fields())),
        // What goes is known by its address; where AWS calls it something else, that is said.
        Change::Delete { have, .. } => {
            let name = disclosure.fields(kind, &have.fields()).get("name").map(written);
            name.map(|value| Row::value("name", value)).into_iter().collect()
        }
        Change::Update { have, want, .. } => update::rows(action, have, want, disclosure),
    };
    rows.extend(if action.locked_out.is_empty() { reach(action, disclosure) } else { Some(locked_out(action)) });
    rows
}

/// Whom the action keeps from calling models.
fn locked_out(action: &Action) -> Row {
    let count = counted(action.locked_out.len(), "account");
    Row::value("locks out", format!("{count}: {}", some(&action.locked_out, NAMED)))
}

/// The label of the row that says how many accounts feel a change.
pub(crate) const REACHES: &str = "reaches";

/// Whom the action touches: the node of an attachment under its human name, and how many accounts feel it.
fn reach(action: &Action, disclosure: &Disclosure) -> Option<Row> {
    let accounts = action.reach.map(|count| counted(count, "account"));
    let node = action.target.as_deref().map(|name| {
        let name = clean::line(&disclosure.scrub_text(name));
        match action.address.name.rsplit_once(':') {
            Some((_, id)) if id != name => format!("{name} ({})", clean::line(id)),
            _ => name,
        }
    });
    let value = match (node, accounts) {
        (Some(node), Some(accounts)) => format!("{node}: {accounts}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => return None,
    };
    Some(Row::value(REACHES, value))
}

/// A value on one line, as a person would write it.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => clean::line(text),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(", "),
        Value::Object(map) => brief::rule(map).unwrap_or_else(|| "{}".to_owned()),
        other => other.to_string(),
    }
}
