//! Lists of patterns, and the actions that they match.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::super::glob;
use super::super::said::{Word, get, words};
use super::names::{BEDROCK, MANTLE};
use crate::spec::node::Node;

/// The list of an element that has a negation.
#[derive(Debug)]
pub(super) enum Listed {
    /// Neither element stands there.
    Nothing,
    /// What is listed.
    Only(Vec<Word>),
    /// All but what is listed.
    AllBut(Vec<Word>),
}

impl Listed {
    pub(super) fn read(node: &Node, element: &str, negation: &str) -> Self {
        match (get(node, element), get(node, negation)) {
            (Some(listed), _) => Self::Only(words(listed)),
            (None, Some(listed)) => Self::AllBut(words(listed)),
            (None, None) => Self::Nothing,
        }
    }

    /// The words, whichever way they count.
    pub(super) fn words(&self) -> &[Word] {
        match self {
            Self::Nothing => &[],
            Self::Only(words) | Self::AllBut(words) => words,
        }
    }

    /// Whether an action is meant: `bedrock:InvokeModel`.
    pub(super) fn has(&self, action: &str) -> bool {
        let named = |words: &[Word]| words.iter().any(|word| glob::matches(word, action));
        match self {
            Self::Nothing => false,
            Self::Only(words) => named(words),
            Self::AllBut(words) => !named(words),
        }
    }

    /// The word that means an action, if one does.
    pub(super) fn naming(&self, action: &str) -> Option<&Word> {
        match self {
            Self::Only(words) => words.iter().find(|word| glob::matches(word, action)),
            Self::Nothing | Self::AllBut(_) => None,
        }
    }
}

/// Known actions by their name in small letters.
static KNOWN: LazyLock<BTreeMap<String, (&'static str, &'static str)>> = LazyLock::new(|| {
    let of = |service: &'static str, names: &'static [&'static str]| {
        names.iter().map(move |name| (format!("{service}:{}", name.to_ascii_lowercase()), (service, *name)))
    };
    of("bedrock", BEDROCK).chain(of("bedrock-mantle", MANTLE)).collect()
});

/// The known actions of Bedrock that a pattern matches, each as service and name.
pub(super) fn expand(pattern: &str) -> BTreeSet<(&'static str, &'static str)> {
    let lower = pattern.to_ascii_lowercase();
    if !glob::is_pattern(&lower) {
        return KNOWN.get(&lower).copied().into_iter().collect();
    }
    KNOWN.iter().filter(|(known, _)| glob::matches(&lower, known)).map(|(_, action)| *action).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_expand_to_what_iam_knows() {
        let names = |pattern: &str| expand(pattern).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names("bedrock:InvokeModel*"), ["InvokeModel", "InvokeModelWithResponseStream"]);
        assert_eq!(names("Bedrock:applyguardrail"), ["ApplyGuardrail"]);
        assert_eq!(names("bedrock:Converse"), [""; 0]);
        assert!(names("bedrock:Invoke*").contains(&"InvokeAgent"));
        assert!(names("*").len() > 250);
    }

    #[test]
    fn names_are_sorted_and_each_stands_once() {
        for names in [BEDROCK, MANTLE, super::super::names::WITHOUT_RESOURCE] {
            assert!(names.is_sorted_by(|one, other| one < other), "{names:?}");
        }
        assert!(super::super::names::WITHOUT_RESOURCE.iter().all(|name| BEDROCK.contains(name)));
    }
}
