//! What a reading looks at: no more than the spec makes necessary.

use std::collections::BTreeSet;

use crate::kinds::Kind;
use crate::kinds::org_policy_type::PolicyType;
use crate::model::{ExternalMark, NAME_TAG, Organization, Owner, RemoteId, STACK_TAG, Scope, Tags, owner_of};

/// The places to look at, and what is worth reading in full there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The stack whose marks make a resource ours.
    pub stack: String,
    /// Regions that the spec speaks of, and the global part of accounts that it has IAM policies in: one that refuses is a blind spot or unavailable.
    pub declared: BTreeSet<Scope>,
    /// Regions that are looked at only for what is ours: one that refuses is listed, without further effect.
    pub scanned_only: BTreeSet<Scope>,
    /// The organization, when its policies are to be read, as [`organization`](super::organization) tells it.
    pub organization: Option<Organization>,
    /// Whether everything is worth reading in full, whoever owns it.
    pub whole: bool,
    /// AWS names, by scope, whose bearers are read in full although they carry no mark of ours: they stand in the way of
    /// a wanted resource, or may be adopted as it.
    pub names: BTreeSet<(Scope, String)>,
    /// Marks of guardrails of other stacks that the spec refers to.
    pub external: Vec<ExternalMark>,
    /// Versions of guardrails of others that the spec points at by ARN: each is looked at with the policy of its guardrail.
    pub pointed: BTreeSet<(Scope, RemoteId)>,
    /// Which kinds are wanted where: what can carry no mark is looked at there and nowhere else.
    pub wanted: BTreeSet<(Kind, Scope)>,
    /// The policy types of which the spec wants a policy.
    pub policy_types: BTreeSet<PolicyType>,
    /// The nodes that the spec attaches service control policies to.
    pub controlled: BTreeSet<String>,
    /// The roles to which the spec attaches policies, by the account's global scope and name.
    pub roles: BTreeSet<(Scope, String)>,
    /// Guardrail profiles whose policies are read: the destination Region and the profile's id.
    pub profiles: BTreeSet<(Scope, String)>,
}

impl Survey {
    /// The scope of the organization's policies.
    pub fn organization_scope(&self) -> Option<Scope> {
        self.organization.as_ref().map(|organization| Scope::global(organization.management_account.clone()))
    }

    /// Whether there may be a policy of this type that matters: it is wanted, or the type is enabled.
    pub(crate) fn may_have(&self, policy_type: PolicyType) -> bool {
        let types = self.organization.iter().flat_map(|organization| &organization.policy_types);
        self.policy_types.contains(&policy_type) || types.into_iter().any(|(name, _)| name == policy_type.word())
    }

    /// Whether the bearer of these tags and this AWS name is worth reading in full.
    pub(crate) fn wants(&self, scope: &Scope, name: &str, tags: &Tags) -> bool {
        let external =
            |mark: &ExternalMark| tags.get(STACK_TAG) == Some(&mark.stack) && tags.get(NAME_TAG) == Some(&mark.name);
        owner_of(tags, &self.stack).0 == Owner::Ours
            || self.wants_name(scope, name)
            || self.external.iter().any(external)
    }

    /// Whether the bearer of this AWS name is worth reading in full, whoever owns it.
    pub(crate) fn wants_name(&self, scope: &Scope, name: &str) -> bool {
        self.whole || self.names.contains(&(scope.clone(), name.to_owned()))
    }
}
