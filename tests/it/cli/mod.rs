//! The binary itself, run as a user runs it: environment cleared, width fixed, each test in a folder of its own.

mod audit;
mod checks;
mod contract;
mod coverage;
mod doctor;
mod drift;
mod environments;
mod explain;
mod fmt;
mod hazards;
mod help;
mod import;
mod init;
mod interrupt;
mod lint;
mod moved;
mod promoted;
mod promotion;
mod ready;
mod saved;
mod secrets;
pub(crate) mod served;
mod stages;
mod suites;
mod trials;
mod waits;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder with a spec, in which commands run.
pub(crate) struct Desk {
    folder: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// One account: a guardrail, a named version, and its enforcement.
pub(crate) const SPEC: &str = r#"
format: 1
stack: acme
regions: [us-east-1]
scan: {regions: declared}
guardrails:
  baseline:
    description: Baseline of the company
    blocked_input_messaging: "Sorry, not this."
    blocked_outputs_messaging: "Sorry, not that."
    content_policy: {filters: {HATE: HIGH, PROMPT_ATTACK: HIGH}}
    word_policy: {words: [internal-codename]}
versions:
  first: {guardrail: baseline}
account_enforcement:
  home: {guardrail: baseline, version: first}
"#;

impl Desk {
    pub(crate) fn new(spec: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        desk.write("bedrail.yaml", spec);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a writable folder");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }

    /// The binary in this folder, without the environment of whoever runs the tests.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("COLUMNS", "100").stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().expect("the binary runs").into()
    }

    /// The same with a standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        self.write("stdin", input);
        let input = std::fs::File::open(self.folder.path().join("stdin")).expect("it was written");
        self.command(arguments).stdin(input).output().expect("the binary runs").into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Self { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_bedrail"))
}
