//! What AWS has in the order of what is wanted, for a diff that shows what changes and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

/// `have` with the items of each list where their counterparts in `want` stand: what is equal, else what has the same `Sid`,
/// else what is most alike. What has no counterpart comes last. Nothing is added or left out.
pub(super) fn beside(have: &Value, want: &Value) -> Value {
    match (have, want) {
        (Value::Object(have), Value::Object(want)) => {
            let ordered = |(key, value): (&String, &Value)| {
                (key.clone(), want.get(key).map_or_else(|| value.clone(), |other| beside(value, other)))
            };
            Value::Object(have.iter().map(ordered).collect())
        }
        (Value::Array(have), Value::Array(want)) => Value::Array(items(have, want)),
        (have, _) => have.clone(),
    }
}

fn items(have: &[Value], want: &[Value]) -> Vec<Value> {
    let mut rest: Vec<&Value> = have.iter().collect();
    let mut placed: Vec<Option<Value>> = vec![None; want.len()];
    for (place, wanted) in placed.iter_mut().zip(want) {
        let same = rest.iter().position(|item| **item == *wanted || beside(item, wanted) == *wanted);
        *place = same.map(|at| beside(rest.remove(at), wanted));
    }
    let sid = |item: &Value| item.get("Sid").cloned();
    for (place, wanted) in placed.iter_mut().zip(want).filter(|(place, _)| place.is_none()) {
        let named = rest.iter().position(|item| sid(wanted).is_some() && sid(item) == sid(wanted));
        *place = named.map(|at| beside(rest.remove(at), wanted));
    }
    while let Some((from, to)) = likeliest(&rest, want, &placed) {
        placed[to] = Some(beside(rest.remove(from), &want[to]));
    }
    placed.into_iter().flatten().chain(rest.into_iter().cloned()).collect()
}

/// The item and the free place that have most in common; none if nothing has anything.
fn likeliest(rest: &[&Value], want: &[Value], placed: &[Option<Value>]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, (usize, usize))> = None;
    for (to, wanted) in want.iter().enumerate().filter(|(to, _)| placed[*to].is_none()) {
        let wanted = leaves(wanted);
        for (from, item) in rest.iter().enumerate() {
            let common = leaves(item).intersection(&wanted).count();
            if common > best.map_or(0, |(most, _)| most) {
                best = Some((common, (from, to)));
            }
        }
    }
    best.map(|(_, pair)| pair)
}

/// The values of an object or list with their paths, lists as sets. A value by itself has none: it is the same or another.
fn leaves(value: &Value) -> BTreeSet<String> {
    fn visit(value: &Value, path: &str, leaves: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| visit(value, &format!("{path}.{key}"), leaves)),
            Value::Array(items) => items.iter().for_each(|item| visit(item, &format!("{path}[]"), leaves)),
            _ if path.is_empty() => {}
            leaf => {
                leaves.insert(format!("{path}={leaf}"));
            }
        }
    }
    let mut found = BTreeSet::new();
    visit(value, "", &mut found);
    found
}
