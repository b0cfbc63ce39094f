//! A guardrail that calls meet, and whether it lets them through at all.

use super::chain::{Chain, InForce};
use super::ground::{Cell, Enforced, Ground, Numbered, Version, numbered};
use crate::kinds::account_enforcement::{ModelEnforcement, SelectiveContentGuarding};
use crate::kinds::resource_policy::judge::{Permits, Principal, permits};
use crate::model::{AccountId, Facts, Ref, Region, RemoteId, Scope, words};
use crate::spec::lower::destinations;

words! {
    /// Why a call meets a guardrail. All levels apply together.
    Level {
        Organization = "organization",
        Account = "account",
        Request = "request",
    }
}

/// A guardrail that the calls of a cell meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard<'g> {
    /// Why.
    pub level: Level,
    /// The version.
    pub version: Ref,
    /// The policy that says so, by its id or address; `None` for an account's own configuration, and where AWS does not tell.
    pub by: Option<Ref>,
    /// What of a call is examined.
    pub guarding: SelectiveContentGuarding,
    /// Which models are held to it.
    pub models: ModelEnforcement,
    /// What it is, or why that is not known.
    pub seen: Result<&'g Version, String>,
    /// What makes calls fail that meet it.
    pub troubles: Vec<Trouble>,
}

words! {
    /// What is wrong where calls fail that meet a guardrail.
    Cause {
        NoVersion = "no-version",
        NotReady = "not-ready",
        AutomatedReasoning = "automated-reasoning",
        NotOfManagement = "not-of-management",
        NotShared = "not-shared",
        NotAllowed = "not-allowed",
        Unread = "unread",
    }
}

impl Cause {
    /// Whether callers are denied what would be sound otherwise.
    pub const fn denies(self) -> bool {
        matches!(self, Self::NotShared | Self::NotAllowed)
    }
}

/// Why calls that meet a guardrail fail, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Whether they do for sure.
    pub is_certain: bool,
    /// What is wrong.
    pub cause: Cause,
    /// Why, in words.
    pub why: String,
}

impl Trouble {
    pub(super) fn certain(cause: Cause, why: impl Into<String>) -> Self {
        Self { is_certain: true, cause, why: why.into() }
    }

    pub(super) fn possible(cause: Cause, why: impl Into<String>) -> Self {
        Self { is_certain: false, cause, why: why.into() }
    }
}

impl Guard<'_> {
    /// Whether it is for the model of this id.
    pub fn is_for(&self, model: &str) -> bool {
        let ModelEnforcement { included_models, excluded_models } = &self.models;
        (self.is_for_others() || included_models.contains(model)) && !excluded_models.contains(model)
    }

    /// The id that is excluded, and of which the model is a profile or a variant: whether that is excluded, too, AWS states nowhere
    /// (API reference, `ModelEnforcement`).
    pub fn may_spare(&self, model: &str) -> Option<&str> {
        let is_of = |id: &&String| {
            let profile = model.strip_suffix(id.as_str()).is_some_and(|before| before.ends_with('.'));
            profile || model.strip_prefix(id.as_str()).is_some_and(|after| after.starts_with(':'))
        };
        self.models.excluded_models.iter().find(is_of).map(String::as_str).filter(|_| self.is_for(model))
    }

    /// Whether it is for models that its lists do not name.
    pub fn is_for_others(&self) -> bool {
        self.models.included_models.is_empty() || self.models.included_models.contains("ALL")
    }

    /// Whether each call that meets it fails.
    pub fn fails(&self) -> bool {
        self.troubles.iter().any(|trouble| trouble.is_certain)
    }
}

/// What the organization and the account make calls meet, in this order.
pub(super) fn enforced<'g>(ground: &'g Ground, facts: &Facts, chain: &Chain<'_>, cell: &Cell<'_>) -> Vec<Guard<'g>> {
    let by_organization = chain.in_force(cell.region).into_iter().map(|InForce { version, guarding, models, by }| {
        let seen = seen(ground, &version);
        let mut troubles = troubles(ground, facts, cell, &version, &seen);
        troubles.extend(foreign(facts, &version));
        Guard { level: Level::Organization, version, by, guarding, models, seen, troubles }
    });
    let by_account = match ground.enforced.get(&cell.scope()) {
        Some(Enforced::Is(model)) => {
            let seen = seen(ground, &model.version);
            let troubles = troubles(ground, facts, cell, &model.version, &seen);
            Some(Guard {
                level: Level::Account,
                version: model.version.clone(),
                by: None,
                guarding: model.selective_content_guarding.clone(),
                models: model.model_enforcement.clone(),
                seen,
                troubles,
            })
        }
        _ => None,
    };
    by_organization.chain(by_account).collect()
}

/// What is known of a version.
pub(super) fn seen<'g>(ground: &'g Ground, version: &Ref) -> Result<&'g Version, String> {
    match ground.versions.get(version) {
        Some(Ok(Some(found))) => Ok(found),
        Some(Ok(None)) => Err("it does not exist".to_owned()),
        Some(Err(why)) => Err(why.clone()),
        None => Err("it was not read".to_owned()),
    }
}

/// The account in which a version is.
pub(super) fn owner(version: &Ref) -> Option<Scope> {
    match version {
        Ref::To(address) => Some(address.scope.clone()),
        Ref::Foreign(id) => numbered(id).map(|numbered| numbered.scope),
    }
}

/// A policy of the organization can name guardrails of the management account only (Organizations user guide, "Amazon Bedrock
/// policies"); that another one fails calls like a wrong one is inferred.
fn foreign(facts: &Facts, version: &Ref) -> Option<Trouble> {
    let management = &facts.organization.as_ref()?.management_account;
    let owner = owner(version)?.account;
    (owner != *management).then(|| {
        let why = format!("the organization enforces it, and it is of account {owner}, not of {management}");
        Trouble::certain(Cause::NotOfManagement, why)
    })
}

/// What makes calls of the cell fail that meet this version.
pub(super) fn troubles(
    ground: &Ground,
    facts: &Facts,
    cell: &Cell<'_>,
    version: &Ref,
    seen: &Result<&Version, String>,
) -> Vec<Trouble> {
    let mut found = Vec::new();
    match (ground.versions.get(version), seen) {
        // Whom it admits is no question then.
        (Some(Ok(None)), _) => return vec![Trouble::certain(Cause::NoVersion, "this version does not exist")],
        (_, Ok(Version { standing, .. })) => {
            let status = standing.status.as_deref();
            found.extend(
                status
                    .filter(|status| *status != "READY")
                    .map(|status| Trouble::certain(Cause::NotReady, format!("this version is {status}, not READY"))),
            );
            if standing.automated_reasoning == Some(true) {
                let why = "it holds automated reasoning, which cannot be enforced";
                found.push(Trouble::certain(Cause::AutomatedReasoning, why));
            }
        }
        _ => {}
    }
    found.extend(sharing(ground, facts, cell, version, seen.as_ref().ok().copied()));
    found
}

/// The objects whose resource policies decide whether an account may use a version of another one: its guardrail, and its
/// profile where that leads.
pub fn objects(ground: &Ground, facts: &Facts, account: &AccountId, version: &Ref) -> Vec<(Scope, RemoteId)> {
    let Ref::Foreign(id) = version else { return Vec::new() };
    let Some(Numbered { guardrail, scope, .. }) = numbered(id).filter(|it| it.scope.account != *account) else {
        return Vec::new();
    };
    let profile = match ground.versions.get(version) {
        Some(Ok(Some(version))) => version.content.cross_region_profile.as_deref(),
        _ => None,
    };
    let profiles = profile.into_iter().zip(&scope.region).flat_map(|(profile, source)| {
        let objects = destinations(profile, source).into_iter().map(|region| {
            let arn = profile_arn(facts, &scope.account, &region, profile);
            (Scope::regional(scope.account.clone(), region), arn)
        });
        objects.collect::<Vec<_>>()
    });
    let profiles: Vec<_> = profiles.collect();
    std::iter::once((scope, guardrail)).chain(profiles).collect()
}

/// Whether the account of the cell may use a guardrail of another one, and its profile where it leads.
fn sharing(ground: &Ground, facts: &Facts, cell: &Cell<'_>, version: &Ref, seen: Option<&Version>) -> Vec<Trouble> {
    let Some(owner) = owner(version).filter(|owner| owner.account != *cell.account) else { return Vec::new() };
    let guardrail = match (seen, version) {
        (Some(seen), _) => Some(seen.guardrail.clone()),
        (None, Ref::Foreign(id)) => numbered(id).map(|Numbered { guardrail, .. }| Ref::Foreign(guardrail)),
        (None, Ref::To(_)) => None,
    };
    let mut found: Vec<Trouble> = Vec::new();
    found.extend(guardrail.and_then(|guardrail| shared(ground, facts, cell, &guardrail, "the guardrail")));
    let profile = seen.and_then(|seen| seen.content.cross_region_profile.as_deref());
    for (profile, source) in profile.into_iter().zip(&owner.region) {
        for region in destinations(profile, source) {
            let arn = profile_arn(facts, &owner.account, &region, profile);
            let what = format!("its profile {profile} in {region}");
            found.extend(shared(ground, facts, cell, &Ref::Foreign(arn), &what));
        }
    }
    found
}

/// The object that a profile is in a Region of an account.
pub(super) fn profile_arn(facts: &Facts, account: &AccountId, region: &Region, profile: &str) -> RemoteId {
    let partition = &facts.caller.partition;
    RemoteId::new(format!("arn:{partition}:bedrock:{region}:{account}:guardrail-profile/{profile}"))
}

fn shared(ground: &Ground, facts: &Facts, cell: &Cell<'_>, resource: &Ref, what: &str) -> Option<Trouble> {
    let account = cell.account;
    let document = match ground.sharing.get(resource) {
        Some(Ok(document)) => document.as_ref(),
        Some(Err(why)) => {
            let why = format!("whether {what} is shared with {account} was not seen: {why}");
            return Some(Trouble::possible(Cause::Unread, why));
        }
        None => return None,
    };
    let organization = facts.organization.as_ref();
    let known = organization.and_then(|organization| organization.account(account));
    let principal = Principal {
        account,
        organization: organization.map(|organization| organization.id.as_str()).unwrap_or_default(),
        ancestors: known.map(|account| account.ancestors.as_slice()).unwrap_or_default(),
    };
    let id = match resource {
        Ref::Foreign(id) => Some(id),
        Ref::To(_) => None,
    };
    let (is_certain, why) = match document.map_or(Permits::No, |document| permits(document, id, principal)) {
        Permits::Yes => return None,
        Permits::No if document.is_none() => (true, format!("{what} has no resource policy that admits {account}")),
        Permits::No => (true, format!("the resource policy of {what} leaves out {account}")),
        Permits::Unclear => (false, format!("whether the resource policy of {what} admits {account} cannot be told")),
    };
    Some(Trouble { is_certain, cause: Cause::NotShared, why })
}
