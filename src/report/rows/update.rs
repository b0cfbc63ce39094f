//! The rows of a resource that changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Piece, Row, Says, brief, diffs, written};
use crate::kinds::{Kind, Model};
use crate::model::{Digest, Direction, FieldDiff, Guard};
use crate::plan::Action;
use crate::report::disclosure::counted;
use crate::report::{Disclosure, clean};

/// The rows of an update, in the order of the fields.
pub(crate) fn rows(action: &Action, have: &Model, want: &Model, disclosure: &Disclosure) -> Vec<Row> {
    let sides = Some((have.fields(), want.fields()));
    Sheet { guarded: action.address.kind.guarded(), sides, disclosure }.rows(&action.fields)
}

/// Where the keys are words, which AWS matches in any letter case (`docs/hazards.md`).
const WORDS: &str = "word_policy.words";

/// How many words stay and are only written in other letter case.
fn respelled(had: &BTreeSet<String>, wanted: &BTreeSet<String>) -> usize {
    let mut gone: BTreeMap<String, usize> = BTreeMap::new();
    for word in had.difference(wanted) {
        *gone.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut stays = |word: &&String| match gone.get_mut(&word.to_lowercase()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    };
    wanted.difference(had).filter(|word| stays(word)).count()
}

/// Fields of one model, as they are shown.
struct Sheet<'a> {
    guarded: &'static [&'static str],
    /// Both models as trees, where they are at hand.
    sides: Option<(Value, Value)>,
    disclosure: &'a Disclosure,
}

fn together(fields: &[FieldDiff]) -> Direction {
    fields.iter().map(|field| field.direction).collect()
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

impl Sheet<'_> {
    fn rows(&self, fields: &[FieldDiff]) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut fields = fields;
        while let Some(field) = fields.first() {
            let taken = if let Some(row) = self.document(fields) {
                let taken = leading(fields, in_document);
                let whole = row.direction;
                rows.push(row);
                rows.extend(fields[..taken].iter().flat_map(|field| self.in_document(field, whole)));
                taken
            } else if let Some(base) = self.hidden_keys(field) {
                let taken = leading(fields, |other| under(&other.path, base));
                rows.push(self.keyed(base, &fields[..taken]));
                taken
            } else if let Some((row, taken)) = self.whole(fields) {
                rows.push(row);
                taken
            } else {
                rows.push(self.single(field));
                rows.extend(self.below(field));
                1
            };
            fields = &fields[taken.max(1)..];
        }
        rows
    }

    /// What of the contents behind a pointer gets more or less strict, or why that is not known.
    fn below(&self, field: &FieldDiff) -> Vec<Row> {
        let contents = Sheet { guarded: Kind::Guardrail.guarded(), sides: None, disclosure: self.disclosure };
        let why = field.why.as_deref().map(|why| Row::value("why", clean::line(&self.disclosure.scrub_text(why))));
        let telling = contents.rows(&field.below).into_iter().filter(|row| row.direction != Direction::Neutral);
        let rows = telling.chain(why);
        rows.map(|row| Row { label: format!("  {}", row.label), ..row }).collect()
    }

    /// A policy document is read as a document, not leaf by leaf.
    fn document(&self, fields: &[FieldDiff]) -> Option<Row> {
        fields.first().filter(|field| in_document(field))?;
        let direction = together(&fields[..leading(fields, in_document)]);
        let (have, want) = self.sides.as_ref()?;
        let shown = |fields: &Value| self.disclosure.scrub(fields.get("document").unwrap_or(&Value::Null));
        let lines = diffs::lines(&shown(have), &shown(want));
        Some(Row { label: "document".to_owned(), says: Says::Lines(lines), direction })
    }

    /// What the lines of a document do not say of one of its leaves: which way it goes where they go different ways, and
    /// what stands behind it.
    fn in_document(&self, field: &FieldDiff, whole: Direction) -> Vec<Row> {
        let below = self.below(field);
        if field.direction == Direction::Neutral || (below.is_empty() && field.direction == whole) {
            return Vec::new();
        }
        let path = field.path.strip_prefix("document.").unwrap_or(&field.path);
        let path = path.strip_prefix("bedrock.guardrail_inference.").unwrap_or(path);
        let path = path.strip_suffix(".@@assign").unwrap_or(path);
        let says = if below.is_empty() { "as in the lines above" } else { "what it points at changes" };
        let mut rows = vec![Row { direction: field.direction, ..Row::value(self.label(path), says) }];
        rows.extend(below);
        rows
    }

    /// The guarded collection that this field belongs to, if its very keys are guarded.
    fn hidden_keys(&self, field: &FieldDiff) -> Option<&'static str> {
        let mut bases = self.guarded.iter().filter_map(|pattern| pattern.strip_suffix(".*"));
        bases.find(|base| under(&field.path, base))
    }

    /// How a collection with guarded keys changes: `3 words → 4 words`, and how many came, went and changed; the keys
    /// themselves only when content is shown.
    fn keyed(&self, base: &str, fields: &[FieldDiff]) -> Row {
        let (label, direction) = (base.to_owned(), together(fields));
        let noun = base.rsplit('.').next().unwrap_or(base).trim_end_matches('s');
        let mut by_key: BTreeMap<&str, Vec<&FieldDiff>> = BTreeMap::new();
        for field in fields {
            let key = field.path.get(base.len() + 2..).and_then(|rest| rest.split('.').next()).unwrap_or_default();
            by_key.entry(key).or_default().push(field);
        }
        let comes = |fields: &Vec<&FieldDiff>| fields.iter().all(|field| field.have.is_none());
        let goes = |fields: &Vec<&FieldDiff>| fields.iter().all(|field| field.want.is_none());
        let new = by_key.values().filter(|fields| comes(fields)).count();
        let gone = by_key.values().filter(|fields| goes(fields)).count();
        let parts = |respelled: usize| -> String {
            let changed = by_key.len() - new - gone;
            let parts = [
                (new - respelled, "added"),
                (gone - respelled, "removed"),
                (changed, "changed"),
                (respelled, "in other letter case"),
            ];
            let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
            parts.collect::<Vec<_>>().join(", ")
        };
        let Some((have, want)) = &self.sides else {
            return Row { label, says: Says::Value(parts(0)), direction };
        };
        let at = |fields: &Value| -> BTreeSet<String> {
            let found = base.split('.').try_fold(fields, |value, key| value.get(key));
            found.and_then(Value::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default()
        };
        let (had, wanted) = (at(have), at(want));
        if self.disclosure.content {
            let shown = |key: &String| clean::line(&self.disclosure.scrub_text(key));
            let touched = |key: &&String| by_key.contains_key(Digest::of_bytes(key.as_bytes()).short());
            let pieces = had.difference(&wanted).map(|key| Piece::Gone(shown(key)));
            let pieces = pieces.chain(wanted.difference(&had).map(|key| Piece::New(shown(key))));
            let changed = had.intersection(&wanted).filter(touched);
            let pieces = pieces.chain(changed.map(|key| Piece::Same(format!("{} (changed)", shown(key))))).collect();
            return Row { label, says: Says::Words(pieces), direction };
        }
        let respelled = if base == WORDS { respelled(&had, &wanted) } else { 0 };
        let want = format!("{} ({})", counted(wanted.len(), noun), parts(respelled));
        let says = Says::Change { have: Some(counted(had.len(), noun)), want: Some(want) };
        Row { label, says, direction }
    }

    /// Something that comes or goes as a whole, such as one topic: its fields share a parent and are all unset on one
    /// side.
    fn whole(&self, fields: &[FieldDiff]) -> Option<(Row, usize)> {
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
            object.insert(key.to_owned(), self.disclosure.side(field, value));
        }
        let text = brief::rule(&object).unwrap_or_else(|| "set".to_owned());
        let (have, want) = if comes { (None, Some(text)) } else { (Some(text), None) };
        let label = self.label(parent);
        Some((Row { label, says: Says::Change { have, want }, direction: together(group) }, group.len()))
    }

    fn label(&self, path: &str) -> String {
        clean::line(&self.disclosure.scrub_text(path))
    }

    fn single(&self, field: &FieldDiff) -> Row {
        let label = self.label(&field.path);
        let have = field.have.as_ref().map(|value| self.disclosure.side(field, value));
        let want = field.want.as_ref().map(|value| self.disclosure.side(field, value));
        let open = field.guard == Guard::Open || (field.guard == Guard::Guarded && self.disclosure.content);
        let says = match (&have, &want) {
            (Some(Value::String(have)), Some(Value::String(want))) if open && is_prose(have) && is_prose(want) => {
                Says::Words(diffs::words(have, want))
            }
            (Some(Value::Array(have)), Some(Value::Array(want))) if open && have.len() + want.len() > 4 => {
                let pieces = diffs::items(have, want);
                if pieces.is_empty() {
                    change(Some(&Value::from(have.clone())), Some(&Value::from(want.clone())))
                } else {
                    Says::Words(pieces)
                }
            }
            (have, want) => change(have.as_ref(), want.as_ref()),
        };
        Row { label, says, direction: field.direction }
    }
}

fn change(have: Option<&Value>, want: Option<&Value>) -> Says {
    Says::Change { have: have.map(written), want: want.map(written) }
}

fn is_prose(text: &str) -> bool {
    text.split_whitespace().nth(2).is_some()
}
