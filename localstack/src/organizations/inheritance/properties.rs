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

/// The same document without what sets values; its restrictions stay.
fn silent(element: &Element) -> Element {
    let children = element.children.iter().map(|(key, child)| (key.clone(), silent(child))).collect();
    Element { allowed: element.allowed.clone(), children, ..Element::default() }
}

/// The child without the operators that the parent forbids. What the parent does not name stands under `over`, the restriction of
/// the closest element that it does.
fn obedient(child: &Element, parent: Option<&Element>, over: &Allowed) -> Element {
    let under = parent.map_or(over.clone(), |parent| parent.allowed.clone().unwrap_or_default());
    let Element { allowed, assign, append, remove, children } = child;
    let keep = |operator| under.permits(operator);
    Element {
        allowed: allowed.clone(),
        assign: assign.clone().filter(|_| keep(Operator::Assign)),
        append: append.clone().filter(|_| keep(Operator::Append)),
        remove: remove.clone().filter(|_| keep(Operator::Remove)),
        children: children
            .iter()
            .map(|(key, one)| {
                let above = parent.and_then(|parent| parent.children.get(key));
                (key.clone(), obedient(one, above, &under))
            })
            .collect(),
    }
}

/// One setting of the map alone.
fn only(element: &Element, setting: &str) -> Element {
    let mut one = element.clone();
    one.children.values_mut().for_each(|map| map.children.retain(|key, _| key == setting));
    one
}

/// Every list of values that a document holds.
fn lists(value: &Value) -> Vec<&Vec<Value>> {
    match value {
        Value::Object(keys) => keys.values().flat_map(lists).collect(),
        Value::Array(items) => vec![items],
        _ => Vec::new(),
    }
}

/// The policy with each assigned list holding its values once.
fn assigning_once(element: &Element) -> Element {
    let assign = element.assign.clone().map(|value| {
        let mut items = value.as_array().cloned().expect("a list");
        items.sort_by_key(Value::to_string);
        items.dedup();
        Value::Array(items)
    });
    let children = element.children.iter().map(|(key, child)| (key.clone(), assigning_once(child))).collect();
    Element { assign, children, ..element.clone() }
}

proptest! {
    /// A child that sets nothing changes nothing, whatever it restricts.
    #[test]
    fn a_silent_child_changes_nothing(chain in chains(), child in policies()) {
        let mut longer = chain.clone();
        longer.push(vec![silent(&child)]);
        prop_assert_eq!(merged(&longer), merged(&chain));
    }

    /// A forbidden operator has the effect of one that is not there.
    #[test]
    fn a_forbidden_operator_is_as_good_as_absent(parent in policies(), child in policies()) {
        let free = Allowed::default();
        let obedient = obedient(&child, Some(&parent), &free);
        prop_assert_eq!(merged(&[vec![parent.clone()], vec![child]]), merged(&[vec![parent], vec![obedient]]));
    }

    /// Equal chains give equal documents, and policies of one node that set different things can stand in any order.
    #[test]
    fn only_policies_that_meet_have_an_order(above in chains(), one in policies(), other in policies()) {
        let (one, other) = (only(&one, "left"), only(&other, "right"));
        let with = |level: [&Element; 2]| {
            let mut chain = above.clone();
            chain.push(level.map(Clone::clone).to_vec());
            merged(&chain)
        };
        prop_assert_eq!(with([&one, &other]), with([&one, &other]));
        prop_assert_eq!(with([&one, &other]), with([&other, &one]));
    }

    /// Appending adds what is missing and nothing else.
    #[test]
    fn appended_lists_hold_each_value_once(chain in chains()) {
        let chain: Vec<Vec<Element>> =
            chain.iter().map(|level| level.iter().map(assigning_once).collect()).collect();
        let document = merged(&chain).unwrap_or_default();
        for list in lists(&document) {
            let mut once = list.clone();
            once.sort_by_key(Value::to_string);
            once.dedup();
            prop_assert_eq!(once.len(), list.len());
        }
    }

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
