//! One difference between AWS and the spec.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AccountId, Address, Digest, Direction, FieldDiff};
use crate::plan::{ActionId, Hazard};

/// What a difference is to one who did not expect it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// AWS says that an account's effective policy is not valid: the last valid one stays, and no change gets through.
    InvalidEffective,
    /// Everything is as declared, and something else is in effect.
    Shadowed,
    /// What must be so for what is enforced is so no longer.
    PreconditionLost,
    /// It exists and differs from the spec.
    Modified,
    /// The spec declares it and it does not exist.
    Missing,
    /// It is missing in an account in which nothing of the stack exists yet, while other accounts have its like: the account
    /// came into scope lately.
    NewAccount,
    /// It is ours and the spec no longer declares it.
    LeftBehind,
    /// It exists and is not ours.
    Unmanaged,
}

impl FindingKind {
    /// Every kind, the gravest first.
    pub const ALL: &'static [Self] = &[
        Self::InvalidEffective,
        Self::Shadowed,
        Self::PreconditionLost,
        Self::Modified,
        Self::Missing,
        Self::NewAccount,
        Self::LeftBehind,
        Self::Unmanaged,
    ];

    /// The word of the JSON, and the rule of SARIF.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InvalidEffective => "invalid-effective",
            Self::Shadowed => "shadowed",
            Self::PreconditionLost => "precondition-lost",
            Self::Modified => "modified",
            Self::Missing => "missing",
            Self::NewAccount => "new-account",
            Self::LeftBehind => "left-behind",
            Self::Unmanaged => "unmanaged",
        }
    }

    /// What it means, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::InvalidEffective => "AWS says that the effective policy of an account is not valid",
            Self::Shadowed => "everything is as declared, and something else is in effect",
            Self::PreconditionLost => "what must be so for what is enforced is so no longer",
            Self::Modified => "it exists and differs from the spec",
            Self::Missing => "the spec declares it and it does not exist",
            Self::NewAccount => "it is missing in an account that came into scope lately",
            Self::LeftBehind => "it is ours and the spec no longer declares it",
            Self::Unmanaged => "it exists and is not ours",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// `drift-` and twelve hexadecimal digits, made of the kind, of what it is about and of how it differs: the same in every
    /// run, and another as soon as something else differs.
    pub id: String,
    /// What it is.
    pub kind: FindingKind,
    /// The resource; `None` for what is about no single one.
    pub address: Option<Address>,
    /// The actions of the plan that would mend it; none for what no action mends, or what is held.
    pub actions: Vec<ActionId>,
    /// The fields: what AWS has, what the spec says, and which way each went. Of what is missing all that it would have, of what is
    /// left behind all that it has.
    pub fields: Vec<FieldDiff>,
    /// Which way things went: `weakens` where AWS is less strict than the spec; `None` where that is not known, or no question.
    pub direction: Option<Direction>,
    /// How many accounts feel it; `None` where that is no question.
    pub reach: Option<usize>,
    /// The accounts that it is about, besides that of the address.
    pub accounts: BTreeSet<AccountId>,
    /// Who changed it last, as AWS tells it without further rights: an ARN.
    pub updated_by: Option<String>,
    /// What it comes to, in a sentence.
    pub message: String,
    /// The command that mends it, or what to do where no command does.
    pub remedy: String,
    /// What that command has to allow.
    pub hazards: BTreeSet<Hazard>,
    /// Who agreed to it.
    pub ignored: Option<Ignored>,
}

/// An agreement to leave a difference alone for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day, `YYYY-MM-DD`, in UTC.
    pub expires: String,
}

impl Finding {
    /// A finding of this kind about `address`, and nothing known of it yet. `subject` is all that makes it this difference and
    /// no other: the same in every run for as long as it lasts.
    pub(super) fn new(kind: FindingKind, address: Option<&Address>, subject: &impl Serialize) -> Self {
        let address = address.cloned();
        let identity = (kind.word(), address.as_ref().map(ToString::to_string), subject);
        Self {
            id: format!("drift-{}", Digest::of(&identity).short()),
            kind,
            address,
            actions: Vec::new(),
            fields: Vec::new(),
            direction: None,
            reach: None,
            accounts: BTreeSet::new(),
            updated_by: None,
            message: kind.meaning().to_owned(),
            remedy: String::new(),
            hazards: BTreeSet::new(),
            ignored: None,
        }
    }

    /// Whether AWS is less strict than the spec by it, or may be: what cannot be ranked counts, and what is not known.
    pub fn may_weaken(&self) -> bool {
        self.kind < FindingKind::Modified || self.direction.map_or(self.kind != FindingKind::Unmanaged, may_weaken)
    }

    /// The fields that differ, where the resource exists and is wanted.
    pub fn differing(&self) -> impl Iterator<Item = &FieldDiff> {
        self.fields.iter().filter(|_| self.kind == FindingKind::Modified)
    }
}

/// Whether AWS is less strict than the spec by what went this way, or may be.
pub(super) fn may_weaken(went: Direction) -> bool {
    went.loses() || went == Direction::Unranked
}
