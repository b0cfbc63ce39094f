//! What AWS answered, still in AWS's ids: the input of the one pure pass that turns ids into addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::live::{SeenRole, Unavailable};
use super::mark::{Marker, Owner, Tags, candidate_of, owner_of};
use super::reference::RemoteId;
use super::scope::{AccountId, Scope};
use super::standing::{Pointed, Standing};
use crate::kinds::guardrail::Content;
use crate::kinds::{Kind, Model};

/// One resource as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    /// Its kind.
    pub kind: Kind,
    /// Where it was read.
    pub scope: Scope,
    /// Its id: an ARN; `ARN:number` for a guardrail version; `p-…` for a policy; `p-…:target` for an attachment; the
    /// configuration id of an enforcement; the ARN of the guardrail or profile for a resource policy; the name for what has
    /// no id.
    pub id: RemoteId,
    /// AWS's own name for it: a guardrail's or policy's name, a version's number, an attachment's target.
    pub name: String,
    /// By what its owner is known.
    pub evidence: Evidence,
    /// The resource in normal form with foreign references; `None` where it was seen, and there was no need to read more.
    pub model: Option<Model>,
    /// The cross-Region profile of a guardrail, known from the list even where nothing else was read.
    pub profile: Option<String>,
    /// How a guardrail or version stands, as far as it was seen.
    pub standing: Standing,
    /// The fact that makes the next write on it new.
    pub fact: String,
    /// When it was made or last changed, as AWS says (ISO 8601); `None` where AWS does not.
    pub changed_at: Option<String>,
}

impl Raw {
    /// Whose it is by its tags, and the name that its mark gives it.
    pub fn owner(&self, stack: &str) -> (Owner, Option<String>) {
        match &self.evidence {
            Evidence::Tags(tags) => owner_of(tags, stack),
            Evidence::Unseen(why) => (Owner::Unseen(why.clone()), None),
            _ => (Owner::Unmarked, None),
        }
    }

    /// The entry of this stack whose content it holds to be tested with, if it is there for nothing else.
    pub fn candidate(&self, stack: &str) -> Option<&str> {
        match &self.evidence {
            Evidence::Tags(tags) if self.kind == Kind::Guardrail => candidate_of(&self.name, tags, stack),
            _ => None,
        }
    }
}

/// By what the owner of a resource is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// By its own tags.
    Tags(Tags),
    /// By tags that could not be read.
    Unseen(String),
    /// By the guardrail it is a version of, and the marker in its description.
    Version {
        /// The ARN of the guardrail.
        of: RemoteId,
        /// The marker, if there is one.
        marker: Option<Marker>,
    },
    /// By what it belongs to: the guardrail of a resource policy, the policy of an attachment.
    Of(RemoteId),
    /// It is the policy of a guardrail profile, which the whole account shares.
    Profile,
    /// By the guardrail that an enforcement points at, and by who wrote it last (an ARN).
    UpdatedBy(Option<String>),
    /// A policy type belongs to the organization.
    Organization,
    /// By nothing: it can carry no mark, and AWS does not tell who wrote it.
    Nothing,
}

/// A read that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What could not be read.
    pub kind: Kind,
    /// Where.
    pub scope: Scope,
    /// The one resource that could not be read (for a version, resource policy or attachment: what it belongs to); `None`
    /// when the whole list is missing.
    pub id: Option<RemoteId>,
    /// AWS's code, message and request id.
    pub why: String,
}

/// Everything that AWS answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// What was read.
    pub items: Vec<Raw>,
    /// What could be learnt of the versions of others that the spec points at.
    pub pointed: BTreeMap<RemoteId, Pointed>,
    /// The roles to which the spec attaches policies.
    pub roles: BTreeMap<(Scope, String), SeenRole>,
    /// What could not be.
    pub unread: Vec<Unread>,
    /// Regions in which there is nothing to read.
    pub unavailable: Vec<Unavailable>,
    /// Regions that only the scan looks at and that refused.
    pub not_scanned: Vec<Unavailable>,
    /// What versions hold, where that was asked for, or why it could not be read.
    pub contents: BTreeMap<RemoteId, Result<Content, String>>,
    /// The service control policies on each node that the spec attaches one to, AWS's own among them; no entry where that
    /// could not be read.
    pub controls: BTreeMap<String, BTreeSet<RemoteId>>,
}

/// What must be known besides what the lists of the spec's places show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Those by whose content they are recognised; one that cannot be read is a blind spot.
    pub recognised: BTreeSet<RemoteId>,
    /// Those that a moving pointer leaves or reaches, and from where they are read; one that cannot be read leaves the
    /// move unranked, and hides nothing.
    pub compared: BTreeMap<RemoteId, Scope>,
    /// The places whose enforced configuration must be known, though the spec does not look there.
    pub enforcements: BTreeSet<Scope>,
    /// The accounts whose IAM policies must be known, though the spec does not look there.
    pub callers: BTreeSet<AccountId>,
}
