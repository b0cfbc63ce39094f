//! The AWS managed policies: there from the beginning, never edited, attached everywhere while their type is enabled.

use std::borrow::Cow;

use super::organization::{FeatureSet, Organization, Policy};
use super::policy_type::PolicyType;

impl Organization {
    /// A policy by id, AWS managed or the organization's own.
    pub(super) fn policy(&self, id: &str) -> Option<Cow<'_, Policy>> {
        let own = self.policies.get(id).map(Cow::Borrowed);
        own.or_else(|| {
            self.managed_policies().find(|(managed, _)| *managed == id).map(|(_, policy)| Cow::Owned(policy))
        })
    }

    /// They need all features, like every policy.
    pub(super) fn managed_policies(&self) -> impl Iterator<Item = (&'static str, Policy)> {
        let types = match self.feature_set {
            FeatureSet::All => &[PolicyType::ServiceControlPolicy, PolicyType::ResourceControlPolicy][..],
            FeatureSet::ConsolidatedBilling => &[],
        };
        types.iter().filter_map(|policy_type| Some((policy_type.managed_policy()?, full_access(*policy_type))))
    }
}

pub(super) fn is_managed(id: &str) -> bool {
    [PolicyType::ServiceControlPolicy, PolicyType::ResourceControlPolicy]
        .iter()
        .any(|policy_type| policy_type.managed_policy() == Some(id))
}

fn full_access(policy_type: PolicyType) -> Policy {
    let (name, description, principal) = match policy_type {
        PolicyType::ResourceControlPolicy => {
            ("RCPFullAWSAccess", "Allows access to every resource", r#""Principal":"*","#)
        }
        _ => ("FullAWSAccess", "Allows access to every operation", ""),
    };
    Policy {
        name: name.to_owned(),
        description: description.to_owned(),
        kind: policy_type,
        content: format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{principal}"Action":"*","Resource":"*"}}]}}"#
        ),
    }
}
