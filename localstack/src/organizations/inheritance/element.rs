//! A policy document, parsed into elements with their operators.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Allowed, CHILD_CONTROL, Operator};

/// One element of a document: what it sets, what it restricts, and what is below it.
///
/// A setting has operators, a map has children; AWS's own examples also hold elements with a restriction and nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::organizations) struct Element {
    pub(in crate::organizations) allowed: Option<Allowed>,
    pub(in crate::organizations) assign: Option<Value>,
    pub(in crate::organizations) append: Option<Vec<Value>>,
    pub(in crate::organizations) remove: Option<Vec<Value>>,
    pub(in crate::organizations) children: BTreeMap<String, Element>,
}

/// What is wrong with a document, and where: keys from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::organizations) struct Fault {
    pub(in crate::organizations) path: Vec<String>,
    pub(in crate::organizations) what: String,
}

impl Fault {
    pub(in crate::organizations) fn at<P: AsRef<str>>(path: &[P], what: impl Into<String>) -> Self {
        Self { path: path.iter().map(|key| key.as_ref().to_owned()).collect(), what: what.into() }
    }
}

impl Element {
    /// Parses the text of a policy. The fault is the first one in document order.
    pub(in crate::organizations) fn parse(text: &str) -> Result<Self, Fault> {
        let nowhere: &[&str] = &[];
        let document = serde_json::from_str::<Value>(text)
            .map_err(|error| Fault::at(nowhere, format!("the document is not valid JSON: {error}")))?;
        match document {
            Value::Object(keys) if keys.is_empty() => Err(Fault::at(nowhere, "the document is empty")),
            Value::Object(keys) => Self::from_keys(&keys, &mut Vec::new()),
            _ => Err(Fault::at(nowhere, "the document must be a JSON object")),
        }
    }

    fn from_keys(keys: &Map<String, Value>, path: &mut Vec<String>) -> Result<Self, Fault> {
        let mut element = Self::default();
        for (key, value) in keys {
            path.push(key.clone());
            element.take(key, value, path)?;
            path.pop();
        }
        Ok(element)
    }

    fn take(&mut self, key: &str, value: &Value, path: &mut Vec<String>) -> Result<(), Fault> {
        match key {
            CHILD_CONTROL => self.allowed = Some(Allowed::parse(value).map_err(|what| Fault::at(path, what))?),
            "@@assign" => self.assign = Some(plain(value, path)?),
            "@@append" => self.append = Some(list(value, path)?),
            "@@remove" => self.remove = Some(list(value, path)?),
            _ if key.starts_with("@@") => return Err(Fault::at(path, "is not an operator")),
            _ => {
                let Value::Object(below) = value else {
                    return Err(Fault::at(path, "must hold an operator such as @@assign, not a bare value"));
                };
                self.children.insert(key.to_owned(), Self::from_keys(below, path)?);
            }
        }
        Ok(())
    }

    /// The operators that this element itself uses.
    pub(in crate::organizations) fn operators(&self) -> impl Iterator<Item = Operator> {
        let Self { allowed: _, assign, append, remove, children: _ } = self;
        let used = [assign.is_some(), append.is_some(), remove.is_some()];
        Operator::ALL.into_iter().zip(used).filter_map(|(operator, used)| used.then_some(operator))
    }

    /// Whether the document says anything at or below `path`.
    pub(in crate::organizations) fn reaches(&self, path: &[String]) -> bool {
        match path.split_first() {
            None => true,
            Some((key, rest)) => self.children.get(key).is_some_and(|child| child.reaches(rest)),
        }
    }
}

fn plain(value: &Value, path: &[String]) -> Result<Value, Fault> {
    match value {
        Value::Object(_) | Value::Null => Err(Fault::at(path, "must be a string, number, boolean or list")),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array() || item.is_null()) => {
            Err(Fault::at(path, "must be a list of plain values"))
        }
        _ => Ok(value.clone()),
    }
}

fn list(value: &Value, path: &[String]) -> Result<Vec<Value>, Fault> {
    match plain(value, path)? {
        Value::Array(items) => Ok(items),
        _ => Err(Fault::at(path, "works on lists only")),
    }
}
