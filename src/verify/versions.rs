//! The versions of the spec, and those of others that it enforces: whether each exists and serves.

use std::collections::BTreeMap;

use futures::future::join_all;

use super::Examined;
use crate::aws::Class;
use crate::checks::{Check, Outcome, What};
use crate::kinds::Model;
use crate::kinds::guardrail_version::aws::in_full;
use crate::model::{Ref, Region, RemoteId, Scope};

/// The status of what can be enforced.
const READY: &str = "READY";

/// Each version with what it is called.
pub(super) async fn checks(examined: &Examined<'_>) -> Vec<Check> {
    let mut wanted: BTreeMap<(Scope, String), Option<RemoteId>> = BTreeMap::new();
    let names = &examined.sides.live.names;
    for (address, found) in &examined.sides.desired.resources {
        if matches!(found.model, Model::GuardrailVersion(_)) && examined.options.wants(&address.scope) {
            wanted.insert((address.scope.clone(), address.name.clone()), names.ids(address).last().cloned());
        }
    }
    for one in &examined.enforced {
        let id = one.versions(names).pop();
        let place = match (&one.version, &id) {
            (Ref::To(address), _) => Some((address.scope.clone(), address.name.clone())),
            (Ref::Foreign(version), Some(id)) => place(id).map(|scope| (scope, version.to_string())),
            (Ref::Foreign(_), None) => None,
        };
        wanted.extend(place.map(|place| (place, id)));
    }
    let looks = wanted.into_iter().map(async |((scope, name), id)| {
        let check = |outcome: Outcome| vec![Check::new(What::Version, &scope, outcome).about(name.as_str())];
        let Some(id) = id else {
            return check(absent(examined, &scope));
        };
        let probe = async || check(look(examined, &scope, &id).await);
        examined.patience.look(probe).await
    });
    join_all(looks).await.into_iter().flatten().collect()
}

/// The account and the Region in the ARN of a version.
fn place(id: &RemoteId) -> Option<Scope> {
    let mut parts = id.as_str().split(':').skip(3);
    let (region, account) = (parts.next()?, parts.next()?);
    Some(Scope::regional(account.parse().ok()?, Region::new(region)))
}

fn absent(examined: &Examined<'_>, scope: &Scope) -> Outcome {
    match examined.sides.live.blind.iter().find(|blind| blind.scope == *scope) {
        Some(blind) => Outcome::unseen(format!("which version it is could not be read: {}", blind.why)),
        None => Outcome::failed("it is not published").fix("apply the spec").for_good(),
    }
}

async fn look(examined: &Examined<'_>, scope: &Scope, id: &RemoteId) -> Outcome {
    let is_ours = crate::kinds::guardrail_version::guardrail_of(id)
        .is_some_and(|arn| examined.sides.live.names.address(&arn).is_some());
    match in_full(&examined.cx, scope, id).await {
        Ok(None) => Outcome::failed(format!("{id} does not exist")).fix("apply the spec"),
        Ok(Some((raw, _))) => match raw.standing.status.as_deref() {
            Some(READY) => Outcome::passed("it exists and is READY"),
            status => Outcome::failed(format!("{id} is {}", status.unwrap_or("of no known status"))),
        },
        // Nothing of ours depends on being able to read what others manage.
        Err(error) if !is_ours && error.class == Class::AccessDenied => {
            Outcome::skipped("others manage it, and it is not shown to this caller")
        }
        Err(error) => examined.beside_the_point(scope, &error).unwrap_or_else(|| error.unseen()),
    }
}
