//! What commands have in common that examine and change nothing: the forms of their report, and their exit codes.

use crate::checks::{End, Report};
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::report::checks::{junit, markdown, text};
use crate::report::json::{self, pretty};

/// The forms of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Markdown,
    Json,
    Junit,
}

impl Form {
    /// The one that the flags name.
    ///
    /// # Errors
    /// A form that is not written; `--target`, since what is proven of a part is easily taken for the whole.
    pub(super) fn of(global: &Global, command: &str) -> Result<Self, Error> {
        if !global.target.is_empty() {
            return Err(Error::Usage(format!(
                "--target: `{command}` looks at all that the spec enforces and requires, and takes no part of it"
            )));
        }
        let forms = [("text", Self::Text), ("markdown", Self::Markdown), ("json", Self::Json), ("junit", Self::Junit)];
        global.format(&forms)
    }

    /// Tells what `command` found, and how it ends: 6 for what is known to be wrong, 1 where not everything was seen.
    pub(super) fn tell(
        self,
        report: &Report,
        command: &str,
        session: &Session,
        output: &Output,
    ) -> Result<Exit, Error> {
        let (stack, disclosure) = (session.sides.desired.stack.as_str(), &session.disclosure);
        output.result(&match self {
            Self::Text => text(report, session.look(output)),
            Self::Markdown => markdown(report, command, disclosure),
            Self::Json => pretty(&json::checks(report, command, stack, disclosure)),
            Self::Junit => junit(report, command, stack, disclosure),
        })?;
        Ok(match report.end() {
            End::Passed => Exit::Done,
            End::Failed => Exit::ChecksFailed,
            End::Incomplete => Exit::Failed,
        })
    }
}
