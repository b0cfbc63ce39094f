//! The generic differ: two models in normal form, and the fields in which they differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Direction;

/// One field in which what AWS has differs from what the spec wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDiff {
    /// The path in the spec's own terms, such as `content_policy.filters.HATE.input`.
    pub path: String,
    /// What AWS has; `None` when the field is absent there.
    pub have: Option<Value>,
    /// What the spec wants; `None` when the field goes away.
    pub want: Option<Value>,
    /// How openly the two values may be shown.
    pub guard: Guard,
    /// Which way it goes; neutral until the kind has judged it.
    pub direction: Direction,
    /// For a pointer: the fields in which what it will point at differs from what it points at.
    pub below: Vec<FieldDiff>,
    /// Why it could not be judged, where the field itself does not tell.
    pub why: Option<String>,
}

impl FieldDiff {
    /// Takes over what was found about the same change elsewhere.
    pub fn judged_as(&mut self, other: &Self) {
        self.direction = other.direction;
        self.below.clone_from(&other.below);
        self.why.clone_from(&other.why);
    }

    /// What a reader weighs: this field, or the fields below it.
    pub fn leaves(&self) -> Vec<&Self> {
        if self.below.is_empty() { vec![self] } else { self.below.iter().flat_map(Self::leaves).collect() }
    }
}

/// How openly a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Guard {
    /// As it is.
    Open,
    /// It may be offensive or confidential: reports show counts and digests unless they are asked for the text.
    Guarded,
    /// It came from the environment: no report shows it, whatever is asked.
    Secret,
}

/// The fields in which two values differ, sorted by path.
///
/// Objects are walked key by key. A list of named objects is walked by name, with its order as a field of its own; any
/// other list is one value. `guarded` holds path patterns, `*` standing for one whole segment; under a guarded pattern
/// that ends in `*` the key itself is text to be hidden, so the path carries a digest in its place.
pub fn diff(have: &Value, want: &Value, guarded: &[&str]) -> Vec<FieldDiff> {
    let mut walk = Walk { guarded, path: Vec::new(), found: BTreeMap::new() };
    walk.compare(Some(have), Some(want));
    walk.found.into_values().collect()
}

struct Walk<'a> {
    guarded: &'a [&'a str],
    path: Vec<String>,
    found: BTreeMap<String, FieldDiff>,
}

impl Walk<'_> {
    fn compare(&mut self, have: Option<&Value>, want: Option<&Value>) {
        // Null and absent are one: a model writes `None` where AWS says nothing.
        let (have, want) = (have.filter(|value| !value.is_null()), want.filter(|value| !value.is_null()));
        if have == want {
            return;
        }
        match (children(have), children(want)) {
            (Some(have_children), Some(want_children)) => self.descend(&have_children, &want_children),
            (Some(have_children), None) if want.is_none() => self.descend(&have_children, &Children::default()),
            (None, Some(want_children)) if have.is_none() => self.descend(&Children::default(), &want_children),
            _ => self.push(have, want),
        }
    }

    fn descend(&mut self, have: &Children<'_>, want: &Children<'_>) {
        let keys: BTreeSet<&str> = have.by_key.keys().chain(want.by_key.keys()).copied().collect();
        for key in keys {
            self.path.push(key.to_owned());
            self.compare(have.by_key.get(key).copied(), want.by_key.get(key).copied());
            self.path.pop();
        }
        let shared = |one: &[&str], other: &Children<'_>| -> Vec<String> {
            one.iter().filter(|name| other.by_key.contains_key(**name)).map(|name| (*name).to_owned()).collect()
        };
        let (have_order, want_order) = (shared(&have.order, want), shared(&want.order, have));
        if have_order != want_order {
            self.path.push("(order)".to_owned());
            self.push(Some(&Value::from(have_order)), Some(&Value::from(want_order)));
            self.path.pop();
        }
    }

    fn push(&mut self, have: Option<&Value>, want: Option<&Value>) {
        let (path, guard) = self.shown_path();
        let field = FieldDiff {
            path: path.clone(),
            have: have.cloned(),
            want: want.cloned(),
            guard,
            direction: Direction::Neutral,
            below: Vec::new(),
            why: None,
        };
        self.found.insert(path, field);
    }

    fn shown_path(&self) -> (String, Guard) {
        for pattern in self.guarded {
            let segments: Vec<&str> = pattern.split('.').collect();
            let covers = segments.len() <= self.path.len()
                && segments.iter().zip(&self.path).all(|(segment, part)| *segment == "*" || segment == part);
            if covers {
                let mut shown = self.path.clone();
                if segments.last() == Some(&"*") {
                    let key = &mut shown[segments.len() - 1];
                    *key = hidden_key(key);
                }
                return (shown.join("."), Guard::Guarded);
            }
        }
        (self.path.join("."), Guard::Open)
    }
}

/// What stands in a path in place of a key that is text to be hidden.
pub fn hidden_key(key: &str) -> String {
    format!("#{}", super::Digest::of_bytes(key.as_bytes()).short())
}

#[derive(Default)]
struct Children<'a> {
    by_key: BTreeMap<&'a str, &'a Value>,
    /// Names in their order, for a list of named objects only.
    order: Vec<&'a str>,
}

fn children(value: Option<&Value>) -> Option<Children<'_>> {
    match value? {
        Value::Object(map) => {
            let by_key = map.iter().map(|(key, value)| (key.as_str(), value)).collect();
            Some(Children { by_key, order: Vec::new() })
        }
        Value::Array(items) if !items.is_empty() => {
            let named = |item| Some((Value::as_str(Value::get(item, "name")?)?, item));
            let pairs: Vec<(&str, &Value)> = items.iter().map(named).collect::<Option<_>>()?;
            let by_key: BTreeMap<&str, &Value> = pairs.iter().copied().collect();
            (by_key.len() == pairs.len())
                .then(|| Children { by_key, order: pairs.iter().map(|(name, _)| *name).collect() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(have: &Value, want: &Value, guarded: &[&str]) -> Vec<String> {
        diff(have, want, guarded).into_iter().map(|field| field.path).collect()
    }

    #[test]
    fn leaves_differ_by_path_and_null_is_absent() {
        let have = json!({"a": {"b": 1, "c": null}, "d": [1, 2]});
        let want = json!({"a": {"b": 2}, "d": [2, 1], "e": "x"});
        assert_eq!(paths(&have, &want, &[]), ["a.b", "d", "e"]);
        assert!(diff(&have, &have, &[]).is_empty());
    }

    #[test]
    fn named_lists_go_by_name_and_order_is_a_field() {
        let have = json!({"topics": [{"name": "a", "definition": "1"}, {"name": "b", "definition": "2"}]});
        let want = json!({"topics": [{"name": "b", "definition": "2"}, {"name": "a", "definition": "3"}, {"name": "c", "definition": "4"}]});
        assert_eq!(
            paths(&have, &want, &[]),
            ["topics.(order)", "topics.a.definition", "topics.c.definition", "topics.c.name"]
        );
    }

    #[test]
    fn a_guarded_key_never_stands_in_a_path() {
        let have = json!({"words": {"secret": {"enabled": true}}});
        let want = json!({"words": {}, "message": "no"});
        let found = diff(&have, &want, &["words.*", "message"]);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|field| field.guard == Guard::Guarded && !field.path.contains("secret")), "{found:?}");
    }
}
