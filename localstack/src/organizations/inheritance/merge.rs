//! The merge itself: level by level, from the root to the account.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Allowed, Element, Operator};

/// The effective document of a chain of levels, root first; each level holds the policies of one node, first attached first.
///
/// The result has plain values in place of operators, and is `None` where no policy sets anything.
///
/// - A child's operator that a policy above it forbids is ignored, the rest of the child holds (example 4 of the user guide).
/// - On one node the policy attached first wins; restrictions of one node intersect (examples 5 and 6).
/// - A restriction on a map governs which keys children may add below it, not the settings that are already there (user guide,
///   AI services opt-out policies, example 1).
pub(in crate::organizations) fn effective(levels: &[Vec<&Element>]) -> Option<Value> {
    let mut merged = Merged::default();
    for level in levels {
        merged.inherit(&combine(level), None);
    }
    merged.document()
}

/// What the policies of one node say together. Restrictions bind children only, so they play no part between these policies.
///
/// Inferred beyond AWS's example 6, which shows `@@assign` alone: appends and removals of all policies of the node hold, in order of
/// attachment.
fn combine(level: &[&Element]) -> Element {
    let mut all = Element::default();
    for policy in level {
        all.allowed = match (&all.allowed, &policy.allowed) {
            (Some(one), Some(other)) => Some(one.intersect(other)),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        all.assign = all.assign.or_else(|| policy.assign.clone());
        for (sum, more) in [(&mut all.append, &policy.append), (&mut all.remove, &policy.remove)] {
            if let Some(more) = more {
                sum.get_or_insert_default().extend_from_slice(more);
            }
        }
    }
    let mut below: BTreeMap<&String, Vec<&Element>> = BTreeMap::new();
    for (key, child) in level.iter().flat_map(|policy| &policy.children) {
        below.entry(key).or_default().push(child);
    }
    all.children = below.into_iter().map(|(key, children)| (key.clone(), combine(&children))).collect();
    all
}

/// What has been inherited so far at one element.
#[derive(Clone, Debug, Default)]
struct Merged {
    /// What policies further down may still do here; it only ever shrinks.
    ceiling: Allowed,
    value: Option<Value>,
    children: BTreeMap<String, Merged>,
}

impl Merged {
    /// Takes one node's element in. An element that nothing above has named is new, and stands under the ceiling of the closest
    /// inherited map, handed down in `over`; so an empty element cannot smuggle a looser ceiling in.
    fn inherit(&mut self, element: &Element, over: Option<&Allowed>) {
        let Element { allowed, assign: _, append: _, remove: _, children } = element;
        let ceiling = over.map_or_else(|| self.ceiling.clone(), |over| self.ceiling.intersect(over));
        self.set(element, &ceiling);
        for (key, child) in children {
            match self.children.get_mut(key) {
                Some(known) => known.inherit(child, None),
                None => self.children.entry(key.clone()).or_default().inherit(child, Some(&ceiling)),
            }
        }
        self.ceiling = allowed.as_ref().map_or_else(|| ceiling.clone(), |allowed| ceiling.intersect(allowed));
    }

    /// `@@remove` takes inherited values away, so it comes before what the node itself sets.
    fn set(&mut self, element: &Element, ceiling: &Allowed) {
        if let (true, Some(gone)) = (ceiling.permits(Operator::Remove), &element.remove) {
            self.value = self.value.take().and_then(|value| without(value, gone));
        }
        if let (true, Some(value)) = (ceiling.permits(Operator::Assign), &element.assign) {
            self.value = Some(value.clone());
        }
        if let (true, Some(more)) = (ceiling.permits(Operator::Append), &element.append) {
            self.value = Some(with(self.value.take(), more));
        }
    }

    /// A map in which nothing is set is left out.
    fn document(&self) -> Option<Value> {
        if let Some(value) = &self.value {
            return Some(value.clone());
        }
        let keys: Map<String, Value> =
            self.children.iter().filter_map(|(key, child)| Some((key.clone(), child.document()?))).collect();
        (!keys.is_empty()).then_some(Value::Object(keys))
    }
}

/// A list that loses its last value is no longer set at all (example 3: the setting vanishes).
fn without(value: Value, gone: &[Value]) -> Option<Value> {
    let Value::Array(items) = value else { return Some(value) };
    let rest: Vec<Value> = items.iter().filter(|item| !gone.contains(item)).cloned().collect();
    (rest.len() == items.len() || !rest.is_empty()).then_some(Value::Array(rest))
}

fn with(value: Option<Value>, more: &[Value]) -> Value {
    let mut items = match value {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    for item in more {
        if !items.contains(item) {
            items.push(item.clone());
        }
    }
    Value::Array(items)
}
