//! What a statement says of actions: invented ones, and too many of them.

use super::super::codes::{
    ALL_ACTIONS, ALLOW_NOT_ACTION, IAM_ALL, MALFORMED, MANAGES_GUARDRAILS, MATCHES_NO_ACTION, UNKNOWN_ACTION,
};
use super::super::finding::Findings;
use super::super::glob;
use super::super::said::{Word, is_placeholder};
use super::Attached;
use super::names::{BEDROCK, MANTLE, MEANT, OPERATIONS};
use super::pattern::{Listed, expand};
use super::statement::{Effect, Statement};
use crate::spec::suggest;

/// How many invented actions of one statement are compared with every name.
const SUGGESTED: usize = 50;

/// Actions that change a guardrail, who may use it, or where it is enforced.
const MANAGING: &[&str] = &[
    "UpdateGuardrail",
    "DeleteGuardrail",
    "PutEnforcedGuardrailConfiguration",
    "DeleteEnforcedGuardrailConfiguration",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
];

pub(super) fn check(statement: &Statement<'_>, attached: Attached, findings: &mut Findings) {
    for (at, word) in statement.actions.words().iter().enumerate() {
        name(word, at < SUGGESTED, findings);
    }
    if statement.effect == Effect::Deny || attached == Attached::Organization {
        return;
    }
    match &statement.actions {
        Listed::Only(words) => words.iter().for_each(|word| breadth(word, findings)),
        Listed::AllBut(words) => all_but(statement, words, findings),
        Listed::Nothing => {}
    }
}

/// Whether IAM has the action.
fn name(word: &Word, suggested: bool, findings: &mut Findings) {
    let text = word.value.as_str();
    if is_placeholder(text) || text.bytes().all(|byte| byte == b'*') {
        return;
    }
    let Some((service, action)) = text.split_once(':') else {
        let message = format!("`{text}` is not an action");
        findings.find(word.span, MALFORMED, message, "an action names its service: `bedrock:InvokeModel`");
        return;
    };
    let known = match service.to_ascii_lowercase().as_str() {
        "bedrock" => BEDROCK,
        "bedrock-mantle" => MANTLE,
        "bedrock-runtime" | "bedrock-agent" | "bedrock-agent-runtime" => {
            let message = format!("`{text}` is invented: `{service}` is an endpoint, not a service of IAM");
            findings.find(word.span, UNKNOWN_ACTION, message, format!("write `bedrock:{action}`"));
            return;
        }
        _ => return,
    };
    if !expand(text).is_empty() {
        return;
    }
    if glob::is_pattern(action) {
        let message = format!("`{text}` matches no action that IAM has");
        let help = if suggested { closest(service, action.trim_matches(['*', '?']), known) } else { None };
        let help = help.unwrap_or_else(|| "name the actions that are meant".to_owned());
        findings.find(word.span, MATCHES_NO_ACTION, message, help);
        return;
    }
    if let Some((operation, by)) = OPERATIONS.iter().find(|(operation, _)| operation.eq_ignore_ascii_case(action)) {
        let by = by.iter().map(|name| format!("`bedrock:{name}`")).collect::<Vec<_>>().join(" and ");
        let message =
            format!("`{text}` is invented: `{operation}` is an operation, and IAM has no action of that name");
        findings.find(word.span, UNKNOWN_ACTION, message, format!("its calls are authorised as {by}: write that"));
        return;
    }
    let help = if suggested { closest(service, action, known) } else { None };
    let help = help.unwrap_or_else(|| {
        "see \"Actions defined by Amazon Bedrock\" in the Service Authorization Reference".to_owned()
    });
    findings.find(word.span, UNKNOWN_ACTION, format!("`{text}` is invented: IAM has no such action"), help);
}

fn closest(service: &str, action: &str, known: &'static [&'static str]) -> Option<String> {
    let meant = MEANT.iter().find(|(wrong, _)| wrong.eq_ignore_ascii_case(action)).map(|(_, right)| *right);
    let close = meant.or_else(|| suggest::closest(action, known.iter().copied()))?;
    Some(format!("did you mean `{service}:{close}`?"))
}

/// Whether a pattern of an Allow takes in too much.
fn breadth(word: &Word, findings: &mut Findings) {
    let text = word.value.as_str();
    let help = "name the actions that are needed: for an application `bedrock:InvokeModel`, \
                `bedrock:InvokeModelWithResponseStream` and `bedrock:ApplyGuardrail`";
    if is_all_of_bedrock(text) {
        let of = if glob::matches(text, "zzz:zzz") { "every action of AWS" } else { "every action of Bedrock" };
        let message = format!("`{text}` allows {of}, removing guardrails and their enforcement among them");
        findings.find(word.span, ALL_ACTIONS, message, help);
        return;
    }
    if glob::matches(text, "iam:createuser") && glob::matches(text, "iam:zzz-to-come") {
        let message = format!("`{text}` allows every action of IAM, and who may change permissions has them all");
        findings.find(word.span, IAM_ALL, message, "name the actions that are needed, or leave IAM to another role");
        return;
    }
    // Who writes the word knows what the pattern is for.
    if !glob::is_pattern(text) || text.to_ascii_lowercase().contains("guardrail") {
        return;
    }
    let matched = expand(text);
    let managing: Vec<&str> = MANAGING.iter().copied().filter(|name| matched.contains(&("bedrock", *name))).collect();
    if let Some(first) = managing.first() {
        let more = if managing.len() > 1 { format!(" and {} more", managing.len() - 1) } else { String::new() };
        let message = format!("`{text}` takes in `bedrock:{first}`{more}, with which guardrails are taken away");
        findings.find(word.span, MANAGES_GUARDRAILS, message, help);
    }
}

/// A statement that admits principals to what it stands on.
pub(super) fn admitted(statement: &Statement<'_>, findings: &mut Findings) {
    if statement.effect == Effect::Deny {
        return;
    }
    match &statement.actions {
        Listed::Only(words) => {
            for word in words.iter().filter(|word| is_all_of_bedrock(word)) {
                let message = format!("`{}` admits to every action, those of Bedrock among them", word.value);
                let help =
                    "name the actions that are needed, such as `bedrock:InvokeModel` and `bedrock:ApplyGuardrail`";
                findings.find(word.span, ALL_ACTIONS, message, help);
            }
        }
        Listed::AllBut(words) => all_but(statement, words, findings),
        Listed::Nothing => {}
    }
}

/// Whether a pattern takes in what Bedrock has and what it will have.
fn is_all_of_bedrock(text: &str) -> bool {
    glob::matches(text, "bedrock:deleteguardrail") && glob::matches(text, "bedrock:zzz-to-come")
}

fn all_but(statement: &Statement<'_>, words: &[Word], findings: &mut Findings) {
    if !statement.actions.has("bedrock:InvokeModel") && !statement.actions.has("bedrock:DeleteGuardrail") {
        return;
    }
    let span = words.first().map_or(statement.span, |word| word.span);
    let message = "this Allow takes in every action that `NotAction` does not name, calling models and removing guardrails among them";
    findings.find(
        span,
        ALLOW_NOT_ACTION,
        message,
        "list what is allowed under `Action`, or add `bedrock:*` and `iam:*` to what is not",
    );
}
