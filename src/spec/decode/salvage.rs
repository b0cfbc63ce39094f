//! What an entry says apart from what is at fault, for rules that look at the rest of it.

use super::{Decode, Reading};
use crate::model::diagnostic::Severity;
use crate::model::span::Span;
use crate::spec::node::{Entry, Node, Value};
use crate::spec::suggest::closest;

/// What `node` says without the keys and items that are at fault. Reports nothing: the faults are told by whoever decodes it
/// as it stands. Where a key of `telling` is at fault, its whole map is left out, since without it the rest would say
/// something else. `None` if nothing is left that could be read.
pub(crate) fn salvage<T: Decode>(node: &Node, telling: &[&str]) -> Option<T> {
    let mut node = node.clone();
    loop {
        let mut unheard = Reading::default();
        let read = T::decode(&node, &mut unheard);
        let errors = unheard.diagnostics.iter().filter(|fault| fault.severity == Severity::Error);
        let faults: Vec<Span> = errors.filter_map(|fault| fault.span).collect();
        // An unknown key is a fault, and what it stands in is read all the same.
        if read.is_some() && faults.is_empty() {
            return read;
        }
        // It gets smaller every time.
        node = without(&node, &faults, telling).filter(|less| less.weight() < node.weight())?;
    }
}

/// The node without the smallest keys and items that hold a fault; `None` if it is at fault itself.
fn without(node: &Node, faults: &[Span], telling: &[&str]) -> Option<Node> {
    let is_whole = |fault: &Span| fault.start <= node.span.start && fault.end >= node.span.end;
    if !faults.iter().any(|fault| touches(node.span, *fault)) {
        return Some(node.clone());
    }
    let value = match &node.value {
        _ if faults.iter().any(is_whole) => return None,
        Value::Map(entries) => {
            let mut left = Vec::new();
            for Entry { key, value } in entries {
                let at_key = faults.iter().any(|fault| touches(key.span, *fault));
                match without(value, faults, telling).filter(|_| !at_key) {
                    Some(value) => left.push(Entry { key: key.clone(), value }),
                    // One that is misspelt is meant, too.
                    None if closest(&key.value, telling.iter().copied()).is_some() => return None,
                    None => {}
                }
            }
            Value::Map(left)
        }
        Value::Seq(items) => Value::Seq(items.iter().filter_map(|item| without(item, faults, telling)).collect()),
        _ => return None,
    };
    let less = Node::new(node.span, value);
    // Something that is missing is told of the whole.
    (less.weight() < node.weight()).then_some(less)
}

fn touches(place: Span, fault: Span) -> bool {
    place.source == fault.source && place.start <= fault.start && fault.end <= place.end
}
