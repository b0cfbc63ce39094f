//! The words in which a judgement is told. What a report may not show by default is marked as such here, where it is known.

use std::collections::BTreeSet;

use crate::suite::Action;

/// A text that a report shows, or only counts unless it is asked for more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Text {
    /// It may be shown.
    Open(String),
    /// It is content: a word of a list, or what was given out.
    Guarded(String),
}

impl Text {
    pub(super) fn open(text: &(impl ToString + ?Sized)) -> Self {
        Self::Open(text.to_string())
    }
}

/// What something is said of: a key of `expect`, and within it a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct About {
    /// The key, such as `topics`.
    pub key: &'static str,
    /// The name, such as the topic's.
    pub name: Option<Text>,
}

impl About {
    pub(super) const fn whole(key: &'static str) -> Self {
        Self { key, name: None }
    }

    pub(super) fn named(key: &'static str, name: &(impl ToString + ?Sized)) -> Self {
        Self { key, name: Some(Text::open(name)) }
    }

    pub(super) fn guarded(key: &'static str, name: &str) -> Self {
        Self { key, name: Some(Text::Guarded(name.to_owned())) }
    }
}

/// In which way a guardrail does otherwise than is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It does less than it is to do: what was to be stopped, masked or found gets through.
    Missed,
    /// It does more than it is to do: what was to pass does not.
    FalseBlock,
    /// Neither is more than the other, such as another text that is given out.
    Otherwise,
}

impl Fault {
    /// Every fault, the gravest first.
    pub const ALL: [Self; 3] = [Self::Missed, Self::FalseBlock, Self::Otherwise];

    /// The word for machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::FalseBlock => "false-block",
            Self::Otherwise => "otherwise",
        }
    }
}

/// One thing that an answer is not as expected in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mismatch {
    /// In which way.
    pub fault: Fault,
    /// In what.
    pub about: About,
    /// What is expected.
    pub want: Text,
    /// What the answer says.
    pub have: Text,
}

/// Something that a guardrail did about what it was sent, or found and let be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed {
    /// About what.
    pub about: About,
    /// `BLOCKED`, `ANONYMIZED`, or `NONE` for what is only found.
    pub action: &'static str,
}

/// All that a guardrail did about one text, by which two answers are told apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Did {
    /// On the whole.
    pub action: Action,
    /// In particular.
    pub deeds: BTreeSet<Deed>,
}
