//! How much of what AWS allows is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::organization::state;
use super::{Check, State, Subject};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{Kind, Model};
use crate::model::Scope;
use crate::model::diagnostic::Code;
use crate::plan::precondition_codes::{
    POLICY_SIZE, RESOURCE_POLICY_SIZE, ROOM_FOR_GUARDRAIL, ROOM_FOR_VERSION, ROOM_ON_NODE,
};
use crate::plan::{MOST_GUARDRAILS, MOST_VERSIONS, Plan};
use crate::reconcile::Sides;

/// What is taken beyond this share of what AWS allows is told one by one.
const NEAR_PERCENT: usize = 80;

/// The quotas that the spec comes near.
pub(super) fn quotas(sides: &Sides, plan: &Plan) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.extend(of(
        "guardrails",
        "in one account and Region",
        &guardrails(sides),
        MOST_GUARDRAILS,
        plan,
        ROOM_FOR_GUARDRAIL,
    ));
    checks.extend(of("versions", "of one guardrail", &versions(sides), MOST_VERSIONS, plan, ROOM_FOR_VERSION));
    for policy_type in PolicyType::ALL {
        let (what, most) = (format!("attached {policy_type}"), policy_type.most_on_node());
        checks.extend(of(&what, "on one node", &nodes(sides, *policy_type), most, plan, ROOM_ON_NODE));
    }
    checks.extend(sizes(plan, POLICY_SIZE, "org policies"));
    checks.extend(sizes(plan, RESOURCE_POLICY_SIZE, "resource policies"));
    checks
}

/// Guardrails of each account and Region in which the spec declares one.
fn guardrails(sides: &Sides) -> BTreeMap<String, usize> {
    let declared = sides.desired.resources.keys().filter(|address| address.kind == Kind::Guardrail);
    let unseen = |scope: &Scope| {
        let mut blind = sides.live.blind.iter();
        blind.any(|blind| blind.kind == Kind::Guardrail && blind.scope == *scope && blind.name.is_none())
            || sides.live.unavailable.iter().any(|one| one.scope == *scope)
    };
    let seen = declared.map(|address| &address.scope).filter(|scope| !unseen(scope));
    seen.map(|scope| (scope.to_string(), sides.live.guardrails.get(scope).copied().unwrap_or_default())).collect()
}

/// Versions of each guardrail of ours.
fn versions(sides: &Sides) -> BTreeMap<String, usize> {
    sides.live.versions.iter().map(|(guardrail, versions)| (guardrail.to_string(), versions.len())).collect()
}

/// Policies of a type on each node to which the spec attaches one.
fn nodes(sides: &Sides, policy_type: PolicyType) -> BTreeMap<String, usize> {
    let Some(organization) = &sides.facts.organization else { return BTreeMap::new() };
    let wanted = sides.desired.resources.values().filter_map(|wanted| match &wanted.model {
        Model::OrgPolicyAttachment(model) if model.policy_type == policy_type => Some(&model.target),
        _ => None,
    });
    let on = |node: &String| {
        if !policy_type.merges() {
            return sides.live.controls.get(node).map_or(0, BTreeSet::len);
        }
        let targets = sides.live.policies.values().filter_map(|policy| policy.targets.as_ref());
        targets.filter(|targets| targets.contains(node)).count()
    };
    wanted.map(|node| (organization.target(node).name, on(node))).collect()
}

fn of(
    what: &str,
    place: &str,
    counts: &BTreeMap<String, usize>,
    most: usize,
    plan: &Plan,
    code: Code,
) -> Option<Check> {
    let (at, highest) = counts.iter().max_by_key(|(_, count)| **count)?;
    let message = format!("{what}: at most {highest} of {most} {place}");
    let near: Vec<String> = counts
        .iter()
        .filter(|(_, count)| **count * 100 >= most * NEAR_PERCENT)
        .map(|(place, count)| format!("{count} in {place}"))
        .collect();
    let lacking = plan.preconditions.iter().find(|one| one.code == code && state(one) == State::Failed);
    let check = match lacking {
        Some(lacking) => {
            Check::failed(Subject::Quotas, message).detail(lacking.message.as_str()).maybe_fix(lacking.fix.clone())
        }
        None if near.is_empty() => Check::ok(Subject::Quotas, message),
        None => Check::warning(Subject::Quotas, message)
            .fix("make room before it is needed: what replaces something is made first"),
    };
    let check = near.into_iter().fold(check, Check::detail);
    let counts = counts.iter().map(|(place, count)| (place.clone(), (*count).into())).collect();
    let value = |check: Check| {
        check.value("quota", what).value("most", most).value("counts", serde_json::Value::Object(counts))
    };
    Some(value(check).value("highest_at", at.as_str()))
}

/// The longest of these documents.
fn sizes(plan: &Plan, code: Code, what: &str) -> Option<Check> {
    let mut all: Vec<_> = plan.preconditions.iter().filter(|one| one.code == code).collect();
    // The gravest come first, and of those alike the longest: the numbers stand in the same words.
    all.sort_by_key(|one| (std::cmp::Reverse(state(one)), std::cmp::Reverse(number(&one.message))));
    let worst = *all.first()?;
    let name = worst.address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default();
    let message = format!("{what}: {}{name}", worst.message);
    let check = Check::new(Subject::Quotas, state(worst), message).maybe_fix(worst.fix.clone());
    Some(check.value("quota", what).value("documents", all.len()))
}

fn number(text: &str) -> usize {
    text.split(' ').find_map(|word| word.parse().ok()).unwrap_or_default()
}
