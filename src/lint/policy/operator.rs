//! Condition operators, and when a test holds (IAM user guide, "IAM JSON policy elements: Condition operators").

use super::super::glob;
use super::arn;

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// As text, no wildcards.
    Text,
    /// As text with wildcards.
    Like,
    /// As ARNs with wildcards, part by part.
    Arn,
    /// Whether the key is absent.
    Null,
    /// As numbers, dates and others, none of which an ARN is.
    Other,
}

/// Which of several values of a key must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// No word on it.
    One,
    /// `ForAnyValue:`
    Any,
    /// `ForAllValues:`
    All,
}

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) set: Set,
    pub(super) compare: Compare,
    pub(super) negated: bool,
    pub(super) if_exists: bool,
}

const BASES: &[(&str, Compare, bool)] = &[
    ("StringEquals", Compare::Text, false),
    ("StringNotEquals", Compare::Text, true),
    ("StringEqualsIgnoreCase", Compare::Text, false),
    ("StringNotEqualsIgnoreCase", Compare::Text, true),
    ("StringLike", Compare::Like, false),
    ("StringNotLike", Compare::Like, true),
    ("ArnEquals", Compare::Arn, false),
    ("ArnLike", Compare::Arn, false),
    ("ArnNotEquals", Compare::Arn, true),
    ("ArnNotLike", Compare::Arn, true),
    ("Null", Compare::Null, false),
    ("Bool", Compare::Other, false),
    ("NumericEquals", Compare::Other, false),
    ("NumericNotEquals", Compare::Other, true),
    ("NumericLessThan", Compare::Other, false),
    ("NumericLessThanEquals", Compare::Other, false),
    ("NumericGreaterThan", Compare::Other, false),
    ("NumericGreaterThanEquals", Compare::Other, false),
    ("DateEquals", Compare::Other, false),
    ("DateNotEquals", Compare::Other, true),
    ("DateLessThan", Compare::Other, false),
    ("DateLessThanEquals", Compare::Other, false),
    ("DateGreaterThan", Compare::Other, false),
    ("DateGreaterThanEquals", Compare::Other, false),
    ("BinaryEquals", Compare::Other, false),
    ("IpAddress", Compare::Other, false),
    ("NotIpAddress", Compare::Other, true),
];

/// The names of operators, without what may stand before or behind.
pub(super) fn known() -> impl Iterator<Item = &'static str> + Clone {
    BASES.iter().map(|(name, ..)| *name)
}

fn without_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

impl Operator {
    /// Reads an operator; `None` if there is none of this name.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (set, rest) = if let Some(rest) = without_prefix(text, "ForAnyValue:") {
            (Set::Any, rest)
        } else if let Some(rest) = without_prefix(text, "ForAllValues:") {
            (Set::All, rest)
        } else {
            (Set::One, text)
        };
        let base = |name: &str| BASES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        if let Some((_, compare, negated)) = base(rest) {
            return Some(Self { set, compare: *compare, negated: *negated, if_exists: false });
        }
        let end = rest.len().checked_sub("IfExists".len())?;
        let (name, suffix) = (rest.get(..end)?, rest.get(end..)?);
        let (_, compare, negated) = base(name).filter(|_| suffix.eq_ignore_ascii_case("IfExists"))?;
        // `Null` asks for existence itself, and AWS takes no `NullIfExists`.
        (*compare != Compare::Null).then_some(Self { set, compare: *compare, negated: *negated, if_exists: true })
    }

    /// Whether a test with these values holds for a key of one value, or for its absence.
    pub(super) fn holds<'v>(self, mut values: impl Iterator<Item = &'v str>, have: Option<&str>) -> bool {
        let Self { set, compare, negated, if_exists } = self;
        if compare == Compare::Null {
            return values.any(|value| value.eq_ignore_ascii_case("true") == have.is_none());
        }
        let Some(have) = have else {
            return if_exists || set == Set::All || (negated && set == Set::One);
        };
        match compare {
            Compare::Text => values.any(|value| value == have) != negated,
            Compare::Like => values.any(|value| glob::matches(value, have)) != negated,
            // No ARN operator holds for what is no ARN, a negated one neither.
            Compare::Arn => have.starts_with("arn:") && values.any(|value| arn::matches(value, have)) != negated,
            Compare::Null | Compare::Other => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_key_is_what_operators_differ_in() {
        for (operator, want) in [
            ("StringEquals", false),
            ("StringNotEquals", true),
            ("arnnotlike", true),
            ("StringEqualsIfExists", true),
            ("StringNotEqualsIfExists", true),
            ("ForAnyValue:StringNotEquals", false),
            ("ForAllValues:StringEquals", true),
            ("forallvalues:StringNotEquals", true),
        ] {
            let read = Operator::read(operator).expect("an operator");
            assert_eq!(read.holds(["x"].into_iter(), None), want, "{operator}");
        }
        let null = Operator::read("Null").expect("an operator");
        assert!(null.holds(["true"].into_iter(), None) && !null.holds(["false"].into_iter(), None));
        for wrong in ["StringNotMatch", "NullIfExists", "ForEveryValue:StringLike", "", "IfExists"] {
            assert_eq!(Operator::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_empty_identifier_slips_past_arn_operators() {
        let holds = |operator, have| {
            Operator::read(operator).is_some_and(|it| it.holds(["arn:aws:bedrock:a:1:b"].into_iter(), Some(have)))
        };
        assert!(!holds("ArnNotLike", "") && holds("StringNotLike", ""));
        assert!(holds("ArnNotLike", "arn:aws:bedrock:a:1:c") && !holds("ArnNotLike", "arn:aws:bedrock:a:1:b"));
    }
}
