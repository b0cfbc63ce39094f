//! The hazard `lockout`: a resource policy that is narrowed or goes, while an account that it permitted stays subject to the
//! guardrail by whatever enforces it: a policy of ours, one of others, or an enforcement of the account.

use std::collections::BTreeSet;

use crate::kinds::resource_policy::judge::{Permits, Principal, permits};
use crate::kinds::{Model, resource_policy};
use crate::model::{AccountId, Desired, Document, Facts, Live, Ref, Region, RemoteId, Scope};
use crate::plan::effect::{Effect, Moment};
use crate::plan::guardrails::guardrail_of;
use crate::plan::order::Draft;
use crate::plan::{Change, Hazard};
use crate::spec::lower::destinations;

/// Marks the changes that lock accounts out, and says which.
pub(in crate::plan) fn mark(drafts: &mut [Draft], live: &Live, desired: &Desired, facts: &Facts) {
    let subjects = subjects(drafts, live, desired, facts);
    for draft in drafts {
        let (id, have, want) = match &draft.change {
            Change::Update { id, have: Model::ResourcePolicy(have), want: Model::ResourcePolicy(want) } => {
                (id, &have.document, Some(&want.document))
            }
            Change::Delete { id, have: Model::ResourcePolicy(have) } => (id, &have.document, None),
            _ => continue,
        };
        let owner = &draft.address.scope.account;
        let concerned = |guardrail: &RemoteId| guardrail == id || uses_profile(live, draft, guardrail);
        let said = |document: Option<&Document>, account: &AccountId| verdict(document, id, account, facts);
        let locked_out = subjects.iter().filter(|(guardrail, account)| {
            account != owner && concerned(guardrail) && said(want, account) < said(Some(have), account)
        });
        let locked_out: BTreeSet<AccountId> = locked_out.map(|(_, account)| account.clone()).collect();
        if !locked_out.is_empty() {
            draft.reach = Some(locked_out.len());
            draft.locked_out = locked_out;
            draft.hazards.insert(Hazard::Lockout);
        }
    }
}

fn verdict(document: Option<&Document>, resource: &RemoteId, account: &AccountId, facts: &Facts) -> Permits {
    let (Some(document), Some(organization)) = (document, &facts.organization) else { return Permits::No };
    let place = organization.accounts.iter().find(|other| other.id == *account);
    let ancestors = place.map(|account| account.ancestors.as_slice()).unwrap_or_default();
    permits(document, Some(resource), Principal { account, organization: &organization.id, ancestors })
}

/// Which accounts are subject to which guardrails when the plan is done.
fn subjects(drafts: &[Draft], live: &Live, desired: &Desired, facts: &Facts) -> BTreeSet<(RemoteId, AccountId)> {
    let mut found = BTreeSet::new();
    let effect = Effect::at(Moment::End, drafts, live, facts);
    for chain in &effect.chains {
        for guardrail in chain.regions.values().flat_map(|effective| guardrails(&effective.version, live, desired)) {
            found.extend(chain.accounts.iter().map(|account| (guardrail.clone(), account.clone())));
        }
    }
    let changed = |scope: &Scope| {
        drafts.iter().any(|draft| {
            matches!(
                &draft.change,
                Change::Update { want: Model::AccountEnforcement(_), .. }
                    | Change::Delete { have: Model::AccountEnforcement(_), .. }
            ) && draft.address.scope == *scope
        })
    };
    let stay = live.enforcements.iter().filter(|(scope, _)| !changed(scope));
    let come = drafts.iter().filter_map(|draft| match &draft.change {
        Change::Create { want: Model::AccountEnforcement(want) }
        | Change::Update { want: Model::AccountEnforcement(want), .. } => Some((&draft.address.scope, want)),
        _ => None,
    });
    for (scope, model) in stay.chain(come) {
        found.extend(guardrails(&model.version, live, desired).into_iter().map(|arn| (arn, scope.account.clone())));
    }
    found
}

/// The guardrails of the versions that a pointer may stand for.
fn guardrails(version: &Ref, live: &Live, desired: &Desired) -> BTreeSet<RemoteId> {
    match version {
        Ref::Foreign(id) => guardrail_of(id).into_iter().collect(),
        Ref::To(address) => {
            let declared = match desired.resources.get(address).map(|wanted| &wanted.model) {
                Some(Model::GuardrailVersion(model)) => model.guardrail.address(),
                _ => None,
            };
            let declared = declared.into_iter().flat_map(|guardrail| live.names.ids(guardrail).cloned());
            live.names.ids(address).filter_map(guardrail_of).chain(declared).collect()
        }
    }
}

/// Whether the policy is that of a profile through which this guardrail, or a version of it, sends content here.
fn uses_profile(live: &Live, policy: &Draft, guardrail: &RemoteId) -> bool {
    let (profile, scope) = (&policy.address.name, &policy.address.scope);
    if !resource_policy::is_profile(profile) {
        return false;
    }
    let key = (scope.account.clone(), profile.clone());
    let now = live.profile_users.get(&key).is_some_and(|users| users.contains(guardrail));
    let before = live.versions.values().flatten().any(|version| {
        version.profile.as_ref() == Some(profile) && guardrail_of(&version.id).as_ref() == Some(guardrail)
    });
    let source = guardrail.as_str().split(':').nth(3).map(Region::new);
    (now || before)
        && source
            .is_some_and(|source| destinations(profile, &source).iter().any(|to| scope.region.as_ref() == Some(to)))
}
