//! The plan: what apply will do, complete, immutable and printable.
//!
//! What is printed, saved and executed is one [`Plan`]. Executing it leaves no choice: each action names what it changes,
//! from what to what, and which other actions must be done before it.

mod agreeing;
mod by_effect;
mod callers;
mod candidate;
mod contents;
mod coverage;
mod decide;
mod demands;
mod direction;
mod draft;
mod effect;
mod enforced;
mod granted;
mod grants;
mod guardrails;
mod hand_over;
mod kept;
mod locks;
mod logged;
mod losing;
mod moves;
mod needs;
mod order;
mod phases;
mod precondition;
mod preconditions;
mod principal;
mod reached;
mod recall;
mod recognise;
mod related;
mod removal;
mod required;
mod stages;
mod subject;
mod target;
mod until;
mod versions;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kinds::{Model, Verb};
pub use candidate::{Bearer, Candidate, Promoted, no_room};
pub use contents::contents_needed;
pub use decide::{Options, Purpose, codes, plan};
pub use direction::specified;
pub use enforced::{Enforced, Level, enforced};
pub use precondition::{Precondition, State};
pub use preconditions::{MOST_GUARDRAILS, codes as precondition_codes, pointed_at};
pub use reached::Reached;
pub use recognise::recognise;
pub use required::{Requirement, candidates, denials, id_or_stand_in, policies, rendered, requirements, statements};
pub use stages::{Standing, not_standing, standing, until_advanced};
pub use subject::{Subject, subjects};
pub use target::unmatched;
pub use until::Until;
pub use versions::{MOST_VERSIONS, carrier};

use self::order::Draft;
use crate::model::{AccountId, Address, Blind, Digest, Direction, FieldDiff, Region, RemoteId, Unavailable, Unmanaged};

/// The number of an action within its plan; actions are numbered in an order in which they could run one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionId(pub usize);

/// What may go wrong for people when an action succeeds. Apply refuses each one that is not allowed by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hazard {
    /// A control gets less strict, or covers less.
    Weakens,
    /// A guardrail, named version, policy, attachment or enforcement goes away.
    Deletes,
    /// The resource policies, as they will be, would not permit an account that an enforced guardrail reaches.
    Lockout,
    /// A policy or enforcement outside this spec hides a declared one, or is hidden by it.
    Displaces,
}

impl Hazard {
    /// Every hazard.
    pub const ALL: &'static [Self] = &[Self::Weakens, Self::Deletes, Self::Lockout, Self::Displaces];

    /// The word to type after `--allow`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Weakens => "weakens",
            Self::Deletes => "deletes",
            Self::Lockout => "lockout",
            Self::Displaces => "displaces",
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// Which half of a change this is, where one that both adds and takes away became two actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// What is new is added; nothing is taken away yet.
    Widen,
    /// What is no longer wanted is taken away.
    Narrow,
}

impl Phase {
    /// The word of the JSON plan.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Widen => "widen",
            Self::Narrow => "narrow",
        }
    }
}

/// What becomes of one resource.
#[expect(clippy::large_enum_variant, reason = "a plan holds few changes, and they are never moved in bulk")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is made.
    Create {
        /// As what.
        want: Model,
    },
    /// It is changed.
    Update {
        /// Its id.
        id: RemoteId,
        /// From what.
        have: Model,
        /// To what.
        want: Model,
    },
    /// It is removed.
    Delete {
        /// Its id.
        id: RemoteId,
        /// What goes.
        have: Model,
    },
}

/// One change of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its number.
    pub id: ActionId,
    /// The resource.
    pub address: Address,
    /// The spec entry that declares it; `None` for what is no longer declared.
    pub entry: Option<String>,
    /// Create, update, adopt or delete.
    pub verb: Verb,
    /// Which half of a change this is; `None` for a whole one.
    pub phase: Option<Phase>,
    /// Whether this removes an implicit version that nothing uses any more: no hazard, and counted apart.
    pub prune: bool,
    /// What becomes of it.
    pub change: Change,
    /// The fields that change, sorted by path. For a create all that are set, for a delete all that go.
    pub fields: Vec<FieldDiff>,
    /// Whether it makes controls stricter or less strict.
    pub direction: Direction,
    /// Why a person should look twice.
    pub hazards: BTreeSet<Hazard>,
    /// What must be done before.
    pub after: BTreeSet<ActionId>,
    /// What must be seen in AWS before it begins.
    pub until: Vec<Until>,
    /// The AWS operations, as `service:Operation`.
    pub calls: Vec<&'static str>,
    /// How many accounts feel it; `None` where that is no question.
    pub reach: Option<usize>,
    /// The accounts that stay subject to a guardrail which they may no longer apply, with the hazard [`Hazard::Lockout`].
    pub locked_out: BTreeSet<AccountId>,
    /// What people call the target of an attachment (`root`, an OU's path, an account's name).
    pub target: Option<String>,
    /// The live fact that makes the write new, part of its idempotency token.
    pub fact: String,
    /// Other addresses that this serves once it is done: a named version also serves the implicit one of its content.
    pub serves: Vec<Address>,
}

impl Action {
    /// An action that is no part of a plan, on something that no spec declares: nothing comes before it, and nothing waits for it.
    pub(crate) fn alone(address: Address, verb: Verb, change: Change) -> Self {
        Self {
            id: ActionId(0),
            calls: address.kind.calls(verb, &[]),
            address,
            entry: None,
            verb,
            phase: None,
            prune: false,
            change,
            fields: Vec::new(),
            direction: Direction::Neutral,
            hazards: BTreeSet::new(),
            after: BTreeSet::new(),
            until: Vec::new(),
            reach: None,
            locked_out: BTreeSet::new(),
            target: None,
            fact: String::new(),
            serves: Vec::new(),
        }
    }

    /// Whether some of what changes cannot be ranked, whatever else is lost or gained with it.
    pub fn has_unranked(&self) -> bool {
        self.fields.iter().flat_map(FieldDiff::leaves).any(|field| field.direction == Direction::Unranked)
    }

    /// The digest of what AWS has; `None` for a create.
    pub fn have_digest(&self) -> Option<Digest> {
        match &self.change {
            Change::Create { .. } => None,
            Change::Update { have, .. } | Change::Delete { have, .. } => Some(Digest::of(&have.fields())),
        }
    }

    /// The digest of what AWS will have; `None` for a delete.
    pub fn want_digest(&self) -> Option<Digest> {
        match &self.change {
            Change::Create { want } | Change::Update { want, .. } => Some(Digest::of(&want.fields())),
            Change::Delete { .. } => None,
        }
    }
}

/// Why something that the spec wants is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It exists and carries no mark.
    NotOurs,
    /// It exists and carries the mark of another stack.
    OtherStack,
    /// Two resources carry the same mark.
    DuplicateMark,
    /// Whether it exists could not be read.
    NotVisible,
    /// The Region is not enabled there, or has no Bedrock.
    Unavailable,
    /// Something it needs is held.
    Needs,
    /// Something that must be so is not.
    Precondition,
    /// A named version would be given content that its name does not mean elsewhere.
    ContentMoved,
    /// AWS has no room for it.
    Quota,
}

impl Why {
    /// The word of the JSON plan.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotOurs => "not-ours",
            Self::OtherStack => "other-stack",
            Self::DuplicateMark => "duplicate-mark",
            Self::NotVisible => "not-visible",
            Self::Unavailable => "unavailable",
            Self::Needs => "needs",
            Self::Precondition => "precondition",
            Self::ContentMoved => "content-moved",
            Self::Quota => "quota",
        }
    }
}

/// A change that the spec wants and that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The resource.
    pub address: Address,
    /// What would be done.
    pub verb: Verb,
    /// Why it is not.
    pub why: Why,
    /// The circumstances and what to do about them.
    pub hint: String,
    /// Whether AWS was seen to differ from the spec there: what waits for something that could not be read may be as it should be.
    pub seen: bool,
    /// The fields that would change, sorted by path, as far as they are known.
    pub fields: Vec<FieldDiff>,
    /// Whether doing it would make controls stricter or less strict; `None` where that is not known.
    pub direction: Option<Direction>,
}

impl Held {
    /// A change of which no more is known.
    pub(crate) fn new(address: Address, verb: Verb, why: Why, hint: String) -> Self {
        Self { address, verb, why, hint, seen: why != Why::NotVisible, fields: Vec::new(), direction: None }
    }

    /// A change that was drafted, and judged: what it is about was read.
    fn of(draft: &Draft, why: Why, hint: String) -> Self {
        let Draft { address, verb, fields, direction, .. } = draft;
        let (fields, direction) = (fields.clone(), Some(*direction));
        Self { seen: true, fields, direction, ..Self::new(address.clone(), *verb, why, hint) }
    }
}

/// Something to know that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// `W…`, listed in the reference of codes.
    pub code: &'static str,
    /// What it says.
    pub message: String,
    /// Of which resource.
    pub address: Option<Address>,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// How many accounts.
    pub accounts: usize,
    /// Which Regions answered.
    pub regions: Vec<Region>,
    /// Those of them that the spec names; the others were only searched for what is ours and no longer declared.
    pub declared: Vec<Region>,
    /// Which Regions the scan could not look at.
    pub not_scanned: Vec<Unavailable>,
}

/// What apply will do, and everything that a reader must know to agree to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The stack.
    pub stack: String,
    /// What was looked at.
    pub scanned: Scanned,
    /// What must be so before anything is enforced, the gravest first.
    pub preconditions: Vec<Precondition>,
    /// What is done, in an order in which it could be done one by one.
    pub actions: Vec<Action>,
    /// What is as it should be.
    pub unchanged: Vec<Address>,
    /// What is not done, and why.
    pub held: Vec<Held>,
    /// What could not be read.
    pub blind: Vec<Blind>,
    /// What exists and is not ours.
    pub unmanaged: Vec<Unmanaged>,
    /// What to know besides.
    pub warnings: Vec<Warning>,
    /// The digest of the spec.
    pub spec: Digest,
}

impl Plan {
    /// Whether there is nothing to do and nothing that keeps bedrail from knowing so.
    pub fn is_in_sync(&self) -> bool {
        self.actions.is_empty() && self.held.is_empty() && self.blind.is_empty()
    }
}

#[cfg(test)]
mod tests;
