//! The only place that prints. Results go to standard output or to a file, everything else to standard error.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::args::{Colour, Global};
use super::error::Error;
use crate::aws::chain;
use crate::model::diagnostic::{Diagnostics, Severity};
use crate::model::hide;
use crate::report::diagnostics::{Form, Paint, render};
use crate::report::{Style, Tone, clean};
use crate::spec::sources::Sources;

/// Columns where there is no terminal to ask.
const WIDTH: usize = 100;
/// Longer lines are hard to read, however wide the terminal is.
const WIDEST: usize = 140;

/// Where and how results and messages are written.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    file: Option<PathBuf>,
    result_style: Style,
    message_style: Style,
    width: usize,
    quiet: bool,
    secrets: OnceLock<BTreeSet<String>>,
}

impl Output {
    /// As the flags and the environment say.
    pub(crate) fn new(global: &Global) -> Self {
        let style = |terminal: bool| match global.color {
            Colour::Always => Style::Coloured,
            Colour::Auto if terminal && wants_colour() => Style::Coloured,
            Colour::Auto | Colour::Never => Style::Plain,
        };
        Self {
            result_style: if global.output.is_some() { style(false) } else { style(io::stdout().is_terminal()) },
            message_style: style(io::stderr().is_terminal()),
            file: global.output.clone(),
            width: width(),
            quiet: global.quiet,
            secrets: OnceLock::new(),
        }
    }

    /// From here on no error shows these values, whoever repeats them: AWS quotes what it refuses.
    pub(crate) fn hide(&self, secrets: &BTreeSet<String>) {
        // A run reads one spec.
        let _ = self.secrets.set(secrets.clone());
    }

    /// The colours of results.
    pub(crate) const fn style(&self) -> Style {
        self.result_style
    }

    /// Whether results carry colours, as diagnostics have it.
    pub(crate) const fn paint(&self) -> Paint {
        match self.result_style {
            Style::Coloured => Paint::Colour,
            Style::Plain => Paint::Plain,
        }
    }

    /// Columns of results.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// The colours of messages.
    pub(crate) const fn message_style(&self) -> Style {
        self.message_style
    }

    /// Whether results go to a file, which is written once.
    pub(crate) const fn is_file(&self) -> bool {
        self.file.is_some()
    }

    /// Whether only results and errors are wanted.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Makes sure that the result can be written to its file, before anything is done that would be lost with it.
    pub(crate) fn ready(&self) -> Result<(), Error> {
        self.file.as_deref().map_or(Ok(()), writable)
    }

    /// Writes the whole result of a command. Where its file cannot be written any more, the result goes to standard output all the
    /// same: what it tells may have taken an hour, or money.
    pub(crate) fn result(&self, text: &str) -> Result<(), Error> {
        match &self.file {
            Some(path) => write_file(path, text.as_bytes()).or_else(|error| line(text).and(Err(error))),
            None => line(text),
        }
    }

    /// Says something beside the result.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            message(text);
        }
    }

    /// Diagnostics with their snippets. Warnings are left out where less is wanted.
    pub(crate) fn diagnostics(&self, diagnostics: &Diagnostics, sources: &Sources) {
        let wanted = |severity: Severity| severity == Severity::Error || !self.quiet;
        let shown: Diagnostics = diagnostics.iter().filter(|one| wanted(one.severity)).cloned().collect();
        let paint = match self.message_style {
            Style::Coloured => Paint::Colour,
            Style::Plain => Paint::Plain,
        };
        let text = render(&shown, sources, Form::Text(paint), self.width);
        message(text.trim_end_matches('\n'));
    }

    /// An error with its causes, and what to do about it.
    pub(crate) fn error(&self, error: &Error) {
        // The diagnostics have said it, and how many there are.
        if matches!(error, Error::Spec(_)) {
            return;
        }
        let shown = |text: &str| match self.secrets.get() {
            Some(secrets) => clean::line(&hide(text, secrets)),
            None => clean::line(text),
        };
        message(&format!("{} {}", self.message_style.paint(Tone::Bad, "error:"), shown(&chain(error))));
        for detail in error.details() {
            message(&format!("  {}", shown(&detail)));
        }
        if let Some(hint) = error.hint() {
            message(&format!("{} {}", self.message_style.paint(Tone::Good, "hint:"), shown(&hint)));
        }
    }

    /// Asks on the terminal; what was answered. `None` where there is no terminal.
    pub(crate) async fn ask(&self, question: &str) -> Option<String> {
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return None;
        }
        let question = self.message_style.paint(Tone::Strong, question);
        write!(io::stderr(), "{question} ").and_then(|()| io::stderr().flush()).ok()?;
        // On a thread of its own, so that Ctrl-C is heard meanwhile.
        let answer = tokio::task::spawn_blocking(read_line).await.ok()?.ok()?;
        Some(answer.trim().to_owned())
    }
}

/// Writes a part of a result that cannot wait for the rest. A reader that has gone away ends the process quietly: it
/// has seen all that it wanted.
pub(crate) fn line(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::Stdout),
    }
}

fn message(text: &str) {
    if !text.is_empty() {
        // Nobody can be told that standard error is gone.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

fn read_line() -> io::Result<String> {
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map(|_| answer)
}

/// Whether a file could be written as [`write_file`] does. Leaves nothing behind.
fn writable(path: &Path) -> Result<(), Error> {
    let tried = if path.is_dir() {
        Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"))
    } else if path.exists() && !path.is_file() {
        // To open a pipe would wait for who reads it.
        Ok(())
    } else {
        let part = part(path);
        std::fs::File::create(&part).and_then(|_| std::fs::remove_file(&part))
    };
    tried.map_err(|source| Error::File { verb: "write", path: path.to_owned(), source })
}

/// What a file is called while it is written.
fn part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    PathBuf::from(name)
}

/// Writes a file as a whole or not at all.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    // A pipe or a device is written in place: it has no name to be given.
    let written =
        if path.exists() && !path.is_file() { std::fs::write(path, bytes) } else { replace(path, bytes, None) };
    written.map_err(|source| Error::File { verb: "write", path: path.to_owned(), source })
}

/// Writes a file that is there anew, as a whole or not at all. It keeps its permissions, and a link to it stays one.
pub(crate) fn rewrite_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let rewrite = || {
        let real = std::fs::canonicalize(path)?;
        let kept = std::fs::metadata(&real)?;
        if !kept.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        // A folder that can be written to would let it be replaced all the same.
        if kept.permissions().readonly() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
        }
        replace(&real, bytes, Some(kept.permissions()))
    };
    rewrite().map_err(|source| Error::File { verb: "write", path: path.to_owned(), source })
}

/// Writes a file beside the one of this name and gives it the name.
fn replace(path: &Path, bytes: &[u8], permissions: Option<std::fs::Permissions>) -> io::Result<()> {
    let part = part(path);
    let write = || {
        let mut file = std::fs::File::create(&part)?;
        // Before the text is in it: what only its owner may read is not shown for a moment.
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.write_all(bytes).and_then(|()| file.sync_all())?;
        std::fs::rename(&part, path)
    };
    write().inspect_err(|_| {
        // What is left of it is of no use.
        let _ = std::fs::remove_file(&part);
    })
}

#[expect(clippy::disallowed_methods, reason = "this is the face, and no other part of it needs to know")]
fn wants_colour() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

#[expect(clippy::disallowed_methods, reason = "this is the face, and no other part of it needs to know")]
fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let seen = || terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns));
    told.or_else(seen).unwrap_or(WIDTH).clamp(40, WIDEST)
}
