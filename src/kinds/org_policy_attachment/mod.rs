//! `org-policy-attachment`: a policy on a root, OU or account. Policy and target are the address, so it never changes.

use serde::Serialize;

use super::org_policy_type::PolicyType;
use super::{Contents, ResourceKind, Use, Verb};
use crate::model::{Address, Direction, FieldDiff, Names, Ref};

pub(crate) mod aws;

/// A policy on a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The policy.
    pub policy: Ref,
    /// Root, OU or account id.
    pub target: String,
    /// The type of the policy.
    #[serde(skip)]
    pub policy_type: PolicyType,
    /// That type, which must be enabled.
    #[serde(skip)]
    pub enabled: Option<Address>,
}

/// The name of an attachment within its scope.
pub fn name(policy: &str, target: &str) -> String {
    format!("{policy}:{target}")
}

/// The kind.
pub struct OrgPolicyAttachment;

impl ResourceKind for OrgPolicyAttachment {
    type Model = Model;
    const READS: &'static [&'static str] = &["organizations:ListTargetsForPolicy"];
    const WRITES: &'static [&'static str] = &["organizations:AttachPolicy", "organizations:DetachPolicy"];

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.policy.address().into_iter().cloned().chain(model.enabled.clone()).collect()
    }

    fn align(have: &mut Self::Model, want: Option<&Self::Model>, names: &Names) {
        names.align(&mut have.policy, want.map(|want| &want.policy));
        // Only the spec knows them wholly, and they are no part of what is compared.
        have.enabled = want.and_then(|want| want.enabled.clone());
        if let Some(want) = want {
            have.policy_type = want.policy_type;
        }
    }

    /// By itself: what else is enforced on the accounts below is not looked at.
    fn judge(
        have: Option<&Self::Model>,
        want: Option<&Self::Model>,
        fields: &mut [FieldDiff],
        _contents: &dyn Contents,
    ) {
        let direction = Direction::of(&have.is_some(), &want.is_some());
        for field in fields {
            field.direction = direction;
        }
    }

    /// What is on a node is counted where a service control policy is to come.
    fn uses(model: &Model) -> Vec<Use<'_>> {
        let counts = model.policy_type == PolicyType::ServiceControl;
        counts.then_some(Use::Reading("organizations:ListPoliciesForTarget")).into_iter().collect()
    }

    fn calls(verb: Verb, _fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create => vec!["organizations:AttachPolicy"],
            Verb::Delete => vec!["organizations:DetachPolicy"],
            Verb::Update | Verb::Adopt => Vec::new(),
        }
    }
}
