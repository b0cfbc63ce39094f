//! `iam-policy-attachment`: a managed policy on a role. Policy and role are the address, so it never changes.

use serde::Serialize;

use super::{Contents, ResourceKind, Use, Verb};
use crate::model::{Address, Direction, FieldDiff, Names, Ref};

pub(crate) mod aws;

/// A policy on a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The policy.
    pub policy: Ref,
    /// The role's name, without its path.
    pub role: String,
    /// What the policy says, as far as it matters when it comes or goes.
    #[serde(skip)]
    pub says: Says,
}

/// What a policy says to whoever has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// Whether it denies model calls without a guardrail.
    pub guards: bool,
    /// Whether it lets apply some guardrail.
    pub applies: bool,
}

/// The name of an attachment within its scope, by that of the policy there. The id is made of the policy's ARN likewise.
pub fn name(policy: &str, role: &str) -> String {
    format!("{policy}:{role}")
}

/// The kind.
pub struct IamPolicyAttachment;

impl ResourceKind for IamPolicyAttachment {
    type Model = Model;
    const READS: &'static [&'static str] = &["iam:ListEntitiesForPolicy"];
    const WRITES: &'static [&'static str] =
        &["iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:GetRole", "iam:SimulatePrincipalPolicy"];

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.policy.address().into_iter().cloned().collect()
    }

    fn align(have: &mut Self::Model, want: Option<&Self::Model>, names: &Names) {
        names.align(&mut have.policy, want.map(|want| &want.policy));
    }

    /// By itself: what else the role has is not looked at.
    fn judge(
        have: Option<&Self::Model>,
        want: Option<&Self::Model>,
        fields: &mut [FieldDiff],
        _contents: &dyn Contents,
    ) {
        let guards = |model: Option<&Model>| model.is_some_and(|model| model.says.guards);
        let direction = Direction::of(&guards(have), &guards(want));
        for field in fields {
            field.direction = direction;
        }
    }

    /// What else is attached to the role is looked at, too, and what its own policies say is explained.
    fn uses(model: &Model) -> Vec<Use<'_>> {
        let readings = ["iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy"];
        [Use::Role(&model.role)].into_iter().chain(readings.map(Use::Reading)).collect()
    }

    fn calls(verb: Verb, _fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create => vec!["iam:AttachRolePolicy"],
            Verb::Delete => vec!["iam:DetachRolePolicy"],
            Verb::Update | Verb::Adopt => Vec::new(),
        }
    }
}
