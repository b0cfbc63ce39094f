//! The second look: versions that the lists showed only by number, and of which somebody needs to know what they hold.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use crate::aws::ReadCx;
use crate::kinds::Kind;
use crate::kinds::guardrail_version::aws::in_full;
use crate::model::{Readings, RemoteId, Scope, Unread};

/// Reads the versions with these ids in full. One that is gone by now is no longer among the items; one that cannot be
/// read stays as it was seen.
pub(super) async fn fill(cx: &ReadCx<'_>, readings: &mut Readings, wanted: &BTreeSet<RemoteId>) {
    let (missing, mut items): (Vec<_>, Vec<_>) = std::mem::take(&mut readings.items)
        .into_iter()
        .partition(|item| item.kind == Kind::GuardrailVersion && item.model.is_none() && wanted.contains(&item.id));
    let reads = missing.iter().map(|item| in_full(cx, &item.scope, &item.id));
    let reads = join_all(reads).await;
    for (seen, read) in missing.into_iter().zip(reads) {
        match read {
            Ok(None) => {}
            Ok(Some((found, content))) => {
                readings.contents.insert(found.id.clone(), Ok(content));
                items.push(found);
            }
            Err(error) => {
                readings.contents.insert(seen.id.clone(), Err(error.cause()));
                let (kind, scope, id) = (seen.kind, seen.scope.clone(), Some(seen.id.clone()));
                readings.unread.push(Unread { kind, scope, id, why: error.reason() });
                items.push(seen);
            }
        }
    }
    readings.items = items;
}

/// Reads what these versions hold, unless that is known. One that cannot be read hides nothing, since it is only compared.
pub(super) async fn compare(cx: &ReadCx<'_>, readings: &mut Readings, compared: BTreeMap<RemoteId, Scope>) {
    let missing: Vec<_> = compared.into_iter().filter(|(id, _)| !readings.contents.contains_key(id)).collect();
    let reads = join_all(missing.iter().map(|(id, scope)| in_full(cx, scope, id))).await;
    for ((id, _), read) in missing.into_iter().zip(reads) {
        let content = match read {
            Ok(Some((_, content))) => Ok(content),
            Ok(None) => Err("it does not exist".to_owned()),
            // The request id differs in every run, and a plan must not.
            Err(error) => Err(error.cause()),
        };
        readings.contents.insert(id, content);
    }
}
