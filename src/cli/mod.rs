//! The command line: arguments in, results to standard output, everything else to standard error, one exit code.
//!
//! One file per command under `commands`; the doc comment of its arguments is its help. What every command shares:
//! [`args`] the global flags, [`session`] the way from the files of a spec to a plan, [`output`] the only place that
//! prints, [`error`] what can go wrong with the hints, and [`exit`] the codes.

mod advance;
mod args;
mod audit;
mod commands;
mod confirm;
mod consent;
mod error;
mod execute;
mod exit;
mod hand_on;
mod interrupt;
mod logging;
mod new_files;
mod output;
mod progress;
mod promotion;
pub mod reference;
mod sandbox;
mod session;
mod suites;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

pub use args::{Cli, command};
pub use exit::Exit;

use error::Error;
use interrupt::Interrupt;
use output::Output;

/// Runs one command line and tells how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error).into(),
    };
    let output = Output::new(&cli.global);
    let result = run(cli, &output);
    let exit = match result {
        Ok(exit) => exit,
        Err(error) => {
            output.error(&error);
            error.exit()
        }
    };
    exit.into()
}

fn run(cli: Cli, output: &Output) -> Result<Exit, Error> {
    logging::start(&cli.global);
    output.ready()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Runtime)?;
    let result = runtime.block_on(async {
        let last_words = output.clone();
        let interrupt = Interrupt::watch(move || last_words.error(&Error::Interrupted));
        let stopped = interrupt.clone();
        tokio::select! {
            result = cli.command.run(&cli.global, output, interrupt) => result,
            () = stopped.wanted() => Err(Error::Interrupted),
        }
    });
    // A read that is still under way must not keep the process from ending.
    runtime.shutdown_background();
    result
}

/// What clap has to say: help and version are results, anything else is wrong usage.
fn usage(error: &clap::Error) -> Exit {
    // A closed pipe is no failure here either.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
        _ => Exit::Usage,
    }
}
