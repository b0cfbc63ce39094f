//! Reading a document.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::condition::{Condition, Operator};
use super::principal::Principals;

/// A policy document of any kind; what its kind demands beyond the language is for [`Document::fits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) version: Version,
    pub(crate) statements: Vec<Statement>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `2008-10-17`, also for a document that names none: without variables.
    Old,
    /// `2012-10-17`
    Current,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    /// `None`: the policy is attached to whom it is about.
    pub(crate) principals: Option<Principals>,
    pub(crate) actions: Scope,
    /// `None`: the policy is attached to what it is about.
    pub(crate) resources: Option<Scope>,
    pub(crate) conditions: Vec<Condition>,
    /// The places behind its first and behind its last brace, which is how simulations tell where a statement is.
    pub(crate) position: (Position, Position),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// Patterns of actions or resources, or with `Not…` everything but them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) negated: bool,
    pub(crate) patterns: Vec<String>,
}

/// A place between two characters, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} (at {place})")]
pub(crate) struct Malformed {
    pub(crate) problem: String,
    /// Such as `Statement[0].Condition`; `line 1 column 5` where the text is no JSON.
    pub(crate) place: String,
}

impl Malformed {
    pub(super) fn new(place: &str, problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), place: place.to_owned() }
    }
}

const NOT_JSON: &str = "Syntax errors in policy: not JSON.";

/// The elements of an object, as they are in the text.
type Elements<'a> = BTreeMap<String, &'a RawValue>;

impl Document {
    /// Reads a document. Inferred: the names of elements and operators are held to their case.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        let elements = object("the document", text)?;
        only(&elements, "the document", &["Version", "Id", "Statement"])?;
        let version = match elements.get("Version").map(|version| value("Version", version)).transpose()? {
            None => Version::Old,
            Some(Value::String(version)) if version == "2008-10-17" => Version::Old,
            Some(Value::String(version)) if version == "2012-10-17" => Version::Current,
            Some(other) => return Err(Malformed::new("Version", format!("{other} is no version of policies."))),
        };
        if let Some(id) = elements.get("Id")
            && !value("Id", id)?.is_string()
        {
            return Err(Malformed::new("Id", "An Id must be a text."));
        }
        let statement = elements.get("Statement").ok_or_else(|| missing("the document", "Statement"))?.get();
        let raw: Vec<&RawValue> = if statement.starts_with('[') {
            serde_json::from_str(statement).map_err(|error| syntax(&error))?
        } else {
            vec![elements["Statement"]]
        };
        if raw.is_empty() {
            return Err(missing("the document", "Statement"));
        }
        let statements = raw.iter().enumerate().map(|(index, raw)| Statement::parse(text, raw.get(), index));
        let statements: Vec<Statement> = statements.collect::<Result<_, _>>()?;
        for (index, statement) in statements.iter().enumerate() {
            if statement.sid.is_some() && statements[..index].iter().any(|other| other.sid == statement.sid) {
                let place = format!("Statement[{index}].Sid");
                return Err(Malformed::new(&place, "Statement IDs (SID) in a single policy must be unique."));
            }
        }
        Ok(Self { version, statements })
    }
}

impl Statement {
    /// Reads a statement, which is a part of the document's text.
    fn parse(document: &str, text: &str, index: usize) -> Result<Self, Malformed> {
        let at = format!("Statement[{index}]");
        let place = |element: &str| format!("{at}.{element}");
        let elements = object(&at, text)?;
        only(
            &elements,
            &at,
            &[
                "Sid",
                "Effect",
                "Principal",
                "NotPrincipal",
                "Action",
                "NotAction",
                "Resource",
                "NotResource",
                "Condition",
            ],
        )?;
        let get = |name: &str| elements.get(name).map(|raw| value(&place(name), raw)).transpose();
        let sid = match get("Sid")? {
            None => None,
            Some(Value::String(sid)) => Some(sid),
            Some(_) => return Err(Malformed::new(&place("Sid"), "A Sid must be a text.")),
        };
        let effect = match get("Effect")? {
            Some(Value::String(effect)) if effect == "Allow" => Effect::Allow,
            Some(Value::String(effect)) if effect == "Deny" => Effect::Deny,
            Some(other) => return Err(Malformed::new(&place("Effect"), format!("Invalid effect: {other}."))),
            None => return Err(missing(&at, "Effect")),
        };
        let either = |name: &'static str, not: &'static str| match (get(name)?, get(not)?) {
            (Some(_), Some(_)) => {
                Err(Malformed::new(&at, format!("A statement can have either {name} or {not}, not both.")))
            }
            (Some(value), None) => Ok(Some((name, false, value))),
            (None, Some(value)) => Ok(Some((not, true, value))),
            (None, None) => Ok(None),
        };
        let scope = |found: Option<(&str, bool, Value)>| {
            let scope = |(name, negated, value): (&str, bool, Value)| {
                let patterns = texts(&value).ok_or_else(|| {
                    Malformed::new(&place(name), format!("{name} must be a text or a list of texts."))
                })?;
                Ok::<_, Malformed>((place(name), Scope { negated, patterns }))
            };
            found.map(scope).transpose()
        };
        let (actions_at, actions) = scope(either("Action", "NotAction")?)?
            .filter(|(_, scope)| !scope.patterns.is_empty())
            .ok_or_else(|| Malformed::new(&at, "Policy statement must contain actions."))?;
        let prefaced = |action: &&String| {
            *action == "*"
                || action.split_once(':').is_some_and(|(vendor, name)| !vendor.is_empty() && !name.is_empty())
        };
        if let Some(action) = actions.patterns.iter().find(|action| !prefaced(action)) {
            let problem =
                format!("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: {action}");
            return Err(Malformed::new(&actions_at, problem));
        }
        let resources = scope(either("Resource", "NotResource")?)?;
        if let Some((resources_at, scope)) = &resources
            && scope.patterns.is_empty()
        {
            return Err(Malformed::new(resources_at, "Policy statement must contain resources."));
        }
        let principals = either("Principal", "NotPrincipal")?
            .map(|(name, negated, value)| principals(&place(name), negated, &value))
            .transpose()?;
        let conditions = get("Condition")?.map(|value| conditions(&place("Condition"), &value)).transpose()?;
        let begin = text.as_ptr() as usize - document.as_ptr() as usize;
        Ok(Self {
            sid,
            effect,
            principals,
            actions,
            resources: resources.map(|(_, scope)| scope),
            conditions: conditions.unwrap_or_default(),
            position: (Position::of(document, begin + 1), Position::of(document, begin + text.len())),
        })
    }
}

impl Position {
    fn of(text: &str, offset: usize) -> Self {
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

fn principals(place: &str, negated: bool, value: &Value) -> Result<Principals, Malformed> {
    let mut principals = Principals { negated, ..Principals::default() };
    let invalid = |problem: String| Err(Malformed::new(place, problem));
    let kinds = match value {
        Value::String(anyone) if anyone == "*" => {
            principals.anyone = true;
            return Ok(principals);
        }
        Value::Object(kinds) if !kinds.is_empty() => kinds,
        other => return invalid(format!("Invalid principal in policy: {other}")),
    };
    for (kind, named) in kinds {
        let Some(named) = texts(named).filter(|named| !named.is_empty()) else {
            return invalid(format!("Invalid principal in policy: {kind} must be a text or a list of texts"));
        };
        match kind.as_str() {
            "AWS" => {
                let known =
                    |named: &String| named == "*" || crate::caller::is_account(named) || named.starts_with("arn:");
                if let Some(unknown) = named.iter().find(|named| !known(named)) {
                    return invalid(format!("Invalid principal in policy: \"AWS\":\"{unknown}\""));
                }
                principals.anyone = named.iter().any(|named| named == "*");
                principals.aws = named;
            }
            "Service" => principals.services = named,
            "Federated" => principals.federated = named,
            // Of S3, and nobody's here.
            "CanonicalUser" => {}
            other => return invalid(format!("Invalid principal in policy: unknown kind {other}")),
        }
    }
    Ok(principals)
}

fn conditions(place: &str, value: &Value) -> Result<Vec<Condition>, Malformed> {
    let map = |place: &str, value: &Value| {
        let map = value.as_object().cloned();
        map.ok_or_else(|| Malformed::new(place, "A condition must be an object of objects."))
    };
    let mut conditions = Vec::new();
    for (name, keys) in &map(place, value)? {
        let place = format!("{place}.{name}");
        let operator =
            Operator::parse(name).ok_or_else(|| Malformed::new(&place, format!("Invalid Condition type : {name}.")))?;
        for (key, values) in map(&place, keys)? {
            let place = format!("{place}.{key}");
            if !key.contains(':') {
                let problem = format!("Conditions must be prefaced by a vendor: {key}");
                return Err(Malformed::new(&place, problem));
            }
            let values = scalars(&values)
                .ok_or_else(|| Malformed::new(&place, "The value of a condition must be a text or a list of texts."))?;
            conditions.push(Condition { operator, key, values });
        }
    }
    Ok(conditions)
}

/// A text, or the texts of a list.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// The same; numbers and booleans count as their text.
fn scalars(value: &Value) -> Option<Vec<String>> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().map(scalar).collect(),
        one => Some(vec![scalar(one)?]),
    }
}

fn object<'a>(place: &str, text: &'a str) -> Result<Elements<'a>, Malformed> {
    serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Malformed::new(place, "Syntax errors in policy: not an object."),
        _ => syntax(&error),
    })
}

fn syntax(error: &serde_json::Error) -> Malformed {
    Malformed::new(&format!("line {} column {}", error.line(), error.column()), NOT_JSON)
}

/// A part of a text that was only skimmed so far: its escapes, its nesting and the size of its numbers are looked at here.
fn value(place: &str, raw: &RawValue) -> Result<Value, Malformed> {
    serde_json::from_str(raw.get()).map_err(|_| Malformed::new(place, NOT_JSON))
}

fn missing(place: &str, element: &str) -> Malformed {
    Malformed::new(place, format!("Missing required field {element}."))
}

fn only(elements: &Elements<'_>, place: &str, known: &[&str]) -> Result<(), Malformed> {
    match elements.keys().find(|name| !known.contains(&name.as_str())) {
        Some(other) => Err(Malformed::new(place, format!("Syntax errors in policy: unknown element {other}."))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_read_alone_or_in_a_list() {
        let alone = r#"{"Statement": {"Effect": "Allow", "Action": "a:B", "Resource": "*"}}"#;
        let listed = "{\"Version\": \"2008-10-17\",\n \"Id\": \"x\", \"Statement\": [\n  {\"Effect\": \"Allow\",\n   \
                      \"Action\": [\"a:B\"], \"Resource\": [\"*\"]}]}";
        let (alone, listed) = (Document::parse(alone).expect("valid"), Document::parse(listed).expect("valid"));
        let without_position = |document: &Document| {
            let mut statement = document.statements[0].clone();
            statement.position = (Position { line: 1, column: 1 }, Position { line: 1, column: 1 });
            (document.version, statement)
        };
        assert_eq!(without_position(&alone), without_position(&listed));
        let (begin, end) = listed.statements[0].position;
        assert_eq!((begin.line, begin.column, end.line, end.column), (3, 4, 4, 41));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let statement = |elements: &str| format!(r#"{{"Statement": [{{{elements}}}]}}"#);
        for (text, place, problem) in [
            ("", "line 1 column 0", "not JSON"),
            (r#"{"Statement": [}"#, "line 1 column 16", "not JSON"),
            ("[]", "the document", "not an object"),
            ("{}", "the document", "Missing required field Statement"),
            (r#"{"Statement": []}"#, "the document", "Missing required field Statement"),
            (r#"{"Statement": "x"}"#, "Statement[0]", "not an object"),
            (r#"{"Version": "2012-10-18", "Statement": []}"#, "Version", "no version"),
            (r#"{"version": "2012-10-17", "Statement": []}"#, "the document", "unknown element version"),
            (r#"{"Id": 1, "Statement": []}"#, "Id", "a text"),
            (&statement(r#""Action": "a:B""#), "Statement[0]", "Missing required field Effect"),
            (&statement(r#""Effect": "allow", "Action": "a:B""#), "Statement[0].Effect", "Invalid effect"),
            (&statement(r#""Effect": "Allow""#), "Statement[0]", "must contain actions"),
            (&statement(r#""Effect": "Allow", "Action": []"#), "Statement[0]", "must contain actions"),
            (&statement(r#""Effect": "Allow", "Action": "Get*""#), "Statement[0].Action", "prefaced by a vendor"),
            (&statement(r#""Effect": "Allow", "Action": 1"#), "Statement[0].Action", "a text or a list"),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "NotAction": "a:C""#),
                "Statement[0]",
                "either Action or NotAction",
            ),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "Resource": []"#),
                "Statement[0].Resource",
                "must contain resources",
            ),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "Principal": "me""#),
                "Statement[0].Principal",
                "Invalid principal",
            ),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "Principal": {"AWS": "me"}"#),
                "Statement[0].Principal",
                "Invalid principal",
            ),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "Principal": {"Aws": "*"}"#),
                "Statement[0].Principal",
                "unknown kind Aws",
            ),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "Condition": {"StringSame": {"a:b": "c"}}"#),
                "Statement[0].Condition.StringSame",
                "Invalid Condition type : StringSame",
            ),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "Condition": {"StringEquals": {"b": "c"}}"#),
                "Statement[0].Condition.StringEquals.b",
                "prefaced by a vendor",
            ),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "Condition": {"StringEquals": {"a:b": {}}}"#),
                "Statement[0].Condition.StringEquals.a:b",
                "a text or a list",
            ),
            (
                &statement(r#""Effect": "Allow", "Action": "a:B", "Condition": {"StringEquals": "a:b"}"#),
                "Statement[0].Condition.StringEquals",
                "an object of objects",
            ),
            (
                r#"{"Statement": [{"Sid": "a", "Effect": "Allow", "Action": "a:B"}, {"Sid": "a", "Effect": "Deny", "Action": "*"}]}"#,
                "Statement[1].Sid",
                "must be unique",
            ),
            (&statement(r#""Effect": "Allow", "Action": "\ud800""#), "Statement[0].Action", "not JSON"),
            (r#"{"Version": 1e999, "Statement": []}"#, "Version", "not JSON"),
            (
                &statement(&format!(r#""Effect": "Allow", "Action": {}{}"#, "[".repeat(200), "]".repeat(200))),
                "Statement[0].Action",
                "not JSON",
            ),
            (&statement(r#""Sidd": "a", "Effect": "Allow", "Action": "a:B""#), "Statement[0]", "unknown element Sidd"),
        ] {
            let malformed = Document::parse(text).expect_err(text);
            assert!(malformed.problem.contains(problem), "{text}: {malformed}");
            assert_eq!(malformed.place, place, "{text}: {malformed}");
        }
    }
}
