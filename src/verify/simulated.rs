//! Whether IAM denies model calls without the guardrail that a policy requires, and allows them with it.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};

use super::Examined;
use super::standing::{Standing, id_of, standing, text};
use super::tried::Bound;
use crate::aws::{AwsError, Class, Identity, arn_of_role, identities, read};
use crate::checks::{Check, Outcome, State, What};
use crate::kinds::{Kind, Model, iam_policy_attachment};
use crate::model::{AccountId, Address, Region, RemoteId, Scope};
use crate::plan::{Requirement, statements};
use crate::readiness::AT_ONCE;

/// By policies of IAM, and by service control policies.
pub(super) async fn checks(examined: &Examined<'_>) -> Vec<Check> {
    let (of_roles, of_accounts): (Vec<_>, Vec<_>) = examined.required.iter().partition(|one| one.role.is_some());
    let mut by_role: BTreeMap<&AccountId, BTreeSet<(&Address, &str)>> = BTreeMap::new();
    for one in of_roles {
        let Some(role) = one.role.as_deref() else { continue };
        by_role.entry(&one.by.scope.account).or_default().insert((&one.by, role));
    }
    let by_role = by_role.into_iter().map(async |(account, attachments)| {
        let probe = async || {
            // One list tells of all roles of the account.
            let roles = identities(&examined.cx, &Scope::global(account.clone())).await;
            let tried = attachments.iter().map(|(policy, role)| {
                let roles = &roles;
                async move {
                    let outcomes = attached(examined, policy, role, roles).await.into_iter();
                    let about = format!("{role} under {}", policy.name);
                    let check = |(scope, outcome): (Scope, Outcome)| {
                        Check::new(What::Simulation, &scope, outcome).about(about.as_str())
                    };
                    outcomes.map(check).collect::<Vec<_>>()
                }
            });
            stream::iter(tried).buffered(AT_ONCE).collect::<Vec<_>>().await.into_iter().flatten().collect()
        };
        examined.patience.look(probe).await
    });
    let (by_role, by_account) = futures::join!(join_all(by_role), by_organization(examined, &of_accounts));
    by_role.into_iter().flatten().chain(by_account).collect()
}

/// A role to which the spec attaches a policy that requires a guardrail, Region by Region.
async fn attached(
    examined: &Examined<'_>,
    policy: &Address,
    role: &str,
    roles: &Result<Vec<Identity>, AwsError>,
) -> Vec<(Scope, Outcome)> {
    let scope = &policy.scope;
    let one = |outcome: Outcome| vec![(scope.clone(), outcome)];
    let id = match id_of(examined, policy) {
        Ok(id) => id,
        Err(outcome) => return one(outcome),
    };
    let live = match text(examined, Kind::IamPolicy, scope, policy, id).await {
        Ok(live) => live,
        Err(outcome) => return one(outcome),
    };
    let attachment = RemoteId::new(iam_policy_attachment::name(id.as_str(), role));
    match read(Kind::IamPolicyAttachment, &examined.cx, scope, &attachment).await {
        Ok(Some(_)) => {}
        Ok(None) => {
            let outcome = Outcome::failed(format!("{policy} is not attached to it")).fix("apply the spec");
            let name = iam_policy_attachment::name(&policy.name, role);
            let address = Address::new(Kind::IamPolicyAttachment, scope.clone(), name);
            return one(examined.settled(&address, outcome));
        }
        Err(error) => return one(error.unseen()),
    }
    let found = match &live {
        Model::IamPolicy(model) => {
            statements(policy, &model.document, &examined.sides.live.names, &examined.sides.facts)
        }
        _ => Vec::new(),
    };
    let accounts = BTreeSet::from([scope.account.clone()]);
    let found: Vec<Requirement> = found
        .into_iter()
        .map(|one| Requirement { accounts: accounts.clone(), role: Some(role.to_owned()), ..one })
        .collect();
    let identities = match roles {
        Ok(identities) => identities,
        Err(error) => return one(error.unseen()),
    };
    // The spec names it without its path, in whatever letters.
    let arn = match arn_of_role(&examined.cx, scope, role).await {
        Ok(arn) => Some(arn),
        Err(error) if error.class == Class::NotFound => None,
        Err(error) => return one(error.unseen()),
    };
    let Some(identity) = identities.iter().find(|identity| Some(&identity.arn) == arn.as_ref()) else {
        return one(Outcome::failed("there is no such role").fix("apply the spec"));
    };
    let required: Vec<&Requirement> = found.iter().filter(|one| one.binds(&scope.account, &identity.arn)).collect();
    if required.is_empty() {
        return one(Outcome::skipped("the policy lets it off"));
    }
    let mut outcomes = Vec::new();
    for region in regions(examined, &required) {
        let place = Scope::regional(scope.account.clone(), region);
        let bound = Bound { examined, place: &place, identity, required: required.clone() };
        outcomes.extend(bound.outcome().await.map(|outcome| (place.clone(), outcome)));
    }
    if outcomes.is_empty() { one(Outcome::skipped("no policy lets it call a model there")) } else { outcomes }
}

/// The roles that call models under service control policies that require a guardrail. Each policy is read once before, and once when
/// all has been tried: what was tried is what it said all the while.
async fn by_organization(examined: &Examined<'_>, required: &[&Requirement]) -> Vec<Check> {
    let mut by_policy: BTreeMap<&Address, Vec<&Requirement>> = BTreeMap::new();
    for one in required {
        by_policy.entry(&one.by).or_default().push(one);
    }
    let all = by_policy.iter().map(async |(policy, known)| {
        let mut found = None;
        let probe = async || {
            let standing = standing(examined, policy, known).await;
            let check = |outcome: &Outcome| Check::new(What::Simulation, &policy.scope, outcome.clone());
            let checks = standing.failures().map(check).collect();
            found = Some(standing);
            checks
        };
        examined.patience.look(probe).await;
        found.map(|found| (*policy, found))
    });
    let stood: BTreeMap<&Address, Standing> = join_all(all).await.into_iter().flatten().collect();
    let accounts: BTreeSet<&AccountId> = required.iter().flat_map(|one| &one.accounts).collect();
    let reaching = |account: &AccountId| {
        by_policy
            .iter()
            .filter(|(_, known)| known.iter().any(|one| one.accounts.contains(account)))
            .map(|(policy, _)| *policy)
            .collect::<Vec<_>>()
    };
    let tried = accounts.iter().map(async |account| below(examined, account, &reaching(account), &stood).await);
    let mut checks: Vec<Check> = join_all(tried).await.into_iter().flatten().collect();
    for (policy, known) in &by_policy {
        let proven = |check: &Check| check.outcome.state == State::Passed;
        if !checks.iter().any(proven) {
            break;
        }
        let after = standing(examined, policy, known).await;
        for account in accounts.iter().filter(|account| reaching(account).contains(policy)) {
            let Some(outcome) = after.amiss(examined, account) else { continue };
            let of_account =
                |check: &&mut Check| check.scope.account == **account && check.outcome.state == State::Passed;
            for check in checks.iter_mut().filter(of_account) {
                check.outcome = outcome.clone();
            }
        }
    }
    checks
}

/// The roles of an account below these policies.
async fn below(
    examined: &Examined<'_>,
    account: &AccountId,
    policies: &[&Address],
    stood: &BTreeMap<&Address, Standing>,
) -> Vec<Check> {
    let scope = Scope::global(account.clone());
    let check = |outcome: Outcome| Check::new(What::Simulation, &scope, outcome);
    let standing: Vec<(&Address, &Standing)> =
        policies.iter().filter_map(|policy| Some((*policy, stood.get(policy)?))).collect();
    let amiss = standing.iter().filter_map(|(policy, one)| Some((policy.name.as_str(), one.amiss(examined, account)?)));
    let amiss: BTreeMap<&str, Outcome> = amiss.collect();
    if !amiss.is_empty() {
        return amiss.into_iter().map(|(policy, outcome)| check(outcome).about(policy)).collect();
    }
    let required: Vec<&Requirement> = standing.iter().flat_map(|(_, one)| one.required.iter().flatten()).collect();
    let roles = match identities(&examined.cx, &scope).await {
        Ok(roles) => roles,
        Err(error) => return vec![check(error.unseen())],
    };
    let places = regions(examined, &required).into_iter().map(|region| Scope::regional(account.clone(), region));
    let places: Vec<Scope> = places.collect();
    let pairs = places.iter().flat_map(|place| roles.iter().map(move |identity| (place, identity)));
    let required = &required;
    let tried = pairs.map(async |(place, identity)| {
        let binding = required.iter().copied().filter(|one| one.binds(account, &identity.arn)).collect();
        let bound = Bound { examined, place, identity, required: binding };
        let probe = async || {
            let outcome = bound.outcome().await;
            outcome
                .map(|outcome| Check::new(What::Simulation, place, outcome).about(identity.name.as_str()))
                .into_iter()
                .collect()
        };
        examined.patience.look(probe).await
    });
    stream::iter(tried).buffered(AT_ONCE).collect::<Vec<_>>().await.into_iter().flatten().collect()
}

/// The Regions that the spec speaks of, and those of the guardrails that calls must name.
fn regions(examined: &Examined<'_>, required: &[&Requirement]) -> BTreeSet<Region> {
    let named = required.iter().flat_map(|one| &one.named).filter_map(|pattern| pattern.split(':').nth(3));
    let named = named.filter(|region| !region.is_empty() && !region.contains(['*', '?'])).map(Region::new);
    let wanted = |region: &Region| examined.options.regions.as_ref().is_none_or(|regions| regions.contains(region));
    named.chain(examined.sides.desired.declared_regions.iter().cloned()).filter(wanted).collect()
}
