//! What a statement says of resources.

use super::super::codes::{
    ALL_RESOURCES, ALLOW_NOT_RESOURCE, MALFORMED, PASS_ANY_ROLE, PROFILE_WITHOUT_MODEL, VERSIONED_RESOURCE,
};
use super::super::finding::Findings;
use super::super::glob;
use super::super::said::{Word, is_placeholder};
use super::arn::{Arn, is_everything};
use super::names::WITHOUT_RESOURCE;
use super::pattern::{Listed, expand};
use super::statement::{Effect, Statement};
use super::streaming::{INVOKE, STREAM};
use super::{Policy, arn};

/// A statement of a policy that is attached to roles, or may be.
pub(super) fn check(statement: &Statement<'_>, findings: &mut Findings) {
    if !statement.actions.words().iter().any(|word| !expand(word).is_empty()) {
        return;
    }
    for word in statement.resources.words() {
        form(word, statement, findings);
    }
    if statement.effect == Effect::Deny {
        return;
    }
    match &statement.resources {
        Listed::Only(words) => everything(words, statement, findings),
        Listed::AllBut(words) => {
            let span = words.first().map_or(statement.span, |word| word.span);
            let message = "this Allow takes in every resource that `NotResource` does not name";
            findings.find(span, ALLOW_NOT_RESOURCE, message, "list what is allowed under `Resource`");
        }
        Listed::Nothing => {}
    }
}

/// Actions that take a resource and do more than look.
fn narrowable(statement: &Statement<'_>) -> Option<String> {
    let words = match &statement.actions {
        Listed::Only(words) => words,
        Listed::Nothing | Listed::AllBut(_) => return None,
    };
    let counts = |(service, name): &(&str, &str)| {
        *service == "bedrock"
            && !WITHOUT_RESOURCE.contains(name)
            && !name.starts_with("List")
            && !name.starts_with("Get")
    };
    words.iter().find(|word| expand(word).iter().any(counts)).map(|word| word.value.clone())
}

fn everything(words: &[Word], statement: &Statement<'_>, findings: &mut Findings) {
    let Some(all) = words.iter().find(|word| is_everything(word)) else { return };
    let Some(action) = narrowable(statement) else { return };
    let message = format!("`{action}` is allowed on every resource");
    let help = "name the models by ARN (`arn:aws:bedrock:*::foundation-model/<id>`, and inference profiles), guardrails as \
                `arn:aws:bedrock:<region>:<account>:guardrail/<id>`";
    findings.find(all.span, ALL_RESOURCES, message, help);
}

fn form(word: &Word, statement: &Statement<'_>, findings: &mut Findings) {
    let text = word.value.as_str();
    if is_placeholder(text) || text.starts_with('*') {
        return;
    }
    if !text.to_ascii_lowercase().starts_with("arn:") && !text.starts_with("arn*") {
        let message = format!("`{text}` is no ARN");
        findings.find(word.span, MALFORMED, message, "a resource is an ARN or `*`");
        return;
    }
    let Some(arn) = Arn::read(text).filter(|arn| glob::matches(arn.service, "bedrock")) else { return };
    let Some(id) = arn.resource.strip_prefix("guardrail/") else { return };
    let on_guardrails = ["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"].iter().any(|one| statement.actions.has(one));
    if on_guardrails && id.contains(':') {
        let message = format!("`{text}` names a version, and the resource of a call is the guardrail without one");
        let help = format!("write `{}`", text.rsplit_once(':').map_or(text, |(arn, _)| arn));
        findings.find(word.span, VERSIONED_RESOURCE, message, help);
    }
}

/// Profiles that are allowed without the models that they lead to.
pub(super) fn profiles(policy: &Policy<'_>, findings: &mut Findings) {
    let calls = |statement: &&Statement<'_>| [INVOKE, STREAM].iter().any(|action| statement.actions.has(action));
    let leads_to_model = |word: &Word| {
        is_placeholder(word)
            || glob::is_pattern(word) && !word.contains("inference-profile")
            || word.contains("foundation-model")
            || word.contains("custom-model")
    };
    let models = policy.allows().filter(calls).any(|statement| match &statement.resources {
        Listed::Only(words) => words.iter().any(leads_to_model),
        Listed::AllBut(_) | Listed::Nothing => true,
    });
    if models {
        return;
    }
    let is_profile =
        |word: &&Word| arn::Arn::read(word).is_some_and(|arn| arn.typed().0.ends_with("inference-profile"));
    for statement in policy.allows().filter(calls) {
        if let Some(profile) = statement.resources.words().iter().find(is_profile) {
            let message = "a call through an inference profile needs the models behind it to be allowed, too";
            let help =
                "add the models in every Region that the profile leads to: `arn:aws:bedrock:*::foundation-model/<id>`";
            findings.find(profile.span, PROFILE_WITHOUT_MODEL, message, help);
        }
    }
}

/// `iam:PassRole` on every role.
pub(super) fn passed_roles(statement: &Statement<'_>, findings: &mut Findings) {
    let passes = |word: &&Word| glob::matches(word, "iam:PassRole") && !glob::matches(word, "iam:zzz-to-come");
    let Listed::Only(actions) = &statement.actions else { return };
    let Some(action) = actions.iter().find(passes) else { return };
    let any = |word: &Word| word.value == "*" || glob::matches(word, "arn:aws:iam::000000000000:role/zzz");
    if statement.tests.is_empty() && statement.resources.words().iter().any(any) {
        let help = "name the roles, and add `\"StringEquals\": {\"iam:PassedToService\": \"bedrock.amazonaws.com\"}`";
        findings.find(action.span, PASS_ANY_ROLE, "any role can be passed on, one with more rights among them", help);
    }
}
