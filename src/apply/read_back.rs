//! What was written is read back: AWS's answer to a write says little, and is not trusted.

use std::time::Duration;

use super::ActionError;
use crate::aws::{WriteCx, read};
use crate::kinds::{Model, Verb};
use crate::model::{Address, Desired, Names, RemoteId};
use crate::plan::{Action, Change};

/// How long AWS may go on showing what was there before the write.
const STALE: Duration = Duration::from_secs(10);

/// AWS holds something else than was written.
#[derive(Debug, thiserror::Error)]
#[error("{address} was written, and reads back differently: {}", fields.join(", "))]
pub struct Mismatch {
    /// The resource.
    pub address: Address,
    /// The paths of the fields that differ; `exists` where it is still there, or is not there.
    pub fields: Vec<String>,
}

/// Reads what `action` wrote until it is as planned.
///
/// # Errors
/// A read that failed, or what still differs after ten seconds.
pub(super) async fn confirm(
    cx: &WriteCx<'_>,
    action: &Action,
    id: &RemoteId,
    desired: &Desired,
) -> Result<(), ActionError> {
    let mut pace = cx.run.wait.pace(id.as_str());
    loop {
        let fields = difference(cx, action, id, desired).await?;
        if fields.is_empty() {
            return Ok(());
        }
        if !pace.rest(STALE).await {
            return Err(Mismatch { address: action.address.clone(), fields }.into());
        }
    }
}

async fn difference(
    cx: &WriteCx<'_>,
    action: &Action,
    id: &RemoteId,
    desired: &Desired,
) -> Result<Vec<String>, ActionError> {
    let found =
        read(action.address.kind, &cx.read, &action.address.scope, id).await.map_err(crate::aws::ApplyError::from)?;
    let want = match &action.change {
        Change::Create { want } | Change::Update { want, .. } => Some(want),
        Change::Delete { .. } => None,
    };
    let have = found.and_then(|raw| raw.model);
    Ok(match (have, want) {
        (None, None) => Vec::new(),
        (Some(have), Some(want)) => differing(have, want, Some(want), &names(cx, want), desired),
        _ if action.verb == Verb::Delete => vec!["exists".to_owned()],
        _ => vec!["does not exist".to_owned()],
    })
}

/// The paths in which `found`, put into the words of `words`, differs from what is expected.
pub(super) fn differing(
    mut found: Model,
    expected: &Model,
    words: Option<&Model>,
    names: &Names,
    desired: &Desired,
) -> Vec<String> {
    desired.forget_ignored_tags(&mut found);
    found.align(words, names);
    Model::compare(Some(&found), Some(expected)).into_iter().map(|field| field.path).collect()
}

/// The ids that the wanted resource refers to, as they are known by now.
fn names(cx: &WriteCx<'_>, want: &Model) -> Names {
    let mut names = Names::default();
    for address in want.requires() {
        if let Some(id) = cx.run.ids.get(&address) {
            names.serve(address, id);
        }
    }
    names
}
