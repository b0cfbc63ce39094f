//! What a suite says apart from its faults, so that one run tells those and what does not fit the spec.

use super::entry::SuiteEntry;
use super::read::without_extensions;
use crate::model::diagnostic::Diagnostics;
use crate::model::span::SourceId;
use crate::spec::decode::salvage;
use crate::spec::yaml;

/// A suite without what is at fault in it. It is not to be run: what it expects may be less than what was meant.
#[derive(Debug, Default)]
pub struct Outline {
    pub(super) suite: Option<SuiteEntry>,
}

/// Without these, the rest would be held against something else.
const TELLING: &[&str] = &["guardrail", "version", "regions", "source", "text", "image"];

impl Outline {
    /// What the text of a suite says. Reports nothing: that is for [`read`](super::read()).
    pub fn of(source: SourceId, text: &str) -> Self {
        let node = yaml::parse_literal(source, text, &mut Diagnostics::new());
        Self { suite: node.and_then(|node| salvage(&without_extensions(node), TELLING)) }
    }
}
