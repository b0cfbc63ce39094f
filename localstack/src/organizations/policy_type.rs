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
    pub(super) const ALL: [Self; 15] = [
        Self::ServiceControlPolicy,
        Self::ResourceControlPolicy,
        Self::TagPolicy,
        Self::BackupPolicy,
        Self::AiservicesOptOutPolicy,
        Self::ChatbotPolicy,
        Self::DeclarativePolicyEc2,
        Self::SecurityhubPolicy,
        Self::SecurityhubCspmPolicy,
        Self::InspectorPolicy,
        Self::UpgradeRolloutPolicy,
        Self::BedrockPolicy,
        Self::S3Policy,
        Self::NetworkSecurityDirectorPolicy,
        Self::GuarddutyPolicy,
    ];

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

    /// Characters that a document may have, white space included (user guide, quotas; those of service control policies were
    /// doubled in May 2026). Inferred where the quotas name no figure of the type: 10,000, as for every declarative policy.
    pub(super) fn document_characters(self) -> usize {
        match self {
            Self::AiservicesOptOutPolicy => 2_500,
            Self::ServiceControlPolicy => 10_240,
            Self::ResourceControlPolicy => 5_120,
            _ => 10_000,
        }
    }

    /// Policies of the type that an organization may have (user guide, quotas). Inferred where they name no figure: 1,000.
    pub(super) fn policies(self) -> usize {
        match self {
            Self::ServiceControlPolicy => 10_000,
            _ => 1_000,
        }
    }

    /// The only key at the top of a document, where the user guide shows one. Bedrock policies and those that authorize have a
    /// syntax of their own.
    pub(super) fn top_level_key(self) -> Option<&'static str> {
        match self {
            Self::TagPolicy => Some("tags"),
            Self::BackupPolicy => Some("plans"),
            Self::AiservicesOptOutPolicy => Some("services"),
            Self::ChatbotPolicy => Some("chatbots"),
            Self::DeclarativePolicyEc2 => Some("ec2_attributes"),
            Self::SecurityhubPolicy => Some("securityhub"),
            Self::InspectorPolicy => Some("inspector"),
            Self::UpgradeRolloutPolicy => Some("upgrade_rollout"),
            Self::S3Policy => Some("s3_attributes"),
            Self::ServiceControlPolicy
            | Self::ResourceControlPolicy
            | Self::BedrockPolicy
            | Self::SecurityhubCspmPolicy
            | Self::NetworkSecurityDirectorPolicy
            | Self::GuarddutyPolicy => None,
        }
    }

    /// Policies of the type that one root, OU or account may have attached (user guide, quotas).
    pub(super) fn attachments_per_target(self) -> usize {
        match self {
            Self::ResourceControlPolicy | Self::AiservicesOptOutPolicy | Self::ChatbotPolicy => 5,
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
        let names = [
            "SERVICE_CONTROL_POLICY",
            "RESOURCE_CONTROL_POLICY",
            "TAG_POLICY",
            "BACKUP_POLICY",
            "AISERVICES_OPT_OUT_POLICY",
            "CHATBOT_POLICY",
            "DECLARATIVE_POLICY_EC2",
            "SECURITYHUB_POLICY",
            "SECURITYHUB_CSPM_POLICY",
            "INSPECTOR_POLICY",
            "UPGRADE_ROLLOUT_POLICY",
            "BEDROCK_POLICY",
            "S3_POLICY",
            "NETWORK_SECURITY_DIRECTOR_POLICY",
            "GUARDDUTY_POLICY",
        ];
        assert_eq!(names.map(|name| PolicyType::parse(name).expect(name)), PolicyType::ALL);
        for (name, policy_type) in names.into_iter().zip(PolicyType::ALL) {
            assert_eq!(serde_json::to_value(policy_type).expect("a string"), name);
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
