//! The policy types, their limits, and where each stands in the organization.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::rows::type_name;
use crate::clock::Millis;
use crate::tracked::Key;

/// A policy type of the service model, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum PolicyType {
    ServiceControlPolicy,
    ResourceControlPolicy,
    TagPolicy,
    BackupPolicy,
    AiservicesOptOutPolicy,
    ChatbotPolicy,
    DeclarativePolicyEc2,
    SecurityhubPolicy,
    SecurityhubCspmPolicy,
    InspectorPolicy,
    UpgradeRolloutPolicy,
    BedrockPolicy,
    S3Policy,
    NetworkSecurityDirectorPolicy,
    GuarddutyPolicy,
}

impl PolicyType {
    pub(super) fn parse(name: &str) -> Option<Self> {
        serde_json::from_value(Value::from(name)).ok()
    }

    /// Whether accounts have an effective policy of the type: all types but the two that authorize.
    pub(super) fn merges(self) -> bool {
        !matches!(self, Self::ServiceControlPolicy | Self::ResourceControlPolicy)
    }

    /// The AWS managed policy that is attached everywhere as long as the type is enabled.
    pub(super) fn managed_policy(self) -> Option<&'static str> {
        match self {
            Self::ServiceControlPolicy => Some("p-FullAWSAccess"),
            Self::ResourceControlPolicy => Some("p-RCPFullAWSAccess"),
            _ => None,
        }
    }

    /// Characters that a document may have, white space included (user guide, quotas). Inferred where the quotas name no figure
    /// of the type: 10,000, as for every declarative policy.
    pub(super) fn document_characters(self) -> usize {
        match self {
            Self::AiservicesOptOutPolicy => 2_500,
            Self::ResourceControlPolicy => 5_120,
            _ => 10_000,
        }
    }

    /// Policies of the type that one root, OU or account may have attached (user guide, quotas).
    pub(super) fn attachments_per_target(self) -> usize {
        match self {
            Self::ServiceControlPolicy
            | Self::ResourceControlPolicy
            | Self::AiservicesOptOutPolicy
            | Self::ChatbotPolicy => 5,
            _ => 10,
        }
    }
}

impl Key for PolicyType {
    fn text(&self) -> String {
        type_name(*self)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// What `ListRoots` calls a type's status; a disabled type is not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    Enabled,
    PendingEnable,
    PendingDisable,
}

/// The last switch of a type. A type without one was never enabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    pub(super) enabled: bool,
    /// When it takes effect; the type is pending until then.
    #[serde(default)]
    pub(super) from: Millis,
}

impl Switch {
    /// The status at a moment; `None` is disabled.
    pub(super) fn status(self, now: Millis) -> Option<Status> {
        match (self.enabled, now >= self.from) {
            (true, true) => Some(Status::Enabled),
            (true, false) => Some(Status::PendingEnable),
            (false, false) => Some(Status::PendingDisable),
            (false, true) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_model() {
        for name in
            ["SERVICE_CONTROL_POLICY", "DECLARATIVE_POLICY_EC2", "BEDROCK_POLICY", "S3_POLICY", "GUARDDUTY_POLICY"]
        {
            let parsed = PolicyType::parse(name).expect(name);
            assert_eq!(serde_json::to_value(parsed).expect("a string"), name);
        }
        assert_eq!(PolicyType::parse("bedrock_policy"), None);
    }

    #[test]
    fn a_switch_is_pending_until_its_time() {
        let rows = [
            (true, 9, Some(Status::PendingEnable)),
            (true, 10, Some(Status::Enabled)),
            (false, 9, Some(Status::PendingDisable)),
            (false, 10, None),
        ];
        for (enabled, now, want) in rows {
            assert_eq!(Switch { enabled, from: 10 }.status(now), want, "{enabled} at {now}");
        }
    }
}
