//! What there is, in normal form, whoever told of it.

use std::collections::BTreeSet;

use crate::kinds::account_enforcement::{ModelEnforcement, SelectiveContentGuarding};
use crate::kinds::{guardrail, invocation_logging, org_policy};
use crate::model::{AccountId, Digest, Document, Region, Scope};
use crate::spec::write::{Spell, Value};

use super::notes::Note;

/// Everything that is to be carried over.
#[derive(Clone, Debug)]
pub struct Stock {
    /// How the texts of guardrails are spelled: as they are, or with expressions.
    pub spell: Spell,
    /// Guardrails, one for each Region.
    pub guardrails: Vec<Guardrail>,
    /// Enforced configurations.
    pub enforcements: Vec<Enforcement>,
    /// Policies of the organization.
    pub policies: Vec<Policy>,
    /// Configurations of invocation logging.
    pub logging: Vec<Logging>,
    /// What is not carried over.
    pub notes: Vec<Note>,
}

impl Default for Stock {
    fn default() -> Self {
        Self {
            spell: Value::Text,
            guardrails: Vec::new(),
            enforcements: Vec::new(),
            policies: Vec::new(),
            logging: Vec::new(),
            notes: Vec::new(),
        }
    }
}

impl Stock {
    /// The accounts that something is in.
    pub(super) fn accounts(&self) -> BTreeSet<&AccountId> {
        let places = self.guardrails.iter().map(|one| &one.place);
        let places = places.chain(self.enforcements.iter().map(|one| &one.place));
        places.chain(self.logging.iter().map(|one| &one.place)).filter_map(|place| place.account.as_ref()).collect()
    }

    /// How the texts of policies are spelled.
    pub(super) fn of_document(&self) -> Spell {
        match (self.spell)(String::new()) {
            Value::Spelled(_) => Value::Spelled,
            _ => Value::Policy,
        }
    }
}

/// Where something is; what a source does not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The account.
    pub account: Option<AccountId>,
    /// The Region.
    pub region: Option<Region>,
}

impl Place {
    /// What an ARN tells of its place.
    pub fn of_arn(arn: &str) -> Self {
        let mut parts = arn.split(':').skip(3);
        let region = parts.next().filter(|region| !region.is_empty()).map(Region::new);
        Self { region, account: parts.next().and_then(|account| account.parse::<AccountId>().ok()) }
    }

    /// A place in AWS.
    pub fn of(scope: &Scope) -> Self {
        Self { account: Some(scope.account.clone()), region: scope.region.clone() }
    }
}

/// A guardrail of one Region.
#[derive(Clone, Debug)]
pub struct Guardrail {
    /// Where it is.
    pub place: Place,
    /// Its ARN, or what its source calls it.
    pub id: String,
    /// Where it comes from, in words.
    pub said: String,
    /// The key that its mark gives it.
    pub key: Option<String>,
    /// The draft.
    pub model: guardrail::Model,
    /// Its versions.
    pub versions: Vec<Version>,
    /// Its resource policy, in normal form.
    pub policy: Option<Document>,
}

/// A version of a guardrail.
#[derive(Clone, Debug)]
pub struct Version {
    /// `ARN:number`, or what its source calls it.
    pub id: String,
    /// By what it is known.
    pub release: Release,
    /// The digest of its content, where that is known.
    pub content: Option<Digest>,
    /// What was said of it when it was published.
    pub description: Option<String>,
}

/// By what a version is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// By its number.
    Numbered(u32),
    /// By a name: that of its marker, or that of its source, which does not tell the number.
    Named(String),
    /// By its content, which `bedrail` published it for; the number.
    Implicit(u32),
}

/// What an account is held to in one Region.
#[derive(Clone, Debug)]
pub struct Enforcement {
    /// Where it is.
    pub place: Place,
    /// Where it comes from, in words.
    pub said: String,
    /// The id of the version.
    pub version: String,
    /// What of a call is examined.
    pub guarding: SelectiveContentGuarding,
    /// Which models are held to it.
    pub models: ModelEnforcement,
}

/// A policy of the organization.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Where it comes from, in words.
    pub said: String,
    /// The key that its mark gives it.
    pub key: Option<String>,
    /// The policy; ids of versions in it are those of the stock.
    pub model: org_policy::Model,
    /// The nodes that it is attached to.
    pub targets: Vec<String>,
}

/// Where the calls of one account and Region are logged.
#[derive(Clone, Debug)]
pub struct Logging {
    /// Where it is.
    pub place: Place,
    /// Where it comes from, in words.
    pub said: String,
    /// The configuration.
    pub model: invocation_logging::Model,
}
