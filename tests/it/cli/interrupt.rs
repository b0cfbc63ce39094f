//! Ctrl-C while a command computes or waits for its input, and so hears of nothing.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
