//! State in a folder.

use std::path::Path;

use bedrail_localstack::{Config, Emulator, Options, Partition, StartError, StoreError};
use serde_json::json;

use crate::client::{Client, created, guardrail};

fn config(folder: &Path) -> Config {
    Config { state_dir: Some(folder.to_owned()), ..Config::default() }
}

#[tokio::test]
async fn a_restart_goes_on_where_the_last_run_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let slow = Options { transition_ms: 3_600_000, ..Options::default() };
    let emulator = Emulator::start(Config { options: slow, ..config(folder.path()) }).await.expect("starts");
    let client = Client::of(&emulator);
    let made = client.bedrock("POST", "/guardrails", &guardrail("one")).await.ok(202);
    let path = format!("/guardrails/{}", made["guardrailId"].as_str().expect("an id"));
    let before = client.control("GET", "state", &json!({})).await.ok(200);
    // Not stopped: whatever was answered must already be on disk.
    drop(emulator);
    let emulator = loop {
        match Emulator::start(config(folder.path())).await {
            Err(StartError::Store(StoreError::InUse(_))) => tokio::task::yield_now().await,
            started => break started.expect("starts"),
        }
    };
    let client = Client::of(&emulator);
    assert_eq!(client.control("GET", "state", &json!({})).await.ok(200), before);
    assert_eq!(client.bedrock("GET", &path, &json!({})).await.ok(200)["status"], "CREATING");
    client.wait(3_600_000).await;
    assert_eq!(client.bedrock("GET", &path, &json!({})).await.ok(200)["status"], "READY");
    emulator.stop().await;
    let emulator = Emulator::start(config(folder.path())).await.expect("starts");
    let client = Client::of(&emulator);
    assert_eq!(client.bedrock("GET", &path, &json!({})).await.ok(200)["status"], "READY", "the clock is kept too");
    emulator.stop().await;
}

#[tokio::test]
async fn a_reset_is_on_disk_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let emulator = Emulator::start(config(folder.path())).await.expect("starts");
    let client = Client::of(&emulator);
    let before = client.control("GET", "state", &json!({})).await.ok(200);
    created(&client, &guardrail("one")).await;
    client.control("POST", "reset", &json!({})).await.ok(200);
    emulator.stop().await;
    let emulator = Emulator::start(config(folder.path())).await.expect("starts");
    assert_eq!(Client::of(&emulator).control("GET", "state", &json!({})).await.ok(200), before);
    emulator.stop().await;
}

#[tokio::test]
async fn a_folder_belongs_to_one_emulator_and_one_partition() {
    let folder = tempfile::tempdir().expect("a folder");
    let emulator = Emulator::start(config(folder.path())).await.expect("starts");
    let second = Emulator::start(config(folder.path())).await.expect_err("refused").to_string();
    assert!(second.contains("is in use by another emulator"), "{second}");
    emulator.stop().await;
    let other = Config { partition: Partition::UsGov, ..config(folder.path()) };
    let other = Emulator::start(other).await.expect_err("refused").to_string();
    assert_eq!(other, "the state folder is one of the partition aws, not aws-us-gov");
}

#[tokio::test]
async fn a_broken_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    Emulator::start(config(folder.path())).await.expect("starts").stop().await;
    std::fs::write(folder.path().join("state-1.json"), "{").expect("written");
    let error = Emulator::start(config(folder.path())).await.expect_err("refused").to_string();
    assert!(error.contains("state-1.json"), "{error}");
}
