//! The question of each call, with the option `authorize`.

use serde_json::{Map, Value};

use super::needs::{self, Case, Need};
use super::{Ask, decide};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::wire::{Protocol, Refused};
use crate::world::World;

/// Whether the caller may do what the call needs: everything, if the option does not ask. The error is the protocol's own.
pub(crate) fn check(
    world: &World,
    caller: &Caller,
    protocol: Protocol,
    operation: &str,
    input: &Map<String, Value>,
) -> Result<(), ApiError> {
    if !world.options.authorize {
        return Ok(());
    }
    let refused = |message: String| ApiError { message, ..protocol.refusal(Refused::Denied) };
    let ask = match needs::of(protocol, operation) {
        Some(Need::Nothing | Need::AsksItself) => return Ok(()),
        Some(Need::Asks(ask)) => ask,
        // No operation is forgotten, which a test proves.
        None => return Err(refused(format!("It is not known what {operation} needs"))),
    };
    for needed in ask(&Case { world, caller, operation, input }) {
        let asked = Ask {
            action: &needed.action,
            resource: &needed.resource,
            context: needed.context,
            resource_policy: needed.resource_policy.as_deref(),
        };
        let verdict = decide(world, caller.into(), &asked);
        if let Some(message) = verdict.message(&caller.arn, asked.action, asked.resource) {
            return Err(refused(message));
        }
    }
    Ok(())
}
