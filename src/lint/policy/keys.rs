//! Condition keys that no request has.

use super::super::codes::{FOR_ALL_VALUES, FOR_ANY_VALUE, UNKNOWN_KEY};
use super::super::finding::Findings;
use super::names::{KEYS, MEANT_KEYS};
use super::operator::Set;
use super::statement::{Effect, Statement, Test};
use crate::spec::suggest;

/// The key that has several values.
const SEVERAL: &str = "bedrock-mantle:Files";

pub(super) fn check(statement: &Statement<'_>, findings: &mut Findings) {
    for test in &statement.tests {
        let Some((service, name)) = test.key.split_once(':') else { continue };
        if !["bedrock", "bedrock-mantle"].iter().any(|known| known.eq_ignore_ascii_case(service)) {
            continue;
        }
        if KEYS.iter().any(|known| known.eq_ignore_ascii_case(&test.key)) {
            sets(test, statement.effect, findings);
            continue;
        }
        let outcome = outcome(test, statement.effect);
        let message = format!("`{}` is invented: no request has it, so {outcome}", test.key.value);
        findings.find(test.key.span, UNKNOWN_KEY, message, meant(service, name));
    }
}

/// Set operators on a key of one value. Those on the guardrail are judged with all that a policy asks of it.
fn sets(test: &Test, effect: Effect, findings: &mut Findings) {
    if test.is_on_guardrail() || test.key.eq_ignore_ascii_case(SEVERAL) || test.operator.if_exists {
        return;
    }
    let (written, key) = (&test.written.value, &test.key.value);
    let (code, message) = match (effect, test.operator.set) {
        (Effect::Deny, Set::Any) => {
            (FOR_ANY_VALUE, format!("`{written}` does not hold where `{key}` is absent, so such calls pass"))
        }
        (Effect::Allow, Set::All) => {
            (FOR_ALL_VALUES, format!("`{written}` holds where `{key}` is absent, so such calls are allowed"))
        }
        _ => return,
    };
    findings.find(
        test.written.span,
        code,
        message,
        "write the operator without the word before the colon; the key has one value",
    );
}

fn meant(service: &str, name: &str) -> String {
    if ["ModelId", "ModelArn", "FoundationModel", "Model", "InferenceModel"]
        .iter()
        .any(|model| model.eq_ignore_ascii_case(name))
        && service.eq_ignore_ascii_case("bedrock")
    {
        return "a model is not a condition: name its ARN under `Resource`".to_owned();
    }
    let meant = MEANT_KEYS.iter().find(|(wrong, _)| wrong.eq_ignore_ascii_case(name)).map(|(_, right)| *right);
    let full = format!("{service}:{name}");
    match meant.or_else(|| suggest::closest(&full, KEYS.iter().copied())) {
        Some(key) => format!("did you mean `{key}`?"),
        None => format!("known are {}", suggest::list(KEYS.iter().copied()).unwrap_or_default()),
    }
}

/// What comes of a key that is always absent.
fn outcome(test: &Test, effect: Effect) -> &'static str {
    match (effect, test.holds(None)) {
        (Effect::Deny, true) => "this Deny fires on every call",
        (Effect::Deny, false) => "this Deny never fires",
        (Effect::Allow, true) => "this Allow asks for nothing",
        (Effect::Allow, false) => "this Allow never allows",
    }
}
