//! Rules between the policies of a spec. Policies of one type do not add up: on one node the first attached wins, and a
//! policy further down replaces what one above says, unless that one forbids it (Organizations user guide, "How policy
//! inheritance works").

use std::collections::BTreeMap;

use super::codes;
use super::document::Lock;
use crate::kinds::org_policy_type::PolicyType;
use crate::model::Region;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::spec::lower::{Lowering, Node};

/// A policy, as far as these rules look at it.
pub(super) struct Lowered {
    pub(super) key: Spanned<String>,
    pub(super) policy_type: PolicyType,
    pub(super) lock: Lock,
    pub(super) regions: BTreeMap<Region, Span>,
    pub(super) nodes: Vec<(Node, Span)>,
}

/// Reports what policies do to each other.
pub(super) fn check(all: &[Lowered], lowering: &mut Lowering<'_>) {
    for (at, later) in all.iter().enumerate() {
        for earlier in &all[..at] {
            let Some(region) = earlier.regions.keys().find(|region| later.regions.contains_key(*region)) else {
                continue;
            };
            same_node(earlier, later, region, lowering);
            locked_out(earlier, later, region, lowering);
            locked_out(later, earlier, region, lowering);
        }
    }
    too_many(all, lowering);
    second_taken(all, lowering);
}

fn second_taken(all: &[Lowered], lowering: &mut Lowering<'_>) {
    for (at, one) in all.iter().enumerate() {
        let Some(other) = all[..at].iter().find(|other| other.key.value == one.key.value) else { continue };
        let message = format!("`{}` is the key of the second policy of one with `stages`", one.key.value);
        let fault = Diagnostic::at(one.key.span, codes::NEXT_TAKEN, message).related(other.key.span, "the other one");
        lowering.diagnostics.push(fault.help("choose another key"));
    }
}

fn same_node(earlier: &Lowered, later: &Lowered, region: &Region, lowering: &mut Lowering<'_>) {
    for (node, span) in &later.nodes {
        let Some((_, other)) = earlier.nodes.iter().find(|(other, _)| other.id == node.id) else { continue };
        let (one, two) = (&earlier.key.value, &later.key.value);
        let message = format!("`{one}` and `{two}` are both on `{}` and both set {region}", node.selector);
        let fault =
            Diagnostic::at(*span, codes::SAME_NODE, message).related(*other, format!("`{one}` is attached here"));
        lowering.diagnostics.push(fault.help("the one attached first wins; give them different Regions or nodes"));
    }
}

fn locked_out(upper: &Lowered, lower: &Lowered, region: &Region, lowering: &mut Lowering<'_>) {
    if upper.lock == Lock::Open {
        return;
    }
    for (below, span) in &lower.nodes {
        let above = upper.nodes.iter().find(|(above, _)| above.id != below.id && lowering.is_above(above, below));
        let Some((above, place)) = above else { continue };
        let (one, two) = (&upper.key.value, &lower.key.value);
        let message = format!("`{two}` sets {region} on `{}`, where `{one}` has locked it", below.selector);
        let fault = Diagnostic::at(*span, codes::LOCKED_OUT, message);
        let fault = fault.related(*place, format!("`{one}` is locked and attached to `{}`", above.selector));
        lowering.diagnostics.push(fault.help(format!("take `lock` from `{one}`, or the Region from one of them")));
    }
}

fn too_many(all: &[Lowered], lowering: &mut Lowering<'_>) {
    let mut on_node: BTreeMap<(PolicyType, &str), usize> = BTreeMap::new();
    let attached = all.iter().flat_map(|policy| policy.nodes.iter().map(|node| (policy.policy_type, node)));
    for (policy_type, (node, span)) in attached {
        let most = policy_type.most_on_node();
        let count = on_node.entry((policy_type, &node.id)).or_default();
        *count += 1;
        if *count == most + 1 {
            let message = format!("this is the {}th policy on `{}`, and AWS takes {most}", *count, node.selector);
            let fault = Diagnostic::at(*span, codes::TOO_MANY, message);
            lowering.diagnostics.push(fault.help("put several Regions into one policy"));
        }
    }
}
