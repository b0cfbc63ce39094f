//! What IAM demands of a call: that it names a guardrail, or one of certain guardrails.
//!
//! Whoever calls chooses among several, so nothing can be counted on but what they all do, and that is not worked out. Where
//! a single version is left to name, calls meet it like one that is enforced.

use super::chain::Chain;
use super::ground::{Cell, Ground, Role, numbered};
use super::guard::{Cause, Guard, Level, Trouble, seen, troubles};
use crate::kinds::account_enforcement::{Guarding, ModelEnforcement, SelectiveContentGuarding};
use crate::kinds::iam_policy::meaning::{lets_apply, lets_apply_some};
use crate::model::{
    Demand, Document, Facts, Form, Ref, Region, RemoteId, Segment, Template, demands, demands_any, wildcard,
};

/// A demand, and who makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demanded<'g> {
    /// The policy, by its name.
    pub policy: &'g str,
    /// The node that bears it; `None` for a policy of the role.
    pub node: Option<&'g str>,
    /// The guardrails or versions of which a call must name one, as far as they are of this Region; none where any will do.
    pub named: Vec<Template>,
    /// Patterns of the principals that are let off.
    pub exempt: Vec<String>,
    /// Patterns of the models that are left out.
    pub spared: Vec<String>,
}

/// What IAM demands of the calls of a cell.
pub(super) fn demanded<'g>(ground: &'g Ground, facts: &Facts, chain: &Chain<'g>, cell: &Cell<'_>) -> Vec<Demanded<'g>> {
    let management = facts.organization.as_ref().map(|organization| &organization.management_account);
    let affected = |types: crate::kinds::org_policy_type::PolicyType| {
        types.affects_management() || management != Some(cell.account)
    };
    let by_organization = chain.controls.iter().filter(|placed| affected(placed.policy.policy_type));
    let by_organization = by_organization.filter_map(|placed| {
        Some((placed.policy.name.as_str(), Some(placed.node), placed.policy.document.as_ref().ok()?))
    });
    let by_role = role(ground, cell).into_iter().flat_map(|role| &role.policies);
    let by_role = by_role.filter_map(|(name, document)| Some((name.as_str(), None, document.as_ref().ok()?)));
    let mut found: Vec<Demanded<'g>> = Vec::new();
    for (policy, node, document) in by_organization.chain(by_role) {
        let all = demands_any(document).into_iter().chain(demands(document));
        for Demand { named, exempt, spared } in all.filter(|demand| binds(demand, cell)) {
            let asks = named.is_empty();
            let here: Vec<Template> = named.into_iter().filter(|named| is_of(named, cell.region)).collect();
            found.push(Demanded { policy, node, named: if asks { Vec::new() } else { here }, exempt, spared });
        }
    }
    // Whoever must name one of some must name one.
    let narrower = |one: &Demanded<'_>| {
        found.iter().any(|other| {
            one.named.is_empty() && !other.named.is_empty() && (one.policy, one.node) == (other.policy, other.node)
        })
    };
    let idle: Vec<bool> = found.iter().map(narrower).collect();
    found.into_iter().zip(idle).filter(|(_, idle)| !idle).map(|(one, _)| one).collect()
}

/// The role that calls, where it was read.
pub(super) fn role<'g>(ground: &'g Ground, cell: &Cell<'_>) -> Option<&'g Role> {
    ground.roles.get(&(cell.account.clone(), cell.role?.to_owned()))?.as_ref().ok()
}

/// Whether it is about the calls of the cell.
fn binds(demand: &Demand, cell: &Cell<'_>) -> bool {
    let off = cell.role.is_some_and(|role| demand.spares(cell.account.as_str(), role));
    let out = cell.model.is_some_and(|model| demand.spared.iter().any(|pattern| leaves_out(pattern, model)));
    !off && !out
}

/// Whether a pattern of ARNs is for the model of this id, called by itself or through a profile.
fn leaves_out(pattern: &str, model: &str) -> bool {
    ["foundation-model/", "inference-profile/"].iter().any(|kind| {
        let id = pattern.split_once(kind).map(|(_, id)| id);
        id.is_some_and(|id| wildcard(id.as_bytes(), model.as_bytes()))
    })
}

/// Whether what a statement names may be of this Region.
fn is_of(named: &Template, region: &Region) -> bool {
    match named.0.as_slice() {
        [Segment::Text(arn), ..] => {
            let place = arn.split(':').nth(3);
            place.is_none_or(|place| wildcard(place.as_bytes(), region.as_str().as_bytes()))
        }
        [Segment::Id(Ref::To(address), _), ..] => address.scope.region.as_ref().is_none_or(|at| at == region),
        [Segment::Id(Ref::Foreign(id), _), ..] => id.as_str().split(':').nth(3).is_none_or(|at| at == region.as_str()),
        [] => true,
    }
}

/// The version that a template names, if it is just one.
fn version(named: &Template) -> Option<Ref> {
    match named.0.as_slice() {
        [Segment::Id(version, Form::Whole)] => Some(version.clone()),
        [Segment::Text(id)] => {
            let id = RemoteId::new(id.as_str());
            numbered(&id).map(|_| Ref::Foreign(id))
        }
        _ => None,
    }
}

/// Every version that some demand leaves as the only one.
pub(super) fn only(demanded: &[Demanded<'_>]) -> Vec<Ref> {
    let one = |demanded: &Demanded<'_>| match demanded.named.as_slice() {
        [named] => version(named),
        _ => None,
    };
    demanded.iter().filter_map(one).collect()
}

/// The guardrails that calls must name, where nobody that calls and no model that is called is let off.
pub(super) fn required<'g>(
    ground: &'g Ground,
    facts: &Facts,
    demanded: &[Demanded<'_>],
    cell: &Cell<'_>,
) -> Vec<Guard<'g>> {
    let binding = demanded.iter().filter(|demanded| {
        (cell.role.is_some() || demanded.exempt.is_empty()) && (cell.model.is_some() || demanded.spared.is_empty())
    });
    let mut found: Vec<Guard<'g>> = Vec::new();
    for version in only(&binding.cloned().collect::<Vec<_>>()) {
        if found.iter().any(|guard| guard.version == version) {
            continue;
        }
        let seen = seen(ground, &version);
        let mut troubles = troubles(ground, facts, cell, &version, &seen);
        // It reports where a request names it, and keeps only enforced guardrails from working.
        troubles.retain(|trouble| trouble.cause != Cause::AutomatedReasoning);
        found.push(Guard {
            level: Level::Request,
            version,
            by: None,
            // What a request names examines what is tagged, if something is (Bedrock user guide, "guardrails-use-converse-api").
            guarding: SelectiveContentGuarding { system: Guarding::Selective, messages: Guarding::Selective },
            models: ModelEnforcement::default(),
            seen,
            troubles,
        });
    }
    found
}

/// Whether the role of the cell may apply a guardrail: who may not is denied every call that meets it.
pub(super) fn may_apply(ground: &Ground, cell: &Cell<'_>, version: &Ref) -> Option<Trouble> {
    let Role { policies, of_aws } = role(ground, cell)?;
    let name = cell.role?;
    let seen: Vec<&Document> = policies.values().filter_map(|document| document.as_ref().ok()).collect();
    let is_it = |template: &Template| match (template.0.as_slice(), version) {
        ([Segment::Text(pattern)], Ref::Foreign(id)) => {
            numbered(id).is_some_and(|it| wildcard(pattern.as_bytes(), it.guardrail.as_str().as_bytes()))
        }
        ([Segment::Text(pattern)], Ref::To(_)) => pattern == "*",
        ([Segment::Id(..)], _) => true,
        _ => false,
    };
    let may = seen.iter().any(|document| lets_apply(document, is_it));
    let open =
        seen.len() < policies.len() || seen.iter().any(|document| lets_apply_some(document)) || !of_aws.is_empty();
    match () {
        () if may => None,
        () if open => Some(Trouble::possible(
            Cause::NotAllowed,
            format!(
                "whether the role {name} may apply it cannot be told from its policies, and who may not is denied the call"
            ),
        )),
        () => Some(Trouble::certain(
            Cause::NotAllowed,
            format!("no policy of the role {name} allows `bedrock:ApplyGuardrail` on it, so its calls are denied"),
        )),
    }
}
