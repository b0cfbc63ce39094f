//! Reads one scope, kind by kind: first those that list themselves, then those that another kind's list shows.

use futures::future::join_all;

use crate::aws::{AwsError, Class, Listing, Place, ReadCx, Survey, list, place, shown_by};
use crate::kinds::Kind;
use crate::kinds::resource_policy::is_profile_arn;
use crate::model::{Evidence, Raw, Readings, Scope, Silence, Unavailable, Unread};

/// Everything in one scope.
pub(super) async fn read(cx: &ReadCx<'_>, survey: &Survey, at: Place, scope: &Scope) -> Readings {
    let only_scanned = at != Place::Organization && survey.scanned_only.contains(scope);
    let mut reading = Reading { scope, only_scanned, survey, cx, found: Readings::default() };
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| place(*kind) == at).collect();
    let (first, second): (Vec<Kind>, Vec<Kind>) = kinds.into_iter().partition(|kind| shown_by(*kind).is_none());
    if at != Place::Organization
        && let Err(error) = cx.clients.enter(scope).await
    {
        reading.closed(first.into_iter().chain(second), &error);
        return reading.found;
    }
    let looked_at = at == Place::Organization || survey.declared.contains(scope) || survey.scanned_only.contains(scope);
    let mut failed = Vec::new();
    // Where only a profile has its policy, nothing is listed.
    if looked_at {
        failed = reading.list(&first).await;
        if !reading.found.unavailable.is_empty() {
            return reading.found;
        }
    }
    let hidden = second.iter().filter(|kind| shown_by(**kind).is_some_and(|shower| failed.contains(&shower)));
    let why = |kind: &Kind| reading.found.unread.iter().find(|unread| Some(unread.kind) == shown_by(*kind));
    let unseen: Vec<Unread> = hidden.filter_map(|kind| Some(Unread { kind: *kind, ..why(kind)?.clone() })).collect();
    reading.found.unread.extend(unseen);
    // Where the guardrails are hidden, the policies of profiles still are not: they have names of their own.
    reading.list(&second).await;
    if only_scanned {
        reading.list_refusals();
    }
    reading.found
}

struct Reading<'a> {
    survey: &'a Survey,
    scope: &'a Scope,
    /// Whether it is looked at only for what is ours.
    only_scanned: bool,
    cx: &'a ReadCx<'a>,
    found: Readings,
}

impl Reading<'_> {
    /// Reads these kinds at once; returns those that failed.
    async fn list(&mut self, kinds: &[Kind]) -> Vec<Kind> {
        let so_far = &self.found;
        let lists = kinds.iter().map(|kind| list(*kind, self.cx, self.survey, self.scope, so_far));
        let lists = join_all(lists).await;
        let mut failed = Vec::new();
        for (kind, listing) in kinds.iter().zip(lists) {
            match listing {
                Ok(Listing { items, unread, controls }) => {
                    self.found.items.extend(items);
                    self.found.controls.extend(controls);
                    self.found.unread.extend(unread);
                }
                Err(error) => {
                    failed.push(*kind);
                    self.failed(*kind, &error);
                }
            }
        }
        failed
    }

    /// The account cannot be entered, so nothing in it can be seen. One that only the scan looks into is listed once, unless
    /// the spec speaks of it elsewhere, where that is told.
    fn closed(&mut self, kinds: impl Iterator<Item = Kind>, error: &AwsError) {
        let survey = self.survey;
        let is_declared = |scope: &Scope| {
            survey.declared.contains(scope) || survey.profiles.iter().any(|(profile, _)| profile == scope)
        };
        if is_declared(self.scope) {
            let unread = |kind| Unread { kind, scope: self.scope.clone(), id: None, why: error.reason() };
            self.found.unread.extend(kinds.map(unread));
        } else if !survey.declared.iter().any(|scope| scope.account == self.scope.account) {
            let scope = Scope::global(self.scope.account.clone());
            self.found.not_scanned.push(Unavailable { scope, silence: Silence::Refused, why: error.cause() });
        }
    }

    /// What a Region that only the scan looks at does not show is listed, and holds nothing elsewhere.
    fn list_refusals(&mut self) {
        // The policies of profiles are wanted here, and not merely scanned for.
        let wanted =
            |unread: &Unread| unread.kind == Kind::ResourcePolicy && unread.id.as_ref().is_some_and(is_profile_arn);
        let (kept, unread): (Vec<Unread>, Vec<Unread>) =
            std::mem::take(&mut self.found.unread).into_iter().partition(wanted);
        self.found.unread = kept;
        let unseen = self.found.items.iter().find_map(|item| match &item.evidence {
            Evidence::Unseen(why) => Some(why.as_str()),
            _ => None,
        });
        let Some(why) = unread.first().map(|unread| unread.why.as_str()).or(unseen) else { return };
        // The request id differs in every run, and a plan must not.
        let why = why.split_once(" (request ").map_or(why, |(why, _)| why).to_owned();
        if self.found.not_scanned.is_empty() {
            let silence = Silence::Refused;
            self.found.not_scanned.push(Unavailable { scope: self.scope.clone(), silence, why });
        }
        let refused = |item: &Raw| {
            matches!(item.evidence, Evidence::Unseen(_))
                || unread.iter().any(|unread| unread.kind == item.kind && unread.id.as_ref() == Some(&item.id))
        };
        self.found.items.retain(|item| !refused(item));
    }

    /// A Region that is not there is a fact; one that only the scan looks at, and that refuses, is listed; anything else
    /// hides the kind.
    fn failed(&mut self, kind: Kind, error: &AwsError) {
        let is_unavailable = self.cx.clients.is_unavailable(self.scope.region.as_ref(), error);
        let is_closed = is_unavailable && error.class == Class::NotEnabled;
        let silence = if is_closed { Silence::NotEnabled } else { Silence::Refused };
        let refused = Unavailable { scope: self.scope.clone(), silence, why: error.cause() };
        let only_scanned = self.only_scanned && kind != Kind::ResourcePolicy;
        let into = if only_scanned {
            &mut self.found.not_scanned
        } else if is_unavailable {
            &mut self.found.unavailable
        } else {
            self.found.unread.push(Unread { kind, scope: refused.scope, id: None, why: error.reason() });
            return;
        };
        if into.is_empty() {
            into.push(refused);
        }
    }
}
