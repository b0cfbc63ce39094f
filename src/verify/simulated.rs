//! Whether IAM denies model calls without the guardrail that a policy requires, and allows them with it.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};

use super::Examined;
use crate::aws::{ApplyError, AwsError, Identity, identities, read};
use crate::checks::{Check, Outcome, What};
use crate::kinds::Kind;
use crate::kinds::iam_policy::aws::verify;
use crate::kinds::iam_policy_attachment;
use crate::model::{AccountId, Address, Region, RemoteId, Scope};
use crate::plan::Requirement;
use crate::readiness::{AT_ONCE, Stand, models};

/// By policies of IAM, and by service control policies.
pub(super) async fn checks(examined: &Examined<'_>) -> Vec<Check> {
    let (of_roles, of_accounts): (Vec<_>, Vec<_>) = examined.required.iter().partition(|one| one.role.is_some());
    let by_role = of_roles.into_iter().filter_map(|one| Some((one, one.role.as_deref()?))).map(async |(one, role)| {
        let scope = &one.by.scope;
        let check = |outcome: Outcome| {
            vec![Check::new(What::Simulation, scope, outcome).about(format!("{role} under {}", one.by.name))]
        };
        let probe = async || check(attached(examined, scope, &one.by, role).await);
        examined.patience.look(probe).await
    });
    let mut accounts: BTreeMap<&AccountId, Vec<&Requirement>> = BTreeMap::new();
    for one in of_accounts {
        one.accounts.iter().for_each(|account| accounts.entry(account).or_default().push(one));
    }
    let by_account = accounts.iter().map(|(account, all)| below(examined, account, all));
    let (by_role, by_account) = futures::join!(join_all(by_role), join_all(by_account));
    by_role.into_iter().chain(by_account).flatten().collect()
}

/// A role to which the spec attaches a policy that requires a guardrail.
async fn attached(examined: &Examined<'_>, scope: &Scope, policy: &Address, role: &str) -> Outcome {
    let live = &examined.sides.live;
    let Some(id) = live.names.ids(policy).next() else {
        return match live.blind_at(policy) {
            Some(blind) => Outcome::unseen(format!("{policy} could not be read: {}", blind.why)),
            None => Outcome::failed(format!("{policy} does not exist")).fix("apply the spec"),
        };
    };
    let attachment = RemoteId::new(iam_policy_attachment::name(id.as_str(), role));
    match read(Kind::IamPolicyAttachment, &examined.cx, scope, &attachment).await {
        Ok(Some(_)) => {}
        Ok(None) => return Outcome::failed(format!("{policy} is not attached to it")).fix("apply the spec"),
        Err(error) => return error.unseen(),
    }
    match verify::once(&examined.cx, scope, id, role).await {
        Ok(()) => passed(),
        Err(ApplyError::Aws(error)) => error.unseen(),
        Err(error) => Outcome::failed(error.to_string()).maybe_fix(error.hint()),
    }
}

fn passed() -> Outcome {
    Outcome::passed("IAM denies its model calls without the guardrail, and allows them with it")
}

/// The roles of an account that call models under service control policies that require a guardrail.
async fn below(examined: &Examined<'_>, account: &AccountId, required: &[&Requirement]) -> Vec<Check> {
    let scope = Scope::global(account.clone());
    let check = |outcome: Outcome| Check::new(What::Simulation, &scope, outcome);
    let mut checks: Vec<Check> = required.iter().filter_map(|one| Some(check(detached(examined, one)?))).collect();
    if !checks.is_empty() {
        return checks;
    }
    let roles = match identities(&examined.cx, &scope).await {
        Ok(roles) => roles,
        Err(error) => return vec![check(error.unseen())],
    };
    let region = regions(examined, required).into_iter().next();
    let Some(place) = region.map(|region| Scope::regional(account.clone(), region)) else { return Vec::new() };
    let tried = roles.iter().map(async |identity| {
        let bound: Vec<&Requirement> =
            required.iter().copied().filter(|one| one.binds(account, &identity.arn)).collect();
        let partition = &examined.sides.facts.caller.partition;
        let mut models = models(identity, &place, partition);
        models.retain(|model| !bound.iter().any(|one| one.spares(model)));
        if bound.is_empty() || models.is_empty() {
            return Vec::new();
        }
        let probe = async || {
            let outcome =
                tried(examined, &place, identity, &bound, &models).await.unwrap_or_else(|error| Some(error.unseen()));
            outcome.map(|outcome| check(outcome).about(identity.name.as_str())).into_iter().collect()
        };
        examined.patience.look(probe).await
    });
    checks.extend(stream::iter(tried).buffered(AT_ONCE).collect::<Vec<_>>().await.into_iter().flatten());
    checks
}

/// Why a policy binds nobody yet, though the spec attaches it.
fn detached(examined: &Examined<'_>, one: &Requirement) -> Option<Outcome> {
    let sides = examined.sides;
    let attachments = sides.desired.resources.keys().filter(|address| {
        address.kind == Kind::OrgPolicyAttachment
            && address.name.split_once(':').is_some_and(|(policy, _)| policy == one.by.name)
    });
    for address in attachments.chain([&one.by]) {
        if let Some(blind) = sides.live.blind_at(address) {
            return Some(Outcome::unseen(format!("{address} could not be read: {}", blind.why)));
        }
        if !sides.live.found.contains_key(address) {
            return Some(Outcome::failed(format!("{address} does not exist")).fix("apply the spec"));
        }
    }
    None
}

/// The Regions of the guardrails that calls must name; where any will do, those of the spec.
fn regions(examined: &Examined<'_>, required: &[&Requirement]) -> BTreeSet<Region> {
    let named = required.iter().flat_map(|one| &one.named).filter_map(|pattern| pattern.split(':').nth(3));
    let named: BTreeSet<Region> = named.filter(|region| !region.contains('*')).map(Region::new).collect();
    let declared = &examined.sides.desired.declared_regions;
    let wanted = |region: &&Region| examined.options.regions.as_ref().is_none_or(|regions| regions.contains(*region));
    let all = if named.is_empty() { declared } else { &named };
    all.iter().filter(wanted).cloned().collect()
}

/// What IAM says of a role; `None` where it may call no model whatever it names. The simulation of IAM is told the statements that
/// deny as if they were the role's own: they mean the same there, and it need not know the organization.
async fn tried(
    examined: &Examined<'_>,
    place: &Scope,
    identity: &Identity,
    bound: &[&Requirement],
    models: &BTreeSet<String>,
) -> Result<Option<Outcome>, AwsError> {
    let besides: Vec<String> = bound.iter().map(|one| one.denials.to_string()).collect();
    let stand = Stand { cx: examined.cx, facts: &examined.sides.facts, scope: place, identity, besides: &besides };
    let candidates = candidates(examined, place, bound);
    let mut with = BTreeSet::new();
    for version in &candidates {
        with.extend(stand.callable(models, Some(version)).await?);
    }
    let without = stand.callable(models, None).await?;
    if let Some(model) = without.first() {
        let policies: Vec<&str> = bound.iter().map(|one| one.by.name.as_str()).collect();
        let message =
            format!("IAM would allow its call of {model} without a guardrail, in spite of {}", policies.join(" and "));
        return Ok(Some(Outcome::failed(message).fix("look at what the policy leaves out: `bedrail lint` explains")));
    }
    if !with.is_empty() {
        return Ok(Some(passed()));
    }
    // It may be that it calls no model at all: what it has alone decides that.
    let alone = Stand { besides: &[], ..stand };
    let ever = alone.callable(models, candidates.first().map(String::as_str)).await?;
    Ok(ever.first().map(|model| {
        Outcome::failed(format!(
            "IAM would deny its call of {model} with each of the guardrails that it may name: {}",
            candidates.join(", ")
        ))
        .fix("let it apply and name one that every policy takes")
    }))
}

/// Versions that every one of these policies takes.
fn candidates(examined: &Examined<'_>, place: &Scope, bound: &[&Requirement]) -> Vec<String> {
    let (partition, home) = (&examined.sides.facts.caller.partition, examined.sides.facts.home());
    // What a pattern stands for does not matter to it. A guardrail's id has letters, so the other one is nobody's.
    let named = bound.iter().flat_map(|one| &one.named).map(|pattern| pattern.replace('*', "1"));
    let region = place.region_name();
    let here = |version: &String| version.split(':').nth(3) == Some(region);
    let anybodys = format!("arn:{partition}:bedrock:{region}:{home}:guardrail/000000000000:1");
    let all: BTreeSet<String> = named.filter(here).chain([anybodys]).collect();
    all.into_iter().filter(|version| bound.iter().all(|one| one.takes(version))).collect()
}
