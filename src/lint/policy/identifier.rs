//! Conditions on the guardrail of a call: what they compare it with.

use super::super::codes::{ANY_ACCOUNT, LITERAL_WILDCARD, LONGER_IDS, NEVER_MATCHES, SWALLOWED};
use super::super::finding::Findings;
use super::super::glob;
use super::super::said::{Word, is_placeholder};
use super::arn::{Arn, is_account, is_guardrail_id, is_version};
use super::operator::Compare;
use super::statement::{Effect, IDENTIFIER, Statement, Test};

/// How long the ids are that AWS gives, in characters. A pattern that holds a whole id matches no other guardrail.
const ID_LENGTH: usize = 12;

/// Keys besides [`IDENTIFIER`] that hold an ARN.
const ARN_KEYS: [&str; 2] = ["bedrock:InferenceProfileArn", "bedrock:PromptRouterArn"];

pub(super) fn check(statement: &Statement<'_>, findings: &mut Findings) {
    for test in &statement.tests {
        let on_guardrail = test.is_on_guardrail();
        let holds_arn = on_guardrail || ARN_KEYS.iter().any(|key| key.eq_ignore_ascii_case(&test.key));
        if !holds_arn || test.operator.compare == Compare::Null {
            continue;
        }
        if test.operator.compare == Compare::Other {
            let message = format!("`{}` compares no ARNs, which `{}` holds", test.written.value, test.key.value);
            let help = "write `ArnLike`, `ArnNotLike`, `StringEquals` or `StringNotEquals`";
            findings.find(test.written.span, NEVER_MATCHES, message, help);
            continue;
        }
        if on_guardrail && let Some(everything) = swallowing(test) {
            let written = &test.written.value;
            let outcome = match (statement.effect, test.holds(None)) {
                (Effect::Deny, true) => {
                    "this Deny stops only calls without a guardrail, and any other guardrail passes"
                }
                (Effect::Deny, false) => "this Deny never fires",
                (Effect::Allow, true) => "this Allow allows only calls without a guardrail",
                (Effect::Allow, false) => "this Allow never allows",
            };
            let message = format!(
                "`{}` matches whatever a call names, so `{written}` never holds for a call with a guardrail, whatever else is \
                 listed: {outcome}",
                everything.value
            );
            let help = "remove it, and keep the guardrails that are meant";
            findings.find(everything.span, SWALLOWED, message, help);
            continue;
        }
        let judged: Vec<_> = test.values.iter().map(|value| (value, fault(value, test, on_guardrail))).collect();
        let all = judged.iter().all(|(_, fault)| fault.as_ref().is_some_and(|fault| fault.void));
        for (value, fault) in judged {
            let Some(Fault { code, why, void, help }) = fault else { continue };
            let message = match (void, all) {
                (false, _) => why,
                (true, false) => format!("{why}, so this value counts for nothing"),
                (true, true) => format!("{why}, so {}", outcome(statement.effect, test)),
            };
            findings.find(value.span, code, message, help);
        }
    }
}

/// What makes a negated test void that lists guardrails beside it.
pub(super) fn swallowing(test: &Test) -> Option<&Word> {
    let patterns = matches!(test.operator.compare, Compare::Like | Compare::Arn);
    let everything = |value: &&Word| !value.is_empty() && value.bytes().all(|byte| byte == b'*');
    test.values.iter().find(everything).filter(|_| patterns && test.operator.negated && test.values.len() > 1)
}

/// What comes of a test whose values no ARN matches, where the key is there.
fn outcome(effect: Effect, test: &Test) -> &'static str {
    match (effect, test.operator.negated) {
        (Effect::Allow, false) => "this Allow never allows",
        (Effect::Allow, true) => "this Allow takes every guardrail",
        (Effect::Deny, false) => "this Deny never fires",
        (Effect::Deny, true) => "this Deny fires on calls with the right guardrail, too",
    }
}

struct Fault {
    code: crate::model::diagnostic::Code,
    why: String,
    /// Whether no ARN matches the value at all.
    void: bool,
    help: String,
}

fn void(why: impl Into<String>, help: impl Into<String>) -> Fault {
    Fault { code: NEVER_MATCHES, why: why.into(), void: true, help: help.into() }
}

const FORM: &str =
    "write `arn:aws:bedrock:<region>:<account>:guardrail/<id>:<version>`, without `:<version>` for DRAFT";

fn fault(value: &Word, asked: &Test, on_guardrail: bool) -> Option<Fault> {
    let text = value.value.as_str();
    let literal = asked.operator.compare == Compare::Text;
    // An empty text is what a call with an empty guardrail has, and a Deny may mean just that.
    if text.is_empty() || is_placeholder(text) {
        return None;
    }
    if literal && glob::is_pattern(text) {
        let why = format!("`{}` takes `*` and `?` for plain characters, and no ARN holds them", asked.written.value);
        let like = if asked.operator.negated { "ArnNotLike" } else { "ArnLike" };
        return Some(Fault { code: LITERAL_WILDCARD, why, void: true, help: format!("write `{like}`") });
    }
    if !can_be_arn(text) {
        let key = if on_guardrail { IDENTIFIER } else { asked.key.value.as_str() };
        let help = if on_guardrail { FORM.to_owned() } else { "write the whole ARN".to_owned() };
        return Some(void(format!("`{text}` is no ARN, and `{key}` holds the ARN"), help));
    }
    let parts = Arn::read(text);
    if parts.is_none() && text != "*" && asked.operator.compare == Compare::Arn {
        let why = format!(
            "`{text}` has fewer than the six parts of an ARN, each of which `{}` compares by itself",
            asked.written.value
        );
        return Some(void(why, FORM));
    }
    if !on_guardrail {
        return None;
    }
    let Some(arn) = parts else {
        // A pattern of text that reaches over parts.
        return Some(any_account(text));
    };
    of_guardrail(&arn, text)
}

fn of_guardrail(arn: &Arn<'_>, text: &str) -> Option<Fault> {
    let literal = |part: &str| !glob::is_pattern(part);
    if !glob::matches(arn.service, "bedrock")
        || !glob::matches(arn.partition, "aws") && literal(arn.partition) && !arn.partition.starts_with("aws-")
    {
        return Some(void(format!("`{text}` is no ARN of Bedrock"), FORM));
    }
    if literal(arn.account) && !is_account(arn.account) {
        return Some(void(format!("`{text}` names no account, which the ARN of a guardrail has"), FORM));
    }
    if arn.region.is_empty() {
        return Some(void(format!("`{text}` names no Region, which the ARN of a guardrail has"), FORM));
    }
    if literal(arn.resource) || arn.resource.contains('/') {
        let (kind, id) = arn.typed();
        if !glob::matches(kind, "guardrail") {
            return Some(void(format!("`{text}` is not the ARN of a guardrail"), FORM));
        }
        if let Some(fault) = id_and_version(id, text) {
            return Some(fault);
        }
    }
    glob::is_pattern(arn.account).then(|| any_account(text))
}

fn id_and_version(rest: &str, text: &str) -> Option<Fault> {
    let (id, version) = rest.split_once(':').map_or((rest, None), |(id, version)| (id, Some(version)));
    let letters: String = id.chars().filter(|c| !matches!(c, '*' | '?')).collect();
    if (!letters.is_empty() || id.is_empty()) && !is_guardrail_id(&letters) {
        let help =
            "the id is what AWS gave, lower-case letters and digits; the name of a guardrail is not part of its ARN";
        return Some(void(format!("`{id}` is not the id of a guardrail"), help));
    }
    if let Some(version) = version {
        let digits: String = version.chars().filter(|c| !matches!(c, '*' | '?')).collect();
        if !glob::is_pattern(version) && !is_version(version) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let help = "a version is a number; for DRAFT the key holds the ARN without a version";
            return Some(void(format!("`{version}` is not the number of a version"), help));
        }
    }
    if version.is_none() && id.ends_with('*') && (1..ID_LENGTH).contains(&letters.len()) {
        let help = format!("write the ARN and the ARN with `:*`, both: `…/{letters}` and `…/{letters}:*`");
        let why = format!("`{text}` matches every guardrail whose id begins with `{letters}`");
        return Some(Fault { code: LONGER_IDS, why, void: false, help });
    }
    None
}

fn any_account(text: &str) -> Fault {
    Fault {
        code: ANY_ACCOUNT,
        why: format!("`{text}` takes a guardrail of any account, one without a filter among them"),
        void: false,
        help: "name the account, and the guardrail by its id".to_owned(),
    }
}

/// Whether a pattern can match a text that begins with `arn:`.
fn can_be_arn(text: &str) -> bool {
    let head = text.split(['*', '?']).next().unwrap_or_default();
    let arn = "arn:";
    if glob::is_pattern(text) && head.len() < arn.len() { arn.starts_with(head) } else { head.starts_with(arn) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_an_arn_passes() {
        for (text, want) in [
            ("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc", true),
            ("arn*", true),
            ("*", true),
            ("*abc*", true),
            ("abc", false),
            ("abc*", false),
            ("ar", false),
        ] {
            assert_eq!(can_be_arn(text), want, "{text}");
        }
    }
}
