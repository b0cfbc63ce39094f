//! Whether a policy that asks for a guardrail really does: what it makes of calls without one, with another one, and with
//! the right one.

use super::super::codes::{
    ALLOW_ONLY, DENIES_THE_GUARDED, EMPTY_VALUE, FOR_ALL_VALUES, FOR_ANY_VALUE, IF_EXISTS, INVERTED, KEY_NOT_CARRIED,
    MODELS_LEFT_OUT, TESTS_TOGETHER,
};
use super::super::finding::Findings;
use super::super::glob;
use super::super::said::{Word, is_placeholder};
use super::arn::is_everything;
use super::operator::{Compare, Set};
use super::pattern::{Listed, expand};
use super::statement::{Effect, IDENTIFIER, Statement, Test};
use super::streaming::{INVOKE, STREAM};
use super::{Attached, Policy};

/// A guardrail that nobody names.
const ANOTHER: &str = "arn:aws:bedrock:us-east-1:000000000000:guardrail/zzzzzzzzzzzz:1";
/// How many comparisons of resources are made before nothing is said of them.
const COMPARED: usize = 250_000;

pub(super) fn check(policy: &Policy<'_>, attached: Attached, findings: &mut Findings) {
    let asking = || policy.statements.iter().filter(|one| one.asks());
    let denies = |identifier: Option<&str>| {
        asking().any(|one| one.effect == Effect::Deny && one.takes(identifier) && calls_models(one))
    };
    let stopped = Stopped { without: denies(None), another: denies(Some(ANOTHER)), empty: denies(Some("")) };
    for statement in asking() {
        carried(statement, findings);
        match statement.effect {
            Effect::Allow => allow(statement, findings),
            Effect::Deny => deny(statement, &stopped, findings),
        }
    }
    let any_deny = asking().any(|one| one.effect == Effect::Deny);
    if attached != Attached::Organization && !any_deny {
        allow_only(policy, findings);
    }
    let lets_in = policy.allows().any(|one| !one.is_full_access());
    if stopped.without && stopped.another && !stopped.empty && !lets_in {
        empty(policy, findings);
    }
    models(policy, findings);
}

/// Which calls a policy's denials stop.
struct Stopped {
    without: bool,
    another: bool,
    empty: bool,
}

fn calls_models(statement: &Statement<'_>) -> bool {
    [INVOKE, STREAM].iter().any(|action| statement.actions.has(action))
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
    for test in &any_value {
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
    let (without, another) = (statement.takes(None), statement.takes(Some(ANOTHER)));
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
        } else if !alone && without && !another && test.holds(Some(ANOTHER)) && !stopped.another {
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
    // Beside a Deny of what has none, it is a list of guardrails that may not be used.
    if stopped.without {
        return;
    }
    let negated = match test.operator.compare {
        Compare::Arn => "ArnNotLike",
        Compare::Like => "StringNotLike",
        _ => "StringNotEquals",
    };
    let message =
        format!("`{}` fires on calls with the guardrails listed here, and lets all others through", test.written.value);
    findings.find(
        test.written.span,
        DENIES_THE_GUARDED,
        message,
        format!("write `{negated}`, which also holds where there is no guardrail"),
    );
}

fn allow_only(policy: &Policy<'_>, findings: &mut Findings) {
    let asks = |one: &&Statement<'_>| one.asks() && calls_models(one) && !one.takes(None);
    for statement in policy.allows().filter(asks) {
        let Some(test) = statement.on_guardrail().next() else { continue };
        let message =
            "only this Allow asks for the guardrail, and any other policy of the principal can allow calls without";
        let help = format!(
            "add a Deny of `{INVOKE}` and `{STREAM}` on `*` with `StringNotEquals` or `ArnNotLike` and the same guardrail"
        );
        findings.find(test.key.span, ALLOW_ONLY, message, help);
    }
}

/// Denials that an empty identifier slips past.
fn empty(policy: &Policy<'_>, findings: &mut Findings) {
    let slips = |one: &&Statement<'_>| one.effect == Effect::Deny && one.takes(Some(ANOTHER)) && calls_models(one);
    for statement in policy.statements.iter().filter(slips) {
        for test in statement.on_guardrail().filter(|test| test.operator.compare == Compare::Arn) {
            let message = format!(
                "`{}` does not hold for an empty guardrail identifier, so a call with one passes",
                test.written.value
            );
            let help =
                format!("write `StringNotLike`, or add a Deny with `\"StringEquals\": {{\"{IDENTIFIER}\": \"\"}}`");
            findings.find(test.written.span, EMPTY_VALUE, message, help);
        }
    }
}

/// Models that are called without the guardrail that is asked for on others.
fn models(policy: &Policy<'_>, findings: &mut Findings) {
    let guards =
        |one: &&Statement<'_>| one.effect == Effect::Deny && one.asks() && one.takes(None) && calls_models(one);
    let guarding: Vec<&Statement<'_>> = policy.statements.iter().filter(guards).collect();
    let Some(first) = guarding.first() else { return };
    let mut patterns: Vec<&Word> = Vec::new();
    for statement in &guarding {
        match &statement.resources {
            Listed::Only(words) => patterns.extend(words),
            // What is left out by name is left out on purpose.
            Listed::AllBut(_) | Listed::Nothing => return,
        }
    }
    if patterns.iter().any(|pattern| is_placeholder(pattern) || is_everything(pattern) || is_every_model(pattern)) {
        return;
    }
    let allowing = |one: &&Statement<'_>| calls_models(one) && !one.is_full_access();
    let allows: Vec<&Statement<'_>> = policy.allows().filter(allowing).collect();
    if allows.is_empty() {
        let span = first.resources.words().first().map_or(first.span, |word| word.span);
        let message = "this asks for a guardrail on the models listed here, and any other can be called without";
        let help =
            "write `\"Resource\": \"*\"`, or `NotResource` with the models that need none, such as embedding models";
        return findings.find(span, MODELS_LEFT_OUT, message, help);
    }
    let open = allows.iter().filter(|one| one.takes(None)).flat_map(|one| one.resources.words());
    let open: Vec<&Word> = open.filter(|word| !is_placeholder(word)).collect();
    if open.len().saturating_mul(patterns.len()) > COMPARED {
        return;
    }
    for word in open {
        if !patterns.iter().any(|pattern| glob::matches(pattern, word)) {
            let message = format!("`{}` is allowed here, and no Deny asks for a guardrail there", word.value);
            findings.find(word.span, MODELS_LEFT_OUT, message, "write `\"Resource\": \"*\"` in the Deny");
        }
    }
}

/// Whether a pattern takes in the foundation models of every Region.
fn is_every_model(pattern: &str) -> bool {
    ["arn:aws:bedrock:zz-strange-9::foundation-model/strange.model-v9"].iter().all(|arn| glob::matches(pattern, arn))
}
