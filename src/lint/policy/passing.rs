//! Calls that a policy lets pass although it asks for a guardrail: what it allows less what it denies, for each action and each
//! way to name a guardrail, or none.

use super::super::codes::{
    ALLOW_ONLY, ANY_ACCOUNT, CALL_PASSES, DENIES_THE_GUARDED, EMPTY_VALUE, FOR_ANY_VALUE, INVERTED, MODELS_LEFT_OUT,
    STREAMING_LEFT_OUT, SWALLOWED, TESTS_TOGETHER,
};
use super::super::finding::Findings;
use super::super::glob;
use super::super::models::is_embedding;
use super::super::said::{Word, is_placeholder};
use super::arn::{Arn, is_everything};
use super::calls::{CALLS, Naming};
use super::operator::Compare;
use super::pattern::Listed;
use super::statement::{Effect, IDENTIFIER, Statement, Test};
use super::streaming::{INVOKE, STREAM};
use super::{Attached, Policy};

/// How many comparisons of resources are made before nothing is said of them.
const COMPARED: usize = 250_000;

pub(super) fn check(policy: &Policy<'_>, attached: Attached, findings: &mut Findings) {
    if !policy.statements.iter().any(|one| one.asks() && one.calls_models()) {
        return;
    }
    models(policy, attached, findings);
    around(policy, findings);
    if attached != Attached::Organization {
        allow_only(policy, findings);
    }
    another(policy, findings);
    empty(policy, findings);
}

/// Allows that let through what another one asks a guardrail for.
fn around(policy: &Policy<'_>, findings: &mut Findings) {
    let open =
        |one: &Statement<'_>, action: &str| one.actions.has(action) && !policy.denies_call(action, Naming::Nothing);
    let demands: Vec<&Statement<'_>> = policy.allows().filter(|one| one.asks() && !one.takes(None)).collect();
    for statement in policy.allows().filter(|one| !one.asks()) {
        let Some(action) = CALLS.into_iter().find(|action| {
            demands
                .iter()
                .any(|demand| open(demand, action) && statement.actions.has(action) && overlap(demand, statement))
        }) else {
            continue;
        };
        let span = statement.actions.naming(action).map_or(statement.span, |word| word.span);
        let message = format!(
            "`{action}` without a guardrail is allowed here, and another statement asks for one on the same models"
        );
        let help = format!(
            "remove it from this Allow, or add a Deny of `{INVOKE}` and `{STREAM}` on `*` with `StringNotEquals` or \
             `ArnNotLike` and the guardrail"
        );
        findings.find(span, CALL_PASSES, message, help);
    }
}

/// Whether two statements speak of one model that a guardrail can examine.
fn overlap(one: &Statement<'_>, other: &Statement<'_>) -> bool {
    let (Listed::Only(ones), Listed::Only(others)) = (&one.resources, &other.resources) else { return true };
    if ones.len().saturating_mul(others.len()) > COMPARED {
        return false;
    }
    let examined = || others.iter().filter(|other| !is_embedding(other));
    ones.iter().any(|one| examined().any(|other| glob::matches(one, other) || glob::matches(other, one)))
}

/// Allows whose guardrail no Deny asks for.
fn allow_only(policy: &Policy<'_>, findings: &mut Findings) {
    // Why a Deny is of no use has been found.
    const TOLD: &[crate::model::diagnostic::Code] =
        &[STREAMING_LEFT_OUT, FOR_ANY_VALUE, DENIES_THE_GUARDED, INVERTED, TESTS_TOGETHER, SWALLOWED, CALL_PASSES];
    if findings.has(TOLD) {
        return;
    }
    for statement in policy.allows().filter(|one| one.asks() && !one.takes(None)) {
        let Some(test) = statement.on_guardrail().next() else { continue };
        let open = |naming: Naming| {
            CALLS.into_iter().filter(|action| statement.actions.has(action)).find(|it| !policy.denies_call(it, naming))
        };
        let message = if open(Naming::Nothing).is_some() {
            "only this Allow asks for the guardrail, and any other policy of the principal can allow calls without"
                .to_owned()
        } else if let Some(action) = open(Naming::Another).filter(|_| !statement.takes(Naming::Another.identifier())) {
            let empty = if open(Naming::Empty).is_some() { " or with an empty identifier" } else { "" };
            format!(
                "only this Allow asks for this guardrail: no Deny stops `{action}` with another one{empty}, and any other policy \
                 of the principal can allow that"
            )
        } else {
            continue;
        };
        let help = format!(
            "add a Deny of `{INVOKE}` and `{STREAM}` on `*` with `StringNotEquals` or `ArnNotLike` and the same guardrail"
        );
        findings.find(test.key.span, ALLOW_ONLY, message, help);
    }
}

/// Denials of calls without a guardrail that are content with any.
fn another(policy: &Policy<'_>, findings: &mut Findings) {
    const TOLD: &[crate::model::diagnostic::Code] =
        &[FOR_ANY_VALUE, DENIES_THE_GUARDED, INVERTED, TESTS_TOGETHER, ANY_ACCOUNT, SWALLOWED, ALLOW_ONLY];
    if findings.has(TOLD) {
        return;
    }
    let mut passes = Passes::default();
    for action in CALLS {
        if policy.allows_call(action, Naming::Another) && !policy.denies_call(action, Naming::Another) {
            let denials = policy.denials(action, Naming::Nothing);
            passes.add(action, denials.filter_map(|one| one.on_guardrail().next()));
        }
    }
    for (test, actions) in passes.0 {
        let written = &test.written.value;
        let message = format!(
            "`{written}` asks for some guardrail only: {actions} with another one passes, of any account, one without a filter \
             among them"
        );
        let named = "arn:aws:bedrock:<region>:<account>:guardrail/<id>:*";
        let help = format!("add a Deny with `\"ArnNotLike\": {{\"{IDENTIFIER}\": \"{named}\"}}`");
        findings.find(test.written.span, ANY_ACCOUNT, message, help);
    }
}

/// Denials that an empty identifier slips past.
fn empty(policy: &Policy<'_>, findings: &mut Findings) {
    if findings.has(&[FOR_ANY_VALUE, DENIES_THE_GUARDED, INVERTED, TESTS_TOGETHER, SWALLOWED]) {
        return;
    }
    let mut passes = Passes::default();
    for action in CALLS {
        if !policy.allows_call(action, Naming::Empty) || policy.denies_call(action, Naming::Empty) {
            continue;
        }
        // What asks for a certain guardrail is nearer to what is meant than what asks for some.
        let asks = if policy.denies_call(action, Naming::Another) { Naming::Another } else { Naming::Nothing };
        let denials = policy.denials(action, asks).filter(|one| one.takes(None));
        passes.add(action, denials.flat_map(Statement::on_guardrail).filter(|test| !test.holds(Some(""))));
    }
    for (test, actions) in passes.0 {
        let add = format!("add a Deny with `\"StringEquals\": {{\"{IDENTIFIER}\": \"\"}}`");
        let (why, help) = match test.operator.compare {
            Compare::Null => ("asks whether the key is there, as it is with an empty guardrail identifier", add),
            Compare::Arn => {
                ("does not hold for an empty guardrail identifier", format!("write `StringNotLike`, or {add}"))
            }
            _ if test.values.iter().any(|value| value.is_empty()) => {
                ("takes an empty guardrail identifier for a right one", "leave the empty text out".to_owned())
            }
            _ => (
                "holds a pattern that an empty guardrail identifier matches, too",
                "name the guardrail by its ARN; what must not be empty is `?*`".to_owned(),
            ),
        };
        let message = format!("`{}` {why}, so {actions} with one passes", test.written.value);
        findings.find(test.written.span, EMPTY_VALUE, message, help);
    }
}

/// Tests that calls of models slip past, each with those calls.
#[derive(Default)]
struct Passes<'p>(Vec<(&'p Test, String)>);

impl<'p> Passes<'p> {
    fn add(&mut self, action: &str, tests: impl Iterator<Item = &'p Test>) {
        // What compares numbers has been found for that.
        for test in tests.filter(|test| test.operator.compare != Compare::Other) {
            match self.0.iter_mut().find(|(known, _)| std::ptr::eq(*known, test)) {
                Some((_, actions)) => *actions = format!("{actions} or `{action}`"),
                None => self.0.push((test, format!("`{action}`"))),
            }
        }
    }
}

/// Models that are called without the guardrail that is asked for on others.
fn models(policy: &Policy<'_>, attached: Attached, findings: &mut Findings) {
    let guards =
        |one: &&Statement<'_>| one.effect == Effect::Deny && one.asks() && one.takes(None) && one.calls_models();
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
    let allows: Vec<&Statement<'_>> =
        policy.allows().filter(|one| one.calls_models() && !one.is_full_access()).collect();
    if allows.is_empty() {
        let span = first.resources.words().first().map_or(first.span, |word| word.span);
        let message = "this asks for a guardrail on the models listed here, and any other can be called without";
        let help =
            "write `\"Resource\": \"*\"`, or `NotResource` with the models that need none, such as embedding models";
        return findings.find(span, MODELS_LEFT_OUT, message, help);
    }
    for statement in allows {
        let open = [Naming::Nothing, Naming::Another].iter().any(|naming| statement.takes(naming.identifier()));
        // Where only this policy counts, what it allows with the guardrail is allowed with nothing else.
        if !open && attached == Attached::Organization {
            continue;
        }
        let words = statement.resources.words();
        if words.len().saturating_mul(patterns.len()) > COMPARED {
            return;
        }
        for word in words.iter().filter(|word| !is_placeholder(word) && !is_covered(word, &patterns)) {
            let message = if open {
                format!("`{}` is allowed here, and no Deny asks for a guardrail there", word.value)
            } else {
                format!(
                    "`{}` is allowed here with the guardrail, and no Deny stops calls of it without: any other policy of the \
                     principal can allow them",
                    word.value
                )
            };
            findings.find(word.span, MODELS_LEFT_OUT, message, "write `\"Resource\": \"*\"` in the Deny");
        }
    }
}

/// Whether a Deny on these models also stops calls of a resource. A call through an inference profile is authorised on its
/// model, too; to which models one leads that is of an account's own making is not told by its name.
fn is_covered(resource: &str, patterns: &[&Word]) -> bool {
    if is_embedding(resource) || patterns.iter().any(|pattern| glob::matches(pattern, resource)) {
        return true;
    }
    let Some((kind, id)) = Arn::read(resource).map(|arn| arn.typed()) else { return false };
    let model = match kind {
        "application-inference-profile" => return true,
        "inference-profile" => id.split_once('.').map_or(id, |(_, model)| model),
        _ => return false,
    };
    let of_model = |pattern: &&&Word| Arn::read(pattern).is_some_and(|arn| arn.typed().0 == "foundation-model");
    patterns
        .iter()
        .filter(of_model)
        .any(|pattern| Arn::read(pattern).is_some_and(|arn| glob::matches(arn.typed().1, model)))
}

/// Whether a pattern takes in the foundation models of every Region.
pub(super) fn is_every_model(pattern: &str) -> bool {
    glob::matches(pattern, "arn:aws:bedrock:zz-strange-9::foundation-model/strange.model-v9")
}
