//! What AWS has, as far as it could be read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::digest::Digest;
use super::document::Document;
use super::mark::{Marker, Owner};
use super::names::Names;
use super::reference::RemoteId;
use super::scope::{AccountId, Scope};
use super::standing::{Pointed, Standing};
use crate::kinds::guardrail::Content;
use crate::kinds::{Kind, Model, account_enforcement};

/// One resource that AWS has, at one of our addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: RemoteId,
    /// The resource in normal form, references in the words of the spec where they agree.
    pub model: Model,
    /// Whose it is.
    pub owner: Owner,
    /// The fact that makes the next write on it new, part of its idempotency token.
    pub fact: String,
    /// When it was made or last changed, as AWS says (ISO 8601); `None` where AWS does not.
    pub changed_at: Option<String>,
}

/// A version of a guardrail as the list of versions shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenVersion {
    /// Its number; numbers are never given twice.
    pub number: u32,
    /// `ARN:number`
    pub id: RemoteId,
    /// The marker in its description.
    pub marker: Option<Marker>,
    /// The digest of its content, where that was read.
    pub content: Option<Digest>,
    /// The id of its cross-Region profile.
    pub profile: Option<String>,
}

impl SeenVersion {
    /// Whether it is one of the implicit versions that bedrail publishes and prunes.
    pub fn is_implicit(&self) -> bool {
        self.marker.as_ref().is_some_and(|marker| marker.key.is_none())
    }
}

/// A Bedrock policy of the organization, whoever owns it, as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPolicy {
    /// AWS's name.
    pub name: String,
    /// Where it stands in the plan: the address of ours, or of what may become ours.
    pub address: Option<Address>,
    /// Whose it is.
    pub owner: Owner,
    /// The document with the ids that AWS has, in normal form; `None` where it could not be read.
    pub document: Option<Document>,
    /// The nodes it is attached to, by id; `None` where they could not be read. Which of two was attached first is in no
    /// answer of AWS's.
    pub targets: Option<BTreeSet<String>>,
}

/// A role to which the spec attaches policies, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenRole {
    /// It does not exist.
    Absent,
    /// It has these managed policies, by ARN.
    Has(BTreeSet<RemoteId>),
    /// It could not be read, for this reason.
    Unseen(String),
}

/// A resource that exists at no address of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmanaged {
    /// The kind and scope, with AWS's name for it.
    pub address: Address,
    /// Its id.
    pub id: RemoteId,
    /// Whose it is, or why it is left alone.
    pub note: String,
}

/// A read that failed: what it would have shown is unknown, which is not the same as absent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Blind {
    /// The kind that could not be read.
    pub kind: Kind,
    /// Where.
    pub scope: Scope,
    /// The one resource that could not be read; `None` when none of the kind could be, or which ones exist is unknown.
    pub name: Option<String>,
    /// AWS's code, message and request id.
    pub why: String,
}

impl Blind {
    /// Whether the resource at `address` may exist unseen.
    pub fn covers(&self, address: &Address) -> bool {
        self.kind == address.kind
            && self.scope == address.scope
            && self.name.as_ref().is_none_or(|name| *name == address.name)
    }
}

/// Why a place shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Silence {
    /// The account has not enabled the Region, so nothing there can be called: a fact, and no failure.
    NotEnabled,
    /// It answers with anything else, or not at all.
    Refused,
}

/// A scope in which there is nothing to read: a Region that the account has not enabled, or that has no Bedrock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unavailable {
    /// Where.
    pub scope: Scope,
    /// Why, as far as that makes a difference.
    pub silence: Silence,
    /// What AWS answered.
    pub why: String,
}

/// Everything that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// What exists at our addresses.
    pub found: BTreeMap<Address, Found>,
    /// Two bearers of one mark: neither is touched.
    pub duplicates: BTreeMap<Address, Vec<RemoteId>>,
    /// Which ids serve which addresses.
    pub names: Names,
    /// Every version of every guardrail at our addresses, by number.
    pub versions: BTreeMap<Address, Vec<SeenVersion>>,
    /// What versions hold, ours or not, where that was read, or why it could not be.
    pub contents: BTreeMap<RemoteId, Result<Content, String>>,
    /// The guardrails and versions at which each enforcement and policy of ours points, in AWS's ids.
    pub pointers: BTreeMap<Address, BTreeSet<RemoteId>>,
    /// The guardrails and versions at which something points that is not ours, with what points there.
    pub outside: BTreeMap<RemoteId, String>,
    /// Every policy of the organization that was seen, by id, of the type of which one may hide another.
    pub policies: BTreeMap<RemoteId, SeenPolicy>,
    /// The enforced configuration of every account and Region that was read, whoever wrote it, with AWS's ids.
    pub enforcements: BTreeMap<Scope, account_enforcement::Model>,
    /// The service control policies on each node that the spec attaches one to, AWS's own among them; no entry where that
    /// could not be read.
    pub controls: BTreeMap<String, BTreeSet<RemoteId>>,
    /// How guardrails and versions stand, by ARN and by `ARN:number`.
    pub standing: BTreeMap<RemoteId, Standing>,
    /// What could be learnt of the versions of others that the spec points at by ARN.
    pub pointed: BTreeMap<RemoteId, Pointed>,
    /// The resource policies of guardrails that others manage and that were read in full, by ARN; or why one could not be.
    pub shared: BTreeMap<RemoteId, Result<Document, String>>,
    /// The roles to which the spec attaches policies, by the account's global scope and name.
    pub roles: BTreeMap<(Scope, String), SeenRole>,
    /// How many guardrails each account and Region has, ours or not; none is no entry.
    pub guardrails: BTreeMap<Scope, usize>,
    /// The guardrails that use a profile, ours or not, by account and profile id.
    pub profile_users: BTreeMap<(AccountId, String), BTreeSet<RemoteId>>,
    /// Who wrote a resource last, an ARN, where AWS tells that with the resource.
    pub updated_by: BTreeMap<Address, String>,
    /// Guardrails of this stack that are there to be tested only, by ARN: what a run that was ended before its time has left.
    pub candidates: BTreeMap<RemoteId, Address>,
    /// What is not ours.
    pub unmanaged: Vec<Unmanaged>,
    /// What could not be read.
    pub blind: Vec<Blind>,
    /// Where there is nothing to read.
    pub unavailable: Vec<Unavailable>,
    /// Scopes that only the scan looks at and that refused: listed, and without further effect.
    pub not_scanned: Vec<Unavailable>,
}

impl Live {
    /// Why `address` may exist unseen, if it may.
    pub fn blind_at(&self, address: &Address) -> Option<&Blind> {
        self.blind.iter().find(|blind| blind.covers(address))
    }

    /// Why nothing can exist at `address`, if nothing can.
    pub fn unavailable_at(&self, address: &Address) -> Option<&Unavailable> {
        self.unavailable.iter().find(|unavailable| unavailable.scope == address.scope)
    }
}
