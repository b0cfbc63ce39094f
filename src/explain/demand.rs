//! What IAM demands of a call: that it names a guardrail, or one of certain guardrails.
//!
//! Whoever calls chooses among several, so nothing can be counted on but what they all do, and that is not worked out. Where
//! a single version is left to name, calls meet it like one that is enforced.

use super::chain::{Chain, Placed};
use super::ground::{Cell, Ground, Role, numbered};
use super::guard::{Cause, Guard, Level, seen, troubles};
use crate::kinds::account_enforcement::{Guarding, ModelEnforcement, SelectiveContentGuarding};
use crate::model::{
    Demand, Facts, Form, Kinds, Ref, Region, RemoteId, Segment, Template, demands, demands_any, like, wildcard,
};

/// A demand, and who makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demanded<'g> {
    /// The policy, by its name.
    pub policy: &'g str,
    /// The node that bears it; `None` for a policy of the role.
    pub node: Option<&'g str>,
    /// What a call must name.
    pub asks: Asks,
    /// Patterns of the principals that are let off.
    pub exempt: Vec<String>,
    /// Patterns of the models that are left out.
    pub spared: Vec<String>,
    /// Of which models it is.
    pub models: Kinds,
    /// Whether it is about each call that is asked about.
    pub reach: Reach,
}

/// What a call must name, as a demand has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Some guardrail, whichever.
    Any,
    /// One of these guardrails or versions, which are of this Region.
    OneOf(Vec<Template>),
    /// One of these, none of which is of this Region: no call can name one.
    NoneHere(Vec<Template>),
}

impl Asks {
    /// What is named.
    pub fn named(&self) -> &[Template] {
        match self {
            Self::Any => &[],
            Self::OneOf(named) | Self::NoneHere(named) => named,
        }
    }

    fn of(named: Vec<Template>, region: &Region) -> Self {
        let here: Vec<Template> = named.iter().filter(|named| is_of(named, region)).cloned().collect();
        match (named.is_empty(), here.is_empty()) {
            (true, _) => Self::Any,
            (false, true) => Self::NoneHere(named),
            (false, false) => Self::OneOf(here),
        }
    }
}

/// Which of the calls that are asked about a demand is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Each of them.
    Every,
    /// Those of some callers, or of some models.
    Some,
}

/// The policies of the organization that can deny calls of the cell.
pub(super) fn controls<'c, 'g>(
    facts: &Facts,
    chain: &'c Chain<'g>,
    cell: &Cell<'_>,
) -> impl Iterator<Item = &'c Placed<'g>> {
    let management = facts.organization.as_ref().map(|organization| &organization.management_account);
    let is_management = management == Some(cell.account);
    chain.controls.iter().filter(move |placed| placed.policy.policy_type.affects_management() || !is_management)
}

/// What IAM demands of the calls of a cell.
pub(super) fn demanded<'g>(ground: &'g Ground, facts: &Facts, chain: &Chain<'g>, cell: &Cell<'_>) -> Vec<Demanded<'g>> {
    let by_organization = controls(facts, chain, cell).filter_map(|placed| {
        Some((placed.policy.name.as_str(), Some(placed.node), placed.policy.document.as_ref().ok()?))
    });
    let by_role = role(ground, cell).into_iter().flat_map(|role| &role.policies);
    let by_role = by_role.filter_map(|(name, document)| Some((name.as_str(), None, document.as_ref().ok()?)));
    let mut found: Vec<Demanded<'g>> = Vec::new();
    for (policy, node, document) in by_organization.chain(by_role) {
        let all = demands_any(document).into_iter().chain(demands(document));
        for demand in all.filter(|demand| binds(demand, facts, cell)) {
            let reach = reach(&demand, cell);
            let Demand { named, exempt, spared, bearing } = demand;
            let asks = Asks::of(named, cell.region);
            found.push(Demanded { policy, node, asks, exempt, spared, models: bearing.models, reach });
        }
    }
    let idle: Vec<bool> = found.iter().map(|one| found.iter().any(|other| is_idle_beside(one, other))).collect();
    found.into_iter().zip(idle).filter(|(_, idle)| !idle).map(|(one, _)| one).collect()
}

/// Whether `one` asks nothing that `other` does not: whoever must name one of some must name one, as long as `other` lets off
/// nobody, and leaves out no model, that `one` is about.
fn is_idle_beside(one: &Demanded<'_>, other: &Demanded<'_>) -> bool {
    let within = |few: &[String], many: &[String]| {
        few.iter().all(|pattern| many.iter().any(|wide| wildcard(wide.as_bytes(), pattern.as_bytes())))
    };
    one.asks == Asks::Any
        && other.asks != Asks::Any
        && (one.policy, one.node) == (other.policy, other.node)
        && one.models <= other.models
        && within(&other.exempt, &one.exempt)
        && within(&other.spared, &one.spared)
}

/// The role that calls, where it was read.
pub(super) fn role<'g>(ground: &'g Ground, cell: &Cell<'_>) -> Option<&'g Role> {
    ground.roles.get(&(cell.account.clone(), cell.role?.to_owned()))?.as_ref().ok()
}

/// Whether it is about the calls of the cell: every one of them, but for callers and models that it names. A denial of one way
/// to call a model leaves the other.
fn binds(demand: &Demand, facts: &Facts, cell: &Cell<'_>) -> bool {
    let off = cell.role.is_some_and(|role| demand.spares(cell.account.as_str(), role));
    let out = cell.model.is_some_and(|model| {
        let arns = arns(model, facts, cell);
        // What has another ARN is no model of the catalogue.
        demand.bearing.models == Kinds::Foundation && model.starts_with("arn:")
            || demand.spared.iter().any(|pattern| arns.iter().any(|arn| like(pattern, arn)))
    });
    demand.bearing.is_whole_in(cell.region) && !off && !out
}

/// The ARNs of what may be called by this name: a model, or a profile.
fn arns(model: &str, facts: &Facts, cell: &Cell<'_>) -> Vec<String> {
    if model.starts_with("arn:") {
        return vec![model.to_owned()];
    }
    let (partition, region, account) = (&facts.caller.partition, cell.region, cell.account);
    vec![
        format!("arn:{partition}:bedrock:{region}::foundation-model/{model}"),
        format!("arn:{partition}:bedrock:{region}:{account}:inference-profile/{model}"),
    ]
}

/// Which of the calls of the cell it is about.
fn reach(demand: &Demand, cell: &Cell<'_>) -> Reach {
    let callers = cell.role.is_some() || demand.exempt.is_empty();
    let models = cell.model.is_some() || demand.spared.is_empty() && demand.bearing.models == Kinds::Every;
    if callers && models { Reach::Every } else { Reach::Some }
}

/// Whether what a statement names may be of this Region.
fn is_of(named: &Template, region: &Region) -> bool {
    match named.0.as_slice() {
        [Segment::Text(arn), ..] => match arn.split(':').collect::<Vec<_>>()[..] {
            // Only of an ARN that is written out it is certain which part is the Region.
            [_, _, "bedrock", place, _, _, ..] => like(place, region.as_str()),
            _ => true,
        },
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
    let one = |demanded: &Demanded<'_>| match &demanded.asks {
        Asks::OneOf(named) => match named.as_slice() {
            [named] => version(named),
            _ => None,
        },
        Asks::Any | Asks::NoneHere(_) => None,
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
    let binding = demanded.iter().filter(|demanded| demanded.reach == Reach::Every);
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
