//! What bears on the model calls of some accounts: the policies of the organization, what AWS says that they come to, what the
//! accounts enforce on themselves, and the guardrails at which all of that points.
//!
//! The organization takes the pages of its policies and two calls for each of them, and one for each distinct way from the
//! root to an account; each account and Region one; each version that something points at one, and each guardrail that an
//! account borrows one, with one more for each Region of its profile. A role takes three and those of its policies.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join, join_all};
use serde_json::{Map, Value};

use super::in_force::tells_nobody_but_home;
use crate::aws::{AwsError, CallLog, Class, Clients, ReadCx, effective_policy, invalid_accounts, read};
use crate::explain::{Cell, Enforced, Ground, Numbered, Policy, Version, chains, numbered, objects, pointed};
use crate::kinds::guardrail_version::aws::in_full;
use crate::kinds::iam_policy::aws::identity::identity;
use crate::kinds::org_policy::aws::written;
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{Kind, Model, account_enforcement};
use crate::model::{AccountId, Document, Evidence, Facts, Raw, Ref, RemoteId, Scope};

/// Reads what decides which guardrails the calls of these cells meet. Nothing fails as a whole: what could not be read says why.
pub async fn bearing(clients: &Clients, facts: &Facts, cells: &[Cell<'_>]) -> Ground {
    let log = CallLog::default();
    let cx = clients.reading(&log);
    let mut ground = Ground::default();
    let scopes: BTreeSet<Scope> = cells.iter().map(Cell::scope).collect();
    let roles: BTreeSet<(AccountId, String)> =
        cells.iter().filter_map(|cell| Some((cell.account.clone(), cell.role?.to_owned()))).collect();
    let of_roles = roles.into_iter().map(async |(account, role)| {
        let found = identity(&cx, &Scope::global(account.clone()), &role).await;
        ((account, role), found.map_err(|error| error.cause()))
    });
    let enforced = enforced_in(&cx, scopes);
    let (policies, (enforced, roles)) =
        join(policies(&cx, facts, PolicyType::ALL), join(enforced, join_all(of_roles))).await;
    (ground.policies, ground.unlisted) = policies;
    (ground.enforced, ground.roles) = (enforced, roles.into_iter().collect());
    let asked = representatives(&ground, facts, cells);
    let (told, invalid) = join(
        join_all(asked.iter().map(async |account| (account.clone(), told(&cx, account).await))),
        invalid(&cx, facts),
    )
    .await;
    // Of its own account AWS tells everybody whether it belongs to an organization.
    let belongs_to_none = |account: &AccountId| told.iter().any(|(of, told)| of == account && matches!(told, Ok(None)));
    if facts.organization.is_none() && !cells.iter().all(|cell| belongs_to_none(cell.account)) {
        let why = "the caller may not list the organization";
        ground.unlisted = PolicyType::ALL.iter().map(|of| (*of, why.to_owned())).collect();
    }
    let document = |told: Result<Option<Value>, String>| told.map(|told| told.unwrap_or_else(nothing));
    ground.told = told.into_iter().map(|(account, told)| (account, document(told))).collect();
    (ground.invalid, ground.unjudged) = invalid;
    versions(&cx, facts, cells, &mut ground).await;
    ground
}

/// Reads the versions, and whom they admit, at which something of these cells points that was not read yet: what a plan will
/// point them at, and that is there already.
pub async fn pointed_besides(clients: &Clients, facts: &Facts, cells: &[Cell<'_>], ground: &mut Ground) {
    let log = CallLog::default();
    versions(&clients.reading(&log), facts, cells, ground).await;
}

/// What service control policies say, and where they are attached; nothing else.
pub(crate) async fn controls(cx: &ReadCx<'_>, facts: &Facts) -> Ground {
    let (policies, mut unlisted) = policies(cx, facts, &[PolicyType::ServiceControl]).await;
    if facts.organization.is_none() {
        unlisted.insert(PolicyType::ServiceControl, "the spec names no organization".to_owned());
    }
    Ground { policies, unlisted, ..Ground::default() }
}

fn nothing() -> Value {
    Value::Object(Map::new())
}

type Listed = (BTreeMap<Ref, Policy>, BTreeMap<PolicyType, String>);

/// The policies of those of these types that are enabled, and why those of a type could not be listed; none where the organization cannot be
/// read, which its caller says.
async fn policies(cx: &ReadCx<'_>, facts: &Facts, types: &[PolicyType]) -> Listed {
    let Some(organization) = &facts.organization else { return Listed::default() };
    let enabled = |of: PolicyType| organization.policy_types.iter().any(|(name, _)| name == of.word());
    let types = types.iter().copied().filter(|of| enabled(*of));
    let all = join_all(types.map(async |of| (of, written(cx, of).await))).await;
    let (mut policies, mut unlisted) = Listed::default();
    for (of, found) in all {
        match found {
            Ok(found) => policies.extend(found.into_iter().map(|(id, policy)| (Ref::Foreign(id), policy))),
            Err(error) => drop(unlisted.insert(of, error.cause())),
        }
    }
    (policies, unlisted)
}

/// How many places are asked at once: a future for each of a large organization's would take more memory than all answers.
const AT_ONCE: usize = 2048;

async fn enforced_in(cx: &ReadCx<'_>, scopes: BTreeSet<Scope>) -> BTreeMap<Scope, Enforced> {
    let scopes: Vec<Scope> = scopes.into_iter().collect();
    let mut found = BTreeMap::new();
    for some in scopes.chunks(AT_ONCE) {
        let answers = join_all(some.iter().map(|scope| enforced(cx, scope))).await;
        found.extend(some.iter().cloned().zip(answers));
    }
    found
}

async fn enforced(cx: &ReadCx<'_>, scope: &Scope) -> Enforced {
    // AWS reads it whatever its id: there is one.
    let id = RemoteId::new(account_enforcement::NAME);
    match read(Kind::AccountEnforcement, cx, scope, &id).await {
        Ok(Some(Raw { model: Some(Model::AccountEnforcement(model)), .. })) => Enforced::Is(model),
        Ok(Some(_)) => Enforced::Unseen("the answer could not be read".to_owned()),
        Ok(None) => Enforced::Nothing,
        Err(error) if cx.clients.is_unavailable(scope.region.as_ref(), &error) => {
            Enforced::Unavailable(silence(&error))
        }
        Err(error) => Enforced::Unseen(error.cause()),
    }
}

/// Why there is nothing to call. A Region that is not enabled answers as if the credentials were no good.
fn silence(error: &AwsError) -> String {
    match error.class {
        Class::NotEnabled => "the Region is not enabled for this account".to_owned(),
        _ => error.cause(),
    }
}

/// Of the accounts of the cells one for each chain: for the others of it AWS says the same.
fn representatives(ground: &Ground, facts: &Facts, cells: &[Cell<'_>]) -> BTreeSet<AccountId> {
    let accounts: BTreeSet<&AccountId> = cells.iter().map(|cell| cell.account).collect();
    let Some(organization) = &facts.organization else {
        // Whoever calls may ask for its own.
        return accounts.into_iter().filter(|account| **account == facts.caller.account).cloned().collect();
    };
    let chains = chains(ground, organization);
    let first = |chain: &crate::explain::Chain<'_>| {
        accounts.iter().find(|account| chain.accounts.contains(**account)).map(|account| (*account).clone())
    };
    chains.iter().filter_map(first).collect()
}

/// What AWS says is in effect for an account; `None` where that belongs to no organization.
async fn told(cx: &ReadCx<'_>, account: &AccountId) -> Result<Option<Value>, String> {
    match effective_policy(cx, account).await {
        Ok(document) => Ok(Some(document)),
        Err(error) if error.is("AWSOrganizationsNotInUseException") => Ok(None),
        Err(error) => Err(error.cause()),
    }
}

/// The accounts whose effective policy AWS calls invalid, or why it did not tell. A delegate it need not tell: where something
/// else is in effect for one than the policies come to, that is seen in what it says is in effect.
async fn invalid(cx: &ReadCx<'_>, facts: &Facts) -> (Option<BTreeSet<AccountId>>, Option<String>) {
    if facts.organization.is_none() {
        return (None, None);
    }
    match invalid_accounts(cx).await {
        Ok(invalid) => (Some(invalid), None),
        Err(error) if tells_nobody_but_home(facts, &error) => (None, None),
        Err(error) => (None, Some(error.cause())),
    }
}

/// What is pointed at, and whom it admits, as far as that was not read before.
async fn versions(cx: &ReadCx<'_>, facts: &Facts, cells: &[Cell<'_>], ground: &mut Ground) {
    let needed = pointed(ground, facts, cells);
    let ids = needed.keys().filter_map(|version| match version {
        Ref::Foreign(id) => Some(id.clone()).filter(|_| !ground.versions.contains_key(version)),
        Ref::To(_) => None,
    });
    let found = join_all(ids.map(async |id| {
        let found = version(cx, &id).await;
        (Ref::Foreign(id), found.map_err(|error| error.cause()))
    }));
    let found = found.await;
    ground.versions.extend(found);
    let borrowed = needed.iter().filter_map(|(version, borrower)| Some((version, borrower.as_ref()?)));
    let objects: BTreeSet<(Scope, RemoteId)> =
        borrowed.flat_map(|(version, account)| objects(ground, facts, account, version)).collect();
    let unread = objects.into_iter().filter(|(_, id)| !ground.sharing.contains_key(&Ref::Foreign(id.clone())));
    let found = join_all(unread.map(async |(scope, id)| {
        let found = policy_of(cx, &scope, &id).await;
        (Ref::Foreign(id), found.map_err(|error| error.cause()))
    }));
    let found = found.await;
    ground.sharing.extend(found);
}

async fn version(cx: &ReadCx<'_>, id: &RemoteId) -> Result<Option<Version>, AwsError> {
    let Some(Numbered { guardrail, scope, .. }) = numbered(id) else { return Ok(None) };
    let Some((raw, content)) = in_full(cx, &scope, id).await? else { return Ok(None) };
    let marker = match raw.evidence {
        Evidence::Version { marker, .. } => marker,
        _ => None,
    };
    Ok(Some(Version { guardrail: Ref::Foreign(guardrail), content, standing: raw.standing, marker }))
}

async fn policy_of(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Document>, AwsError> {
    let raw = read(Kind::ResourcePolicy, cx, scope, id).await?;
    Ok(raw.and_then(|raw| match raw.model {
        Some(Model::ResourcePolicy(model)) => Some(model.document),
        _ => None,
    }))
}
