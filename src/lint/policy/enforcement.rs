//! Whether a policy that asks for a guardrail really does: what it makes of calls without one, with another one, and with
//! the right one.

use super::super::codes::{
    DENIES_THE_GUARDED, FOR_ALL_VALUES, FOR_ANY_VALUE, IF_EXISTS, INVERTED, KEY_NOT_CARRIED, TESTS_TOGETHER,
};
use super::super::finding::Findings;
use super::super::glob;
use super::super::said::{Word, is_placeholder};
use super::Policy;
use super::calls::Naming;
use super::operator::{Compare, Set};
use super::pattern::{Listed, expand};
use super::statement::{Effect, IDENTIFIER, Statement, Test};
use super::streaming::{INVOKE, STREAM};

pub(super) fn check(policy: &Policy<'_>, findings: &mut Findings) {
    let stops = |naming: Naming| [INVOKE, STREAM].iter().any(|action| policy.denies_call(action, naming));
    let stopped = Stopped { without: stops(Naming::Nothing), another: stops(Naming::Another) };
    for statement in policy.statements.iter().filter(|one| one.asks()) {
        carried(statement, findings);
        match statement.effect {
            Effect::Allow => allow(statement, findings),
            Effect::Deny => deny(statement, &stopped, findings),
        }
    }
}

/// Which calls a policy's denials stop.
struct Stopped {
    without: bool,
    another: bool,
}

/// Actions whose requests do not say which guardrail is meant.
fn carried(statement: &Statement<'_>, findings: &mut Findings) {
    let Some(test) = statement.on_guardrail().next() else { return };
    let Listed::Only(words) = &statement.actions else {
        let message = "this tests the guardrail of a call on actions that have none";
        return findings.find(
            test.key.span,
            KEY_NOT_CARRIED,
            message,
            format!("list `{INVOKE}` and `{STREAM}` under `Action`"),
        );
    };
    let stray = |word: &&Word| {
        let known = expand(word);
        let other = known.iter().any(|(_, name)| !matches!(*name, "InvokeModel" | "InvokeModelWithResponseStream"));
        // What is invented has been found for that.
        other || known.is_empty() && !word.to_ascii_lowercase().starts_with("bedrock")
    };
    for word in words.iter().filter(stray).filter(|word| !is_placeholder(word)) {
        let outcome = match (statement.effect, statement.takes(None)) {
            (Effect::Allow, false) => "so this Allow does not allow them",
            (Effect::Allow, true) => "so this Allow asks for nothing there",
            (Effect::Deny, false) => "so this Deny does not fire on them",
            (Effect::Deny, true) => "so this Deny always fires on them",
        };
        let message = format!("requests of {} do not have `{IDENTIFIER}`, {outcome}", without_guardrail(word));
        let help = format!(
            "keep this condition to `{INVOKE}` and `{STREAM}`, and give other actions a statement of their own"
        );
        findings.find(word.span, KEY_NOT_CARRIED, message, help);
    }
}

/// An action that a pattern matches and whose requests name no guardrail.
fn without_guardrail(pattern: &str) -> String {
    let known = expand(pattern);
    let familiar = ["ApplyGuardrail", "InvokeAgent", "RetrieveAndGenerate"].map(|name| ("bedrock", name));
    let other = || known.iter().find(|(_, name)| !matches!(*name, "InvokeModel" | "InvokeModelWithResponseStream"));
    match familiar.iter().find(|action| known.contains(action)).or_else(other) {
        Some((service, name)) if glob::is_pattern(pattern) => format!("`{service}:{name}` and other actions"),
        Some((service, name)) => format!("`{service}:{name}`"),
        None => format!("`{pattern}`"),
    }
}

fn allow(statement: &Statement<'_>, findings: &mut Findings) {
    for test in statement.on_guardrail().filter(|test| test.holds(None)) {
        let (code, message, help) = match test.operator {
            of if of.compare == Compare::Null => (
                INVERTED,
                "this allows calls without a guardrail, and no others".to_owned(),
                "write `\"false\"`: the key must not be absent",
            ),
            of if of.set == Set::All => (
                FOR_ALL_VALUES,
                "`ForAllValues` holds where the key is absent, so this allows calls without a guardrail".to_owned(),
                "write the operator without `ForAllValues:`; the key has one value",
            ),
            of if of.if_exists => (
                IF_EXISTS,
                format!(
                    "`{}` holds where the key is absent, so this allows calls without a guardrail",
                    test.written.value
                ),
                "write the operator without `IfExists`",
            ),
            _ => (
                INVERTED,
                format!(
                    "`{}` holds where the key is absent, so this allows calls without a guardrail",
                    test.written.value
                ),
                "write the guardrail that is asked for under `ArnLike` or `StringEquals`, and deny the rest",
            ),
        };
        findings.find(test.written.span, code, message, help);
    }
}

fn deny(statement: &Statement<'_>, stopped: &Stopped, findings: &mut Findings) {
    let tests: Vec<&Test> = statement.on_guardrail().collect();
    let any_value: Vec<&&Test> =
        tests.iter().filter(|test| test.operator.set == Set::Any && !test.operator.if_exists).collect();
    // Beside a Deny of what has none, it does what it is for.
    for test in any_value.iter().filter(|_| !stopped.without) {
        let message = format!(
            "`{}` does not hold where the key is absent, so calls without a guardrail pass",
            test.written.value
        );
        findings.find(
            test.written.span,
            FOR_ANY_VALUE,
            message,
            "write the operator without `ForAnyValue:`; the key has one value",
        );
    }
    if !any_value.is_empty() {
        return;
    }
    let (without, another) = (statement.takes(None), statement.takes(Naming::Another.identifier()));
    let alone = tests.len() == 1;
    for test in &tests {
        let meant = test.values.iter().any(|value| !value.is_empty());
        let span = test.written.span;
        let null = test.operator.compare == Compare::Null;
        if null && alone && !without {
            let message = "this fires on calls with a guardrail, and lets those without one through";
            findings.find(span, INVERTED, message, "write `\"true\"`: deny where the key is absent");
        } else if alone && !null && !test.operator.negated && meant && test.operator.compare != Compare::Other {
            positive(test, stopped, findings);
        } else if !alone && !without && test.holds(None) && !stopped.without {
            let message = "the tests of this condition do not all hold where the key is absent, so calls without a guardrail pass";
            findings.find(
                span,
                TESTS_TOGETHER,
                message,
                "deny the absent key and the wrong guardrail in two statements",
            );
        } else if !alone && without && !another && test.holds(Naming::Another.identifier()) && !stopped.another {
            let message =
                "the tests of this condition hold together only where the key is absent, so any other guardrail passes";
            findings.find(
                span,
                TESTS_TOGETHER,
                message,
                "drop `Null`: a negated operator holds for an absent key, too",
            );
        }
    }
}

/// A Deny that names the guardrails on which it fires.
fn positive(test: &Test, stopped: &Stopped, findings: &mut Findings) {
    let without = test.holds(None);
    // Beside a Deny of what has none, it is a list of guardrails that may not be used.
    if stopped.without && !without || stopped.another {
        return;
    }
    let negated = match test.operator.compare {
        Compare::Arn => "ArnNotLike",
        Compare::Like => "StringNotLike",
        _ => "StringNotEquals",
    };
    let too = if without { ", and on those without any," } else { "," };
    let message = format!(
        "`{}` fires on calls with the guardrails listed here{too} and lets all others through",
        test.written.value
    );
    findings.find(
        test.written.span,
        DENIES_THE_GUARDED,
        message,
        format!("write `{negated}`, which also holds where there is no guardrail"),
    );
}
