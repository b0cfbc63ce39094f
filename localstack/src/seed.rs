//! The state that an emulator begins with.

use serde::de::Error as _;
use serde_json::{Error, Value};

use crate::caller::is_account;
use crate::config::{Partition, Seed};
use crate::error::StartError;
use crate::regions;
use crate::world::State;

const BUILT_IN: &str = include_str!("../seeds/default.json");

/// Reads a seed for the partition.
pub(crate) fn state(seed: &Seed, partition: Partition) -> Result<State, StartError> {
    let given = match seed {
        Seed::Default => Value::Object(serde_json::Map::new()),
        Seed::Value(value) => value.clone(),
        Seed::File(path) => {
            let content = std::fs::read(path).map_err(|source| StartError::SeedFile { path: path.clone(), source })?;
            serde_json::from_slice(&content).map_err(StartError::Seed)?
        }
    };
    complete(given, partition).map_err(StartError::Seed)
}

/// The state of a seed, what it leaves out taken from the built-in one.
pub(crate) fn complete(given: Value, partition: Partition) -> serde_json::Result<State> {
    let mut state: Value = serde_json::from_str(BUILT_IN)?;
    state["partition"] = serde_json::to_value(partition)?;
    match (state.as_object_mut(), given) {
        (Some(state), Value::Object(given)) => state.extend(given),
        // Not an object: let the reader say so.
        (_, given) => state = given,
    }
    let state: State = serde_json::from_value(state)?;
    check_scopes(&state).map(|()| state)
}

/// Bedrock is only where it can be: in Regions of the partition that have it. Accounts and Regions are names of files, too.
fn check_scopes(state: &State) -> serde_json::Result<()> {
    for (account, regions) in &state.bedrock {
        if !is_account(account) {
            return Err(Error::custom(format_args!("bedrock: '{account}' is not an account id")));
        }
        let has_bedrock = |region: &str| regions::find(state.partition, region).is_some_and(|found| found.bedrock);
        if let Some(region) = regions.keys().find(|region| !has_bedrock(region)) {
            let partition = state.partition.id();
            return Err(Error::custom(format_args!("bedrock: {partition} has no Bedrock in a Region '{region}'")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_seed_may_leave_parts_out() {
        let built_in = state(&Seed::Default, Partition::Aws).expect("the built-in seed is valid");
        let meta = json!({"accounts": {"111122223333": {"enabled_regions": ["eu-south-1"]}}});
        let given = state(&Seed::Value(json!({ "meta": meta })), Partition::UsGov).expect("valid");
        assert_eq!(given.partition, Partition::UsGov);
        assert_eq!(given.organization, built_in.organization);
        assert!(given.meta.accounts["111122223333"].enabled_regions.contains("eu-south-1"));
    }

    #[test]
    fn a_seed_with_an_unknown_part_is_refused() {
        assert!(complete(json!({"bedrok": {}}), Partition::Aws).is_err());
        assert!(complete(json!([]), Partition::Aws).is_err());
    }

    #[test]
    fn bedrock_is_where_it_can_be() {
        let read = |account: &str, region: &str| complete(json!({"bedrock": {account: {region: {}}}}), Partition::Aws);
        assert!(read("111122223333", "us-east-1").is_ok());
        for (account, region) in
            [("../111122223333", "us-east-1"), ("111122223333", "us-gov-west-1"), ("111122223333", "..")]
        {
            assert!(read(account, region).is_err(), "{account} {region}");
        }
    }
}
