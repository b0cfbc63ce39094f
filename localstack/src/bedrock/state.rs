//! What Bedrock holds for one account in one Region.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::Content;
use super::enforced::Enforced;
use crate::clock::Millis;
use crate::tracked::{Entities, Groups, Single, parts};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Bedrock {
    /// By id.
    pub(super) guardrails: Groups<String, Guardrail>,
    #[serde(skip_serializing_if = "is_none")]
    pub(super) enforced: Single<Option<Enforced>>,
    /// Documents by the ARN of their guardrail or guardrail profile, as they were sent.
    pub(super) resource_policies: Entities<String, String>,
    /// What was answered under each idempotency token.
    pub(super) tokens: Entities<String, Value>,
    /// The configuration of invocation logging, as it was sent.
    #[serde(skip_serializing_if = "is_none")]
    pub(super) logging: Single<Option<Value>>,
}

parts!(Bedrock { guardrails, enforced, resource_policies, tokens, logging } fixed {});

fn is_none<T>(value: &Single<Option<T>>) -> bool {
    value.is_none()
}

impl Default for Bedrock {
    fn default() -> Self {
        Self::nothing()
    }
}

impl Bedrock {
    pub(crate) const fn nothing() -> Self {
        Self {
            guardrails: Groups::new(),
            enforced: Single::new(None),
            resource_policies: Entities::new(),
            tokens: Entities::new(),
            logging: Single::new(None),
        }
    }

    /// The guardrail, unless its deletion is over.
    pub(super) fn guardrail(&self, id: &str, now: Millis) -> Option<&Guardrail> {
        self.guardrails.get(id).filter(|guardrail| guardrail.draft.status(now).is_some())
    }

    /// The tags of a guardrail that is there.
    pub(crate) fn tags(&self, id: &str, now: Millis) -> Option<&BTreeMap<String, String>> {
        self.guardrail(id, now).map(|guardrail| &*guardrail.tags)
    }

    pub(super) fn guardrails(&self, now: Millis) -> impl Iterator<Item = (&String, &Guardrail)> {
        self.guardrails.iter().filter(move |(_, guardrail)| guardrail.draft.status(now).is_some())
    }

    /// Forgets what has been deleted.
    pub(super) fn settle(&mut self, now: Millis) {
        self.guardrails.retain(|_, guardrail| guardrail.draft.status(now).is_some());
        let holds_a_gone_one =
            |guardrail: &Guardrail| guardrail.versions.values().any(|version| version.status(now).is_none());
        let ids: Vec<String> =
            self.guardrails.iter().filter(|(_, one)| holds_a_gone_one(one)).map(|(id, _)| id.clone()).collect();
        for id in ids {
            if let Some(guardrail) = self.guardrails.get_mut(&id) {
                guardrail.versions.retain(|_, version| version.status(now).is_some());
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guardrail {
    pub(super) draft: Single<Revision>,
    #[serde(default)]
    pub(super) versions: Entities<u32, Revision>,
    /// The highest version ever published, unless `versions` has a higher one: numbers are not used again.
    #[serde(default)]
    pub(super) published: Single<u32>,
    #[serde(default)]
    pub(super) tags: Single<BTreeMap<String, String>>,
}

parts!(Guardrail { draft, versions, published, tags } fixed {});

impl Guardrail {
    /// `DRAFT` or a numeric version, unless its deletion is over.
    pub(super) fn revision(&self, version: &str, now: Millis) -> Option<&Revision> {
        let revision = match version {
            DRAFT => Some(&*self.draft),
            number => number.parse().ok().and_then(|number: u32| self.versions.get(&number)),
        };
        revision.filter(|revision| revision.status(now).is_some())
    }

    /// All revisions that can be read: `DRAFT` (inferred), then by number.
    pub(super) fn revisions(&self, now: Millis) -> impl Iterator<Item = (String, &Revision)> {
        let versions = self.versions.iter().map(|(number, revision)| (number.to_string(), revision));
        [(DRAFT.to_owned(), &*self.draft)].into_iter().chain(versions).filter(move |(_, one)| one.status(now).is_some())
    }

    /// Whether a change of any of its revisions is under way.
    pub(super) fn is_busy(&self, now: Millis) -> bool {
        self.revisions(now).any(|(_, revision)| !matches!(revision.status(now), Some(Status::Ready | Status::Failed)))
    }
}

pub(super) const DRAFT: &str = "DRAFT";

/// The draft or a published version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revision {
    pub(super) content: Content,
    #[serde(default)]
    pub(super) created_at: Millis,
    #[serde(default)]
    pub(super) updated_at: Millis,
    /// The change under way, or the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    pub(super) status: Status,
    pub(super) until: Millis,
    /// Whether it ends `FAILED`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) fails: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Status {
    Creating,
    Updating,
    Versioning,
    Ready,
    Failed,
    Deleting,
}

impl Revision {
    /// The status at that moment; none once it is deleted. Inferred: until its deletion is over, a revision can be read.
    pub(super) fn status(&self, now: Millis) -> Option<Status> {
        match self.change {
            Some(Change { status, until, .. }) if now < until => Some(status),
            Some(Change { status: Status::Deleting, .. }) => None,
            Some(Change { fails: true, .. }) => Some(Status::Failed),
            _ => Some(Status::Ready),
        }
    }
}
