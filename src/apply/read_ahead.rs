//! What is about to be written is read first: a plan is what somebody agreed to, and it says from what to what.

use super::ActionError;
use super::read_back::differing;
use crate::aws::{ApplyError, WriteCx, namesake, read};
use crate::kinds::Model;
use crate::model::{Address, Desired, Evidence, NAME_TAG, Raw, RemoteId, STACK_TAG};
use crate::plan::{Action, Change};

/// AWS has something else than when the plan was made; nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{address} is not as planned, and was left alone: {}", what.join(", "))]
pub struct Moved {
    /// The resource.
    pub address: Address,
    /// In what: the paths of the fields that differ, or that it exists, or does not.
    pub what: Vec<String>,
}

/// Makes sure that the resource of `action` is what the plan says it is. `again` says that this run has written it before.
///
/// What is to be deleted and is gone is as it should be. What is to be created and exists is its own lost deed if it carries
/// our mark and is as wanted.
///
/// # Errors
/// A read that failed, or what has moved.
pub(super) async fn unmoved(
    cx: &WriteCx<'_>,
    action: &Action,
    again: bool,
    desired: &Desired,
) -> Result<(), ActionError> {
    let mut pace = cx.run.wait.pace(&action.address.to_string());
    loop {
        let (what, lags) = match &action.change {
            Change::Create { want } => (in_the_way(cx, action, want, desired).await?, true),
            Change::Update { id, have, .. } => (moved(cx, action, id, have, true, desired).await?, again),
            Change::Delete { id, have } => (moved(cx, action, id, have, false, desired).await?, again),
        };
        // Right after a write of ours a read may still show what was there before it. What somebody else did never passes.
        let rests = lags && pace.rest(cx.run.wait.deadlines.visible).await;
        match what.is_empty() {
            true => return Ok(()),
            false if rests => {}
            false => return Err(Moved { address: action.address.clone(), what }.into()),
        }
    }
}

async fn moved(
    cx: &WriteCx<'_>,
    action: &Action,
    id: &RemoteId,
    have: &Model,
    must_exist: bool,
    desired: &Desired,
) -> Result<Vec<String>, ActionError> {
    let Address { kind, scope, .. } = &action.address;
    match read(*kind, &cx.read, scope, id).await.map_err(ApplyError::from)? {
        None if must_exist => Ok(vec!["it does not exist any more".to_owned()]),
        None => Ok(Vec::new()),
        Some(found) if found.id != *id => Ok(vec![format!("another one is in its place, {}", found.id)]),
        Some(Raw { model: Some(now), .. }) => Ok(changed(cx, action, now, have, desired)),
        Some(Raw { model: None, .. }) => Ok(vec!["it cannot be read in full".to_owned()]),
    }
}

/// The paths in which what AWS has now differs from what it had.
fn changed(cx: &WriteCx<'_>, action: &Action, now: Model, have: &Model, desired: &Desired) -> Vec<String> {
    let names = cx.run.ids.names();
    // First as when the plan was made. An earlier action may have pointed it at what did not exist then.
    let want = desired.resources.get(&action.address).map(|wanted| &wanted.model);
    let planned = differing(now.clone(), have, want, &names, desired);
    if planned.is_empty() { planned } else { differing(now, have, Some(have), &names, desired) }
}

async fn in_the_way(
    cx: &WriteCx<'_>,
    action: &Action,
    want: &Model,
    desired: &Desired,
) -> Result<Vec<String>, ActionError> {
    let found = namesake(&cx.read, &action.address.scope, want).await.map_err(ApplyError::from)?;
    let Some(Raw { id, evidence, model: Some(now), .. }) = found else { return Ok(Vec::new()) };
    let marks = match (&evidence, want) {
        (Evidence::Tags(found), Model::Guardrail(want)) => {
            [STACK_TAG, NAME_TAG].iter().all(|mark| found.get(*mark) == want.tags.get(*mark))
        }
        _ => false,
    };
    if !marks {
        return Ok(vec![format!("{id} has its name by now")]);
    }
    let fields = differing(now, want, Some(want), &cx.run.ids.names(), desired);
    Ok(fields.into_iter().map(|path| format!("{id} carries its mark by now, and differs in {path}")).collect())
}
