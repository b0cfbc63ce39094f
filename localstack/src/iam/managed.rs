//! The policies that AWS manages: those few whose text is public knowledge and short. They are there in every account, to be
//! read and attached.

use std::sync::LazyLock;

use super::state::{Policy, PolicyVersion};
use super::text::Text;
use crate::clock::Millis;

/// The account in the ARNs of the policies that AWS manages.
pub(super) const AWS: &str = "aws";

const ADMINISTRATOR: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        }
    ]
}"#;
const DENY_ALL: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyAll",
            "Effect": "Deny",
            "Action": [
                "*"
            ],
            "Resource": "*"
        }
    ]
}"#;

static POLICIES: LazyLock<[(&str, Policy); 2]> = LazyLock::new(|| {
    [
        ("AWSDenyAll", policy("ANPAZKAPJZG4P43IUQ5E5", "Deny all access.", DENY_ALL, 1_556_750_174_000)),
        (
            "AdministratorAccess",
            policy(
                "ANPAIWMBCKSKIEE64ZLYK",
                "Provides full access to AWS services and resources.",
                ADMINISTRATOR,
                1_423_247_986_000,
            ),
        ),
    ]
});

fn policy(id: &str, description: &str, document: &str, created: Millis) -> Policy {
    Policy {
        id: id.to_owned(),
        path: "/".to_owned(),
        description: description.to_owned(),
        tags: [].into(),
        versions: [(1, PolicyVersion { document: Text::new(document), created })].into(),
        default_version: 1,
        last_version: 1,
        created,
        updated: created,
    }
}

/// All of them, by name.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static Policy)> {
    POLICIES.iter().map(|(name, policy)| (*name, policy))
}
