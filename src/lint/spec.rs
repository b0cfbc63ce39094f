//! The documents of a spec: each section hands over what its entries hold.

use super::codes::{EMBEDDINGS, LONG_LIVED_USER, SYSTEM_PROMPT_ATTACK};
use super::finding::Findings;
use super::policy::{self, Attached};
use super::said::{entry, get, items, text, words};
use super::{bedrock_policy, guardrail, models, resource_policy};
use crate::model::span::Span;
use crate::spec::node::{Entry, Node};
use crate::spec::{SectionEntry, Spec};

/// What is looked at in the entries of a section.
type Look = fn(&Spec, &SectionEntry, &mut Findings);

/// Each section with documents, one line each.
const SECTIONS: &[(&str, Look)] = &[
    ("guardrails", guardrails),
    ("resource_policies", |_, entry, findings| document(entry, findings, resource_policy::lint)),
    ("org_policies", org_policies),
    ("account_enforcement", |spec, entry, findings| enforcement(spec, &entry.node, entry.key.span, findings)),
    ("iam_policies", |_, entry, findings| {
        document(entry, findings, |node, findings| policy::lint(node, Attached::Role, findings));
        let models = get(&entry.node, "models").map(words);
        let embeds = models.is_none_or(|models| models.iter().any(|id| models::is_embedding(id)));
        required(entry, embeds, findings);
    }),
];

/// What is found in a spec. The spec itself is taken to be sound.
pub fn spec(spec: &Spec) -> Findings {
    let mut all = Findings::default();
    for (section, look) in SECTIONS {
        for entry in spec.section(section) {
            let mut findings = Findings::default();
            look(spec, entry, &mut findings);
            findings.locate(&entry.node, &format!("{section}.{}", entry.key.value), Some(entry.key.span));
            all.extend(findings);
        }
    }
    all.diagnostics = all.diagnostics.without(&spec.secrets);
    all.sorted()
}

fn document(entry: &SectionEntry, findings: &mut Findings, look: impl Fn(&Node, &mut Findings)) {
    if let Some(document) = get(&entry.node, "document") {
        look(document, findings);
    }
}

fn guardrails(_: &Spec, SectionEntry { key, node }: &SectionEntry, findings: &mut Findings) {
    guardrail::lint(node, key.span, findings);
    for Entry { value, .. } in get(node, "region_overrides").and_then(Node::entries).unwrap_or_default() {
        guardrail::overridden(value, findings);
    }
}

fn org_policies(spec: &Spec, one: &SectionEntry, findings: &mut Findings) {
    match text(&one.node, "type").as_deref() {
        Some("SERVICE_CONTROL_POLICY") => {
            document(one, findings, |node, findings| policy::lint(node, Attached::Organization, findings));
        }
        _ => document(one, findings, bedrock_policy::lint),
    }
    required(one, true, findings);
    for principal in get(&one.node, "exempt_principals").map(words).unwrap_or_default() {
        if policy::is_user(&principal) {
            let message = format!("this exempts the IAM user `{}`, whose keys do not expire", principal.value);
            findings.find(principal.span, LONG_LIVED_USER, message, "exempt a role that people and programs assume");
        }
    }
    if let Some(Entry { value, .. }) = entry(&one.node, "enforce") {
        for enforced in items(value) {
            enforcement(spec, enforced, enforced.span.at_start(), findings);
        }
    }
}

/// A template that asks for a guardrail, of models that may be called for embeddings.
fn required(SectionEntry { node, .. }: &SectionEntry, embeds: bool, findings: &mut Findings) {
    let Some(Entry { value: template, .. }) = entry(node, "template") else { return };
    if !embeds || text(node, "template").as_deref() != Some("require_guardrail") {
        return;
    }
    let spared = get(node, "except_models").map(words).unwrap_or_default();
    // A pattern is taken for its own model: `cohere.embed-*`, or for any: `*`.
    if spared.iter().any(|id| models::is_embedding(id) || id.value.starts_with('*')) {
        return;
    }
    let message = "this asks for a guardrail on calls of embedding models, too, which take none, and so denies them";
    let help = "add `except_models` with the embedding models that are in use, such as \"amazon.titan-embed-text-v2:0\" and \
                \"cohere.embed-*\"";
    findings.find(template.span, EMBEDDINGS, message, help);
}

/// An enforcement that the spec declares. `at` is where what is absent is missed.
fn enforcement(spec: &Spec, node: &Node, at: Span, findings: &mut Findings) {
    let guardrail = entry(node, "guardrail");
    let at = guardrail.map_or(at, |guardrail| guardrail.key.span);
    // A spec fills in what AWS requires.
    models::lint(node, models::Names { both: false, ..models::SNAKE }, at, models::plain, findings);
    let system = get(node, "selective_content_guarding").and_then(|guarding| text(guarding, "system"));
    if system.is_some_and(|system| system == "SELECTIVE") {
        return;
    }
    let Some(name) = guardrail.and_then(|_| text(node, "guardrail")) else { return };
    let declared = spec.section("guardrails").iter().find(|entry| entry.key.value == name);
    if !declared.is_some_and(|declared| guardrail::looks_for_prompt_attacks(&declared.node)) {
        return;
    }
    let message = format!("`{name}` looks for prompt attacks, and all of every system prompt is examined for them");
    let help = "write `selective_content_guarding: {system: SELECTIVE}`, or leave `PROMPT_ATTACK` to guardrails that callers name";
    findings.find(at, SYSTEM_PROMPT_ATTACK, message, help);
}
