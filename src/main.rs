//! The command line of bedrail.

use std::process::ExitCode;

fn main() -> ExitCode {
    bedrail::cli::main(std::env::args_os())
}
