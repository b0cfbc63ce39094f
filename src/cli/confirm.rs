//! The question before anything is changed.

use super::error::Error;
use super::output::Output;

/// Asks for a `yes`, unless it was given already.
pub(crate) async fn confirm(output: &Output, given: bool, question: &str) -> Result<(), Error> {
    if given {
        return Ok(());
    }
    match output.ask(&format!("{question} Only `yes` goes on:")).await {
        Some(answer) if answer == "yes" => Ok(()),
        Some(_) => Err(Error::Declined),
        None => Err(Error::NoTerminal),
    }
}
