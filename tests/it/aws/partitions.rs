//! One spec serves every partition: ARNs, Regions and endpoints follow the caller's.

use std::collections::BTreeSet;

use bedrail::aws::{Access, Connection, Declared, Retries, Sandbox as Caller, Survey, organization};
use bedrail::live;
use bedrail::model::{Needed, Region, Scope};
use bedrail_localstack::{Config, Emulator, Partition};

#[tokio::test]
async fn the_partition_is_that_of_the_caller() {
    for (partition, region) in [(Partition::UsGov, "us-gov-west-1"), (Partition::Eusc, "eusc-de-east-1")] {
        let emulator = Emulator::start(Config { partition, ..Config::default() }).await.expect("it starts");
        let account = emulator.management_account().parse().expect("an account id");
        let connection = Connection {
            profile: None,
            endpoint_url: Some(emulator.endpoint().to_owned()),
            region: Some(Region::new(region)),
            sandbox: Some(Caller { account }),
            parallelism: 4,
            retries: Retries::default(),
            roles: None,
        };
        let clients = connection.open(Access::ReadOnly).await.expect("it answers");
        assert_eq!(clients.caller().partition.as_str(), partition.id());
        let management = clients.caller().account.clone();
        let declared = Declared { management_account: Some(management.clone()), ..Declared::default() };
        let organization = organization(&clients, &declared, &BTreeSet::new()).await.expect("it is ours");
        let survey = Survey {
            organization,
            declared: [Scope::regional(management, Region::new(region))].into(),
            ..Survey::default()
        };
        let readings = live::read(&clients, &survey, |_| Needed::default()).await;
        assert!(readings.unread.is_empty() && readings.unavailable.is_empty(), "{readings:?}");
    }
}
