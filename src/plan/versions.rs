//! What is particular to versions: names that must keep their meaning, content that any version may serve, and the room
//! that AWS leaves.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{Decisions, Purpose, codes};
use super::moves::promises;
use super::removal::{points_at_guardrails, unread_profile};
use super::{Change, Why};
use crate::kinds::guardrail_version::{Model as Version, Release};
use crate::kinds::{Kind, Model, Verb};
use crate::model::{Address, Desired, Digest, Live, Owner, RemoteId, SeenVersion};

/// AWS keeps at most this many versions of a guardrail (Bedrock quotas: fixed).
pub const MOST_VERSIONS: usize = 20;

/// Whether a version that does not exist may be published under its key.
///
/// A key means one content everywhere. Where the key exists in another Region with content that the spec no longer gives
/// it, the spec has moved on, and publishing here would make one name mean two things.
pub(super) fn may_publish(
    desired: &Desired,
    live: &Live,
    address: &Address,
    want: &Version,
) -> Result<(), (Why, String)> {
    let key = match &want.release {
        Release::Implicit => return Ok(()),
        Release::Numbered(key, number) => {
            let hint = format!("`versions.{key}` names number {number}, which does not exist there");
            return Err((Why::Precondition, hint));
        }
        Release::Named(key) => key,
    };
    let bears = |version: &&SeenVersion| version.marker.as_ref().is_some_and(|marker| marker.key.as_ref() == Some(key));
    for (guardrail, versions) in &live.versions {
        for version in versions.iter().filter(bears) {
            if guardrail.scope == address.scope {
                let hint = format!("{} already bears the key `{key}`; give the release a key of its own", version.id);
                return Err((Why::ContentMoved, hint));
            }
            let elsewhere = Address { scope: guardrail.scope.clone(), ..address.clone() };
            let Some(Model::GuardrailVersion(there)) = desired.resources.get(&elsewhere).map(|wanted| &wanted.model)
            else {
                continue;
            };
            let hint = version.marker.as_ref().map(|marker| marker.hint.as_str());
            if there.guardrail.address() == Some(guardrail) && there.content.as_ref().map(Digest::short) != hint {
                let hint = format!(
                    "`{key}` was published in {} from content that has changed since; publish the present content under a new key",
                    guardrail.scope.region_name()
                );
                return Err((Why::ContentMoved, hint));
            }
        }
    }
    let dangling = live.pointers.values().flatten().find(|id| {
        let numbers = want.guardrail.address().and_then(|guardrail| live.versions.get(guardrail));
        let of_guardrail = want.guardrail.address().is_some_and(|guardrail| {
            live.names.ids(guardrail).any(|arn| super::guardrails::guardrail_of(id).as_ref() == Some(arn))
        });
        of_guardrail && numbers.is_some_and(|versions| versions.iter().all(|version| version.id != **id))
    });
    if let Some(id) = dangling {
        let hint = format!(
            "{id} is still pointed at and no longer exists; it may have been `{key}`, so publish under a new key"
        );
        return Err((Why::ContentMoved, hint));
    }
    Ok(())
}

/// A named version that is published now also serves the implicit one of the same content: one call instead of two.
pub(super) fn serve_with_named(decisions: &mut Decisions<'_>) {
    let published = |draft: &super::order::Draft| match &draft.change {
        Change::Create { want: Model::GuardrailVersion(model) } => Some((model.clone(), draft.address.clone())),
        _ => None,
    };
    let all: Vec<(Version, Address)> = decisions.drafts.iter().filter_map(published).collect();
    let mut by_content: BTreeMap<(Address, Digest), Vec<(Version, Address)>> = BTreeMap::new();
    for (model, address) in all {
        if let (Some(guardrail), Some(content)) = (model.guardrail.address(), &model.content) {
            by_content.entry((guardrail.clone(), content.clone())).or_default().push((model, address));
        }
    }
    for publishers in by_content.into_values() {
        let (implicit, named): (Vec<_>, Vec<_>) =
            publishers.into_iter().partition(|(model, _)| model.release == Release::Implicit);
        if named.len() > 1 {
            let keys: Vec<_> = named.iter().map(|(_, address)| address.name.as_str()).collect();
            let message = format!("{} are published now with the same content", keys.join(" and "));
            decisions.warn(codes::SAME_CONTENT, message, &named[0].1);
        }
        if let (Some((_, serving)), Some((_, served))) = (named.first(), implicit.first()) {
            decisions.drafts.retain(|draft| draft.address != *served);
            if let Some(draft) = decisions.drafts.iter_mut().find(|draft| draft.address == *serving) {
                draft.serves.push(served.clone());
            }
        }
    }
}

/// The newest version of a guardrail that carries this content: as was read, and where that was not necessary, as its marker
/// promises.
pub fn carrier<'l>(live: &'l Live, guardrail: &Address, content: &Digest) -> Option<&'l SeenVersion> {
    let carries = |version: &&SeenVersion| match &version.content {
        Some(read) => read == content,
        None => promises(version.marker.as_ref(), content),
    };
    live.versions.get(guardrail)?.iter().rev().find(carries)
}

/// Warns of content that no version carries, now or after this plan.
pub(super) fn warn_of_unpublished(decisions: &mut Decisions<'_>) {
    for (address, wanted) in &decisions.desired.resources {
        let Model::Guardrail(model) = &wanted.model else { continue };
        let digest = model.content.digest();
        // What others published, and nobody has needed to read, may carry it.
        let mut seen = decisions.live.versions.get(address).into_iter().flatten();
        let carried = carrier(decisions.live, address, &digest).is_some()
            || seen.any(|version| version.content.is_none() && version.marker.is_none());
        let planned = decisions.desired.resources.iter().any(|(other, wanted)| {
            let Model::GuardrailVersion(version) = &wanted.model else { return false };
            let published =
                decisions.drafts.iter().any(|draft| draft.address == *other || draft.serves.contains(other));
            let served = version.release == Release::Implicit && decisions.unchanged.contains(other);
            version.guardrail.address() == Some(address)
                && version.content.as_ref() == Some(&digest)
                && (published || served)
        });
        if !carried && !planned {
            let message =
                "no version carries the current content, so no enforcement and no call by number gets it".to_owned();
            decisions.warn(codes::UNPUBLISHED, message, address);
        }
    }
}

/// Removes implicit versions that nothing uses, beyond those that are kept, and makes room where AWS has none.
pub(super) fn prune(decisions: &mut Decisions<'_>) {
    // An unseen place counts as a reference.
    let unseen = decisions.live.blind.iter().any(|blind| points_at_guardrails(blind.kind));
    if decisions.options.purpose == Purpose::Destroy || unseen {
        return;
    }
    for (guardrail, keep) in &decisions.desired.keep_versions {
        let ours = decisions.live.found.get(guardrail).is_some_and(|found| found.owner == Owner::Ours);
        if !ours || decisions.held.contains_key(guardrail) {
            continue;
        }
        let versions = decisions.live.versions.get(guardrail).map(Vec::as_slice).unwrap_or_default();
        let used_after = used_after(decisions);
        let used_now: BTreeSet<&RemoteId> = decisions.live.pointers.values().flatten().collect();
        let spare: Vec<&SeenVersion> = versions
            .iter()
            .rev()
            .filter(|version| version.is_implicit() && !used_after.contains(&version.id))
            .collect();
        let mut gone: Vec<&SeenVersion> = spare.iter().skip(*keep).copied().collect();
        let publishing = publishing(decisions, guardrail);
        let room = MOST_VERSIONS.saturating_sub(versions.len());
        let mut first = 0;
        if publishing.len() > room {
            first = publishing.len() - room;
            // To make room a version must go before anything moves, so it must be one that nothing points at now.
            let mut free: Vec<_> =
                spare.iter().rev().filter(|version| !used_now.contains(&version.id)).copied().collect();
            free.truncate(first);
            if free.len() < first {
                for address in publishing.iter().skip(room + free.len()) {
                    let hint = format!(
                        "the guardrail has {} of {MOST_VERSIONS} versions, and none can be pruned",
                        versions.len()
                    );
                    for draft in decisions.take(|draft| draft.address == *address) {
                        decisions.hold_draft(draft, Why::Quota, hint.as_str());
                    }
                }
                first = free.len();
            }
            gone.retain(|version| !free.contains(version));
            gone.extend(free.iter().copied());
        }
        let makes_room = gone.len() - first;
        for (at, version) in gone.into_iter().enumerate() {
            prune_one(decisions, guardrail, version, at >= makes_room);
        }
    }
}

fn prune_one(decisions: &mut Decisions<'_>, guardrail: &Address, version: &SeenVersion, makes_room: bool) {
    if !makes_room && unread_profile(decisions, &version.id).is_some() {
        return;
    }
    let hint = version.marker.as_ref().map(|marker| marker.hint.clone()).unwrap_or_default();
    let address = Address::new(Kind::GuardrailVersion, guardrail.scope.clone(), format!("{}@{hint}", guardrail.name));
    let have = Version {
        guardrail: crate::model::Ref::To(guardrail.clone()),
        release: Release::Implicit,
        content: version.content.clone(),
        description: None,
    };
    let change = Change::Delete { id: version.id.clone(), have: have.into() };
    decisions.draft_change(&address, None, Verb::Delete, change);
    if let Some(draft) = decisions.drafts.last_mut() {
        draft.hazards.clear();
        draft.prune = true;
        draft.makes_room = makes_room;
    }
}

/// The versions of the guardrail that this plan publishes.
fn publishing(decisions: &Decisions<'_>, guardrail: &Address) -> Vec<Address> {
    let of_guardrail = |draft: &&super::order::Draft| matches!(&draft.change, Change::Create { want: Model::GuardrailVersion(model) } if model.guardrail.address() == Some(guardrail));
    decisions.drafts.iter().filter(of_guardrail).map(|draft| draft.address.clone()).collect()
}

/// The versions that something will point at once the plan is done: what the spec refers to, and what points from
/// outside or from something that is held.
pub(super) fn used_after(decisions: &Decisions<'_>) -> BTreeSet<RemoteId> {
    let Decisions { desired, live, held, .. } = decisions;
    let wanted = desired.resources.values().flat_map(|wanted| wanted.model.requires());
    let mut used: BTreeSet<RemoteId> =
        wanted.flat_map(|address| live.names.ids(&address).cloned().collect::<Vec<_>>()).collect();
    // A version that an entry names, or whose content an entry wants, is not spare even before anything points at it.
    for address in desired.resources.keys().filter(|address| address.kind == Kind::GuardrailVersion) {
        used.extend(live.names.ids(address).cloned());
    }
    used.extend(live.outside.keys().cloned());
    let holders = live.pointers.iter().filter(|(holder, _)| held.contains_key(*holder));
    used.extend(holders.flat_map(|(_, versions)| versions.iter().cloned()));
    used
}
