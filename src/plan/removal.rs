//! What goes: everything that is ours and no longer wanted, unless somebody still needs it.

use std::collections::BTreeSet;

use super::decide::{Decisions, Purpose};
use super::guardrails::guardrail_of;
use super::{Change, Why};
use crate::kinds::guardrail_version::Release;
use crate::kinds::{Kind, Model, Verb, resource_policy};
use crate::model::{Address, Found, Owner, PROTECTED_TAG, RemoteId};

/// Drafts the removals.
pub(super) fn remove(decisions: &mut Decisions<'_>) {
    let live = decisions.live;
    for (address, found) in &live.found {
        let wanted =
            decisions.options.purpose == Purpose::Reconcile && decisions.desired.resources.contains_key(address);
        if wanted || found.owner != Owner::Ours {
            continue;
        }
        match (&found.model, address.kind) {
            // Enabled, never disabled; and implicit versions are pruned.
            (Model::OrgPolicyType(_), _) => {}
            (Model::GuardrailVersion(model), _) => match &model.release {
                Release::Named(_) if !goes_with_guardrail(decisions, model.guardrail.address()) => {
                    delete(decisions, address, found);
                }
                Release::Named(_) | Release::Numbered(..) | Release::Implicit => {}
            },
            (Model::ResourcePolicy(_), _) if resource_policy::is_profile(&address.name) => {}
            _ => delete(decisions, address, found),
        }
    }
    for (address, found) in &live.found {
        if let Model::ResourcePolicy(model) = &found.model
            && resource_policy::is_profile(&address.name)
        {
            let wanted =
                decisions.options.purpose == Purpose::Reconcile && decisions.desired.resources.contains_key(address);
            if !wanted && !profile_is_used(decisions, address) {
                release_profile(decisions, address, found, model);
            }
        }
    }
}

/// A guardrail takes its versions along; a guardrail that stays, because it is protected, keeps them.
fn goes_with_guardrail(decisions: &Decisions<'_>, guardrail: Option<&Address>) -> bool {
    let wanted =
        |address| decisions.options.purpose == Purpose::Reconcile && decisions.desired.resources.contains_key(address);
    guardrail.is_some_and(|address| !wanted(address))
}

fn delete(decisions: &mut Decisions<'_>, address: &Address, found: &Found) {
    if let Some((why, hint)) = objection(decisions, found) {
        return decisions.hold(address, Verb::Delete, why, hint);
    }
    let change = Change::Delete { id: found.id.clone(), have: found.model.clone() };
    decisions.draft_change(address, None, Verb::Delete, change);
}

fn objection(decisions: &Decisions<'_>, found: &Found) -> Option<(Why, String)> {
    let guardrail = match &found.model {
        Model::Guardrail(model) => {
            if model.tags.contains_key(PROTECTED_TAG) {
                let hint = "it is protected in AWS; set `prevent_destroy: false`, apply, and then remove it";
                return Some((Why::Precondition, hint.to_owned()));
            }
            Some(&found.id)
        }
        Model::GuardrailVersion(_) => None,
        // The protection of the others is that of what they belong to.
        Model::ResourcePolicy(model) => {
            let owner = model.resource.address().and_then(|owner| decisions.live.found.get(owner));
            let protected = matches!(owner, Some(Found { model: Model::Guardrail(owner), .. }) if owner.tags.contains_key(PROTECTED_TAG));
            let alone = decisions.options.purpose == Purpose::Reconcile;
            return (protected && !alone)
                .then(|| (Why::Precondition, "the guardrail it belongs to is protected and stays".to_owned()));
        }
        _ => return None,
    };
    if let Some(blind) = decisions.live.blind.iter().find(|blind| points_at_guardrails(blind.kind)) {
        let hint = format!(
            "something that could not be read may still use it: {} in {}: {}",
            blind.kind, blind.scope, blind.why
        );
        return Some((Why::NotVisible, hint));
    }
    let uses = |version: &RemoteId| match guardrail {
        Some(arn) => guardrail_of(version).as_ref() == Some(arn),
        None => *version == found.id,
    };
    let (version, holder) = decisions.live.outside.iter().find(|(version, _)| uses(version))?;
    Some((Why::Precondition, format!("{holder} still points at {version}, and is not ours to change")))
}

/// Whether a resource of this kind may point at a guardrail.
pub(super) fn points_at_guardrails(kind: Kind) -> bool {
    matches!(kind, Kind::AccountEnforcement | Kind::OrgPolicy)
}

/// Whether a guardrail of the account, ours or not, will use the profile. A guardrail that could not be read counts.
fn profile_is_used(decisions: &Decisions<'_>, address: &Address) -> bool {
    let account = &address.scope.account;
    let blind =
        decisions.live.blind.iter().any(|blind| blind.kind == Kind::Guardrail && blind.scope.account == *account);
    let wanted = decisions.desired.resources.iter().any(|(other, wanted)| {
        decisions.options.purpose == Purpose::Reconcile
            && other.scope.account == *account
            && matches!(&wanted.model, Model::Guardrail(model) if model.content.cross_region_profile.as_deref() == Some(&address.name))
    });
    let key = (account.clone(), address.name.clone());
    let users = decisions.live.profile_users.get(&key).into_iter().flatten();
    // A guardrail of ours that goes, or that leaves the profile, uses it no longer.
    let leaving: BTreeSet<&RemoteId> = decisions
        .drafts
        .iter()
        .filter_map(|draft| match &draft.change {
            Change::Delete { id, have: Model::Guardrail(_) } | Change::Update { id, want: Model::Guardrail(_), .. } => {
                Some(id)
            }
            _ => None,
        })
        .collect();
    blind || wanted || users.into_iter().any(|user| !leaving.contains(user))
}

fn release_profile(decisions: &mut Decisions<'_>, address: &Address, found: &Found, model: &resource_policy::Model) {
    match model.without_ours(&decisions.desired.stack) {
        Some(foreign) if foreign == *model => {}
        Some(foreign) => {
            let change = Change::Update { id: found.id.clone(), have: found.model.clone(), want: foreign.into() };
            decisions.draft_change(address, None, Verb::Update, change);
        }
        None => {
            let change = Change::Delete { id: found.id.clone(), have: found.model.clone() };
            decisions.draft_change(address, None, Verb::Delete, change);
        }
    }
}
