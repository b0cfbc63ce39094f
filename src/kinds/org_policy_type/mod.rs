//! `org-policy-type`: a policy type that is enabled on the organization's root. Enabled, never disabled: disabling detaches
//! every policy of the type (AWS Organizations user guide, disable-policy-type).

use serde::Serialize;

use super::{ResourceKind, Verb};
use crate::model::{Address, FieldDiff};

mod aws;

/// The only type that this release manages.
pub const BEDROCK_POLICY: &str = "BEDROCK_POLICY";

/// An enabled policy type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {}

/// The kind.
pub struct OrgPolicyType;

impl ResourceKind for OrgPolicyType {
    type Model = Model;

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
