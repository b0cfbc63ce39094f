//! GitHub's expressions, as far as workflows use them: literals, contexts by dotted path, operators with GitHub's coercions,
//! `format`, and the functions that ask how things stand.
//!
//! As <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions> says, and where that is short, as the
//! runner does it (actions/runner, `EvaluationResult.cs` and `ExpressionUtility.cs`).

use std::collections::BTreeMap;

/// A value of one of the types that a context can hold here.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// What is missing.
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
}

/// What expressions may name, and how things stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Contexts {
    named: BTreeMap<String, Value>,
    pub(super) standing: Standing,
}

/// What the functions of status say: of the steps before, or of the jobs that a job needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) success: bool,
    pub(super) failure: bool,
    pub(super) cancelled: bool,
}

/// Nothing has gone wrong.
impl Default for Standing {
    fn default() -> Self {
        Self { success: true, failure: false, cancelled: false }
    }
}

impl Contexts {
    /// Texts by dotted path.
    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t (&'t str, &'t str)>) -> Self {
        let mut contexts = Self::default();
        for (name, text) in texts {
            contexts.set(name, text);
        }
        contexts
    }

    pub(super) fn set(&mut self, name: &str, text: &str) {
        self.named.insert(name.to_owned(), Value::Text(text.to_owned()));
    }

    /// What is at a path; null where nothing is.
    pub(super) fn get(&self, name: &str) -> Value {
        self.named.get(name).cloned().unwrap_or(Value::Null)
    }

    /// Leaves out what does not begin with one of these.
    pub(super) fn only(&self, beginnings: &[&str]) -> Self {
        let mut kept = self.clone();
        kept.named.retain(|name, _| beginnings.iter().any(|beginning| name.starts_with(beginning)));
        kept
    }
}

impl Value {
    /// What `if`, `!`, `&&` and `||` make of it. A text is false only if it is empty: `'0'` and `'false'` are true.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
        }
    }

    /// What stands in a text in its place.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// What it is beside a value of another type.
    pub(super) fn number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Bool(value) => f64::from(u8::from(*value)),
            Self::Number(number) => *number,
            Self::Text(text) => number_of(text),
        }
    }

    /// `==`: numbers unless both are of one type, and texts without regard to case.
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => folded(one) == folded(other),
            // Of NaN nothing is the equal, itself included.
            #[expect(clippy::float_cmp, reason = "that is what the runner does")]
            _ => self.number() == other.number(),
        }
    }

    /// `<`; of what is no number, neither this nor its contrary holds.
    fn is_less(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => false,
            (Self::Text(one), Self::Text(other)) => folded(one) < folded(other),
            _ => self.number() < other.number(),
        }
    }
}

/// The runner compares by upper case, letter by letter: one that has no single letter there stays as it is.
fn folded(text: &str) -> String {
    let upper = |c: char| {
        let mut letters = c.to_uppercase();
        letters.next().filter(|_| letters.next().is_none()).unwrap_or(c)
    };
    text.chars().map(upper).collect()
}

/// A text as a number: any that JSON knows, hexadecimal, octal; nothing is 0, and anything else is no number.
fn number_of(text: &str) -> f64 {
    let text = text.trim();
    let radix = |digits: &str, radix| i32::from_str_radix(digits, radix).map_or(f64::NAN, f64::from);
    match text {
        "" => 0.0,
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if text.starts_with("0x") => radix(&text[2..], 16),
        _ if text.starts_with("0o") => radix(&text[2..], 8),
        _ if text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c)) => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

/// The functions without which a condition is also one of `success()`.
const OF_STATUS: [&str; 4] = ["success(", "failure(", "cancelled(", "always("];

/// Whether a step or job with this `if` is run; without one it is run if all is well.
pub(super) fn holds(condition: &str, contexts: &Contexts) -> bool {
    // A text around it would make it one, and so true whatever is inside.
    assert!(!condition.contains("${{"), "an `if` is an expression without braces: {condition}");
    let asks = OF_STATUS.iter().any(|function| condition.contains(function));
    (asks || contexts.standing.success) && (condition.is_empty() || value(condition, contexts).is_true())
}

/// A text with its `${{ … }}` filled in.
pub(super) fn filled(text: &str, contexts: &Contexts) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").expect("an expression ends");
        out.push_str(before);
        out.push_str(&value(expression, contexts).text());
        rest = after;
    }
    out + rest
}

/// The value of an expression.
pub(super) fn value(expression: &str, contexts: &Contexts) -> Value {
    let mut parser = Parser { rest: expression, contexts, compared: Vec::new() };
    let value = parser.any();
    assert!(parser.rest.trim().is_empty(), "`{expression}` goes on with `{}`", parser.rest);
    value
}

/// What an expression compares by `==` or `!=`: both sides as they are written.
pub(super) fn comparisons(expression: &str) -> Vec<(String, String)> {
    let contexts = Contexts::default();
    let mut parser = Parser { rest: expression, contexts: &contexts, compared: Vec::new() };
    parser.any();
    parser.compared
}

struct Parser<'e> {
    rest: &'e str,
    contexts: &'e Contexts,
    compared: Vec<(String, String)>,
}

impl<'e> Parser<'e> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        let after = rest.strip_prefix(token);
        self.rest = after.unwrap_or(rest);
        after.is_some()
    }

    /// Both operands are read, whichever is taken: whatever else they do, they have no effects.
    fn any(&mut self) -> Value {
        let mut left = self.all();
        while self.takes("||") {
            let right = self.all();
            left = if left.is_true() { left } else { right };
        }
        left
    }

    fn all(&mut self) -> Value {
        let mut left = self.equal();
        while self.takes("&&") {
            let right = self.equal();
            left = if left.is_true() { right } else { left };
        }
        left
    }

    fn equal(&mut self) -> Value {
        let began = self.rest;
        let mut left = self.related();
        let mut written = self.since(began);
        loop {
            let is = if self.takes("==") {
                true
            } else if self.takes("!=") {
                false
            } else {
                return left;
            };
            let began = self.rest;
            let right = self.related();
            let other = self.since(began);
            self.compared.push((std::mem::replace(&mut written, other.clone()), other));
            left = Value::Bool(left.equals(&right) == is);
        }
    }

    fn since(&self, began: &'e str) -> String {
        began[..began.len() - self.rest.len()].trim().to_owned()
    }

    fn related(&mut self) -> Value {
        let mut left = self.one();
        loop {
            // The longer of two that begin alike goes first.
            let Some(operator) = ["<=", ">=", "<", ">"].into_iter().find(|operator| self.takes(operator)) else {
                return left;
            };
            let right = self.one();
            left = Value::Bool(match operator {
                "<=" => left.is_less(&right) || left.equals(&right),
                ">=" => right.is_less(&left) || left.equals(&right),
                "<" => left.is_less(&right),
                _ => right.is_less(&left),
            });
        }
    }

    fn one(&mut self) -> Value {
        if self.takes("!") {
            return Value::Bool(!self.one().is_true());
        }
        if self.takes("(") {
            let value = self.any();
            assert!(self.takes(")"), "a bracket is not closed before `{}`", self.rest);
            return value;
        }
        if self.takes("'") {
            return Value::Text(self.quoted());
        }
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || "._-+".contains(c))).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        assert!(!name.is_empty(), "nothing is named at `{rest}`");
        self.rest = rest;
        if self.takes("(") {
            return self.called(name);
        }
        match name {
            "null" => Value::Null,
            "true" | "false" => Value::Bool(name == "true"),
            _ if name.starts_with(|c: char| c.is_ascii_digit() || "-+.".contains(c)) => Value::Number(number_of(name)),
            _ => self.contexts.get(name),
        }
    }

    /// The text up to its quote; two of them are one that belongs to it.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        loop {
            let (part, rest) = self.rest.split_once('\'').expect("a text ends");
            text.push_str(part);
            self.rest = rest;
            let Some(rest) = rest.strip_prefix('\'') else { return text };
            text.push('\'');
            self.rest = rest;
        }
    }

    fn called(&mut self, name: &str) -> Value {
        let mut arguments = Vec::new();
        while !self.takes(")") {
            arguments.push(self.any());
            self.takes(",");
        }
        let Standing { success, failure, cancelled } = self.contexts.standing;
        match (name, &arguments[..]) {
            ("format", [form, values @ ..]) => {
                let fill =
                    |text: String, (at, value): (usize, &Value)| text.replace(&format!("{{{at}}}"), &value.text());
                Value::Text(values.iter().enumerate().fold(form.text(), fill))
            }
            ("always", []) => Value::Bool(true),
            ("success", []) => Value::Bool(success),
            ("failure", []) => Value::Bool(failure),
            ("cancelled", []) => Value::Bool(cancelled),
            _ => panic!("no function `{name}` with {arguments:?}"),
        }
    }
}

#[test]
fn values_of_different_types_are_compared_as_numbers() {
    let contexts = Contexts::of(&[("zero", "0"), ("empty", ""), ("word", "Success"), ("three", "3"), ("no", "false")]);
    for (expression, expected) in [
        // What is missing is null, which is 0, and so is a text that says so, or nothing.
        ("missing == '0'", true),
        ("missing != '0'", false),
        ("missing == ''", true),
        ("missing == 0", true),
        ("missing == false", true),
        ("missing == null", true),
        ("missing == 'none'", false),
        ("missing == 'false'", false),
        ("missing != 'none'", true),
        // Two texts are compared as such, without regard to case.
        ("zero == ''", false),
        ("empty == '0'", false),
        ("empty == 0", true),
        ("word == 'SUCCESS'", true),
        ("'ß' == 'SS'", false),
        ("'é' == 'É'", true),
        ("zero == '0.0'", false),
        ("three == ' 3.0 '", false),
        ("three == 3", true),
        ("'0x10' == 16", true),
        ("'0o17' == 15", true),
        ("'0b1' == 1", false),
        ("'-1.5e3' == -1500", true),
        ("'Infinity' == 'infinity'", true),
        ("true == 1", true),
        ("true == '1'", true),
        ("true == 'true'", false),
        ("no == false", false),
        // What is no number is the equal of nothing, and neither more nor less.
        ("'nan' == 0", false),
        ("'nan' != 0", true),
        ("word < 1", false),
        ("word >= 1", false),
        ("missing > 0", false),
        ("three > 0", true),
        ("'b' > 'A'", true),
        ("true > false", true),
        ("1 < 2 == true", true),
        ("1 <= 1 && 2 >= 2", true),
    ] {
        assert_eq!(value(expression, &contexts), Value::Bool(expected), "{expression}");
    }
}

#[test]
fn a_text_is_true_unless_it_is_empty() {
    let contexts = Contexts::of(&[("zero", "0"), ("no", "false"), ("empty", "")]);
    for (expression, expected) in [
        ("zero", true),
        ("no", true),
        ("empty", false),
        ("missing", false),
        ("null", false),
        ("0", false),
        ("-0", false),
        ("0.5", true),
        ("!missing", true),
        ("!zero", false),
        ("!(1 == 2)", true),
    ] {
        assert_eq!(value(expression, &contexts).is_true(), expected, "{expression}");
    }
}

#[test]
fn operators_give_one_of_their_sides() {
    let contexts = Contexts::of(&[("inputs.allow", "weakens:*"), ("steps.a.outputs.exit-code", "2")]);
    for (expression, expected) in [
        ("inputs.allow && format('--allow={0}', inputs.allow) || ''", "--allow=weakens:*"),
        ("inputs.none && format('--allow={0}', inputs.none) || ''", ""),
        ("format('{0} of {1}, {0}', 'it''s', 7)", "it's of 7, it's"),
        ("inputs.none || steps.a.outputs.exit-code", "2"),
        ("steps.a.outputs.exit-code != '0' && 1.5", "1.5"),
        ("null || false", "false"),
    ] {
        assert_eq!(value(expression, &contexts).text(), expected, "{expression}");
    }
    assert_eq!(filled("a ${{ inputs.allow }}/${{ inputs.none }}b", &contexts), "a weakens:*/b");
    let both = comparisons("!cancelled() && (a.b == 'x' || 'y' != steps.a.outputs.exit-code)");
    let both: Vec<_> = both.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect();
    assert_eq!(both, [("a.b", "'x'"), ("'y'", "steps.a.outputs.exit-code")]);
}

#[test]
fn without_a_word_about_status_a_condition_asks_for_success() {
    let failed = Standing { success: false, failure: true, cancelled: false };
    let skipped = Standing { success: false, ..Standing::default() };
    let contexts = |standing| Contexts { standing, ..Contexts::of(&[("a", "x")]) };
    for (condition, well, skip, fail) in [
        ("", true, false, false),
        ("a == 'x'", true, false, false),
        ("a == 'y'", false, false, false),
        ("failure()", false, false, true),
        ("failure() && a == 'y'", false, false, false),
        ("!cancelled()", true, true, true),
        ("!cancelled() && !failure()", true, true, false),
        ("always() && a == 'x'", true, true, true),
        ("success() || failure()", true, false, true),
    ] {
        let got = [Standing::default(), skipped, failed].map(|standing| holds(condition, &contexts(standing)));
        assert_eq!(got, [well, skip, fail], "{condition}");
    }
}
