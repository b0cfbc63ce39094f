//! What must hold before a change goes one stage on: where it is already, AWS has it in effect.

use std::time::Duration;

use super::error::Error;
use super::session::Session;
use crate::live;
use crate::model::Address;
use crate::plan::standing;
use crate::report::{NAMED, some};

/// Whether the stages that a change has reached have it in effect, as AWS says.
///
/// # Errors
/// [`Error::StageNotInEffect`] where something else is, or AWS calls it invalid; [`Error::StageNotSeen`] where it could not be read.
pub(crate) async fn verified(session: &Session, patience: Duration) -> Result<(), Error> {
    let sides = &session.sides;
    let on_its_way: Vec<&Address> = standing(&sides.desired, &sides.live)
        .into_iter()
        .filter(|standing| standing.reached > 0)
        .filter_map(|standing| sides.desired.staged.get(&standing.policy).map(|staged| &staged.next))
        .collect();
    if on_its_way.is_empty() {
        return Ok(());
    }
    let beside = live::beside(&session.clients, &sides.live, &sides.facts, patience).await;
    let shadowed = beside.shadowed.iter().filter(|one| on_its_way.contains(&&one.policy)).map(|one| {
        let other = if one.others.is_empty() { "AWS may still be at it".to_owned() } else { one.others.join(", ") };
        format!(
            "{} in {}: {} of {} is not what is in effect ({other})",
            some(&one.accounts, NAMED),
            one.region,
            one.expected.version,
            one.policy
        )
    });
    let invalid = beside.invalid.iter().filter(|one| one.policies.iter().any(|policy| on_its_way.contains(&policy)));
    let invalid = invalid.map(|one| format!("{}: AWS calls the effective policy invalid", some(&one.accounts, NAMED)));
    let failed: Vec<String> = shadowed.chain(invalid).collect();
    if !failed.is_empty() {
        return Err(Error::StageNotInEffect(failed));
    }
    let unseen: Vec<String> = sides.live.blind.iter().chain(&beside.blind).map(|blind| blind.why.clone()).collect();
    if beside.all_seen { Ok(()) } else { Err(Error::StageNotSeen(unseen)) }
}
