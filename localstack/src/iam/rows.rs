//! Policies and roles as answers hold them.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::state::{Iam, Policy, PolicyVersion, Role};
use crate::clock::iso8601_seconds;

/// All but the characters that RFC 3986 leaves as they are.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How many roles have a managed policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) attachments: usize,
    /// As their permissions boundary.
    pub(super) boundaries: usize,
}

impl Usage {
    /// By the account with that IAM.
    pub(super) fn of(iam: &Iam, arn: &str) -> Self {
        let attached = |role: &&Role| role.attached.iter().any(|attached| attached == arn);
        let bound = |role: &&Role| role.permissions_boundary.as_deref() == Some(arn);
        Self {
            attachments: iam.roles.values().filter(attached).count(),
            boundaries: iam.roles.values().filter(bound).count(),
        }
    }
}

/// A managed policy, without its description and tags.
pub(super) fn policy(arn: &str, name: &str, policy: &Policy, usage: Usage) -> Value {
    json!({
        "PolicyName": name,
        "PolicyId": policy.id,
        "Arn": arn,
        "Path": policy.path,
        "DefaultVersionId": format!("v{}", policy.default_version),
        "AttachmentCount": usage.attachments,
        "PermissionsBoundaryUsageCount": usage.boundaries,
        "IsAttachable": true,
        "CreateDate": iso8601_seconds(policy.created),
        "UpdateDate": iso8601_seconds(policy.updated),
    })
}

/// A version of a policy, without its document.
pub(super) fn version(policy: &Policy, number: u32, version: &PolicyVersion) -> Value {
    json!({
        "VersionId": format!("v{number}"),
        "IsDefaultVersion": number == policy.default_version,
        "CreateDate": iso8601_seconds(version.created),
    })
}

/// A role as in a list of roles.
pub(super) fn role(arn: &str, name: &str, role: &Role) -> Value {
    let mut row = json!({
        "Path": role.path,
        "RoleName": name,
        "RoleId": role.id,
        "Arn": arn,
        "CreateDate": iso8601_seconds(role.created),
        "AssumeRolePolicyDocument": encoded(&role.trust),
        "MaxSessionDuration": role.max_session_duration,
    });
    if !role.description.is_empty() {
        row["Description"] = role.description.as_str().into();
    }
    row
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Value {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

/// A document, percent-encoded as RFC 3986 has it.
pub(super) fn encoded(document: &str) -> String {
    utf8_percent_encode(document, RESERVED).to_string()
}
