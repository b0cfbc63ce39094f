//! What happens while a plan is carried out.

use crate::aws::Call;
use crate::kinds::Verb;
use crate::model::Address;
use crate::plan::{Action, ActionId};

/// One thing that happened to one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The action.
    pub action: ActionId,
    /// Its resource.
    pub address: Address,
    /// What it does.
    pub verb: Verb,
    /// What happened.
    pub happened: Happened,
}

/// What happened to an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It began.
    Started,
    /// It has begun, and writes nothing until AWS shows what must come first. Told once.
    Waiting {
        /// What is not so yet.
        what: String,
        /// The longest wait, in seconds.
        at_most: u64,
    },
    /// It is done, and AWS holds what the plan says.
    Done {
        /// The calls that it took.
        calls: Vec<Call>,
    },
    /// It failed.
    Failed {
        /// The calls that were made.
        calls: Vec<Call>,
        /// What was attempted, on what, and why it failed.
        error: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// It was not begun.
    Skipped {
        /// The action that failed before it; `None` when the run was interrupted.
        because: Option<Address>,
    },
}

impl Event {
    pub(super) fn new(action: &Action, happened: Happened) -> Self {
        Self { action: action.id, address: action.address.clone(), verb: action.verb, happened }
    }
}

/// What became of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What was done.
    pub done: Vec<Event>,
    /// What failed.
    pub failed: Vec<Event>,
    /// What was not begun.
    pub skipped: Vec<Event>,
    /// Whether somebody interrupted the run.
    pub interrupted: bool,
}

impl Outcome {
    pub(super) fn note(&mut self, event: Event) {
        match event.happened {
            Happened::Started | Happened::Waiting { .. } => {}
            Happened::Done { .. } => self.done.push(event),
            Happened::Failed { .. } => self.failed.push(event),
            Happened::Skipped { .. } => self.skipped.push(event),
        }
    }

    /// Whether anything in AWS was changed, or may have been.
    pub fn has_changed(&self) -> bool {
        !self.done.is_empty() || self.failed.iter().any(may_have_changed)
    }

    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty() && !self.interrupted
    }
}

/// Whether a write of a failed action went through, or may have.
fn may_have_changed(event: &Event) -> bool {
    let Happened::Failed { calls, .. } = &event.happened else { return false };
    let is_read = |call: &Call| {
        let operation = call.operation.rsplit(':').next().unwrap_or_default();
        ["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb))
    };
    // A refusal has a code; without one the reply was lost, and the write may have happened.
    calls.iter().any(|call| !is_read(call) && call.code.is_none())
}
