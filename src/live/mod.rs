//! Reads AWS: every declared and scanned scope at once, each failure kept as a blind spot and never as absence.
//!
//! In a Region with G guardrails, of which the worth reading are read in full, that is at most `2 + 4·G` calls; besides,
//! one for each version whose content somebody needs, to recognise it, or to judge a pointer that moves from it or to it,
//! and none of these where nothing moves; two for each version of others that is pointed at by ARN; and one for each
//! profile that a guardrail uses, or might if it is shared, in each of its Regions. Organizations takes the pages of its
//! policies and three calls for each of them. An account that is to lose the permission to apply a guardrail, and into
//! which the spec does not look, takes one call for its enforced configuration in each Region, and those of its IAM policies.

mod bearing;
mod bound;
mod contents;
mod in_force;
mod pointed;
mod roles;
mod scope;

pub(crate) use bearing::controls;
pub use bearing::{bearing, pointed_besides};
pub use in_force::{beside, tells_nobody_but_home};

use std::collections::BTreeSet;

use futures::future::{join, join_all};

use crate::aws::{CallLog, Clients, Place, ReadCx, Survey};
use crate::kinds::{Kind, resource_policy};
use crate::model::{Needed, Raw, Readings, Scope};
use crate::spec::lower::{destinations, profiles_from};

/// Reads what `survey` makes necessary, and then the contents of the versions that `needed` asks for, seeing the rest.
///
/// Nothing fails as a whole: what could not be read is among the readings.
pub async fn read(clients: &Clients, survey: &Survey, needed: impl FnOnce(&Readings) -> Needed) -> Readings {
    let log = CallLog::default();
    let cx = clients.reading(&log);
    let mut readings = scopes(&cx, survey).await;
    let left = left_profiles(survey, &readings);
    let forgotten = forgotten_profiles(survey, &left, &readings);
    let (of_left, of_forgotten) = join(scopes(&cx, &left), scopes(&cx, &forgotten)).await;
    // Nobody is known to need these, so one that does not answer hides nothing that anybody waits for.
    let of_forgotten = Readings { items: of_forgotten.items, ..Readings::default() };
    readings = merge([of_left, of_forgotten, readings]);
    let Needed { recognised, compared, enforcements, callers } = needed(&readings);
    contents::fill(&cx, &mut readings, &recognised).await;
    contents::compare(&cx, &mut readings, compared).await;
    readings.pointed = pointed::look(&cx, survey).await;
    readings.roles = roles::look(&cx, survey).await;
    let enforced = join_all(enforcements.iter().map(|scope| bound::by_enforcement(&cx, survey, scope)));
    let bound = join_all(callers.iter().map(|account| bound::by_identity(&cx, survey, account)));
    let (enforced, bound) = join(enforced, bound).await;
    merge(enforced.into_iter().chain(bound).chain([readings]))
}

async fn scopes(cx: &ReadCx<'_>, survey: &Survey) -> Readings {
    let profiles: BTreeSet<&Scope> = survey.profiles.iter().map(|(scope, _)| scope).collect();
    let scopes: BTreeSet<&Scope> = survey.declared.iter().chain(&survey.scanned_only).chain(profiles).collect();
    let organization = survey.organization_scope();
    let places = scopes
        .into_iter()
        .map(|scope| (if scope.region.is_some() { Place::Region } else { Place::Account }, scope))
        .chain(organization.as_ref().map(|scope| (Place::Organization, scope)));
    let reads = places.map(|(place, scope)| scope::read(cx, survey, place, scope));
    merge(join_all(reads).await)
}

/// What is left to look at: the policies of profiles that guardrails of ours or their versions still use, and that the spec
/// uses no longer.
fn left_profiles(survey: &Survey, readings: &Readings) -> Survey {
    // Versions are listed for what was read in full.
    let read_in_full = |item: &&Raw| match item.kind {
        Kind::Guardrail => item.model.is_some(),
        kind => kind == Kind::GuardrailVersion,
    };
    let used = readings.items.iter().filter(read_in_full).filter_map(|item| {
        let (profile, region) = (item.profile.clone()?, item.scope.region.as_ref()?);
        Some(
            destinations(&profile, region)
                .into_iter()
                .map(move |destination| (Scope::regional(item.scope.account.clone(), destination), profile.clone())),
        )
    });
    let profiles = used.flatten().filter(|profile| !survey.profiles.contains(profile)).collect();
    Survey { stack: survey.stack.clone(), profiles, ..Survey::default() }
}

/// The profiles that guardrails with a policy could use and do not: an apply that ended between the update by which a
/// guardrail left its profile and the release of the profile's policy leaves no other trace.
fn forgotten_profiles(survey: &Survey, left: &Survey, readings: &Readings) -> Survey {
    let of_guardrail = |item: &&Raw| item.kind == Kind::ResourcePolicy && !resource_policy::is_profile_arn(&item.id);
    let sharing: BTreeSet<&Scope> = readings.items.iter().filter(of_guardrail).map(|item| &item.scope).collect();
    let mut profiles = BTreeSet::new();
    for (scope, region) in sharing.into_iter().filter_map(|scope| Some((scope, scope.region.as_ref()?))) {
        for (profile, destinations) in profiles_from(region) {
            let at = |region| (Scope::regional(scope.account.clone(), region), profile.to_owned());
            profiles.extend(destinations.into_iter().map(at));
        }
    }
    profiles.retain(|object| !survey.profiles.contains(object) && !left.profiles.contains(object));
    Survey { stack: survey.stack.clone(), profiles, ..Survey::default() }
}

fn merge(all: impl IntoIterator<Item = Readings>) -> Readings {
    let mut merged = Readings::default();
    for Readings { items, pointed, roles, unread, unavailable, not_scanned, contents, controls } in all {
        merged.controls.extend(controls);
        merged.items.extend(items);
        merged.pointed.extend(pointed);
        merged.roles.extend(roles);
        merged.unread.extend(unread);
        merged.unavailable.extend(unavailable);
        merged.not_scanned.extend(not_scanned);
        merged.contents.extend(contents);
    }
    // An account that refuses does so in each of its Regions.
    merged.not_scanned.sort();
    merged.not_scanned.dedup();
    merged
}
