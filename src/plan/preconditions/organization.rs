//! The organization: all features, the policy type, and who calls.

use super::codes::{ALL_FEATURES, POLICY_TYPE};
use super::delegation;
use super::finding::Finding;
use super::pointer::View;
use crate::kinds::Kind;
use crate::model::{Address, Organization};

/// What org policies need of the organization.
pub(super) fn examine(view: &View<'_>) -> Vec<Finding> {
    let Some(organization) = view.organization() else { return Vec::new() };
    let types = view.wanted().map(|(address, _)| address).filter(|address| address.kind == Kind::OrgPolicyType);
    types
        .flat_map(|address| {
            [
                features(organization, address),
                policy_type(view, organization, address),
                delegation::examine(view, organization, address),
            ]
        })
        .collect()
}

fn features(organization: &Organization, address: &Address) -> Finding {
    match organization.all_features {
        Some(true) => Finding::ok(ALL_FEATURES, address, "the organization has all features"),
        Some(false) => {
            Finding::failed(ALL_FEATURES, address, "the organization has the features of consolidated billing only")
                .fix(
                    "run `aws organizations enable-all-features` in the management account, and have the members agree",
                )
                .holds([address.clone()])
        }
        None => Finding::unknown(ALL_FEATURES, address, "whether the organization has all features could not be read")
            .fix("allow `organizations:DescribeOrganization`"),
    }
}

fn policy_type(view: &View<'_>, organization: &Organization, address: &Address) -> Finding {
    let status =
        organization.policy_types.iter().find(|(name, _)| *name == address.name).map(|(_, status)| status.as_str());
    let name = &address.name;
    match status {
        Some("ENABLED") => Finding::ok(POLICY_TYPE, address, format!("{name} is enabled")),
        Some("PENDING_DISABLE") => {
            let message = format!("{name} is being disabled, which takes every policy of the type off its nodes");
            let fix = format!(
                "wait until it is off; the next apply enables it (`aws organizations enable-policy-type --root-id {} --policy-type {name}`)",
                organization.root
            );
            Finding::failed(POLICY_TYPE, address, message).fix(fix).holds([address.clone()])
        }
        Some("PENDING_ENABLE") => Finding::ok(POLICY_TYPE, address, format!("{name} is being enabled")),
        None if view.draft(address).is_some() => Finding::ok(POLICY_TYPE, address, format!("this plan enables {name}")),
        Some(_) | None => {
            Finding::failed(POLICY_TYPE, address, format!("{name} is not enabled, and cannot be for now"))
                .fix("mend what its enabling is held for")
                .holds([address.clone()])
        }
    }
}
