//! What goes: everything that is ours and no longer wanted, unless somebody still needs it.

use std::collections::BTreeSet;

use super::decide::{Decisions, Purpose};
use super::guardrails::guardrail_of;
use super::versions::used_after;
use super::{Change, Why};
use crate::kinds::guardrail_version::Release;
use crate::kinds::{Kind, Model, Verb, org_policy_attachment, resource_policy};
use crate::model::{Address, Blind, Found, Live, Owner, PROTECTED_TAG, RemoteId, Unmanaged};

/// Drafts the removals.
pub(super) fn remove(decisions: &mut Decisions<'_>) {
    let live = decisions.live;
    for (address, ids) in &live.duplicates {
        if !is_wanted(decisions, address) {
            decisions.hold_duplicates(address, Verb::Delete, ids);
        }
    }
    for (address, found) in &live.found {
        if is_wanted(decisions, address) || !(found.owner == Owner::Ours || belongs_to_adopted(decisions, found)) {
            continue;
        }
        match (&found.model, address.kind) {
            // Enabled, never disabled; and implicit versions are pruned.
            (Model::OrgPolicyType(_), _) => {}
            (Model::GuardrailVersion(model), _) => match &model.release {
                Release::Named(_)
                    if !goes_with_guardrail(decisions, model.guardrail.address()) && !serves(decisions, &found.id) =>
                {
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
            && !is_wanted(decisions, address)
            && !profile_is_used(decisions, address)
        {
            release_profile(decisions, address, found, model);
        }
    }
}

/// What is not ours. An enforcement that the spec declares may be none of ours either: what removes everything says that it stays.
pub(super) fn left_alone(live: &Live, purpose: Purpose) -> Vec<Unmanaged> {
    let mut left = live.unmanaged.clone();
    if purpose == Purpose::Destroy {
        let strange = |(address, found): &(&Address, &Found)| {
            address.kind == Kind::AccountEnforcement && found.owner == Owner::Unmarked
        };
        left.extend(live.found.iter().filter(strange).map(|(address, found)| Unmanaged {
            address: address.clone(),
            id: found.id.clone(),
            note: "enforces a guardrail that is not of this stack".to_owned(),
        }));
        left.sort_by(|one, other| (&one.address, &one.id).cmp(&(&other.address, &other.id)));
    }
    left
}

fn is_wanted(decisions: &Decisions<'_>, address: &Address) -> bool {
    decisions.options.purpose == Purpose::Reconcile && decisions.desired.resources.contains_key(address)
}

/// Whether this carries no mark of its own and belongs to something that this plan makes ours.
pub(super) fn belongs_to_adopted(decisions: &Decisions<'_>, found: &Found) -> bool {
    let adopted =
        |owner: &Address| decisions.drafts.iter().any(|draft| draft.verb == Verb::Adopt && draft.address == *owner);
    found.owner == Owner::Unmarked && found.model.requires().iter().any(adopted)
}

/// Whether the spec still wants a version whose key is gone: by its content, by its number, or by another key for it.
fn serves(decisions: &Decisions<'_>, version: &RemoteId) -> bool {
    let mut versions = decisions.desired.resources.keys().filter(|address| address.kind == Kind::GuardrailVersion);
    decisions.options.purpose == Purpose::Reconcile
        && versions.any(|address| decisions.live.names.ids(address).any(|id| id == version))
}

/// A guardrail takes its versions along; a guardrail that stays, because it is protected, keeps them.
fn goes_with_guardrail(decisions: &Decisions<'_>, guardrail: Option<&Address>) -> bool {
    guardrail.is_some_and(|address| !is_wanted(decisions, address))
}

fn delete(decisions: &mut Decisions<'_>, address: &Address, found: &Found) {
    let change = Change::Delete { id: found.id.clone(), have: found.model.clone() };
    if let Some((why, hint)) = objection(decisions, address, found) {
        let draft = decisions.draft(address, None, Verb::Delete, change);
        decisions.hold_draft(draft, why, hint);
        return;
    }
    decisions.draft_change(address, None, Verb::Delete, change);
}

fn objection(decisions: &Decisions<'_>, address: &Address, found: &Found) -> Option<(Why, String)> {
    if let Some(unread) = unread_profile(decisions, &found.id) {
        return Some((Why::NotVisible, unread));
    }
    let guardrail = match &found.model {
        Model::Guardrail(model) => {
            if model.tags.contains_key(PROTECTED_TAG) {
                let hint = "it is protected in AWS; set `prevent_destroy: false`, apply, and then remove it";
                return Some((Why::Precondition, hint.to_owned()));
            }
            Some(&found.id)
        }
        Model::GuardrailVersion(_) => None,
        Model::ResourcePolicy(model) => {
            let owner = model.resource.address();
            // It is shared no longer: that is the spec's to say, and who lies outside is told by the deletion.
            if owner.is_some_and(|owner| is_wanted(decisions, owner)) {
                return None;
            }
            // The protection of the others is that of what they belong to.
            let owner = owner.and_then(|owner| decisions.live.found.get(owner));
            if matches!(owner, Some(Found { model: Model::Guardrail(owner), .. }) if owner.tags.contains_key(PROTECTED_TAG))
            {
                return Some((Why::Precondition, "the guardrail it belongs to is protected and stays".to_owned()));
            }
            // It goes by the ARN of its guardrail, and stays as long as that.
            Some(&found.id)
        }
        Model::OrgPolicy(_) => return unseen_attachments(decisions, address, Kind::OrgPolicyAttachment),
        Model::IamPolicy(_) => return unseen_attachments(decisions, address, Kind::IamPolicyAttachment),
        _ => return None,
    };
    if let Some(blind) = decisions.live.blind.iter().find(|blind| points_at_guardrails(blind.kind)) {
        let hint = format!(
            "something that could not be read may still use it: {} in {}: {}",
            blind.kind, blind.scope, blind.why
        );
        return Some((Why::NotVisible, hint));
    }
    // A Region that only the scan looks at may refuse some calls and not others.
    if let Some(refused) = decisions.live.not_scanned.iter().find(|refused| refused.scope == address.scope) {
        let hint = format!("not everything in {} could be read: {}", refused.scope.region_name(), refused.why);
        return Some((Why::NotVisible, hint));
    }
    let uses = |version: &RemoteId| match guardrail {
        Some(arn) => guardrail_of(version).as_ref() == Some(arn),
        None => *version == found.id,
    };
    let (version, holder) = decisions.live.outside.iter().find(|(version, _)| uses(version))?;
    Some((Why::Precondition, format!("{holder} still points at {version}, and is not ours to change")))
}

/// Whether a guardrail or version goes by which a later run would learn of a profile whose policy could not be read now:
/// without it our statements would stay there for good.
pub(super) fn unread_profile(decisions: &Decisions<'_>, goes: &RemoteId) -> Option<String> {
    let live = decisions.live;
    let of_guardrail = live.profile_users.iter().filter(|(_, users)| users.contains(goes)).map(|((_, name), _)| name);
    let goes_too = |id: &RemoteId| id == goes || guardrail_of(id).as_ref() == Some(goes);
    let versions = live.versions.values().flatten().filter(|version| goes_too(&version.id));
    let shown: BTreeSet<&String> =
        of_guardrail.chain(versions.filter_map(|version| version.profile.as_ref())).collect();
    let unread = |blind: &&Blind| {
        blind.kind == Kind::ResourcePolicy && blind.name.as_ref().is_some_and(|name| shown.contains(name))
    };
    let blind = live.blind.iter().find(unread)?;
    let name = blind.name.as_deref().unwrap_or_default();
    Some(format!(
        "it shows that {name} may be left to release in {}, which could not be read: {}",
        blind.scope, blind.why
    ))
}

/// A policy goes when it is attached nowhere, which must have been seen.
fn unseen_attachments(decisions: &Decisions<'_>, policy: &Address, kind: Kind) -> Option<(Why, String)> {
    let name = org_policy_attachment::name(&policy.name, "");
    let mut blind = decisions.live.blind.iter().filter(|blind| blind.kind == kind && blind.scope == policy.scope);
    let blind = blind.find(|blind| blind.name.as_ref().is_none_or(|other| other.starts_with(&name)))?;
    Some((Why::NotVisible, format!("where it is attached could not be read: {}", blind.why)))
}

/// Whether a resource of this kind may point at a guardrail.
pub(super) fn points_at_guardrails(kind: Kind) -> bool {
    matches!(kind, Kind::AccountEnforcement | Kind::OrgPolicy)
}

/// Whether a guardrail of the account, ours or not, will use the profile. One that could not be read counts, and so does one
/// whose versions could not be.
fn profile_is_used(decisions: &Decisions<'_>, address: &Address) -> bool {
    let account = &address.scope.account;
    let blind =
        decisions.live.blind.iter().any(|blind| {
            matches!(blind.kind, Kind::Guardrail | Kind::GuardrailVersion) && blind.scope.account == *account
        });
    let wanted = decisions.desired.resources.iter().any(|(other, wanted)| {
        decisions.options.purpose == Purpose::Reconcile
            && other.scope.account == *account
            && matches!(&wanted.model, Model::Guardrail(model) if model.content.cross_region_profile.as_deref() == Some(&address.name))
    });
    let key = (account.clone(), address.name.clone());
    let users = decisions.live.profile_users.get(&key).into_iter().flatten();
    // A guardrail of ours that goes, or that leaves the profile, uses it no longer; its versions are another matter.
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
    let used = users.into_iter().any(|user| !leaving.contains(user)) || version_uses(decisions, address);
    blind || wanted || used
}

/// Whether a version that stays in use was published with the profile, whatever its guardrail does now.
fn version_uses(decisions: &Decisions<'_>, address: &Address) -> bool {
    let goes = |guardrail: &Address| {
        decisions.drafts.iter().any(|draft| draft.verb == Verb::Delete && draft.address == *guardrail)
    };
    let stays = |(guardrail, _): &(&Address, _)| guardrail.scope.account == address.scope.account && !goes(guardrail);
    let used = used_after(decisions);
    let mut versions = decisions.live.versions.iter().filter(stays).flat_map(|(_, versions)| versions);
    versions.any(|version| version.profile.as_deref() == Some(&address.name) && used.contains(&version.id))
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
