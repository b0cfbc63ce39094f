//! What `doctor` finds out: who calls, where that leads, and whether everything is there that a spec needs.
//!
//! It only reads. With a spec it looks at what a plan would look at, through the same readings, so that what it calls sound is
//! what a plan can do; without one it tells the caller, the organization and the Regions.

mod caller;
mod entry;
mod examine;
mod organization;
mod quotas;
mod regions;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub use caller::Surroundings;
pub use examine::{Scope, examine, unreachable};

use crate::model::AccountId;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is as it should be.
    Ok,
    /// It is something to know, and keeps nothing from being done.
    Warning,
    /// The spec needs it, and it is not there.
    Failed,
}

impl State {
    /// The word of reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

/// What a check is about, in the order of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Who calls.
    Caller,
    /// With what credentials, and by which way.
    Credentials,
    /// The organization and what is delegated.
    Organization,
    /// Its policy types.
    PolicyTypes,
    /// The accounts that are entered.
    Roles,
    /// What could not be read there.
    Reads,
    /// The Regions.
    Regions,
    /// What AWS allows at most.
    Quotas,
}

impl Subject {
    /// The heading of reports.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Caller => "Caller",
            Self::Credentials => "Credentials",
            Self::Organization => "Organization",
            Self::PolicyTypes => "Policy types",
            Self::Roles => "Roles",
            Self::Reads => "Reads",
            Self::Regions => "Regions",
            Self::Quotas => "Quotas",
        }
    }
}

/// A place that refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The account, as far as it is one of its own.
    pub account: AccountId,
    /// The account's id, or what of it refused.
    pub place: String,
    /// AWS's code and message.
    pub why: String,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What it is about.
    pub subject: Subject,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub message: String,
    /// More of it, a sentence each.
    pub details: Vec<String>,
    /// What refused.
    pub refused: Vec<Refusal>,
    /// What to do about it.
    pub fix: Option<String>,
    /// The same for machines, by AWS's words.
    pub values: BTreeMap<&'static str, Value>,
}

impl Check {
    fn new(subject: Subject, state: State, message: impl Into<String>) -> Self {
        let (details, refused, values) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { subject, state, message: message.into(), details, refused, fix: None, values }
    }

    fn ok(subject: Subject, message: impl Into<String>) -> Self {
        Self::new(subject, State::Ok, message)
    }

    fn warning(subject: Subject, message: impl Into<String>) -> Self {
        Self::new(subject, State::Warning, message)
    }

    fn failed(subject: Subject, message: impl Into<String>) -> Self {
        Self::new(subject, State::Failed, message)
    }

    fn detail(mut self, sentence: impl Into<String>) -> Self {
        self.details.push(sentence.into());
        self
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    fn maybe_fix(self, fix: Option<String>) -> Self {
        Self { fix, ..self }
    }

    fn refused(self, mut refused: Vec<Refusal>) -> Self {
        refused.sort();
        Self { refused, ..self }
    }

    fn value(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.insert(name, value.into());
        self
    }
}

/// Everything that was looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// In the order of subjects.
    pub checks: Vec<Check>,
}

impl Report {
    fn of(mut checks: Vec<Check>) -> Self {
        checks.sort_by_key(|check| check.subject);
        Self { checks }
    }

    /// Whether all is there that the spec needs.
    pub fn is_sound(&self) -> bool {
        self.count(State::Failed) == 0
    }

    /// How many checks stand so.
    pub fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }
}

/// `1 account`, `2 accounts`.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
