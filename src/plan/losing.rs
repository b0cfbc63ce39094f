//! Accounts that lose the permission to apply a guardrail of ours and that the spec does not look into: each may enforce it on
//! itself, or an IAM policy of ours there may still ask for it, and then its model calls would succeed no more.

use std::collections::BTreeSet;

use super::order::Draft;
use super::preconditions::lockout::verdict;
use super::{Change, contents};
use crate::kinds::{Kind, Model};
use crate::model::{AccountId, Address, Desired, Document, Evidence, Facts, Live, Readings, RemoteId, Scope};

/// What must be looked at besides, since accounts are to lose a permission that a resource policy of ours gives them: the
/// enforced configurations of places, and the accounts whose IAM policies are not read anyway.
pub(super) fn besides(readings: &Readings, desired: &Desired, facts: &Facts) -> (BTreeSet<Scope>, BTreeSet<AccountId>) {
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
    places.retain(|place| !desired.accounts.contains(&place.account));
    let accounts = places.iter().map(|place| place.account.clone());
    let accounts = accounts.filter(|account| !desired.scanned_only.contains(&Scope::global(account.clone()))).collect();
    places.retain(|place| !desired.scanned_only.contains(place));
    (places, accounts)
}

/// Why a resource policy cannot be narrowed: an account that would lose by it could not be looked into.
pub(super) fn unseen(draft: &Draft, live: &Live, facts: &Facts) -> Option<String> {
    let lose = losing_by(draft, facts);
    let hides = |place: &Scope| {
        let global = Scope::global(place.account.clone());
        live.blind.iter().find(|blind| match blind.kind {
            Kind::AccountEnforcement => blind.scope == *place,
            Kind::IamPolicy | Kind::IamPolicyAttachment => blind.scope == global,
            _ => false,
        })
    };
    let blind = lose.iter().find_map(hides)?;
    let account = &blind.scope.account;
    let unknown = match blind.kind {
        Kind::AccountEnforcement => "whether it enforces the guardrail",
        _ => "whether IAM policies of this stack there still ask for the guardrail",
    };
    Some(format!("{account} would lose it, and {unknown} could not be read: {}", blind.why))
}

/// Where `draft` takes the permission to apply a guardrail from an account.
fn losing_by(draft: &Draft, facts: &Facts) -> BTreeSet<Scope> {
    match &draft.change {
        Change::Update { id, have: Model::ResourcePolicy(have), want: Model::ResourcePolicy(want) } => {
            losing(id, &have.document, Some(&want.document), &draft.address.scope, facts)
        }
        Change::Delete { id, have: Model::ResourcePolicy(have) } => {
            losing(id, &have.document, None, &draft.address.scope, facts)
        }
        _ => BTreeSet::new(),
    }
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
