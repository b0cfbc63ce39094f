//! The rows of a resource that changes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Piece, Row, brief, diffs, written};
use crate::kinds::Model;
use crate::model::{Digest, FieldDiff, Guard};
use crate::plan::Action;
use crate::report::disclosure::counted;
use crate::report::{Disclosure, clean};

/// The rows of an update, in the order of the fields.
pub(crate) fn rows(action: &Action, have: &Model, want: &Model, disclosure: &Disclosure) -> Vec<Row> {
    let (have, want) = (have.fields(), want.fields());
    let mut rows = Vec::new();
    let mut fields = action.fields.as_slice();
    while let Some(field) = fields.first() {
        let taken = if let Some(row) = document(field, &have, &want, disclosure) {
            rows.push(row);
            leading(fields, in_document)
        } else if let Some(base) = hidden_keys(action, field) {
            rows.push(keyed(base, fields, &have, &want, disclosure));
            leading(fields, |other| under(&other.path, base))
        } else if let Some((row, taken)) = whole(fields, disclosure) {
            rows.push(row);
            taken
        } else {
            rows.push(single(field, disclosure));
            1
        };
        fields = &fields[taken.max(1)..];
    }
    rows
}

fn leading(fields: &[FieldDiff], belongs: impl Fn(&FieldDiff) -> bool) -> usize {
    fields.iter().take_while(|field| belongs(field)).count()
}

fn under(path: &str, base: &str) -> bool {
    path.strip_prefix(base).is_some_and(|rest| rest.starts_with(".#"))
}

fn in_document(field: &FieldDiff) -> bool {
    field.path == "document" || field.path.starts_with("document.")
}

/// A policy document is read as a document, not leaf by leaf.
fn document(field: &FieldDiff, have: &Value, want: &Value, disclosure: &Disclosure) -> Option<Row> {
    let shown = |fields: &Value| disclosure.scrub(fields.get("document").unwrap_or(&Value::Null));
    in_document(field)
        .then(|| Row::Lines { label: "document".to_owned(), lines: diffs::lines(&shown(have), &shown(want)) })
}

/// The guarded collection that this field belongs to, if its very keys are guarded.
fn hidden_keys(action: &Action, field: &FieldDiff) -> Option<&'static str> {
    let bases = action.address.kind.guarded().iter().filter_map(|pattern| pattern.strip_suffix(".*"));
    bases.into_iter().find(|base| under(&field.path, base))
}

/// How a collection with guarded keys changes: `3 words → 4 words`, and how many came, went and changed; the keys
/// themselves only when content is shown.
fn keyed(base: &str, fields: &[FieldDiff], have: &Value, want: &Value, disclosure: &Disclosure) -> Row {
    let at = |fields: &Value| -> BTreeSet<String> {
        let found = base.split('.').try_fold(fields, |value, key| value.get(key));
        found.and_then(Value::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default()
    };
    let (had, wanted) = (at(have), at(want));
    let noun = base.rsplit('.').next().unwrap_or(base).trim_end_matches('s');
    let touched: BTreeSet<&str> = fields
        .iter()
        .filter(|field| under(&field.path, base))
        .filter_map(|field| field.path.get(base.len() + 2..)?.split('.').next())
        .collect();
    if disclosure.content {
        let shown = |key: &String| clean::line(&disclosure.scrub_text(key));
        let changed =
            had.intersection(&wanted).filter(|key| touched.contains(Digest::of_bytes(key.as_bytes()).short()));
        let pieces = had.difference(&wanted).map(|key| Piece::Gone(shown(key)));
        let pieces = pieces.chain(wanted.difference(&had).map(|key| Piece::New(shown(key))));
        let pieces = pieces.chain(changed.map(|key| Piece::Same(format!("{} (changed)", shown(key))))).collect();
        return Row::Words { label: base.to_owned(), pieces };
    }
    let (gone, new) = (had.difference(&wanted).count(), wanted.difference(&had).count());
    let changed = touched.len().saturating_sub(gone + new);
    let parts = [(new, "added"), (gone, "removed"), (changed, "changed")];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let want = format!("{} ({})", counted(wanted.len(), noun), parts.join(", "));
    Row::Change { label: base.to_owned(), have: Some(counted(had.len(), noun)), want: Some(want) }
}

/// Something that comes or goes as a whole, such as one topic: its fields share a parent and are all unset on one side.
fn whole(fields: &[FieldDiff], disclosure: &Disclosure) -> Option<(Row, usize)> {
    let (parent, _) = fields.first()?.path.rsplit_once('.')?;
    let sibling = |field: &FieldDiff| field.path.rsplit_once('.').is_some_and(|(other, _)| other == parent);
    let group = &fields[..leading(fields, sibling)];
    let comes = group.iter().all(|field| field.have.is_none());
    let goes = group.iter().all(|field| field.want.is_none());
    if group.len() < 2 || comes == goes {
        return None;
    }
    let mut object = Map::new();
    for field in group {
        let (key, value) = (field.path.rsplit_once('.')?.1, field.want.as_ref().or(field.have.as_ref())?);
        object.insert(key.to_owned(), disclosure.side(field, value));
    }
    let text = brief::rule(&object).unwrap_or_else(|| "set".to_owned());
    let (have, want) = if comes { (None, Some(text)) } else { (Some(text), None) };
    Some((Row::Change { label: clean::line(&disclosure.scrub_text(parent)), have, want }, group.len()))
}

fn single(field: &FieldDiff, disclosure: &Disclosure) -> Row {
    let label = clean::line(&disclosure.scrub_text(&field.path));
    let have = field.have.as_ref().map(|value| disclosure.side(field, value));
    let want = field.want.as_ref().map(|value| disclosure.side(field, value));
    let open = field.guard == Guard::Open || (field.guard == Guard::Guarded && disclosure.content);
    match (&have, &want) {
        (Some(Value::String(have)), Some(Value::String(want))) if open && is_prose(have) && is_prose(want) => {
            Row::Words { label, pieces: diffs::words(have, want) }
        }
        (Some(Value::Array(have)), Some(Value::Array(want))) if open && have.len() + want.len() > 4 => {
            let pieces = diffs::items(have, want);
            if pieces.is_empty() {
                change(label, Some(&Value::from(have.clone())), Some(&Value::from(want.clone())))
            } else {
                Row::Words { label, pieces }
            }
        }
        (have, want) => change(label, have.as_ref(), want.as_ref()),
    }
}

fn change(label: String, have: Option<&Value>, want: Option<&Value>) -> Row {
    Row::Change { label, have: have.map(written), want: want.map(written) }
}

fn is_prose(text: &str) -> bool {
    text.split_whitespace().nth(2).is_some()
}
