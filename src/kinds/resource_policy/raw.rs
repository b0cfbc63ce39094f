//! Policies that users write themselves, held against the three statements that AWS accepts.

use super::codes;
use super::document::{APPLY, GET, ORGANIZATION, PATHS, normal};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::model::{Document, Scope};
use crate::spec::decode::Tree;
use crate::spec::lower::Lowering;
use crate::spec::lower::document::{entries, items, text};
use crate::spec::suggest;
use crate::spec::template::{Expression, GuardrailPart};

/// The document in normal form, as it is in `scope`. Reports what AWS would refuse, at its place.
pub(super) fn document(
    tree: &Spanned<Tree>,
    guardrail: &str,
    scope: &Scope,
    lowering: &mut Lowering<'_>,
) -> Option<Document> {
    let before = lowering.diagnostics.errors();
    let mut check = Check { guardrail, scope, lowering };
    check.characters(tree);
    check.policy(tree);
    let document = lowering.document(tree, scope)?;
    (lowering.diagnostics.errors() == before).then(|| normal(document))
}

struct Check<'c, 'a> {
    guardrail: &'c str,
    scope: &'c Scope,
    lowering: &'c mut Lowering<'a>,
}

impl Check<'_, '_> {
    fn fault(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.lowering.diagnostics.push(Diagnostic::at(span, codes::STATEMENT, message).help(help));
    }

    /// Tab, line ends, and U+0020 to U+00FF (botocore, `ResourcePolicyText`).
    fn characters(&mut self, tree: &Spanned<Tree>) {
        let wrong = |text: &str| text.chars().find(|c| !matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}'));
        let mut found = Vec::new();
        match &tree.value {
            Tree::Text(text) => {
                found.extend(self.lowering.known(text, self.scope).as_deref().and_then(wrong).map(|c| (tree.span, c)));
            }
            Tree::List(items) => items.iter().for_each(|item| self.characters(item)),
            Tree::Map(entries) => {
                for (key, value) in entries {
                    found.extend(wrong(key).map(|c| (key.span, c)));
                    self.characters(value);
                }
            }
            Tree::Null | Tree::Bool(_) | Tree::Number(_) => {}
        }
        for (span, character) in found {
            let message = format!("`{character}` (U+{:04X}) cannot stand in a resource policy", u32::from(character));
            let fault = Diagnostic::at(span, codes::CHARACTER, message);
            self.lowering.diagnostics.push(fault.help("AWS takes Latin letters and signs up to U+00FF"));
        }
    }

    /// The entries of an object with only these keys.
    fn object<'t>(
        &mut self,
        tree: &'t Spanned<Tree>,
        what: &str,
        known: &[&str],
    ) -> Option<&'t [(Spanned<String>, Spanned<Tree>)]> {
        let Some(found) = entries(tree) else {
            self.fault(tree.span, format!("{what} is a map"), "write the JSON policy as YAML");
            return None;
        };
        for (key, _) in found.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let help = suggest::advise(key, known.iter().copied()).unwrap_or_default();
            self.fault(key.span, format!("`{}` cannot stand in {what} on a guardrail", key.value), &help);
        }
        Some(found)
    }

    fn need<'t>(&mut self, tree: &'t Spanned<Tree>, key: &str, what: &str) -> Option<&'t Spanned<Tree>> {
        let found = tree.get(key);
        if found.is_none() {
            self.fault(
                tree.span,
                format!("{what} needs `{key}`"),
                "see the shapes in the Bedrock user guide, resource-based policies",
            );
        }
        found
    }

    fn policy(&mut self, tree: &Spanned<Tree>) {
        if self.object(tree, "a policy", &["Version", "Id", "Statement"]).is_none() {
            return;
        }
        if let Some(version) = tree.get("Version").filter(|version| !self.says(version, "2012-10-17")) {
            self.fault(
                version.span,
                "the version of the policy language is another",
                "write `Version: \"2012-10-17\"`",
            );
        }
        let Some(statements) = self.need(tree, "Statement", "a policy") else { return };
        let statements = items(statements);
        if statements.is_empty() {
            self.fault(tree.span, "a policy needs a statement", "remove the entry to grant nothing");
        }
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Spanned<Tree>) {
        let known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
        if self.object(statement, "a statement", &known).is_none() {
            return;
        }
        if let Some(effect) = self.need(statement, "Effect", "a statement").filter(|effect| !self.says(effect, "Allow"))
        {
            self.fault(effect.span, "only `Allow` can be the effect", "a guardrail's policy only allows");
        }
        if let Some(actions) = self.need(statement, "Action", "a statement") {
            for action in items(actions) {
                if !self.says(action, APPLY) && !self.says(action, GET) {
                    self.fault(
                        action.span,
                        "this action cannot be allowed",
                        &format!("allowed are `{APPLY}` and `{GET}`"),
                    );
                }
            }
        }
        if let Some(resources) = self.need(statement, "Resource", "a statement") {
            for resource in items(resources) {
                self.resource(resource);
            }
        }
        let condition = statement.get("Condition");
        match self.need(statement, "Principal", "a statement") {
            Some(everybody) if self.says(everybody, "*") => self.condition(everybody, condition),
            Some(principal) => self.principal(principal, condition),
            None => {}
        }
    }

    fn resource(&mut self, resource: &Spanned<Tree>) {
        let own = text(resource).is_some_and(|text| match text.lone().map(|expression| &expression.value) {
            Some(Expression::Guardrail { key, part }) => key == self.guardrail && *part == GuardrailPart::Arn,
            Some(_) => false,
            None => self.lowering.known(text, self.scope).is_some_and(|arn| self.is_guardrail(&arn)),
        });
        if !own {
            let help = format!("write `${{guardrail.{}.arn}}`", self.guardrail);
            self.fault(resource.span, "the resource is the guardrail of this entry, without a version", &help);
        }
    }

    fn is_guardrail(&self, arn: &str) -> bool {
        let Scope { account, .. } = self.scope;
        let partition = &self.lowering.facts.caller.partition;
        let place = format!("arn:{partition}:bedrock:{}:{account}:guardrail/", self.scope.region_name());
        arn.strip_prefix(&place).is_some_and(|id| {
            !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
    }

    fn principal(&mut self, principal: &Spanned<Tree>, condition: Option<&Spanned<Tree>>) {
        let root = format!("arn:{}:iam::{}:root", self.lowering.facts.caller.partition, self.scope.account);
        let own = |check: &Self, value: &Spanned<Tree>| {
            check.says(value, &root) || (check.lowering.assumed && !check.lowering.pins_account())
        };
        let aws = entries(principal).filter(|entries| entries.len() == 1).and_then(|_| principal.get("AWS"));
        let fits = aws.is_some_and(|value| matches!(items(value).as_slice(), [one] if own(self, one)));
        if !fits {
            let help = "write `AWS: \"arn:${partition}:iam::${account}:root\"` for the own account, or \"*\" with a condition on the organization";
            self.fault(principal.span, "this principal cannot be admitted", help);
        }
        if let Some(condition) = condition.filter(|_| fits) {
            self.fault(condition.span, "an allowance of the own account has no condition", "remove the condition");
        }
    }

    fn condition(&mut self, everybody: &Spanned<Tree>, condition: Option<&Spanned<Tree>>) {
        let Some(organization) = self.lowering.facts.organization.as_ref().map(|it| it.id.clone()) else {
            let fault = Diagnostic::at(
                everybody.span,
                codes::NO_ORGANIZATION,
                "sharing beyond the own account needs an organization",
            );
            self.lowering.diagnostics.push(fault.help("declare `organization`; AWS shares guardrails within one only"));
            return;
        };
        let Some(condition) = condition else {
            let help = format!("add `Condition: {{StringEquals: {{{ORGANIZATION}: \"${{organization_id}}\"}}}}`");
            return self.fault(everybody.span, "`*` admits everybody, which AWS refuses", &help);
        };
        if self.object(condition, "a condition", &["StringEquals", "ForAnyValue:StringLike"]).is_none() {
            return;
        }
        let pinned =
            !self.lowering.assumed || self.lowering.top.organization.as_ref().is_some_and(|it| it.id.is_some());
        if let Some(ids) = self.test(condition, "StringEquals", ORGANIZATION) {
            for id in ids {
                if pinned && !self.says(id, &organization) {
                    self.fault(id.span, "this is not the organization of the spec", "write `${organization_id}`");
                }
            }
        }
        if condition.get("ForAnyValue:StringLike").is_some()
            && let Some(patterns) = self.test(condition, "ForAnyValue:StringLike", PATHS)
        {
            for pattern in patterns {
                let said = text(pattern).and_then(|text| self.lowering.known(text, self.scope));
                let fits = said.is_some_and(|said| names_unit(&said, pinned.then_some(organization.as_str())));
                if !fits {
                    self.fault(
                        pattern.span,
                        "this is not the path of an OU of the organization",
                        "write `${organization_id}/*/ou-…/*`",
                    );
                }
            }
        }
    }

    /// The values that an operator tests the one key against that it may test.
    fn test<'t>(&mut self, condition: &'t Spanned<Tree>, operator: &str, key: &str) -> Option<Vec<&'t Spanned<Tree>>> {
        let tested = self.need(condition, operator, "a condition")?;
        match entries(tested) {
            // AWS reads the keys of conditions in any letter case.
            Some([(name, values)]) if name.eq_ignore_ascii_case(key) => Some(items(values)),
            _ => {
                let help = format!("write `{operator}: {{{key}: …}}`");
                self.fault(tested.span, format!("`{operator}` can only test `{key}`"), &help);
                None
            }
        }
    }

    fn says(&self, tree: &Spanned<Tree>, wanted: &str) -> bool {
        text(tree).and_then(|text| self.lowering.known(text, self.scope)).is_some_and(|said| said == wanted)
    }
}

/// Whether a pattern names an OU with everything below it: `o-…/*/ou-…/*`.
fn names_unit(pattern: &str, organization: Option<&str>) -> bool {
    let parts: Vec<&str> = pattern.split('/').collect();
    match parts.as_slice() {
        [id, middle @ .., unit, last] => {
            organization.map_or(id.starts_with("o-"), |organization| *id == organization)
                && !middle.is_empty()
                && unit.starts_with("ou-")
                && matches!(*last, "*" | "")
        }
        _ => false,
    }
}
