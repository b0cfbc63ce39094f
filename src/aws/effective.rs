//! The effective Bedrock policy of an account, which AWS works out minutes after the policies that it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use aws_sdk_organizations::types::EffectivePolicyType;
use serde_json::{Map, Value};

use super::call::ReadCx;
use super::error::AwsError;
use super::lately::Lately;
use crate::model::{AccountId, Region, RemoteId};

const DESCRIBE: &str = "organizations:DescribeEffectivePolicy";
const LIST_INVALID: &str = "organizations:ListAccountsWithInvalidEffectivePolicy";
const NOT_FOUND: &str = "EffectivePolicyNotFound";

/// The versions that an account's effective policy names in each Region.
pub type Named = BTreeMap<Region, BTreeSet<RemoteId>>;

/// The effective policies that a run has read.
#[derive(Debug, Default)]
pub struct EffectivePolicies(Lately<AccountId, Named>);

impl EffectivePolicies {
    /// What the effective policy of `account` names, read no earlier than at `since`.
    ///
    /// # Errors
    /// The failure of the read.
    pub async fn of(&self, cx: &ReadCx<'_>, account: &AccountId, since: Instant) -> Result<Named, AwsError> {
        self.0.of(account, since, || read(cx, account)).await
    }
}

async fn read(cx: &ReadCx<'_>, account: &AccountId) -> Result<Named, AwsError> {
    Ok(named(&effective_policy(cx, account).await?))
}

/// The effective Bedrock policy of `account`; an empty object where it has none, or the type is not enabled.
///
/// # Errors
/// The failure of the read.
pub async fn effective_policy(cx: &ReadCx<'_>, account: &AccountId) -> Result<Value, AwsError> {
    let request = cx.clients.organizations().describe_effective_policy();
    let request = request.policy_type(EffectivePolicyType::BedrockPolicy).target_id(account.as_str());
    let answer = match cx.call(DESCRIBE, account.as_str(), request.send()).await {
        Ok(answer) => answer,
        // The account has none, or the type is not enabled.
        Err(error) if error.is(NOT_FOUND) => return Ok(Value::Object(Map::new())),
        Err(error) => return Err(error),
    };
    let content = answer.effective_policy().and_then(|policy| policy.policy_content()).unwrap_or("{}");
    serde_json::from_str(content)
        .map_err(|error| AwsError::unreadable(DESCRIBE, account.as_str(), format!("the policy is no JSON: {error}")))
}

/// The accounts whose effective Bedrock policy AWS calls invalid. It tells the management account and delegated administrators
/// (API reference, `ListAccountsWithInvalidEffectivePolicy`), and none to whom only policies are delegated.
///
/// # Errors
/// The failure of a read.
pub async fn invalid_accounts(cx: &ReadCx<'_>) -> Result<BTreeSet<AccountId>, AwsError> {
    let (mut invalid, mut next) = (BTreeSet::new(), None);
    loop {
        let request = cx.clients.organizations().list_accounts_with_invalid_effective_policy();
        let request = request.policy_type(EffectivePolicyType::BedrockPolicy).set_next_token(next);
        let page = match cx.call(LIST_INVALID, "BEDROCK_POLICY", request.send()).await {
            Ok(page) => page,
            // The type is not enabled.
            Err(error) if error.is(NOT_FOUND) => return Ok(invalid),
            Err(error) => return Err(error),
        };
        for account in page.accounts() {
            let id = account.id().and_then(|id| id.parse().ok());
            let fault = || AwsError::unreadable(LIST_INVALID, "BEDROCK_POLICY", "an account has no id");
            invalid.insert(id.ok_or_else(fault)?);
        }
        next = page.next_token;
        if next.is_none() {
            return Ok(invalid);
        }
    }
}

fn named(document: &Value) -> Named {
    let regions = document.pointer("/bedrock/guardrail_inference").and_then(Value::as_object);
    let versions = |configurations: &Value| -> BTreeSet<RemoteId> {
        let configurations = configurations.as_object().into_iter().flat_map(|all| all.values());
        configurations.filter_map(|one| Some(RemoteId::new(one.get("identifier")?.as_str()?))).collect()
    };
    let regions = regions.into_iter().flatten();
    regions.map(|(region, configurations)| (Region::new(region.as_str()), versions(configurations))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_versions_of_each_region_are_named() {
        let document = json!({"bedrock": {"guardrail_inference": {
            "us-east-1": {"config_1": {"identifier": "arn:1"}, "config_2": {"identifier": "arn:2"}},
            "eu-west-1": {"config_1": {}}}}});
        let found = named(&document);
        assert_eq!(found[&Region::new("us-east-1")].len(), 2);
        assert!(found[&Region::new("eu-west-1")].is_empty());
        assert!(named(&json!({})).is_empty());
    }
}
