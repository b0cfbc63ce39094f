//! The value-setting operators, and which of them a policy leaves to the policies below it.

use std::collections::BTreeSet;

use serde_json::Value;

/// A value-setting operator. A single-valued setting takes [`Operator::Assign`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::organizations) enum Operator {
    Assign,
    Append,
    Remove,
}

impl Operator {
    pub(in crate::organizations) const ALL: [Self; 3] = [Self::Assign, Self::Append, Self::Remove];

    /// The operator as it stands in a document.
    pub(in crate::organizations) fn key(self) -> &'static str {
        match self {
            Self::Assign => "@@assign",
            Self::Append => "@@append",
            Self::Remove => "@@remove",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.key() == key)
    }
}

/// The operators that child policies may use. The default is all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::organizations) struct Allowed(BTreeSet<Operator>);

impl Default for Allowed {
    fn default() -> Self {
        Self(Operator::ALL.into())
    }
}

impl Allowed {
    pub(in crate::organizations) fn permits(&self, operator: Operator) -> bool {
        self.0.contains(&operator)
    }

    /// Neither side can loosen the other: what both permit.
    pub(in crate::organizations) fn intersect(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Reads `["@@all"]`, `["@@none"]`, or a list of value-setting operators; anything else is a reason in words.
    pub(super) fn parse(value: &Value) -> Result<Self, String> {
        let Value::Array(words) = value else { return Err("must be a list of operators".to_owned()) };
        let words: Vec<&str> =
            words.iter().map(|word| word.as_str().ok_or("must be a list of strings")).collect::<Result<_, _>>()?;
        match words.as_slice() {
            [] => Err("must name at least one operator".to_owned()),
            ["@@all"] => Ok(Self::default()),
            ["@@none"] => Ok(Self(BTreeSet::new())),
            words => words
                .iter()
                .map(|word| Operator::from_key(word).ok_or_else(|| format!("does not know {word} in this place")))
                .collect::<Result<_, _>>()
                .map(Self),
        }
    }
}
