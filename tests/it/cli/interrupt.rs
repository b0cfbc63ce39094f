//! Ctrl-C while a command computes or waits for its input, and so hears of nothing.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::served::Serving;
use super::{Desk, Ran, SPEC};

/// Runs a command that reads a pipe, and interrupts it once it has begun to.
fn interrupted(desk: &Desk, arguments: &[&str], signal: &str) -> (Ran, Duration) {
    let mut command = desk.command(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    // Opening a pipe to write waits for who reads it. Held open it gives neither text nor an end.
    let pipe = File::options().write(true).open(desk.path("pipe")).expect("a pipe");
    let began = Instant::now();
    Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    let ran = child.wait_with_output().expect("it ends").into();
    drop(pipe);
    (ran, began.elapsed())
}

#[test]
fn a_command_that_hears_of_nothing_is_ended_with_130() {
    let desk = Desk::new(SPEC);
    assert!(Command::new("mkfifo").arg(desk.path("pipe")).status().expect("mkfifo").success());
    for arguments in [
        &["validate", "-f", "pipe"][..],
        &["validate", "-f", "pipe", "--format", "json"],
        &["plan", "--sandbox", "--var-file", "pipe"],
        &["apply", "--sandbox", "pipe"],
    ] {
        for signal in ["-INT", "-TERM"] {
            let (ran, took) = interrupted(&desk, arguments, signal);
            assert_eq!((ran.code, ran.stdout.as_str()), (130, ""), "{arguments:?} {signal}: {ran:?}");
            assert_eq!(ran.stderr, "error: interrupted\n", "{arguments:?}");
            assert!(took < Duration::from_secs(20), "{arguments:?} {signal} takes {took:?}");
        }
    }
}

#[test]
fn an_apply_that_waits_for_aws_is_ended_with_130() {
    let desk = Desk::new(SPEC);
    let serving = Serving::start(&desk);
    // What is made stays CREATING for longer than anybody wants to wait.
    serving.set(&json!({"transition_ms": 600_000}));
    let mut command = desk.command(&["apply", "--sandbox", "--yes"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let made = || {
        let requests = serving.ask("GET", "/_bedrail/requests", &json!(null));
        requests.to_string().contains("CreateGuardrail")
    };
    while !made() {
        std::thread::sleep(Duration::from_millis(50));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    let ran: Ran = child.wait_with_output().expect("it ends").into();
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(ran.stdout.contains("Interrupted: 0 done, 1 failed") && ran.stdout.contains("CREATING"), "{ran:?}");
    assert_eq!(serving.stop(), Some(0));
}
