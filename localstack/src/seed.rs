//! The state that an emulator begins with.

use serde::de::Error as _;
use serde_json::{Error, Value};

use crate::caller::is_account;
use crate::config::{Partition, Seed};
use crate::error::StartError;
use crate::generate::Generate;
use crate::iam;
use crate::regions;
use crate::world::State;

const BUILT_IN: &str = include_str!("../seeds/default.json");

/// Reads a seed for the partition, and fills it up.
pub(crate) fn state(seed: &Seed, generate: Generate, partition: Partition) -> Result<State, StartError> {
    let given = match seed {
        Seed::Default => Value::Object(serde_json::Map::new()),
        Seed::Value(value) => value.clone(),
        Seed::File(path) => {
            let content = std::fs::read(path).map_err(|source| StartError::SeedFile { path: path.clone(), source })?;
            serde_json::from_slice(&content).map_err(StartError::Seed)?
        }
    };
    let mut state = complete(given, partition).map_err(StartError::Seed)?;
    generate.grow(&mut state)?;
    Ok(state)
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
    check_scopes(&state)?;
    check_iam(&state).map(|()| state)
}

/// Bedrock is only where it can be: in Regions of the partition that have it.
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

/// IAM is of accounts.
fn check_iam(state: &State) -> serde_json::Result<()> {
    if let Some(account) = state.iam.held().keys().find(|account| *account != iam::EVERY && !is_account(account)) {
        return Err(Error::custom(format_args!("iam: '{account}' is neither an account id nor '{}'", iam::EVERY)));
    }
    match iam::faults(&state.iam).as_slice() {
        [] => Ok(()),
        faults => Err(Error::custom(format_args!("iam: {}", faults.join("; ")))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Options;
    use crate::iam::Iam;
    use crate::world::World;

    const SEEDS: [(&str, &str); 4] = [
        ("default", BUILT_IN),
        ("brownfield", include_str!("../seeds/brownfield.json")),
        ("delegated", include_str!("../seeds/delegated.json")),
        ("legacy", include_str!("../seeds/legacy.json")),
    ];

    #[test]
    fn a_seed_may_leave_parts_out() {
        let built_in = state(&Seed::Default, Generate::default(), Partition::Aws).expect("the built-in seed is valid");
        let meta = json!({"accounts": {"111122223333": {"enabled_regions": ["eu-south-1"]}}});
        let given = state(&Seed::Value(json!({ "meta": meta })), Generate::default(), Partition::UsGov).expect("valid");
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

    #[test]
    fn every_account_has_its_roles() {
        for (name, seed) in SEEDS {
            let given = serde_json::from_str(seed).expect("JSON");
            let world = World::new(complete(given, Partition::Aws).expect("valid"), Options::default());
            let has = |account: &str| world.iam(account).roles.keys().cloned().collect::<Vec<_>>();
            let bedrail = ["BedrailExecution", "BedrailRead"].map(str::to_owned);
            for account in ["111122223333", "222233334444", "777788889999"] {
                assert!(bedrail.iter().all(|role| has(account).contains(role)), "{name} {account}");
                let made = has(account).iter().any(|role| role == "OrganizationAccountAccessRole");
                assert_eq!(made, account != "111122223333", "{name} {account}");
            }
            let role = &world.iam("222233334444").roles["app-role"];
            assert!(role.trust.contains("arn:aws:iam::222233334444:root"), "{name}: {}", &*role.trust);
            let written = serde_json::to_value(&*world).expect("JSON");
            let read = World::new(serde_json::from_value(written).expect("a state"), Options::default());
            assert_eq!(*read, *world, "{name}");
            assert_eq!(world.iam("999999999999"), &Iam::default(), "outside the organization");
        }
    }

    #[test]
    fn iam_is_of_accounts() {
        let read = |key: &str, iam: Value| complete(json!({"iam": {key: iam}}), Partition::Aws);
        let trust = json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}});
        let twice = json!({"roles": {"app": {"trust": trust}, "App": {"trust": trust}}});
        assert!(read("111122223333", json!({})).is_ok());
        for (key, iam) in [("../1", json!({})), ("111122223333", twice), ("*", json!({"role": {}}))] {
            assert!(read(key, iam.clone()).is_err(), "{key} {iam}");
        }
    }
}
