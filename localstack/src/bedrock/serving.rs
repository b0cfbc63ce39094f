//! What the runtime asks of the control plane.

use serde_json::Value;

use super::content::Content;
use super::state::{Bedrock, DRAFT, Status};
use super::target::Target;
use crate::world::World;

/// Why a guardrail cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotServing {
    /// It, or the version, is not there.
    Missing,
    /// Its creation is not over, or it is going.
    NotReady,
}

impl Target {
    /// What the version says. Inferred: the draft serves while it is updated or a version is made of it.
    pub(crate) fn serving<'a>(&self, world: &'a World, version: &str) -> Result<&'a Content, NotServing> {
        let now = world.now();
        let guardrail = world.bedrock(&self.scope).guardrail(&self.id, now);
        let revision = guardrail.and_then(|guardrail| guardrail.revision(version, now)).ok_or(NotServing::Missing)?;
        match revision.status(now) {
            Some(Status::Ready) => Ok(&revision.content),
            Some(Status::Updating | Status::Versioning) if version == DRAFT => Ok(&revision.content),
            Some(_) => Err(NotServing::NotReady),
            None => Err(NotServing::Missing),
        }
    }
}

/// What an account enforces on itself in a Region.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Enforcement {
    pub(crate) guardrail_arn: String,
    pub(crate) guardrail_version: String,
    /// `selectiveContentGuarding` as it was sent.
    pub(crate) guarding: Option<Value>,
    /// `modelEnforcement` as it was sent.
    pub(crate) models: Option<Value>,
}

impl Bedrock {
    pub(crate) fn enforcement(&self) -> Option<Enforcement> {
        self.enforced.as_ref().map(|enforced| Enforcement {
            guardrail_arn: enforced.guardrail_arn.clone(),
            guardrail_version: enforced.guardrail_version.clone(),
            guarding: enforced.selective_content_guarding.clone(),
            models: enforced.model_enforcement.clone(),
        })
    }

    /// The policy of a guardrail or a guardrail profile.
    pub(crate) fn resource_policy(&self, arn: &str) -> Option<&str> {
        self.resource_policies.get(arn).map(String::as_str)
    }
}
