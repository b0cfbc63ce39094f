//! Handing a result on to a command that the user named.

use std::io::{self, ErrorKind, Write as _};
use std::process::{Command, ExitStatus, Stdio};

use super::error::Error;

/// Runs `command` by the system's shell, with `input` on its standard input, and waits until it ends. The command is the user's
/// text and nothing else. What it writes goes to standard error, so that results stay whole; a command that does not read is
/// no failure.
///
/// # Errors
/// It could not be started, or did not end with success.
pub(crate) async fn hand_on(command: String, input: String) -> Result<(), Error> {
    let words = command.clone();
    // On a thread of its own, so that Ctrl-C is heard meanwhile.
    let ended = tokio::task::spawn_blocking(move || run(&words, &input)).await;
    let ended = ended.map_err(io::Error::other).and_then(|ended| ended);
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::OnDrift { command, source: io::Error::other(said(status)) }),
        Err(source) => Err(Error::OnDrift { command, source }),
    }
}

fn run(command: &str, input: &str) -> io::Result<ExitStatus> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([flag, command])
        .stdin(Stdio::piped())
        .stdout(io::stderr())
        .stderr(Stdio::inherit())
        .spawn()?;
    let written = match child.stdin.take() {
        // The pipe is closed behind it, so that a reader sees its end.
        Some(mut pipe) => pipe.write_all(input.as_bytes()),
        None => Ok(()),
    };
    let status = child.wait()?;
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(status),
    }
}

fn said(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("it ended with exit code {code}"),
        None => "it was ended by a signal".to_owned(),
    }
}
