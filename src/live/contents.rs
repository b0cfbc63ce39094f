//! The second look: what the lists showed only by name, and somebody needs in full.

use std::collections::BTreeSet;

use futures::future::join_all;

use crate::aws::{ReadCx, read};
use crate::model::{Readings, RemoteId, Unread};

/// Reads the items with these ids in full. One that is gone by now is no longer among the items; one that cannot be read
/// stays as it was seen.
pub(super) async fn fill(cx: &ReadCx<'_>, readings: &mut Readings, wanted: &BTreeSet<RemoteId>) {
    let (missing, mut items): (Vec<_>, Vec<_>) = std::mem::take(&mut readings.items)
        .into_iter()
        .partition(|item| item.model.is_none() && wanted.contains(&item.id));
    let reads = missing.iter().map(|item| read(item.kind, cx, &item.scope, &item.id));
    let reads = join_all(reads).await;
    for (seen, read) in missing.into_iter().zip(reads) {
        match read {
            Ok(found) => items.extend(found),
            Err(error) => {
                let (kind, scope, id) = (seen.kind, seen.scope.clone(), Some(seen.id.clone()));
                readings.unread.push(Unread { kind, scope, id, why: error.reason() });
                items.push(seen);
            }
        }
    }
    readings.items = items;
}
