//! `org-policy-type`: a policy type that is enabled on the organization's root. Enabled, never disabled: disabling detaches
//! every policy of the type (AWS Organizations user guide, disable-policy-type).

use serde::Serialize;

use super::{ResourceKind, Verb};
use crate::model::{Address, FieldDiff, words};

mod aws;

words! {
    /// The type of an org policy, and in its methods everything in which one type differs from the other.
    PolicyType { Bedrock = "BEDROCK_POLICY", ServiceControl = "SERVICE_CONTROL_POLICY", }
}

impl PolicyType {
    /// Whether AWS merges the policies on the way to an account into one effective policy, where one hides another. Those of
    /// the other type all hold at once: a call must get past each of them.
    pub const fn merges(self) -> bool {
        matches!(self, Self::Bedrock)
    }

    /// Whether the management account is affected like any other (Organizations user guide: service control policies "don't
    /// affect users or roles in the management account", `BEDROCK_POLICY` does).
    pub const fn affects_management(self) -> bool {
        matches!(self, Self::Bedrock)
    }

    /// The longest document in characters, white space counted (Organizations quotas; those of service control policies were
    /// doubled on 2026-05-15, as was their number on a node).
    pub const fn longest(self) -> usize {
        match self {
            Self::Bedrock => 10_000,
            Self::ServiceControl => 10_240,
        }
    }

    /// How many policies of the type a root, OU or account may have attached, those of AWS among them (Organizations quotas).
    pub const fn most_on_node(self) -> usize {
        10
    }

    /// The policy of AWS that is attached everywhere once the type is enabled. Nobody's to change but the user's.
    pub const fn attached_by_aws(self) -> Option<&'static str> {
        match self {
            Self::Bedrock => None,
            Self::ServiceControl => Some("p-FullAWSAccess"),
        }
    }

    /// Whether it is the one that goes without saying.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it out so")]
    pub(crate) const fn is_default(&self) -> bool {
        matches!(self, Self::Bedrock)
    }
}

/// An enabled policy type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {}

/// The kind.
pub struct OrgPolicyType;

impl ResourceKind for OrgPolicyType {
    type Model = Model;
    const READS: &'static [&'static str] = &["organizations:ListRoots"];
    const WRITES: &'static [&'static str] = &["organizations:EnablePolicyType"];

    fn requires(_model: &Self::Model) -> Vec<Address> {
        Vec::new()
    }

    fn calls(verb: Verb, _fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create => vec!["organizations:EnablePolicyType"],
            Verb::Update | Verb::Adopt | Verb::Delete => Vec::new(),
        }
    }
}
