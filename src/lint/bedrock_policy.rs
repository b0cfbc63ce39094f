//! Bedrock policies of an organization (Organizations user guide, "Amazon Bedrock policy syntax and examples").

use super::codes::{IDENTIFIER, SYNTAX};
use super::finding::Findings;
use super::models;
use super::policy::guardrail_version;
use super::said::{Word, entry, get, is_map, is_placeholder, word, words};
use crate::model::span::Span;
use crate::spec::node::{Entry, Node};
use crate::spec::suggest;

const ASSIGN: &str = "@@assign";
const SETTINGS: [&str; 4] = ["identifier", "selective_content_guarding", "model_enforcement", "input_tags"];

/// Looks at a policy.
pub(super) fn lint(node: &Node, findings: &mut Findings) {
    let Some(Entry { key, value: bedrock }) = entry(node, "bedrock") else { return };
    let Some(Entry { key: inner, value: inference }) = entry(bedrock, "guardrail_inference") else {
        let help = suggested(bedrock, &["guardrail_inference"]);
        return findings.find(key.span, SYNTAX, "`guardrail_inference` is missing", help);
    };
    let Some(regions) = inference.entries() else {
        return findings.find(
            inner.span,
            SYNTAX,
            "`guardrail_inference` is a map of Regions",
            "write `{\"us-east-1\": …}`",
        );
    };
    for Entry { key: region, value } in regions.iter().filter(|entry| !is_operator(&entry.key)) {
        if !is_region(region) && !is_placeholder(region) {
            let message = format!("`{}` is not a Region", region.value);
            findings.find(region.span, SYNTAX, message, "a Region looks like `eu-west-1`");
        }
        for Entry { key, value } in value.entries().unwrap_or_default() {
            if !is_operator(key) {
                configuration(region, key.span, value, findings);
            }
        }
    }
}

fn is_region(text: &str) -> bool {
    let number = text.rsplit_once('-').map(|(_, number)| number);
    text.matches('-').count() >= 2 && number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_operator(key: &str) -> bool {
    key.starts_with("@@")
}

fn suggested(node: &Node, known: &[&str]) -> String {
    let first = node.entries().and_then(|entries| entries.iter().find(|entry| !is_operator(&entry.key)));
    let given = first.map_or("", |entry| entry.key.as_str());
    suggest::advise(given, known.iter().copied()).unwrap_or_default()
}

fn configuration(region: &str, at: Span, node: &Node, findings: &mut Findings) {
    for Entry { key, .. } in node.entries().unwrap_or_default() {
        if !is_operator(key) && !SETTINGS.contains(&key.as_str()) {
            let help = suggest::advise(key, SETTINGS).unwrap_or_default();
            findings.find(key.span, SYNTAX, format!("`{}` is not a setting", key.value), help);
        }
    }
    models::input_tags(node, "input_tags", findings);
    let identifier = get(node, "identifier");
    if let Some(setting) = identifier {
        for value in assigned(setting, findings) {
            version(region, &value, findings);
        }
    }
    if let Some(guarding) = get(node, "selective_content_guarding") {
        for Entry { key, value } in guarding.entries().unwrap_or_default() {
            match key.as_str() {
                part @ ("system" | "messages") => guarded(part, value, findings),
                operator if is_operator(operator) => {}
                other => {
                    let help = suggest::advise(other, ["system", "messages"]).unwrap_or_default();
                    findings.find(key.span, SYNTAX, format!("`{other}` is not a part of a call"), help);
                }
            }
        }
    }
    // A policy further down may set something else than the guardrail.
    if identifier.is_some() || entry(node, models::SNAKE.enforcement).is_some() {
        models::lint(node, models::SNAKE, at, listed, findings);
    }
}

/// What a setting is given. Reports one without operators.
fn assigned(setting: &Node, findings: &mut Findings) -> Vec<Word> {
    if !is_map(setting) {
        let message = "a setting is a map of operators";
        findings.find(setting.span, SYNTAX, message, format!("write `{{\"{ASSIGN}\": …}}`"));
    }
    listed(setting)
}

/// The values of a setting, `@@remove` aside.
fn listed(setting: &Node) -> Vec<Word> {
    let Some(operators) = setting.entries() else { return words(setting) };
    let gives = |entry: &&Entry| matches!(entry.key.as_str(), ASSIGN | "@@append");
    operators.iter().filter(gives).flat_map(|entry| words(&entry.value)).collect()
}

fn version(region: &str, value: &Word, findings: &mut Findings) {
    if is_placeholder(value) {
        return;
    }
    let help = "write the ARN of a guardrail of the management account in this Region, and `:<number>`; DRAFT cannot be enforced";
    let message = match guardrail_version(value) {
        None => format!("`{}` is not the ARN of a guardrail", value.value),
        Some((_, _, None)) => format!("`{}` names no version", value.value),
        Some((_, _, Some(number))) if !is_number(number) => format!("`{number}` is not the number of a version"),
        Some((of, _, Some(_))) if of != region => {
            format!("this guardrail is in {of}, and {region} can only enforce its own")
        }
        Some(_) => return,
    };
    findings.find(value.span, IDENTIFIER, message, help);
}

/// Whether a text is the number of a version.
pub(super) fn is_number(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}

fn guarded(part: &str, setting: &Node, findings: &mut Findings) {
    for value in assigned(setting, findings) {
        if !matches!(value.as_str(), "selective" | "comprehensive") && !is_placeholder(&value) {
            let help = suggest::advise(&value, ["selective", "comprehensive"]).unwrap_or_default();
            let message =
                format!("`{}` is not a way to guard `{part}`, which is written in small letters", value.value);
            findings.find(value.span, SYNTAX, message, help);
        }
    }
}

/// The enforced configuration of an account, as it is put or listed.
pub(super) fn account(node: &Node, findings: &mut Findings) {
    if let Some(listed) = get(node, "guardrailsConfig").and_then(Node::items) {
        for one in listed {
            of_account(one, one.span.at_start(), findings);
        }
    } else if let Some(Entry { key, value }) = entry(node, "guardrailInferenceConfig") {
        of_account(value, key.span, findings);
    }
}

fn of_account(node: &Node, at: Span, findings: &mut Findings) {
    models::input_tags(node, "inputTags", findings);
    if let Some(number) = get(node, "guardrailVersion").and_then(word).filter(|number| !is_placeholder(number))
        && !is_number(&number)
    {
        let message = format!("`{}` is not the number of a version", number.value);
        findings.find(
            number.span,
            IDENTIFIER,
            message,
            "publish a version and name its number; DRAFT cannot be enforced",
        );
    }
    let names = models::Names {
        enforcement: "modelEnforcement",
        included: "includedModels",
        excluded: "excludedModels",
        both: true,
    };
    models::lint(node, names, at, models::plain, findings);
}
