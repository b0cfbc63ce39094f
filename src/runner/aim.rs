//! The number that a version has, where only its content tells.

use crate::aws::{CallLog, Clients, read};
use crate::kinds::{Kind, Model};
use crate::suite::trial::{Absent, Aim, Number, Target, nothing_current, number_of};

/// Finds out what is still unknown of an aim: reads the versions that promise the wanted content, the newest first, until one
/// holds it.
///
/// # Errors
/// None does, or it cannot be told.
pub async fn settle(clients: &Clients, aim: Result<Aim, Absent>) -> Result<Target, Absent> {
    let aim = aim?;
    let (promised, content) = match &aim.number {
        Number::Known(number) => {
            let number = number.clone();
            return Ok(aim.at(number));
        }
        Number::Promised(promised, content) => (promised, content),
    };
    let log = CallLog::default();
    let cx = clients.reading(&log);
    for id in promised {
        // Its future holds those of every kind.
        let read = Box::pin(read(Kind::GuardrailVersion, &cx, &aim.scope, id)).await.map_err(|error| Absent {
            scope: aim.scope.clone(),
            why: format!("what {id} holds could not be read: {}", error.reason()),
            hint: error.hint(),
        })?;
        let holds = |model: &Model| matches!(model, Model::GuardrailVersion(version) if version.content.as_ref() == Some(content));
        if read.and_then(|raw| raw.model).is_some_and(|model| holds(&model))
            && let Some(number) = number_of(id)
        {
            return Ok(aim.at(number));
        }
    }
    Err(nothing_current(&aim.scope))
}
