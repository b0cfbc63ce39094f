//! From a checked spec to a plan: the facts are read, the spec is lowered, AWS is read, and both are compared.

use std::collections::BTreeSet;

use crate::aws::{Clients, Declared, FactsError, Survey, bedrock_regions, organization};
use crate::kinds::{Kind, Model, resource_policy};
use crate::live;
use crate::model::diagnostic::Diagnostics;
use crate::model::{Desired, Digest, Facts, Live, Scope};
use crate::plan::{Options, Plan, contents_needed, plan, pointed_at, recognise};
use crate::spec::lower::{lower, selectors};
use crate::spec::{Spec, top::Top};

/// Both sides of a plan.
#[derive(Clone, Debug)]
pub struct Sides {
    /// Who calls, and the organization.
    pub facts: Facts,
    /// What the spec wants.
    pub desired: Desired,
    /// What AWS has.
    pub live: Live,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Whose account this is could not be established, or it is the wrong one.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// The spec has faults that only AWS reveals.
    #[error("the spec has faults")]
    Spec(Diagnostics),
}

impl Sides {
    /// Reads what the spec makes necessary. `spec` has passed the check.
    ///
    /// # Errors
    /// See [`Failure`]; a read that fails later is a blind spot of [`Sides::live`], and no failure.
    pub async fn read(spec: &Spec, clients: &Clients, diagnostics: &mut Diagnostics) -> Result<Self, Failure> {
        let facts = facts(spec, clients).await?;
        let mut faults = Diagnostics::default();
        let Some(desired) = lower(spec, &facts, &mut faults) else { return Err(Failure::Spec(faults)) };
        diagnostics.extend(faults);
        let survey = survey(&desired, &facts);
        let readings = live::read(clients, &survey, |readings| contents_needed(readings, &desired)).await;
        let live = recognise(readings, &desired, &facts);
        Ok(Self { facts, desired, live })
    }

    /// What apply would do. `spec` is the digest of the spec's sources.
    ///
    /// # Errors
    /// [`Failure::Spec`] for faults that only the comparison reveals.
    pub fn plan(&self, options: &Options, spec: Digest) -> Result<Plan, Failure> {
        plan(&self.desired, &self.live, &self.facts, options, spec).map_err(Failure::Spec)
    }
}

async fn facts(spec: &Spec, clients: &Clients) -> Result<Facts, FactsError> {
    let needs = selectors(spec);
    let declared = spec.top.as_ref().map(declared).unwrap_or_default();
    let caller = clients.caller().clone();
    let organization = organization(clients, &declared, &needs.ou_paths).await?;
    let bedrock_regions = bedrock_regions(&caller.partition);
    Ok(Facts { caller, organization, bedrock_regions })
}

fn declared(top: &Top) -> Declared {
    let organization = top.organization.as_ref();
    Declared {
        account: top.account_id.as_ref().map(|account| account.value.clone()),
        organization: organization.and_then(|it| Some(it.id.as_ref()?.as_str().to_owned())),
        management_account: organization.map(|it| it.management_account.value.clone()),
    }
}

/// Where to look, and for what.
fn survey(desired: &Desired, facts: &Facts) -> Survey {
    let is_profile = |kind: Kind, name: &str| kind == Kind::ResourcePolicy && resource_policy::is_profile(name);
    let mut declared: BTreeSet<Scope> =
        desired.declared_regions.iter().map(|region| facts.home_scope(region)).collect();
    let mut profiles = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (address, wanted) in &desired.resources {
        if is_profile(address.kind, &address.name) {
            // A profile sends content to Regions in which the spec may want nothing else.
            profiles.insert((address.scope.clone(), address.name.clone()));
        } else if address.scope.region.is_some() {
            declared.insert(address.scope.clone());
        }
        match &wanted.model {
            Model::Guardrail(model) => names.insert((address.scope.clone(), model.name.clone())),
            Model::OrgPolicy(model) => names.insert((address.scope.clone(), model.name.clone())),
            _ => false,
        };
    }
    declared.extend(desired.external.keys().map(|address| address.scope.clone()));
    Survey {
        stack: desired.stack.clone(),
        scanned_only: desired.scanned_only.difference(&declared).cloned().collect(),
        declared,
        organization: facts.organization.clone(),
        names,
        external: desired.external.values().cloned().collect(),
        profiles,
        pointed: pointed_at(desired),
    }
}
