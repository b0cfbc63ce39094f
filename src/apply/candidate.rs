//! Guardrails that are there to be tested only: made as an action is carried out, and removed whatever becomes of the test.
//!
//! A run that is killed leaves what it has made. The next one finds it by its mark, and [`sweep`]s.

use super::{ActionError, Finished, Tools, carry_out};
use crate::aws::{ApplyError, Call, WriteCx, chain, namesake, perform, read};
use crate::kinds::{Kind, Verb};
use crate::model::{Address, Live, Raw, RemoteId};
use crate::plan::{Action, Candidate, Change};

/// A candidate that could not be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its address.
    pub address: Address,
    /// Its ARN, as far as it is known.
    pub id: Option<RemoteId>,
    /// What became of the attempt.
    pub why: String,
}

/// A candidate that was not made.
#[derive(Debug)]
pub struct Unmade {
    /// Why.
    pub error: ActionError,
    /// What may be there all the same, and could not be removed.
    pub left: Option<Left>,
}

/// Makes the candidate, and waits until AWS holds what it is to hold.
///
/// # Errors
/// Why it was not made. What a lost reply or a failure later on may have left is looked for and removed.
pub async fn make(candidate: &Candidate, tools: Tools<'_>) -> Result<RemoteId, Unmade> {
    let action = candidate.create();
    let Finished { calls, result, .. } = carry_out(&action, false, tools, |_| ()).await;
    let error = match result {
        Ok(Some(id)) => return Ok(id),
        Ok(None) => ApplyError::Impossible(action.address.clone()).into(),
        Err(error) => error,
    };
    let left = if may_be_there(&calls) { clear(candidate, tools).await } else { None };
    Err(Unmade { error, left })
}

/// Whether a create went through, or may have: a refusal has a code.
fn may_be_there(calls: &[Call]) -> bool {
    calls.iter().any(|call| call.operation == "bedrock:CreateGuardrail" && call.code.is_none())
}

/// Removes what a failed create may have made, once AWS shows it; `None` where it is gone, or never comes to light.
async fn clear(candidate: &Candidate, tools: Tools<'_>) -> Option<Left> {
    let log = tools.run.log(&candidate.address);
    let cx = WriteCx { read: tools.clients.reading(&log), run: tools.run };
    let mut pace = tools.run.wait.pace(&candidate.model.name);
    let want = candidate.model.clone().into();
    let left = |id: Option<RemoteId>, why: String| Some(Left { address: candidate.address.clone(), id, why });
    loop {
        match namesake(&cx.read, &candidate.address.scope, &want).await {
            Ok(Some(Raw { id, .. })) => return remove(candidate, id, tools).await.err(),
            Ok(None) if pace.rest(tools.run.wait.deadlines.visible).await => {}
            Ok(None) => return None,
            Err(error) => return left(None, chain(&error)),
        }
    }
}

/// Removes a candidate that [`make`] has made. What is gone already is as it should be.
///
/// # Errors
/// It is still there, or may be.
pub async fn remove(candidate: &Candidate, id: RemoteId, tools: Tools<'_>) -> Result<(), Left> {
    delete(&candidate.delete(id.clone()), tools).await.map_err(|error| Left {
        address: candidate.address.clone(),
        id: Some(id),
        why: chain(&error),
    })
}

async fn delete(action: &Action, tools: Tools<'_>) -> Result<(), ApplyError> {
    let log = tools.run.log(&action.address);
    let cx = WriteCx { read: tools.clients.reading(&log), run: tools.run };
    perform(&cx, action).await.map(|_| ())
}

/// Removes what earlier runs have left, as `live` shows it; what became of each.
pub async fn sweep(live: &Live, tools: Tools<'_>) -> Vec<Result<Address, Left>> {
    let mut swept = Vec::new();
    for (id, address) in &live.candidates {
        let left = |why: String| Left { address: address.clone(), id: Some(id.clone()), why };
        swept.push(match pointed_at(id, live) {
            Some(pointer) => Err(left(format!("{pointer} points at it"))),
            None => sweep_one(address, id, tools).await.map(|()| address.clone()).map_err(left),
        });
    }
    swept
}

/// Who points at a version of it, which nobody but others can have published.
fn pointed_at(id: &RemoteId, live: &Live) -> Option<String> {
    let is_of = |version: &str| version.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with(':'));
    let enforced = live.enforcements.iter().find(|(_, model)| is_of(&model.version.to_string()));
    let enforced = enforced.map(|(scope, _)| format!("the enforced configuration of {scope}"));
    let policy = || live.outside.iter().find(|(version, _)| is_of(version.as_str())).map(|(_, who)| who.clone());
    enforced.or_else(policy)
}

/// Looks once more whose it is, since what was read is some time ago.
async fn sweep_one(address: &Address, id: &RemoteId, tools: Tools<'_>) -> Result<(), String> {
    let log = tools.run.log(address);
    let cx = tools.clients.reading(&log);
    let found = read(Kind::Guardrail, &cx, &address.scope, id).await.map_err(|error| chain(&error))?;
    let Some(found) = found else { return Ok(()) };
    if found.candidate(&tools.run.stack).is_none() {
        return Err("it does not bear the mark of a candidate any more".to_owned());
    }
    let Some(have) = found.model else { return Err("it could not be read in full".to_owned()) };
    let action = Action::alone(address.clone(), Verb::Delete, Change::Delete { id: id.clone(), have });
    delete(&action, tools).await.map_err(|error| chain(&error))
}
