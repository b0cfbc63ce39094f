//! `AWS_BEARER_TOKEN_BEDROCK` in the environment acts as another principal in another account, if the SDK is let.

use std::process::Command;

use bedrail::aws::{Access, Connection, Retries, Survey};
use bedrail::live;
use bedrail::model::{Needed, Region};
use serde_json::Value;

use super::scope;
use crate::support::{MANAGEMENT, Sandbox};

const ENDPOINT: &str = "BEDRAIL_TEST_ENDPOINT";

/// The environment of this process cannot be changed safely, so a child of its own reads.
#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_token_does_not_divert_the_credentials() {
    let sandbox = Sandbox::start().await;
    let endpoint = sandbox.endpoint().to_owned();
    let child = move || {
        Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "aws::bearer::reads_with_the_environment", "--ignored"])
            .env(ENDPOINT, endpoint)
            .env("AWS_BEARER_TOKEN_BEDROCK", "someone-elses")
            .env("AWS_ACCESS_KEY_ID", format!("AKIA{MANAGEMENT}"))
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .env("AWS_REGION", "us-east-1")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .output()
    };
    let output = tokio::task::spawn_blocking(child).await.expect("it runs").expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let requests = sandbox.control("GET", "/_bedrail/requests", &Value::Null).await;
    let bedrock: Vec<&Value> =
        requests.as_array().expect("a list").iter().filter(|request| request["service"] == "bedrock").collect();
    assert!(!bedrock.is_empty());
    for request in bedrock {
        assert_eq!(request["principal"], format!("arn:aws:iam::{MANAGEMENT}:root"), "{request}");
        assert_eq!(request["status"], 200, "{request}");
    }
}

#[tokio::test]
#[ignore = "run by the test above, in an environment of its own"]
async fn reads_with_the_environment() {
    let connection = Connection {
        profile: None,
        endpoint_url: Some(std::env::var(ENDPOINT).expect("an endpoint")),
        region: Some(Region::new("us-east-1")),
        sandbox: None,
        parallelism: 4,
        retries: Retries::default(),
        roles: None,
    };
    let clients = connection.open(Access::ReadOnly).await.expect("the emulator answers");
    let survey = Survey { declared: [scope("us-east-1")].into(), ..Survey::default() };
    let readings = live::read(&clients, &survey, |_| Needed::default()).await;
    assert!(readings.unread.is_empty(), "{:?}", readings.unread);
}
