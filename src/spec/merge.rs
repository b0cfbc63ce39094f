//! Laying overrides over what they override.

use super::node::{Entry, Node, Value};

/// `base` with `over` laid over it: maps merge deeply, lists of named things merge by `name`, other lists and scalars
/// replace, `null` removes. Both are expanded already. Laying the same over twice is the same as once.
#[must_use]
pub fn overlay(base: &Node, over: &Node) -> Node {
    match (&base.value, &over.value) {
        (Value::Map(base_entries), Value::Map(over_entries)) => {
            Node::new(base.span, Value::Map(overlay_entries(base_entries, over_entries)))
        }
        (Value::Seq(base_items), Value::Seq(over_items)) if all_named(base_items) && all_named(over_items) => {
            Node::new(base.span, Value::Seq(overlay_named(base_items, over_items)))
        }
        _ => without_nulls(over),
    }
}

fn overlay_entries(base: &[Entry], over: &[Entry]) -> Vec<Entry> {
    let find = |entries: &[Entry], key: &str| entries.iter().position(|entry| entry.key.value == key);
    let mut merged = Vec::new();
    for entry in base {
        match find(over, &entry.key).map(|at| &over[at]) {
            None => merged.push(entry.clone()),
            Some(other) if other.value.is_null() => {}
            Some(other) => {
                let key = if other.value.entries().is_some() { &entry.key } else { &other.key };
                merged.push(Entry { key: key.clone(), value: overlay(&entry.value, &other.value) });
            }
        }
    }
    let added = over.iter().filter(|entry| !entry.value.is_null() && find(base, &entry.key).is_none());
    merged.extend(added.map(|Entry { key, value }| Entry { key: key.clone(), value: without_nulls(value) }));
    merged
}

fn overlay_named(base: &[Node], over: &[Node]) -> Vec<Node> {
    let find = |items: &[Node], name: Option<&str>| items.iter().position(|item| name_of(item) == name);
    let mut merged = Vec::new();
    for item in base {
        match find(over, name_of(item)) {
            None => merged.push(item.clone()),
            Some(at) => merged.push(overlay(item, &over[at])),
        }
    }
    merged.extend(over.iter().filter(|item| find(base, name_of(item)).is_none()).map(without_nulls));
    merged
}

fn all_named(items: &[Node]) -> bool {
    !items.is_empty() && items.iter().all(|item| name_of(item).is_some())
}

fn name_of(item: &Node) -> Option<&str> {
    item.get("name")?.literal()
}

/// Removal where there is nothing to remove.
fn without_nulls(node: &Node) -> Node {
    match &node.value {
        Value::Map(entries) => {
            let kept = entries.iter().filter(|entry| !entry.value.is_null());
            let entries =
                kept.map(|Entry { key, value }| Entry { key: key.clone(), value: without_nulls(value) }).collect();
            Node::new(node.span, Value::Map(entries))
        }
        Value::Seq(items) => Node::new(node.span, Value::Seq(items.iter().map(without_nulls).collect())),
        _ => node.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::diagnostic::Diagnostics;
    use crate::model::span::SourceId;
    use crate::spec::yaml;

    fn node(text: &str) -> Node {
        yaml::parse(SourceId::new(0), text, &mut Diagnostics::new()).expect("sound YAML")
    }

    fn merged(base: &str, over: &str) -> Node {
        overlay(&node(base), &node(over))
    }

    /// What a node says, as JSON-like text, to compare without places.
    fn said(node: &Node) -> String {
        match &node.value {
            Value::Null => "null".into(),
            Value::Scalar(scalar) => scalar.text.shown(),
            Value::Seq(items) => format!("[{}]", items.iter().map(said).collect::<Vec<_>>().join(", ")),
            Value::Map(entries) => {
                let entries = entries.iter().map(|e| format!("{}: {}", e.key.value, said(&e.value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    #[test]
    fn overlays_merge_as_the_format_says() {
        for (base, over, want) in [
            ("{a: 1, b: 2}", "{b: 3, c: 4}", "{a: 1, b: 3, c: 4}"),
            ("{a: {x: 1, y: 2}}", "{a: {y: 3}}", "{a: {x: 1, y: 3}}"),
            ("{a: {x: 1}, b: 2}", "{a: null}", "{b: 2}"),
            ("{a: [1, 2]}", "{a: [3]}", "{a: [3]}"),
            (
                "{t: [{name: p, d: 1}, {name: q, d: 2}]}",
                "{t: [{name: q, d: 3}, {name: r, d: 4}]}",
                "{t: [{name: p, d: 1}, {name: q, d: 3}, {name: r, d: 4}]}",
            ),
            ("{w: [{text: a}]}", "{w: [{text: b}]}", "{w: [{text: b}]}"),
            ("{a: 1}", "{n: {x: null, y: 1}}", "{a: 1, n: {y: 1}}"),
            ("{a: 1}", "{a: {x: null}}", "{a: {}}"),
            ("{a: {x: 1}}", "{a: 7}", "{a: 7}"),
        ] {
            assert_eq!(said(&merged(base, over)), want, "{base} + {over}");
        }
    }

    fn yaml_value() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![Just("null".to_owned()), "[a-c]{1,2}", "[0-9]"];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::btree_map("[a-d]", inner.clone(), 0..4).prop_map(|map| {
                    let entries: Vec<String> = map.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
                    format!("{{{}}}", entries.join(", "))
                }),
                proptest::collection::btree_map("[p-r]", inner, 1..4).prop_map(|map| {
                    let items: Vec<String> =
                        map.into_iter().map(|(name, value)| format!("{{name: {name}, v: {value}}}")).collect();
                    format!("[{}]", items.join(", "))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn laying_over_twice_is_laying_over_once(base in yaml_value(), over in yaml_value()) {
            let (base, over) = (node(&base), node(&over));
            let once = overlay(&base, &over);
            prop_assert_eq!(said(&overlay(&once, &over)), said(&once));
        }
    }
}
