//! Room within what AWS allows. What replaces something comes before that goes, so what is to go counts as being there.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{ROOM_FOR_GUARDRAIL, ROOM_FOR_VERSION, ROOM_ON_NODE};
use super::finding::Finding;
use super::pointer::View;
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{Kind, Model, Verb};
use crate::model::{Address, RemoteId, Scope};
use crate::plan::versions::MOST_VERSIONS;
use crate::plan::{Change, Why};

/// AWS takes at most this many guardrails in an account and Region (Bedrock quotas: fixed).
pub const MOST_GUARDRAILS: usize = 100;

/// The room that what is created needs.
pub(super) fn examine(view: &View<'_>) -> Vec<Finding> {
    let mut found = on_nodes(view);
    found.extend(for_guardrails(view));
    found.extend(for_versions(view));
    found
}

/// What is planned or was held for want of room, so that a finding does not vanish with what it holds.
fn created<'d>(view: &View<'d>, kind: Kind) -> BTreeSet<&'d Address> {
    let absent = |address: &&Address| {
        address.kind == kind
            && !view.0.live.found.contains_key(*address)
            && view.0.live.names.ids(address).next().is_none()
    };
    view.wanted().map(|(address, _)| address).filter(absent).collect()
}

fn on_nodes(view: &View<'_>) -> Vec<Finding> {
    let mut by_node: BTreeMap<(PolicyType, &str), Vec<&Address>> = BTreeMap::new();
    for address in created(view, Kind::OrgPolicyAttachment) {
        if let Some(Model::OrgPolicyAttachment(model)) =
            view.0.desired.resources.get(address).map(|wanted| &wanted.model)
        {
            by_node.entry((model.policy_type, &model.target)).or_default().push(address);
        }
    }
    by_node.into_iter().map(|((policy_type, node), coming)| on_node(view, policy_type, node, &coming)).collect()
}

fn on_node(view: &View<'_>, policy_type: PolicyType, node: &str, coming: &[&Address]) -> Finding {
    let most = policy_type.most_on_node();
    let (there, unseen) = attached(view, policy_type, node);
    let room = most.saturating_sub(there.len());
    let name = view.organization().map_or_else(|| node.to_owned(), |it| it.target(node).name);
    let message = format!("{name} has {} of {most} policies, and {} to come", there.len(), coming.len());
    if coming.len() > room {
        let may_go = |id: &&&RemoteId| policy_type.attached_by_aws() != Some(id.as_str());
        let first = there.iter().find(may_go).map(|id| id.as_str()).unwrap_or_default();
        let fix = format!(
            "detach one first, for instance `aws organizations detach-policy --policy-id {first} --target-id {node}`"
        );
        let finding = Finding::failed(ROOM_ON_NODE, coming[room], message).fix(fix);
        let reached: Vec<_> =
            view.organization().into_iter().flat_map(|it| it.reach(node)).map(|account| &account.id).collect();
        finding.about(reached).holds(coming[room..].iter().map(|address| (*address).clone()))
    } else if unseen {
        Finding::unknown(ROOM_ON_NODE, coming[0], format!("{message}, as far as could be seen"))
            .fix("allow `organizations:ListTargetsForPolicy` and `organizations:ListPoliciesForTarget`")
    } else {
        Finding::ok(ROOM_ON_NODE, coming[0], message)
    }
}

/// The policies of a type on a node, and whether some may not have been seen.
fn attached<'d>(view: &View<'d>, policy_type: PolicyType, node: &str) -> (Vec<&'d RemoteId>, bool) {
    let live = view.0.live;
    if !policy_type.merges() {
        let seen = live.controls.get(node);
        return (seen.into_iter().flatten().collect(), seen.is_none());
    }
    let on_node = |targets: &BTreeSet<String>| targets.contains(node);
    let there = live.policies.iter().filter(|(_, policy)| policy.targets.as_ref().is_some_and(on_node));
    (there.map(|(id, _)| id).collect(), live.policies.values().any(|policy| policy.targets.is_none()))
}

fn for_guardrails(view: &View<'_>) -> Vec<Finding> {
    let mut by_scope: BTreeMap<&Scope, Vec<&Address>> = BTreeMap::new();
    for address in created(view, Kind::Guardrail) {
        by_scope.entry(&address.scope).or_default().push(address);
    }
    let mut found = Vec::new();
    for (scope, coming) in by_scope {
        let blind = view
            .0
            .live
            .blind
            .iter()
            .any(|blind| blind.kind == Kind::Guardrail && blind.scope == *scope && blind.name.is_none());
        if blind || view.0.live.unavailable_at(coming[0]).is_some() {
            continue;
        }
        let there = view.0.live.guardrails.get(scope).copied().unwrap_or_default();
        let room = MOST_GUARDRAILS.saturating_sub(there);
        let message = format!(
            "{} has {there} of {MOST_GUARDRAILS} guardrails, and {} to come",
            scope.region_name(),
            coming.len()
        );
        found.push(if coming.len() > room {
            Finding::failed(ROOM_FOR_GUARDRAIL, coming[room], message)
                .fix("delete some first: what replaces a guardrail is made before that goes")
                .holds(coming[room..].iter().map(|address| (*address).clone()))
        } else {
            Finding::ok(ROOM_FOR_GUARDRAIL, coming[0], message)
        });
    }
    found
}

/// Pruning has held what has no room; here it is told with the rest.
fn for_versions(view: &View<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (guardrail, seen) in &view.0.live.versions {
        let of_guardrail = |model: &Model| matches!(model, Model::GuardrailVersion(model) if model.guardrail.address() == Some(guardrail));
        let coming = view.0.drafts.iter().filter(|draft| draft.verb == Verb::Create);
        let coming: Vec<_> =
            coming.filter(|draft| matches!(&draft.change, Change::Create { want } if of_guardrail(want))).collect();
        let held = view
            .wanted()
            .filter(|(_, model)| of_guardrail(model))
            .find(|(address, _)| view.0.held.get(*address).is_some_and(|held| held.why == Why::Quota));
        let message = format!("it has {} of {MOST_VERSIONS} versions", seen.len());
        if held.is_some() {
            let fix = "delete a version that nothing points at, lower `keep_versions`, or take keys out of `versions`";
            found.push(
                Finding::failed(ROOM_FOR_VERSION, guardrail, format!("{message}, and none can be pruned")).fix(fix),
            );
        } else if !coming.is_empty() {
            found.push(Finding::ok(ROOM_FOR_VERSION, guardrail, format!("{message}, and {} to come", coming.len())));
        }
    }
    found
}
