//! Facts that `validate` assumes, since it asks nobody.

use crate::model::{AccountId, Caller, Facts, Organization, Partition, RoleNames, bedrock_regions};
use crate::spec::top::Top;

/// Stands for an account that the spec does not pin.
const ACCOUNT: &str = "000000000000";
/// Stands for the id of an organization that the spec does not pin; as long as most.
const ORGANIZATION: &str = "o-aaaaaaaaaa";

/// What the spec pins, and placeholders elsewhere. The organization has no tree.
pub(super) fn facts(top: &Top) -> Facts {
    let partition = top.regions.first().map_or_else(|| Partition::new("aws"), |region| Partition::of(region));
    let placeholder = || ACCOUNT.parse().expect("twelve digits");
    let organization = top.organization.as_ref();
    let management = organization.map(|organization| organization.management_account.value.clone());
    let account: AccountId =
        management.clone().or_else(|| top.account_id.as_ref().map(|id| id.value.clone())).unwrap_or_else(placeholder);
    Facts {
        bedrock_regions: bedrock_regions(&partition),
        roles: RoleNames::default(),
        caller: Caller { arn: format!("arn:{partition}:iam::{account}:root"), account, partition },
        organization: organization.zip(management).map(|(organization, management_account)| Organization {
            id: organization.id.as_ref().map_or(ORGANIZATION, |id| id.as_str()).to_owned(),
            management_account,
            root: "r-root".to_owned(),
            policy_types: Vec::new(),
            all_features: Some(true),
            delegation: Ok(None),
            accounts: Vec::new(),
            units: Vec::new(),
        }),
    }
}
