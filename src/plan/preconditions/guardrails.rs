//! What is pointed at: it exists, it is READY, and it can be enforced.

use super::codes::{NO_REASONING, READY, VERSION};
use super::finding::{Finding, or_ok};
use super::pointer::{Pointer, View};
use crate::kinds::guardrail_version::Release;
use crate::kinds::{Model, Verb};
use crate::model::{Address, Ref, RemoteId, Standing};
use crate::plan::Why;

/// How things stand with the versions of each holder.
pub(super) fn examine(view: &View<'_>, pointers: &[Pointer<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for of_holder in pointers.chunk_by(|one, other| one.holder == other.holder) {
        let holder = of_holder[0].holder;
        let regions = || of_holder.iter().map(Pointer::region).collect::<Vec<_>>().join(", ");
        let each =
            |judge: &dyn Fn(&Pointer<'_>) -> Option<Finding>| of_holder.iter().filter_map(judge).collect::<Vec<_>>();
        let fine = || format!("the versions exist, or are published by this plan, in {}", regions());
        found.extend(or_ok(each(&|pointer| exists(view, pointer)), VERSION, holder, fine));
        let fine = || format!("what is enforced is READY, or will be, in {}", regions());
        found.extend(or_ok(each(&|pointer| ready(view, pointer)), READY, holder, fine));
        let fine = || format!("no automated reasoning is enforced in {}", regions());
        found.extend(or_ok(each(&|pointer| reasons(view, pointer)), NO_REASONING, holder, fine));
    }
    found
}

/// What serves as the version of a pointer.
enum Version<'d> {
    /// It exists.
    There(Vec<(&'d RemoteId, Option<&'d Standing>)>),
    /// This plan publishes it, at this address.
    Published(&'d Address),
    /// It does not exist, as far as that is known.
    Nowhere,
    /// It could not be looked at.
    Unseen(String),
}

fn version<'d>(view: &View<'d>, pointer: &'d Pointer<'_>) -> Version<'d> {
    let live = view.0.live;
    match &pointer.version {
        Ref::Foreign(id) => match live.pointed.get(id).map(|pointed| &pointed.version) {
            Some(Ok(Some(standing))) => Version::There(vec![(id, Some(standing))]),
            Some(Ok(None)) => Version::Nowhere,
            Some(Err(why)) => Version::Unseen(why.clone()),
            None => match live.standing.get(id) {
                Some(standing) => Version::There(vec![(id, Some(standing))]),
                None => Version::Unseen("it is not of this account".to_owned()),
            },
        },
        Ref::To(address) => {
            let publishes = |draft: &&crate::plan::order::Draft| {
                (draft.address == *address || draft.serves.contains(address)) && draft.verb != Verb::Delete
            };
            if let Some(draft) = view.0.drafts.iter().find(publishes) {
                return Version::Published(&draft.address);
            }
            let there: Vec<_> = live.names.ids(address).map(|id| (id, live.standing.get(id))).collect();
            match view.0.held.get(address) {
                _ if !there.is_empty() => Version::There(there),
                // What it waits for is told by what it waits for.
                Some(held) if held.why == Why::Precondition && publishes_itself(view, address) => {
                    Version::Published(&held.address)
                }
                Some(held) if held.why == Why::NotVisible => Version::Unseen(held.hint.clone()),
                _ => Version::Nowhere,
            }
        }
    }
}

/// Whether the spec has this version published, and does not merely name a number.
fn publishes_itself(view: &View<'_>, address: &Address) -> bool {
    let wanted = view.0.desired.resources.get(address).map(|wanted| &wanted.model);
    matches!(wanted, Some(Model::GuardrailVersion(model)) if !matches!(model.release, Release::Numbered(..)))
}

fn called(pointer: &Pointer<'_>) -> String {
    pointer.version.to_string()
}

fn exists(view: &View<'_>, pointer: &Pointer<'_>) -> Option<Finding> {
    let (holder, region) = (pointer.holder, pointer.region());
    match version(view, pointer) {
        Version::There(_) | Version::Published(_) => None,
        Version::Nowhere => {
            let finding = Finding::failed(VERSION, holder, format!("{} does not exist in {region}", called(pointer)));
            let mends = match &pointer.version {
                Ref::Foreign(_) => {
                    "name a version that exists: every model call of the accounts fails under one that does not"
                }
                Ref::To(_) => "mend what its publishing is held for, or name a version that exists",
            };
            Some(finding.about(pointer.reach.iter().copied()).fix(mends).holds([holder.clone()]))
        }
        Version::Unseen(why) => {
            let message = format!("whether {} exists in {region} could not be seen: {why}", called(pointer));
            let finding = Finding::unknown(VERSION, holder, message).about(pointer.reach.iter().copied());
            Some(finding.fix("allow `bedrock:GetGuardrail` on it, or ask who owns it"))
        }
    }
}

fn ready(view: &View<'_>, pointer: &Pointer<'_>) -> Option<Finding> {
    let holder = pointer.holder;
    let (what, status, falls) = match version(view, pointer) {
        Version::There(versions) => {
            let ready = |standing: Option<&Standing>| standing.is_some_and(|it| it.status.as_deref() == Some("READY"));
            if versions.iter().any(|(_, standing)| ready(*standing)) {
                return None;
            }
            let (id, standing) = versions.first()?;
            (id.to_string(), standing.and_then(|standing| standing.status.clone()), holder.clone())
        }
        // The draft is what is published. One that this plan writes anew is waited for.
        Version::Published(version) => {
            let guardrail = &pointer.guardrail;
            let written = guardrail.address.as_ref().is_some_and(|address| view.draft(address).is_some());
            let standing = guardrail.arn.as_ref().and_then(|arn| view.0.live.standing.get(arn));
            match standing.and_then(|standing| standing.status.clone()) {
                Some(status) if !written && status != "READY" => {
                    (format!("the draft of {}", guardrail.name()), Some(status), version.clone())
                }
                _ => return None,
            }
        }
        Version::Nowhere | Version::Unseen(_) => return None,
    };
    let arn = pointer.guardrail.arn.as_ref().map(|arn| format!(" --guardrail-identifier {arn}")).unwrap_or_default();
    let look = format!("`aws bedrock get-guardrail --region {}{arn}`", pointer.region());
    match status.as_deref() {
        Some("FAILED") => {
            let finding =
                Finding::failed(READY, holder, format!("{what} is FAILED")).about(pointer.reach.iter().copied());
            Some(finding.fix(format!("{look} says why; change the guardrail, which writes it anew")).holds([falls]))
        }
        Some(status) => {
            let message = format!("{what} is {status}, and apply waits for it to be READY");
            Some(Finding::unknown(READY, holder, message).fix(format!("look again with {look}")))
        }
        None => {
            let message = format!("whether {what} is READY could not be seen");
            Some(Finding::unknown(READY, holder, message).fix(format!("allow {look}")))
        }
    }
}

fn reasons(view: &View<'_>, pointer: &Pointer<'_>) -> Option<Finding> {
    // What is published now is what the spec says, and the check refuses automated reasoning there.
    let Version::There(versions) = version(view, pointer) else { return None };
    let harmless = |(id, standing): &(&RemoteId, Option<&Standing>)| {
        let read = view.0.live.contents.get(*id).and_then(|content| content.as_ref().ok());
        standing.is_some_and(|it| it.automated_reasoning == Some(false))
            || read.is_some_and(|content| content.automated_reasoning_policy.is_none())
            || is_as_declared(view, pointer, id)
    };
    if versions.iter().all(harmless) {
        return None;
    }
    let (id, standing) = versions.iter().find(|version| !harmless(version))?;
    let holder = pointer.holder;
    Some(if standing.is_some_and(|it| it.automated_reasoning == Some(true)) {
        let message = format!("{id} holds automated reasoning, under which every model call fails");
        let finding = Finding::failed(NO_REASONING, holder, message).about(pointer.reach.iter().copied());
        finding.fix("name a version without it").holds([holder.clone()])
    } else {
        let message = format!("whether {id} holds automated reasoning could not be seen");
        let finding = Finding::unknown(NO_REASONING, holder, message).about(pointer.reach.iter().copied());
        finding.fix("allow `bedrock:GetGuardrail` on it, or ask who owns it")
    })
}

/// Whether a version holds what the spec declares for its guardrail now, of which the check knows that it can be enforced.
fn is_as_declared(view: &View<'_>, pointer: &Pointer<'_>, id: &RemoteId) -> bool {
    let Some(guardrail) = &pointer.guardrail.address else { return false };
    let Some(Model::Guardrail(declared)) = view.0.desired.resources.get(guardrail).map(|wanted| &wanted.model) else {
        return false;
    };
    let digest = declared.content.digest();
    let seen = view.0.live.versions.get(guardrail).into_iter().flatten().find(|seen| seen.id == *id);
    // What a marker says of the content is good enough here: it decides nothing but whether a call is made to be sure.
    let same = seen.is_some_and(|seen| match &seen.content {
        Some(content) => *content == digest,
        None => seen.marker.as_ref().is_some_and(|marker| marker.hint == digest.short()),
    });
    same && declared.content.automated_reasoning_policy.is_none()
}
