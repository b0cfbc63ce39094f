//! One spec from several files: merged by key, each entry in one place.

use std::collections::BTreeMap;

use super::codes;
use super::decode::Reading;
use super::node::{Entry, Node, Value};
use super::top::SINGLE;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{SourceId, Span};

/// The top-level entries of a file; reports a file that is no map.
pub(super) fn as_entries(root: Option<Node>, file: SourceId, name: &str, cx: &mut Reading) -> Option<Vec<Entry>> {
    let start = Span::new(file, 0, 0);
    match root.map(|root| (root.span, root.value)) {
        Some((_, Value::Map(entries))) => Some(entries),
        None | Some((_, Value::Null)) => {
            let fault = Diagnostic::at(start, codes::EMPTY, format!("{name} holds nothing"));
            cx.push(fault.help("write `format: 1` and `stack: …`, or remove the file"));
            None
        }
        Some((span, value)) => {
            let found = Node::new(span, value).kind();
            let message = format!("{name} is {found}, expected a map: the keys of a spec");
            cx.push(Diagnostic::at(span.at_start(), codes::WRONG_TYPE, message));
            None
        }
    }
}

/// Lays the files side by side. Maps are merged by key; what stands twice is reported with both places.
pub(super) fn merge(files: Vec<Vec<Entry>>, cx: &mut Reading) -> Vec<Entry> {
    let mut merged: Vec<Entry> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for entry in files.into_iter().flatten() {
        if entry.key.value.starts_with("x-") {
            continue;
        }
        let Some(first) = places.get(&entry.key.value).and_then(|at| merged.get_mut(*at)) else {
            places.insert(entry.key.value.clone(), merged.len());
            merged.push(entry);
            continue;
        };
        let name = &entry.key.value;
        match (&mut first.value.value, entry.value.value) {
            (Value::Map(into), Value::Map(from)) if !SINGLE.contains(&name.as_str()) => {
                merge_maps(name, into, from, cx);
            }
            _ => {
                let message = format!("`{name}` stands in two files");
                let fault = Diagnostic::at(entry.key.span, codes::SINGLE_KEY_TWICE, message).label("again here");
                let fault = fault.related(first.key.span, "first here");
                cx.push(fault.help(format!("keep `{name}` in one file")));
            }
        }
    }
    merged
}

fn merge_maps(name: &str, into: &mut Vec<Entry>, from: Vec<Entry>, cx: &mut Reading) {
    let places: BTreeMap<String, Span> = into.iter().map(|known| (known.key.value.clone(), known.key.span)).collect();
    for entry in from {
        let Some(first) = places.get(&entry.key.value) else {
            into.push(entry);
            continue;
        };
        let message = format!("`{name}.{}` is declared twice", entry.key.value);
        let fault = Diagnostic::at(entry.key.span, codes::ENTRY_TWICE, message).label("again here");
        cx.push(fault.related(*first, "first here"));
    }
}
