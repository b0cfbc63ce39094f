//! Which way a change of a service control policy goes. What it denies is a control: denying more is stricter.

use std::collections::BTreeSet;

use super::{LISTS, compared_values, statements};
use crate::model::{Direction, Document, FieldDiff};

/// Gives each field of a document that changes its direction, by the statements that come, go, or say something else. Those
/// that keep their `Sid`, and others that differ in one way only, are compared element by element. Wildcards are compared as
/// they are written.
pub(in crate::kinds::org_policy) fn judge(have: &Document, want: &Document, fields: &mut [FieldDiff]) {
    let direction = compared(have, want);
    for field in fields.iter_mut() {
        match field.path.as_str() {
            "document.Statement" => {
                field.direction = direction;
                if direction == Direction::Unranked {
                    field.why = Some("what its statements come to cannot be told from their text".to_owned());
                }
            }
            "document.Version" => field.direction = Direction::Unranked,
            _ => {}
        }
    }
}

fn compared(have: &Document, want: &Document) -> Direction {
    let (have, want) = (statements(have), statements(want));
    let gone: Vec<&Document> = have.iter().filter(|statement| !want.contains(statement)).collect();
    let mut new: Vec<&Document> = want.iter().filter(|statement| !have.contains(statement)).collect();
    let mut all = Vec::new();
    let mut alone = Vec::new();
    for statement in gone {
        let sid = statement.get("Sid");
        match new.iter().position(|other| sid.is_some() && other.get("Sid") == sid) {
            Some(at) => all.push(changed(statement, new.remove(at))),
            None => alone.push(statement),
        }
    }
    // Of those without a name in common, one that goes while another denies as much, and perhaps more, is no loss: whichever
    // two are compared, what is said of them holds.
    for ranked in [Direction::Neutral, Direction::Strengthens, Direction::Weakens] {
        alone.retain(|statement| {
            let found = new.iter().position(|other| changed(statement, other) == ranked);
            found.inspect(|at| {
                new.remove(*at);
                all.push(ranked);
            });
            found.is_none()
        });
    }
    all.extend(alone.into_iter().map(|one| if denies(one) { Direction::Weakens } else { Direction::Unranked }));
    all.extend(new.into_iter().map(|one| if denies(one) { Direction::Strengthens } else { Direction::Unranked }));
    all.into_iter().collect()
}

fn denies(statement: &Document) -> bool {
    statement.get("Effect").and_then(Document::as_text) == Some("Deny")
}

/// A statement that says something else than before.
fn changed(have: &Document, want: &Document) -> Direction {
    if !denies(have) || !denies(want) {
        return Direction::Unranked;
    }
    let lists = LISTS.into_iter().map(|list| match (have.get(list), want.get(list)) {
        (have, want) if have == want => Direction::Neutral,
        (Some(have), Some(want)) => more(have, want, !list.starts_with("Not")),
        // `Action` in the place of `NotAction`, and the like.
        _ => Direction::Unranked,
    });
    lists.chain(conditions(have, want)).collect()
}

/// Which way a list goes by which more is denied, if it `widens`, or less.
fn more(have: &Document, want: &Document, widens: bool) -> Direction {
    let all = |list: &Document| match list {
        Document::List(items) => items.iter().filter_map(|item| serde_json::to_string(item).ok()).collect(),
        _ => BTreeSet::new(),
    };
    let (have, want) = (all(have), all(want));
    match (have.is_subset(&want), want.is_subset(&have)) {
        (true, true) => Direction::Neutral,
        (true, false) => Direction::of(&!widens, &widens),
        (false, true) => Direction::of(&widens, &!widens),
        (false, false) => Direction::Mixed,
    }
}

/// Each condition narrows what is denied.
fn conditions(have: &Document, want: &Document) -> Vec<Direction> {
    let (have, want) = (compared_values(have), compared_values(want));
    let keys: BTreeSet<_> = have.keys().chain(want.keys()).collect();
    let one = |test: &&(&str, &str)| match (have.get(*test), want.get(*test)) {
        (Some(have), Some(want)) if have == want => Direction::Neutral,
        (Some(have), Some(want)) => match widens(test.0) {
            Some(widens) => more(have, want, widens),
            None => Direction::Unranked,
        },
        (Some(_), None) => Direction::Strengthens,
        (None, _) => Direction::Weakens,
    };
    keys.iter().map(one).collect()
}

/// Whether more values make an operator true more often; `None` where neither is so.
fn widens(operator: &str) -> Option<bool> {
    let name = operator.split_once(':').map_or(operator, |(_, name)| name);
    match name.strip_suffix("IfExists").unwrap_or(name) {
        "StringEquals" | "StringEqualsIgnoreCase" | "StringLike" | "ArnEquals" | "ArnLike" => Some(true),
        "StringNotEquals" | "StringNotEqualsIgnoreCase" | "StringNotLike" | "ArnNotEquals" | "ArnNotLike" => {
            Some(false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::normal;
    use super::*;

    fn direction(have: &Value, want: &Value) -> Direction {
        let of = |statements: &Value| normal(Document::from(json!({ "Statement": statements })));
        compared(&of(have), &of(want))
    }

    #[test]
    fn to_deny_more_is_stricter() {
        use Direction::{Mixed, Neutral, Strengthens, Unranked, Weakens};
        let one = json!({"Sid": "A", "Effect": "Deny", "Action": ["x"], "Resource": "*",
            "Condition": {"ArnNotLike": {"k": ["a", "b"]}, "StringEquals": {"l": "c"}}});
        let with = |pointer: &str, value: Value| {
            let mut other = one.clone();
            *other.pointer_mut(pointer).expect("an element") = value;
            other
        };
        let without_sid = |statement: &Value| {
            let mut other = statement.clone();
            other.as_object_mut().expect("a statement").remove("Sid");
            other
        };
        let allows = json!({"Sid": "B", "Effect": "Allow", "Action": "*", "Resource": "*"});
        let other = json!({"Sid": "C", "Effect": "Deny", "Action": ["x"], "NotResource": ["m", "n"]});
        let fewer = json!({"Sid": "C", "Effect": "Deny", "Action": ["x"], "NotResource": ["m"]});
        let reversed = json!({"Sid": "C", "Effect": "Deny", "Action": ["x"], "Resource": ["m"]});
        for (have, want, direction_of) in [
            (json!([one]), json!([one, other]), Strengthens),
            (json!([one, other]), json!([other]), Weakens),
            (json!([one]), json!([other]), Mixed),
            (json!([one]), json!([with("/Action", json!(["x", "y"]))]), Strengthens),
            (json!([one]), json!([with("/Action", json!(["y"]))]), Mixed),
            (json!([one]), json!([with("/Condition/ArnNotLike/k", json!(["a"]))]), Strengthens),
            (json!([one]), json!([with("/Condition/ArnNotLike/k", json!(["a", "b", "c"]))]), Weakens),
            (json!([one]), json!([with("/Condition/StringEquals/l", json!(["c", "d"]))]), Strengthens),
            (json!([one]), json!([with("/Condition/StringEquals", json!({}))]), Strengthens),
            (json!([with("/Condition/StringEquals", json!({}))]), json!([one]), Weakens),
            (json!([one]), json!([with("/Effect", json!("Allow"))]), Unranked),
            (json!([one]), json!([one, allows]), Unranked),
            (json!([without_sid(&one)]), json!([without_sid(&with("/Action", json!(["x", "y"])))]), Strengthens),
            (json!([one]), json!([without_sid(&one)]), Neutral),
            (json!([without_sid(&one), other]), json!([other, without_sid(&with("/Action", json!([])))]), Weakens),
            (json!([other]), json!([fewer]), Strengthens),
            (json!([other]), json!([reversed]), Unranked),
            (json!([one, other]), json!([other, one]), Neutral),
        ] {
            assert_eq!(direction(&have, &want), direction_of, "{have} {want}");
        }
    }
}
