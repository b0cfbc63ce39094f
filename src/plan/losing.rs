//! Accounts that lose the permission to apply a guardrail of ours and that the spec does not look into: each may enforce it on
//! itself, and then none of its model calls would succeed any more.

use std::collections::BTreeSet;

use super::order::Draft;
use super::preconditions::lockout::verdict;
use super::{Change, contents};
use crate::kinds::{Kind, Model};
use crate::model::{AccountId, Address, Desired, Document, Evidence, Facts, Live, Readings, RemoteId, Scope};

/// The places whose enforced configuration must be read besides: a resource policy of ours admits the account and is wanted
/// not to.
pub(super) fn places(readings: &Readings, desired: &Desired, facts: &Facts) -> BTreeSet<Scope> {
    let ours = contents::addresses(readings, desired);
    let mut places = BTreeSet::new();
    for raw in &readings.items {
        let (Some(Model::ResourcePolicy(have)), Evidence::Of(guardrail)) = (&raw.model, &raw.evidence) else {
            continue;
        };
        let Some(owner) = ours.get(guardrail) else { continue };
        let address = Address::new(Kind::ResourcePolicy, raw.scope.clone(), owner.name.clone());
        let want = match desired.resources.get(&address).map(|wanted| &wanted.model) {
            Some(Model::ResourcePolicy(want)) => Some(&want.document),
            _ => None,
        };
        places.extend(losing(guardrail, &have.document, want, &raw.scope, facts));
    }
    places.retain(|place| !desired.accounts.contains(&place.account) && !desired.scanned_only.contains(place));
    places
}

/// Why a resource policy cannot be narrowed: an account that would lose by it could not be looked into.
pub(super) fn unseen(draft: &Draft, live: &Live, facts: &Facts) -> Option<String> {
    let (id, have, want) = match &draft.change {
        Change::Update { id, have: Model::ResourcePolicy(have), want: Model::ResourcePolicy(want) } => {
            (id, &have.document, Some(&want.document))
        }
        Change::Delete { id, have: Model::ResourcePolicy(have) } => (id, &have.document, None),
        _ => return None,
    };
    let lose = losing(id, have, want, &draft.address.scope, facts);
    let hides =
        |place: &Scope| live.blind.iter().find(|blind| blind.kind == Kind::AccountEnforcement && blind.scope == *place);
    let blind = lose.iter().find_map(hides)?;
    let account = &blind.scope.account;
    Some(format!("{account} would lose it, and whether it enforces the guardrail could not be read: {}", blind.why))
}

/// The accounts that lose by `draft` and whose IAM policies were not looked at: one of ours may still bind callers there to
/// the guardrail.
pub(super) fn unbound(draft: &Draft, desired: &Desired, facts: &Facts) -> BTreeSet<AccountId> {
    let lose = match &draft.change {
        Change::Update { id, have: Model::ResourcePolicy(have), want: Model::ResourcePolicy(want) } => {
            losing(id, &have.document, Some(&want.document), &draft.address.scope, facts)
        }
        Change::Delete { id, have: Model::ResourcePolicy(have) } => {
            losing(id, &have.document, None, &draft.address.scope, facts)
        }
        _ => BTreeSet::new(),
    };
    let policies = desired.resources.keys().filter(|address| address.kind == Kind::IamPolicy);
    let declared: BTreeSet<&Scope> = policies.map(|address| &address.scope).collect();
    let looked_at = |scope: &Scope| declared.contains(scope) || desired.scanned_only.contains(scope);
    let accounts = lose.into_iter().map(|place| place.account);
    accounts.filter(|account| !looked_at(&Scope::global(account.clone()))).collect()
}

fn losing(
    guardrail: &RemoteId,
    have: &Document,
    want: Option<&Document>,
    owner: &Scope,
    facts: &Facts,
) -> BTreeSet<Scope> {
    let accounts = facts.organization.iter().flat_map(|organization| &organization.accounts);
    let others = accounts.filter(|account| account.active && account.id != owner.account);
    let loses = others.filter(|account| {
        verdict(want, guardrail, &account.id, facts) < verdict(Some(have), guardrail, &account.id, facts)
    });
    loses.map(|account| Scope { account: account.id.clone(), region: owner.region.clone() }).collect()
}
