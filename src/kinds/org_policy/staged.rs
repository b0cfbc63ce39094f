//! A change of text that goes from stage to stage.
//!
//! AWS switches every target of a policy at once when its text changes. So a policy with `stages` gets a second one beside it,
//! which bears the new text on the nodes of the stages reached so far, further down than the policy itself, where it has the last
//! word. At the last stage the policy itself changes and the second one goes.

use std::collections::BTreeMap;

use super::document::Lock;
use super::rules::Lowered;
use super::section::{Entry, SECTION};
use super::{Model, codes};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{Kind, org_policy_attachment};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::model::{Address, NAME_TAG, Ref, Region, Stage, Staged, Wanted};
use crate::spec::lower::{Lowering, Node};
use crate::spec::selector::Selector;

/// The key of the second policy of `key`.
fn second(key: &str) -> String {
    format!("{key}-next")
}

/// The nodes of the stages of an entry, each with the place that names it; none for an entry without stages, or with faulty ones.
pub(super) fn stages(
    entry: &Entry,
    lock: Lock,
    targets: &[(Node, Span)],
    lowering: &mut Lowering<'_>,
) -> Vec<Vec<(Node, Span)>> {
    let Some(written) = &entry.stages else { return Vec::new() };
    if entry.enforce.is_none() {
        let fault = Diagnostic::at(written.span, codes::OTHER_TYPE, "`stages` belongs to `enforce`");
        lowering.diagnostics.push(fault.help("only what enforces guardrails changes stage by stage"));
        return Vec::new();
    }
    if lock == Lock::Locked {
        let message =
            "`stages` and `lock` exclude each other: the new text begins further down, where the lock forbids it";
        let fault = Diagnostic::at(written.span, codes::STAGES, message);
        lowering.diagnostics.push(fault.help("take `lock` away until the change has come to its end"));
        return Vec::new();
    }
    let mut stages: Vec<Vec<(Node, Span)>> = Vec::new();
    for stage in written.iter() {
        let mut nodes = Vec::new();
        for selector in stage.value.iter() {
            let named = selector.as_ref().map(|selector| Selector::clone(selector));
            let Some(node) = lowering.node(&named) else { continue };
            let earlier = stages.iter().flatten().chain(&nodes).find(|(other, _)| other.id == node.id);
            if let Some((_, place)) = earlier {
                let message = format!("`{}` is in a stage already", node.selector);
                let fault = Diagnostic::at(selector.span, codes::TARGET_TWICE, message).related(*place, "named here");
                lowering.diagnostics.push(fault);
                continue;
            }
            nodes.push((node, selector.span));
        }
        stages.push(nodes);
    }
    let faults = faults(&stages, targets, written.span, lowering);
    let sound = faults.is_empty();
    lowering.diagnostics.extend(faults);
    if sound { stages } else { Vec::new() }
}

/// What keeps the stages from leading to the targets of the policy.
fn faults(
    stages: &[Vec<(Node, Span)>],
    targets: &[(Node, Span)],
    span: Span,
    lowering: &Lowering<'_>,
) -> Vec<Diagnostic> {
    let is_target = |node: &Node| targets.iter().any(|(target, _)| target.id == node.id);
    let mut faults = Vec::new();
    let Some((last, before)) = stages.split_last() else { return faults };
    for (node, span) in last.iter().filter(|(node, _)| !is_target(node)) {
        let message = format!(
            "the last stage is where the policy itself changes, and `{}` is none of its targets",
            node.selector
        );
        let fault = Diagnostic::at(*span, codes::STAGES, message);
        faults.push(fault.help("let the last stage name what is in `attach`"));
    }
    for (node, span) in before.iter().flatten() {
        if is_target(node) {
            let message = format!(
                "the policy itself is attached to `{}`, which therefore changes at the last stage",
                node.selector
            );
            let fault = Diagnostic::at(*span, codes::STAGES, message);
            faults.push(fault.help("let the stages before the last name OUs and accounts further down"));
        } else if targets.iter().all(|(target, _)| lowering.is_below(node, target) == Some(false)) {
            let message = format!("`{}` is not below anything that the policy is attached to", node.selector);
            faults.push(
                Diagnostic::at(*span, codes::STAGES, message).help("attach the policy above it, or leave it out"),
            );
        }
    }
    if before.is_empty() {
        let fault = Diagnostic::at(span, codes::STAGES, "with one stage everything changes at once");
        faults.push(fault.help("put at least one stage before it, or leave `stages` out"));
    }
    faults
}

/// Notes the second policy of `policy` and where it goes stage by stage.
pub(super) fn lower(
    key: &Spanned<String>,
    entry: &Entry,
    policy: &Model,
    regions: BTreeMap<Region, Span>,
    mut stages: Vec<Vec<(Node, Span)>>,
    lowering: &mut Lowering<'_>,
) -> Option<Lowered> {
    stages.pop()?;
    let scope = crate::model::Scope::global(lowering.facts.home().clone());
    let at = |key: &str| Address::new(Kind::OrgPolicy, scope.clone(), key);
    let attached = |key: &str, node: &str| {
        Address::new(Kind::OrgPolicyAttachment, scope.clone(), org_policy_attachment::name(key, node))
    };
    let next = second(&key.value);
    let earlier: Vec<String> =
        entry.previously.iter().flat_map(|keys| keys.iter()).map(|key| second(key.as_str())).collect();
    let enabled = Address::new(Kind::OrgPolicyType, scope.clone(), policy.policy_type.word());
    let wanted = |model: crate::kinds::Model, previously: Vec<Address>| Wanted {
        model,
        entry: format!("{SECTION}.{}", key.value),
        span: Some(key.span),
        previously,
    };
    let mut model = Model { name: second(&policy.name), ..policy.clone() };
    model.tags.insert(NAME_TAG.to_owned(), next.clone());
    let stage = |nodes: &Vec<(Node, Span)>| Stage {
        name: nodes.iter().map(|(node, _)| node.selector.to_string()).collect::<Vec<_>>().join(" and "),
        attachments: nodes
            .iter()
            .map(|(node, _)| {
                let model = org_policy_attachment::Model {
                    policy: Ref::To(at(&next)),
                    target: node.id.clone(),
                    policy_type: PolicyType::Bedrock,
                    enabled: Some(enabled.clone()),
                };
                let previously = earlier.iter().map(|key| attached(key, &node.id)).collect();
                (attached(&next, &node.id), wanted(model.into(), previously))
            })
            .collect(),
    };
    let change = Staged {
        next: at(&next),
        wanted: wanted(model.into(), earlier.iter().map(|key| at(key)).collect()),
        stages: stages.iter().map(stage).collect(),
    };
    lowering.desired.staged.insert(at(&key.value), change);
    let nodes = stages.into_iter().flatten().collect();
    Some(Lowered {
        key: Spanned::new(next, key.span),
        policy_type: PolicyType::Bedrock,
        lock: Lock::Open,
        regions,
        nodes,
    })
}
