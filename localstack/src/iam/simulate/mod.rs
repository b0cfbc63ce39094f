//! Simulation: what policies would say to requests that nobody makes.
//!
//! ```text
//! input    what to simulate, read from a request
//! result   what came of it, as an answer tells it
//! ```
//!
//! Condition keys are those that the request gives, and no others. Inferred: the verdict on an action over several resources (the
//! strictest of theirs); that `EvalResourceName` is `*`; the ids of policies that are no inputs (their names); that variables do
//! not count among the missing keys. `EvalDecisionDetails`, which AWS gives for other accounts only, is left out.

mod input;
mod result;

use serde_json::{Map, Value};

use self::input::Simulation;
use super::operations::page;
use super::refused::Refused;
use crate::authorize::{self, Origin, Policies, Source};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::world::World;

type Answer = Result<Value, ApiError>;

/// `SimulateCustomPolicy`: the policies of the request.
pub(super) fn custom(_: &mut World, caller: &Caller, input: &Map<String, Value>) -> Answer {
    let identity = input::documents(input, "PolicyInputList", Origin::Other)?;
    let levels = input.get("OrderedOrganizationPolicyInputList").and_then(Value::as_array).into_iter().flatten();
    let levels = levels.zip(1..).map(|(level, number)| {
        let name = format!("OrderedOrganizationPolicyInputList.{number}.ServiceControlPolicyInputList");
        input::listed(level.get("ServiceControlPolicyInputList"), &name, Origin::Other)
    });
    let policies = Policies {
        identity: Some(identity),
        boundary: boundary(input)?,
        service_control: levels.collect::<Result<_, _>>()?,
        ..Policies::default()
    };
    answer(&Simulation::read(input, &caller.account, policies)?, input)
}

/// `SimulatePrincipalPolicy`: those of a role and of its account's place in the organization, and the request's own beside them.
pub(super) fn principal(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Answer {
    let arn = input.get("PolicySourceArn").and_then(Value::as_str).unwrap_or_default();
    let account = caller.account.as_str();
    let name = arn.rsplit('/').next().unwrap_or_default();
    let partition = world.partition.id();
    let role = world.iam(account).roles.get(name).filter(|role| role.arn(partition, account, name) == arn);
    let role = role.ok_or(Refused::NoRole(name))?;
    if input.contains_key("ResourcePolicy") {
        return Err(input::invalid("Simulating resource-based policies is not supported for roles."));
    }
    let excluded = input::Exclusions::read(input);
    let mut identity = authorize::identity(world, account, role);
    let managed = |name: &str| role.attached.iter().find(|arn| arn.rsplit('/').next() == Some(name));
    identity.retain(|source| !excluded.has(source, managed(&source.id).map(String::as_str)));
    identity.extend(input::documents(input, "PolicyInputList", Origin::Other)?);
    let of_role = authorize::boundary(world, account, role).filter(|_| !excluded.has_type("permission-boundary"));
    let levels =
        if excluded.has_type("scp") { Vec::new() } else { world.organization.service_control(account, world.now()) };
    let level = |policies: &Vec<(String, String)>| -> Vec<Source> {
        policies.iter().filter_map(|(id, text)| authorize::source(id, Origin::Other, text)).collect()
    };
    let policies = Policies {
        identity: Some(identity),
        boundary: boundary(input)?.or(of_role),
        service_control: levels.iter().map(level).collect(),
        ..Policies::default()
    };
    answer(&Simulation::read(input, account, policies)?, input)
}

/// What a request gives in the place of a boundary.
fn boundary(input: &Map<String, Value>) -> Result<Option<Vec<Source>>, ApiError> {
    let given = input::documents(input, "PermissionsBoundaryPolicyInputList", Origin::Other)?;
    Ok((!given.is_empty()).then_some(given))
}

fn answer(simulation: &Simulation, input: &Map<String, Value>) -> Answer {
    let rows = simulation.actions.iter().map(|action| result::of(simulation, action)).collect();
    page(input, "Simulate", "EvaluationResults", rows)
}
