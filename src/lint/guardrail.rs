//! Guardrails: what they do not look for, and filters without effect.

use super::codes::{DETECT_ONLY, INERT, NO_PII, NO_PROMPT_ATTACK};
use super::finding::Findings;
use super::said::{items, word};
use crate::kinds::guardrail::spelled::member;
use crate::model::span::Span;
use crate::spec::node::{Node, Value};

fn inside<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    member(node, name).map(|entry| &entry.value)
}

fn said(node: &Node, name: &str) -> Option<String> {
    inside(node, name).and_then(word).map(|word| word.value)
}

/// Looks at a guardrail. `at` is where what is absent is missed.
pub(super) fn lint(node: &Node, at: Span, findings: &mut Findings) {
    let detects = said(node, "mode").is_some_and(|mode| mode == "DETECT");
    if let Some(mode) = member(node, "mode").filter(|_| detects) {
        let message = "with `mode: DETECT` this guardrail reports and blocks nothing";
        findings.find(mode.value.span, DETECT_ONLY, message, "write `ENFORCE` once its reports are as expected");
    }
    let controls = controls(node);
    if !detects {
        for control in &controls {
            inert(control, findings);
        }
    }
    prompt_attack(&controls, at, findings);
    personal_data(&controls, at, findings);
}

/// Only what an override of a spec says by itself.
pub(super) fn overridden(node: &Node, findings: &mut Findings) {
    for control in controls(node).iter().filter(|control| control.complete) {
        inert(control, findings);
    }
}

/// Whether a guardrail looks for prompt attacks.
pub(super) fn looks_for_prompt_attacks(node: &Node) -> bool {
    let detects = said(node, "mode").is_some_and(|mode| mode == "DETECT");
    !detects && controls(node).iter().any(|control| control.is_prompt_attack() && control.input)
}

fn prompt_attack(controls: &[Control], at: Span, findings: &mut Findings) {
    let help = "add the content filter `PROMPT_ATTACK` with input strength `HIGH` and output strength `NONE`";
    let filters = || controls.iter().filter(|control| control.is_prompt_attack());
    if filters().any(|control| control.input) {
        return;
    }
    let (span, message) = match filters().next() {
        Some(control) => {
            (control.span, "the filter `PROMPT_ATTACK` is switched off, so prompt attacks are not looked for")
        }
        None => (at, "this guardrail does not look for prompt attacks"),
    };
    findings.find(span, NO_PROMPT_ATTACK, message, help);
}

fn personal_data(controls: &[Control], at: Span, findings: &mut Findings) {
    let protects = |control: &&Control| matches!(control.family, Family::Pii | Family::Regex);
    if controls.iter().filter(protects).any(|control| control.input || control.output) {
        return;
    }
    let help = "add a sensitive information policy: PII types such as `EMAIL` with `ANONYMIZE`, `PASSWORD` and `AWS_SECRET_KEY` with `BLOCK`";
    findings.find(at, NO_PII, "this guardrail neither blocks nor masks personal data", help);
}

fn inert(control: &Control, findings: &mut Findings) {
    if control.input || control.output {
        return;
    }
    let message = format!("{} has no effect: {}", control.name(), control.why);
    findings.find(control.span, INERT, message, "give it a strength or an action, or remove it");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Content,
    Topic,
    Word,
    List,
    Pii,
    Regex,
    Grounding,
}

/// One rule, and whether it does anything to prompts and to answers.
#[derive(Debug)]
struct Control {
    family: Family,
    /// Its type, where that is AWS's word; words, regexes and topics are not repeated.
    of: Option<String>,
    span: Span,
    input: bool,
    output: bool,
    why: &'static str,
    /// Whether it says itself what it is, rather than what of it changes.
    complete: bool,
}

impl Control {
    fn is_prompt_attack(&self) -> bool {
        self.family == Family::Content && self.of.as_deref() == Some("PROMPT_ATTACK")
    }

    fn name(&self) -> String {
        let of = self.of.as_deref().unwrap_or_default();
        match self.family {
            Family::Content => format!("the content filter `{of}`"),
            Family::Topic => "this topic".to_owned(),
            Family::Word => "this word".to_owned(),
            Family::List => format!("the word list `{of}`"),
            Family::Pii => format!("the PII type `{of}`"),
            Family::Regex => "this regular expression".to_owned(),
            Family::Grounding => format!("the check `{of}`"),
        }
    }
}

/// Where each family stands.
const FAMILIES: &[(Family, &str, &str)] = &[
    (Family::Content, "contentpolicy", "filters"),
    (Family::Topic, "topicpolicy", "topics"),
    (Family::Word, "wordpolicy", "words"),
    (Family::List, "wordpolicy", "managedwordlists"),
    (Family::Pii, "sensitiveinformationpolicy", "piientities"),
    (Family::Regex, "sensitiveinformationpolicy", "regexes"),
    (Family::Grounding, "contextualgroundingpolicy", "filters"),
];

fn controls(node: &Node) -> Vec<Control> {
    let mut controls = Vec::new();
    for (family, policy, list) in FAMILIES {
        let Some(policy) = inside(node, policy) else { continue };
        // A spec writes the checks of grounding without a list around them.
        let listed = inside(policy, list).or_else(|| (*family == Family::Grounding).then_some(policy));
        let Some(listed) = listed else { continue };
        match &listed.value {
            Value::Map(entries) => {
                let checks = entries.iter().filter(|entry| *family != Family::Grounding || is_type(&entry.key.value));
                controls
                    .extend(checks.map(|entry| control(*family, Some(&entry.key.value), entry.key.span, &entry.value)));
            }
            Value::Seq(_) => {
                let one = |item: &Node| {
                    let of = said(item, "type").or_else(|| word(item).map(|word| word.value));
                    control(*family, of.as_deref(), item.span, item)
                };
                controls.extend(items(listed).iter().map(one));
            }
            Value::Null | Value::Scalar(_) => {}
        }
    }
    controls
}

fn is_type(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn control(family: Family, of: Option<&str>, span: Span, node: &Node) -> Control {
    let short = word(node).map(|word| word.value);
    let off = |side: &str| {
        let enabled = [format!("{side}enabled"), "enabled".to_owned()];
        enabled.iter().any(|name| said(node, name).is_some_and(|text| text == "false"))
    };
    let action = |side: &str| said(node, &format!("{side}action")).or_else(|| said(node, "action"));
    let nothing = |side: &str| action(side).is_some_and(|text| text == "NONE");
    let strength = |side: &str| match family {
        Family::Content => {
            short.clone().or_else(|| said(node, &format!("{side}strength"))).or_else(|| said(node, side))
        }
        Family::Pii => short.clone(),
        _ => None,
    };
    let weak = |side: &str| strength(side).is_some_and(|text| text == "NONE");
    let threshold = short.clone().filter(|_| family == Family::Grounding).or_else(|| said(node, "threshold"));
    let zero = family == Family::Grounding
        && threshold.as_ref().and_then(|text| text.parse::<f64>().ok()).is_some_and(|number| number <= 0.0);
    let acts = |side: &str| !weak(side) && !off(side) && !nothing(side) && !zero;
    let one_sided = family == Family::Content && of == Some("PROMPT_ATTACK");
    let (input, output) = (acts("input"), acts("output") && !one_sided);
    let why = if zero {
        "no answer scores below a threshold of 0"
    } else if weak("input") && (weak("output") || one_sided) {
        if family == Family::Content { "its strength is `NONE`" } else { "its action is `NONE`" }
    } else if nothing("input") && (nothing("output") || one_sided) {
        "its action is `NONE`, so that it only reports"
    } else {
        "it is off for prompts and for answers"
    };
    let complete = short.is_some()
        || match family {
            Family::Content => strength("input").is_some() && strength("output").is_some(),
            _ => action("input").is_some() && action("output").is_some() || off("input") && off("output"),
        };
    Control { family, of: of.filter(|of| is_type(of)).map(str::to_owned), span, input, output, why, complete }
}
