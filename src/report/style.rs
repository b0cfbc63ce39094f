//! Colour and width, decided in `cli` and carried as values.

use std::fmt::Display;

use anstyle::{AnsiColor, Style as Ansi};

use super::Disclosure;
use crate::model::AccountId;

/// Whether text is coloured. What a colour says is always said in words too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without escape sequences.
    Plain,
    /// With the sixteen colours of every terminal.
    Coloured,
}

/// What a stretch of text is, for a style to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something comes into being.
    Create,
    /// Something changes.
    Update,
    /// Something goes away.
    Delete,
    /// A version is published.
    Publish,
    /// Something becomes ours.
    Adopt,
    /// A heading or a verdict.
    Strong,
    /// What a hurried reader may skip.
    Quiet,
    /// A refusal or a failure.
    Bad,
    /// Something to look at twice.
    Doubt,
    /// All is well.
    Good,
}

impl Style {
    /// `text` in this tone.
    pub fn paint(self, tone: Tone, text: impl Display) -> String {
        match self {
            Self::Plain => text.to_string(),
            Self::Coloured => {
                let ansi = tone.ansi();
                format!("{ansi}{text}{ansi:#}")
            }
        }
    }
}

impl Tone {
    const fn ansi(self) -> Ansi {
        match self {
            Self::Create | Self::Good => AnsiColor::Green.on_default(),
            Self::Update | Self::Doubt => AnsiColor::Yellow.on_default(),
            Self::Delete => AnsiColor::Red.on_default(),
            Self::Publish => AnsiColor::Cyan.on_default(),
            Self::Adopt => AnsiColor::Magenta.on_default(),
            Self::Strong => Ansi::new().bold(),
            Self::Quiet => Ansi::new().dimmed(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

/// How a report is shown: its colours, its width and what it may disclose.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Its colours.
    pub style: Style,
    /// Columns of the terminal, at least 40.
    pub width: usize,
    /// What it may disclose.
    pub disclosure: &'a Disclosure,
    /// The accounts of the organization that were not looked into.
    pub beyond: &'a [AccountId],
}
