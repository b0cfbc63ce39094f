//! Conditions: operators, and when they hold.

use std::cmp::Ordering;

use super::compare::{dates, numbers, within};
use super::pattern::Pattern;
use super::request::Context;

/// One key under one operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) operator: Operator,
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

/// `[<set>:]<test>[IfExists]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    set: Option<Set>,
    test: Test,
    if_exists: bool,
}

/// How many of a request's values have to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Any,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Null,
    Compare { family: Family, negated: bool },
}

/// What kind of values an operator compares, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Equals,
    EqualsIgnoreCase,
    Like,
    Arn,
    Number(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[rustfmt::skip]
const TESTS: &[(&str, Test)] = &[
    ("StringEquals", plain(Family::Equals)),
    ("StringNotEquals", negated(Family::Equals)),
    ("StringEqualsIgnoreCase", plain(Family::EqualsIgnoreCase)),
    ("StringNotEqualsIgnoreCase", negated(Family::EqualsIgnoreCase)),
    ("StringLike", plain(Family::Like)),
    ("StringNotLike", negated(Family::Like)),
    // The user guide: they behave like ArnLike and ArnNotLike.
    ("ArnEquals", plain(Family::Arn)),
    ("ArnNotEquals", negated(Family::Arn)),
    ("ArnLike", plain(Family::Arn)),
    ("ArnNotLike", negated(Family::Arn)),
    ("NumericEquals", plain(Family::Number(Order::Equal))),
    ("NumericNotEquals", negated(Family::Number(Order::Equal))),
    ("NumericLessThan", plain(Family::Number(Order::Less))),
    ("NumericLessThanEquals", plain(Family::Number(Order::LessOrEqual))),
    ("NumericGreaterThan", plain(Family::Number(Order::Greater))),
    ("NumericGreaterThanEquals", plain(Family::Number(Order::GreaterOrEqual))),
    ("DateEquals", plain(Family::Date(Order::Equal))),
    ("DateNotEquals", negated(Family::Date(Order::Equal))),
    ("DateLessThan", plain(Family::Date(Order::Less))),
    ("DateLessThanEquals", plain(Family::Date(Order::LessOrEqual))),
    ("DateGreaterThan", plain(Family::Date(Order::Greater))),
    ("DateGreaterThanEquals", plain(Family::Date(Order::GreaterOrEqual))),
    ("Bool", plain(Family::Bool)),
    ("BinaryEquals", plain(Family::Binary)),
    ("IpAddress", plain(Family::Ip)),
    ("NotIpAddress", negated(Family::Ip)),
    ("Null", Test::Null),
];

const fn plain(family: Family) -> Test {
    Test::Compare { family, negated: false }
}

const fn negated(family: Family) -> Test {
    Test::Compare { family, negated: true }
}

impl Operator {
    /// `None` for what is no operator. `Null` takes no `IfExists`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (set, name) = match name.split_once(':') {
            Some(("ForAnyValue", name)) => (Some(Set::Any), name),
            Some(("ForAllValues", name)) => (Some(Set::All), name),
            Some(_) => return None,
            None => (None, name),
        };
        let (name, if_exists) = name.strip_suffix("IfExists").map_or((name, false), |name| (name, true));
        let (_, test) = TESTS.iter().find(|(known, _)| *known == name)?;
        (!(if_exists && *test == Test::Null)).then_some(Self { set, test: *test, if_exists })
    }

    /// Whether it is the plain operator of a family: neither negated nor for several values nor `IfExists`.
    pub(crate) fn is(self, family: Family) -> bool {
        self == Self { set: None, test: plain(family), if_exists: false }
    }

    /// The same, for any of several values.
    pub(crate) fn is_for_any(self, family: Family) -> bool {
        self == Self { set: Some(Set::Any), test: plain(family), if_exists: false }
    }
}

impl Condition {
    /// Whether the condition holds. `variables` says whether the document's version has variables.
    ///
    /// Inferred: without a set operator a key of several values passes if one of them does, and a negated test if all do.
    pub(super) fn holds(&self, context: &Context, variables: bool) -> bool {
        let Operator { set, test, if_exists } = self.operator;
        let have = context.get(&self.key);
        let Test::Compare { family, negated } = test else {
            let wanted = if have.is_none() { "true" } else { "false" };
            return self.values.iter().any(|value| value.eq_ignore_ascii_case(wanted));
        };
        // To a set operator an empty text is an empty set.
        let have = have.filter(|values| set.is_none() || *values != [""]);
        let Some(have) = have else {
            return if_exists || set.map_or(negated, |set| set == Set::All);
        };
        let variables = variables.then_some(context);
        let passes = |have: &String| {
            // Found on the live service: an ARN operator holds for no empty value, not even a negated one.
            let comparable = family != Family::Arn || !have.is_empty();
            comparable && self.values.iter().any(|wanted| family.compares(have, wanted, variables)) != negated
        };
        let all = set.map_or(negated, |set| set == Set::All);
        if all { have.iter().all(passes) } else { have.iter().any(passes) }
    }
}

impl Family {
    /// Variables are for operators on texts and ARNs only.
    fn compares(self, have: &str, wanted: &str, variables: Option<&Context>) -> bool {
        let pattern = || Pattern::read(wanted, variables);
        match self {
            Self::Equals => pattern().is_some_and(|wanted| wanted.text() == have),
            Self::EqualsIgnoreCase => {
                pattern().is_some_and(|wanted| wanted.text().to_lowercase() == have.to_lowercase())
            }
            Self::Like => pattern().is_some_and(|wanted| wanted.fits(have)),
            Self::Arn => pattern().is_some_and(|wanted| wanted.fits_arn(have)),
            Self::Number(order) => numbers(have, wanted).is_some_and(|found| order.admits(found)),
            Self::Date(order) => dates(have, wanted).is_some_and(|found| order.admits(found)),
            Self::Bool => have.eq_ignore_ascii_case(wanted),
            Self::Binary => have == wanted,
            Self::Ip => within(have, wanted),
        }
    }
}

impl Order {
    fn admits(self, found: Ordering) -> bool {
        match self {
            Self::Equal => found.is_eq(),
            Self::Less => found.is_lt(),
            Self::LessOrEqual => found.is_le(),
            Self::Greater => found.is_gt(),
            Self::GreaterOrEqual => found.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the operator holds with the values of the policy and those of the request.
    fn holds(operator: &str, wanted: &[&str], have: Option<&[&str]>) -> bool {
        let context = Context::default().with("aws:PrincipalAccount", "111122223333");
        let context = match have {
            Some(values) => context.with_all("x:Key", values.iter().copied()),
            None => context,
        };
        let values = wanted.iter().map(|value| (*value).to_owned()).collect();
        let operator = Operator::parse(operator).unwrap_or_else(|| panic!("{operator} is an operator"));
        Condition { operator, key: "X:key".to_owned(), values }.holds(&context, true)
    }

    #[test]
    fn an_absent_key_is_what_the_operator_makes_of_it() {
        for (operator, want) in [
            ("StringEquals", false),
            ("StringNotEquals", true),
            ("StringNotEqualsIgnoreCase", true),
            ("StringLike", false),
            ("StringNotLike", true),
            ("ArnLike", false),
            ("ArnNotLike", true),
            ("ArnNotEquals", true),
            ("NumericEquals", false),
            ("NumericNotEquals", true),
            ("NumericLessThan", false),
            ("DateNotEquals", true),
            ("DateGreaterThan", false),
            ("Bool", false),
            ("BinaryEquals", false),
            ("IpAddress", false),
            ("NotIpAddress", true),
            ("StringEqualsIfExists", true),
            ("StringNotEqualsIfExists", true),
            ("BoolIfExists", true),
            ("ForAnyValue:StringLike", false),
            ("ForAnyValue:StringNotLike", false),
            ("ForAllValues:StringLike", true),
            ("ForAllValues:StringNotLike", true),
            ("ForAnyValue:StringLikeIfExists", true),
        ] {
            assert_eq!(holds(operator, &["1"], None), want, "{operator} on an absent key");
            assert_eq!(holds(operator, &["1"], Some(&[])), want, "{operator} on an empty set");
        }
        assert!(holds("Null", &["true"], None) && !holds("Null", &["false"], None));
        assert!(holds("Null", &["true"], Some(&[])), "a key without a value is not there");
        assert!(holds("Null", &["false"], Some(&["x"])) && !holds("Null", &["true"], Some(&["x"])));
    }

    #[test]
    fn an_empty_text_is_a_value_but_no_arn_and_no_member_of_a_set() {
        for (operator, wanted, want, why) in [
            ("Null", "true", false, "it is there"),
            ("StringEquals", "", true, "it equals itself"),
            ("StringNotEquals", "x", true, "it differs"),
            ("StringLike", "*", true, "a star covers nothing, too"),
            ("StringNotLike", "?*", true, "it has no first letter"),
            ("ArnLike", "*", false, "it is no ARN"),
            ("ArnEquals", "", false, "it is no ARN"),
            ("ArnNotLike", "arn:aws:iam::*:role/x", false, "found on the live service"),
            ("ArnNotEquals", "arn:aws:iam::1:role/x", false, "as its twin"),
            ("ArnNotLikeIfExists", "arn:aws:iam::1:role/x", false, "it is there"),
            ("ForAllValues:StringEquals", "x", true, "an empty text is an empty set"),
            ("ForAnyValue:StringEquals", "", false, "the same"),
        ] {
            assert_eq!(holds(operator, &[wanted], Some(&[""])), want, "{operator} {wanted:?}: {why}");
        }
    }

    #[test]
    fn values_are_alternatives_and_negated_ones_all_excluded() {
        for (operator, wanted, have, want) in [
            ("StringEquals", &["a", "b"][..], &["b"][..], true),
            ("StringEquals", &["a", "b"], &["c"], false),
            ("StringNotEquals", &["a", "b"], &["b"], false),
            ("StringNotEquals", &["a", "b"], &["c"], true),
            ("ForAnyValue:StringEquals", &["a", "b"], &["b", "c"], true),
            ("ForAnyValue:StringEquals", &["a", "b"], &["c", "d"], false),
            ("ForAllValues:StringEquals", &["a", "b"], &["b", "a"], true),
            ("ForAllValues:StringEquals", &["a", "b"], &["b", "c"], false),
            ("ForAnyValue:StringNotEquals", &["a", "b"], &["a", "c"], true),
            ("ForAnyValue:StringNotEquals", &["a", "b"], &["a", "b"], false),
            ("ForAllValues:StringNotEquals", &["a", "b"], &["c", "d"], true),
            ("ForAllValues:StringNotEquals", &["a", "b"], &["a", "d"], false),
            ("StringEquals", &["a"], &["b", "a"], true),
            ("StringNotEquals", &["a"], &["b", "a"], false),
        ] {
            assert_eq!(holds(operator, wanted, Some(have)), want, "{operator} {wanted:?} of {have:?}");
        }
    }

    #[test]
    fn each_operator_compares_in_its_own_way() {
        for (operator, wanted, have, want) in [
            ("StringEquals", "Ab", "ab", false),
            ("StringEquals", "a*", "ab", false),
            ("StringEqualsIgnoreCase", "Äb", "äB", true),
            ("StringNotEqualsIgnoreCase", "AB", "ab", false),
            ("StringLike", "A*", "ab", false),
            ("StringLike", "a?", "ab", true),
            ("StringNotLike", "a?", "ab", false),
            ("StringEquals", "${aws:PrincipalAccount}", "111122223333", true),
            ("StringLike", "1${*}", "12", false),
            ("ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:role/*", "arn:aws:iam::111122223333:role/a", true),
            ("ArnEquals", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a", true),
            ("ArnLike", "arn:aws:bedrock:us-east-1:1:guardrail/a", "a", false),
            ("ArnNotLike", "arn:aws:bedrock:us-east-1:1:guardrail/a", "a", true),
            ("NumericLessThan", "10", "9.5", true),
            ("NumericGreaterThanEquals", "10", "10.0", true),
            ("NumericGreaterThan", "10", "10", false),
            ("NumericLessThanEquals", "10", "10", true),
            ("NumericEquals", "ten", "10", false),
            ("NumericNotEquals", "10", "11", true),
            ("DateLessThan", "2026-01-02T00:00:00Z", "2026-01-01", true),
            ("DateGreaterThan", "2026-01-02T00:00:00Z", "2026-01-01", false),
            ("DateEquals", "1767225600", "2026-01-01T00:00:00Z", true),
            ("Bool", "TRUE", "true", true),
            ("Bool", "false", "true", false),
            ("BinaryEquals", "QQ==", "QQ==", true),
            ("BinaryEquals", "QQ==", "qq==", false),
            ("IpAddress", "203.0.113.0/24", "203.0.113.9", true),
            ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", false),
        ] {
            assert_eq!(holds(operator, &[wanted], Some(&[have])), want, "{operator} {wanted} of {have}");
        }
    }

    #[test]
    fn other_names_are_no_operators() {
        for name in ["StringSame", "stringequals", "NullIfExists", "ForSomeValues:Bool", "IfExists", "", "Bool:Any"] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
