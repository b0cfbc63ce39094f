//! Statements as IAM reads them. What it would refuse is found here.

use super::super::codes::{MALFORMED, OLD_VERSION, UNKNOWN_OPERATOR};
use super::super::finding::Findings;
use super::super::said::{Word, entry, get, is_map, is_placeholder, items, text, word, words};
use super::operator::{Compare, Operator, known};
use super::pattern::Listed;
use crate::model::span::Span;
use crate::spec::node::{Entry, Node};
use crate::spec::suggest;

/// The key that names the guardrail of a call.
pub(super) const IDENTIFIER: &str = "bedrock:GuardrailIdentifier";

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) enum Effect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}

/// A policy.
#[derive(Debug)]
pub(in crate::lint) struct Policy<'n> {
    pub(in crate::lint) statements: Vec<Statement<'n>>,
}

/// A statement.
#[derive(Debug)]
pub(in crate::lint) struct Statement<'n> {
    pub(in crate::lint) node: &'n Node,
    pub(in crate::lint) effect: Effect,
    /// Where its effect stands, for what is wrong with the whole.
    pub(in crate::lint) span: Span,
    pub(super) actions: Listed,
    pub(super) resources: Listed,
    pub(super) tests: Vec<Test>,
}

/// A test of a condition.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) written: Word,
    pub(super) operator: Operator,
    pub(super) key: Word,
    pub(super) values: Vec<Word>,
}

impl Test {
    /// Whether it holds for a value of its key, or for its absence.
    pub(super) fn holds(&self, have: Option<&str>) -> bool {
        self.operator.holds(self.values.iter().map(|value| value.value.as_str()), have)
    }

    /// Whether it tests which guardrail a call names.
    pub(super) fn is_on_guardrail(&self) -> bool {
        self.key.eq_ignore_ascii_case(IDENTIFIER)
    }
}

impl<'n> Policy<'n> {
    /// Reads the statements; one without a known effect is left out.
    pub(in crate::lint) fn read(node: &'n Node, findings: &mut Findings) -> Self {
        check_version(node, findings);
        let Some(statements) = entry(node, "Statement") else { return Self { statements: Vec::new() } };
        let listed = items(&statements.value);
        if listed.is_empty() {
            findings.find(
                statements.key.span,
                MALFORMED,
                "a policy has no statement",
                "write a statement, or remove the policy",
            );
        }
        Self { statements: listed.iter().filter_map(|one| Statement::read(one, findings)).collect() }
    }

    /// The statements that allow.
    pub(super) fn allows(&self) -> impl Iterator<Item = &Statement<'n>> {
        self.statements.iter().filter(|one| one.effect == Effect::Allow)
    }

    /// Whether a statement denies.
    pub(super) fn denies(&self) -> bool {
        self.statements.iter().any(|one| one.effect == Effect::Deny)
    }
}

impl<'n> Statement<'n> {
    fn read(node: &'n Node, findings: &mut Findings) -> Option<Self> {
        if !is_map(node) {
            findings.find(
                node.span,
                MALFORMED,
                format!("a statement is {}, not a map", node.kind()),
                "write `{\"Effect\": …}`",
            );
            return None;
        }
        check_elements(node, findings);
        let (effect, span) = effect(node, findings)?;
        let tests = get(node, "Condition").map_or_else(Vec::new, |condition| tests(condition, findings));
        Some(Self {
            node,
            effect,
            span,
            actions: Listed::read(node, "Action", "NotAction"),
            resources: Listed::read(node, "Resource", "NotResource"),
            tests,
        })
    }

    /// The tests on the guardrail of a call.
    pub(super) fn on_guardrail(&self) -> impl Iterator<Item = &Test> + Clone {
        self.tests.iter().filter(|test| test.is_on_guardrail())
    }

    /// Whether it asks which guardrail a call names.
    pub(super) fn asks(&self) -> bool {
        self.on_guardrail().next().is_some()
    }

    /// Whether what it asks of the guardrail holds for this identifier, or for its absence. Other tests may hold.
    pub(super) fn takes(&self, identifier: Option<&str>) -> bool {
        self.on_guardrail().all(|test| test.holds(identifier))
    }

    /// Whether it is `Allow * on *`, which every account has beside the denials of its organization.
    pub(super) fn is_full_access(&self) -> bool {
        let all = |listed: &Listed| matches!(listed, Listed::Only(words) if words.iter().any(|word| word.value == "*"));
        self.effect == Effect::Allow && self.tests.is_empty() && all(&self.actions) && all(&self.resources)
    }
}

fn check_version(node: &Node, findings: &mut Findings) {
    let Some(version) = entry(node, "Version") else { return };
    let Some(said) = word(&version.value) else { return };
    if !matches!(said.value.as_str(), "2012-10-17" | "2008-10-17") {
        let message = format!("`{}` is not a version of the policy language", said.value);
        findings.find(said.span, MALFORMED, message, "write \"2012-10-17\"");
    } else if said.value == "2008-10-17" && holds_variable(node) {
        let message = "variables are plain text under the version 2008-10-17";
        findings.find(said.span, OLD_VERSION, message, "write \"2012-10-17\"");
    }
}

fn holds_variable(node: &Node) -> bool {
    if let Some(entries) = node.entries() {
        return entries.iter().any(|entry| holds_variable(&entry.value));
    }
    match node.items() {
        Some(items) => items.iter().any(holds_variable),
        None => word(node).is_some_and(|word| word.contains("${")),
    }
}

fn effect(node: &Node, findings: &mut Findings) -> Option<(Effect, Span)> {
    let Some(Entry { key, value }) = entry(node, "Effect") else {
        findings.find(
            node.span.at_start(),
            MALFORMED,
            "a statement has no effect",
            "write `\"Effect\": \"Allow\"` or `\"Deny\"`",
        );
        return None;
    };
    let said = text(node, "Effect").unwrap_or_default();
    let effect = match said.as_str() {
        "Allow" => Effect::Allow,
        "Deny" => Effect::Deny,
        _ => {
            let message = format!("`{said}` is not an effect");
            findings.find(value.span, MALFORMED, message, "an effect is `Allow` or `Deny`, in these letters");
            return None;
        }
    };
    Some((effect, Span { end: value.span.end.max(key.span.end), ..key.span }))
}

const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

fn check_elements(node: &Node, findings: &mut Findings) {
    let has = |key: &str| entry(node, key).is_some();
    for Entry { key, .. } in node.entries().unwrap_or_default() {
        if !ELEMENTS.contains(&key.as_str()) {
            let help = suggest::advise(key, ELEMENTS).unwrap_or_default();
            findings.find(key.span, MALFORMED, format!("`{}` is not an element of a statement", key.value), help);
        }
    }
    for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")] {
        if let (Some(one_of), true) = (entry(node, one), has(other)) {
            let message = format!("a statement has `{one}` and `{other}`");
            findings.find(one_of.key.span, MALFORMED, message, "keep one of them");
        }
    }
    if !has("Action") && !has("NotAction") {
        findings.find(
            node.span.at_start(),
            MALFORMED,
            "a statement names no action",
            "write `\"Action\": [\"bedrock:…\"]`",
        );
    }
    let principal = has("Principal") || has("NotPrincipal");
    if !has("Resource") && !has("NotResource") && !principal {
        findings.find(
            node.span.at_start(),
            MALFORMED,
            "a statement names no resource",
            "write `\"Resource\": [\"arn:…\"]`",
        );
    }
}

fn tests(condition: &Node, findings: &mut Findings) -> Vec<Test> {
    let mut tests = Vec::new();
    let Some(operators) = condition.entries() else {
        findings.find(
            condition.span,
            MALFORMED,
            "a condition is not a map",
            "write `{\"StringEquals\": {\"key\": \"value\"}}`",
        );
        return tests;
    };
    for Entry { key: written, value } in operators {
        let (Some(operator), Some(keys)) = (Operator::read(written), value.entries()) else {
            if Operator::read(written).is_some() {
                findings.find(
                    value.span,
                    MALFORMED,
                    format!("`{}` has no keys to test", written.value),
                    "write `{\"key\": \"value\"}`",
                );
            } else {
                let close = suggest::closest(written, known()).map(|name| format!("did you mean `{name}`?"));
                let help = close.unwrap_or_else(|| "see \"Condition operators\" in the IAM user guide".to_owned());
                findings.find(
                    written.span,
                    UNKNOWN_OPERATOR,
                    format!("`{}` is not a condition operator", written.value),
                    help,
                );
            }
            continue;
        };
        if operator.compare == Compare::Null {
            absence(keys, findings);
        }
        let test = |Entry { key, value }: &Entry| Test {
            written: written.clone(),
            operator,
            key: key.clone(),
            values: words(value),
        };
        tests.extend(keys.iter().map(test));
    }
    tests
}

/// `Null` asks for absence, and takes `true` and `false` only.
fn absence(keys: &[Entry], findings: &mut Findings) {
    for value in keys.iter().flat_map(|entry| words(&entry.value)) {
        if !["true", "false"].iter().any(|known| known.eq_ignore_ascii_case(&value)) && !is_placeholder(&value) {
            let message = format!("`{}` is no answer to whether a key is absent", value.value);
            findings.find(
                value.span,
                MALFORMED,
                message,
                "write \"true\" where it must be absent, \"false\" where it must be there",
            );
        }
    }
}
