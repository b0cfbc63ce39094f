//! Whether what service control policies ask of model calls can be met by one guardrail, together with what other such
//! policies and IAM policies ask: where each denies every guardrail that the other names, nobody can call a model any more.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::AGREEMENT;
use super::finding::Finding;
use super::permission::accounts;
use super::pointer::View;
use crate::kinds::Model;
use crate::model::{AccountId, Address, Bearing, Demand, Document, Template, demands};
use crate::plan::agreeing::{self, Named};

/// A policy that asks for guardrails.
struct Asking<'d> {
    policy: &'d Address,
    document: &'d Document,
    demands: Vec<Demand>,
}

/// One fact for each service control policy that asks for guardrails: those with which it leaves no call.
pub(super) fn examine(view: &View<'_>) -> Vec<Finding> {
    let controls: Vec<(Asking<'_>, BTreeSet<&AccountId>)> = view
        .wanted()
        .filter_map(|(policy, model)| match model {
            Model::OrgPolicy(model) if !model.policy_type.merges() => {
                let demands = demands(&model.document);
                let document = &model.document;
                (!demands.is_empty()).then(|| (Asking { policy, document, demands }, bound(view, policy)))
            }
            _ => None,
        })
        .collect();
    if controls.is_empty() {
        return Vec::new();
    }
    let roles = roles(view);
    let mut found = Vec::new();
    for (at, (asking, bound)) in controls.iter().enumerate() {
        let before = found.len();
        for (other, others) in &controls[..at] {
            let both: BTreeSet<&AccountId> = bound.intersection(others).copied().collect();
            if let Some(calls) = exclude_each_other(view, asking, other).filter(|_| !both.is_empty()) {
                let (count, limits) = (both.len(), calls.limits());
                let who = format!("no role in {count} {} can call a model{limits}", accounts(count));
                found.push(disagreement(asking, other, &who, both, [asking.policy, other.policy]));
            }
        }
        found.extend(with_identities(view, asking, bound, &roles));
        if found.len() == before {
            let message = "calls can meet what it asks for together with all else that the spec asks of them";
            found.push(Finding::ok(AGREEMENT, asking.policy, message));
        }
    }
    found
}

/// IAM policies by the entry that they are of, each with the roles that have one and are not let off.
fn with_identities(
    view: &View<'_>,
    asking: &Asking<'_>,
    bound: &BTreeSet<&AccountId>,
    roles: &[(Asking<'_>, Vec<(&Address, &str)>)],
) -> Vec<Finding> {
    let spared = |account: &str, role: &str| asking.demands.iter().any(|demand| demand.spares(account, role));
    // One entry has a policy in each of its accounts.
    let mut alike: BTreeMap<&str, Vec<(&Asking<'_>, &Address, &str, String)>> = BTreeMap::new();
    for (identity, attached) in roles {
        let account = &identity.policy.scope.account;
        let here = bound.contains(account);
        let here = attached.iter().filter(|(_, role)| here && !spared(account.as_str(), role)).collect::<Vec<_>>();
        let left_out = asking.demands.iter().any(|demand| demand.leaves_out_all_of(identity.document));
        if let Some(calls) = exclude_each_other(view, asking, identity).filter(|_| !here.is_empty() && !left_out) {
            let all = alike.entry(identity.policy.name.as_str()).or_default();
            all.extend(here.into_iter().map(|(attachment, role)| (identity, *attachment, *role, calls.limits())));
        }
    }
    let told = alike.into_values().filter_map(|all| {
        let (identity, _, _, limits) = all.first()?;
        let names: BTreeSet<&str> = all.iter().map(|(_, _, role, _)| *role).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let hurt = all.iter().map(|(identity, ..)| &identity.policy.scope.account).collect();
        let held = all.iter().map(|(_, attachment, ..)| *attachment);
        let policies = all.iter().map(|(identity, ..)| identity.policy);
        let held: Vec<&Address> = held.chain(policies).chain([asking.policy]).collect();
        Some(disagreement(asking, identity, &format!("{names} can call no model{limits}"), hurt, held))
    });
    told.collect()
}

fn disagreement<'d>(
    one: &Asking<'_>,
    other: &Asking<'_>,
    who: &str,
    hurt: BTreeSet<&AccountId>,
    held: impl IntoIterator<Item = &'d Address>,
) -> Finding {
    let message = format!("together with {}, {who}: each denies every guardrail that the other asks for", other.policy);
    let fix = "let both name the guardrails of both, or attach them to different accounts";
    Finding::failed(AGREEMENT, one.policy, message).about(hurt).fix(fix).holds(held.into_iter().cloned())
}

/// The accounts whose roles a service control policy binds: those below its nodes, the management account never among them
/// (Organizations user guide, "Service control policies").
fn bound<'d>(view: &View<'d>, policy: &'d Address) -> BTreeSet<&'d AccountId> {
    let management = view.organization().map(|organization| &organization.management_account);
    // Where it is to be: what is attached elsewhere goes, and is looked at by the order of what comes and goes.
    let targets = view.wanted().filter_map(|(_, model)| match model {
        Model::OrgPolicyAttachment(model) if model.policy.address() == Some(policy) => Some(model.target.as_str()),
        _ => None,
    });
    let below = targets.flat_map(|target| view.reach(target));
    below.filter(|account| Some(*account) != management).collect()
}

/// The IAM policies of the spec that ask for guardrails, with the attachments to roles.
fn roles<'d>(view: &View<'d>) -> Vec<(Asking<'d>, Vec<(&'d Address, &'d str)>)> {
    let mut attached: BTreeMap<&Address, Vec<(&Address, &str)>> = BTreeMap::new();
    for (address, model) in view.wanted() {
        if let Model::IamPolicyAttachment(model) = model
            && let Some(policy) = model.policy.address()
        {
            attached.entry(policy).or_default().push((address, &model.role));
        }
    }
    let asking = view.wanted().filter_map(|(policy, model)| {
        let Model::IamPolicy(model) = model else { return None };
        let attached = attached.get(policy)?.clone();
        let demands = demands(&model.document);
        (!demands.is_empty()).then_some((Asking { policy, document: &model.document, demands }, attached))
    });
    asking.collect()
}

/// The calls that cannot meet both: some demand of the one names guardrails of which none is named by some demand of the other.
fn exclude_each_other(view: &View<'_>, one: &Asking<'_>, other: &Asking<'_>) -> Option<Bearing> {
    agreeing::exclude_each_other(&one.demands, &other.demands, &|named| of(view, named))
}

/// The guardrail that is named, whatever its version.
fn of(view: &View<'_>, named: &Template) -> Option<Named> {
    agreeing::named(named, &view.0.live.names, &|version| view.guardrail(version).address)
}
