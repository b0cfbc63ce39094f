//! As much of GitHub's expressions as the workflows use: texts, contexts, `==`, `!=`, `!`, `&&`, `||`, brackets, and functions.

use std::collections::BTreeMap;

/// What expressions may name, by dotted path; what is missing is empty, as on GitHub.
pub(super) type Contexts = BTreeMap<String, String>;

struct Parser<'e> {
    rest: &'e str,
    contexts: &'e Contexts,
}

/// The value of an expression.
pub(super) fn value(expression: &str, contexts: &Contexts) -> String {
    let mut parser = Parser { rest: expression, contexts };
    let value = parser.any();
    assert!(parser.rest.trim().is_empty(), "`{expression}` goes on with `{}`", parser.rest);
    value
}

pub(super) fn truth(value: &str) -> bool {
    !matches!(value, "" | "false" | "0")
}

/// A text with its `${{ … }}` filled in.
pub(super) fn filled(text: &str, contexts: &Contexts) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").expect("an expression ends");
        out.push_str(before);
        out.push_str(&value(expression, contexts));
        rest = after;
    }
    out + rest
}

impl Parser<'_> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        let after = rest.strip_prefix(token);
        self.rest = after.unwrap_or(rest);
        after.is_some()
    }

    fn any(&mut self) -> String {
        let mut left = self.all();
        while self.takes("||") {
            let right = self.all();
            left = if truth(&left) { left } else { right };
        }
        left
    }

    fn all(&mut self) -> String {
        let mut left = self.equal();
        while self.takes("&&") {
            let right = self.equal();
            left = if truth(&left) { right } else { left };
        }
        left
    }

    fn equal(&mut self) -> String {
        let left = self.one();
        if self.takes("==") {
            return (left == self.one()).to_string();
        }
        if self.takes("!=") {
            return (left != self.one()).to_string();
        }
        left
    }

    fn one(&mut self) -> String {
        if self.takes("!") {
            return (!truth(&self.one())).to_string();
        }
        if self.takes("(") {
            let value = self.any();
            assert!(self.takes(")"), "a bracket is not closed before `{}`", self.rest);
            return value;
        }
        if self.takes("'") {
            let (text, rest) = self.rest.split_once('\'').expect("a text ends");
            self.rest = rest;
            return text.to_owned();
        }
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || "._-".contains(c))).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        assert!(!name.is_empty(), "nothing is named at `{rest}`");
        self.rest = rest;
        if !self.takes("(") {
            return self.contexts.get(name).cloned().unwrap_or_default();
        }
        let mut arguments = Vec::new();
        while !self.takes(")") {
            arguments.push(self.any());
            self.takes(",");
        }
        match (name, &arguments[..]) {
            ("format", [form, value]) => form.replace("{0}", value),
            ("always" | "failure" | "cancelled", []) => self.contexts.get(name).cloned().unwrap_or("false".to_owned()),
            _ => panic!("no function `{name}` with {arguments:?}"),
        }
    }
}

#[test]
fn expressions_are_read_as_github_reads_them() {
    let contexts: Contexts = [("inputs.allow", "weakens:*"), ("failure", "false"), ("steps.a.outputs.exit-code", "2")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    for (expression, expected) in [
        ("inputs.allow && format('--allow={0}', inputs.allow) || ''", "--allow=weakens:*"),
        ("inputs.none && format('--allow={0}', inputs.none) || ''", ""),
        ("!cancelled() && !failure() && (inputs.none == 'x' || steps.a.outputs.exit-code != '0')", "true"),
    ] {
        assert_eq!(value(expression, &contexts), expected, "{expression}");
    }
    assert_eq!(filled("a ${{ inputs.allow }}/${{ inputs.none }}b", &contexts), "a weakens:*/b");
}
