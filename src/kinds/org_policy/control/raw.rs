//! Service control policies that users write themselves, held against the syntax (Organizations user guide, "SCP syntax": the
//! language of IAM, without principals, since September 2025).

use crate::kinds::org_policy::codes;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::spec::decode::Tree;
use crate::spec::lower::Lowering;
use crate::spec::lower::document::{entries, items, text};
use crate::spec::suggest;

/// Reports what AWS would refuse, at its place.
pub(super) fn check(tree: &Spanned<Tree>, lowering: &mut Lowering<'_>) {
    let mut check = Check { lowering };
    if !check.object(tree, "a policy", &["Version", "Id", "Statement"]) {
        return;
    }
    let version = tree.get("Version");
    if !version.is_some_and(|version| says(version, "2012-10-17")) {
        let place = version.map_or(tree.span, |version| version.span);
        check.fault(place, "the version of the policy language is another", "write `Version: \"2012-10-17\"`");
    }
    match tree.get("Statement").map(items) {
        Some(statements) if !statements.is_empty() => {
            for statement in statements {
                check.statement(statement);
            }
        }
        _ => check.fault(tree.span, "a policy needs a statement", "write `Statement: […]`"),
    }
}

struct Check<'c, 'a> {
    lowering: &'c mut Lowering<'a>,
}

impl Check<'_, '_> {
    fn fault(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.lowering.diagnostics.push(Diagnostic::at(span, codes::CONTROL_SYNTAX, message).help(help));
    }

    fn object(&mut self, tree: &Spanned<Tree>, what: &str, known: &[&str]) -> bool {
        let Some(found) = entries(tree) else {
            self.fault(tree.span, format!("{what} is a map"), "write the JSON policy as YAML");
            return false;
        };
        for (key, _) in found.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let help = suggest::advise(key, known.iter().copied()).unwrap_or_default();
            self.fault(key.span, format!("`{}` cannot stand in {what}", key.value), &help);
        }
        true
    }

    fn statement(&mut self, statement: &Spanned<Tree>) {
        if let Some(principal) = statement.get("Principal").or_else(|| statement.get("NotPrincipal")) {
            let help = "compare `aws:PrincipalArn` in a condition; whom the policy binds is told by `attach`";
            return self.fault(principal.span, "a service control policy names no principal", help);
        }
        let known = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
        if !self.object(statement, "a statement", &known) {
            return;
        }
        match statement.get("Effect") {
            Some(effect) if says(effect, "Deny") || says(effect, "Allow") => {}
            other => {
                let place = other.map_or(statement.span, |effect| effect.span);
                self.fault(place, "the effect of a statement is `Deny` or `Allow`", "write `Effect: Deny`");
            }
        }
        for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource")] {
            match (statement.get(one), statement.get(other)) {
                (None, None) => self.fault(
                    statement.span,
                    format!("a statement needs `{one}` or `{other}`"),
                    "write `\"*\"` for all",
                ),
                (Some(_), Some(both)) => {
                    self.fault(both.span, format!("`{one}` and `{other}` exclude each other"), "keep one of them");
                }
                (Some(list), None) | (None, Some(list)) => {
                    for item in items(list).into_iter().filter(|item| text(item).is_none()) {
                        self.fault(item.span, format!("`{one}` is a string or a list of strings"), "put it in quotes");
                    }
                }
            }
        }
        if let Some(condition) = statement.get("Condition") {
            self.condition(condition);
        }
    }

    fn condition(&mut self, condition: &Spanned<Tree>) {
        let shape = "write `{StringEquals: {\"aws:RequestedRegion\": us-east-1}}`";
        let Some(operators) = entries(condition) else {
            return self.fault(condition.span, "a condition is a map of operators", shape);
        };
        for (_, tests) in operators {
            if entries(tests).is_none() {
                self.fault(tests.span, "an operator is a map of keys", shape);
            }
        }
    }
}

fn says(tree: &Spanned<Tree>, what: &str) -> bool {
    text(tree).and_then(|text| text.literal()) == Some(what)
}
