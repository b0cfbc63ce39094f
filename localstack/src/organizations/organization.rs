//! What is known of the organization.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::effective::Timeline;
use super::index::Index;
use super::policy_type::{PolicyType, Switch};
use crate::clock::Millis;
use crate::tracked::{Entities, Groups, Single, parts};

/// The organization's state, in the form in which seeds and state files hold it under `organization`. ARNs are not part of it:
/// they are made from the ids and [`State::partition`](crate::world::State::partition) when they are read.
///
/// Reading it checks it (see [`super::load`]): a value of this type names no node, account or policy that is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub(crate) struct Organization {
    pub(super) id: String,
    pub(super) management_account: String,
    #[serde(default)]
    pub(super) feature_set: FeatureSet,
    pub(super) root: Root,
    #[serde(default)]
    pub(super) units: Entities<String, Unit>,
    pub(super) accounts: Entities<String, Account>,
    /// Without the AWS managed ones, which every organization has.
    #[serde(default)]
    pub(super) policies: Entities<String, Policy>,
    #[serde(default)]
    pub(super) policy_types: Entities<PolicyType, Switch>,
    /// For each root, OU or account and type the ids of the policies attached, first attached first.
    #[serde(default)]
    pub(super) attachments: Entities<String, BTreeMap<PolicyType, Vec<String>>>,
    /// For each taggable resource's id its tags.
    #[serde(default)]
    pub(super) tags: Entities<String, BTreeMap<String, String>>,
    /// For each account the services that it administers, and since when.
    #[serde(default)]
    pub(super) delegated_administrators: Entities<String, BTreeMap<String, Millis>>,
    /// The services with trusted access, and since when.
    #[serde(default)]
    pub(super) service_access: Entities<String, Millis>,
    #[serde(default)]
    pub(super) resource_policy: Single<Option<ResourcePolicy>>,
    /// What has become of the merges so far; a state written by hand can leave it out, and is in effect at once.
    #[serde(default)]
    pub(super) effective: Groups<PolicyType, Entities<String, Timeline>>,
    #[serde(skip)]
    pub(super) index: Index,
}

parts!(Organization {
    units,
    accounts,
    policies,
    policy_types,
    attachments,
    tags,
    delegated_administrators,
    service_access,
    resource_policy,
    effective,
} fixed { id, management_account, feature_set, root, index });

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum FeatureSet {
    #[default]
    All,
    ConsolidatedBilling,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Root {
    pub(super) id: String,
    #[serde(default = "root_name")]
    pub(super) name: String,
}

fn root_name() -> String {
    "Root".to_owned()
}

/// An organizational unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    pub(super) name: String,
    pub(super) parent: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) parent: String,
    #[serde(default)]
    pub(super) state: AccountState,
    #[serde(default)]
    pub(super) joined_method: JoinedMethod,
    #[serde(default)]
    pub(super) joined: Millis,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum AccountState {
    PendingActivation,
    #[default]
    Active,
    Suspended,
    PendingClosure,
    Closed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum JoinedMethod {
    Invited,
    #[default]
    Created,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(rename = "type")]
    pub(super) kind: PolicyType,
    /// As it was sent, to the character.
    pub(super) content: String,
}

/// The policy that delegates the management of policies to member accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourcePolicy {
    pub(super) id: String,
    pub(super) content: String,
}
