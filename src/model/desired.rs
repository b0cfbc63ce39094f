//! What the spec wants.

use std::collections::{BTreeMap, BTreeSet};

use super::address::Address;
use super::scope::{AccountId, Region, Scope};
use super::span::Span;
use crate::kinds::Model;

/// One resource that the spec wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The resource in normal form.
    pub model: Model,
    /// The spec entry that declares it, such as `guardrails.baseline`; for an implicit version, the guardrail's.
    pub entry: String,
    /// Where that entry stands.
    pub span: Option<Span>,
    /// Addresses under which the resource may still be marked, since its key has changed (`previously`).
    pub previously: Vec<Address>,
}

/// Everything that the spec wants, and the settings that AWS does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// The resources by address.
    pub resources: BTreeMap<Address, Wanted>,
    /// Policies of the organization whose text changes stage by stage, by address.
    pub staged: BTreeMap<Address, Staged>,
    /// How many implicit versions of a guardrail stay besides those in use.
    pub keep_versions: BTreeMap<Address, usize>,
    /// Guardrails of other stacks that the spec refers to, by the address that stands for them.
    pub external: BTreeMap<Address, ExternalMark>,
    /// The Regions that the entries speak of.
    pub declared_regions: BTreeSet<Region>,
    /// The accounts that the entries speak of.
    pub accounts: BTreeSet<AccountId>,
    /// The scopes that are looked at only for what is ours and no longer declared.
    pub scanned_only: BTreeSet<Scope>,
    /// Live tag keys that are neither compared nor removed; `*` stands for any characters. `aws:*` is always among them.
    pub ignore_tags: Vec<String>,
    /// The stack, our mark of ownership.
    pub stack: String,
    /// Values that came from `${env.…}`: no report and no plan may hold them.
    pub secrets: BTreeSet<String>,
}

/// The second policy of one whose text changes stage by stage: it bears the new text until the last stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Its address.
    pub next: Address,
    /// It, as it is wanted between the first stage and the last.
    pub wanted: Wanted,
    /// Where it goes, stage by stage, without the last stage, at which the policy itself changes.
    pub stages: Vec<Stage>,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its nodes as the spec names them.
    pub name: String,
    /// The attachments that it adds.
    pub attachments: BTreeMap<Address, Wanted>,
}

/// How a guardrail of another stack is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalMark {
    /// The other stack.
    pub stack: String,
    /// The key of the guardrail there.
    pub name: String,
}

impl Desired {
    /// What the spec wants of an address, be it at some stage only.
    pub fn wanted(&self, address: &Address) -> Option<&Wanted> {
        let staged = || self.staged.values().find(|staged| staged.next == *address).map(|staged| &staged.wanted);
        self.resources.get(address).or_else(staged)
    }

    /// Whether this is the second policy of one whose text changes stage by stage, or where that is attached.
    pub fn is_second(&self, address: &Address) -> bool {
        let attached = |staged: &Staged| staged.stages.iter().any(|stage| stage.attachments.contains_key(address));
        self.staged.values().any(|staged| staged.next == *address || attached(staged))
    }

    /// Whether a live tag of this key is neither compared nor removed. AWS's own tags always are.
    pub fn ignores_tag(&self, key: &str) -> bool {
        let ignored =
            self.ignore_tags.iter().any(|pattern| super::address::wildcard(pattern.as_bytes(), key.as_bytes()));
        key.starts_with("aws:") || ignored
    }

    /// Takes the ignored tags out of what AWS has, so that they are neither compared nor shown.
    pub fn forget_ignored_tags(&self, model: &mut Model) {
        let tags = match model {
            Model::Guardrail(model) => &mut model.tags,
            Model::OrgPolicy(model) => &mut model.tags,
            Model::IamPolicy(model) => &mut model.tags,
            _ => return,
        };
        tags.retain(|key, _| !self.ignores_tag(key));
    }
}
