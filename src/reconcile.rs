//! From a checked spec to a plan: the facts are read, the spec is lowered, AWS is read, and both are compared.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::aws::{
    Clients, Declared, FactsError, Place, Roles, Survey, bedrock_regions, name_units, organization, place,
};
use crate::kinds::{Kind, Model, resource_policy};
use crate::live;
use crate::model::diagnostic::Diagnostics;
use crate::model::span::Spanned;
use crate::model::{AccountId, Desired, Digest, Facts, Live, Readings, Scope};
use crate::plan::{Options, Plan, contents_needed, plan, pointed_at, recognise, until_advanced};
use crate::spec::Spec;
use crate::spec::decode::Text;
use crate::spec::lower::{lower, selectors};
use crate::spec::template::ScopeValues;
use crate::spec::top::{ExternalId, Top};

/// Both sides of a plan.
#[derive(Clone, Debug)]
pub struct Sides {
    /// Who calls, and the organization.
    pub facts: Facts,
    /// What the spec wants.
    pub desired: Desired,
    /// What AWS has.
    pub live: Live,
    /// Accounts that the spec does not name and that were looked into all the same, for what a change takes from them.
    besides: BTreeSet<AccountId>,
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
        let mut facts = facts(spec, clients).await?;
        let mut faults = Diagnostics::default();
        let Some(desired) = lower(spec, &facts, &mut faults) else { return Err(Failure::Spec(faults)) };
        diagnostics.extend(faults);
        let survey = survey(&desired, &facts);
        let mut besides = BTreeSet::new();
        let needed = |readings: &Readings| {
            let needed = contents_needed(readings, &desired, &facts);
            besides.extend(needed.enforcements.iter().map(|place| &place.account).chain(&needed.callers).cloned());
            needed
        };
        let readings = live::read(clients, &survey, needed).await;
        let live = recognise(readings, &desired, &facts);
        if let Some(organization) = &mut facts.organization {
            // Its future is large, and mostly there is nothing to name.
            Box::pin(name_units(clients, organization, &left(&live, &desired))).await;
        }
        Ok(Self { facts, desired, live, besides })
    }

    /// What apply would do. `spec` is the digest of the spec's sources.
    ///
    /// # Errors
    /// [`Failure::Spec`] for faults that only the comparison reveals.
    pub fn plan(&self, options: &Options, spec: Digest) -> Result<Plan, Failure> {
        let mut plan = plan(&self.desired, &self.live, &self.facts, options, spec).map_err(Failure::Spec)?;
        plan.scanned.accounts = self.looked_into().len();
        Ok(plan)
    }

    /// The same with what is wanted until somebody advances, where a change goes from stage to stage.
    pub fn until_advanced(&self) -> Cow<'_, Self> {
        match until_advanced(&self.desired, &self.live) {
            Cow::Borrowed(_) => Cow::Borrowed(self),
            Cow::Owned(desired) => Cow::Owned(Self { desired, ..self.clone() }),
        }
    }

    /// The accounts that were looked into: those of the spec, those that answered the scan, and those that lose something.
    fn looked_into(&self) -> BTreeSet<&AccountId> {
        let Self { facts, desired, live, besides } = self;
        let refusals: BTreeSet<&Scope> =
            live.not_scanned.iter().chain(&live.unavailable).map(|refusal| &refusal.scope).collect();
        let searched = desired.scanned_only.iter().filter(|scope| !refusals.contains(scope));
        let found = live.found.keys().map(|address| &address.scope);
        let accounts = searched.chain(found).map(|scope| &scope.account);
        accounts.chain(&desired.accounts).chain(besides).chain([facts.home()]).collect()
    }

    /// The active accounts of the organization that were not looked into, sorted: what a spec left behind there was not seen.
    /// Those that refused the scan are told elsewhere.
    pub fn beyond(&self) -> Vec<AccountId> {
        let looked_into = self.looked_into();
        let asked = |id: &AccountId| {
            looked_into.contains(id) || self.live.not_scanned.iter().any(|refusal| refusal.scope.account == *id)
        };
        let accounts = self.facts.organization.iter().flat_map(|organization| &organization.accounts);
        let beyond = accounts.filter(|account| account.active && !asked(&account.id)).map(|account| account.id.clone());
        beyond.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The nodes from which a policy is to be detached: nothing in the spec made it necessary to read what they are called.
fn left(live: &Live, desired: &Desired) -> BTreeSet<String> {
    let gone = live.found.keys().filter(|address| !desired.resources.contains_key(*address));
    let attachments = gone.filter(|address| address.kind == Kind::OrgPolicyAttachment);
    attachments.filter_map(|address| Some(address.name.split_once(':')?.1.to_owned())).collect()
}

async fn facts(spec: &Spec, clients: &Clients) -> Result<Facts, FactsError> {
    let needs = selectors(spec);
    let declared = spec.top.as_ref().map(declared).unwrap_or_default();
    let caller = clients.caller().clone();
    let organization = organization(clients, &declared, &needs.ou_paths).await?;
    let bedrock_regions = bedrock_regions(&caller.partition);
    let roles = spec.top.as_ref().map(Top::role_names).unwrap_or_default();
    Ok(Facts { caller, organization, bedrock_regions, roles })
}

/// How the accounts of the organization that the spec declares are entered; `session` names the run.
pub fn roles(spec: &Spec, session: String) -> Option<Roles> {
    let top = spec.top.as_ref()?;
    let organization = top.organization.as_ref()?;
    // What is undefined has been reported by the check.
    let text = |id: &Spanned<Text<ExternalId>>| id.text_in(&ScopeValues::default(), &mut Diagnostics::new());
    Some(Roles {
        management_account: organization.management_account.value.clone(),
        names: top.role_names(),
        external_id: organization.external_id.as_ref().and_then(text),
        session,
    })
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
    let (mut policy_types, mut controlled) = (BTreeSet::new(), BTreeSet::new());
    let mut roles = BTreeSet::new();
    // What is global in an account is looked for there even where the spec wants nothing of it.
    let mut scanned_only = desired.scanned_only.clone();
    scanned_only.extend(desired.accounts.iter().chain([facts.home()]).cloned().map(Scope::global));
    for (address, wanted) in &desired.resources {
        if is_profile(address.kind, &address.name) {
            // A profile sends content to Regions in which the spec may want nothing else.
            profiles.insert((address.scope.clone(), address.name.clone()));
        } else if place(address.kind) != Place::Organization {
            declared.insert(address.scope.clone());
        }
        match &wanted.model {
            Model::Guardrail(model) => names.insert((address.scope.clone(), model.name.clone())),
            Model::OrgPolicy(model) => {
                policy_types.insert(model.policy_type);
                names.insert((address.scope.clone(), model.name.clone()))
            }
            Model::OrgPolicyAttachment(model) if !model.policy_type.merges() => controlled.insert(model.target.clone()),
            // IAM takes names that differ in case only for one.
            Model::IamPolicy(model) => names.insert((address.scope.clone(), model.name.to_lowercase())),
            Model::IamPolicyAttachment(model) => roles.insert((address.scope.clone(), model.role.clone())),
            _ => false,
        };
    }
    declared.extend(desired.external.keys().map(|address| address.scope.clone()));
    Survey {
        stack: desired.stack.clone(),
        scanned_only: scanned_only.difference(&declared).cloned().collect(),
        declared,
        organization: facts.organization.clone(),
        whole: false,
        names,
        roles,
        external: desired.external.values().cloned().collect(),
        wanted: desired.resources.keys().map(|address| (address.kind, address.scope.clone())).collect(),
        policy_types,
        controlled,
        profiles,
        pointed: pointed_at(desired),
    }
}
