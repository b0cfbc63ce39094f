//! The hazard `lockout`: a resource policy that is narrowed or goes, while an account that it permitted stays subject to the
//! guardrail by whatever enforces it: a policy of ours, one of others, or an enforcement of the account. And an IAM policy or
//! attachment of ours that lets a role there apply it, and does so no longer, or that comes to deny it.

use std::collections::BTreeSet;

use crate::kinds::resource_policy::judge::{Permits, Principal, permits};
use crate::kinds::{Model, Verb, resource_policy};
use crate::model::{AccountId, Address, Desired, Document, Facts, Live, Ref, Region, RemoteId, Scope};
use crate::plan::effect::{Effect, Moment};
use crate::plan::granted::{Said, said};
use crate::plan::guardrails::guardrail_of;
use crate::plan::order::Draft;
use crate::plan::{Change, Hazard};
use crate::spec::lower::destinations;

/// Marks the changes that lock accounts out, and says which.
pub(in crate::plan) fn mark(drafts: &mut [Draft], live: &Live, desired: &Desired, facts: &Facts) {
    let subjects = subjects(drafts, live, desired, facts);
    let left = left_without(drafts, live, &subjects);
    for draft in drafts {
        if left.contains(&draft.address) {
            draft.locked_out.insert(draft.address.scope.account.clone());
            draft.hazards.insert(Hazard::Lockout);
        }
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

/// The changes of IAM policies and attachments that leave a role without a grant it had, on a guardrail that its account stays
/// subject to: where no other policy of ours gives it, or one denies it.
fn left_without(drafts: &[Draft], live: &Live, subjects: &BTreeSet<(RemoteId, AccountId)>) -> BTreeSet<Address> {
    let before: Vec<(&Address, &Model)> = live.found.iter().map(|(at, found)| (at, &found.model)).collect();
    let ends = |at: &Address| drafts.iter().rev().find(|draft| draft.address == *at);
    let stay = before.iter().copied().filter_map(|(at, model)| match ends(at).map(|draft| &draft.change) {
        None => Some((at, model)),
        Some(Change::Create { want } | Change::Update { want, .. }) => Some((at, want)),
        Some(Change::Delete { .. }) => None,
    });
    let come = drafts.iter().filter_map(|draft| match &draft.change {
        Change::Create { want } => Some((&draft.address, want)),
        _ => None,
    });
    let after: Vec<(&Address, &Model)> = stay.chain(come).collect();
    let mut left = BTreeSet::new();
    for (guardrail, account) in subjects {
        let it = (live.names.address(guardrail), Some(guardrail));
        let [had, has] = [&before, &after].map(|all| said(all, account, it, &live.names));
        for (role, had) in had.iter().filter(|(_, had)| had.is_allowed()) {
            let has = has.get(role);
            if has.is_some_and(Said::is_allowed) {
                continue;
            }
            // The half of a change that only adds a grant locks nobody out, and one that adds a denial does.
            let ceases = had.allow.iter().flat_map(|(policy, attachment)| [*policy, *attachment]).filter(|at| {
                ends(at)
                    .is_some_and(|draft| draft.verb == Verb::Delete || matches!(draft.change, Change::Update { .. }))
            });
            let against = has.iter().flat_map(|has| &has.deny);
            let denies =
                against.map(|(policy, attachment)| if ends(attachment).is_some() { *attachment } else { *policy });
            left.extend(ceases.chain(denies.filter(|at| ends(at).is_some())).cloned());
        }
    }
    left
}

/// What a policy says to an account of the organization; none lets nobody in.
pub(in crate::plan) fn verdict(
    document: Option<&Document>,
    resource: &RemoteId,
    account: &AccountId,
    facts: &Facts,
) -> Permits {
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
