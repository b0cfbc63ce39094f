//! What a resource policy grants, piece by piece, so that two of them can be compared by what they permit.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{ORGANIZATION, PATHS};
use super::{Model, sid};
use crate::model::{Document, Shift, items};

/// One action, to one circle of callers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    action: String,
    to: Circle,
}

/// A circle of callers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Circle {
    /// Everybody in the organization.
    Organization(String),
    /// Everybody in the organization below a pattern of paths.
    Below(String, String),
    /// Whomever a statement of another shape means: the whole of it but its actions and its name.
    Other(String),
}

impl Circle {
    fn covers(&self, other: &Self) -> bool {
        self == other || matches!((self, other), (Self::Organization(one), Self::Below(other, _)) if one == other)
    }
}

impl Model {
    /// What `want` in the place of this permits more, and what less.
    pub fn shift(&self, want: &Self) -> Shift {
        let (have, want) = (self.grants(), want.grants());
        let left_out = |these: &BTreeSet<Grant>, those: &BTreeSet<Grant>| {
            these.iter().any(|one| !those.iter().any(|other| other.action == one.action && other.to.covers(&one.to)))
        };
        Shift { adds: left_out(&want, &have), takes: left_out(&have, &want) }
    }

    /// The policy that grants what this does and what `want` does.
    #[must_use]
    pub fn joined_with(&self, want: &Self) -> Self {
        let wanted = want.statements();
        let mut statements = wanted.clone();
        for mut statement in self.statements().into_iter().filter(|statement| !wanted.contains(statement)) {
            let taken = wanted.iter().any(|other| sid(other).is_some() && sid(other) == sid(&statement));
            if taken && let Document::Map(entries) = &mut statement {
                // A name may stand only once.
                entries.remove("Sid");
            }
            statements.push(statement);
        }
        want.with_statements(statements)
    }

    fn grants(&self) -> BTreeSet<Grant> {
        let mut grants = BTreeSet::new();
        for statement in self.statements() {
            let circles = circles(&statement);
            for action in items(statement.get("Action")) {
                let action = serde_json::to_string(action).unwrap_or_default();
                grants.extend(circles.iter().map(|to| Grant { action: action.clone(), to: to.clone() }));
            }
        }
        grants
    }
}

fn circles(statement: &Document) -> Vec<Circle> {
    let usual = statement.get("Principal").and_then(Document::as_text) == Some("*")
        && statement.get("Effect").and_then(Document::as_text) == Some("Allow");
    let condition = |operator: &str, key: &str| -> Vec<String> {
        let values = items(statement.get("Condition").and_then(|condition| condition.get(operator)?.get(key)));
        values.iter().filter_map(|value| value.as_text().map(str::to_owned)).collect()
    };
    let organizations = condition("StringEquals", ORGANIZATION);
    let paths = condition("ForAnyValue:StringLike", PATHS);
    let conditions = match statement.get("Condition") {
        Some(Document::Map(operators)) => operators.len(),
        _ => 0,
    };
    match (usual, conditions) {
        (true, 1) if !organizations.is_empty() => organizations.into_iter().map(Circle::Organization).collect(),
        (true, 2) if !organizations.is_empty() && !paths.is_empty() => {
            let below = |organization: &String| -> Vec<Circle> {
                paths.iter().map(|path| Circle::Below(organization.clone(), path.clone())).collect()
            };
            organizations.iter().flat_map(below).collect()
        }
        _ => vec![Circle::Other(but_for(statement, &["Action", "Sid"]))],
    }
}

fn but_for(statement: &Document, keys: &[&str]) -> String {
    let Document::Map(entries) = statement else { return String::new() };
    let rest: BTreeMap<_, _> = entries.iter().filter(|(key, _)| !keys.contains(&key.as_str())).collect();
    serde_json::to_string(&rest).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::kinds::resource_policy::document::normal;
    use crate::model::{Ref, RemoteId};

    const APPLY: &str = "bedrock:ApplyGuardrail";
    const GET: &str = "bedrock:GetGuardrail";

    fn policy(statements: &Value) -> Model {
        let resource = Ref::Foreign(RemoteId::new("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc"));
        Model { resource, document: normal(Document::from(json!({"Version": "2012-10-17", "Statement": statements}))) }
    }

    fn everyone(actions: &[&str]) -> Value {
        json!({"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "arn",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}})
    }

    fn below(units: &[&str]) -> Value {
        let paths: Vec<String> = units.iter().map(|unit| format!("o-1/*/{unit}/*")).collect();
        json!({"Effect": "Allow", "Principal": "*", "Action": APPLY, "Resource": "arn", "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": "o-1"}, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": paths}}})
    }

    fn root() -> Value {
        json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": APPLY, "Resource": "arn"})
    }

    #[test]
    fn what_is_added_and_what_is_taken() {
        for (have, want, adds, takes) in [
            (json!([everyone(&[APPLY])]), json!([everyone(&[APPLY])]), false, false),
            (json!([everyone(&[APPLY])]), json!([everyone(&[APPLY, GET])]), true, false),
            (json!([everyone(&[APPLY, GET])]), json!([everyone(&[APPLY])]), false, true),
            (json!([below(&["ou-a"])]), json!([everyone(&[APPLY])]), true, false),
            (json!([everyone(&[APPLY])]), json!([below(&["ou-a"])]), false, true),
            (json!([below(&["ou-a"])]), json!([below(&["ou-b"])]), true, true),
            (json!([below(&["ou-a", "ou-b"])]), json!([below(&["ou-a"]), below(&["ou-b"])]), false, false),
            (json!([root()]), json!([everyone(&[APPLY])]), true, true),
            (json!([everyone(&[GET]), below(&["ou-a"])]), json!([everyone(&[APPLY])]), true, true),
        ] {
            let shift = policy(&have).shift(&policy(&want));
            assert_eq!(shift, Shift { adds, takes }, "{have} {want}");
        }
    }

    #[test]
    fn both_together_take_nothing_from_either() {
        let all = [everyone(&[APPLY]), everyone(&[GET]), below(&["ou-a"]), below(&["ou-b", "ou-c"]), root()];
        for one in &all {
            for other in &all {
                let (have, want) = (policy(&json!([one])), policy(&json!([other])));
                let joined = have.joined_with(&want);
                assert!(!have.shift(&joined).takes && !joined.shift(&want).adds, "{one} {other}");
                assert!(!want.shift(&joined).takes, "{one} {other}");
            }
        }
        let mut named = everyone(&[APPLY]);
        named["Sid"] = json!("One");
        let mut other = below(&["ou-a"]);
        other["Sid"] = json!("One");
        let joined = policy(&json!([named])).joined_with(&policy(&json!([other])));
        assert_eq!(joined.statements().iter().filter(|statement| sid(statement) == Some("One")).count(), 1);
    }
}
