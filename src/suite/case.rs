//! A suite and its cases, as they are run.

use super::expectation::Expectation;
use super::image::ImageFile;
use super::words::Source;
use crate::model::Region;
use crate::model::span::Spanned;

/// What to send to a guardrail, and what it is to say. Made by [`read`](super::read()) only.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Suite {
    /// The key of the guardrail in the spec.
    pub guardrail: Spanned<String>,
    /// Which state of it.
    pub version: Version,
    /// Where, each Region once; none stands for every Region of the guardrail.
    pub regions: Vec<Region>,
    /// How many times each case is sent in each Region, 1 to 100.
    pub repeat: u32,
    /// How many times in all it may let pass what it was to act on, 0 to 10,000.
    pub max_misses: u32,
    /// How many times in all it may act on what it was to let pass, 0 to 10,000.
    pub max_false_blocks: u32,
    /// The cases, 1 to 1000 in the order of the text, no name twice.
    pub cases: Vec<Case>,
}

/// Which state of a guardrail a suite is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// The working draft.
    Draft,
    /// The version with the current content.
    Current,
    /// A version by its key in the spec.
    Named(Spanned<String>),
}

/// Something to send, and what the guardrail is to say of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Case {
    /// What reports call it, 1 to 200 characters.
    pub name: Spanned<String>,
    /// What is sent.
    pub given: Given,
    /// What is compared.
    pub expect: Expectation,
}

/// What is sent. Only an answer has grounds to be held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// `INPUT`
    Prompt(Content),
    /// `OUTPUT`
    Answer(Answer),
}

/// An answer of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub content: Content,
    /// What contextual grounding holds it against.
    pub grounds: Option<Grounds>,
}

/// What contextual grounding takes: the two come together (AWS user guide, guardrails-contextual-grounding-check).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// What the answer is to be grounded in; not empty.
    pub source: String,
    /// What the answer is to be relevant to; not empty.
    pub query: String,
}

/// Text, images, or both; never nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, perhaps with images.
    Text {
        /// Not empty.
        text: String,
        /// At most 20.
        images: Vec<Spanned<ImageFile>>,
    },
    /// Images alone.
    Images {
        /// There is one.
        first: Spanned<ImageFile>,
        /// At most 19.
        more: Vec<Spanned<ImageFile>>,
    },
}

impl Given {
    /// What it is to AWS.
    pub const fn source(&self) -> Source {
        match self {
            Self::Prompt(_) => Source::Input,
            Self::Answer(_) => Source::Output,
        }
    }

    /// What is examined.
    pub const fn content(&self) -> &Content {
        match self {
            Self::Prompt(content) | Self::Answer(Answer { content, .. }) => content,
        }
    }

    /// What it is held against.
    pub const fn grounds(&self) -> Option<&Grounds> {
        match self {
            Self::Prompt(_) => None,
            Self::Answer(Answer { grounds, .. }) => grounds.as_ref(),
        }
    }
}

impl Content {
    /// The text, if there is any.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            Self::Images { .. } => None,
        }
    }

    /// The images, in order.
    pub fn images(&self) -> impl Iterator<Item = &Spanned<ImageFile>> {
        let (first, more) = match self {
            Self::Text { images, .. } => (None, images),
            Self::Images { first, more } => (Some(first), more),
        };
        first.into_iter().chain(more)
    }
}

impl Suite {
    /// The images of all cases, each file as often as it is named.
    pub fn images(&self) -> impl Iterator<Item = &Spanned<ImageFile>> {
        self.cases.iter().flat_map(|case| case.given.content().images())
    }
}
