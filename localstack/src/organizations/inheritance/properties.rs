//! What holds for every chain of policies.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Allowed, CHILD_CONTROL, Element, Operator, effective};

fn value_lists() -> impl Strategy<Value = Vec<&'static str>> {
    vec(prop::sample::select(vec!["m", "n", "o"]), 0..3)
}

fn restrictions() -> impl Strategy<Value = Option<Vec<&'static str>>> {
    let all = vec![vec!["@@all"], vec!["@@none"], vec!["@@assign"], vec!["@@append"], vec!["@@append", "@@remove"]];
    option::of(prop::sample::select(all))
}

fn settings() -> impl Strategy<Value = Value> {
    (restrictions(), option::of(value_lists()), value_lists(), value_lists()).prop_map(
        |(allowed, assign, append, remove)| {
            let mut keys = json!({"@@append": append, "@@remove": remove});
            if let Some(assign) = assign {
                keys["@@assign"] = json!(assign);
            }
            restrict(keys, allowed)
        },
    )
}

/// One policy over two settings of one map, with any operators and restrictions.
fn policies() -> impl Strategy<Value = Element> {
    (restrictions(), option::of(settings()), option::of(settings())).prop_map(|(allowed, left, right)| {
        let mut map = json!({});
        for (key, setting) in [("left", left), ("right", right)] {
            if let Some(setting) = setting {
                map[key] = setting;
            }
        }
        Element::parse(&json!({"map": restrict(map, allowed)}).to_string()).expect("a document")
    })
}

fn restrict(mut keys: Value, allowed: Option<Vec<&'static str>>) -> Value {
    if let Some(allowed) = allowed {
        keys[CHILD_CONTROL] = json!(allowed);
    }
    keys
}

fn chains() -> impl Strategy<Value = Vec<Vec<Element>>> {
    vec(vec(policies(), 0..3), 0..4)
}

fn merged(chain: &[Vec<Element>]) -> Option<Value> {
    effective(&chain.iter().map(|level| level.iter().collect()).collect::<Vec<_>>())
}

/// The same document, closed to children at every element.
fn locked(element: &Element) -> Element {
    let none = Operator::ALL.into_iter().fold(Allowed::default(), |left, operator| left.intersect(&only_not(operator)));
    let children = element.children.iter().map(|(key, child)| (key.clone(), locked(child))).collect();
    Element { allowed: Some(none), children, ..element.clone() }
}

fn only_not(operator: Operator) -> Allowed {
    let rest: Vec<&str> = Operator::ALL.into_iter().filter(|other| *other != operator).map(Operator::key).collect();
    Allowed::parse(&json!(rest)).expect("operators")
}

fn has_operators(value: &Value) -> bool {
    match value {
        Value::Object(keys) => keys.iter().any(|(key, below)| key.starts_with("@@") || has_operators(below)),
        _ => false,
    }
}

proptest! {
    /// No operator is left over, and empty levels change nothing.
    #[test]
    fn effective_documents_are_plain(chain in chains(), at in 0usize..4) {
        let have = merged(&chain);
        prop_assert!(have.as_ref().is_none_or(|document| !has_operators(document)));
        let mut spaced = chain;
        spaced.insert(at.min(spaced.len()), Vec::new());
        prop_assert_eq!(merged(&spaced), have);
    }

    /// A policy locked at every element is not changed by anything below it in what it sets, and nothing is added below its map.
    #[test]
    fn locked_policies_hold(top in policies(), below in chains()) {
        let top = vec![vec![locked(&top)]];
        let chain: Vec<Vec<Element>> = top.iter().cloned().chain(below).collect();
        let alone = merged(&top);
        prop_assert_eq!(merged(&chain), alone);
    }

    /// A policy attached once more, further down and unrestricted, only repeats itself: assigning is idempotent.
    #[test]
    fn assigning_twice_is_assigning_once(values in value_lists(), times in 1usize..4) {
        let text = json!({"map": {"left": {"@@assign": values}}}).to_string();
        let level = vec![Element::parse(&text).expect("a document")];
        prop_assert_eq!(merged(&vec![level.clone(); times]), merged(&[level]));
    }
}
